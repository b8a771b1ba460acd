"""Who asks, and whether they may: what every route that gives records asks first.

The gate in front has decided who it is. A route that stands without one, as in a test or a wrong set-up,
takes nobody for somebody.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.domain.access import ANONYMOUS, LOCAL, Person, Right, require
from dashboard.errors import PermissionDeniedError, SignInError, StoreError
from dashboard.runtime import AtlasView, Runtime, runtime

__all__ = ["PRIVATE", "base_of", "person_of", "reading"]

PRIVATE: Final = "private, no-cache"
"""Kept by the browser of one person only, and asked about each time."""

_AWAY: Final = "The database does not answer: try again in a moment."
_RETRY_SECONDS: Final = "5"


def person_of(request: Request, atlas: Runtime) -> Person:
    """Say who asks.

    Parameters
    ----------
    request
        The request, with the person in its state.
    atlas
        The runtime.

    Returns
    -------
    Person
        Without a gate nobody is signed in, except in a local session, where nobody need be.
    """
    person = getattr(request.state, "person", None)
    if isinstance(person, Person):
        return person
    return LOCAL if atlas.settings.sign_in == "none" else ANONYMOUS


def base_of(request: Request) -> str:
    """Give the address under which people reach the atlas.

    Parameters
    ----------
    request
        A request to it, whose host the gate has checked.

    Returns
    -------
    str
        Scheme, host and port, without a slash at the end.
    """
    named = runtime().settings.public_url
    return (named or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def reading(
    answer: Callable[[Request, AtlasView], Response], right: Right = Right.READ
) -> Callable[[Request], Response]:
    """Make a route of a function that answers from the view of whoever asks.

    Parameters
    ----------
    answer
        Gives the answer, from nothing but the view.
    right
        What the person has to be allowed.

    Returns
    -------
    callable
        The route: 401 for somebody who is not signed in and has to be, 403 for what a role does not include,
        503 while the store is away and nothing was read before.
    """

    def route(request: Request) -> Response:
        try:
            atlas = runtime()
            person = person_of(request, atlas)
            require(person, right, atlas.mode, anonymous_reading=atlas.settings.anonymous_reading)
            view = atlas.view(atlas.audience_of(person))
            response = answer(request, view)
        except PermissionDeniedError as error:
            status = HTTPStatus.FORBIDDEN if person.role else HTTPStatus.UNAUTHORIZED
            return _refusal(str(error), status)
        except SignInError as error:
            return _refusal(str(error), HTTPStatus.UNAUTHORIZED)
        except StoreError:
            refusal = _refusal(_AWAY, HTTPStatus.SERVICE_UNAVAILABLE)
            refusal.headers["Retry-After"] = _RETRY_SECONDS
            return refusal
        # The next person at this browser may be allowed less.
        response.headers.add_vary_header("Cookie")
        response.headers.add_vary_header("Authorization")
        return response

    return route


def _refusal(message: str, status: HTTPStatus) -> Response:
    return JSONResponse({"error": message}, status_code=status, headers={"Cache-Control": "no-store"})
