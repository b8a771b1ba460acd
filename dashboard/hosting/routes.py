"""Addresses reduced to patterns, so that counts by route stay few and the log names no session."""

import re
from typing import Final

__all__ = ["OTHER", "pattern_of", "shown_path"]

OTHER: Final = "other"
"""Pattern of an address that is none of ours."""

_LONGEST: Final = 200
_PATTERNS: Final = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"/_stcore/upload_file/.*", "/_stcore/upload_file/{file}"),
        (r"/_stcore/(stream|health|host-config|metrics)", r"/_stcore/\1"),
        (r"/_stcore/bidi-components/.*", "/_stcore/bidi-components/{file}"),
        (r"/media/.*", "/media/{file}"),
        (r"/component/.*", "/component/{file}"),
        (r"/static/.*", "/static/{file}"),
        (r"/atlas/map", "/atlas/map"),
        (r"/atlas/.*", "/atlas/{file}"),
        (r"/auth/(login|logout)", r"/auth/\1"),
        (r"/(livez|readyz|oauth2callback)", r"/\1"),
        (r"/", "/"),
    )
)
_PAGES: Final = frozenset(
    (
        *("events", "sites", "actors", "sources", "geocoding", "about", "edit", "review", "operations"),
        *("sign-in", "sign-in/start", "sign-out"),
    )
)
_UPLOAD: Final = re.compile(r"(/_stcore/upload_file/).*", re.DOTALL)
_MEDIA: Final = re.compile(r"(/media/)[^/.]+")
# The API's own lists are few; whatever else somebody asks for below it is one series.
_LISTS: Final = frozenset(
    (
        "v1",
        "ogc",
        "records",
        "layers",
        "exports",
        "feeds",
        "marks",
        "payload",
        "actors",
        "sources",
        "events",
        "sites",
    )
)


def pattern_of(path: str) -> str:
    """Reduce an address to its route.

    Parameters
    ----------
    path
        Path of a request.

    Returns
    -------
    str
        A pattern out of a short list, whatever was asked for.
    """
    if path.startswith("/api/"):
        name, *rest = path.removeprefix("/api/").split("/")
        return f"/api/{name}{'/{…}' if rest else ''}" if name in _LISTS else "/api/{…}"
    for pattern, name in _PATTERNS:
        if found := pattern.fullmatch(path):
            return found.expand(name)
    return "/{page}" if path.strip("/") in _PAGES else OTHER


def shown_path(path: str) -> str:
    """Write an address as the log shows it.

    Parameters
    ----------
    path
        Path of a request, without its query, which says what people look at.

    Returns
    -------
    str
        The path, without the session ids and hashes by which others could act or read.
    """
    return _MEDIA.sub(r"\1***", _UPLOAD.sub(r"\1***", path))[:_LONGEST]
