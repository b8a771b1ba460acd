"""Judging a data package: does it hold together, and how good is it.

Problems stop a release; warnings are what a careful editor would look at; notes are exceptions that somebody
has explained. The country of a point is checked here and not in the domain, because it needs shapes.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dashboard.domain.records import Citation, Location
from dashboard.errors import GazetteerError, Problem
from dashboard.exports.package import package_texts
from dashboard.geocoding.countries import SHAPES_FILE, CountryShapes, read_country_shapes
from dashboard.importers.package import DataPackage, file_name, row_lines, scan_package
from dashboard.workflows.package.gates import gate_findings

__all__ = ["TOLERANCE_M", "CheckReport", "Contradiction", "check"]

TOLERANCE_M: Final = 25_000
"""How far outside the shape of its country a point may lie: shapes are generalised and stop at the shore."""

_COUNTED: Final = ("sites", "events", "actors", "sources", "citations", "locations")
_FACTS: Final = ("sites", "events", "actors")
_WELL_SOURCED: Final = 2


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One source that says otherwise.

    Parameters
    ----------
    record_id
        Id of the record it contradicts.
    record_name
        Name or title of that record.
    field
        Column it contradicts.
    value
        What the source states.
    publisher
        Publisher of the source.
    """

    record_id: str
    record_name: str
    field: str
    value: str
    publisher: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What `check` found.

    Parameters
    ----------
    version
        Version of the package; empty when it has problems that keep it from being read.
    counts
        Number of rows of sites, events, actors, sources, citations and locations.
    facts
        Sites, events and actors with citations of their own.
    countries
        Codes of the countries that locations lie in.
    share_well_sourced
        Part of the facts that two or more sources support, from 0 to 1.
    contradictions
        Sources that say otherwise.
    problems
        What must be mended.
    warnings
        What deserves a look.
    notes
        Exceptions that are explained.
    near_duplicates
        Number of pairs that may be one record and were decided to be two.
    """

    version: str
    counts: Mapping[str, int]
    facts: int
    countries: tuple[str, ...]
    share_well_sourced: float
    contradictions: tuple[Contradiction, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    near_duplicates: int = 0

    @property
    def is_good(self) -> bool:
        """Whether the package may be published: no problems."""
        return not self.problems


def check(folder: Path, shapes_file: Path = SHAPES_FILE) -> CheckReport:
    """Judge a data package.

    Parameters
    ----------
    folder
        Folder with the nine CSV files and ``datapackage.json``.
    shapes_file
        Country shapes, as the front-end build makes them.

    Returns
    -------
    CheckReport
        Numbers, problems, warnings and notes. Numbers are 0 when the package cannot be read.
    """
    package, problems = scan_package(folder)
    if package is None:
        return CheckReport("", dict.fromkeys(_COUNTED, 0), 0, (), 0.0, (), problems, (), ())
    tables = package.tables
    outside = list(_country_findings(folder, package, shapes_file))
    gates = gate_findings(folder, tables)
    sourced = _sources_by_record(tables["citations"])
    facts = [r.id for table in _FACTS for r in tables[table] if r.id in sourced]
    well = sum(len(sourced[record_id]) >= _WELL_SOURCED for record_id in facts)
    return CheckReport(
        version=package.version,
        counts={table: len(tables[table]) for table in _COUNTED},
        facts=len(facts),
        countries=tuple(sorted({location.country for location in tables["locations"] if location.country})),
        share_well_sourced=well / len(facts) if facts else 0.0,
        contradictions=tuple(_contradictions(tables)),
        problems=(*(problem for kind, problem in outside if kind == "problem"), *gates.problems),
        warnings=(
            *(problem for kind, problem in outside if kind == "warning"),
            *_form_warnings(folder, package),
            *_gap_warnings(folder, tables),
            *gates.warnings,
        ),
        notes=tuple(problem for kind, problem in outside if kind == "note"),
        near_duplicates=gates.decided,
    )


def _sources_by_record(citations: Sequence[Citation]) -> dict[str, set[str]]:
    sources: dict[str, set[str]] = defaultdict(set)
    for citation in citations:
        if citation.stance == "supports":
            sources[citation.record_id].add(citation.source_id)
    return sources


def _contradictions(tables: Mapping[str, Sequence[Any]]) -> Iterator[Contradiction]:
    publishers = {source.id: source.publisher for source in tables["sources"]}
    names = {site.id: site.name for site in tables["sites"]}
    names |= {event.id: event.title for event in tables["events"]}
    names |= {actor.id: actor.name for actor in tables["actors"]}
    for citation in tables["citations"]:
        if citation.stance == "contradicts":
            yield Contradiction(
                citation.record_id,
                names.get(citation.record_id, ""),
                citation.field,
                citation.value_as_stated,
                publishers[citation.source_id],
            )


def _country_findings(folder: Path, package: DataPackage, shapes_file: Path) -> Iterator[tuple[str, Problem]]:
    try:
        shapes = read_country_shapes(shapes_file)
    except GazetteerError as error:
        message = f"was not checked against the countries. {error}"
        yield "warning", Problem(file_name("locations"), None, "", "", message)
        return
    rows = [row for row in package.tables["locations"] if row.country and row.lat is not None]
    distances = shapes.distances_m(
        [row.country for row in rows], [row.lat for row in rows], [row.lon for row in rows]
    )
    lines = row_lines(folder, "locations")
    for row, distance in zip(rows, distances, strict=True):
        if math.isnan(distance):
            message = "has no shape to check the point against"
            yield "note", Problem(file_name("locations"), lines.get(row.id), "country", row.country, message)
        elif distance > TOLERANCE_M:
            yield "note" if _is_explained(row) else "problem", _outside(row, distance, shapes, lines)


def _is_explained(row: Location) -> bool:
    # A gazetteer entry carries its own country: one outside it is a slip, whatever its reason speaks of.
    return bool(row.reason) and row.method != "gazetteer"


def _outside(row: Location, distance: float, shapes: CountryShapes, lines: Mapping[str, int]) -> Problem:
    found = shapes.at(row.lat or 0.0, row.lon or 0.0)
    where = f"in {', '.join(found)}" if found else "at sea"
    message = f"lies {distance / 1000:,.0f} km outside {row.country}, {where}"
    message += (
        f": {row.reason}" if _is_explained(row) else ": correct the point or the country, or give a reason"
    )
    return Problem(file_name("locations"), lines.get(row.id), "lat", f"{row.lat}, {row.lon}", message)


def _form_warnings(folder: Path, package: DataPackage) -> Iterator[Problem]:
    for name, text in package_texts(package).items():
        # Bytes, because reading as text would hide carriage returns and the byte order mark.
        if (folder / name).read_bytes() != text.encode():
            message = "is not in its canonical form (sorted by first column, LF, shortest numbers)"
            yield Problem(name, None, "", "", f"{message}: `arsenal-atlas export --package` writes it so")


def _gap_warnings(folder: Path, tables: Mapping[str, Sequence[Any]]) -> Iterator[Problem]:
    placed = {location.record_id for location in tables["locations"]}
    dated = {status.site_id for status in tables["site_status"]}
    used = {citation.source_id for citation in tables["citations"]}
    used |= {place.source_id for place in tables["places"]}
    gaps = {
        "sites": [
            ("has no row in locations.csv", {s.id for s in tables["sites"]} - placed),
            ("has no row in site_status.csv", {s.id for s in tables["sites"]} - dated),
        ],
        "events": [("has no row in locations.csv", {e.id for e in tables["events"]} - placed)],
        "sources": [("is cited by nothing", {s.id for s in tables["sources"]} - used)],
    }
    for table, kinds in gaps.items():
        lines = row_lines(folder, table)
        for message, ids in kinds:
            for record_id in sorted(ids):
                yield Problem(file_name(table), lines.get(record_id), "id", record_id, message)
