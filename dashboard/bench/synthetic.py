"""Synthetic events: as many as a benchmark asks for, valid by the frames' contract, equal for equal seeds.

Everything is drawn as whole columns, so that a million events take seconds. Dates are as uncertain as those
of the atlas: days, months, years, and days that are only about right.
"""

from collections.abc import Iterator
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from dashboard.domain.countries import country_names
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Actor, ActorRole, Citation, Event, Location, Product, Source
from dashboard.domain.vocabulary import codes
from dashboard.frames import CRS, AtlasFrames, check_placements, check_segments, records_of
from dashboard.importers.package import DataPackage

__all__ = ["FIRST_DAY", "LAST_DAY", "synthetic_frames", "synthetic_package"]

FIRST_DAY: Final = np.datetime64("2000-01-01")
"""First day on which a synthetic event may begin."""

LAST_DAY: Final = np.datetime64("2025-12-31")
"""Last day on which a synthetic event may begin."""

_ACTORS: Final = 200
_CENTRES: Final = 150
_PER_SOURCE: Final = 20
# Radius in metres that goes with how well a place is known.
_RADII: Final = {"exact": 100, "near": 5_000, "locality": 10_000, "province": 80_000, "area": 150_000}


def synthetic_frames(events: int, seed: int = 0) -> AtlasFrames:
    """Make the frames of an atlas with nothing but synthetic events in it.

    Parameters
    ----------
    events
        How many.
    seed
        Equal seeds give equal frames.

    Returns
    -------
    AtlasFrames
        Checked frames; every event has one point and an uncertain date.
    """
    columns = _columns(events, seed)
    geometry = gpd.GeoSeries(shapely.points(columns.pop("lon"), columns.pop("lat")), crs=CRS)
    frame = pd.DataFrame(columns).assign(
        record_type="event",
        dated=True,
        role="at",
        sources=np.int32(1),
        contradicted=False,
        search=columns["name"].str.lower(),
        parties="",
    )
    frame["actors"] = "|" + frame["actors"] + "|"
    frame["products"] = "|" + frame["products"] + "|"
    placements = check_placements(gpd.GeoDataFrame(frame, geometry=geometry, crs=CRS))
    segments = pd.DataFrame(
        {
            "record_id": pd.Series([], dtype="str"),
            "status": pd.Series([], dtype="str"),
            "first": np.array([], dtype="int32"),
            "last": np.array([], dtype="int32"),
            "certain": np.array([], dtype="bool"),
        }
    )
    return AtlasFrames(
        placements, records_of(placements), check_segments(segments), f"synthetic-{events}-{seed}"
    )


def synthetic_package(events: int, seed: int = 0) -> DataPackage:
    """Make a data package with nothing but synthetic events in it, each placed and cited.

    Parameters
    ----------
    events
        How many.
    seed
        Equal seeds give equal packages.

    Returns
    -------
    DataPackage
        A package that holds together.
    """
    rows = list(pd.DataFrame(_columns(events, seed)).itertuples(index=False, name="Row"))
    actors = [Actor(id=_actor(n), name=f"Synthetic actor {n}", kind="company") for n in range(_ACTORS)]
    kind = codes("source_kinds")[0]
    sources = [
        Source(id=f"so-synthetic-{n}", publisher="Nobody", title=f"Synthetic source {n}", kind=kind)
        for n in range(max(1, -(-events // _PER_SOURCE)))
    ]
    return DataPackage.of(
        {
            "events": [_event(row) for row in rows],
            "locations": [_location(row) for row in rows],
            "citations": [*_citations(rows), *_actor_citations(actors)],
            "actors": actors,
            "sources": sources,
        }
    )


def _columns(events: int, seed: int) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    dates, first, last = _dates(draw, events)
    lon, lat = _coordinates(draw, events)
    number = pd.Series(np.arange(events)).astype("str").str.zfill(7)
    precision = _any_of(draw, tuple(_RADII), events)
    return {
        "record_id": "ev-synthetic-" + number,
        "name": "Synthetic event " + number,
        "kind": _any_of(draw, codes("event_kinds"), events),
        "status": _any_of(draw, codes("event_statuses"), events),
        "date": dates,
        "first": first,
        "last": last,
        "place": "Synthetic place " + pd.Series(draw.integers(0, 5_000, events)).astype("str"),
        "country": _any_of(draw, tuple(country_names()), events),
        "precision": precision,
        "precision_m": precision.map(_RADII).to_numpy(dtype="int32"),
        "actors": _any_of(draw, tuple(map(_actor, range(_ACTORS))), events),
        "products": _any_of(draw, codes("product_categories"), events),
        "lon": lon,
        "lat": lat,
    }


def _any_of(draw: np.random.Generator, values: tuple[str, ...], count: int) -> "pd.Series[str]":
    return pd.Series(np.array(values, dtype=object)[draw.integers(0, len(values), count)], dtype="str")


def _dates(
    draw: np.random.Generator, count: int
) -> tuple["pd.Series[str]", npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    day = FIRST_DAY + draw.integers(0, int((LAST_DAY - FIRST_DAY).astype(int)) + 1, count)
    how = draw.choice(4, count, p=(0.5, 0.2, 0.2, 0.1))  # day, about a day, month, year
    month, year = day.astype("datetime64[M]"), day.astype("datetime64[Y]")
    one = np.timedelta64(1, "D")
    kinds = [how == 0, how == 1, how == 2]  # noqa: PLR2004  # numbers of the draw above
    first = np.select(kinds, [day, day - one, month.astype(day.dtype)], year.astype(day.dtype))
    last = np.select(
        kinds,
        [day, day + one, (month + 1).astype(day.dtype) - one],
        (year + 1).astype(day.dtype) - one,
    )
    texts = [day.astype("str"), np.char.add(day.astype("str"), "~"), month.astype("str")]
    text = np.select(kinds, texts, year.astype("str"))
    return pd.Series(text, dtype="str"), first.astype("int32"), last.astype("int32")


def _coordinates(
    draw: np.random.Generator, count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    # Most of the world's news comes from a few places: three quarters lie around some centres.
    centres = np.column_stack([draw.uniform(-120, 150, _CENTRES), draw.uniform(-40, 65, _CENTRES)])
    near = centres[draw.integers(0, _CENTRES, count)] + draw.normal(0, 1.5, (count, 2))
    anywhere = np.column_stack([draw.uniform(-170, 178, count), draw.uniform(-55, 70, count)])
    points = np.where((draw.random(count) < 0.75)[:, None], near, anywhere).round(5)  # noqa: PLR2004  # see above
    return points[:, 0], points[:, 1]


def _actor(number: int) -> str:
    return f"ac-synthetic-{number}"


def _event(row: Any) -> Event:  # noqa: ANN401  # a row of _columns
    return Event(
        id=row.record_id,
        kind=row.kind,
        title=row.name,
        summary="Made for a benchmark; nothing of the kind took place.",
        date=UncertainDate.parse(row.date),
        status=row.status,
        actors=(ActorRole(row.actors, codes("actor_roles")[0]),),
        products=(Product(row.products),),
    )


def _location(row: Any) -> Location:  # noqa: ANN401  # a row of _columns
    return Location(
        id=row.record_id.replace("ev-", "lo-", 1),
        record_id=row.record_id,
        role="at",
        place_as_written=row.place,
        country=row.country,
        lat=row.lat,
        lon=row.lon,
        precision=row.precision,
        precision_m=row.precision_m,
        method="source",
        chosen_by="benchmark",
        reason="synthetic",
    )


def _citations(rows: list[Any]) -> Iterator[Citation]:
    for number, row in enumerate(rows):
        yield Citation(
            id=row.record_id.replace("ev-", "ci-", 1),
            record_id=row.record_id,
            source_id=f"so-synthetic-{number // _PER_SOURCE}",
            stance="supports",
            confidence="low",
        )


def _actor_citations(actors: list[Actor]) -> Iterator[Citation]:
    for actor in actors:
        yield Citation(
            id=actor.id.replace("ac-", "ci-actor-", 1),
            record_id=actor.id,
            source_id="so-synthetic-0",
            stance="supports",
        )
