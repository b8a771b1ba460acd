"""Dossiers in the store: whoever saves has seen what they overwrite, and nothing goes without a trace."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from dashboard.domain.cells import RowError, content_version
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Citation, Site, Source
from dashboard.errors import (
    ConflictError,
    DossierError,
    OperationError,
    RecordNotFoundError,
    TextError,
    UnsureError,
)
from dashboard.importers.package import DataPackage
from dashboard.store.database.engine import writing
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store
from dashboard.store.trail import recording
from dashboard.store.trail.operations import Operation

ODD_NAMES = [
    "O'Brien \"Works\"", "100%", "a_b", "back\\slash", "a -- b", "a; DROP TABLE sites;", "%(name)s", ":name",
    "$1 ?", "${alert(1)}", "<script>", "مصنع", "工厂", "\U0001f3ed", "\u202eright to left",
]  # fmt: skip


def by(who: str = "ana", why: str = "a test") -> Operation:
    return Operation.new(who, "save", "", why, person_id=f"pe-{who}")


def named(dossier: Dossier, name: str) -> Dossier:
    return replace(dossier, record=replace(dossier.record, name=name))  # type: ignore[arg-type]


def new_site(site_id: str = "st-new", **values: Any) -> Dossier:
    site = Site(**{"id": site_id, "name": "New", "kind": "factory", **values})
    source = Source(id="so-new", publisher="New paper", kind="newspaper")
    citation = Citation(id=f"ci-{site_id[3:]}", record_id=site_id, source_id="so-new", stance="supports")
    return Dossier(site, citations=(citation,), sources=(source,))


def is_sound(repository: Repository) -> bool:
    return repository.data_version() == content_version(repository.read_tables())


def test_a_dossier_comes_with_the_revision_to_give_back(filled: Repository) -> None:
    dossier, number = filled.dossier("st-ben-slimane")
    assert number == 1
    assert [row.id for row in dossier.citations] == ["ci-plant-1", "ci-plant-2"]
    saved = filled.save_dossier(named(dossier, "Plant"), number, by("ana", "new sign"))
    assert saved.revision == 2
    assert [(c.record_id, c.field, c.after, c.who, c.why) for c in saved.changes] == [
        ("st-ben-slimane", "name", "Plant", "ana", "new sign")
    ]
    assert filled.dossier("st-ben-slimane") == (named(dossier, "Plant"), 2)
    assert filled.changes("st-ben-slimane") == saved.changes
    revision = filled.revision("st-ben-slimane")
    assert (revision.number, revision.who, revision.why, revision.deleted) == (2, "ana", "new sign", False)
    assert is_sound(filled)


def test_the_one_who_comes_second_gets_both_versions_and_saves_nothing(filled: Repository) -> None:
    dossier, number = filled.dossier("st-yard")
    filled.save_dossier(named(dossier, "Theirs"), number, by("bo"))
    before = filled.read_tables()
    with pytest.raises(ConflictError, match="st-yard was changed by bo") as caught:
        filled.save_dossier(named(dossier, "Yours"), number, by("ana"))
    error = caught.value
    assert (error.yours, error.theirs) == (named(dossier, "Yours"), named(dossier, "Theirs"))
    assert (error.who, error.revision) == ("bo", 2)
    assert filled.read_tables() == before


def test_everything_that_belongs_to_a_record_is_saved_with_it(filled: Repository) -> None:
    dossier, number = filled.dossier("st-ben-slimane")
    first, second = dossier.statuses
    place = replace(dossier.locations[0], place_id="", reason="Seen on imagery.", lat=33.62)
    extra = replace(dossier.citations[1], id="ci-plant-3", source_id="so-new")
    source = Source(id="so-new", publisher="New paper", kind="newspaper")
    changed = replace(
        dossier,
        locations=(place, replace(place, id="lo-plant-2")),
        statuses=(replace(first, citation_id="ci-plant-3"), replace(second, id="ss-ben-slimane-3")),
        citations=(dossier.citations[1], extra),
        sources=(source, *(s for s in dossier.sources if s.id == "so-paper")),
    )
    # The operating status and its citation change hands; the first citation goes with its source.
    changed = replace(
        changed, statuses=(changed.statuses[0], replace(changed.statuses[1], citation_id="ci-plant-2"))
    )
    saved = filled.save_dossier(changed, number, by())
    assert filled.dossier("st-ben-slimane") == (changed, 2)
    gone = {c.record_id for c in saved.changes if c.field == "id" and not c.after}
    assert gone == {"ci-plant-1", "ss-ben-slimane-2"}
    assert filled.get_source("so-agency").publisher == "Agency"
    assert is_sound(filled)


def test_a_new_record_is_made_once(filled: Repository) -> None:
    assert filled.save_dossier(new_site(), 0, by()).revision == 1
    with pytest.raises(ConflictError) as caught:
        filled.save_dossier(named(new_site(), "Other"), 0, by("bo"))
    assert caught.value.theirs == new_site()
    with pytest.raises(RecordNotFoundError):
        filled.save_dossier(new_site("st-none"), 3, by())
    assert is_sound(filled)


def test_saving_what_is_there_already_makes_no_revision(filled: Repository) -> None:
    dossier, number = filled.dossier("st-yard")
    version = filled.data_version()
    saved = filled.save_dossier(dossier, number, by())
    assert (saved.revision, saved.changes) == (1, ())
    assert filled.data_version() == version


def test_a_repeated_operation_changes_nothing_and_gives_the_first_answer(
    store: Store, filled: Repository
) -> None:
    dossier, number = filled.dossier("st-yard")
    operation = by()
    first = filled.save_dossier(named(dossier, "Mine"), number, operation)
    filled.save_dossier(named(dossier, "Later"), first.revision, by("bo"))
    head = store.trail.head()
    assert filled.save_dossier(named(dossier, "Mine"), number, operation) == first
    assert filled.get_site("st-yard").name == "Later"
    assert store.trail.head() == head


def test_a_save_whose_answer_is_lost_is_kept_once(
    store: Store, filled: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[str] = []

    @contextmanager
    def deaf(engine: Engine, *, thorough: bool = False) -> Iterator[Connection]:
        with writing(engine, thorough=thorough) as connection:
            yield connection
        if not lost:
            lost.append("the first answer")
            raise UnsureError("The database went away while it was saving", "here")

    monkeypatch.setattr(recording, "writing", deaf)
    dossier, number = filled.dossier("st-yard")
    saved = filled.save_dossier(named(dossier, "Mine"), number, by())
    assert lost
    assert (saved.revision, [c.after for c in saved.changes]) == (2, ["Mine"])
    assert filled.revision("st-yard").number == 2
    assert store.trail.head().sequence == 2


def test_an_operation_id_serves_one_purpose_only(filled: Repository) -> None:
    dossier, number = filled.dossier("st-yard")
    operation = by()
    filled.save_dossier(named(dossier, "Mine"), number, operation)
    for other in (
        replace(operation, who="bo"),
        replace(operation, action="delete"),
        replace(operation, subject="st-yard"),
        replace(operation, person_id="pe-bo"),
    ):
        with pytest.raises(OperationError):
            filled.save_dossier(named(dossier, "Yours"), 2, other)
    assert filled.get_site("st-yard").name == "Mine"


def test_a_refused_operation_may_be_tried_again(filled: Repository) -> None:
    dossier, number = filled.dossier("st-yard")
    operation = by()
    with pytest.raises(ConflictError):
        filled.save_dossier(named(dossier, "Mine"), number + 1, operation)
    assert filled.save_dossier(named(dossier, "Mine"), number, operation).revision == 2


def test_a_changed_source_is_a_change_of_all_that_cite_it(filled: Repository) -> None:
    ours, number = filled.dossier("st-yard")
    theirs, their_number = filled.dossier("ev-meeting")
    paper = replace(ours.sources[0], title="Great days")
    saved = filled.save_dossier(replace(ours, sources=(paper,)), number, by("ana"))
    assert [(c.record_id, c.field, c.after) for c in saved.changes] == [("so-paper", "title", "Great days")]
    # Somebody who edits another record that cites it would put the old words back without seeing it.
    with pytest.raises(ConflictError, match="ana"):
        filled.save_dossier(replace(theirs, locations=()), their_number, by("bo"))
    assert filled.revision("ac-state").number == 2
    assert filled.revision("ev-order").number == 1
    assert filled.get_source("so-paper").title == "Great days"


def taken(part: str, **values: Any) -> Callable[[Any, Any], Any]:
    """Take the first row of another dossier over into one, as it is or made its own."""

    def change(dossier: Any, other: Any) -> Any:
        return replace(
            dossier, **{part: (*getattr(dossier, part), replace(getattr(other, part)[0], **values))}
        )

    return change


def recorded(**values: Any) -> Callable[[Any, Any], Any]:
    return lambda dossier, _: replace(dossier, record=replace(dossier.record, **values))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (taken("locations"), "lo-plant is a place of st-ben-slimane"),
        (taken("citations"), "ci-plant-1 speaks of st-ben-slimane"),
        (taken("locations", record_id="st-yard"), "lo-plant belongs to st-ben-slimane"),
        (taken("citations", record_id="st-yard"), "ci-plant-1 belongs to st-ben-slimane"),
        (taken("statuses", site_id="st-yard", citation_id="ci-yard"), "ss-ben-slimane-1 belongs"),
        (taken("locations", record_id="st-yard", id="lo-yard-2", place_id="pl-none"), "place_id is no id"),
        (recorded(operators=("ac-nobody",)), "operators is no id"),
        (recorded(kind="castle"), "site_kinds"),
        (lambda dossier, _: replace(dossier, citations=(), sources=()), "no supporting citation"),
    ],
)
def test_a_dossier_that_does_not_hold_together_is_refused(
    filled: Repository, change: Callable[..., Any], words: str
) -> None:
    dossier, number = filled.dossier("st-yard")
    before = filled.read_tables()
    with pytest.raises(DossierError, match=words):
        filled.save_dossier(change(dossier, filled.dossier("st-ben-slimane")[0]), number, by())
    assert filled.read_tables() == before


def test_nobody_becomes_their_own_parent(filled: Repository) -> None:
    dossier, number = filled.dossier("ac-state")
    assert isinstance(dossier.record, Actor)
    with pytest.raises(DossierError, match="own parent"):
        filled.save_dossier(
            replace(dossier, record=replace(dossier.record, parent=("ac-maker",))), number, by()
        )


def test_odd_names_survive_to_the_letter(filled: Repository) -> None:
    for number, name in enumerate(ODD_NAMES):
        site_id = f"st-new-{number}"
        filled.save_dossier(new_site(site_id, name=name, notes=name), 0, by("O'Hara %s", f"why {name}"))
        assert filled.get_site(site_id).name == filled.get_site(site_id).notes == name
        change = filled.changes(site_id)[0]
        assert (change.who, change.why) == ("O'Hara %s", f"why {name}")
        with pytest.raises(RecordNotFoundError):
            filled.get_site(name)
    assert len(filled.read_table(Site)) == 2 + len(ODD_NAMES)
    assert is_sound(filled)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "a\x1bb"])
def test_what_no_database_keeps_is_refused_before_it_gets_there(
    store: Store, filled: Repository, text: str
) -> None:
    before = filled.read_tables()
    with pytest.raises(RowError, match="name"):
        filled.save_dossier(new_site(name=text), 0, by())
    for field in ("who", "why", "subject", "action"):
        with pytest.raises(TextError, match="not kept"):
            replace(by(), **{field: text})
    assert filled.read_tables() == before
    assert filled.citations_of(text) == filled.changes(text) == filled.revisions(text) == ()
    for look in (
        lambda: filled.dossier(text),
        lambda: filled.revision(text),
        lambda: filled.delete_record(text, 1, by()),
        lambda: filled.restore_record(text, by()),
        lambda: filled.remove_place(text, by()),
        lambda: store.protections.set(text, 1, by()),
        lambda: store.protections.remove(text, by()),
        lambda: store.drafts.get(text),
        lambda: store.drafts.submit(text, 1, by()),
    ):
        with pytest.raises(RecordNotFoundError):
            look()
    assert store.trail.list(subject=text) == store.drafts.list(author_id=text) == ()


@pytest.mark.parametrize(
    "values",
    [{"who": ""}, {"who": "a\nb"}, {"who": "x" * 201}, {"why": "x" * 10_001}, {"id": ""}, {"who": " a"}],
)
def test_an_operation_says_who_in_one_line(values: Any) -> None:
    with pytest.raises(TextError):
        replace(by(), **values)


def test_what_others_refer_to_stays_and_they_are_named(filled: Repository) -> None:
    for record_id, others in {
        "st-yard": "ev-order",
        "ac-ministry": "ac-maker, ev-meeting, st-ben-slimane",
        "ev-meeting": "ev-order",
    }.items():
        with pytest.raises(DossierError, match=f"{record_id} is named by {others}"):
            filled.delete_record(record_id, 1, by())
    with pytest.raises(DossierError, match="Say why"):
        filled.delete_record("ev-order", 1, by(why=""))
    with pytest.raises(ConflictError):
        filled.delete_record("ev-order", 2, by())
    with pytest.raises(RecordNotFoundError):
        filled.delete_record("ev-none", 1, by())


def test_a_deleted_record_comes_back_as_it_was(filled: Repository) -> None:
    before = filled.read_tables()
    dossier, _ = filled.dossier("ev-order")
    gone = filled.delete_record("ev-order", 1, by("bo", "never signed"))
    assert gone.revision == 2
    assert {c.record_id for c in gone.changes} == {"ev-order", "lo-order", "ci-order"}
    with pytest.raises(RecordNotFoundError):
        filled.dossier("ev-order")
    assert filled.citations_of("ev-order") == filled.locations_of("ev-order") == ()
    (kept,) = filled.deleted()
    assert (kept.record_id, kept.table, kept.dossier) == ("ev-order", "events", dossier)
    assert (kept.who, kept.why, kept.revision) == ("bo", "never signed", 2)
    assert filled.revision("ev-order").deleted
    assert is_sound(filled)
    for number in (1, 2, 0):
        with pytest.raises(ConflictError) as caught:
            filled.save_dossier(dossier, number, by())
        assert caught.value.theirs is None
    assert filled.restore_record("ev-order", by("ana", "it was")).revision == 3
    assert filled.dossier("ev-order") == (dossier, 3)
    assert filled.deleted() == ()
    assert {**filled.read_tables(), "changes": ()} == {**before, "changes": ()}
    assert [r.deleted for r in filled.revisions("ev-order")] == [False, True, False]
    assert is_sound(filled)
    with pytest.raises(RecordNotFoundError):
        filled.restore_record("ev-order", by())


def test_a_record_is_not_restored_over_what_came_after(filled: Repository) -> None:
    filled.delete_record("ev-order", 1, by())
    for record_id in ("st-yard", "ac-maker"):
        dossier, number = filled.dossier(record_id)
        if record_id == "ac-maker":
            plant, plant_number = filled.dossier("st-ben-slimane")
            record = replace(plant.record, operators=())  # type: ignore[arg-type]
            filled.save_dossier(replace(plant, record=record), plant_number, by())
            filled.delete_record(record_id, number, by())
        else:
            taken = replace(dossier.citations[0], id="ci-order")
            filled.save_dossier(replace(dossier, citations=(*dossier.citations, taken)), number, by())
    with pytest.raises(DossierError) as caught:
        filled.restore_record("ev-order", by())
    assert any("ci-order belongs to st-yard" in problem for problem in caught.value.problems)
    assert any("actors" in problem for problem in caught.value.problems)


def test_a_restored_record_takes_its_sources_as_they_are_now(filled: Repository) -> None:
    filled.delete_record("ev-order", 1, by())
    plant, number = filled.dossier("st-ben-slimane")
    agency = replace(plant.sources[0], title="New title")
    filled.save_dossier(replace(plant, sources=(agency, plant.sources[1])), number, by())
    filled.restore_record("ev-order", by())
    assert filled.dossier("ev-order")[0].sources == (agency,)


def test_a_replacement_revises_deletes_and_restores_too(filled: Repository, package: DataPackage) -> None:
    events = tuple(event for event in package.tables["events"] if event.id != "ev-order")
    fewer = {
        **package.tables,
        "events": events,
        "citations": tuple(c for c in package.tables["citations"] if c.record_id != "ev-order"),
        "locations": tuple(row for row in package.tables["locations"] if row.record_id != "ev-order"),
    }
    filled.replace_all(fewer, by("seed", "new package"))
    (kept,) = filled.deleted()
    assert (kept.record_id, kept.why, kept.revision) == ("ev-order", "new package", 2)
    assert filled.revision("ev-meeting").number == 1
    filled.replace_all(package.tables, by("seed", "newer package"))
    assert filled.deleted() == ()
    assert filled.revision("ev-order").number == 3
    assert is_sound(filled)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "delete", "restore", "new", "place", "replace"]),
        st.sampled_from(["st-yard", "ev-order", "st-new", "ac-maker", "ev-meeting"]),
        st.sampled_from(["A", "B", "C"]),
    ),
    max_size=8,
)


@given(steps=STEPS)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_done_the_version_is_that_of_the_content(
    store: Store, package: DataPackage, steps: list[tuple[str, str, str]]
) -> None:
    repository = store.repository
    repository.replace_all(package.tables, by())
    for action, record_id, name in steps:
        try:
            take(repository, package, action, record_id, name)
        except (DossierError, RecordNotFoundError, ConflictError):
            continue
    assert is_sound(repository)
    assert store.trail.verify() == ()


def take(repository: Repository, package: DataPackage, action: str, record_id: str, name: str) -> None:
    if action == "new":
        repository.save_dossier(new_site(name=name), 0, by())
    elif action == "restore":
        repository.restore_record(record_id, by())
    elif action == "place":
        repository.save_place(replace(package.tables["places"][1], reason=name), by())
    elif action == "replace":
        repository.replace_all(package.tables, by())
    else:
        dossier, number = repository.dossier(record_id)
        if action == "delete":
            repository.delete_record(record_id, number, by())
        else:
            field = "title" if record_id.startswith("ev") else "name"
            record = replace(dossier.record, **{field: name})
            source = replace(dossier.sources[0], title=name)
            changed = replace(dossier, record=record, sources=(source, *dossier.sources[1:]))
            repository.save_dossier(changed, number, by())
