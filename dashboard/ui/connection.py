"""What a tab does when its connection comes back: it catches up by itself and says so.

Streamlit reconnects in silence and leaves the page as it was. That is right when the session is still
there. When its process is gone the session is new and empty: the page must be run again, which restores it
from its address, and the person should know that what was typed and not saved may be gone.
"""

import time
from datetime import timedelta
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

__all__ = ["came_from_another_process", "keep_connection"]

_SINCE: Final = "connection_since"
_SAID_SECONDS: Final = 15
_OFTEN: Final = timedelta(hours=6)
# A tab's handshake: the protocol's name, a token, and the session it had before, if any.
_PARTS: Final = 3


def keep_connection() -> None:
    """Let the page catch up when its connection comes back; call it once on each page."""
    since = st.session_state.setdefault(_SINCE, time.monotonic())
    # Again in the runs that follow at once, or they would take it away unread.
    if came_from_another_process() and time.monotonic() - since < _SAID_SECONDS:
        st.toast(
            "Reconnected. The view is as it was; what was typed and not saved may be gone.",
            icon=":material/sync:",
            duration="long",
        )
    _pulse()


# Never mind how often: a tab that has anything which runs by itself asks for a run as soon as its connection
# is back (Streamlit 1.67, handleConnectionStateChanged), and that is what this is for.
@st.fragment(run_every=_OFTEN)
def _pulse() -> None:
    return


def came_from_another_process() -> bool:
    """Say whether this session is the successor of one that this process does not know.

    Returns
    -------
    bool
        True for a tab whose process was restarted, or gave it up after a long time without a connection.
    """
    context = get_script_run_ctx()
    if context is None:
        return False
    asked = st.context.headers.get("Sec-WebSocket-Protocol", "")
    parts = [part.strip() for part in asked.split(",")]
    return len(parts) == _PARTS and parts[-1] not in ("", context.session_id)
