"""Every version that the trail names comes back from it as it was, or is said to be gone."""

import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from dashboard.domain.cells import content_version
from dashboard.domain.dates import UncertainDate
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Change, Place, Site
from dashboard.errors import DossierError, PlaceDecisionError, VersionGoneError
from dashboard.store.database.engine import writing
from dashboard.store.records.history import History, taken_back
from dashboard.store.records.repository import Repository, Seed
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation

Tables = dict[str, tuple[Any, ...]]


def by(action: str, subject: str = "x", why: str = "a test") -> Operation:
    return Operation.new("ana", action, subject, why)


class Editors:
    """People who write at random, the same at each run."""

    def __init__(self, repository: Repository, seed: int) -> None:
        self.repository, self.random, self.made = repository, random.Random(seed), 0  # noqa: S311  # no secret

    def any_record(self) -> str:
        tables = self.repository.read_tables()
        return str(
            self.random.choice([row.id for name in ("sites", "events", "actors") for row in tables[name]])
        )

    def edit(self) -> None:
        record_id = self.any_record()
        dossier, revision = self.repository.dossier(record_id)
        field = "title" if dossier.table == "events" else "name"
        record = replace(dossier.record, **{field: f"Name {self.random.random()}\u202e \N{SNOWMAN}"})
        self.repository.save_dossier(replace(dossier, record=record), revision, by("save", record_id))

    def move(self) -> None:
        dossier, revision = self.repository.dossier(self.any_record())
        places = tuple(
            replace(
                place, lat=round(self.random.uniform(-90, 90), 6), lon=0.00001, precision_m=None, reason=""
            )
            for place in dossier.locations
        )
        self.repository.save_dossier(replace(dossier, locations=places[1:]), revision, by("save", dossier.id))

    def add(self) -> None:
        self.made += 1
        old, _ = self.repository.dossier(self.any_record())
        site = Site(id=f"st-new-{self.made}", name=f"New {self.made}", kind="factory", names=("أ", "b"))
        citations = tuple(
            replace(
                row,
                id=f"ci-new-{self.made}-{n}",
                record_id=site.id,
                field="",
                retrieved=UncertainDate.parse("2026"),
            )
            for n, row in enumerate(old.citations[:1])
        )
        used = {row.source_id for row in citations}
        sources = tuple(replace(row, title=f"Again {self.made}") for row in old.sources if row.id in used)
        self.repository.save_dossier(Dossier(site, (), (), citations, sources), 0, by("save", site.id))

    def delete(self) -> None:
        record_id = self.any_record()
        _, revision = self.repository.dossier(record_id)
        self.repository.delete_record(record_id, revision, by("delete", record_id, "Merged into st-yard"))

    def restore(self) -> None:
        gone = self.repository.deleted()
        if gone:
            self.repository.restore_record(gone[0].record_id, by("restore", gone[0].record_id))

    def decide(self) -> None:
        self.made += 1
        place = Place(id=f"pl-new-{self.made % 2}", name=f"P {self.made}", precision="none", reason="seen")
        self.repository.save_place(place, by("decide", place.id))

    def undecide(self) -> None:
        places = self.repository.read_table(Place)
        self.repository.remove_place(self.random.choice(places).id, by("undo"))

    def replace_everything(self) -> None:
        # A package from elsewhere: half of the sites, and changes that were made there.
        tables = self.repository.read_tables()
        tables["sites"] = tuple(
            replace(row, notes=f"From elsewhere {self.random.random()}") for row in tables["sites"]
        )
        told = Change(record_id="st-yard", field="name", before="A", after="B", who="other", when="2020")
        tables["changes"] = (*tables["changes"], told)
        self.repository.replace_all(tables, by("import"))

    def anything(self) -> None:
        ways = [self.edit, self.move, self.add, self.delete, self.restore]
        ways += [self.decide, self.undecide, self.replace_everything]
        try:
            self.random.choice(ways)()
        except (DossierError, PlaceDecisionError):
            self.edit()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_version_comes_back_as_it_was(store: Store, filled: Repository, seed: int) -> None:
    editors, history = Editors(filled, seed), History(store.engine)
    were: dict[str, Tables] = {filled.data_version(): filled.read_tables()}
    for _ in range(15):
        editors.anything()
        were[filled.data_version()] = filled.read_tables()
    known = history.versions()
    assert [one.version for one in known] == list(were)
    assert [one.at for one in known] == sorted(one.at for one in known)
    now = filled.read_tables()
    for one in known:
        assert history.tables_at(one.version) == were[one.version]
        taken = history.take_back(now, known[-1], one)
        assert taken == were[one.version]
        assert content_version(taken) == one.version
    assert history.versions(known[4].sequence) == known[5:]
    # Rows that nobody touched are not made anew: a version of 100,000 records costs what changed.
    assert history.take_back(now, known[-1], known[-1])["sources"][0] is now["sources"][0]


def test_a_deleted_record_is_there_in_versions_before(store: Store, filled: Repository) -> None:
    before = filled.data_version()
    dossier, revision = filled.dossier("ev-order")
    filled.delete_record("ev-order", revision, by("delete", "ev-order"))
    assert "ev-order" not in {row.id for row in filled.read_tables()["events"]}
    then = History(store.engine).tables_at(before)
    assert dossier.record in then["events"]
    assert set(dossier.locations) <= set(then["locations"])


def test_changes_that_a_package_brought_undo_nothing(store: Store, package: Any) -> None:
    repository = store.repository
    repository.replace_all(package.tables, by("seed"), seed=Seed(package.version, "", package.descriptor))
    first = repository.data_version()
    assert len(package.tables["changes"]) == 3
    told = Change(record_id="st-yard", field="name", before="Older", after="Yard", who="a", when="2019")
    tables = {**repository.read_tables()}
    tables["changes"] = (*tables["changes"], told)
    tables["sites"] = (replace(tables["sites"][0], notes="New."), *tables["sites"][1:])
    repository.replace_all(tables, by("import"))
    history = History(store.engine)
    then = history.tables_at(first)
    assert {row.name for row in then["sites"]} == {row.name for row in package.tables["sites"]}
    numbers, brought = history.numbers(0, history.versions()[-1].last_change)
    assert len(numbers) == 5
    assert brought == {1, 2, 3, 4}
    assert [row_id for row_id, number in numbers if number not in brought] == ["st-ben-slimane"]


def test_a_version_that_nobody_knows_names_those_there_are(store: Store, filled: Repository) -> None:
    with pytest.raises(VersionGoneError, match=filled.data_version()) as caught:
        History(store.engine).tables_at("0" * 16)
    assert caught.value.version == "0" * 16
    assert caught.value.nearest == (filled.data_version(),)


def test_a_trail_that_was_tampered_with_gives_nothing_that_never_was(
    store: Store, filled: Repository
) -> None:
    before = filled.data_version()
    for name in ("One", "Two", "Three"):
        dossier, revision = filled.dossier("st-yard")
        record = replace(dossier.record, name=name)  # type: ignore[call-arg]  # a site
        filled.save_dossier(replace(dossier, record=record), revision, by("save"))
    trigger = "DROP TRIGGER changes_update"
    if store.engine.dialect.name == "postgresql":
        trigger = "ALTER TABLE changes DISABLE TRIGGER ALL"
    with writing(store.engine) as connection:
        connection.execute(text(trigger))
        connection.execute(text("UPDATE changes SET before = 'A forger' WHERE after = 'One'"))
    history = History(store.engine)
    known = history.versions()
    with pytest.raises(VersionGoneError) as caught:
        history.tables_at(before)
    assert caught.value.nearest == tuple(one.version for one in known[1:4])


@pytest.mark.parametrize(
    ("row_id", "field"), [("xx-1", "name"), ("st-yard", "nothing"), ("lo-yard", "lat"), ("st-gone", "name")]
)
def test_a_change_that_no_table_can_have_is_no_accident(
    store: Store, filled: Repository, row_id: str, field: str
) -> None:
    history, (first,) = History(store.engine), History(store.engine).versions()
    told = Change(record_id=row_id, field=field, before="not a number", after="b", who="a", when="2026")
    run = replace(history.changes(0, 0), changes={99: told})
    with pytest.raises(VersionGoneError):
        taken_back(filled.read_tables(), run, first.version)


def test_an_empty_store_has_no_versions(store: Store) -> None:
    assert History(store.engine).versions() == ()
