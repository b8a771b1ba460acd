"""The checks that need more than one cell: ids, references, codes, citations, places.

They are pure and work on records, so that a package, an import and the review queue are judged alike. Every
fault is reported, not only the first; nothing is repaired here.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from dashboard.domain.countries import country_names
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import (
    TABLES,
    Actor,
    Change,
    Citation,
    Event,
    Location,
    Place,
    Site,
    SiteStatus,
    Source,
    column_names,
)
from dashboard.domain.vocabulary import check_code
from dashboard.errors import UncertainDateError, VocabularyError

__all__ = ["ID_PREFIXES", "Finding", "validate"]

ID_PREFIXES: Final = {
    "sites": "st",
    "site_status": "ss",
    "events": "ev",
    "locations": "lo",
    "actors": "ac",
    "sources": "so",
    "citations": "ci",
    "places": "pl",
}
"""Prefix of the ids of each table; ``changes`` has no ids of its own."""

_FACTS: Final = ("sites", "events", "actors")
_CITABLE: Final = ("sites", "events", "actors", "site_status", "locations", "places")
_ID: Final = re.compile(r"[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
# The kinds of ids that entries of the gazetteer have: docs/geocoding.md.
_IN_GAZETTEER: Final = re.compile(
    r"geonames:[1-9][0-9]*|admin1:[A-Z]{2}\.\w+|admin2:[A-Z]{2}\.\w*\..+|airport:[A-Z0-9]{4}|region:[a-z0-9-]+"
    r"|aa-[a-z0-9-]+"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z")

_CODES: Final[dict[str, dict[str, str]]] = {
    "sites": {"kind": "site_kinds"},
    "site_status": {"status": "site_statuses"},
    "events": {"kind": "event_kinds", "status": "event_statuses"},
    "locations": {"role": "location_roles", "precision": "precisions", "method": "location_methods"},
    "actors": {"kind": "actor_kinds"},
    "sources": {"kind": "source_kinds"},
    "citations": {"stance": "stances", "confidence": "confidences"},
    "places": {"precision": "precisions"},
}
_URLS: Final = {"sources": ("url", "archived_at")}
_REFERENCES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "sites": {"operators": ("actors",)},
    "site_status": {"site_id": ("sites",), "citation_id": ("citations",)},
    "events": {"sites": ("sites",), "related": ("events",)},
    "locations": {"record_id": _FACTS},
    "actors": {"parent": ("actors",)},
    "citations": {"record_id": _CITABLE, "source_id": ("sources",)},
    "places": {"source_id": ("sources",)},
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one record.

    Parameters
    ----------
    table
        Name of the table.
    index
        Position of the record in its table as given, so that a file reader can name the line.
    record_id
        Id of the record, or for a change the id of the record it changes.
    field
        Column, or the empty string for the whole record.
    value
        The value as a cell shows it.
    message
        What is wrong and what would be right.
    """

    table: str
    index: int
    record_id: str
    field: str
    value: str
    message: str


# A fault before it is tied to its record: field, value, message.
_Fault = tuple[str, str, str]


class _Known:
    """What the whole package holds: looked up by every check, built once."""

    def __init__(
        self, tables: Mapping[str, Sequence[Any]], unreadable: Mapping[str, Collection[str]]
    ) -> None:
        self.ids: dict[str, set[str]] = {
            name: {r.id for r in tables.get(name, ())} | set(unreadable.get(name, ())) for name in ID_PREFIXES
        }
        self.citations: dict[str, Citation] = {c.id: c for c in tables.get("citations", ())}
        self.places: dict[str, Place] = {p.id: p for p in tables.get("places", ())}
        self.supported: set[str] = {
            c.record_id for c in tables.get("citations", ()) if c.stance == "supports"
        }
        self.parents: dict[str, tuple[str, ...]] = {a.id: a.parent for a in tables.get("actors", ())}
        self.all_citations_read = not unreadable.get("citations")


def validate(
    tables: Mapping[str, Sequence[Any]], unreadable: Mapping[str, Collection[str]] | None = None
) -> list[Finding]:
    """Check records against one another and against the vocabulary.

    Parameters
    ----------
    tables
        Records by table name; a missing table counts as empty.
    unreadable
        Ids, by table, of rows that exist but could not be made records: references to them are no fault of
        the record that refers.

    Returns
    -------
    list of Finding
        Every fault, in table and row order; empty when all holds together.
    """
    known = _Known(tables, unreadable or {})
    findings: list[Finding] = []
    for name, record_type in TABLES.items():
        records = tables.get(name, ())
        seen: Counter[str] = Counter()
        for index, record in enumerate(records):
            record_id = record.record_id if record_type is Change else record.id
            seen[record_id] += 1
            faults = list(_common_faults(name, record, known))
            if record_type is not Change and seen[record_id] == 2:  # noqa: PLR2004  # said once, at the second
                faults.append(("id", record_id, "stands twice in the table: give each record its own id"))
            faults += _CHECKS[record_type](record, known)
            findings += (Finding(name, index, record_id, *fault) for fault in faults)
    return findings


def _common_faults(table: str, record: Any, known: _Known) -> Iterator[_Fault]:  # noqa: ANN401  # any record
    if table in ID_PREFIXES:
        yield from _id_faults(table, record.id)
    for field in _REQUIRED[type(record)]:
        if not getattr(record, field):
            yield field, "", "is empty, but every row needs it"
    for field, vocabulary in _CODES.get(table, {}).items():
        yield from _code_faults(vocabulary, field, getattr(record, field))
    for field in _URLS.get(table, ()):
        yield from _url_faults(field, getattr(record, field))
    for field, targets in _REFERENCES.get(table, {}).items():
        value = getattr(record, field)
        ids = value if isinstance(value, tuple) else (value,)
        yield from _reference_faults(field, ids, targets, known)
    country = getattr(record, "country", "")
    if country and country not in country_names():
        yield "country", country, "is no ISO 3166-1 alpha-2 code in capitals, such as MA or XK"


_REQUIRED: Final = {
    record_type: tuple(f.name for f in fields(record_type) if f.default is MISSING and f.type is str)
    for record_type in TABLES.values()
}


def _id_faults(table: str, record_id: str) -> Iterator[_Fault]:
    prefix = ID_PREFIXES[table] + "-"
    if record_id and not (record_id.startswith(prefix) and _ID.fullmatch(record_id)):
        yield (
            "id",
            record_id,
            f"is no id of this table: write {prefix}lower-case-words-or-digits",
        )


def _code_faults(vocabulary: str, field: str, code: str) -> Iterator[_Fault]:
    if not code:
        return
    try:
        check_code(vocabulary, code)
    except VocabularyError as error:
        hint = f"; did you mean {error.nearest!r}?" if error.nearest else "; see docs/data-model.md"
        yield field, code, f"is not in the vocabulary {vocabulary}{hint}"


def _url_faults(field: str, url: str) -> Iterator[_Fault]:
    if not url:
        return
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    # urlsplit forgives spaces and quotes, which end an address or an attribute wherever it is shown.
    if not good or any(c.isspace() or c in '"<>\\' for c in url) or "@" in parts.netloc:
        yield field, url, "is no web address: write http:// or https://, a host and no spaces or quotes"


def _reference_faults(
    field: str, ids: Iterable[str], targets: tuple[str, ...], known: _Known
) -> Iterator[_Fault]:
    seen: set[str] = set()
    for record_id in ids:
        if not record_id:
            continue
        if not any(record_id in known.ids[target] for target in targets):
            files = " or ".join(f"{target}.csv" for target in targets)
            yield field, record_id, f"is no id in {files}: correct it or add the row"
        if record_id in seen:
            yield field, record_id, "stands twice in the list: keep one"
        seen.add(record_id)


def _cited_faults(record: Any, known: _Known) -> Iterator[_Fault]:  # noqa: ANN401  # site, event or actor
    if known.all_citations_read and record.id not in known.supported:
        yield "", record.id, "has no supporting citation: add a row with stance supports to citations.csv"


def _product_faults(record: Site | Event) -> Iterator[_Fault]:
    for product in record.products:
        yield from _code_faults("product_categories", "products", product.category)


def _site_faults(site: Site, known: _Known) -> Iterator[_Fault]:
    yield from _product_faults(site)
    yield from _cited_faults(site, known)


def _status_faults(status: SiteStatus, known: _Known) -> Iterator[_Fault]:
    citation = known.citations.get(status.citation_id)
    if citation is None:
        return
    if citation.record_id not in (status.site_id, status.id):
        yield "citation_id", status.citation_id, f"speaks of {citation.record_id}, not of {status.site_id}"


def _event_faults(event: Event, known: _Known) -> Iterator[_Fault]:
    yield from _product_faults(event)
    yield from _cited_faults(event, known)
    for item in event.actors:
        yield from _code_faults("actor_roles", "actors", item.role)
        yield from _reference_faults("actors", (item.actor_id,), ("actors",), known)
    yield from (
        ("actors", str(item), "stands twice in the list: keep one")
        for item, count in Counter(event.actors).items()
        if count > 1
    )
    if event.id in event.related:
        yield "related", event.id, "is the event itself"


def _actor_faults(actor: Actor, known: _Known) -> Iterator[_Fault]:
    yield from _cited_faults(actor, known)
    if _reaches(actor.id, known.parents):
        yield "parent", "|".join(actor.parent), "makes the actor its own parent, itself or through others"


def _reaches(actor_id: str, parents: Mapping[str, tuple[str, ...]]) -> bool:
    todo, seen = list(parents.get(actor_id, ())), set[str]()
    while todo:
        current = todo.pop()
        if current == actor_id:
            return True
        if current not in seen:
            seen.add(current)
            todo += parents.get(current, ())
    return False


def _source_faults(source: Source, _known: _Known) -> Iterator[_Fault]:
    if source.language and not _LANGUAGE.fullmatch(source.language):
        yield "language", source.language, "is no two-letter language code in lower case, such as fr"


_PREFIX_TABLES: Final = {prefix: table for table, prefix in ID_PREFIXES.items()}


def _citation_faults(citation: Citation, _known: _Known) -> Iterator[_Fault]:
    table = _PREFIX_TABLES.get(citation.record_id[:2])
    if citation.field and table in _CITABLE and citation.field not in _citable_fields(table):
        yield "field", citation.field, f"is no column that a citation of {table} can speak of"
    if citation.stance == "contradicts":
        for field in ("field", "value_as_stated"):
            if not getattr(citation, field):
                yield field, "", "is empty, but a contradiction names the field and the value as stated"


@cache
def _citable_fields(table: str) -> frozenset[str]:
    # Status and place of a fact live in tables of their own, but a source contradicts the fact.
    own = set(column_names(TABLES[table]))
    if table in _FACTS:
        own |= set(column_names(Location)) - {"id", "record_id"}
    if table == "sites":
        own |= {"status", "date"}
    return frozenset(own)


def _location_faults(location: Location, known: _Known) -> Iterator[_Fault]:
    if location.method == "none":
        yield from _no_point_faults(location)
        return
    yield from _point_faults(location)
    if location.method == "gazetteer":
        yield from _gazetteer_faults(location)
    elif location.method == "hand":
        yield from _hand_faults(location, known)
    elif location.method == "source" and location.place_id:
        yield "place_id", location.place_id, "must be empty: the source itself prints the coordinates"


def _no_point_faults(location: Location) -> Iterator[_Fault]:
    for field in ("lat", "lon", "precision_m"):
        value = getattr(location, field)
        if value is not None:
            yield field, str(value), "must be empty where the method is none"
    if location.place_id:
        yield "place_id", location.place_id, "must be empty where the method is none"
    if location.precision != "none":
        yield "precision", location.precision, "must be none where the method is none"


def _point_faults(row: Location | Place) -> Iterator[_Fault]:
    for field in ("lat", "lon", "precision_m"):
        if getattr(row, field) is None:
            yield field, "", "is empty, but a point needs it"
    if row.precision == "none":
        yield "precision", "none", "says that there is no point: say how precise it is"
    if row.lat == 0 and row.lon == 0:
        yield "lat", "0", "with lon 0 is open sea off Africa, the mark of a failed geocoder: find the place"


def _gazetteer_faults(location: Location) -> Iterator[_Fault]:
    if not _IN_GAZETTEER.fullmatch(location.place_id):
        yield (
            "place_id",
            location.place_id,
            "is no id of the gazetteer, such as geonames:<number>: see `arsenal-atlas geocode`",
        )
    if location.precision == "exact":
        yield "precision", "exact", "cannot come from a name in a gazetteer: say near or locality"


def _hand_faults(location: Location, known: _Known) -> Iterator[_Fault]:
    if not location.place_id:
        if not location.reason:
            yield "reason", "", "is empty: a point set by hand needs a row of places.csv or a reason"
        return
    place = known.places.get(location.place_id)
    if place is None:
        if location.place_id not in known.ids["places"]:
            yield "place_id", location.place_id, "is no id in places.csv: correct it or add the row"
    elif (place.lat, place.lon) != (location.lat, location.lon) and not location.reason:
        stated = f"{place.lat}, {place.lon}"
        yield (
            "place_id",
            location.place_id,
            f"lies at {stated} in places.csv: use that point or give a reason",
        )


def _place_faults(place: Place, _known: _Known) -> Iterator[_Fault]:
    yield from _point_faults(place)


def _change_faults(change: Change, _known: _Known) -> Iterator[_Fault]:
    # The record may be gone: a deletion is a change too. Its id must still be one.
    if not (_ID.fullmatch(change.record_id) and change.record_id[:2] in _PREFIX_TABLES):
        yield "record_id", change.record_id, "is no record id"
    elif change.field not in column_names(TABLES[_PREFIX_TABLES[change.record_id[:2]]]):
        yield "field", change.field, f"is no column of {_PREFIX_TABLES[change.record_id[:2]]}.csv"
    if change.when and not _MOMENT.fullmatch(change.when):
        try:
            UncertainDate.parse(change.when)
        except UncertainDateError:
            yield "when", change.when, "is no date or moment: write 2026-01-31 or 2026-01-31T09:30:00Z"


_CHECKS: Final[dict[type[Any], Callable[[Any, _Known], Iterator[_Fault]]]] = {
    Site: _site_faults,
    SiteStatus: _status_faults,
    Event: _event_faults,
    Location: _location_faults,
    Actor: _actor_faults,
    Source: _source_faults,
    Citation: _citation_faults,
    Place: _place_faults,
    Change: _change_faults,
}
