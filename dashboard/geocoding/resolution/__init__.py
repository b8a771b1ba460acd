"""Resolution: which of the places that answer to a name is meant, and why, or that it cannot be decided."""

from dashboard.geocoding.resolution.document import resolve_all
from dashboard.geocoding.resolution.resolve import resolve

__all__ = ["resolve", "resolve_all"]
