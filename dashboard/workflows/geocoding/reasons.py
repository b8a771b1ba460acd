"""The reason that somebody gives for an act: what the audit trail keeps and others read."""

from typing import Final

__all__ = ["MOST_IN_WHY", "why_fault"]

MOST_IN_WHY: Final = 2_000
"""Most characters of a reason."""


def why_fault(why: str, *, needed: bool = True) -> str:
    """Say what is wrong with a reason.

    Parameters
    ----------
    why
        The reason.
    needed
        Whether there has to be one.

    Returns
    -------
    str
        What is wrong, to stand behind the name of the field; empty when nothing is.
    """
    if needed and not why.strip():
        return "is empty: say why, so that others understand it"
    if len(why) > MOST_IN_WHY:
        return f"has more than {MOST_IN_WHY:,} characters"
    return ""
