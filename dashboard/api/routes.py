"""The routes that the pages and the map's frame ask for."""

import gzip
import hashlib
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from dashboard.api.changes_feed import changes_routes
from dashboard.api.embed import embed_routes
from dashboard.api.ogc.routes import ogc_routes
from dashboard.api.reading import PRIVATE, reading
from dashboard.api.records import record_json
from dashboard.api.short import short_routes
from dashboard.api.v1.routes import v1_routes
from dashboard.api.windows import asked_filters, is_of_version, window_routes
from dashboard.errors import AtlasError, BusyError, LayerError, RecordNotFoundError
from dashboard.maps.addresses import ASSETS, MAP_DOCUMENT, payload_address
from dashboard.maps.basemaps import find_basemap
from dashboard.maps.document import document, script_hashes
from dashboard.runtime import AtlasView, runtime
from dashboard.settings import static_path
from dashboard.workflows.access.audience import shown_version

__all__ = ["routes"]

_FOREVER: Final = "private, max-age=31536000, immutable"
_GZIP_LEVEL: Final = (
    1  # a million marks: 0.5 s and 71 % of their size; level 6 takes three times as long for 70 %
)


def map_document(request: Request, _atlas: AtlasView) -> Response:
    """Serve the map document for the sandboxed frame.

    Parameters
    ----------
    request
        May name a basemap, and ask for a map without a clock by ``clock=off``.
    _atlas
        Not looked at: the document holds no record.

    Returns
    -------
    Response
        HTML without any record in it, under a policy that runs our scripts only.
    """
    basemap = find_basemap(request.query_params.get("basemap", "land"))
    html = document(basemap.id, clock=request.query_params.get("clock") != "off")
    policy = (
        "sandbox allow-scripts; default-src 'none'; "
        f"script-src 'self' {' '.join(script_hashes(html))}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: {basemap.image_source}; font-src 'self'; frame-ancestors 'self'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy, "Cache-Control": PRIVATE})


def marks(request: Request, atlas: AtlasView) -> Response:
    """Serve the map payload of one version of what the person sees.

    Parameters
    ----------
    request
        Names the version in its path; of a large layer it may have filters in its query.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        Bytes as docs/map-document.md describes, with an ETag; 404 for a version that is not served to this
        person's audience, 503 for a layer whose files are damaged or when too much is being read.
    """
    # Packed here, once for a version: Streamlit's middleware would do it again at every request.
    try:
        version, filters = request.path_params["version"], asked_filters(request)
        # Records travel whole and are masked; of counts of a large layer only those that are asked for.
        body = atlas.counts(version, filters) if filters else atlas.payload(version)
    except KeyError:
        return JSONResponse(
            {"error": "This data version is no longer served: reload the page."},
            status_code=HTTPStatus.NOT_FOUND,
            headers={"Cache-Control": "no-store"},
        )
    except (BusyError, LayerError) as error:
        return JSONResponse(
            {"error": str(error)},
            status_code=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Cache-Control": "no-store", "Retry-After": str(getattr(error, "retry_after", 60))},
        )
    packed = "gzip" in request.headers.get("accept-encoding", "")
    etag = _etag(body, packed=packed)
    kept = PRIVATE if filters and not is_of_version(body, version) else _FOREVER
    headers = {"ETag": etag, "Cache-Control": kept, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    # Named in both cases: an encoding that is already there keeps the middleware from packing again.
    headers["Content-Encoding"] = "gzip" if packed else "identity"
    answer = _gzipped(body) if packed else body
    return Response(answer, media_type="application/octet-stream", headers=headers)


# Keyed by the bytes themselves, which hash once: two versions, as the runtime keeps them, and some datasets.
@lru_cache(maxsize=8)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, _GZIP_LEVEL, mtime=0)


@lru_cache(maxsize=16)
def _etag(body: bytes, *, packed: bool) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:32]}{"-gzip" if packed else ""}"'


def record(request: Request, atlas: AtlasView) -> Response:
    """Serve one record with its evidence as JSON.

    Parameters
    ----------
    request
        Names the record in its path.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        The record, or 404 with a sentence.
    """
    try:
        found = record_json(atlas.library(), request.path_params["record_id"])
    except RecordNotFoundError as error:
        return JSONResponse({"error": str(error)}, status_code=HTTPStatus.NOT_FOUND)
    return JSONResponse(found, headers={"Cache-Control": PRIVATE})


def ready(_request: Request) -> Response:
    """Say whether the store answers, with tables that this software knows.

    Parameters
    ----------
    _request
        Not looked at.

    Returns
    -------
    Response
        200 with the data version, where people sign in by another name, or 503.
    """
    headers = {"Cache-Control": "no-store"}
    try:
        atlas = runtime()
        version = shown_version(atlas.ask().data_version, atlas.settings)
        atlas.check_schema()
    except AtlasError:
        return PlainTextResponse("not ready\n", HTTPStatus.SERVICE_UNAVAILABLE, headers)
    return PlainTextResponse(f"ready {version}\n", headers=headers)


def alive(_request: Request) -> Response:
    """Say that the process answers.

    Parameters
    ----------
    _request
        Not looked at.

    Returns
    -------
    Response
        200.
    """
    return PlainTextResponse("alive\n", headers={"Cache-Control": "no-store"})


class _Assets(StaticFiles):
    """The built front end, readable by the sandboxed frame, whose origin is opaque."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        response.headers["Cache-Control"] = "no-cache"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


def routes() -> list[BaseRoute]:
    """List the routes to mount beside the pages.

    Returns
    -------
    list of BaseRoute
        In order of precedence.
    """
    return [
        Route(MAP_DOCUMENT, reading(map_document)),
        Mount(ASSETS, _Assets(directory=static_path()), name="assets"),
        Route(payload_address("{version}"), reading(marks)),
        *window_routes(),
        Route("/api/records/{record_id}", reading(record)),
        *v1_routes(),
        *ogc_routes(),
        *embed_routes(),
        *short_routes(),
        *changes_routes(),
        Route("/livez", alive),
        Route("/readyz", ready),
    ]
