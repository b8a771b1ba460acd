"""Mappings of other people's tables that cannot be used."""

from collections.abc import Sequence

from dashboard.errors.root import AtlasError

__all__ = ["MappingError"]


class MappingError(AtlasError, ValueError):
    """A mapping that cannot be read, or that does not fit its table.

    Parameters
    ----------
    faults
        One sentence for each fault, with line and key where a file has them.
    """

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("The mapping cannot be used: " + "; ".join(faults) + ". Correct it and try again.")
        self.faults = tuple(faults)
