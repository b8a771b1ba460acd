"""The one server entry: Streamlit's app, our routes beside it, security headers around both.

``arsenal-atlas run`` starts it for one person; a host may start it with ``uvicorn dashboard.asgi:app``.
"""

import logging
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.api.headers import SecurityHeaders
from dashboard.api.routes import routes

__all__ = ["app"]

_log = logging.getLogger(__name__)


def _report(error: Exception) -> None:
    """Keep the traceback for the operator; the page shows a sentence (client.showErrorDetails)."""
    _log.error("a page failed", exc_info=error)


app = st.App(
    Path(__file__).parent / "app.py",
    routes=routes(),
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=_report,
)
