"""Tables of other people that cannot be read."""

from dashboard.errors.root import AtlasError

__all__ = ["TableRefusedError"]


class TableRefusedError(AtlasError, ValueError):
    """A table that is not read at all; what is wrong with single rows is a problem of theirs and no error.

    Parameters
    ----------
    message
        What is wrong, which limit was met, and what to do.
    reason
        ``refused``: the reader said no; ``memory``, ``time``, ``output``: a limit of the confined process;
        ``crash`` or ``fault``: the reader failed.
    reference
        What the log calls it; empty when the reader said no.
    """

    def __init__(self, message: str, reason: str = "refused", reference: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.reference = reference
