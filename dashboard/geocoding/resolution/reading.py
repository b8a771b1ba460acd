"""What a written name says by itself: the places that answer to it, less those its own words exclude.

"Camden, Arkansas" excludes the other Camdens, and so does a stated country. Which of the rest is meant is
decided after this: by population for a single name (`resolve`), by the document for many (`document`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Resolution, Status, distance_m
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.names import MAX_NAME_LENGTH, fold
from dashboard.geocoding.resolution.parts import parts_of

__all__ = ["Reader", "Reading"]

_NEAR_M: Final = 75_000.0
"""How far "Kamra" may lie from "Attock" in "Kamra, Attock"."""

_DIVISION_SEARCH_M: Final = 50_000.0
_SEPARATORS: Final = re.compile("[,;()\u060c\u061b\u3001\uff0c\uff08\uff09]")  # also Arabic and CJK
_VICINITY: Final = re.compile(r"^(?:near|outside|close to|around|près de|cerca de|bei)\s+", re.IGNORECASE)
_SHOWN: Final = 3
_PARTS_OF_DIVISIONS: Final = frozenset({"district", "region"})
_AREAS: Final = frozenset({"country", "division", "district", "region"})
_LARGE_CITY: Final = 100_000


@dataclass(frozen=True, slots=True)
class Reading:
    """The places that a name may mean when nothing but the name and a stated country is known.

    Parameters
    ----------
    name
        The toponym as written.
    found
        What may be chosen from, best first.
    note
        What narrowed it, such as "in Texas"; empty when nothing did.
    refusal
        Why there is nothing to choose from; empty otherwise.
    shown
        Places to show with a refusal: known only elsewhere, or similar spellings.
    similar
        Whether those shown are similar spellings.
    ignored
        Containers named behind a comma that are not known and were not used.
    undecided
        Whether a container was named and none of them is known, so that it cannot choose.
    narrowed
        Whether a container or a stated country speaks for what was found.
    firm
        Whether what was found may be chosen at all; False when only a part of the name is known.
    """

    name: str
    found: tuple[Candidate, ...] = ()
    note: str = ""
    refusal: str = ""
    shown: tuple[Candidate, ...] = ()
    similar: bool = False
    ignored: tuple[str, ...] = ()
    undecided: bool = False
    narrowed: bool = False
    firm: bool = True

    def refused(self, limit: int) -> Resolution:
        """Give the decision that there is nothing to choose from.

        Parameters
        ----------
        limit
            Keep at most this many candidates.

        Returns
        -------
        Resolution
            Unknown, or ambiguous when similar spellings are shown.
        """
        status: Status = "ambiguous" if self.similar else "unknown"
        return Resolution(self.name, status, None, self.shown[:limit], 0.0, self.refusal)

    def with_remarks(self, reason: str) -> str:
        """Add to a reason what the name itself contributed.

        Parameters
        ----------
        reason
            Why a candidate was chosen.

        Returns
        -------
        str
            The reason with the narrowing in front and what was not used behind.
        """
        if self.note:
            reason = f"{self.note}: {reason}"
        if self.ignored:
            reason += f"; {', '.join(repr(part) for part in self.ignored)} not known and not used"
        return reason


class Reader:
    """Reads names against one gazetteer, the hand-decided places and one stated country.

    Parameters
    ----------
    gazetteer
        Where to look.
    hand_decided
        Places that win over the gazetteer.
    country
        The country all names lie in, as ISO 3166-1 code or name; None or blank when not stated.
    """

    def __init__(
        self, gazetteer: Gazetteer, hand_decided: HandDecidedPlaces | None = None, country: str | None = None
    ) -> None:
        self.gazetteer = gazetteer
        self._hand_decided = hand_decided or HandDecidedPlaces()
        self.stated = (country or "").strip()
        self.country = (gazetteer.country_code(self.stated) if self.stated else None) or ""

    def read(self, name: str) -> Reading:
        """Find what a name may mean, or what a part of it may mean when the whole is not known.

        Parameters
        ----------
        name
            The toponym as written, optionally followed by what contains it: ``Fort Worth, Texas``.

        Returns
        -------
        Reading
            The candidates, or why there are none. Never raises for an odd name.

        Raises
        ------
        GazetteerError
            The gazetteer was damaged after it was opened.
        """
        if self.stated and not self.country:
            return Reading(
                name,
                refusal=f"the stated country {self.stated[:40]!r} is not known: "
                "give its ISO code, such as MA",
            )
        if len(name.strip()) > MAX_NAME_LENGTH:
            return Reading(name, refusal=f"longer than {MAX_NAME_LENGTH} characters, so not a place name")
        if not fold(name):
            return Reading(name, refusal="the name holds no letters" if name.strip() else "the name is empty")
        head, *containers = [part.strip() for part in _SEPARATORS.split(name) if fold(part)] or [name]
        whole = self.lookup(name)
        if whole or not containers:
            reading = self._within_country(Reading(name, tuple(whole)))
        else:
            reading = self._within_containers(name, head, containers)
        if not reading.found and not reading.shown:
            return self._part(head) or reading
        return reading

    def lookup(self, name: str) -> list[Candidate]:
        """Find the candidates for a name, hand-decided ones included.

        Parameters
        ----------
        name
            The toponym as written.

        Returns
        -------
        list of Candidate
            Best first.
        """
        found = self.gazetteer.lookup(name)
        if not len(self._hand_decided):
            return found
        by_hand = self._hand_decided.lookup(name)
        others = [candidate for candidate in found if candidate.entry.place_id not in self._hand_decided]
        return sorted([*by_hand, *others], key=lambda c: (-c.score, c.entry.place_id))

    def shown(self, candidates: list[Candidate] | tuple[Candidate, ...]) -> str:
        """Name a few candidates with their countries.

        Parameters
        ----------
        candidates
            Best first.

        Returns
        -------
        str
            The first three, and how many more.
        """
        names = []
        for candidate in candidates[:_SHOWN]:
            entry = candidate.entry
            division = f" {entry.admin1}" if entry.admin1 else ""
            names.append(f"{entry.name} ({self.gazetteer.country_name(entry.country)}{division})")
        more = len(candidates) - _SHOWN
        return ", ".join(names) + (f" and {more} more" if more > 0 else "")

    def _within_containers(self, name: str, head: str, containers: list[str]) -> Reading:
        """Keep the candidates for X of "X, Y" that lie in Y, as far as Y is known."""
        found = self.lookup(head)
        if not found:
            known = [part for part in containers if self.gazetteer.regions(part) or self.lookup(part)]
            hint = f", though {known[0]!r} is" if known else ""
            return Reading(name, refusal=f"{head!r} is not in the gazetteer{hint}")
        understood, ignored = [], []
        for container in containers:
            fits = self._container(container)
            inside = [candidate for candidate in found if fits(candidate.entry)] if fits else []
            if inside:
                found = inside
                understood.append(container)
            elif self.gazetteer.regions(container):
                refusal = f"{head!r} is known only elsewhere than in {container!r}: {self.shown(found)}"
                return Reading(name, refusal=refusal, shown=tuple(found))
            else:
                ignored.append(container)
        note = f"in {', '.join(understood)}" if understood else ""
        undecided = bool(ignored) and not understood
        return self._within_country(
            Reading(
                name,
                tuple(found),
                note=note,
                ignored=tuple(ignored),
                undecided=undecided,
                narrowed=bool(understood),
            )
        )

    def _within_country(self, reading: Reading) -> Reading:
        if not reading.found:
            return self._not_found(reading.name)
        if not self.country:
            return reading
        inside = tuple(found for found in reading.found if found.entry.country == self.country)
        country = self.gazetteer.country_name(self.country)
        if not inside:
            refusal = f"not known in {country}, only in {self.shown(reading.found)}"
            return Reading(reading.name, refusal=refusal, shown=reading.found)
        return replace(reading, found=inside, note=reading.note or f"in {country} as stated", narrowed=True)

    def _part(self, name: str) -> Reading | None:
        """Find what a part of the name may mean: the whole area or city for its southern part."""
        for part in parts_of(name):
            found = tuple(self.lookup(part.name))
            if self.country:
                found = tuple(candidate for candidate in found if candidate.entry.country == self.country)
            if not found:
                continue
            if part.kind == "designator":
                return Reading(name, found, note=f"as {part.name!r}")
            fitting = tuple(c for c in found if _stands_for(c.entry, part.kind))
            return Reading(name, fitting or found, note=f"only {part.name!r} is known", firm=bool(fitting))
        return None

    def _not_found(self, name: str) -> Reading:
        similar = self.gazetteer.similar(name, self.country) if self.country else []
        if not similar:
            return Reading(name, refusal="no place of that name is in the gazetteer")
        refusal = f"no place of that name is known; similar spellings: {self.shown(similar)}"
        return Reading(name, refusal=refusal, shown=tuple(similar), similar=True)

    def _container(self, name: str) -> Callable[[GazetteerEntry], bool] | None:
        """Give the test whether an entry lies in (near a town) what a name stands for; None when unknown."""
        name = _VICINITY.sub("", name)
        regions = frozenset(self.gazetteer.regions(name))
        around = [found.entry for found in self.lookup(name) if found.entry.point]
        if regions:  # "Paris, Texas" is near no town called Texas, but Limburg is a province of two countries
            around = [entry for entry in around if entry.kind in _PARTS_OF_DIVISIONS]
        elif not around:
            return None
        countries = {country for country, _ in regions}

        def fits(entry: GazetteerEntry) -> bool:
            inside = entry.country in countries and (
                (entry.country, "") in regions or (entry.country, self._admin1(entry)) in regions
            )
            return inside or any(_lies_at(entry, place) for place in around)

        return fits

    def _admin1(self, entry: GazetteerEntry) -> str:
        """Give the division of an entry; that of a hand-decided place is its nearest neighbour's."""
        if entry.admin1 or not entry.point:
            return entry.admin1
        around = self.gazetteer.near(*entry.point, radius_m=_DIVISION_SEARCH_M)
        return next((near.admin1 for _, near in around if near.country == entry.country and near.admin1), "")


def _lies_at(entry: GazetteerEntry, place: GazetteerEntry) -> bool:
    if entry.point is None or place.point is None:
        return False
    return distance_m(entry.point, place.point) <= max(_NEAR_M, place.precision_m or 0.0)


def _stands_for(entry: GazetteerEntry, kind: str) -> bool:
    """Tell whether a place may stand for a part of it, or is itself a facility named without its word."""
    if kind == "feature":
        return entry.kind == "facility"
    return entry.kind in _AREAS or entry.population >= _LARGE_CITY
