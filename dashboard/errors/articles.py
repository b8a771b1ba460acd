"""Articles that cannot be read, fetched or quoted."""

from dashboard.errors.root import AtlasError

__all__ = ["ArchiveError", "ArticleError", "ConfinementError", "ExtractorError", "FetchError", "QuoteError"]


class ArticleError(AtlasError, ValueError):
    """An article that cannot be read: too large, of an unknown form, without text."""


class QuoteError(AtlasError, ValueError):
    """A quote that does not stand verbatim in its text.

    Parameters
    ----------
    quote
        The words.
    start
        Where they were said to stand.
    """

    def __init__(self, quote: str, start: int) -> None:
        super().__init__(
            f"{quote[:80]!r} does not stand verbatim at character {start} of the text: "
            "quote the article as it is written, without changing a character"
        )
        self.quote = quote
        self.start = start


class ArchiveError(AtlasError, ValueError):
    """A zip archive that is locked, broken, or unpacks to more than any honest document."""


class ConfinementError(AtlasError, RuntimeError):
    """Work on foreign bytes that did not end well in its confined process.

    Parameters
    ----------
    message
        What happened and what to do.
    reason
        ``refused``: the work said no in a sentence of its own; ``memory``, ``time``, ``output``: a limit;
        ``crash``: the process ended by itself; ``fault``: the work failed in a way that nobody foresaw.
    reference
        What the log calls it; empty when the work refused.
    """

    def __init__(self, message: str, reason: str, reference: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.reference = reference


class FetchError(AtlasError, OSError):
    """A page that was not fetched.

    Parameters
    ----------
    message
        Why, and what to do.
    reason
        ``url``, ``port``, ``address``, ``name``, ``robots``, ``redirects``, ``status``, ``type``, ``size``,
        ``encoding``, ``time``, ``tls`` or ``connection``.
    """

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ExtractorError(AtlasError, RuntimeError):
    """An extractor that cannot be used as set, or that gave no answer which can be used.

    Parameters
    ----------
    message
        What happened and what to do; never a key, and never words of the server.
    reason
        ``settings``, ``missing``, ``address``, ``connection``, ``time``, ``status``, ``size``, ``answer`` or
        ``budget``.
    retry_after
        Seconds that the server asked to be left alone for; None when it did not say.
    """

    def __init__(self, message: str, reason: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry_after = retry_after
