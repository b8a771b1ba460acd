"""Single records of an imported layer taken into the atlas: as a draft, with its source, through review.

Nothing is merged: `dashboard.workflows.layers.twins` says what may be the same record, and a person decides.
"""

import uuid
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from dashboard.domain.access import Person, Right, require
from dashboard.domain.cells import write_cells
from dashboard.domain.records import Actor, Event, Location, Site
from dashboard.errors import DraftError, DraftProblem
from dashboard.geocoding import Resolution
from dashboard.geocoding.names import fold
from dashboard.store.drafts.draft import Draft, DraftState
from dashboard.store.store import Store
from dashboard.workflows.editing.dossier_form import Cells, DossierForm, free_id
from dashboard.workflows.editing.drafting import Seen, Work, save_draft, start
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["Resolver", "add_source", "mark_of", "promote"]

Resolver = Callable[[str, str], Resolution]
"""Looks a name up in the gazetteer, within a country if one is named."""

_MARK: Final = 6
_WAITING: Final = (DraftState.WORKING, DraftState.SUBMITTED)
_SAME_DEGREES: Final = 1e-6
_FOUND_BY: Final = "the import of a table"
_PLACE_CELLS: Final = (
    "role", "place_as_written", "country", "lat", "lon", "precision", "precision_m", "method", "reason",
)  # fmt: skip


def mark_of(layer: str, record_id: str) -> str:
    """Say where a citation of the atlas begins that came from a record of a layer.

    Parameters
    ----------
    layer
        Id of the layer on the map.
    record_id
        Id of the record there.

    Returns
    -------
    str
        Beginning of its locator.
    """
    return f"{layer}, record {record_id}, "


def promote(  # who, what and beside what
    store: Store,
    person: Person,
    dataset: Dataset,
    record_id: str,
    library: Library,
    *,
    resolve: Resolver | None = None,
) -> Draft:
    """Make a draft for the atlas of a record of a layer.

    Parameters
    ----------
    store
        The store.
    person
        Who proposes it.
    dataset
        The layer, as this person may see it.
    record_id
        Id of the record in the layer.
    library
        The records of the atlas.
    resolve
        Looks up again what was placed by its name, so that the draft names the place of the gazetteer.

    Returns
    -------
    Draft
        A working draft of that person with the dataset as its source; the one that is there when the person
        asks again.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    RecordNotFoundError
        The layer has no such record.
    DraftError
        The record is in the atlas already, or somebody else proposes it.
    """
    require(person, Right.PROPOSE, store.control.mode())
    found = dataset.library.get(record_id)
    record = found.record
    name = "" if isinstance(record, Actor) else dataset.library.name(record_id)
    mark = sha256(f"{dataset.layer}\0{record_id}".encode()).hexdigest()[:_MARK]
    new_id = f"{free_id(record.table, name, frozenset())}-{mark}"
    if new_id in library.evidence:
        raise _refused(record.table, "is in the atlas already: look at it there")
    for line in store.drafts.list(_WAITING, record_id=new_id):
        if line.author_id == person.id:
            return store.drafts.get(line.id)
        raise _refused(record.table, f"is proposed already, by {line.author}")
    form = DossierForm.new(record.table, new_id, name)
    _fill(form, dataset, found, library, resolve)
    return save_draft(store, person, Work(form, 0, nonce=uuid.uuid4().hex))


def add_source(  # who, of what, to what, as it is seen
    store: Store, person: Person, dataset: Dataset, record_id: str, *, to: str, seen: Seen
) -> Draft:
    """Propose a record of a layer as one more source of a record of the atlas.

    Parameters
    ----------
    store
        The store.
    person
        Who proposes it.
    dataset
        The layer, as this person may see it.
    record_id
        Id of the record in the layer.
    to
        Id of the record in the atlas that tells the same fact.
    seen
        Gives a dossier as the person may see it.

    Returns
    -------
    Draft
        A working draft of that person: what the record says stays, the dataset is cited beside. It goes on
        with the person's own draft about the record, if there is one.

    Raises
    ------
    PermissionDeniedError
        The person may not write drafts, or not now.
    RecordNotFoundError
        There is no such record.
    DraftError
        The record cites it already.
    """
    require(person, Right.PROPOSE, store.control.mode())
    found = dataset.library.get(record_id)
    work = start(store, person, to, seen)
    mark = mark_of(dataset.layer, record_id)
    if any(row["locator"].startswith(mark) for row in work.form.rows["citations"]):
        if work.draft is not None:
            return work.draft
        raise _refused(work.form.table, "cites it already: look at its sources")
    _cite(work.form, dataset, found)
    return save_draft(store, person, work)


def _refused(table: str, message: str) -> DraftError:
    return DraftError([DraftProblem(table, "", "", f"the record {message}")])


def _fill(
    form: DossierForm, dataset: Dataset, found: Evidence, library: Library, resolve: Resolver | None
) -> None:
    record = found.record
    cells = write_cells(record)
    kept = ("kind", "products", "date", "status", "names")
    form.record |= {name: cells[name] for name in kept if name in cells}
    told, actors = _actors(found, library)
    form.record["actors" if isinstance(record, Event) else "operators"] = actors
    notes = "\n".join(filter(None, (cells.get("summary") or cells.get("notes"), told)))
    form.record["summary" if isinstance(record, Event) else "notes"] = notes
    citation, source_id = _cite(form, dataset, found)
    for stated in found.citations:
        if stated.field in {"kind", "status", "date"}:
            form.add(
                "citations",
                source_id=source_id,
                locator=stated.locator,
                stance="supports",
                field=stated.field,
                value_as_stated=stated.value_as_stated,
            )
    for location in found.locations:
        form.add("locations", **_place_cells(location, resolve))
    for status in found.statuses:
        form.add("site_status", status=status.status, date=status.date.text, citation_id=citation)


def _cite(form: DossierForm, dataset: Dataset, found: Evidence) -> tuple[str, str]:
    """Have the dataset stand among the sources; gives the ids of the citation and of the source."""
    whole = found.citations[0]
    source = dataset.library.sources[whole.source_id]
    source_id = form.add("sources", **_without(write_cells(source), "id"))
    where = mark_of(dataset.layer, found.record.id) + whole.locator
    return form.add("citations", source_id=source_id, locator=where, stance="supports"), source_id


def _place_cells(location: Location, resolve: Resolver | None) -> Cells:
    written = write_cells(location)
    cells = {name: written[name] for name in _PLACE_CELLS}
    if location.method != "gazetteer":
        return cells
    entry = None
    if resolve is not None:
        chosen = resolve(location.place_as_written, location.country).chosen
        entry = chosen.entry if chosen else None
    if entry is not None and _is_there(location, entry.lat, entry.lon):
        return cells | {"place_id": entry.place_id, "chosen_by": _FOUND_BY}
    # A point of the gazetteer names its place there; without that it is one that somebody chose.
    reason = "found by its name when the table was imported; the gazetteer does not place it there now"
    return cells | {"method": "hand", "reason": reason}


def _is_there(location: Location, lat: float | None, lon: float | None) -> bool:
    if lat is None or lon is None or location.lat is None or location.lon is None:
        return False
    return abs(lat - location.lat) < _SAME_DEGREES and abs(lon - location.lon) < _SAME_DEGREES


def _actors(found: Evidence, library: Library) -> tuple[str, str]:
    """Give the actors that the atlas has, as a cell, and the others in words: a layer knows names only."""
    record = found.record
    names = [one.actor_id for one in record.actors] if isinstance(record, Event) else []
    names = list(record.operators) if isinstance(record, Site) else names
    known = {fold(name): one.record.id for one in library.of_type(Actor) for name in _names_of(one)}
    ids = [known[fold(name)] for name in names if fold(name) in known]
    others = [name for name in names if fold(name) not in known]
    told = f"Actors as the dataset names them: {'; '.join(others)}" if others else ""
    if isinstance(record, Event):
        ids = [f"{one}:participant" for one in ids]
    return told, "|".join(dict.fromkeys(ids))


def _names_of(found: Evidence) -> tuple[str, ...]:
    record = found.record
    return (record.name, *record.names) if isinstance(record, Actor) else ()


def _without(cells: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in cells.items() if name not in names}
