"""What the gate says when it does not let somebody in."""

import math
from typing import Final
from urllib.parse import quote

from starlette.types import Scope

from dashboard.gate.pages import Action, Refusal
from dashboard.gate.wire import wants_page
from dashboard.settings import Settings

__all__ = [
    "atlas_full",
    "disabled",
    "not_signed_in",
    "provider_down",
    "token_refused",
    "too_fast",
    "too_many_guests",
    "too_many_tabs",
    "under_maintenance",
]

_SIGN_OUT: Final = Action("Sign out", "/sign-out", main=False)
_AGAIN: Final = Action("Try again", "/")


def not_signed_in(scope: Scope, settings: Settings, why: str = "") -> Refusal:
    """Ask somebody to sign in.

    Parameters
    ----------
    scope
        The request; who signs in is led back to it.
    settings
        How people sign in.
    why
        Why the sign-in that there was does not count.

    Returns
    -------
    Refusal
        For a page the sign-in page, for the API a sentence.
    """
    start: tuple[Action, ...]
    if settings.sign_in == "oidc":
        message = "This atlas is for people who are signed in."
        start = (Action("Sign in", f"/sign-in/start?next={quote(_address(scope), safe='')}"),)
    else:
        message = "This atlas is reached through a proxy that signs people in, and it named nobody."
        start = (Action("Try again", settings.public_url or "/"),)
    headers = {} if wants_page(scope) else {"WWW-Authenticate": 'Bearer realm="Arsenal Atlas"'}
    return Refusal(401, "Sign in", why or message, start, headers=headers)


def _address(scope: Scope) -> str:
    if not wants_page(scope):
        return "/"
    query = scope["query_string"].decode("latin-1")
    return f"{quote(scope['path'])}{'?' + query if query else ''}"


def disabled(reason: str) -> Refusal:
    """Turn away somebody who may not come in at all.

    Parameters
    ----------
    reason
        Why.

    Returns
    -------
    Refusal
        The page.
    """
    return Refusal(403, "No access", f"{reason[:1].upper()}{reason[1:]}.".replace("..", "."), (_SIGN_OUT,))


def token_refused() -> Refusal:
    """Refuse an API token.

    Returns
    -------
    Refusal
        The answer, which does not say whether there ever was such a token.
    """
    return Refusal(
        401,
        "Token refused",
        "This token is unknown, revoked or too old: make a new one on the operations page.",
        headers={"WWW-Authenticate": 'Bearer realm="Arsenal Atlas", error="invalid_token"'},
    )


def too_fast(wait: float) -> Refusal:
    """Ask somebody to slow down.

    Parameters
    ----------
    wait
        Seconds after which there is more.

    Returns
    -------
    Refusal
        The answer.
    """
    seconds = max(1, math.ceil(wait))
    unit = "second" if seconds == 1 else "seconds"
    message = f"That was too often in one minute: try again in {seconds} {unit}."
    return Refusal(429, "Too often", message, (_AGAIN,), retry_after=seconds)


def under_maintenance(settings: Settings) -> Refusal:
    """Say that only admins are let in now.

    Parameters
    ----------
    settings
        How people sign in.

    Returns
    -------
    Refusal
        The page.
    """
    sign_in = (Action("Sign in as an admin", "/sign-in", main=False),) if settings.sign_in == "oidc" else ()
    return Refusal(
        503,
        "Under maintenance",
        "The atlas is closed for maintenance. Nothing is lost: come back later.",
        (_AGAIN, *sign_in),
        retry_after=300,
    )


def atlas_full(sessions: int, *, guests: bool = False) -> Refusal:
    """Say that there is no place left.

    Parameters
    ----------
    sessions
        How many there are in all.
    guests
        Whether these are the places of visitors who are not signed in.

    Returns
    -------
    Refusal
        The page.
    """
    of_guests = " of visitors who are not signed in" if guests else ""
    return Refusal(
        503,
        "The atlas is full",
        f"All {sessions} places{of_guests} are taken, so that those who are in can work well. One becomes "
        "free as soon as somebody closes a tab: try again in a minute.",
        (_AGAIN,),
        retry_after=60,
    )


def too_many_guests(guests: int) -> Refusal:
    """Say that as many as are allowed came from one address.

    Parameters
    ----------
    guests
        How many are allowed.

    Returns
    -------
    Refusal
        The page.
    """
    return Refusal(
        429,
        "Too many visitors from one address",
        f"{guests} visitors who are not signed in are here from your address already. "
        "Try again when one of them has left, or sign in.",
        (_AGAIN,),
        retry_after=60,
    )


def too_many_tabs(tabs: int) -> Refusal:
    """Say that somebody has as many tabs open as are allowed.

    Parameters
    ----------
    tabs
        How many are allowed.

    Returns
    -------
    Refusal
        The page.
    """
    return Refusal(
        429,
        "Too many tabs",
        f"You have the atlas open in {tabs} tabs already, in this browser or another one. "
        "Close one of them and try again.",
        (_AGAIN,),
        retry_after=5,
    )


def provider_down() -> Refusal:
    """Say that nobody can sign in now.

    Returns
    -------
    Refusal
        The page.
    """
    return Refusal(
        503,
        "Signing in does not work now",
        "The identity provider does not answer. Whoever is signed in can go on working; everybody else "
        "has to wait until it is back.",
        (Action("Try again", "/sign-in"),),
        retry_after=30,
    )
