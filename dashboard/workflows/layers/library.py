"""Single records of an imported layer, read from the store when somebody opens them.

A layer of a million rows has no records in memory: its frames are all that maps and tables need. What a row
says besides, as the dataset wrote it, is fetched row by row and shown as citations of its source.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

import pyarrow as pa

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import (
    ActorRole,
    Citation,
    Event,
    Location,
    Place,
    Product,
    Site,
    SiteStatus,
    Source,
)
from dashboard.errors import RecordNotFoundError
from dashboard.frames import AtlasFrames
from dashboard.workflows.access.coarsening import COARSENED
from dashboard.workflows.layers.places import GEOCODED
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["LayerLibrary", "LayerRow", "LayerSource", "library_of", "rows_in"]

Row = Mapping[str, Any]
_KEPT: Final = 256
_WRITTEN: Final = {
    "id": "external_id", "name": "name", "kind": "original_kind", "status": "original_status",
    "date": "date_as_written", "place": "place", "precision": "original_precision", "actors": "actors",
    "source": "source", "address of the source": "source_url",
}  # fmt: skip
_AS_WRITTEN: Final = {"kind": "original_kind", "status": "original_status", "date": "date_as_written"}


@dataclass(frozen=True)
class LayerSource:
    """Where the records of a layer come from.

    Parameters
    ----------
    read
        Gives the rows of a record by the id that is shown, as its audience may see them.
    title, citation
        Title of the layer, and how it wants to be cited.
    coarse
        Whether their points are middles of cells of a grid.
    """

    read: Callable[[str], Sequence[Row]]
    title: str
    citation: str
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class LayerRow:
    """What a row says, as the dataset wrote it.

    Parameters
    ----------
    row
        Line of the file.
    written
        What our fields were read from, by their names.
    extra
        The other columns, as written.
    flags
        Codes of what the checks found.
    """

    row: int
    written: Mapping[str, str]
    extra: Mapping[str, Any]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class LayerLibrary(Library):
    """The records of a layer, read one by one; the frames know which there are."""

    rows: "_Rows | None" = None

    def name(self, record_id: str) -> str:
        """Give the name to show for a record, without reading it.

        Parameters
        ----------
        record_id
            Any id; an unknown one is shown as it is.

        Returns
        -------
        str
            Name or title.
        """
        return self.rows.names(record_id) if self.rows else record_id

    def as_written(self, record_id: str) -> tuple[LayerRow, ...]:
        """Give what the rows of a record say, as the dataset wrote it.

        Parameters
        ----------
        record_id
            Id of a record.

        Returns
        -------
        tuple of LayerRow
            One for each row; without the columns that have no field of ours for those who see places on a
            grid.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        rows = self.rows.get(record_id) if self.rows else ()
        if not rows:
            raise RecordNotFoundError(record_id)
        return tuple(
            LayerRow(
                row["row"],
                {name: row[column] for name, column in _WRITTEN.items() if row[column]},
                json.loads(row["extra"] or "{}"),
                tuple(filter(None, row["flags"].split("|"))),
            )
            for row in rows
        )


class _Rows:
    """Rows of records, those asked for last kept."""

    def __init__(self, frames: AtlasFrames, source: LayerSource) -> None:
        self._records = frames.records
        self._lock = Lock()
        self._places: dict[str, int] | None = None
        self._kept: OrderedDict[str, tuple[Row, ...]] = OrderedDict()
        self.source = source

    @property
    def places(self) -> Mapping[str, int]:
        """Places of records in the frame, by id; made when somebody opens the first."""
        with self._lock:
            if self._places is None:
                ids = self._records["record_id"].tolist()
                self._places = dict(zip(ids, range(len(ids)), strict=True))
            return self._places

    def names(self, record_id: str) -> str:
        place = self.places.get(record_id)
        return record_id if place is None else str(self._records["name"].iloc[place])

    def get(self, record_id: str) -> tuple[Row, ...]:
        if record_id not in self.places:
            return ()
        with self._lock:
            if record_id in self._kept:
                self._kept.move_to_end(record_id)
                return self._kept[record_id]
        rows = tuple(self.source.read(record_id))
        with self._lock:
            self._kept[record_id] = rows
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return rows


class _Evidence(Mapping[str, Evidence]):
    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __getitem__(self, record_id: str) -> Evidence:
        rows = self._rows.get(record_id)
        if not rows:
            raise KeyError(record_id)
        return _evidence(record_id, rows, coarse=self._rows.source.coarse)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self._rows.places

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows.places)

    def __len__(self) -> int:
        return len(self._rows.places)


class _Sources(Mapping[str, Source]):
    """Sources by id; an id names the record and its row."""

    def __init__(self, rows: _Rows) -> None:
        self._rows = rows

    def __getitem__(self, source_id: str) -> Source:
        record_id, _, number = source_id.removeprefix("so-").rpartition("-")
        rows = self._rows.get(record_id)
        if not (source_id.startswith("so-") and number.isdigit() and int(number) < len(rows)):
            raise KeyError(source_id)
        return _source(source_id, rows[int(number)], self._rows.source)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def library_of(frames: AtlasFrames, source: LayerSource) -> LayerLibrary:
    """Make the library of a layer.

    Parameters
    ----------
    frames
        Its frames, as its audience may see them.
    source
        Where its records come from.

    Returns
    -------
    LayerLibrary
        Nothing is read before a record is opened.
    """
    rows = _Rows(frames, source)
    return LayerLibrary(frames.version, _Evidence(rows), _Sources(rows), dict[str, Place](), rows=rows)


def rows_in(table: pa.RecordBatch | pa.Table) -> list[dict[str, Any]]:
    """Give rows as dictionaries; for a few of them.

    Parameters
    ----------
    table
        The rows.

    Returns
    -------
    list of dict
        One for each row.
    """
    found: list[dict[str, Any]] = table.to_pylist()
    return found


def _evidence(record_id: str, rows: Sequence[Row], *, coarse: bool) -> Evidence:
    first = rows[0]
    is_site = first["record_type"] == "site"
    statuses = (_status(record_id, first),) if is_site and first["status"] else ()
    return Evidence(
        record=_site(record_id, first) if is_site else _event(record_id, first),
        locations=tuple(
            _location(record_id, number, row, coarse=coarse)
            for number, row in enumerate(rows)
            if _has_place(row)
        ),
        citations=tuple(one for number, row in enumerate(rows) for one in _citations(record_id, number, row)),
        statuses=statuses,
        linked=(),
    )


def _event(record_id: str, row: Row) -> Event:
    return Event(
        id=record_id,
        kind=row["kind"],
        title=row["name"] or record_id,
        summary=row["notes"],
        date=UncertainDate.parse(row["date"]),
        status=row["status"],
        actors=tuple(ActorRole(name, "participant") for name in _names(row)),
        products=_products(row),
    )


def _site(record_id: str, row: Row) -> Site:
    name = row["name"] or record_id
    return Site(
        id=record_id,
        name=name,
        kind=row["kind"],
        products=_products(row),
        operators=_names(row),
        notes=row["notes"],
    )


def _names(row: Row) -> tuple[str, ...]:
    return tuple(filter(None, row["actors"].replace("|", "/").split("; ")))


def _products(row: Row) -> tuple[Product, ...]:
    return tuple(Product(code) for code in row["products"].split("|") if code)


def _status(record_id: str, row: Row) -> SiteStatus:
    return SiteStatus(
        id=f"ss-{record_id}",
        site_id=record_id,
        status=row["status"],
        date=UncertainDate.parse(row["date"]),
        citation_id=f"ci-{record_id}-0",
    )


def _has_place(row: Row) -> bool:
    return row["lat"] is not None or bool(row["place"] or row["country"])


def _location(record_id: str, number: int, row: Row, *, coarse: bool) -> Location:
    placed = row["lat"] is not None
    return Location(
        id=f"lo-{record_id}-{number}",
        record_id=record_id,
        role="at",
        place_as_written=row["place"],
        country=row["country"],
        lat=row["lat"],
        lon=row["lon"],
        precision=row["precision"],
        precision_m=row["precision_m"] if placed else None,
        method=_method(row, coarse=coarse),
        reason=COARSENED if placed and coarse else "",
    )


def _method(row: Row, *, coarse: bool) -> str:
    """Say how a point was found, as the atlas's own places do: a cell's middle comes from no source."""
    if row["lat"] is None:
        return "none"
    if coarse:
        return "hand"
    return "gazetteer" if f"|{GEOCODED}|" in row["flags"] else "source"


def _citations(record_id: str, number: int, row: Row) -> Iterator[Citation]:
    whole = Citation(
        id=f"ci-{record_id}-{number}",
        record_id=record_id,
        source_id=f"so-{record_id}-{number}",
        locator=f"row {row['row']}",
        stance="supports",
    )
    yield whole
    for field, column in _AS_WRITTEN.items():
        if number == 0 and row[column]:
            yield replace(whole, id=f"{whole.id}-{field}", field=field, value_as_stated=row[column])
    if row["original_precision"]:
        stated = row["original_precision"]
        yield replace(whole, id=f"{whole.id}-precision", field="precision", value_as_stated=stated)


def _source(source_id: str, row: Row, source: LayerSource) -> Source:
    title = row["source"] or source.citation
    return Source(id=source_id, publisher=source.title, title=title, url=row["source_url"], kind="dataset")
