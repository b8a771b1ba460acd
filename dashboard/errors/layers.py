"""What can be wrong with an imported layer as a whole."""

from dashboard.errors.root import AtlasError

__all__ = ["LayerError"]


class LayerError(AtlasError, RuntimeError):
    """A step that an imported layer cannot take; nothing was changed.

    Parameters
    ----------
    layer
        Id of the layer.
    reason
        What is the matter and what to do next.
    """

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f"Nothing was changed in the layer {layer!r}: {reason}")
        self.layer = layer
        self.reason = reason
