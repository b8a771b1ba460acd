"""Versions of the atlas that somebody asked for and that cannot be shown."""

from collections.abc import Sequence

from dashboard.errors.root import AtlasError

__all__ = ["VersionGoneError"]

_SHOWN = 80


class VersionGoneError(AtlasError, LookupError):
    """A version was asked for that the atlas does not know, or cannot make again.

    Parameters
    ----------
    version
        The version asked for.
    nearest
        Versions that can be shown instead, the most fitting first.
    """

    def __init__(self, version: str, nearest: Sequence[str] = ()) -> None:
        instead = f"; there are {', '.join(nearest)}" if nearest else ""
        super().__init__(
            f"This atlas cannot show a version {version[:_SHOWN]!r}{instead}. "
            "Without a version you see the atlas as it is now"
        )
        self.version = version
        self.nearest = tuple(nearest)
