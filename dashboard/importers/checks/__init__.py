"""Faults that real datasets have, found and shown with a proposed fix; nothing is mended silently."""

from dashboard.importers.checks.faults import FAULTS, Fault, Finding, Findings
from dashboard.importers.checks.finding import Checker, find_faults

__all__ = ["FAULTS", "Checker", "Fault", "Finding", "Findings", "find_faults"]
