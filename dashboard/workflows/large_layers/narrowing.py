"""What the filters of a page ask of a large layer: of its rows, of its counts, and of single records only.

Counts know kinds, countries, cells and days. Kinds, countries, an area, days and words are asked of the rows
where they lie, so that few are read; the rest is asked of the single records that a view holds. An area
holds what has its point in it: of a count, the point where it is drawn.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.domain.area import Area, Circle, Polygon, Rectangle
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.geocoding.names import fold
from dashboard.store.layers.choice import Bools, Choice, Points
from dashboard.store.layers.reach import Window
from dashboard.workflows.views.area import points_inside
from dashboard.workflows.views.selection import Filters

__all__ = ["Narrowing", "for_large", "narrowing_of"]

_NEVER: Final = {
    "actors": "an actor of the atlas",
    "actors_all": "actors of the atlas",
    "contested": "a source that contradicts it",
}
_SINGLES: Final = {
    "products": "products",
    "statuses": "status",
    "precisions": "how well the place is known",
    "places": "the place as written",
    "involved": "what countries do together",
}
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)
_KM_A_DEGREE: Final = 111.0
_POLE: Final = 89.0


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What filters ask of a large layer.

    Parameters
    ----------
    filters
        The filters, as `for_large` gives them.
    """

    filters: Filters

    @property
    def is_empty(self) -> bool:
        """Whether they ask for nothing."""
        return self.filters.are_empty

    @property
    def without(self) -> str:
        """What is asked for that no record of a large layer has, in words; empty where some may match."""
        for one in _chain(self.filters):
            if one.types and "event" not in one.types:
                return "sites"
            for name, words in _NEVER.items():
                if getattr(one, name):
                    return words
        return ""

    @property
    def of_singles(self) -> tuple[str, ...]:
        """What is asked of single records and not of counts, in words."""
        found = dict.fromkeys(
            words
            for one in _chain(self.filters)
            for name, words in _SINGLES.items()
            if getattr(one, name) and not (name == "involved" and len(one.involved) == 1)
        )
        return tuple(found)

    @property
    def words(self) -> tuple[str, ...]:
        """Words that each row has to have, folded."""
        return tuple(dict.fromkeys(word for one in _chain(self.filters) for word in fold(one.text).split()))

    @property
    def takes_days(self) -> bool:
        """Whether they ask for days."""
        return any(one.during is not None for one in _chain(self.filters))

    @property
    def choice(self) -> Choice | None:
        """What is asked of rows where they lie; None for nothing."""
        kinds = next((one.kinds for one in _chain(self.filters) if one.kinds), ())
        # Of any of them: a record with several places may meet each condition by another one.
        countries = tuple(
            dict.fromkeys(code for one in _chain(self.filters) for code in (*one.countries, *one.involved))
        )
        area = next((one.area for one in _chain(self.filters) if one.area is not None), None)
        days = [one.during for one in _chain(self.filters) if one.during is not None]
        first, last = (days[0].first, days[0].last) if days else (DAY_PAST, DAY_FUTURE)
        around = Window(*(_box(area) if area else _WORLD), first, last) if area or days else None
        if not (kinds or countries or around):
            return None
        return Choice(kinds, countries, around, _inside(area))

    @property
    def is_of_rows(self) -> bool:
        """Whether `choice` and `words` ask for all of it: nothing is left to ask of single records."""
        once = [
            (one.kinds, one.countries or one.involved, one.during, one.area) for one in _chain(self.filters)
        ]
        twice = any(sum(map(bool, column)) > 1 for column in zip(*once, strict=True))
        both = any(one.countries and one.involved for one in _chain(self.filters))
        return not (twice or both or self.of_singles or self.without)

    @property
    def rest(self) -> Filters:
        """What is asked of the single records besides area and words, which their rows decided."""
        rest = replace(self.filters, area=None, text="")
        return replace(rest, chart=replace(rest.chart, area=None, text="")) if rest.chart else rest

    def of_counts(self, counts: pa.Table, points: tuple[Points, Points]) -> Bools:
        """Say which counts hold what is asked for, as far as they know.

        Parameters
        ----------
        counts
            As `dashboard.workflows.large_layers.counted.COUNTS`.
        points
            Where they are drawn.

        Returns
        -------
        numpy.ndarray
            One answer for each.
        """
        held = np.full(counts.num_rows, not self.without, dtype=bool)
        for one in _chain(self.filters):
            single = one.involved if len(one.involved) == 1 else ()
            for name, wanted in (("kind", one.kinds), ("country", one.countries), ("country", single)):
                if wanted:
                    found = pc.is_in(counts.column(name), pa.array(wanted, pa.string()))
                    held &= found.to_numpy(zero_copy_only=False).astype(bool)
            if one.during is not None:
                held &= counts.column("first").to_numpy() <= one.during.last
                held &= counts.column("last").to_numpy() >= one.during.first
            if one.area is not None:
                left = np.flatnonzero(held)
                held[left] = points_inside(one.area, points[0][left], points[1][left])
        return held


def for_large(filters: Filters) -> Filters:
    """Leave out of filters what says nothing about a large layer.

    Parameters
    ----------
    filters
        The filters of a page.

    Returns
    -------
    Filters
        Without an area that is what the map shows: of a large layer it is what is read anyway.
    """
    area = filters.area
    return replace(filters, area=None) if isinstance(area, Rectangle) and area.follows else filters


def narrowing_of(filters: Filters | None) -> Narrowing:
    """Say what filters ask of a large layer.

    Parameters
    ----------
    filters
        The filters of a page; None for none.

    Returns
    -------
    Narrowing
        Nothing is read for it.
    """
    return Narrowing(for_large(filters or Filters()))


def _chain(filters: Filters) -> Iterator[Filters]:
    one: Filters | None = filters
    while one is not None:
        yield one
        one = one.chart


def _inside(area: Area | None) -> Callable[[Points, Points], Bools] | None:
    if area is None or isinstance(area, Rectangle):  # its box says all
        return None

    def inside(lon: Points, lat: Points) -> Bools:
        return points_inside(area, lon, lat)

    return inside


def _box(area: Area) -> tuple[float, float, float, float]:
    """Give west, south, east and north of what holds an area."""
    if isinstance(area, Rectangle):
        return _with_both_names(area.west, area.south, area.east, area.north)
    if isinstance(area, Circle):
        return _box_of_circle(area)
    return _box_of_polygon(area)


def _box_of_circle(area: Circle) -> tuple[float, float, float, float]:
    high = area.km / _KM_A_DEGREE + 0.1
    south, north = area.lat - high, area.lat + high
    widest = max(abs(south), abs(north))
    wide = high / float(np.cos(np.radians(min(widest, _POLE))))
    if widest >= _POLE or wide >= 180:  # noqa: PLR2004  # half a turn
        return (-180.0, max(-90.0, south), 180.0, min(90.0, north))
    return (_turned(area.lon - wide), south, _turned(area.lon + wide), north)


def _box_of_polygon(area: Polygon) -> tuple[float, float, float, float]:
    lats, lons = zip(*area.corners, strict=True)
    if min(lons) < -180 or max(lons) > 180:  # noqa: PLR2004  # it crosses the antimeridian
        return (-180.0, min(lats), 180.0, max(lats))
    return _with_both_names(min(lons), min(lats), max(lons), max(lats))


def _with_both_names(
    west: float, south: float, east: float, north: float
) -> tuple[float, float, float, float]:
    """Have a side on the antimeridian hold points there under either of its names, -180 and 180."""
    if (west, east) == (-180.0, 180.0):
        return (west, south, east, north)
    return (180.0 if west == -180 else west, south, -180.0 if east == 180 else east, north)  # noqa: PLR2004  # half a turn


def _turned(lon: float) -> float:
    return (lon + 180.0) % 360.0 - 180.0
