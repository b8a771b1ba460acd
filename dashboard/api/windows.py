"""Single records of a large layer, asked for by the map when its view holds few enough of them."""

import json
from datetime import date
from http import HTTPStatus
from typing import Final

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard.api.reading import PRIVATE, reading
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import BusyError, LayerError
from dashboard.maps.addresses import window_address
from dashboard.runtime import AtlasView
from dashboard.store.layers.reach import Window
from dashboard.workflows.sharing.link import read_link
from dashboard.workflows.views.selection import Filters

__all__ = ["asked_filters", "is_of_version", "window_routes"]

_A_WHILE: Final = "private, max-age=3600"
_SIDES: Final = 4
_HEADER: Final = 8  # where it begins: behind four letters and its length
_OF_WINDOW: Final = ("box", "from", "to")
_EPOCH: Final = date(1970, 1, 1)
_GONE: Final = "This version of the layer is no longer served: reload the page."
_HOW: Final = "write box=west,south,east,north in degrees, and from and to as YYYY-MM-DD or not at all"


def window_marks(request: Request, atlas: AtlasView) -> Response:
    """Serve the records of a large layer that lie in a box and a stretch of time.

    Parameters
    ----------
    request
        Names the layer's version in its path, and in its query box, from and to, and filters as an address of
        the atlas says them.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        Bytes as docs/map-document.md describes; 404 for a version that is not served to this person's
        audience, 400 for no window, 503 with a time to wait when too many are being read.
    """
    try:
        window = _window(request.query_params)
        body = atlas.window(request.path_params["version"], window, asked_filters(request))
    except ValueError as error:
        return _refusal(f"{error}: {_HOW}", HTTPStatus.BAD_REQUEST)
    except KeyError:
        return _refusal(_GONE, HTTPStatus.NOT_FOUND)
    except (BusyError, LayerError) as error:
        refusal = _refusal(str(error), HTTPStatus.SERVICE_UNAVAILABLE)
        refusal.headers["Retry-After"] = str(getattr(error, "retry_after", 60))
        return refusal
    # The address names version, window and filters: the same one, the same answer.
    kept = _A_WHILE if is_of_version(body, request.path_params["version"]) else PRIVATE
    return Response(body, media_type="application/octet-stream", headers={"Cache-Control": kept})


def asked_filters(request: Request) -> Filters | None:
    """Read what the address of a part of a large layer asks for besides box and days.

    Parameters
    ----------
    request
        The request.

    Returns
    -------
    Filters or None
        None for everything.
    """
    asked = [one for one in request.query_params.multi_items() if one[0] not in _OF_WINDOW]
    filters = read_link(asked)[0].filters
    return None if filters.are_empty else filters


def is_of_version(body: bytes, version: str) -> bool:
    """Say whether a payload is what the address of a version stands for.

    Parameters
    ----------
    body
        The payload of a part of a large layer.
    version
        The version that was asked for.

    Returns
    -------
    bool
        False where a list of words was found to be damaged, or was built, since that version was offered: it
        answers otherwise then, and a browser that kept that would have it when the list is whole again.
    """
    end = _HEADER + int.from_bytes(body[_HEADER - 4 : _HEADER], "little")
    return bool(json.loads(body[_HEADER:end])["version"] == version)


def _window(asked: QueryParams) -> Window:
    sides = [float(part) for part in asked.get("box", "").split(",")]
    if len(sides) != _SIDES:
        raise ValueError("a box has four sides")
    first, last = _day(asked.get("from", ""), DAY_PAST), _day(asked.get("to", ""), DAY_FUTURE)
    west, south, east, north = sides
    return Window(west, south, east, north, first, last)


def _day(text: str, otherwise: int) -> int:
    return (date.fromisoformat(text) - _EPOCH).days if text else otherwise


def _refusal(message: str, status: HTTPStatus) -> Response:
    return JSONResponse({"error": message}, status_code=status, headers={"Cache-Control": "no-store"})


def window_routes() -> list[Route]:
    """List the routes of large layers.

    Returns
    -------
    list of Route
        The one there is.
    """
    return [Route(window_address("{version}"), reading(window_marks))]
