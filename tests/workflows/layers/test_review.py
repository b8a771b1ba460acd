"""A layer's way: described, published, sent back, taken away; and what is told of it to whom."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from dashboard.domain.access import ANONYMOUS, LOCAL, Mode, Person, Role
from dashboard.errors import (
    LayerError,
    OwnDraftError,
    PermissionDeniedError,
    RecordNotFoundError,
    TextError,
)
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.layer import LayerAbout, LayerState
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.layers.datasets import layer_dataset
from dashboard.workflows.layers.faults import fault_rows, faults_of
from dashboard.workflows.layers.history import history_of, last_importer, sent_back
from dashboard.workflows.layers.review import (
    as_known,
    describe_layer,
    import_layer,
    layers_of,
    may_change,
    publish_layer,
    remove_layer,
    send_back_layer,
    undo_import,
)
from dashboard.workflows.views.datasets import LAYER_COLOURS

ADA, CY = Person("pe-ada", "Ada", Role.CONTRIBUTOR), Person("pe-cy", "Cy", Role.CONTRIBUTOR)
BO, DI = Person("pe-bo", "Bo", Role.REVIEWER), Person("pe-di", "Di", Role.REVIEWER)
COARSE = Audience(1.0, protected=True, key=b"secret")
READER = Person("pe-ro", "Ro", Role.READER)
ROW: dict[str, Any] = {
    "row": 2, "external_id": "1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY", "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 2500,
    "original_precision": "2", "actors": "", "products": "", "source": "", "source_url": "",
    "notes": "", "extra": "", "flags": "",
}  # fmt: skip


def bring(store: Any, person: Person, *changes: dict[str, Any], file: str = "one.csv") -> None:
    rows = [{**ROW, "row": n + 2, "external_id": str(n), **one} for n, one in enumerate(changes or ({},))]
    about = LayerAbout("clashes", "Clashes", file_name=file, sha256="ab" * 32)
    batch = pa.RecordBatch.from_pylist(rows, schema=LAYER_ROWS)
    import_layer(store, person, about, [batch], operation_id=f"{person.id}-{file}")


def layer(store: Any) -> Any:
    return store.layers.get("clashes")


def late(store: Any, monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[], object]) -> None:
    """Have somebody else act in the moment before a step of the store begins."""
    real = getattr(type(store.layers), step)

    def stepped(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(type(store.layers), step, real)
        act()
        return real(*arguments, **named)

    monkeypatch.setattr(type(store.layers), step, stepped)


def test_the_history_tells_every_import_and_decision(store: Any) -> None:
    bring(store, ADA)
    bring(store, ADA, {"name": "Changed"}, {}, file="two.csv")
    publish_layer(
        store,
        BO,
        "clashes",
        number=store.layers.get("clashes").number,
        why="seen, at 33.51234, 36.29876",
        operation_id="p",
    )
    undo_import(store, BO, "clashes", why="too early", operation_id="u")
    steps = history_of(store, ADA, "clashes")
    assert [(one.action, one.who, one.number) for one in steps] == [
        ("undo import", "Bo", 1), ("publish layer", "Bo", 2),
        ("import layer", "Ada", 2), ("import layer", "Ada", 1),
    ]  # fmt: skip
    second = steps[2]
    assert (second.file, second.sha256, second.rows) == ("two.csv", "ab" * 32, 2)
    assert (second.added, second.changed, second.unchanged, second.removed) == (1, 1, 0, 0)
    assert "33.51234" in steps[1].why
    assert "33.51234" not in history_of(store, ADA, "clashes", coarse=True)[1].why


def test_readers_are_told_what_changed_and_not_who_did_it(store: Any) -> None:
    bring(store, ADA)
    with pytest.raises(RecordNotFoundError):
        history_of(store, READER, "clashes")
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="a reason", operation_id="p"
    )
    assert [(one.who, one.why, one.file) for one in history_of(store, READER, "clashes")] == [
        ("", "", "")
    ] * 2
    assert history_of(store, READER, "clashes")[-1].added == 1
    with pytest.raises(RecordNotFoundError):
        history_of(store, ANONYMOUS, "clashes")
    assert len(history_of(store, ANONYMOUS, "clashes", anonymous_reading=True)) == 2
    assert [len(layers_of(store, ANONYMOUS, anonymous_reading=one)) for one in (False, True)] == [0, 1]


@pytest.mark.parametrize("end", ["removed", "undone"])
def test_nobody_reads_of_an_older_layer_of_the_same_name(store: Any, end: str) -> None:
    bring(store, ADA, file="secret.csv")
    if end == "removed":
        remove_layer(store, ADA, "clashes", why="", operation_id="r")
    else:
        undo_import(store, ADA, "clashes", why="", operation_id="u")
    bring(store, CY, file="other.csv")
    assert [one.file for one in history_of(store, CY, "clashes")] == ["other.csv"]


def test_who_brought_the_rows_does_not_publish_them(store: Any) -> None:
    bring(store, ADA)
    bring(store, BO, {"name": "Other rows"}, file="two.csv")
    assert last_importer(store, layer(store)) == "pe-bo"
    with pytest.raises(OwnDraftError):
        publish_layer(
            store, BO, "clashes", number=store.layers.get("clashes").number, why="mine", operation_id="p"
        )
    assert (
        publish_layer(
            store, DI, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="q"
        ).state
        is LayerState.PUBLISHED
    )


def test_only_the_rows_that_were_looked_at_are_published(store: Any) -> None:
    bring(store, ADA)
    seen = layer(store)
    bring(store, ADA, {"name": "Swapped"}, file="two.csv")
    with pytest.raises(LayerError, match="meanwhile"):
        publish_layer(store, BO, "clashes", why="seen", operation_id="p", number=seen.number)
    with pytest.raises(LayerError, match="meanwhile"):
        send_back_layer(store, BO, seen, why="mend it", operation_id="s")
    with pytest.raises(LayerError, match="meanwhile"):
        describe_layer(store, ADA, seen, operation_id="d", title="Other")
    with pytest.raises(LayerError, match="say why"):
        publish_layer(
            store, BO, "clashes", number=store.layers.get("clashes").number, why=" ", operation_id="p"
        )
    assert layer(store).state is LayerState.DRAFT


@pytest.mark.parametrize("step", [undo_import, remove_layer])
def test_only_the_import_that_was_looked_at_is_taken_away(store: Any, step: Any) -> None:
    bring(store, ADA)
    seen = layer(store)
    bring(store, BO, {"name": "By a reviewer"}, file="two.csv")
    with pytest.raises(LayerError, match="meanwhile"):
        step(store, ADA, "clashes", why="", operation_id="s", number=seen.number)
    assert layer(store).number == seen.number + 1
    step(store, ADA, "clashes", why="", operation_id="t", number=layer(store).number)
    again = step(store, ADA, "clashes", why="", operation_id="t", number=seen.number + 1)
    assert again == (layer(store) if step is undo_import else None)


@pytest.mark.parametrize("step", ["put", "undo", "remove"])
def test_what_is_published_after_the_rights_were_asked_for_stays(
    store: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    bring(store, ADA)
    late(
        store,
        monkeypatch,
        step,
        lambda: publish_layer(
            store, BO, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="p"
        ),
    )
    steps: dict[str, Callable[[], object]] = {
        "put": lambda: bring(store, ADA, {"name": "Swapped"}, file="two.csv"),
        "undo": lambda: undo_import(store, ADA, "clashes", why="", operation_id="u"),
        "remove": lambda: remove_layer(store, ADA, "clashes", why="", operation_id="r"),
    }
    with pytest.raises(LayerError, match="meanwhile"):
        steps[step]()
    assert (layer(store).number, layer(store).state) == (1, LayerState.PUBLISHED)


def test_a_short_name_that_was_taken_after_the_rights_were_asked_for_is_another_persons(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(store, monkeypatch, "put", lambda: bring(store, CY))
    with pytest.raises(LayerError, match="meanwhile"):
        bring(store, ADA)
    assert layer(store).author_id == CY.id


def test_what_was_published_can_be_given_back(store: Any) -> None:
    bring(store, ADA)
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="p"
    )
    for who in (READER, ADA):
        with pytest.raises(PermissionDeniedError):
            send_back_layer(store, who, layer(store), why="no", operation_id="s")
    send_back_layer(store, BO, layer(store), why="the licence", operation_id="s")
    assert [len(layers_of(store, who)) for who in (READER, ADA, BO)] == [0, 1, 1]
    back = sent_back(history_of(store, ADA, "clashes"))
    assert back is not None
    assert (back.who, back.why) == ("Bo", "the licence")
    describe_layer(store, ADA, layer(store), operation_id="d", licence="CC BY 4.0")
    assert sent_back(history_of(store, ADA, "clashes")) == back
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="mended", operation_id="q"
    )
    assert sent_back(history_of(store, ADA, "clashes")) is None


def test_a_layer_is_described_by_its_author_until_it_is_published(store: Any) -> None:
    bring(store, ADA)
    version = layer(store).version
    describe_layer(store, ADA, layer(store), operation_id="d", title=" Better ", colour="#228833")
    about = layer(store).about
    assert (about.title, about.colour, about.file_name) == ("Better", "#228833", "one.csv")
    assert layer(store).version == version
    (entry, *_) = store.trail.list(subject="clashes")
    assert entry.details == {
        "layer": "clashes", "import": 1, "title": ["Clashes", "Better"], "colour": ["#4477AA", "#228833"],
    }  # fmt: skip
    for wrong in ({"title": ""}, {"colour": "red"}):
        with pytest.raises(TextError):
            describe_layer(store, ADA, layer(store), operation_id="e", **wrong)
    with pytest.raises(PermissionDeniedError):
        describe_layer(store, CY, layer(store), operation_id="f", title="Mine")
    before = layer(store)
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="p"
    )
    with pytest.raises(PermissionDeniedError):
        describe_layer(store, ADA, before, operation_id="g", title="Late")
    describe_layer(store, BO, layer(store), operation_id="h", title="By a reviewer")
    assert layer(store).about.title == "By a reviewer"


def test_the_next_edition_is_called_and_drawn_as_the_one_before(store: Any) -> None:
    file = LayerAbout("clashes", "clashes-2027.csv", licence="CC0")
    assert as_known(store, file).colour == LAYER_COLOURS[0]
    bring(store, ADA)
    assert as_known(store, LayerAbout("other", "Other")).colour not in {layer(store).about.colour, ""}
    described = {"title": "Clashes of all", "colour": "#228833", "citation": "Somebody (2026)"}
    describe_layer(store, ADA, layer(store), operation_id="d", **described)
    known = as_known(store, file)
    assert (known.title, known.colour, known.citation) == tuple(described.values())
    assert (known.licence, known.file_name) == ("CC0", "")
    assert as_known(store, file, new_title=True).title == "clashes-2027.csv"


def test_what_is_offered_is_what_may_be_done(store: Any) -> None:
    bring(store, ADA)
    offered = [may_change(layer(store), who, Mode.NORMAL) for who in (ADA, CY, BO, READER, LOCAL, ANONYMOUS)]
    assert offered == [True, False, True, False, True, False]
    assert not may_change(layer(store), BO, Mode.READ_ONLY)
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="p"
    )
    assert [may_change(layer(store), who, Mode.NORMAL) for who in (ADA, BO)] == [False, True]


def test_faults_are_counted_and_listed_page_by_page(store: Any) -> None:
    both = {"flags": "|swapped|country_contradicted|"}
    bring(store, ADA, *({"flags": "|swapped|"} for _ in range(55)), both, {"flags": "|geocoded|"}, {})
    counts = faults_of(store, ADA, layer(store), coarse=True)
    assert [(one.fault.code, one.rows) for one in counts] == [
        ("swapped", 56), ("country_contradicted", 1), ("geocoded", 1),
    ]  # fmt: skip
    first = fault_rows(store, ADA, layer(store), "swapped", COARSE)
    rest = fault_rows(store, ADA, layer(store), "swapped", COARSE, after=first[-1][0])
    assert [one[2] for one in (*first, *rest)] == [str(n) for n in range(56)]
    assert first[0][1:] == (2, "0", "A clash")
    assert fault_rows(store, ADA, layer(store), "swap%", COARSE) == ()


def test_faults_are_for_those_whom_they_tell_nothing_new(store: Any) -> None:
    bring(store, ADA, {"flags": "|country_point|"})
    with pytest.raises(RecordNotFoundError):
        faults_of(store, CY, layer(store), coarse=False)
    publish_layer(
        store, BO, "clashes", number=store.layers.get("clashes").number, why="seen", operation_id="p"
    )
    with pytest.raises(PermissionDeniedError, match="grid"):
        faults_of(store, CY, layer(store), coarse=True)
    for who, coarse in ((CY, False), (ADA, True), (BO, False)):
        assert len(faults_of(store, who, layer(store), coarse=coarse)) == 1


def test_an_author_whose_rows_a_reviewer_replaced_is_told_of_them_what_the_grid_tells(store: Any) -> None:
    bring(store, ADA, {"flags": "|country_point|"})
    bring(store, BO, {"flags": "|country_point|", "name": "At 33.51234, 36.29876"}, file="two.csv")
    with pytest.raises(PermissionDeniedError, match="grid"):
        faults_of(store, ADA, layer(store), coarse=True)
    with pytest.raises(PermissionDeniedError, match="grid"):
        fault_rows(store, ADA, layer(store), "country_point", COARSE)
    assert len(fault_rows(store, ADA, layer(store), "country_point", EXACT)) == 1
    undo_import(store, BO, "clashes", why="", operation_id="u")
    assert len(faults_of(store, ADA, layer(store), coarse=True)) == 1


def test_rows_with_a_fault_bear_the_ids_that_their_cards_are_found_by(store: Any) -> None:
    point = "33.51234,36.29876"
    bring(store, ADA, {"flags": "|swapped|", "external_id": point}, {"flags": "|swapped|"})
    for audience in (COARSE, EXACT):
        found = fault_rows(store, ADA, layer(store), "swapped", audience)
        shown = layer_dataset(store.layers, layer(store), audience).frames.records["record_id"]
        assert {one[2] for one in found} == set(shown)
        assert (point in set(shown)) is (audience == EXACT)
