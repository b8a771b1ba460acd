"""Clicks that are carried out to their end, whatever is clicked meanwhile.

At a second click Streamlit begins another run beside the one that carries out the first, and stops that one
at its next look into the session or its next message: after the store was written to, before that is said.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["unbroken"]


@contextmanager
def unbroken() -> Iterator[None]:
    """Let nothing stop what is done within; a click that came meanwhile has its own run.

    Yields
    ------
    None
        While it is done.
    """
    # Streamlit has no public way to say this; tests/pages/test_quick_hands.py fails when this one is gone.
    runner = getattr(getattr(get_script_run_ctx(), "_enqueue", None), "__self__", None)
    if not getattr(runner, "_execing", False):
        yield
        return
    setattr(runner, "_execing", False)  # noqa: B010  # another's attribute
    try:
        yield
    finally:
        setattr(runner, "_execing", True)  # noqa: B010  # as above
