"""The frames of an export, made of the records that a view shows and of nothing else.

Records of imported datasets stand after the atlas's own, each known by ``<layer>/<id>`` and with its own
licence, because somebody who takes a file away must be able to tell them apart.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Actor, Citation, Event, Location, Product, Site, SiteStatus, Source
from dashboard.domain.vocabulary import label
from dashboard.exports.columns import (
    ACTORS,
    CITATIONS,
    PLACES,
    RECORDS,
    SOURCES,
    STATUSES,
    Column,
    names,
)
from dashboard.frames import CRS
from dashboard.workflows.views.datasets import join_record
from dashboard.workflows.views.evidence import Evidence, Library
from dashboard.workflows.views.rows import Rows

__all__ = [
    "Part",
    "actor_frame",
    "citation_frame",
    "place_frame",
    "record_frame",
    "source_frame",
    "status_frame",
]

_CALENDAR: Final = (-719_162, 2_932_896)  # day numbers of 0001-01-01 and 9999-12-31
_NUMBERS: Final = {"text": "str", "number": "float64", "count": "int64", "flag": "bool"}


@dataclass(frozen=True)
class Part:
    """What a view shows of the atlas itself, or of one imported dataset.

    Parameters
    ----------
    library
        The records with their evidence.
    rows
        Those that are shown, in order.
    licence
        Licence of each of them.
    layer
        Layer of the dataset, empty for the atlas itself.
    title
        Title of the dataset, empty for the atlas itself.
    """

    library: Library
    rows: Rows
    licence: str
    layer: str = ""
    title: str = ""

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """The records with what belongs to them, in order."""
        return tuple(self.library.evidence[record_id] for record_id in self.rows.ids())

    def citations(self, evidence: Evidence) -> Iterator[Citation]:
        """Give what sources say of a record, of its places and of its statuses.

        Parameters
        ----------
        evidence
            The record.

        Yields
        ------
        Citation
            Those of the record first.
        """
        yield from evidence.citations
        ids = [*(one.id for one in evidence.locations), *(one.id for one in evidence.statuses)]
        for part_id in ids:
            yield from self.library.of_parts.get(part_id, ())

    def name(self, record_id: str) -> str:
        """Name a row of this part as nothing else in the file is named.

        Parameters
        ----------
        record_id
            Id in the atlas or in the dataset, may be empty.

        Returns
        -------
        str
            ``<layer>/<id>`` for a dataset.
        """
        return join_record(self.layer, record_id) if record_id else ""

    def joined(self, record_ids: Iterable[str]) -> str:
        """Join ids of this part.

        Parameters
        ----------
        record_ids
            Ids in the atlas or in the dataset.

        Returns
        -------
        str
            Joined by ``|``.
        """
        return "|".join(map(self.name, record_ids))


def record_frame(parts: Sequence[Part], address_of: Callable[[str], str]) -> pd.DataFrame:
    """Make one row of each record.

    Parameters
    ----------
    parts
        What is shown.
    address_of
        Gives the link that opens a record.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.RECORDS`.
    """
    frames = [_records(part, address_of) for part in parts if len(part.rows)]
    return pd.concat(frames, ignore_index=True) if frames else _typed({}, RECORDS)


def _records(part: Part, address_of: Callable[[str], str]) -> pd.DataFrame:
    frame = part.rows.frame()
    ids = [part.name(one) for one in frame["record_id"]]
    types = frame["record_type"].tolist()
    columns: dict[str, Any] = {
        "id": ids,
        "type": types,
        "kind": frame["kind"],
        "kind_label": [_word(f"{t}_kinds", c) for t, c in zip(types, frame["kind"], strict=True)],
        "name": frame["name"],
        "status": frame["status"],
        "status_label": [_word(f"{t}_statuses", c) for t, c in zip(types, frame["status"], strict=True)],
        "date": frame["date"],
        "date_words": [_date_words(text) for text in frame["date"]],
        "earliest": _days(frame["first"].to_numpy()),
        "latest": _days(frame["last"].to_numpy()),
        "fit": frame["fit"],
        "places": frame["places"],
        "countries": frame["countries"].str.strip("|"),
        "country_names": [_country_words(barred) for barred in frame["countries"]],
        "source_count": frame["sources"],
        "contradicted": frame["contradicted"],
        "dataset": [part.title] * len(ids),
        "licence": [part.licence] * len(ids),
        "url": [address_of(one) for one in ids],
    }
    cells = zip(*(_cells_of(part, one) for one in part.evidence), strict=True)
    columns.update(zip(_OF_EVIDENCE, map(list, cells), strict=True))
    return _typed(columns, RECORDS)


_OF_EVIDENCE: Final = (
    "other_names", "text", "linked",
    "actors", "actor_names", "actor_roles", "actor_countries",
    "products", "product_names",
    "lat", "lon", "precision", "precision_m", "place_count",
    "source_ids", "source_urls",
)  # fmt: skip


def _cells_of(part: Part, evidence: Evidence) -> tuple[Any, ...]:
    record = evidence.record
    linked = part.joined(one for one in evidence.linked if not one.startswith("ac-"))
    if isinstance(record, Event):
        own = ("", record.summary, linked)
        roles = [(one.actor_id, one.role) for one in record.actors]
    else:
        operators = record.operators if isinstance(record, Site) else ()
        own = ("|".join(record.names), record.notes, linked)
        roles = [(one, "operator") for one in operators]
    products = () if isinstance(record, Actor) else record.products
    return (
        *own,
        *_actor_cells(part, roles),
        "|".join(one.category for one in products),
        " | ".join(map(_product_words, products)),
        *_place_cells(evidence.locations),
        *_source_cells(part, evidence),
    )  # fmt: skip


def _product_words(product: Product) -> str:
    word = _word("product_categories", product.category)
    return f"{word}: {product.designation}" if product.designation else word


def _actor_cells(part: Part, roles: Sequence[tuple[str, str]]) -> tuple[str, str, str, str]:
    library = part.library
    found = [library.evidence.get(actor_id) for actor_id, _ in roles]
    homes = (one.record.country if one and isinstance(one.record, Actor) else "" for one in found)
    return (
        part.joined(actor_id for actor_id, _ in roles),
        " | ".join(library.name(actor_id) for actor_id, _ in roles),
        "|".join(role for _, role in roles),
        "|".join(homes),
    )


def _place_cells(locations: Sequence[Location]) -> tuple[Any, ...]:
    # Where it is comes before what it is about; a place without a point says at least how little is known.
    ranked = sorted(locations, key=lambda one: (one.lat is None, one.role != "at"))
    if not ranked:
        return np.nan, np.nan, "none", np.nan, 0
    main = ranked[0]
    return _number(main.lat), _number(main.lon), main.precision, _number(main.precision_m), len(locations)


def _source_cells(part: Part, evidence: Evidence) -> tuple[str, str]:
    ids = dict.fromkeys(one.source_id for one in evidence.citations if one.stance == "supports")
    known = (part.library.sources.get(one) for one in ids)
    return part.joined(ids), "|".join(one.url for one in known if one and one.url)


def place_frame(parts: Sequence[Part]) -> gpd.GeoDataFrame:
    """Make one row of each record and location.

    Parameters
    ----------
    parts
        What is shown.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of `dashboard.exports.columns.PLACES` and ``geometry``, EPSG:4326.
    """
    rows = [
        (
            part.name(one.id), part.name(one.record_id), one.role, one.place_as_written, one.place_id,
            one.country, country_name(one.country) if one.country else "", _number(one.lat), _number(one.lon),
            one.precision, _number(one.precision_m), one.method,
        )
        for part in parts for evidence in part.evidence for one in evidence.locations
    ]  # fmt: skip
    frame = _frame(rows, PLACES)
    lon, lat = frame["lon"].to_numpy(), frame["lat"].to_numpy()
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=CRS)
    points[np.isnan(lon) | np.isnan(lat)] = None
    return gpd.GeoDataFrame(frame, geometry=points, crs=CRS)


def citation_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """Make one row of each citation of the records, their places and their statuses.

    Parameters
    ----------
    parts
        What is shown.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.CITATIONS`.
    """
    rows = [
        (
            part.name(one.id), part.name(one.record_id), one.field, one.stance, one.value_as_stated,
            one.quote, one.locator, one.retrieved.text, part.name(one.source_id),
        )
        for part in parts for evidence in part.evidence for one in part.citations(evidence)
    ]  # fmt: skip
    return _frame(rows, CITATIONS)


def source_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """Make one row of each source that is cited.

    Parameters
    ----------
    parts
        What is shown.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.SOURCES`, in the order of their first citation.
    """
    rows: list[tuple[str, ...]] = []
    for part in parts:
        cited = (one.source_id for evidence in part.evidence for one in part.citations(evidence))
        known = (part.library.sources.get(one) for one in dict.fromkeys(cited))
        rows += [_source_row(part, one) for one in known if one]
    return _frame(rows, SOURCES)


def _source_row(part: Part, one: Source) -> tuple[str, ...]:
    return part.name(one.id), one.publisher, one.title, one.url, one.published.text, one.language, one.kind


def actor_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """Make one row of each actor of the records.

    Parameters
    ----------
    parts
        What is shown.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.ACTORS`, in the order in which they first take part.
    """
    rows: list[tuple[str, ...]] = []
    for part in parts:
        for actor_id in dict.fromkeys(one for evidence in part.evidence for one in _actors(evidence.record)):
            found = part.library.evidence.get(actor_id)
            if found and isinstance(found.record, Actor):
                one = found.record
                own = "|".join(one.names)
                rows.append(
                    (part.name(one.id), one.name, own, one.kind, one.country, part.joined(one.parent))
                )
    return _frame(rows, ACTORS)


def _actors(record: Site | Event | Actor) -> Iterable[str]:
    if isinstance(record, Event):
        return (one.actor_id for one in record.actors)
    return record.operators if isinstance(record, Site) else ()


def status_frame(parts: Sequence[Part]) -> pd.DataFrame:
    """Make one row of each dated status of the sites.

    Parameters
    ----------
    parts
        What is shown.

    Returns
    -------
    pandas.DataFrame
        Columns of `dashboard.exports.columns.STATUSES`.
    """
    rows = [
        _status_row(part, one) for part in parts for evidence in part.evidence for one in evidence.statuses
    ]
    return _frame(rows, STATUSES)


def _status_row(part: Part, one: SiteStatus) -> tuple[str, ...]:
    earliest, latest = one.date.earliest, one.date.latest
    return (
        part.name(one.id), part.name(one.site_id), one.status, one.date.text,
        earliest.isoformat() if earliest else "", latest.isoformat() if latest else "",
        part.name(one.citation_id), one.note,
    )  # fmt: skip


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


@cache
def _word(vocabulary: str, code: str) -> str:
    return label(vocabulary, code)


@cache
def _country_words(barred: str) -> str:
    return " | ".join(country_name(code) for code in barred.strip("|").split("|") if code)


@lru_cache(maxsize=16_384)
def _date_words(text: str) -> str:
    return "; ".join(date_words(UncertainDate.parse(part)) for part in text.split("; ")) if text else ""


def _days(numbers: npt.NDArray[np.int32]) -> list[str]:
    days = numbers.astype("int64")
    inside = (days >= _CALENDAR[0]) & (days <= _CALENDAR[1])
    texts = np.datetime_as_string(np.where(inside, days, 0).astype("datetime64[D]"))
    return [str(one) for one in np.where(inside, texts, "")]


def _frame(rows: Sequence[tuple[Any, ...]], columns: tuple[Column, ...]) -> pd.DataFrame:
    cells = map(list, zip(*rows, strict=True)) if rows else ([] for _ in columns)
    return _typed(dict(zip(names(columns), cells, strict=True)), columns)


def _typed(cells: dict[str, Any], columns: tuple[Column, ...]) -> pd.DataFrame:
    made = {
        one.name: pd.Series(cells.get(one.name, []), dtype=_NUMBERS[one.type]).reset_index(drop=True)
        for one in columns
    }
    return pd.DataFrame(made)
