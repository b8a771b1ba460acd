"""What a good record must keep to, beyond being well formed: questions an editor would ask, as code.

`dashboard.workflows.package.check` asks them of a whole package. A gate looks at facts, never at taste: how
precise the source is, what a status rests on, whether an actor existed yet, whether two records may be one.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from dashboard.domain.countries import country_names
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, Bounds, UncertainDate
from dashboard.domain.records import Actor, Citation, Event, Location, Place, Site, SiteStatus
from dashboard.errors import Problem
from dashboard.geocoding.candidates import distance_m
from dashboard.importers.package import file_name, row_lines

__all__ = ["DECISIONS_FILE", "NEAR_M", "Findings", "gate_findings"]

DECISIONS_FILE: Final = "decisions/near-duplicates.csv"
"""Optional file of the package, no table: which near-duplicates were looked at, and why they are several."""

NEAR_M: Final = 5_000
"""Two records of one kind that lie closer than this, at the same time, may be one."""

_DECISION_COLUMNS: Final = ["records", "reason"]
_ORDER: Final = ("exact", "near", "locality", "district", "province", "area", "country", "none")
_POINTS: Final = frozenset({"exact", "near", "locality"})
_VAGUE: Final = re.compile(
    r"(?:near|outside|around|off|outskirts of|somewhere|(?:north|south|east|west)\w* of)\b", re.IGNORECASE
)
_ENDED: Final = frozenset({"closed", "destroyed", "cancelled"})
_DEGREE_M: Final = 111_000
_NEAR_DEGREES: Final = NEAR_M / 110_000


@dataclass(slots=True)
class Findings:
    """What the gates say.

    Parameters
    ----------
    problems
        What must be mended.
    warnings
        What somebody must decide.
    decided
        Number of near-duplicates that somebody has decided about.
    """

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    decided: int = 0


def gate_findings(folder: Path, tables: Mapping[str, Sequence[Any]]) -> Findings:
    """Ask every gate.

    Parameters
    ----------
    folder
        Folder of the package, for the lines of its rows and its decisions about near-duplicates.
    tables
        Records by table name; references between them hold.

    Returns
    -------
    Findings
        Problems and warnings in file order.
    """
    found = Findings()
    for table, gate in (
        ("site_status", _status_faults(tables)),
        ("site_status", _foresight_faults(tables)),
        ("events", _founding_faults(tables["events"], tables["actors"])),
        ("locations", _precision_faults(tables["locations"], tables["places"])),
    ):
        found.problems += _problems(folder, table, gate)
    found.warnings += _problems(folder, "actors", _unused_actors(tables))
    _judge_twins(folder, tables, found)
    return found


# A fault before it is tied to its line: record id, field, value, message.
_Fault = tuple[str, str, str, str]


def _problems(folder: Path, table: str, faults: Iterable[_Fault]) -> list[Problem]:
    lines = row_lines(folder, table)
    return [Problem(file_name(table), lines.get(fault[0]), *fault[1:]) for fault in faults]


def _status_faults(tables: Mapping[str, Sequence[Any]]) -> Iterator[_Fault]:
    """Let a site operate only where a source says so, and not because of a ceremony."""
    citations: dict[str, Citation] = {citation.id: citation for citation in tables["citations"]}
    openings: dict[str, set[int]] = defaultdict(set)
    for event in tables["events"]:
        if event.kind == "opening":
            for site in event.sites:
                openings[site].add(event.date.start.first)
    for status in tables["site_status"]:
        if status.status == "operating":
            citation = citations[status.citation_id]
            for message in _operating_faults(status, citation, openings[status.site_id]):
                yield status.id, "status", "operating", message


def _operating_faults(status: SiteStatus, citation: Citation, openings: set[int]) -> Iterator[str]:
    if citation.stance != "supports" or citation.field not in ("", "status", "date"):
        yield f"rests on {citation.id}, which does not say that the site works"
    if citation.confidence == "low":
        yield f"rests on {citation.id} alone, whose confidence is low: say unknown, or find a better source"
    if not status.note and status.date.is_undated:
        yield "is undated: say in the note what shows that the site works, or say unknown"
    elif not status.note and status.date.start.first in openings:
        yield "begins with an opening, which is no production: say in the note what shows that it works"


def _foresight_faults(tables: Mapping[str, Sequence[Any]]) -> Iterator[_Fault]:
    """Let no source say what a site was after the source was published."""
    citations: dict[str, Citation] = {citation.id: citation for citation in tables["citations"]}
    published: dict[str, UncertainDate] = {source.id: source.published for source in tables["sources"]}
    for status in tables["site_status"]:
        date = published[citations[status.citation_id].source_id]
        if status.date.start.first > date.bounds.last:
            message = f"begins after the source of {status.citation_id} was published ({date}): cite another"
            yield status.id, "date", status.date.text, message


def _founding_faults(events: Iterable[Event], actors: Iterable[Actor]) -> Iterator[_Fault]:
    founded = {actor.id: actor.founded for actor in actors if actor.founded.text}
    for event in events:
        for item in event.actors:
            date = founded.get(item.actor_id)
            if date and event.date.bounds.last < date.start.first:
                message = f"ends before {item.actor_id} was founded ({date}): correct one of the two"
                yield event.id, "date", event.date.text, message


def _precision_faults(locations: Iterable[Location], places: Iterable[Place]) -> Iterator[_Fault]:
    by_id = {place.id: place for place in places}
    for location in locations:
        for message in _too_precise(location, by_id.get(location.place_id)):
            yield location.id, "precision", location.precision, message


def _too_precise(location: Location, place: Place | None) -> Iterator[str]:
    written = location.place_as_written
    if place and _ORDER.index(location.precision) < _ORDER.index(place.precision):
        yield f"is finer than {place.id}, which is {place.precision}"
    if place and (location.precision_m or 0) < (place.precision_m or 0):
        yield f"has a smaller radius than {place.id}: {location.precision_m} m, not {place.precision_m} m"
    if location.precision in {"exact", "locality"} and _VAGUE.match(written):
        yield f"is finer than the source, which says only {written!r}: near or coarser"
    is_whole_country = written.casefold() == country_names().get(location.country, "").casefold()
    if is_whole_country and location.precision in _POINTS and not location.reason:
        yield "is finer than the source, which names only the country: country, or a reason"
    if location.method == "source" and (location.precision_m or 0) < _step_m(location) / 4:
        yield f"has a radius of {location.precision_m} m, which the decimals printed do not carry"


def _step_m(location: Location) -> float:
    decimals = (str(number).partition(".")[2].rstrip("0") for number in (location.lat, location.lon))
    return float(_DEGREE_M / 10 ** max(map(len, decimals)))


def _unused_actors(tables: Mapping[str, Sequence[Any]]) -> Iterator[_Fault]:
    used = {actor for site in tables["sites"] for actor in site.operators}
    used |= {item.actor_id for event in tables["events"] for item in event.actors}
    used |= {location.record_id for location in tables["locations"]}
    used |= {parent for actor in tables["actors"] for parent in actor.parent}
    for actor in tables["actors"]:
        if actor.id not in used and not actor.notes:
            yield actor.id, "id", actor.id, "is used by nothing, and nothing is said about it"


# Near-duplicates -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Spot:
    """One record at one place, as far as it matters for being the same as another."""

    record_id: str
    kind: str
    name: str
    bounds: Bounds
    point: tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Twin:
    """Two records that may be one."""

    one: _Spot
    other: _Spot
    distance_m: float


def _judge_twins(folder: Path, tables: Mapping[str, Sequence[Any]], found: Findings) -> None:
    records = {record.id for table in ("sites", "events") for record in tables[table]}
    decided = _read_decisions(folder / DECISIONS_FILE, records, found)
    extents = _site_extents(tables["sites"], tables["site_status"])
    for table in ("sites", "events"):
        twins = _twins(_spots(tables[table], tables["locations"], extents))
        found.decided += len(twins.keys() & decided)
        faults = (twin for pair, twin in sorted(twins.items()) if pair not in decided)
        found.warnings += _problems(folder, table, map(_twin_fault, faults))


def _twin_fault(twin: _Twin) -> _Fault:
    message = (
        f"may be the same as {twin.other.record_id} ({twin.other.name}): one kind, "
        f"{twin.distance_m / 1000:.0f} km apart, dates overlap. "
        f"Merge them, or say in {DECISIONS_FILE} why they are two"
    )
    return twin.one.record_id, "id", twin.one.record_id, message


def _spots(
    records: Iterable[Site | Event], locations: Iterable[Location], extents: Mapping[str, Bounds]
) -> list[_Spot]:
    points: dict[str, set[tuple[float, float]]] = defaultdict(set)
    for row in locations:
        if row.role == "at" and row.precision in _POINTS and row.lat is not None and row.lon is not None:
            points[row.record_id].add((row.lat, row.lon))
    return [
        _Spot(
            record.id,
            record.kind,
            record.name if isinstance(record, Site) else record.title,
            record.date.bounds if isinstance(record, Event) else extents[record.id],
            point,
        )
        for record in records
        for point in points[record.id]
    ]


def _twins(spots: Iterable[_Spot]) -> dict[tuple[str, str], _Twin]:
    kinds: dict[str, list[_Spot]] = defaultdict(list)
    for spot in spots:
        kinds[spot.kind].append(spot)
    twins: dict[tuple[str, str], _Twin] = {}
    for group in kinds.values():
        for pair in _neighbours(sorted(group, key=lambda spot: spot.point)):
            one, other = sorted(pair, key=lambda spot: spot.record_id)
            distance = distance_m(one.point, other.point)
            if one.record_id != other.record_id and distance <= NEAR_M and _overlap(one.bounds, other.bounds):
                twins.setdefault((one.record_id, other.record_id), _Twin(one, other, distance))
    return twins


def _neighbours(spots: Sequence[_Spot]) -> Iterator[tuple[_Spot, _Spot]]:
    """Pair spots of about one latitude, so that not everything is measured against everything."""
    for number, one in enumerate(spots):
        for other in spots[number + 1 :]:
            if other.point[0] - one.point[0] > _NEAR_DEGREES:
                break
            yield one, other


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one.first <= other.last and other.first <= one.last


def _site_extents(sites: Iterable[Site], statuses: Iterable[SiteStatus]) -> dict[str, Bounds]:
    """Say from when to when a site may have stood: a day on which it was seen bounds nothing."""
    first: dict[str, list[int]] = defaultdict(list)
    last: dict[str, int] = {}
    for status in statuses:
        first[status.site_id].append(status.date.start.first if status.date.is_interval else DAY_PAST)
        if status.status in _ENDED:
            last[status.site_id] = status.date.start.last
    return {
        site.id: Bounds(min(first[site.id], default=DAY_PAST), last.get(site.id, DAY_FUTURE))
        for site in sites
    }


def _read_decisions(path: Path, records: set[str], found: Findings) -> set[tuple[str, str]]:
    if not path.is_file():
        return set()
    decided: set[tuple[str, str]] = set()
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if (header := next(reader, [])) != _DECISION_COLUMNS:
            message = f"must begin with the line {','.join(_DECISION_COLUMNS)}"
            found.problems.append(Problem(DECISIONS_FILE, 1, "", ",".join(header), message))
            return set()
        for cells in reader:
            ids, reason = (*cells, "", "")[:2]
            members = ids.split("|")
            for member in members:
                if member not in records:
                    message = "is no site or event: correct it or take it out"
                    found.problems.append(
                        Problem(DECISIONS_FILE, reader.line_num, "records", member, message)
                    )
            if not reason:
                message = "is empty: say why these are several records"
                found.problems.append(Problem(DECISIONS_FILE, reader.line_num, "reason", "", message))
            else:
                decided.update(combinations(sorted(members), 2))
    return decided
