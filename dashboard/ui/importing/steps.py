"""What the page Import has done in the background: a table read, tried, stored. Nothing here draws."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Final
from uuid import uuid4

from dashboard.confinement import Confinement
from dashboard.domain.access import Person, Right, require
from dashboard.errors import BusyError, GazetteerError, RecordNotFoundError
from dashboard.geocoding import Gazetteer
from dashboard.geocoding.countries import CountryShapes, read_country_shapes
from dashboard.importers.checks import Checker
from dashboard.importers.mapping import Mapping, apply
from dashboard.importers.mapping.guessing import first_values
from dashboard.importers.tables import READING, RawTable, ReadOptions, read_table
from dashboard.measures import count
from dashboard.runtime import PASSING, AtlasView, runtime
from dashboard.store.layers.layer import LayerAbout, Stored, StoredLayer
from dashboard.store.store import Store
from dashboard.ui.importing.desk import Desk, LookedAt, OwnFolder, ReadTable
from dashboard.ui.importing.work import Progress, Work
from dashboard.workflows.geocoding.rates import limit_geocoding
from dashboard.workflows.layers.choose_mapping import Chosen, choose_or_guess, mapping_of_before
from dashboard.workflows.layers.import_table import commit, dry_run
from dashboard.workflows.layers.places import PlaceFinder
from dashboard.workflows.layers.problem_list import list_problems
from dashboard.workflows.views.datasets import LAYER_COLOURS, short_name

__all__ = ["PREVIEWED", "importing", "looking", "reading", "stored_layer"]

PREVIEWED: Final = 2_000
"""Rows that are shown on the map before they are imported."""


def reading(desk: Desk, person: Person) -> Work[ReadTable]:
    """Begin to read a table, in a confined process of its own.

    Parameters
    ----------
    desk
        The table.
    person
        Who brings it.

    Returns
    -------
    Work
        Gives the table with what its columns seem to be.

    Raises
    ------
    PermissionDeniedError
        The person may not bring files, or not now; nothing was looked at then.
    """
    process = runtime()
    for right in (Right.PROPOSE, Right.UPLOAD):
        require(person, right, process.mode)
    source, name, options = desk.source, desk.name, ReadOptions(sheet=desk.sheet)
    store = process.store

    def read(progress: Progress) -> ReadTable:
        with Confinement(READING) as confinement, progress.stopping(confinement.stop):
            raw = read_table(source, name, confinement=confinement, options=options)
        progress.check()
        return _understood(raw, store, person)

    return Work(f"Reading {desk.name}", read)


def _understood(raw: RawTable, store: Store, person: Person) -> ReadTable:
    chosen = choose_or_guess(raw)
    mapping, known, preset = chosen.mapping, _known_words(chosen), chosen.preset
    stem = PurePath(raw.name).stem or raw.name
    layer_id, before = _own_name(store, person, short_name(stem).strip("-") or "layer")
    if before is not None:
        about = replace(before.about, mapping="")
        kept = mapping_of_before(before.about.mapping, raw.columns)
        if kept is not None:
            mapping, known = kept, f"Its columns are read as when the layer {about.title} was imported."
        return ReadTable(raw, first_values(raw), mapping, known, preset, chosen.warning, about)
    about = LayerAbout(
        layer_id,
        preset.title if preset else stem,
        colour=LAYER_COLOURS[len(store.layers.list()) % len(LAYER_COLOURS)],
        licence=preset.licence if preset else "",
        citation=preset.citation if preset else "",
        preset=preset.code if preset else "",
    )
    return ReadTable(raw, first_values(raw), mapping, known, preset, chosen.warning, about)


def _own_name(store: Store, person: Person, name: str) -> tuple[str, StoredLayer | None]:
    """Find the person's own layer of a name, or a free name: others' are not replaced by chance."""
    candidate, number = name, 2
    while (found := stored_layer(store, candidate)) is not None:
        if person.is_local or found.author_id == person.id:
            return candidate, found
        candidate, number = f"{name[:36]}-{number}", number + 1
    return candidate, None


def _known_words(chosen: Chosen) -> str:
    if chosen.preset is not None:
        return f"Recognised: {chosen.preset.title}."
    return "Its columns were guessed by their names and by what stands in them: look through them."


def stored_layer(store: Store, layer_id: str) -> StoredLayer | None:
    """Find a layer of a short name.

    Parameters
    ----------
    store
        The store.
    layer_id
        Short name.

    Returns
    -------
    StoredLayer or None
        None when there is none.

    Raises
    ------
    StoreError
        If the store does not answer.
    """
    try:
        return store.layers.get(layer_id)
    except RecordNotFoundError:
        return None


@dataclass(frozen=True, slots=True)
class _Where:
    """Where names of places are looked up, and who asks."""

    atlas: AtlasView
    gazetteer: Gazetteer | None
    person: Person
    visitor: str

    def finder(self, column: str, progress: Progress) -> PlaceFinder | None:
        if self.gazetteer is None:
            return None
        places, before_each = self.atlas.hand_decided(), self._before_each(progress)
        return PlaceFinder(self.gazetteer, places, before_each, column=column)

    def _before_each(self, progress: Progress) -> Callable[[], None]:
        most = self.atlas.settings.geocodings_per_minute

        def wait_for_turn() -> None:
            while True:
                progress.check()
                try:
                    limit_geocoding(self.person, 1, most, visitor=self.visitor)
                except BusyError as error:
                    words = f"At most {most:,} names a minute are looked up for one person: waiting"
                    progress.wait(error.retry_after, words)
                else:
                    count("geocodings", 1)
                    return

        return wait_for_turn


def looking(
    desk: Desk, atlas: AtlasView, gazetteer: Gazetteer | None, person: Person, visitor: str
) -> Work[LookedAt]:
    """Begin to try a table: nothing is imported.

    Parameters
    ----------
    desk
        The table, with a mapping.
    atlas
        The atlas as the person sees it.
    gazetteer
        Where names without coordinates are looked up; None leaves them without a point.
    person
        Who tries.
    visitor
        What tells people apart who are not signed in.

    Returns
    -------
    Work
        Gives what would be imported.
    """
    read, mapping = desk.read, desk.mapping
    if read is None:
        raise AssertionError("a table that was not read cannot be tried")
    raw, where = read.raw, _Where(atlas, gazetteer, person, visitor)

    def look(progress: Progress) -> LookedAt:
        return _looked_at(raw, mapping, where, progress)

    return Work(f"Looking at {raw.rows:,} rows", look)


def _looked_at(raw: RawTable, mapping: Mapping, where: _Where, progress: Progress) -> LookedAt:
    folder = OwnFolder()
    shapes = _shapes()
    column = ", ".join((*mapping.place.of(raw.columns), *mapping.place.in_text())) or "place"
    finder = where.finder(column, progress)
    trial = dry_run(
        apply(raw, mapping),
        folder.path / "rows.parquet",
        checker=Checker(shapes.shapes if shapes else None),
        places=finder,
        progress=lambda done: progress.report(done, raw.rows),
    )
    audience = where.atlas.audience
    frames = trial.preview(PREVIEWED, cell=audience.cell, key=audience.key)
    # Nobody else finds it under a name that cannot be guessed.
    frames = replace(frames, version=f"{PASSING}{uuid4().hex}")
    problems = list_problems(trial, raw.problems, with_ids=bool(mapping.id.of(raw.columns)))
    undecided = finder.undecided if finder else ()
    return LookedAt(mapping, trial, problems, frames, finder is not None, folder, undecided)


@lru_cache(maxsize=1)
def _shapes() -> CountryShapes | None:
    try:
        return read_country_shapes()
    except GazetteerError:
        return None  # without the front end's shapes no point is compared with its country


def importing(desk: Desk, about: LayerAbout, person: Person) -> Work[Stored]:
    """Begin to import what was tried.

    Parameters
    ----------
    desk
        The table, tried.
    about
        What the layer is called and so on.
    person
        Who imports.

    Returns
    -------
    Work
        Gives what the import did; when it fails or is stopped, nothing is kept.
    """
    looked_at, operation_id, store = desk.looked_at, desk.operation_id, runtime().store
    if looked_at is None:
        raise AssertionError("a table that was not tried cannot be imported")
    rows = looked_at.trial.counts.rows

    def put(progress: Progress) -> Stored:
        return commit(
            store,
            person,
            about,
            looked_at.trial,
            operation_id=operation_id,
            progress=lambda done: progress.report(done, rows),
        )

    return Work(f"Importing {rows:,} rows", put)
