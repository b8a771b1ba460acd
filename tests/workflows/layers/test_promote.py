from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dashboard.domain.access import Person, Role
from dashboard.domain.records import TABLES
from dashboard.errors import DraftError, PermissionDeniedError, RecordNotFoundError
from dashboard.geocoding import Gazetteer, resolve
from dashboard.importers.package import read_package
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.drafts.draft import DraftState
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.editing.drafting import resume, submit
from dashboard.workflows.layers.datasets import layer_dataset
from dashboard.workflows.layers.frames import build_layer_frames
from dashboard.workflows.layers.promote import add_source, promote
from dashboard.workflows.layers.twins import Twin, cited_pairs, open_twins, tell_apart, told_apart, twins_of
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
    told = {"flags": "|country_point|geocoded|", "extra": '{"where": "33.51, 36.29"}'}
    small.layers.put(about, [batch({}, SITE, told)], Operation.new("Ada", "import layer", "clashes"))
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


def test_a_place_found_by_name_stays_one_that_can_be_looked_up(
    small: Any, library: Any, gazetteer_file: Path
) -> None:
    with Gazetteer.open(gazetteer_file) as gazetteer:
        chosen = resolve("Casablanca", gazetteer=gazetteer, country="MA").chosen
        assert chosen is not None
        entry = chosen.entry
        found = {
            "place": "Casablanca", "country": "MA", "lat": entry.lat, "lon": entry.lon, "flags": "|geocoded|",
            "precision": entry.precision, "precision_m": entry.precision_m,
        }  # fmt: skip
        about, moved = LayerAbout("found", "Found"), {**found, "lat": 10.0}
        small.layers.put(about, [batch(found, moved)], Operation.new("Ada", "import layer", "found"))
        layer = layer_dataset(small.layers, small.layers.get("found"), EXACT)
        assert layer.library.get("0").locations[0].method == "gazetteer"

        def look(name: str, country: str) -> Any:
            return resolve(name, gazetteer=gazetteer, country=country)

        drafts = [promote(small, ADA, layer, one, library, resolve=look).dossier for one in ("0", "1")]
    same, elsewhere = (one.locations[0] for one in drafts if one is not None)
    assert (same.method, same.place_id) == ("gazetteer", entry.place_id)
    assert (elsewhere.method, elsewhere.place_id) == ("hand", "")
    assert "found by its name" in elsewhere.reason
    for record in small.drafts.list(author_id="pe-ada"):
        work = resume(small, ADA, record.id)
        submit(small, ADA, work, library, why="", operation_id=record.id)


def test_a_point_of_a_grid_is_said_to_be_one(small: Any, layer: Any) -> None:
    coarse = layer_dataset(
        small.layers, small.layers.get("clashes"), Audience(1.0, protected=False, key=b"k")
    )
    (place,) = coarse.library.get("0").locations
    assert (place.lat, place.method) != (33.51, "source")
    assert "grid" in place.reason
    (row,) = coarse.library.as_written("2")
    assert (row.flags, row.extra) == (("geocoded",), {})
    (exact,) = layer.library.as_written("2")
    assert (exact.flags, exact.extra) == (("country_point", "geocoded"), {"where": "33.51, 36.29"})
    assert layer.library.get("0").locations[0].method == "source"


def test_the_same_fact_adds_a_source_and_nothing_else(small: Any, layer: Any, library: Any) -> None:
    before, _ = small.repository.dossier("ev-order")
    draft = add_source(small, ADA, layer, "0", to="ev-order", seen=lambda one: one)
    after = draft.dossier
    assert after is not None
    assert (after.record, after.locations, after.statuses) == (
        before.record,
        before.locations,
        before.statuses,
    )
    (added,) = set(after.citations) - set(before.citations)
    assert (added.locator, added.field, added.stance) == ("data:clashes, record 0, row 2", "", "supports")
    assert added.source_id in {one.id for one in set(after.sources) - set(before.sources)}
    assert add_source(small, ADA, layer, "0", to="ev-order", seen=lambda one: one).version == draft.version
    submit(small, ADA, resume(small, ADA, draft.id), library, why="", operation_id="wish")
    with pytest.raises(PermissionDeniedError):
        add_source(small, Person("pe-ro", "Ro", Role.READER), layer, "0", to="ev-order", seen=lambda one: one)
    with pytest.raises(RecordNotFoundError):
        add_source(small, ADA, layer, "gone", to="ev-order", seen=lambda one: one)


def test_what_is_cited_or_told_apart_is_not_suggested_again(small: Any, layer: Any, library: Any) -> None:
    small.layers.publish("clashes", Operation.new("Bo", "publish layer", "clashes"))
    twins = (Twin("0", "ev-order"), Twin("1", "ev-order"))
    layer.frames.memo.get(("twins", "v"), lambda: twins)
    atlas = build_frames(small.repository.read_tables(), "v")
    assert open_twins(layer, atlas, "", frozenset()) == twins
    tell_apart(small, ADA, layer.layer, ("0", "ev-order"), why="", operation_id="a")
    apart = told_apart(small, layer.layer)
    assert apart == {("0", "ev-order")}
    assert open_twins(layer, atlas, "", apart) == twins[1:]
    assert told_apart(small, "data:other") == frozenset()
    hidden = LayerAbout("hidden", "Hidden")
    small.layers.put(hidden, [batch({})], Operation.new("Cy", "import layer", "hidden", person_id="pe-cy"))
    with pytest.raises(RecordNotFoundError):
        tell_apart(small, ADA, "data:hidden", ("0", "ev-order"), why="", operation_id="c")
    with pytest.raises(PermissionDeniedError):
        tell_apart(
            small, Person("pe-ro", "Ro", Role.READER), layer.layer, ("1", "x"), why="", operation_id="b"
        )
    evidence = library.get("ev-order")
    cited = replace(evidence.citations[0], locator="data:clashes, record 1, row 3")
    with_it = replace(
        library,
        evidence={**library.evidence, "ev-order": replace(evidence, citations=(*evidence.citations, cited))},
    )
    assert cited_pairs(layer, twins, with_it) == {("1", "ev-order")}
    assert cited_pairs(layer, twins, library) == frozenset()
