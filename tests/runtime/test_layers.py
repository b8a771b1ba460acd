import threading
import time
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import func, insert, select

from dashboard.domain.access import ANONYMOUS, LOCAL, Person, Role
from dashboard.errors import RecordNotFoundError, StoreError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.runtime import Runtime
from dashboard.runtime import layer_shelf as layer_shelf_module
from dashboard.runtime import upkeep as upkeep_module
from dashboard.runtime.upkeep import Upkeep
from dashboard.store.database.engine import reading, writing
from dashboard.store.layers.changing import hide
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.tables import LAYER_IMPORTS
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience

ABOUT = LayerAbout("clashes", "Clashes", "#AA3377", "CC BY 4.0")
COARSE = Audience(1.0, protected=True, key=b"secret")
ROW: dict[str, Any] = {
    "row": 2, "external_id": "c-1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY",
    "lat": 33.51234567, "lon": 36.29876543, "precision": "near", "precision_m": 2500,
    "original_precision": "2",
    "actors": "", "products": "", "source": "", "source_url": "", "notes": "", "extra": "", "flags": "",
}  # fmt: skip


def put(atlas: Runtime, name: str = "A clash", *, publish: bool = True, person_id: str = "pe-ada") -> None:
    batch = pa.RecordBatch.from_pylist([{**ROW, "name": name}], schema=LAYER_ROWS)
    operation = Operation(
        Operation.new("Ada", "import layer", "clashes").id,
        "Ada",
        "import layer",
        "clashes",
        person_id=person_id,
    )
    atlas.store.layers.put(ABOUT, [batch], operation, publish=publish)


def names(atlas: Runtime, audience: Audience = EXACT) -> list[str]:
    dataset = atlas.view(audience).dataset("data:clashes")
    return [] if dataset is None else dataset.frames.records["name"].tolist()


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not holds() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return holds()


def test_a_published_layer_stands_beside_the_atlas(atlas: Runtime) -> None:
    before = atlas.view(EXACT)
    assert before.datasets == ()
    put(atlas)
    view = atlas.view(EXACT)
    (dataset,) = view.datasets
    assert (dataset.layer, dataset.title, dataset.licence, dataset.colour) == (
        "data:clashes", "Clashes", "CC BY 4.0", "#AA3377",
    )  # fmt: skip
    assert view.frames() is before.frames()
    assert view.payload(dataset.frames.version)
    library, own, found = view.home_of("data:clashes/c-1")
    assert (library.name(own), found) == ("A clash", dataset)
    assert library.get(own).locations[0].lat == 33.51234567


def test_each_audience_has_the_layer_as_it_may_see_it(atlas: Runtime) -> None:
    put(atlas)
    view = atlas.view(COARSE)
    (dataset,) = view.datasets
    exact = atlas.view(EXACT).datasets[0]
    assert dataset.frames.version != exact.frames.version
    assert "33.512" not in repr(dataset.library.get("c-1")) + dataset.frames.placements.to_csv()
    with pytest.raises(KeyError):
        view.payload(exact.frames.version)


def test_a_new_import_takes_the_place_of_the_one_before(atlas: Runtime) -> None:
    put(atlas)
    old = atlas.view(EXACT).datasets[0].frames.version
    put(atlas, "Another name")
    assert names(atlas) == ["Another name"]
    assert atlas.view(EXACT).payload(old)  # a page drawn a moment ago asks for it still
    atlas.store.layers.remove("clashes", Operation.new("Ada", "remove layer", "clashes"))
    assert names(atlas) == []


def test_a_process_that_watches_brings_layers_by_itself(atlas: Runtime, make_runtime: Any) -> None:
    other = make_runtime()
    other.watch()
    assert names(other) == []
    put(atlas)
    assert until(lambda: names(other) == ["A clash"])
    put(atlas, "Another name")
    assert until(lambda: names(other) == ["Another name"])


def test_a_page_does_not_wait_for_a_layer(atlas: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    build = layer_shelf_module.layer_dataset

    def slow(*arguments: Any) -> Any:
        go_on.wait(30)
        return build(*arguments)

    monkeypatch.setattr(layer_shelf_module, "layer_dataset", slow)
    atlas.watch()
    names(atlas)
    put(atlas)
    assert until(lambda: atlas._watch.look().layers_version == 1)
    assert names(atlas) == []
    go_on.set()
    assert until(lambda: names(atlas) == ["A clash"])


def test_a_draft_that_somebody_looked_at_does_not_stand_in_for_the_published_layer(
    atlas: Runtime, make_runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_runtime()
    other.watch()
    assert names(other) == []
    put(atlas, "Never published", publish=False)
    other.draft_layer(LOCAL, "clashes")
    put(atlas, "Mended", publish=False)
    go_on, asked = threading.Event(), threading.Event()
    build = layer_shelf_module.layer_dataset

    def slow(*arguments: Any) -> Any:
        asked.set()
        go_on.wait(30)
        return build(*arguments)

    monkeypatch.setattr(layer_shelf_module, "layer_dataset", slow)
    atlas.store.layers.publish("clashes", Operation.new("Bo", "publish layer", "clashes"))
    assert until(lambda: names(other) != [] or asked.is_set())
    assert names(other) == []
    go_on.set()
    assert until(lambda: names(other) == ["Mended"])


def test_without_the_layers_the_atlas_is_still_there(atlas: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    put(atlas)

    def away() -> None:
        raise StoreError("away", "here")

    monkeypatch.setattr(type(atlas.store.layers), "list", lambda _self: away())
    assert atlas.view(EXACT).datasets == ()


def test_a_draft_is_seen_by_its_author_and_by_reviewers(atlas: Runtime) -> None:
    put(atlas, publish=False)
    assert names(atlas) == []
    author = Person("pe-ada", "Ada", Role.CONTRIBUTOR)
    for person in (author, Person("pe-bo", "Bo", Role.REVIEWER), LOCAL):
        assert atlas.draft_layer(person, "clashes").title == "Clashes (draft)"
    for person in (Person("pe-cy", "Cy", Role.CONTRIBUTOR), ANONYMOUS):
        with pytest.raises(RecordNotFoundError):
            atlas.draft_layer(person, "clashes")


def test_layers_of_before_are_let_go_of(atlas: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_shelf_module, "_KEPT_SECONDS", -1.0)
    put(atlas)
    old = atlas.view(EXACT).datasets[0].frames.version
    put(atlas, "Another name")
    view = atlas.view(EXACT)
    assert len(atlas._shelf._layers._held) == 1
    with pytest.raises(KeyError):
        view.payload(old)


def test_the_payload_of_a_draft_is_found_by_nobody_who_was_not_told_its_name(atlas: Runtime) -> None:
    put(atlas, publish=False)
    author = Person("pe-ada", "Ada", Role.CONTRIBUTOR)
    everybody = atlas.view(atlas.audience_of(author))  # where nothing is coarsened, all are one audience
    version = atlas.draft_layer(author, "clashes").frames.version
    name = atlas.draft_version(author, "clashes")
    assert version not in name
    assert everybody.payload(name).startswith(b"AAM1")
    for guess in (version, "draft-", f"draft-{version}", "draft-é"):
        with pytest.raises(KeyError):
            everybody.payload(guess)
    with pytest.raises(KeyError):
        atlas.view(COARSE).payload(name)
    with pytest.raises(RecordNotFoundError):
        atlas.draft_version(Person("pe-cy", "Cy", Role.CONTRIBUTOR), "clashes")


def test_a_layer_that_was_taken_off_the_map_is_served_no_more(atlas: Runtime) -> None:
    put(atlas)
    version = atlas.view(EXACT).datasets[0].frames.version
    assert atlas.view(EXACT).payload(version)
    hide(atlas.store.engine, "clashes", 1, Operation.new("Rev", "send back layer", "clashes", "a fault"))
    view = atlas.view(EXACT)
    assert view.datasets == ()
    with pytest.raises(KeyError):
        view.payload(version)


def test_what_nobody_finished_is_swept_away_while_the_atlas_takes_writes() -> None:
    swept, done, is_open = 0, threading.Event(), False

    def sweep() -> int:
        nonlocal swept
        swept += 1
        done.set()
        return 1

    closed = Upkeep(sweep, lambda: is_open, 0.0)
    closed.start()
    asked = threading.Event()
    opened = Upkeep(sweep, lambda: asked.set() or True, 0.0)
    opened.start()
    assert done.wait(30)
    assert asked.is_set()
    assert swept == 1
    closed.stop()
    opened.stop()


def test_sweeping_goes_on_whatever_became_of_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep_module, "EVERY_SECONDS", 0.0)
    fails: list[Exception] = [StoreError("away", "here"), RuntimeError("a fault of our own")]
    done = threading.Event()

    def sweep() -> int:
        if fails:
            raise fails.pop()
        done.set()
        return 0

    upkeep = Upkeep(sweep, lambda: True, 0.0)
    upkeep.start()
    assert done.wait(30)
    upkeep.stop()


def test_a_server_sweeps(atlas: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atlas._upkeep, "_first_seconds", 0.0)
    with writing(atlas.store.engine) as connection:
        values = ABOUT.row() | {"number": 7, "layer_id": "gone", "rows": 0, "version": "", "who": "Ada"}
        values |= {"person_id": "pe-ada", "at": "2020-01-01T00:00:00Z"}
        connection.execute(insert(LAYER_IMPORTS).values(values))

    def left() -> int:
        with reading(atlas.store.engine) as connection:
            return connection.scalar(select(func.count()).select_from(LAYER_IMPORTS)) or 0

    assert left() == 1
    atlas.watch()
    assert until(lambda: left() == 0)
