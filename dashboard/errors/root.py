"""The root of every error that the atlas raises on purpose."""

__all__ = ["AtlasError"]


class AtlasError(Exception):
    """Root of all errors that the atlas raises on purpose."""
