"""Places as the engine takes them: found and located by somebody else, told by their kind and sense.

The engine knows no gazetteer. Whoever calls it says which words of the text name a place and where that is.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["NamedPlace", "PlaceSense"]

PlaceSense = Literal["place", "actor", "government", "demonym"]
"""``place``: somewhere; ``actor``: a country that acts; ``government``: a capital that stands for one;
``demonym``: "Moroccan", which only tells a country."""

_RANKS = {
    "facility": 0, "hand": 0, "unlisted": 1, "city": 1, "capital": 1, "district": 2, "division": 3,
    "country": 4, "region": 5,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place named in a text.

    Parameters
    ----------
    surface
        The words as written.
    start
        Offset of the first character.
    end
        Offset after the last character.
    sense
        How the words stand for the place.
    kind
        ``facility``, ``hand``, ``city``, ``capital``, ``district``, ``division``, ``country``, ``region`` or
        ``unlisted`` when no gazetteer knows it.
    name
        Its name in the gazetteer.
    country
        ISO 3166-1 alpha-2 code; empty when unknown.
    lat
        Latitude in degrees, or None.
    lon
        Longitude in degrees, or None.
    precision
        Word of the precision vocabulary.
    precision_m
        Radius in metres, or None.
    place_id
        Id in the gazetteer; empty when unknown.
    doubtful
        Whether other places of that name were nearly as likely.
    """

    surface: str
    start: int
    end: int
    sense: PlaceSense
    kind: str
    name: str = ""
    country: str = ""
    lat: float | None = None
    lon: float | None = None
    precision: str = "none"
    precision_m: float | None = None
    place_id: str = ""
    doubtful: bool = False

    @property
    def rank(self) -> int:
        """How coarse it is: 0 a facility, 1 a town, 5 a part of the earth."""
        return _RANKS.get(self.kind, 1)

    @property
    def is_local(self) -> bool:
        """Whether it is a town or finer, and its point is known."""
        return self.rank <= 2 and self.lat is not None and self.sense == "place"  # noqa: PLR2004 - a district
