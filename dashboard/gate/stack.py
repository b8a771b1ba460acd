"""The parts of the gate in the order in which a request meets them."""

from starlette.middleware import Middleware

from dashboard.gate.admission import Admission
from dashboard.gate.faults import Faults
from dashboard.gate.headers import SecurityHeaders
from dashboard.gate.hosts import Hosts
from dashboard.gate.identity import Identify
from dashboard.gate.limits import Limits
from dashboard.gate.media import Media
from dashboard.gate.messages import Messages
from dashboard.gate.sign_in import SignIn
from dashboard.gate.uploads import Uploads
from dashboard.settings import Settings

__all__ = ["gate"]


def gate(settings: Settings) -> list[Middleware]:
    """List the middleware to put in front of everything.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    list of Middleware
        Outermost first.
    """
    return [
        Middleware(SecurityHeaders, https=settings.public_url.startswith("https://")),
        Middleware(Faults),
        Middleware(Hosts, settings),
        Middleware(SignIn, settings),
        Middleware(Identify, settings),
        Middleware(Limits, settings),
        Middleware(Admission, settings),
        Middleware(Uploads, settings),
        Middleware(Media),
        Middleware(Messages),
    ]
