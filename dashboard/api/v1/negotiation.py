"""In what form to answer, and whether at all: what ``f``, Accept and If-None-Match ask for."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.requests import Request

from dashboard.errors import RequestError

__all__ = ["CSV", "GEOJSON", "JSON", "MEDIA_TYPES", "choose_format", "unchanged"]

JSON: Final = "application/json"
"""Media type of plain answers."""
GEOJSON: Final = "application/geo+json"
"""Media type of answers with geometries."""
CSV: Final = "text/csv"
"""Media type of answers for spreadsheets."""

MEDIA_TYPES: Final = {"json": JSON, "geojson": GEOJSON, "csv": CSV}
"""Media types by the words of ``f``."""


def choose_format(request: Request, asked: str, offered: Sequence[str]) -> str:
    """Choose in what form to answer.

    Parameters
    ----------
    request
        The request, whose Accept header counts where ``f`` is not given.
    asked
        Value of ``f``, empty when it is not given.
    offered
        Words that ``f`` may be, the first being what is given to those who do not mind.

    Returns
    -------
    str
        One of them.

    Raises
    ------
    RequestError
        If the header accepts none of them; 406.
    """
    if asked:
        return asked
    wishes = _wishes(request.headers.get("accept", ""))
    ranked = [(_quality(MEDIA_TYPES[one], wishes), -number, one) for number, one in enumerate(offered)]
    quality, _, best = max(ranked)
    if quality <= 0:
        raise RequestError(
            f"This is given as {', '.join(MEDIA_TYPES[one] for one in offered)}: accept one of them, or "
            f"choose by f={'|'.join(offered)}.",
            HTTPStatus.NOT_ACCEPTABLE,
        )
    return best


def _wishes(header: str) -> list[tuple[str, float]]:
    wishes = []
    for part in header[:1000].split(","):
        media, *options = (piece.strip().lower() for piece in part.split(";"))
        quality = next((option[2:] for option in options if option.startswith("q=")), "1")
        if media:
            # A browser's list names what it draws; nobody asks for a page here.
            wishes.append((media, _number(quality)))
    return wishes or [("*/*", 1.0)]


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(media: str, wishes: list[tuple[str, float]]) -> float:
    for form in (media, f"{media.partition('/')[0]}/*", "*/*"):
        for wish, quality in wishes:
            if wish == form:
                return quality
    return 0.0


def unchanged(request: Request, etag: str) -> bool:
    """Say whether whoever asks has this answer already.

    Parameters
    ----------
    request
        The request.
    etag
        Name of the answer.

    Returns
    -------
    bool
        True for a 304.
    """
    header = request.headers.get("if-none-match", "")[:4000]
    names = {part.strip().removeprefix("W/") for part in header.split(",")}
    return etag.removeprefix("W/") in names or "*" in names
