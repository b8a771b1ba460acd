"""Short addresses: ``/r/<id>`` leads to a record as long as its id is known, and oEmbed to a frame of it."""

import json
from contextlib import suppress
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.plain import plain_page
from dashboard.api.reading import PRIVATE, base_of, reading
from dashboard.errors import BusyError, VersionGoneError
from dashboard.maps.addresses import EMBED
from dashboard.runtime import AtlasView, runtime
from dashboard.workflows.sharing.forwarding import Gone, Unknown, find_address
from dashboard.workflows.sharing.link import Link, actor_names, describe_link, link_query, read_link
from dashboard.workflows.sharing.link_values import read_record, safe_words
from dashboard.workflows.views.datasets import split_record

__all__ = ["short_routes"]

_WIDTHS: Final = (240, 800, 2_000)  # least, ordinary, most
_HEIGHTS: Final = (240, 600, 1_600)
_PAGES: Final = ("/", "/events", "/sites", EMBED)
_SHORT: Final = "/r/"
_LONGEST: Final = 8_000
_DISCOVERY: Final = 'rel="alternate"; type="application/json+oembed"'


def short(request: Request, atlas: AtlasView) -> Response:
    """Lead from the short address of a record to where it is seen.

    Parameters
    ----------
    request
        Names the record in its path; may say more of the view in its query.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        303 to the record, or to the one it was merged into; 410 with date and reason for a deleted one; 404
        for an id that nothing has.
    """
    record_id = read_record(request.path_params["record_id"])
    link, _ = read_link(request.query_params.multi_items(), actor_names(atlas.library()))
    if link.version:
        # Perhaps it was there then; where it leads to says what is wrong with the version.
        with suppress(VersionGoneError, BusyError):
            atlas = runtime().view(atlas.audience, link.version)
    if record_id and split_record(record_id)[0]:
        found: str | Gone | Unknown = f"/?{link_query(Link(record=record_id))}"
    else:
        found = find_address(record_id, atlas.frames(), atlas.library(), atlas.changes, link)
    if isinstance(found, str):
        headers = {"Cache-Control": PRIVATE, "Link": f"<{_oembed_of(request)}>; {_DISCOVERY}"}
        return RedirectResponse(found, HTTPStatus.SEE_OTHER, headers)
    return _gone(found, request) if isinstance(found, Gone) else _unknown(found, atlas, request)


def _oembed_of(request: Request) -> str:
    return f"/oembed?{urlencode({'url': base_of(request) + request.url.path, 'format': 'json'})}"


def _gone(found: Gone, request: Request) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": found.sentence}, HTTPStatus.GONE, {"Cache-Control": "no-store"})
    return plain_page("This record is gone", found.sentence, HTTPStatus.GONE, (("Open the atlas", "/"),))


def _unknown(found: Unknown, atlas: AtlasView, request: Request) -> Response:
    shown = safe_words(found.record_id or str(request.path_params["record_id"]), 80)
    message = f"No record has the id {shown}, and none that was deleted had it."
    if _wants_json(request):
        return JSONResponse({"error": message}, HTTPStatus.NOT_FOUND, {"Cache-Control": "no-store"})
    words = " ".join(shown.replace("…", "").split("-")[1:]) or shown
    near = tuple((f"Did you mean {atlas.library().name(one)}?", f"{_SHORT}{one}") for one in found.near)
    search = (f"Search the atlas for “{words}”", f"/?{urlencode({'q': words})}")
    return plain_page(
        "No such record", message, HTTPStatus.NOT_FOUND, (*near, search, ("Open the atlas", "/"))
    )


def _wants_json(request: Request) -> bool:
    return "json" in request.headers.get("accept", "")


def oembed(request: Request, atlas: AtlasView) -> Response:
    """Say how to embed an address of ours, as oembed.com has it.

    Parameters
    ----------
    request
        ``url``, ``format``, ``maxwidth``, ``maxheight``.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        A ``rich`` answer with a frame; 404 for an address that is not ours, 501 for another format.
    """
    asked = request.query_params
    if asked.get("format", "json") != "json":
        return _no("Only format=json is offered.", HTTPStatus.NOT_IMPLEMENTED)
    base = base_of(request)
    link = _link_of(asked.get("url", ""), base, atlas)
    if link is None:
        return _no("That is no address of a view or record of this atlas.", HTTPStatus.NOT_FOUND)
    width, height = _size(asked.get("maxwidth"), _WIDTHS), _size(asked.get("maxheight"), _HEIGHTS)
    words = "; ".join(describe_link(link, atlas.library()))
    title = f"Arsenal Atlas: {words}" if words else "Arsenal Atlas"
    query = link_query(link)
    source = f"{base}{EMBED}{'?' if query else ''}{query}"
    answer = {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Arsenal Atlas",
        "provider_url": base,
        "title": title,
        "width": width,
        "height": height,
        "html": f'<iframe src="{escape(source)}" width="{width}" height="{height}" title="{escape(title)}" '
        'loading="lazy" style="border:0"></iframe>',
    }
    text = json.dumps(answer, ensure_ascii=False)
    return Response(text, media_type="application/json", headers={"Cache-Control": PRIVATE})


def _no(message: str, status: HTTPStatus) -> Response:
    return JSONResponse({"error": message}, status, {"Cache-Control": "no-store"})


def _size(text: str | None, bounds: tuple[int, int, int]) -> int:
    least, ordinary, most = bounds
    if text is None or not text.isascii() or not text.isdigit():
        return ordinary
    return min(max(int(text[:9]), least), ordinary, most)


def _link_of(url: str, base: str, atlas: AtlasView) -> Link | None:
    if len(url) > _LONGEST:
        return None
    try:
        parts, own = urlsplit(url), urlsplit(base)
    except ValueError:
        return None
    if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
        return None
    try:
        link, _ = read_link(parse_qsl(parts.query, max_num_fields=1_000), actor_names(atlas.library()))
    except ValueError:
        return None
    path = parts.path or "/"
    if path.startswith(_SHORT):
        return _record_link(path.removeprefix(_SHORT), link, atlas)
    return link if path.rstrip("/") in {one.rstrip("/") for one in _PAGES} else None


def _record_link(text: str, link: Link, atlas: AtlasView) -> Link | None:
    record_id = read_record(text)
    found = find_address(record_id, atlas.frames(), atlas.library(), atlas.changes, link)
    if not isinstance(found, str) or not found.startswith("/?"):
        return None  # actors and sources have no place on a map
    return read_link(parse_qsl(found.removeprefix("/?")))[0]


def short_routes() -> list[BaseRoute]:
    """List the routes of short addresses.

    Returns
    -------
    list of BaseRoute
        In order of precedence.
    """
    return [Route("/r/{record_id:path}", reading(short)), Route("/oembed", reading(oembed))]
