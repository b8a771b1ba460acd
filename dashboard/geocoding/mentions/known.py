"""What the gazetteer says of a name, boiled down to what recognition weighs, and remembered.

`Gazetteer.knows` answers most questions (no) without touching the file; the rest is kept in a bounded memory,
because the same few thousand names make up most of the news.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final
from weakref import WeakKeyDictionary, proxy

from dashboard.geocoding.candidates import Candidate, Tier
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.gazetteer.tables import read_table
from dashboard.geocoding.names import fold, join

__all__ = ["KnownNames", "NameFacts", "known_names"]

_MEMORY: Final = 32_768
_LARGE_DIVISION: Final = 400_000
_DWARFS: Final = 50
_EXACT: Final = frozenset({Tier.NAME, Tier.ALTERNATE, Tier.ABBREVIATION})
_USED: Final = _EXACT | {Tier.JOINED}
_AREAS: Final = ("country", "region", "division", "district")


@dataclass(frozen=True, slots=True)
class NameFacts:
    """What recognition needs to know of a name.

    Parameters
    ----------
    kind
        Kind of the weightiest place of that name: country, capital, region, division, city, district,
        facility, hand.
    population
        Inhabitants of its largest town.
    exact
        Whether some place is called just so, rather than with the words spaced differently.
    primary
        Whether it is the main name of that place rather than one of its other names.
    curated
        Whether the name is in the table of places of the trade, or decided by hand.
    abbreviated
        Whether it is an abbreviation of that place.
    country
        ISO code of the country of the weightiest place.
    """

    kind: str
    population: int
    exact: bool
    primary: bool
    curated: bool
    abbreviated: bool = False
    country: str = ""

    @property
    def is_area(self) -> bool:
        """Whether it can hold a town: "Warren, Michigan"."""
        return self.kind in _AREAS


@cache
def _curated() -> frozenset[str]:
    rows = read_table("overlay.csv")
    return frozenset(join(fold(name)) for row in rows for name in (row["name"], *row.names()))


class KnownNames:
    """The names of one gazetteer, with a memory.

    Parameters
    ----------
    gazetteer
        Where names are looked up.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        # Weakly, or the gazetteer would live as long as the memory that its own life bounds.
        self._gazetteer: Gazetteer = proxy(gazetteer)
        self.facts = lru_cache(maxsize=_MEMORY)(self._facts)
        self.is_demonym = lru_cache(maxsize=_MEMORY)(self._is_demonym)

    @property
    def knows(self) -> Callable[[str], bool]:
        """The gazetteer's quick test of a joined key."""
        return self._gazetteer.knows

    def _is_demonym(self, word: str) -> bool:
        """Tell whether a word is first of all one for the people of a country or region."""
        found = self._gazetteer.lookup(word)
        return bool(found) and found[0].tier == Tier.DEMONYM

    def _facts(self, name: str) -> NameFacts | None:
        """Give the facts of a name as written, or None when no place is called so."""
        return _boiled_down(name, [found for found in self._gazetteer.lookup(name) if found.tier in _USED])


def _boiled_down(name: str, found: list[Candidate]) -> NameFacts | None:
    if not found:
        return None
    short = [candidate for candidate in found if candidate.tier == Tier.ABBREVIATION]
    if short:
        entry = short[0].entry
        return NameFacts(
            entry.kind, entry.population, exact=True, primary=True, curated=False, abbreviated=True
        )
    exact = [candidate for candidate in found if candidate.tier in _EXACT]
    best = exact or found
    curated = join(fold(name)) in _curated() or any(one.entry.kind == "hand" for one in best)
    people = max(
        (one.entry.population for one in best if one.entry.kind in {"city", "capital"}),
        default=0,
    )
    kinds = {one.entry.kind for one in best if one.tier != Tier.ALTERNATE or one.entry.kind != "district"}
    kind = next((kind for kind in ("country", "capital", "region") if kind in kinds), best[0].entry.kind)
    if kind == "city" and any(
        one.entry.kind == "division"
        and one.entry.population > (_LARGE_DIVISION if one.tier == Tier.NAME else _DWARFS * people)
        for one in best
    ):
        kind = "division"
    if kind == "capital" and best[0].entry.kind != "capital":
        capital = max(one.entry.population for one in best if one.entry.kind == "capital")
        kind = kind if capital >= people else best[0].entry.kind
    primary = any(one.tier in {Tier.NAME, Tier.ABBREVIATION} and one.entry.kind == kind for one in best)
    country = best[0].entry.country
    return NameFacts(kind, people, bool(exact), primary, curated, country=country)


_OF: Final[WeakKeyDictionary[Gazetteer, KnownNames]] = WeakKeyDictionary()


def known_names(gazetteer: Gazetteer) -> KnownNames:
    """Give the remembered names of a gazetteer.

    Parameters
    ----------
    gazetteer
        An open gazetteer.

    Returns
    -------
    KnownNames
        The same one for the same gazetteer, as long as that lives.
    """
    known = _OF.get(gazetteer)
    if known is None:
        known = _OF[gazetteer] = KnownNames(gazetteer)
    return known
