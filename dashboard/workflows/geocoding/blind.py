"""Geocode the places of a data package again as if nobody had decided them, and see where they land.

It is the test that data and geocoder hold each other to: a record lands within its stated radius, or somebody
has written down why a gazetteer cannot place it. Reasons stand in the package, in ``places.csv`` (decided by
hand) or in the row of ``locations.csv``; nothing is excused here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from dashboard.domain.records import Location
from dashboard.errors import GazetteerError
from dashboard.geocoding import Gazetteer, Resolution, build_gazetteer, resolve
from dashboard.geocoding.candidates import distance_m
from dashboard.importers.package import DataPackage

__all__ = ["BlindRow", "blind_gazetteer", "geocode_blind"]

_FILE: Final = "gazetteer-undecided.sqlite"
_FROM_SOURCE: Final = "the point is the source's own, more exact than a name can be"


@dataclass(frozen=True, slots=True)
class BlindRow:
    """Where a location landed.

    Parameters
    ----------
    location
        The location as the package has it.
    found
        What the gazetteer alone says about its words.
    distance_m
        Metres between the two points; None when the words were not resolved or have no point.
    verdict
        ``inside`` its stated radius, ``explained`` when it is not and the package says why, else ``open``.
    explanation
        The package's reason.
    """

    location: Location
    found: Resolution
    distance_m: float | None
    verdict: Literal["inside", "explained", "open"]
    explanation: str

    def __str__(self) -> str:
        """Say what was written, where it landed, and why that is in order or not."""
        place = self.location
        words = f"{place.id}: {place.place_as_written!r}"
        if self.distance_m is None:
            landed = f"{self.found.status} ({self.found.reason})"
        else:
            chosen = self.found.chosen.entry.name if self.found.chosen else ""
            landed = f"{chosen}, {self.distance_m / 1000:,.1f} km from its point"
        radius = f"radius {(place.precision_m or 0) / 1000:g} km"
        return f"{words} ({radius}): {landed}" + (f": {self.explanation}" if self.explanation else "")


def blind_gazetteer(gazetteer: Path, cache_folder: Path) -> Path:
    """Find or build a gazetteer without hand-decided places.

    Parameters
    ----------
    gazetteer
        The usual gazetteer, which will do when it has none.
    cache_folder
        Where another one is kept.

    Returns
    -------
    Path
        A gazetteer file.

    Raises
    ------
    GazetteerError
        It cannot be built.
    """
    if gazetteer.is_file() and _decisions(gazetteer) == 0:
        return gazetteer
    path = cache_folder / _FILE
    if not path.is_file() or _decisions(path) != 0:
        build_gazetteer(path)
    return path


def geocode_blind(package: DataPackage, gazetteer: Gazetteer) -> Iterator[BlindRow]:
    """Geocode each location that has a point from its words and its country alone.

    Parameters
    ----------
    package
        The data package.
    gazetteer
        A gazetteer without the package's own decisions.

    Yields
    ------
    BlindRow
        In the order of ``locations.csv``.
    """
    decided = {place.id: place.reason for place in package.tables["places"]}
    for location in package.tables["locations"]:
        if location.lat is None or location.lon is None:
            continue
        found = resolve(location.place_as_written, gazetteer=gazetteer, country=location.country or None)
        point = found.chosen.entry.point if found.chosen else None
        distance = distance_m((location.lat, location.lon), point) if point else None
        inside = distance is not None and distance <= (location.precision_m or 0)
        why = "" if inside else decided.get(location.place_id) or location.reason or _by_source(location)
        yield BlindRow(location, found, distance, "inside" if inside else "explained" if why else "open", why)


def _by_source(location: Location) -> str:
    return _FROM_SOURCE if location.method == "source" else ""


def _decisions(path: Path) -> int | None:
    try:
        with Gazetteer.open(path) as opened:
            return int(opened.meta.get("hand_decided", "1"))
    except GazetteerError:  # of another version, or damaged
        return None
