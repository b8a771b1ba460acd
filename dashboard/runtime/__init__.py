"""Everything built once from the settings, and the only caches: what each audience sees, and who is who.

A cache here is keyed by audience and data version, never by a frame: pandas objects of 50,000 rows are hashed
from a sample, and a stale map is worse than a slow one. Pages and routes share one instance for the process;
it holds nothing of any visitor.
"""

from dashboard.runtime.identities import Claim, Identities
from dashboard.runtime.process import Runtime, runtime
from dashboard.runtime.view import PASSING, AtlasView
from dashboard.runtime.watch import Staleness

__all__ = ["PASSING", "AtlasView", "Claim", "Identities", "Runtime", "Staleness", "runtime"]
