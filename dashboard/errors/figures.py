"""Figures and briefings that cannot be drawn."""

from dashboard.errors.root import AtlasError

__all__ = ["ShapesMissingError"]


class ShapesMissingError(AtlasError, RuntimeError):
    """The built file with land and borders is missing or damaged.

    Parameters
    ----------
    path
        Where it should be.
    """

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The shapes of land and borders are missing or damaged ({path}): run `make install`, "
            "which builds them, or draw the figure without land"
        )
        self.path = path
