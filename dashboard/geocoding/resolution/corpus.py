"""Answer lists of mentions, document by document, as evaluations of geocoders ask for them.

The best guess is given even where the atlas itself would place nothing, as a geopy geocoder would; where no
place answers to a name at all, the answer is None. Only the written words and where they stand are looked at:
whatever else a list holds, such as the true points, is not.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dashboard.errors import TableError
from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution.document import resolve_all
from dashboard.geocoding.resolution.ranker import LinearRanker

__all__ = ["read_documents", "resolve_mentions"]


def read_documents(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Read documents from lines of JSON.

    Parameters
    ----------
    lines
        One document a line: ``{"doc", "mentions": [{"surface", "start"?}]}``; blank lines are passed over.

    Yields
    ------
    dict
        The documents, checked.

    Raises
    ------
    TableError
        A line is no such document; the message gives its number.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise TableError(f"line {number} is not JSON ({error}): give one document a line") from error
        if finding := _finding(document):
            raise TableError(f"line {number}: {finding}")
        yield document


def resolve_mentions(
    documents: Iterable[Mapping[str, Any]],
    *,
    gazetteer: Gazetteer,
    hand_decided: HandDecidedPlaces | None = None,
    ranker: LinearRanker | None = None,
) -> Iterator[dict[str, Any]]:
    """Give the best guess for each mention of each document.

    Parameters
    ----------
    documents
        As `read_documents` gives them.
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer.
    ranker
        How evidence is weighed; the learned weights when None.

    Yields
    ------
    dict
        ``{"doc", "places"}`` with one place a mention: ``lat`` and ``lon`` in degrees (EPSG:4326),
        ``place_id``, ``name``, ``status``, ``score`` and ``reason``; or None.

    Raises
    ------
    GazetteerError
        The gazetteer was damaged after it was opened.
    """
    for document in documents:
        mentions = document["mentions"]
        found = resolve_all(
            [mention["surface"] for mention in mentions],
            gazetteer=gazetteer,
            hand_decided=hand_decided,
            starts=_starts(mentions),
            limit=3,
            ranker=ranker,
        )
        yield {"doc": document["doc"], "places": [_answer(resolution) for resolution in found]}


def _finding(document: object) -> str:
    if not isinstance(document, dict) or "doc" not in document:
        return 'a document is an object with "doc" and "mentions"'
    mentions = document.get("mentions")
    if not isinstance(mentions, list):
        return '"mentions" must be a list'
    for n, mention in enumerate(mentions):
        if not isinstance(mention, dict) or not isinstance(mention.get("surface"), str):
            return f'mention {n} must be an object with the text "surface"'
    return ""


def _starts(mentions: list[Mapping[str, Any]]) -> list[int] | None:
    starts = [mention.get("start") for mention in mentions]
    known = [start for start in starts if isinstance(start, int)]
    return known if len(known) == len(starts) and known == sorted(known) else None


def _answer(found: Resolution) -> dict[str, Any] | None:
    best = found.chosen or next(
        (candidate for candidate in found.candidates if candidate.entry.point is not None), None
    )
    if best is None or best.entry.lat is None or best.entry.lon is None:
        return None
    return {
        "lat": best.entry.lat,
        "lon": best.entry.lon,
        "place_id": best.entry.place_id,
        "name": best.entry.name,
        "status": found.status,
        "score": best.score,
        "reason": found.reason,
    }
