"""Whether a dossier may be submitted: the rules of the domain, asked of one record among all the others.

The rules are those of a whole package (`dashboard.domain.validation`); only what the dossier speaks of is
shown to them, so that a page with a hundred thousand records behind it can ask at every settled field.
"""

import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from dashboard.domain.countries import country_name
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Event, Site
from dashboard.domain.validation import validate
from dashboard.errors import DraftProblem, GazetteerError
from dashboard.geocoding.countries import CountryShapes, read_country_shapes
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.package.check import TOLERANCE_M
from dashboard.workflows.views.evidence import Library

__all__ = ["country_shapes", "dossier_problems", "form_problems"]

_FILE: Final = re.compile(r"\b(sites|site_status|events|locations|actors|sources|citations|places)\.csv")
_WORDS: Final = {"site_status": "statuses", "places": "hand-decided places"}


@cache
def country_shapes() -> CountryShapes | None:
    """Give the shapes of countries, read once.

    Returns
    -------
    CountryShapes or None
        None without the front end's shapes: then no point is compared with its country.
    """
    try:
        return read_country_shapes()
    except GazetteerError:
        return None


def form_problems(form: DossierForm, library: Library) -> tuple[Dossier | None, tuple[DraftProblem, ...]]:
    """Say what keeps a form from being submitted.

    Parameters
    ----------
    form
        The form.
    library
        All records.

    Returns
    -------
    tuple of (Dossier or None, tuple of DraftProblem)
        The dossier when every cell can be read, and everything that is wrong.
    """
    dossier, unread = form.read()
    if dossier is None:
        return None, unread
    return dossier, dossier_problems(dossier, library)


def dossier_problems(
    dossier: Dossier, library: Library, shapes: CountryShapes | None = None
) -> tuple[DraftProblem, ...]:
    """Judge a dossier by the rules of the domain.

    Parameters
    ----------
    dossier
        The dossier.
    library
        All records, which it refers to.
    shapes
        Shapes of countries; None for the front end's.

    Returns
    -------
    tuple of DraftProblem
        Everything that is wrong, in the order of tables and rows; empty when it may be submitted.
    """
    tables = _tables(dossier, library)
    own = {(table, row.id) for table, rows in _own(dossier).items() for row in rows}
    problems = [
        DraftProblem(found.table, found.record_id, found.field, _in_words(found.message, found.value))
        for found in validate(tables, _elsewhere(dossier, library))
        if (found.table, found.record_id) in own
    ]
    problems += _country_problems(dossier, shapes or country_shapes())
    if not problems:
        problems += [DraftProblem("", "", "", fault) for fault in dossier.faults()]
    return tuple(problems)


def _own(dossier: Dossier) -> dict[str, tuple[Any, ...]]:
    return {
        dossier.record.table: (dossier.record,),
        "locations": dossier.locations,
        "site_status": dossier.statuses,
        "citations": dossier.citations,
        "sources": dossier.sources,
    }


def _tables(dossier: Dossier, library: Library) -> dict[str, tuple[Any, ...]]:
    tables = _own(dossier)
    tables["places"] = tuple(
        library.places[row.place_id] for row in dossier.locations if row.place_id in library.places
    )
    if isinstance(dossier.record, Actor):
        # Who is part of whom goes round in a circle or not: that takes all of them.
        others = (e.record for e in library.of_type(Actor) if e.record.id != dossier.record.id)
        tables["actors"] = (dossier.record, *others)
    return tables


def _elsewhere(dossier: Dossier, library: Library) -> Mapping[str, set[str]]:
    """Name the records that the dossier refers to and that are there."""
    record = dossier.record
    named: dict[str, set[str]] = {"sites": set(), "events": set(), "actors": set(), "sources": set()}
    if isinstance(record, Site):
        named["actors"].update(record.operators)
    elif isinstance(record, Event):
        named["actors"].update(role.actor_id for role in record.actors)
        named["sites"].update(record.sites)
        named["events"].update(record.related)
    types: dict[str, type[Any]] = {"sites": Site, "events": Event, "actors": Actor}
    known = {
        table: {
            one
            for one in ids
            if one in library.evidence and isinstance(library.evidence[one].record, types[table])
        }
        for table, ids in named.items()
        if table in types
    }
    known["sources"] = {row.source_id for row in dossier.citations if row.source_id in library.sources}
    known["sources"] -= {source.id for source in dossier.sources}
    return known


def _in_words(message: str, value: str) -> str:
    said = _FILE.sub(lambda found: _WORDS.get(found[1], found[1]), message)
    return f"({value[:60]}) {said}" if value and message.startswith("is ") else said


def _country_problems(dossier: Dossier, shapes: CountryShapes | None) -> Iterator[DraftProblem]:
    placed = [row for row in dossier.locations if row.country and row.lat is not None and row.lon is not None]
    if shapes is None or not placed:
        return
    away = shapes.distances_m(
        [row.country for row in placed],
        [row.lat or 0.0 for row in placed],
        [row.lon or 0.0 for row in placed],
    )
    for row, distance in zip(placed, away, strict=True):
        explained = row.reason and row.method != "gazetteer"
        if math.isnan(distance) or distance <= TOLERANCE_M or explained:
            continue
        found = ", ".join(map(country_name, shapes.at(row.lat or 0.0, row.lon or 0.0)))
        where = f"in {found}" if found else "at sea"
        message = (
            f"lies {distance / 1000:,.0f} km outside {country_name(row.country)}, {where}: "
            "correct the point or the country, or give a reason"
        )
        yield DraftProblem("locations", row.id, "lat", message)
