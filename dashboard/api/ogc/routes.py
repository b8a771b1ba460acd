"""OGC API - Features, Part 1: core, GeoJSON, OpenAPI 3.0, so that a GIS opens the atlas by address."""

from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.api.ogc.description import DESCRIPTION_TYPE, described
from dashboard.api.ogc.features import (
    COLLECTIONS,
    CRS84,
    Collection,
    extent_of,
    feature_of_id,
    features_of,
    selected,
)
from dashboard.api.ogc.operations import FEATURE, ITEMS, PAGE, PLAIN
from dashboard.api.v1.answers import Letter, link
from dashboard.api.v1.asking import Asked, read_asked
from dashboard.api.v1.negotiation import GEOJSON, JSON, unchanged
from dashboard.api.v1.operations import Operation
from dashboard.api.v1.problems import answering
from dashboard.api.v1.records import Json, Writer
from dashboard.api.v1.routes import of_version
from dashboard.errors import RequestError
from dashboard.frames import AtlasFrames
from dashboard.runtime import AtlasView
from dashboard.workflows.sharing.link import actor_names

__all__ = ["ROOT", "ogc_routes"]

ROOT: Final = "/api/ogc"
"""Where the layers are."""

_PART_1: Final = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
_CONFORMS: Final = tuple(f"{_PART_1}/{one}" for one in ("core", "geojson", "oas30"))
_TITLE: Final = "Arsenal Atlas"
_ABOUT: Final = "Sites and events of the defence industry with their places, dates and sources."


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
        Links to the layers, the conformance classes and the description.
    """
    _read(request, atlas, PLAIN)
    letter = _letter(request, atlas)
    root = f"{letter.base}{ROOT}"
    links = [
        link(root, "self", JSON, "This page"),
        link(f"{root}/api", "service-desc", DESCRIPTION_TYPE, "What may be asked for, and how"),
        link(f"{root}/conformance", "conformance", JSON, "What it conforms to"),
        link(f"{root}/collections", "data", JSON, "The layers"),
        *_licence(letter),
    ]
    return _told(letter, {"title": _TITLE, "description": _ABOUT, "links": links})


def conformance(request: Request, atlas: AtlasView) -> Response:
    """Say what it conforms to.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        Conformance classes.
    """
    _read(request, atlas, PLAIN)
    return _told(_letter(request, atlas), {"conformsTo": list(_CONFORMS)})


def description(request: Request, atlas: AtlasView) -> Response:
    """Describe what may be asked for.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        OpenAPI 3.0.
    """
    _read(request, atlas, PLAIN)
    letter = _letter(request, atlas)
    return _told(letter, described(f"{letter.base}{ROOT}"), DESCRIPTION_TYPE)


def collections(request: Request, atlas: AtlasView) -> Response:
    """List the layers.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        What there is to know of each.
    """
    _read(request, atlas, PLAIN)
    letter = _letter(request, atlas)
    found = [_collection(letter, atlas.frames(), one) for one in COLLECTIONS.values()]
    links = [link(f"{letter.base}{ROOT}/collections", "self", JSON), *_licence(letter)]
    return _told(letter, {"links": links, "collections": found})


def collection(request: Request, atlas: AtlasView) -> Response:
    """Describe a layer.

    Parameters
    ----------
    request
        Names the layer in its path.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        What there is to know of it.
    """
    layer = _layer(request)
    _read(request, atlas, PLAIN)
    letter = _letter(request, atlas)
    return _told(letter, _collection(letter, atlas.frames(), layer))


def items(request: Request, now: AtlasView) -> Response:
    """Give a page of features.

    Parameters
    ----------
    request
        Names the layer in its path, and what is wanted of it.
    now
        The atlas as the person may see it.

    Returns
    -------
    Response
        GeoJSON with links to the pages before and after.
    """
    layer = _layer(request)
    asked = _read(request, now, ITEMS)
    atlas = of_version(now, asked)
    letter = _letter(request, atlas)
    if unchanged(request, letter.etag):
        return letter.not_modified()
    frames = atlas.frames()
    numbers = selected(frames, layer, asked)
    here = numbers[asked.offset : asked.offset + asked.limit]
    features = features_of(frames, Writer(atlas.library(), letter.base), here)
    links = letter.links(asked, len(numbers), GEOJSON, {})
    links.append(link(f"{letter.base}{ROOT}/collections/{layer.id}", "collection", JSON))
    body: Json = {
        "type": "FeatureCollection",
        "version": letter.version,
        "licence": letter.licence,
        "numberMatched": len(numbers),
        "numberReturned": len(features),
        "notes": list(asked.notes),
        "links": links,
        "features": features,
    }
    return letter.json(body, links, GEOJSON)


def item(request: Request, now: AtlasView) -> Response:
    """Give one feature.

    Parameters
    ----------
    request
        Names the layer and the feature in its path.
    now
        The atlas as the person may see it.

    Returns
    -------
    Response
        GeoJSON, or 404.
    """
    layer = _layer(request)
    atlas = of_version(now, _read(request, now, FEATURE))
    letter = _letter(request, atlas)
    writer = Writer(atlas.library(), letter.base)
    feature = feature_of_id(atlas.frames(), writer, layer, request.path_params["featureId"])
    links = [
        link(letter.here, "self", GEOJSON),
        link(f"{letter.base}{ROOT}/collections/{layer.id}", "collection", JSON),
        *_licence(letter),
    ]
    told = {"version": letter.version, "licence": letter.licence, "links": links}
    return _told(letter, feature | told, GEOJSON)


def _letter(request: Request, atlas: AtlasView) -> Letter:
    return Letter(request, atlas)


def _told(letter: Letter, body: Json, media_type: str = JSON) -> Response:
    if unchanged(letter.request, letter.etag):
        return letter.not_modified()
    return letter.json(body, media_type=media_type)


def _read(request: Request, atlas: AtlasView, operation: Operation) -> Asked:
    return read_asked(
        request.query_params.multi_items(),
        taken=operation.names,
        limits=PAGE,
        actors=actor_names(atlas.library()),
        choices=operation.choices,
    )


def _layer(request: Request) -> Collection:
    name = request.path_params["collectionId"]
    if name not in COLLECTIONS:
        names = " and ".join(COLLECTIONS)
        raise RequestError(f"There is no layer {name[:80]!r}: there are {names}.", HTTPStatus.NOT_FOUND)
    return COLLECTIONS[name]


def _licence(letter: Letter) -> list[Json]:
    url = letter.licence.get("url")
    return [link(url, "license", title=letter.licence["name"])] if url else []


def _collection(letter: Letter, frames: AtlasFrames, one: Collection) -> Json:
    place = f"{letter.base}{ROOT}/collections/{one.id}"
    return {
        "id": one.id,
        "title": one.title,
        "description": one.description,
        "links": [
            link(place, "self", JSON, one.title),
            link(f"{place}/items", "items", GEOJSON, one.title),
            *_licence(letter),
        ],
        "extent": extent_of(frames, one),
        "itemType": "feature",
        "crs": [CRS84],
    }


def ogc_routes() -> list[BaseRoute]:
    """List the routes of the layers.

    Returns
    -------
    list of BaseRoute
        In order of precedence.
    """
    one = f"{ROOT}/collections/{{collectionId}}"
    return [
        Route(ROOT, answering(landing)),
        Route(f"{ROOT}/", answering(landing)),
        Route(f"{ROOT}/api", answering(description)),
        Route(f"{ROOT}/conformance", answering(conformance)),
        Route(f"{ROOT}/collections", answering(collections)),
        Route(one, answering(collection)),
        Route(f"{one}/items", answering(items)),
        Route(f"{one}/items/{{featureId}}", answering(item)),
    ]
