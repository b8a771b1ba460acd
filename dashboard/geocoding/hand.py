"""Places that a person decided, with the reason: they win over whatever a gazetteer would say.

They exist because gazetteers miss what this atlas is about: plants, ranges and bases, towns under their
Arabic and Hebrew names, and homonyms that only a reader can tell apart.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dashboard.errors import PackageError, Problem
from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Tier, candidate_of
from dashboard.geocoding.names import fold, join, without_article

__all__ = ["HandDecidedPlaces"]

_PRECISIONS: Final = ("exact", "near", "locality", "district", "province", "area", "country", "none")
_FILE: Final = "places.csv"
_MAX_LAT: Final = 90.0
_MAX_LON: Final = 180.0
_COUNTRY_CODE_LENGTH: Final = 2


class HandDecidedPlaces:
    """A set of hand-decided places, found by any of their names.

    Parameters
    ----------
    entries
        Each place with all its names, as written.
    """

    def __init__(self, entries: Iterable[tuple[GazetteerEntry, tuple[str, ...]]] = ()) -> None:
        self._entries = {entry.place_id: (entry, names) for entry, names in entries}
        self._keys: dict[str, list[tuple[str, GazetteerEntry, Tier]]] = {}
        for entry, names in self._entries.values():
            for number, name in enumerate(names):
                folded = fold(name)
                tier = Tier.ALTERNATE if number else Tier.NAME
                self._keys.setdefault(join(folded), []).append((folded, entry, tier))
                if stem := without_article(folded):
                    key = join(stem)
                    self._keys.setdefault(key, []).append((stem, entry, Tier.ARTICLE))

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> "HandDecidedPlaces":
        """Read places from rows with the columns of ``data/places.csv``.

        Parameters
        ----------
        rows
            Mappings with ``id``, ``name``, ``names`` (list, or text separated by ``|``), ``country``,
            ``lat``, ``lon`` (degrees, EPSG:4326), ``precision``, ``precision_m`` (metres), ``reason`` and
            ``source_id``.

        Returns
        -------
        HandDecidedPlaces
            The places, in the order of the rows.

        Raises
        ------
        PackageError
            Any row is unusable; all findings are named.
        """
        problems: list[Problem] = []
        entries = []
        seen: set[str] = set()
        for number, row in enumerate(rows, start=2):  # line 1 is the header
            found = [Problem(_FILE, number, *finding) for finding in _findings(row, seen)]
            problems += found
            if not found:
                entries.append(_read(row))
                seen.add(entries[-1][0].place_id)
        if problems:
            raise PackageError(problems)
        return cls(entries)

    @classmethod
    def from_csv(cls, path: Path) -> "HandDecidedPlaces":
        """Read places from a ``places.csv`` file.

        Parameters
        ----------
        path
            The file, UTF-8 with a header line.

        Returns
        -------
        HandDecidedPlaces
            The places, in file order.

        Raises
        ------
        PackageError
            The file cannot be read or any row is unusable.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                return cls.from_rows(list(csv.DictReader(file)))
        except (OSError, UnicodeError, csv.Error) as error:
            problem = Problem(path.name, None, "", "", f"cannot be read: {error}")
            raise PackageError([problem]) from error

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, place_id: object) -> bool:
        return place_id in self._entries

    def __iter__(self) -> Iterator[tuple[GazetteerEntry, tuple[str, ...]]]:
        return iter(self._entries.values())

    def get(self, place_id: str) -> GazetteerEntry | None:
        """Give the place with this id.

        Parameters
        ----------
        place_id
            An id such as ``pl-ben-slimane``.

        Returns
        -------
        GazetteerEntry or None
            The place, or None when nobody decided it.
        """
        found = self._entries.get(place_id)
        return found[0] if found else None

    def lookup(self, name: str) -> list[Candidate]:
        """Find the places that a written name may mean.

        Parameters
        ----------
        name
            The toponym as written.

        Returns
        -------
        list of Candidate
            Each place once, best first.
        """
        folded = fold(name)
        best: dict[str, Candidate] = {}
        for key in (folded, without_article(folded)):
            for written, entry, tier in self._keys.get(join(key), ()) if key else ():
                least = Tier.ARTICLE if key != folded else Tier.NAME if written == folded else Tier.JOINED
                candidate = candidate_of(entry, max(tier, least))
                kept = best.get(entry.place_id)
                if kept is None or candidate.tier < kept.tier:
                    best[entry.place_id] = candidate
            if best:
                break
        return sorted(best.values(), key=lambda found: (-found.score, found.entry.place_id))


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    missing = value is None or (isinstance(value, float) and math.isnan(value))  # NaN from pandas
    return "" if missing else str(value).strip()


def _number(row: Mapping[str, Any], column: str) -> float | None:
    text = _text(row, column)
    return float(text) if text else None


def _findings(row: Mapping[str, Any], seen: set[str]) -> Iterator[tuple[str, str, str]]:
    place_id, name, country = _text(row, "id"), _text(row, "name"), _text(row, "country")
    if not place_id:
        yield "id", place_id, "must name the place, such as pl-ben-slimane"
    elif place_id in seen:
        yield "id", place_id, "is used twice"
    if not fold(name):
        yield "name", name, "must hold at least one letter"
    if country and not (len(country) == _COUNTRY_CODE_LENGTH and country.isascii() and country.isupper()):
        yield "country", country, "must be an ISO 3166-1 alpha-2 code, such as MA"
    if _text(row, "precision") not in _PRECISIONS:
        yield "precision", _text(row, "precision"), f"must be one of {', '.join(_PRECISIONS)}"
    yield from _findings_about_numbers(row)


def _findings_about_numbers(row: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    limits = (("lat", -_MAX_LAT, _MAX_LAT), ("lon", -_MAX_LON, _MAX_LON), ("precision_m", 0.0, 2.1e7))
    for column, low, high in limits:
        text = _text(row, column)
        try:
            inside = not text or low <= float(text) <= high
        except ValueError:
            inside = False
        if not inside:
            yield column, text, f"must be a number from {low:g} to {high:g}"
    if bool(_text(row, "lat")) != bool(_text(row, "lon")):
        yield "lat", _text(row, "lat"), "lat and lon must both be given or both be empty"


def _read(row: Mapping[str, Any]) -> tuple[GazetteerEntry, tuple[str, ...]]:
    listed = row.get("names") or ""
    others = listed.split("|") if isinstance(listed, str) else [str(other) for other in listed]
    name = _text(row, "name")
    names = dict.fromkeys([name, *(other.strip() for other in others)])
    source = _text(row, "source_id")
    entry = GazetteerEntry(
        place_id=_text(row, "id"),
        name=name,
        country=_text(row, "country"),
        admin1="",
        lat=_number(row, "lat"),
        lon=_number(row, "lon"),
        population=0,
        kind="hand",
        precision=_text(row, "precision"),
        precision_m=_number(row, "precision_m"),
        reason=_text(row, "reason"),
        source=f"{_FILE} ({source})" if source else _FILE,
    )
    return entry, tuple(other for other in names if fold(other))
