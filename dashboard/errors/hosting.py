"""Who may come in and do what, and whether there is room."""

from collections.abc import Sequence

from dashboard.errors.root import AtlasError

__all__ = ["AdministrationError", "BusyError", "PermissionDeniedError", "ServerError", "SignInError"]


class ServerError(AtlasError, RuntimeError):
    """The app cannot be served: a port in use, or a component that was not built."""


class PermissionDeniedError(AtlasError, PermissionError):
    """Somebody asked for what they may not do.

    Parameters
    ----------
    what
        What was asked for, in words.
    reason
        Why not, and what to do.
    """

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(f"You may not {what}: {reason}")
        self.what = what
        self.reason = reason


class SignInError(AtlasError, PermissionError):
    """Somebody's sign-in does not count, or no longer: they have to sign in again.

    Parameters
    ----------
    reason
        Why, as a sentence without a full stop.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}. Please sign in again")
        self.reason = reason


class AdministrationError(AtlasError, ValueError):
    """An act of administration that cannot be done as asked.

    Parameters
    ----------
    problems
        One sentence for each reason, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("Nothing was changed. " + " ".join(f"{problem}." for problem in problems))
        self.problems = tuple(problems)


class BusyError(AtlasError, RuntimeError):
    """The atlas has as many visitors, requests or uploads as it can serve well.

    Parameters
    ----------
    message
        What is full and what to do.
    retry_after
        Seconds after which a new try makes sense.
    """

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
