"""Records of a layer that may be the same fact as one of the atlas or of another layer: shown, never merged.

A person decides. "The same fact" becomes a proposal that adds a source; "not the same" is kept in the audit
trail, so that nobody is asked twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pandas as pd
import shapely

from dashboard.domain.access import Person, Right, require
from dashboard.errors import RecordNotFoundError
from dashboard.frames import AtlasFrames
from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.names import fold
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.layers.datasets import is_seen
from dashboard.workflows.layers.promote import mark_of
from dashboard.workflows.views.datasets import LAYER, Dataset
from dashboard.workflows.views.evidence import Library

__all__ = ["Pair", "Twin", "cited_pairs", "open_twins", "tell_apart", "told_apart", "twins_of"]

_NEAR_M: Final = 25_000.0
_SAME_PLACE_M: Final = 500.0
_NEAR_DEGREES: Final = 0.25
_WIDEST_DEGREES: Final = 90.0
_DAYS: Final = 1
_WIDEST_DAYS: Final = 400
_MOST_TWINS: Final = 1_000
_APART: Final = "tell apart"
_PAGE: Final = 1_000

Pair = tuple[str, str]
"""Id of a record in a layer, and the id of another record as an address has it."""


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
        far = f"{self.metres / 1000:.0f} km apart" if self.metres > _SAME_PLACE_M else "in the same place"
        return f"the same name, {far}" if self.same_name else f"the same kind and time, {far}"


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


def open_twins(
    dataset: Dataset, other: AtlasFrames, prefix: str, settled: frozenset[Pair]
) -> tuple[Twin, ...]:
    """Give the suggestions that nobody has decided about.

    Parameters
    ----------
    dataset
        The layer.
    other
        Frames of the atlas or of another layer.
    prefix
        What stands before an id there in an address, empty for the atlas.
    settled
        Pairs that were told apart or are cited.

    Returns
    -------
    tuple of Twin
        Worked out once for the same frames.
    """
    frames = dataset.frames
    found = frames.memo.get(("twins", other.version), lambda: twins_of(frames, other))
    return tuple(one for one in found if (one.layer_record, prefix + one.record) not in settled)


def cited_pairs(dataset: Dataset, twins: tuple[Twin, ...], library: Library) -> frozenset[Pair]:
    """Say which suggestions are settled because the record of the atlas cites the one of the layer.

    Parameters
    ----------
    dataset
        The layer.
    twins
        Suggestions.
    library
        The records of the atlas.

    Returns
    -------
    frozenset of Pair
        Those that are cited, by a promoted record or a source that was added.
    """

    def is_cited(one: Twin) -> bool:
        evidence = library.evidence.get(one.record)
        mark = mark_of(dataset.layer, one.layer_record)
        return evidence is not None and any(row.locator.startswith(mark) for row in evidence.citations)

    return frozenset((one.layer_record, one.record) for one in twins if is_cited(one))


def told_apart(store: Store, layer: str) -> frozenset[Pair]:
    """Read which records were told apart.

    Parameters
    ----------
    store
        The store.
    layer
        Id of the layer on the map.

    Returns
    -------
    frozenset of Pair
        Pairs that are not the same fact.
    """
    found: set[Pair] = set()
    before = None
    while True:
        entries = store.trail.list(_PAGE, before, subject=layer)
        apart = (entry.details for entry in entries if entry.action == _APART)
        found |= {(str(told.get("record", "")), str(told.get("other", ""))) for told in apart}
        if len(entries) < _PAGE:
            return frozenset(found)
        before = entries[-1].sequence


def tell_apart(  # who, of which layer, which two, why
    store: Store, person: Person, layer: str, pair: Pair, *, why: str, operation_id: str
) -> None:
    """Keep that two records are not the same fact.

    Parameters
    ----------
    store
        The store.
    person
        Who says so.
    layer
        Id of the layer on the map.
    pair
        The two records.
    why
        Why; may be empty.
    operation_id
        Made once for this wish.

    Raises
    ------
    PermissionDeniedError
        The person may not propose anything, or not now.
    RecordNotFoundError
        The layer is a draft that this person does not see.
    StoreError
        The database fails.
    """
    require(person, Right.PROPOSE, store.control.mode())
    stored = next((one for one in store.layers.list() if LAYER + one.id == layer), None)
    if stored is not None and not is_seen(stored, person):
        raise RecordNotFoundError(layer)
    operation = Operation.by(person, _APART, layer, why, operation_id=operation_id)
    store.trail.note(operation, {"record": pair[0], "other": pair[1]})


def _same_names(layer: AtlasFrames, atlas: AtlasFrames) -> Iterator[Twin]:
    columns = ["record_id", "record_type", "first", "last", "dated"]
    ours, theirs = (
        frames.records[columns].assign(folded=_folded(frames.records["name"])) for frames in (atlas, layer)
    )
    both = theirs[theirs["folded"].isin(set(ours["folded"]))].merge(ours, on=["folded", "record_type"])
    same = both[_overlap(both)]
    for row in same.itertuples(index=False):
        yield Twin(str(row.record_id_x), str(row.record_id_y), same_name=True)


def _folded(names: "pd.Series[str]") -> "pd.Series[str]":
    """Fold each name once: in a layer of a million rows many bear the same."""
    codes, known = pd.factorize(names)
    return pd.Series(np.array([fold(name) for name in known], dtype=object)[codes], index=names.index)


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
