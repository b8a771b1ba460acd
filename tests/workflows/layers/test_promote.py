from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboard.domain.access import Person, Role
from dashboard.domain.records import TABLES
from dashboard.errors import DraftError, PermissionDeniedError, RecordNotFoundError
from dashboard.importers.package import read_package
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.drafts.draft import DraftState
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.editing.drafting import resume, submit
from dashboard.workflows.layers.datasets import layer_dataset
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.layers.promote import promote, twins_of
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import build_frames

ADA, BO = Person("pe-ada", "Ada", Role.CONTRIBUTOR), Person("pe-bo", "Bo", Role.CONTRIBUTOR)
SMALL = Path(__file__).parents[2] / "importers" / "small"
ROW: dict[str, Any] = {
    "row": 2, "external_id": "1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY",
    "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 2500, "original_precision": "2",
    "actors": "Nobody known; Other", "products": "|uav|", "source": "Agency",
    "source_url": "https://example.org/a",
    "notes": "It burned.", "extra": "", "flags": "",
}  # fmt: skip
SITE = {"record_type": "site", "kind": "factory", "status": "operating", "date": "1999/2010", "name": "Works"}


def batch(*changes: dict[str, Any]) -> pa.RecordBatch:
    made = [{**ROW, "row": n + 2, "external_id": str(n), **one} for n, one in enumerate(changes)]
    return pa.RecordBatch.from_pylist(made, schema=LAYER_ROWS)


@pytest.fixture
def small(small_url: str) -> Any:
    store = open_store(small_url)
    yield store
    store.close()


@pytest.fixture
def layer(small: Any) -> Any:
    about = LayerAbout("clashes", "Clashes", citation="Somebody (2026)")
    small.layers.put(about, [batch({}, SITE)], Operation.new("Ada", "import layer", "clashes"))
    return layer_dataset(small.layers, small.layers.get("clashes"), EXACT)


@pytest.fixture
def library(small: Any) -> Any:
    return build_library(small.repository.read_tables(), "v")


@pytest.mark.parametrize("record_id", ["0", "1"])
def test_a_record_becomes_a_draft_with_its_source_that_can_be_submitted(
    small: Any, layer: Any, library: Any, record_id: str
) -> None:
    draft = promote(small, ADA, layer, record_id, library)
    assert (draft.state, draft.author_id, draft.base_revision) == (DraftState.WORKING, "pe-ada", 0)
    dossier = draft.dossier
    assert dossier is not None
    (source,) = dossier.sources
    assert (source.publisher, source.url, source.kind) == ("Clashes", "https://example.org/a", "dataset")
    assert dossier.locations[0].lat == 33.51
    assert any("data:clashes, record" in one.locator for one in dossier.citations)
    work = resume(small, ADA, draft.id)
    assert submit(small, ADA, work, library, why="", operation_id="wish").state is DraftState.SUBMITTED


def test_a_record_is_promoted_once(small: Any, layer: Any, library: Any) -> None:
    first = promote(small, ADA, layer, "0", library)
    assert promote(small, ADA, layer, "0", library).id == first.id
    with pytest.raises(DraftError, match="Ada"):
        promote(small, BO, layer, "0", library)
    there = replace(library, evidence={**library.evidence, first.record_id: layer.library.get("0")})
    with pytest.raises(DraftError, match="in the atlas"):
        promote(small, ADA, layer, "0", there)


def test_who_may_not_propose_promotes_nothing(small: Any, layer: Any, library: Any) -> None:
    with pytest.raises(PermissionDeniedError):
        promote(small, Person("pe-ro", "Ro", Role.READER), layer, "0", library)
    with pytest.raises(RecordNotFoundError):
        promote(small, ADA, layer, "gone", library)
    assert small.drafts.list() == ()


def test_what_may_be_the_same_record_is_suggested() -> None:
    tables = read_package(SMALL).tables
    atlas = build_frames({name: tables[name] for name in TABLES}, "v")
    placed = atlas.placements[atlas.placements.geometry.notna()]
    event = placed[(placed["record_type"] == "event") & placed["dated"]].iloc[0]
    days = {"first": int(event["first"]), "last": int(event["last"])}
    point = {"lat": event.geometry.y + 0.01, "lon": event.geometry.x}
    same = {"kind": event["kind"], **days}
    rows = [
        same | point | {"name": "Otherwise named"},
        same | {"name": event["name"].upper(), "lat": None, "lon": None},
        same | point | {"first": days["first"] + 5_000, "last": days["last"] + 5_000},
        same | {"lat": 0.0, "lon": 0.0},
        same | point | {"kind": "other" if event["kind"] != "other" else "policy"},
    ]
    twins = twins_of(build_layer_frames(pa.Table.from_batches([batch(*rows)]), "v"), atlas)
    found = {one.layer_record: one for one in twins if one.record == event["record_id"]}
    assert set(found) == {"0", "1"}
    assert "1 km apart" in found["0"].reason
    assert found["1"].reason == "the same name"
