"""The log of changes at an address of its own: for feed readers, and as a table for spreadsheets."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from dashboard.api.reading import PRIVATE, base_of, reading
from dashboard.api.v1.negotiation import unchanged
from dashboard.errors import BusyError, VersionGoneError
from dashboard.runtime import AtlasView, runtime
from dashboard.workflows.versions.change_files import Feed, changes_atom, changes_csv, feed_moment
from dashboard.workflows.versions.change_log import KINDS, LogFilter, LoggedChange, select_changes

__all__ = ["changes_routes"]

_FEED: Final = "/changes.atom"
_FILE: Final = "/changes.csv"
_ENTRIES: Final = 50
_MOST_ENTRIES: Final = 500
_MOST_IN_VALUE: Final = 200
_TAKEN: Final = ("of", "change", "since", "until", "limit", "version")
_DIGITS: Final = re.compile(r"[0-9]{1,4}")
_LINES_AT_ONCE: Final = 500


class _AskedWrongError(ValueError):
    """What is wrong with a parameter; never leaves this module."""


def feed(request: Request, atlas: AtlasView) -> Response:
    """Give the newest changes as an Atom feed.

    Parameters
    ----------
    request
        May name a record or words of its name (``of``), what was done (``change``), days (``since``,
        ``until``), how many (``limit``) and a ``version``.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        The feed; 304 when it has not changed; 400 or 404 with a sentence.
    """

    def answer(view: AtlasView, log: tuple[LoggedChange, ...], headers: dict[str, str]) -> Response:
        base = base_of(request)
        query = f"?{request.url.query}" if request.url.query else ""
        about = Feed(base, f"{base}{_FEED}{query}", f"{base}/changes{query}", view.published)
        text = "".join(changes_atom(log[: _limit(request)], about))
        return Response(text, media_type="application/atom+xml", headers=headers)

    return _answered(request, atlas, answer)


def table(request: Request, atlas: AtlasView) -> Response:
    """Give all changes as CSV, one line a field.

    Parameters
    ----------
    request
        As for `feed`; without a limit.
    atlas
        The atlas as the person may see it.

    Returns
    -------
    Response
        The file; 304 when it has not changed; 400 or 404 with a sentence.
    """

    def answer(_view: AtlasView, log: tuple[LoggedChange, ...], headers: dict[str, str]) -> Response:
        headers["Content-Disposition"] = 'attachment; filename="arsenal-atlas-changes.csv"'
        return StreamingResponse(_chunks(log), media_type="text/csv; charset=utf-8", headers=headers)

    return _answered(request, atlas, answer)


def changes_routes() -> list[BaseRoute]:
    """List the routes of the log.

    Returns
    -------
    list of BaseRoute
        Atom and CSV.
    """
    return [Route(_FEED, reading(feed)), Route(_FILE, reading(table))]


def _answered(
    request: Request,
    atlas: AtlasView,
    answer: Callable[[AtlasView, tuple[LoggedChange, ...], dict[str, str]], Response],
) -> Response:
    try:
        wanted = _wanted(request)
        version = request.query_params.get("version", "")
        view = runtime().view(atlas.audience, version) if version else atlas
    except _AskedWrongError as error:
        return _refused(str(error), HTTPStatus.BAD_REQUEST)
    except VersionGoneError as error:
        return _refused(str(error), HTTPStatus.NOT_FOUND)
    except BusyError as error:
        refusal = _refused(str(error), HTTPStatus.SERVICE_UNAVAILABLE)
        refusal.headers["Retry-After"] = str(error.retry_after)
        return refusal
    log = select_changes(view.change_log(), wanted)
    changed = datetime.fromisoformat(feed_moment(log[0].at if log else view.published.at))
    # By what is seen, not by what there is: a record that is protected now changes the answer too.
    named = "\0".join((view.version, str(view.audience), request.url.path, request.url.query))
    headers = {
        "ETag": f'W/"{hashlib.sha256(named.encode()).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(changed.astimezone(UTC), usegmt=True),
        "Cache-Control": PRIVATE,
    }
    if _is_known(request, headers["ETag"], changed):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return answer(view, log, headers)


def _wanted(request: Request) -> LogFilter:
    given = request.query_params
    for name in given:
        if name not in _TAKEN:
            raise _AskedWrongError(f"{name[:40]!r} is no parameter here: there are {', '.join(_TAKEN)}")
    kind = given.get("change", "")
    if kind and kind not in KINDS:
        raise _AskedWrongError(f"change={kind[:40]!r} is none of {', '.join(KINDS)}")
    _limit(request)
    days = {name: _day(name, given.get(name, "")) for name in ("since", "until")}
    return LogFilter(given.get("of", "")[:_MOST_IN_VALUE], kind, **days)


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise _AskedWrongError(f"{name}={text[:40]!r} is no day: write it like 2026-03-01") from None


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", str(_ENTRIES))
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= _MOST_ENTRIES:
        raise _AskedWrongError(f"limit={text[:40]!r} is no number from 1 to {_MOST_ENTRIES}")
    return int(text)


def _is_known(request: Request, etag: str, changed: datetime) -> bool:
    if "if-none-match" in request.headers:
        return unchanged(request, etag)
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except (TypeError, ValueError):
        return False
    return since.tzinfo is not None and changed <= since


def _chunks(log: tuple[LoggedChange, ...]) -> Iterator[str]:
    lines: list[str] = []
    for line in changes_csv(log):
        lines.append(line)
        if len(lines) == _LINES_AT_ONCE:
            yield "".join(lines)
            lines.clear()
    yield "".join(lines)


def _refused(message: str, status: HTTPStatus) -> Response:
    return JSONResponse({"error": message}, status_code=status, headers={"Cache-Control": "no-store"})
