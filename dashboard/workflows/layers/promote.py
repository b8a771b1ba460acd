"""Single records of an imported layer taken into the atlas: as a draft, with its source, through review.

Nothing is merged: what may be the same record in the atlas is said beside it, and a person decides.
"""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

import numpy as np
import pandas as pd
import shapely

from dashboard.domain.access import Person, Right, require
from dashboard.domain.cells import write_cells
from dashboard.domain.records import Actor, Event, Site
from dashboard.errors import DraftError, DraftProblem
from dashboard.frames import AtlasFrames
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.names import fold
from dashboard.store.drafts.draft import Draft, DraftState
from dashboard.store.store import Store
from dashboard.workflows.editing.dossier_form import DossierForm, free_id
from dashboard.workflows.editing.drafting import Work, save_draft
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["Twin", "promote", "twins_of"]

_MARK: Final = 6
_WAITING: Final = (DraftState.WORKING, DraftState.SUBMITTED)
_NEAR_M: Final = 25_000.0
_NEAR_DEGREES: Final = 0.25
_WIDEST_DEGREES: Final = 90.0
_DAYS: Final = 1
_WIDEST_DAYS: Final = 400
_MOST_TWINS: Final = 1_000
_PLACE_CELLS: Final = (
    "role",
    "place_as_written",
    "country",
    "lat",
    "lon",
    "precision",
    "precision_m",
    "method",
)


@dataclass(frozen=True, slots=True)
class Twin:
    """A record of a layer that may be one of the atlas.

    Parameters
    ----------
    layer_record, record
        Id in the layer, and id in the atlas.
    metres
        How far apart they are; None when one of them has no point, or only the name was compared.
    same_name
        Whether they bear the same name.
    """

    layer_record: str
    record: str
    metres: float | None = None
    same_name: bool = field(default=False, kw_only=True)

    @property
    def reason(self) -> str:
        """Why it is suggested, in words."""
        if self.metres is None:
            return "the same name"
        far = f"{self.metres / 1000:.0f} km apart"
        return f"the same name, {far}" if self.same_name else f"the same kind and time, {far}"


def promote(store: Store, person: Person, dataset: Dataset, record_id: str, library: Library) -> Draft:
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
    _fill(form, dataset, found, library)
    return save_draft(store, person, Work(form, 0, nonce=uuid.uuid4().hex))


def _refused(table: str, message: str) -> DraftError:
    return DraftError([DraftProblem(table, "", "", f"the record {message}")])


def twins_of(layer: AtlasFrames, atlas: AtlasFrames) -> tuple[Twin, ...]:
    """Find records of a layer that may be records of the atlas.

    Parameters
    ----------
    layer
        Frames of the layer.
    atlas
        Frames of the atlas.

    Returns
    -------
    tuple of Twin
        The first thousand: of the same name within the same time, or of the same kind at the same time and
        within 25 km. Suggestions: nothing is merged.
    """
    found = {(one.layer_record, one.record): one for one in _near(layer, atlas)}
    for one in _same_names(layer, atlas):
        before = found.get((one.layer_record, one.record))
        found[one.layer_record, one.record] = Twin(
            one.layer_record, one.record, before.metres if before else None, same_name=True
        )
    return tuple(list(found.values())[:_MOST_TWINS])


def _fill(form: DossierForm, dataset: Dataset, found: Evidence, library: Library) -> None:
    record = found.record
    cells = write_cells(record)
    kept = ("kind", "products", "date", "status", "names")
    form.record |= {name: cells[name] for name in kept if name in cells}
    told, actors = _actors(found, library)
    form.record["actors" if isinstance(record, Event) else "operators"] = actors
    notes = "\n".join(filter(None, (cells.get("summary") or cells.get("notes"), told)))
    form.record["summary" if isinstance(record, Event) else "notes"] = notes
    source = dataset.library.sources[found.citations[0].source_id]
    source_id = form.add("sources", **_without(write_cells(source), "id"))
    where = f"{dataset.layer}, record {found.record.id}, {found.citations[0].locator}"
    citation = form.add("citations", source_id=source_id, locator=where, stance="supports")
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
        written = write_cells(location)
        form.add("locations", **{name: written[name] for name in _PLACE_CELLS})
    for status in found.statuses:
        form.add("site_status", status=status.status, date=status.date.text, citation_id=citation)


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


def _same_names(layer: AtlasFrames, atlas: AtlasFrames) -> Iterator[Twin]:
    columns = ["record_id", "record_type", "first", "last", "dated"]
    ours, theirs = (
        frames.records[columns].assign(folded=frames.records["name"].map(fold)) for frames in (atlas, layer)
    )
    both = theirs[theirs["folded"].isin(set(ours["folded"]))].merge(ours, on=["folded", "record_type"])
    same = both[_overlap(both)]
    for row in same.itertuples(index=False):
        yield Twin(str(row.record_id_x), str(row.record_id_y), same_name=True)


def _near(layer: AtlasFrames, atlas: AtlasFrames) -> Iterator[Twin]:
    ours, theirs = (_placed(frames) for frames in (atlas, layer))
    if ours.empty or theirs.empty:
        return
    # A degree of longitude is short near the poles: the box is as wide as 25 km are there.
    tree = shapely.STRtree(theirs["geometry"].to_numpy())
    lat = ours["lat"].to_numpy()
    wide = np.minimum(_NEAR_DEGREES / np.maximum(np.cos(np.radians(lat)), 1e-3), _WIDEST_DEGREES)
    lon = ours["lon"].to_numpy()
    boxes = shapely.box(lon - wide, lat - _NEAR_DEGREES, lon + wide, lat + _NEAR_DEGREES)
    one, other = tree.query(boxes)
    both = pd.concat(
        [
            theirs.iloc[other].drop(columns="geometry").add_suffix("_x").reset_index(drop=True),
            ours.iloc[one].drop(columns="geometry").add_suffix("_y").reset_index(drop=True),
        ],
        axis=1,
    )
    both = both[(both["kind_x"] == both["kind_y"]) & (both["record_type_x"] == both["record_type_y"])]
    both = both[_overlap(both) & _is_narrow(both)]
    for row in both.itertuples(index=False):
        metres = distance_m((float(row.lat_x), float(row.lon_x)), (float(row.lat_y), float(row.lon_y)))
        if metres <= _NEAR_M:
            yield Twin(str(row.record_id_x), str(row.record_id_y), metres)


def _placed(frames: AtlasFrames) -> pd.DataFrame:
    columns = ["record_id", "record_type", "kind", "first", "last", "dated", "geometry"]
    placed = frames.placements.loc[frames.placements.geometry.notna(), columns]
    points = placed["geometry"].to_numpy()
    return pd.DataFrame(placed).assign(lat=shapely.get_y(points), lon=shapely.get_x(points))


def _overlap(both: pd.DataFrame) -> "pd.Series[bool]":
    first, last = both[["first_x", "first_y"]].max(axis=1), both[["last_x", "last_y"]].min(axis=1)
    return first.astype("int64") <= last.astype("int64") + _DAYS


def _is_narrow(both: pd.DataFrame) -> "pd.Series[bool]":
    """Say which pairs of events have dates that say enough; sites stay where they are."""
    spans = [both[f"last_{side}"].astype("int64") - both[f"first_{side}"].astype("int64") for side in "xy"]
    return (both["record_type_x"] == "site") | ((spans[0] <= _WIDEST_DAYS) & (spans[1] <= _WIDEST_DAYS))
