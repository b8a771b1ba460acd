"""Where the API is: lists and their rows, files, the description, and a landing page that links them."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard import __version__
from dashboard.api.v1.answers import Letter, link
from dashboard.api.v1.asking import Asked, read_asked
from dashboard.api.v1.export import TakeAway
from dashboard.api.v1.lists import found_item, listing_of
from dashboard.api.v1.negotiation import JSON, choose_format, unchanged
from dashboard.api.v1.openapi import DESCRIPTION_TYPE, described
from dashboard.api.v1.operations import EXPORT, ITEM, LISTS, PAGE, Operation
from dashboard.api.v1.problems import answering
from dashboard.api.v1.records import Json, Writer
from dashboard.domain.access import Right
from dashboard.runtime import AtlasView, runtime
from dashboard.workflows.sharing.link import actor_names, write_link
from dashboard.workflows.sharing.take_away import FORMATS, view_for, write_take_away

__all__ = ["ROOT", "of_version", "v1_routes"]

ROOT: Final = "/api/v1"
"""Where the API begins."""


def landing(request: Request, atlas: AtlasView) -> Response:
    """Say what there is.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        Links to the lists, to the files and to the description.
    """
    _plain(request)
    letter = Letter(request, atlas)
    if unchanged(request, letter.etag):
        return letter.not_modified()
    root = f"{letter.base}{ROOT}"
    links = [link(f"{root}/", "self", JSON, "This page")]
    links += [link(f"{root}/{name}", "item", JSON, one.summary) for name, one in LISTS.items()]
    links += [
        link(f"{root}/export?format={one.id}", "enclosure", one.media_type, one.label)
        for one in FORMATS.values()
    ]
    links.append(
        link(f"{root}/openapi.json", "service-desc", DESCRIPTION_TYPE, "What may be asked for, and how")
    )
    links.append(link(f"{letter.base}/api/ogc", "alternate", JSON, "The same as OGC API - Features"))
    body: Json = {
        "title": "Arsenal Atlas",
        "software": f"arsenal-atlas {__version__}",
        "version": letter.version,
        "licence": letter.licence,
        "links": links,
    }
    return letter.json(body, links)


def openapi(request: Request, atlas: AtlasView) -> Response:
    """Give the description of the API.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        OpenAPI 3.1.
    """
    _plain(request)
    letter = Letter(request, atlas)
    if unchanged(request, letter.etag):
        return letter.not_modified()
    return letter.json(described(f"{letter.base}{ROOT}"), media_type=DESCRIPTION_TYPE)


def _plain(request: Request) -> None:
    read_asked(request.query_params.multi_items(), taken=())


def of_version(now: AtlasView, asked: Asked) -> AtlasView:
    """Give the atlas of the version that a request names.

    Parameters
    ----------
    now
        The atlas as the person may see it now.
    asked
        What is asked for.

    Returns
    -------
    AtlasView
        The same atlas where no version is named.

    Raises
    ------
    BusyError
        If others are being made.
    VersionGoneError
        If it cannot be shown.
    """
    version = asked.link.version
    return runtime().view(now.audience, version) if version else now


def _asked(request: Request, now: AtlasView, operation: Operation) -> tuple[Asked, AtlasView]:
    asked = read_asked(
        request.query_params.multi_items(),
        taken=operation.names,
        limits=PAGE,
        actors=actor_names(now.library()),
        choices=operation.choices,
    )
    return asked, of_version(now, asked)


def _list(name: str) -> Callable[[Request, AtlasView], Response]:
    operation = LISTS[name]
    offered = tuple(operation.choices["f"])

    def answer(request: Request, now: AtlasView) -> Response:
        asked, atlas = _asked(request, now, operation)
        form = choose_format(request, asked.extras.get("f", ""), offered)
        letter = Letter(request, atlas)
        if unchanged(request, letter.etag):
            return letter.not_modified()
        listing = listing_of(name, atlas, Writer(atlas.library(), letter.base), asked)
        return letter.many(asked, listing, form, offered)

    return answer


def _item(name: str) -> Callable[[Request, AtlasView], Response]:
    operation = ITEM[name]
    offered = tuple(operation.choices["f"])

    def answer(request: Request, now: AtlasView) -> Response:
        asked, atlas = _asked(request, now, operation)
        form = choose_format(request, asked.extras.get("f", ""), offered)
        letter = Letter(request, atlas)
        found = found_item(name, request.path_params["id"], atlas, Writer(atlas.library(), letter.base))
        if unchanged(request, letter.etag):
            return letter.not_modified()
        return letter.one(found, form, offered)

    return answer


def export(request: Request, now: AtlasView) -> Response:
    """Give the rows that are asked for as a file.

    Parameters
    ----------
    request
        Names the format.
    now
        The atlas as the person may see it.

    Returns
    -------
    Response
        The file, of the same rows in the same order as the page of this address shows.
    """
    asked, atlas = _asked(request, now, EXPORT)
    form = FORMATS[asked.extras.get("format") or "csv"]
    letter = Letter(request, atlas)
    today = datetime.now(UTC).date()
    headers = letter.headers()
    # A file says when it was made, and may hold imported datasets, which have versions of their own.
    beside = [one.frames.version for one in atlas.datasets if one.layer in asked.link.layers.split(",")]
    headers["ETag"] = f'{headers["ETag"][:-1]}-{"-".join((f"{today:%Y%m%d}", *beside))}"'
    if unchanged(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    query = urlencode(write_link(asked.link))
    address = f"{letter.base}/{'?' + query if query else ''}"

    def write(path: Path, stop: Callable[[], bool]) -> object:
        view = view_for(atlas, asked.link, made_on=today, address=address)
        return write_take_away(view, form.id, path, cancelled=stop)

    return TakeAway(write, form, f"arsenal-atlas-{today:%Y-%m-%d}", headers)


def v1_routes() -> list[BaseRoute]:
    """List the routes of the API.

    Returns
    -------
    list of BaseRoute
        In order of precedence.
    """
    lists = [Route(f"{ROOT}/{name}", answering(_list(name))) for name in LISTS]
    items = [Route(f"{ROOT}/{name}/{{id}}", answering(_item(name))) for name in ITEM]
    return [
        Route(ROOT, answering(landing)),
        Route(f"{ROOT}/", answering(landing)),
        Route(f"{ROOT}/openapi.json", answering(openapi)),
        Route(f"{ROOT}/export", answering(export, Right.EXPORT)),
        *lists,
        *items,
    ]
