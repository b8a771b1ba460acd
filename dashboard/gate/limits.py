"""How often the API may be asked, and what nobody may ask at all."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.gate.pages import Refusal, answer
from dashboard.gate.refusals import too_fast
from dashboard.gate.wire import identity_of, is_api, person_of, visitor_address
from dashboard.maps.addresses import EMBED
from dashboard.settings import Settings
from dashboard.workflows.geocoding.rates import Rate

__all__ = ["Limits"]

# Streamlit's figures are for whoever runs the process, and they name people; ours have a port of their own.
_CLOSED: Final = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent")

# Pages that are made anew for each address, for anybody who asks.
_COUNTED: Final = (EMBED, "/oembed", "/r/", "/changes.")


class Limits:
    """ASGI middleware that limits requests a minute.

    Parameters
    ----------
    app
        The application behind it.
    settings
        How many there may be.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.rate = Rate(settings.api_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or ask for patience.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["type"] == "http" and scope["path"].startswith(_CLOSED):
            refusal = Refusal(403, "Refused", "This is not offered here.")
            await answer(refusal, scope, receive, send)
            return
        counts = scope["type"] == "http" and (is_api(scope) or scope["path"].startswith(_COUNTED))
        wait = self.rate.take(self._visitor(scope)) if counts else 0
        person = person_of(scope)
        if wait and not (person is not None and person.is_local):
            await answer(too_fast(wait), scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _visitor(self, scope: Scope) -> str:
        person, identity = person_of(scope), identity_of(scope)
        if person is not None and person.id and identity is not None:
            return identity.owner
        return visitor_address(scope, self.settings.trusted_proxies)
