"""The map for a frame on somebody's page: records, clock and scripts in one document, and nothing around it.

The document is of the audience that asks, holds only the records that the link selects, and asks nobody for
anything. Its policy puts it in a sandbox without an origin, runs no script but ours, and says whose pages may
hold it (setting `embed_origins`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import numpy as np
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.api.plain import plain_page
from dashboard.api.reading import PRIVATE, base_of, reading
from dashboard.domain.window import Window
from dashboard.errors import BusyError, VersionGoneError
from dashboard.frames import AtlasFrames, Memo
from dashboard.maps.addresses import EMBED
from dashboard.maps.document import script_hashes
from dashboard.maps.standalone import atlas_map, standalone_html
from dashboard.runtime import AtlasView, runtime
from dashboard.settings import Settings
from dashboard.workflows.sharing.export_map import frames_of
from dashboard.workflows.sharing.export_terms import NOT_STATED
from dashboard.workflows.sharing.link import Link, actor_names, describe_link, link_query, read_link
from dashboard.workflows.sharing.take_away import view_for
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.narrowing import narrowed
from dashboard.workflows.views.rows import Bools
from dashboard.workflows.views.selection import matching, record_number, window_showing

__all__ = ["MOST_EMBEDDED", "ancestors", "embed_routes"]

MOST_EMBEDDED: Final = 20_000
"""Records that one embedded map may hold: about three megabytes on the wire."""

# Of their own: what strangers ask for must not push out what the pages have worked out.
_documents: Final = Memo(12)
_LOCAL: Final = ("'self'", "http://localhost:*", "http://127.0.0.1:*")
_CREDIT: Final = (
    "html, body { display: flex; flex-direction: column; } "
    "#map_atlas, .atlas-shell { flex: 1; min-height: 0; }"
    ".atlas-credit { flex: none; margin: 0; padding: 0.25rem 0.6rem; overflow: hidden; white-space: nowrap; "
    "text-overflow: ellipsis; font: 0.75rem/1.4 system-ui, sans-serif; background: #f4f5f8; color: #31333f; }"
    ".atlas-credit a { color: #0b57a4; }"
    "@media (prefers-color-scheme: dark) { .atlas-credit { background: #1a1d25; color: #e6e8ee; }"
    " .atlas-credit a { color: #7ab8ff; } }"
)


def ancestors(settings: Settings) -> str:
    """Say whose pages may hold an embedded map.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    str
        Sources of `frame-ancestors`: those named; without any, this machine's own pages in a local session
        and nobody's on a shared host.
    """
    if settings.embed_origins:
        return " ".join(("'self'", *settings.embed_origins))
    return " ".join(_LOCAL) if settings.sign_in == "none" else "'none'"


def embed(request: Request, atlas: AtlasView) -> Response:
    """Serve the map of a link for a frame.

    Parameters
    ----------
    request
        What a link says.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        One HTML document, or a plain page when it would hold too many records.
    """
    allowed = ancestors(runtime().settings)
    link, _ = read_link(request.query_params.multi_items(), actor_names(atlas.library()))
    if link.version:
        try:
            atlas = runtime().view(atlas.audience, link.version)
        except (VersionGoneError, BusyError) as error:
            return _without_version(error, request)
    link = _showing(link, atlas)
    full = f"{base_of(request)}/?{link_query(link)}".removesuffix("?")
    keep, beside = _wanted(link, atlas), _beside(link, atlas)
    count = int(keep.sum()) + sum(int(matching(one.frames, link.filters).sum()) for one in beside)
    if count > MOST_EMBEDDED:
        message = (
            f"This view has {count:,} records; an embedded map holds {MOST_EMBEDDED:,} at most. "
            "Narrow it by country, kind or actor, or open it in the atlas."
        )
        links = (("Open the whole view", full),)
        return plain_page("Too many records to embed", message, HTTPStatus.OK, links, ancestors=allowed)

    def build() -> str:
        frames = _with_datasets(link, atlas) if beside else narrowed(atlas.frames(), keep)
        return _document(link, atlas, frames, beside, full)

    versions = (atlas.version, *(one.frames.version for one in beside))
    html = _documents.get((versions, link, full), build)
    headers = {
        "Content-Security-Policy": _policy(html, allowed),
        "Cache-Control": PRIVATE,
        "ETag": f'"{sha256(html.encode()).hexdigest()[:32]}"',
        "Link": f"</oembed?{urlencode({'url': full, 'format': 'json'})}>; "
        'rel="alternate"; type="application/json+oembed"',
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return HTMLResponse(html, headers=headers)


def _without_version(error: VersionGoneError | BusyError, request: Request) -> Response:
    allowed = ancestors(runtime().settings)
    if isinstance(error, BusyError):
        title, status = "One moment", HTTPStatus.SERVICE_UNAVAILABLE
        return plain_page(title, f"{error}.", status, ancestors=allowed)
    links = tuple((f"Version {one}", f"{base_of(request)}/?version={one}") for one in error.nearest)
    return plain_page("No such version", f"{error}.", HTTPStatus.NOT_FOUND, links, ancestors=allowed)


def _showing(link: Link, atlas: AtlasView) -> Link:
    """Let the clock show the record that is selected, as a page would."""
    return replace(link, window=window_showing(atlas.frames(), link.record, link.window))


def _wanted(link: Link, atlas: AtlasView) -> Bools:
    """Say which records the map holds: those that match at any time, for its clock moves, and that chosen."""
    frames = atlas.frames()
    number = record_number(frames, link.record) if link.record else None
    keep = matching(frames, link.filters)
    if number is None or keep[number]:
        return keep
    keep = np.array(keep)
    keep[number] = True
    return keep


def _beside(link: Link, atlas: AtlasView) -> tuple[Dataset, ...]:
    """Name the imported datasets that the link shows."""
    return tuple(one for one in atlas.datasets if one.layer in link.layers.split(","))


def _with_datasets(link: Link, atlas: AtlasView) -> AtlasFrames:
    """Join records of the atlas and of datasets as the map of a file does, at all times: its clock moves."""
    return frames_of(view_for(atlas, replace(link, window=Window()), made_on=datetime.now(UTC).date()))


def _document(
    link: Link, atlas: AtlasView, frames: AtlasFrames, beside: tuple[Dataset, ...], full: str
) -> str:
    drawn = atlas_map(
        frames,
        window=link.window,
        selected=link.record if record_number(frames, link.record) is not None else "",
        basemap=link.basemap or "land",
        mode=link.mode,
    )
    words = "; ".join(describe_link(link, atlas.library()))
    title = f"Arsenal Atlas: {words}" if words else "Arsenal Atlas"
    theirs = (f"{one.title}: {one.licence or NOT_STATED}" for one in beside)
    said = " · ".join(
        filter(None, (f"data {atlas.published.version}", *theirs, words, "land: Natural Earth"))
    )
    credit = (
        f'<p class="atlas-credit"><a href="{escape(full)}" target="_blank" rel="noopener">'
        f"Open in the Arsenal Atlas</a> · {escape(said)}</p>"
    )
    discovery = f"/oembed?{urlencode({'url': full, 'format': 'json'})}"
    head = (
        f'<link rel="alternate" type="application/json+oembed" href="{escape(discovery)}" />'
        f"<style>{_CREDIT}</style></head>"
    )
    html = standalone_html(drawn, title).replace("</head>", head, 1)
    before, body, after = html.rpartition("</body>")
    return f"{before}{credit}{body}{after}"


def _policy(html: str, allowed: str) -> str:
    # A tab that the sandbox opens would otherwise be in it, too, and the atlas needs its origin.
    return (
        "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
        f"script-src {' '.join(script_hashes(html))}; style-src 'unsafe-inline'; img-src data:; "
        f"base-uri 'none'; form-action 'none'; frame-ancestors {allowed}"
    )


def _refusing(route: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Say in a page, which the frame may show, what the route said in JSON."""

    def embedded(request: Request) -> Response:
        answer = route(request)
        if answer.status_code < HTTPStatus.BAD_REQUEST:
            return answer
        settings = runtime().settings
        full = f"{base_of(request)}/{'?' if request.url.query else ''}{request.url.query}"
        status = HTTPStatus(answer.status_code)
        title, message = _REFUSED.get(status, _FAILED)
        return plain_page(
            title, message, status, (("Open it in the atlas", full),), ancestors=ancestors(settings)
        )

    return embedded


_REFUSED: Final = {
    HTTPStatus.UNAUTHORIZED: (
        "Sign in to see this map",
        "This atlas is not open to everybody. Open the map there, where you can sign in.",
    ),
    HTTPStatus.FORBIDDEN: ("Not for you", "Your role in this atlas does not include reading now."),
}
_FAILED: Final = (
    "The map cannot be shown now",
    "The atlas does not answer as it should. Try again in a moment.",
)


def embed_routes() -> list[BaseRoute]:
    """List the routes of embedded maps.

    Returns
    -------
    list of BaseRoute
        In order of precedence.
    """
    return [Route(EMBED, _refusing(reading(embed)))]
