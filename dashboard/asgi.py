"""The one server entry: Streamlit's app, our routes beside it, the gate in front of both.

``arsenal-atlas run`` starts it for one person; a host may start it with ``uvicorn dashboard.asgi:app``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import streamlit as st
from anyio import to_thread
from starlette.types import Receive, Scope, Send

from dashboard.api.routes import routes
from dashboard.gate.faults import note_fault
from dashboard.gate.options import apply_options, auth_secrets, check_sign_in
from dashboard.gate.sign_in import sign_in_routes
from dashboard.gate.stack import gate
from dashboard.runtime import runtime
from dashboard.settings import Settings, load_settings

__all__ = ["AtlasApp", "app"]

_SCRIPT: Final = Path(__file__).parent / "app.py"


class AtlasApp(st.App):
    """Streamlit's app, which keeps our options however it is started.

    Parameters
    ----------
    settings
        The settings.
    script
        The script that draws the pages.
    """

    def __init__(self, settings: Settings, script: Path = _SCRIPT) -> None:
        check_sign_in(settings)
        super().__init__(
            script,
            secrets=auth_secrets(settings),
            routes=[*sign_in_routes(settings), *routes()],
            middleware=gate(settings),
            lifespan=_lifespan,
            on_script_error=_report,
        )
        self._settings = settings
        self._is_told = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if not self._is_told:
            # Not in the constructor: App.run reads all options anew before it serves.
            apply_options(self._settings)
            self._is_told = True
        await super().__call__(scope, receive, send)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    """Open the store before the first visitor comes, and let go of it after the last."""
    atlas = await to_thread.run_sync(runtime)
    atlas.watch()
    yield
    await to_thread.run_sync(atlas.close)


def _report(error: Exception) -> bool:
    """Keep the traceback for the operator; the page shows a reference to it and nothing else."""
    reference = note_fault("a page failed", error)
    st.error(f"This page failed. Reference for the operator: {reference}", icon=":material/error:")
    return True


app = AtlasApp(load_settings())
