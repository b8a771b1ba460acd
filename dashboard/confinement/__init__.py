"""Work on bytes from outside in a process of its own, which may fail in every way without harm."""

from dashboard.confinement.archives import ArchiveLimits, check_archive, read_member
from dashboard.confinement.limits import Limits
from dashboard.confinement.pool import Confinement

__all__ = ["ArchiveLimits", "Confinement", "Limits", "check_archive", "read_member"]
