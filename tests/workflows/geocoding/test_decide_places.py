"""A person's decision: saved with its reason, winning at once, exported, taken back but not forgotten."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from dashboard.domain.access import LOCAL, Person
from dashboard.domain.records import Place
from dashboard.errors import ConflictError, PlaceDecisionError, RecordNotFoundError
from dashboard.exports.package import write_package
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, resolve
from dashboard.geocoding.countries import read_country_shapes
from dashboard.importers.package import read_package
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store, open_store
from dashboard.workflows.geocoding.decide_places import (
    HandDecision,
    chosen_reason,
    save_by_hand,
    take_back,
)
from dashboard.workflows.package.check import check
from dashboard.workflows.package.seed import package_of

PLANT = HandDecision(
    name="Fadesa Plant",
    point=(33.6012, -7.1345),
    precision="near",
    precision_m=3000,
    reason="The permit names the plot beside the road",
    country="MA",
)
WHO = "A. Tester"
ONE_KIND = pytest.mark.parametrize("starter_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


def named(name: str) -> Person:
    """Who decides in a local session, with the name that they give."""
    return replace(LOCAL, name=name)


@pytest.fixture
def store(starter_url) -> Iterator[Store]:
    opened = open_store(starter_url)
    yield opened
    opened.close()


@pytest.fixture
def repository(store) -> Repository:
    return store.repository


def hand_decided(repository):
    return HandDecidedPlaces.from_rows(asdict(place) for place in repository.read_tables()["places"])


def test_a_decision_wins_at_once_and_says_why(store, repository, gazetteer):
    assert resolve(PLANT.name, gazetteer=gazetteer, country="MA").status == "unknown"
    before = repository.data_version()
    place = save_by_hand(store, named(WHO), PLANT)
    assert repository.data_version() != before
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository), country="MA")
    assert found.chosen is not None
    assert found.chosen.entry.place_id == place.id == "pl-fadesa-plant"
    assert found.chosen.entry.point == PLANT.point
    assert PLANT.reason in found.reason


@ONE_KIND
@pytest.mark.parametrize("name", ["Springfield", "Paris", "Tel Aviv", "Haifa", "Kyiv"])
def test_a_decision_wins_over_any_town_of_the_gazetteer(store, repository, gazetteer, name):
    save_by_hand(store, named(WHO), replace(PLANT, name=name))
    found = resolve(name, gazetteer=gazetteer, hand_decided=hand_decided(repository))
    assert found.chosen is not None, found.reason
    assert found.chosen.entry.point == PLANT.point


def test_who_when_and_why_are_in_the_audit_trail(store, repository):
    place = save_by_hand(store, named(f"  {WHO} "), PLANT)
    (change,) = repository.changes(place.id)
    assert (change.field, change.after, change.who) == ("id", place.id, WHO)
    assert PLANT.reason in change.why
    assert change.when.endswith("Z")


def test_an_exported_package_carries_it_and_still_checks(store, repository, tmp_path):
    place = save_by_hand(store, named(WHO), replace(PLANT, reason="Line one,\nline two"))
    write_package(package_of(repository), tmp_path / "out")
    assert check(tmp_path / "out").problems == ()
    again = read_package(tmp_path / "out").tables
    assert place in again["places"]
    assert again["changes"] == repository.read_tables()["changes"]


def test_deciding_again_moves_the_same_place(store, repository):
    first = save_by_hand(store, named(WHO), PLANT)
    second = save_by_hand(store, named("Another"), replace(PLANT, name="fadesa  PLANT", point=(33.7, -7.2)))
    assert second.id == first.id
    assert second.name == first.name
    assert [p for p in repository.read_tables()["places"] if p.id == first.id] == [second]
    fields = {change.field for change in repository.changes(first.id) if change.who == "Another"}
    assert {"lat", "lon"} <= fields


def test_the_same_name_in_another_country_is_another_place(store):
    first = save_by_hand(store, named(WHO), PLANT)
    second = save_by_hand(store, named(WHO), replace(PLANT, country="FR", point=(48.0, 2.0)))
    assert (first.id, second.id) == ("pl-fadesa-plant", "pl-fadesa-plant-2")


def test_what_is_taken_back_is_gone_but_not_forgotten(store, repository, gazetteer):
    before = repository.read_tables()
    place = save_by_hand(store, named(WHO), PLANT)
    take_back(store, named("Another"), place.id, "The permit was for another plot")
    after = repository.read_tables()
    assert {**after, "changes": ()} == {**before, "changes": ()}
    lost = {change.field: change.before for change in repository.changes(place.id) if change.who == "Another"}
    assert lost["reason"] == PLANT.reason
    assert lost["lat"] == "33.6012"
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository), country="MA")
    assert found.status == "unknown"
    assert save_by_hand(store, named(WHO), PLANT).id == "pl-fadesa-plant-2"


def test_a_place_that_records_stand_on_stays_where_it_is(store, repository):
    tables = repository.read_tables()
    used = next(x.place_id for x in tables["locations"] if x.place_id.startswith("pl-"))
    place = next(p for p in tables["places"] if p.id == used)
    moved = HandDecision(place.name, (1.5, 1.5), "near", 1000, "no", place.country)
    for attempt in (
        lambda: take_back(store, named(WHO), used, "no"),
        lambda: save_by_hand(store, named(WHO), moved),
    ):
        with pytest.raises(PlaceDecisionError, match=f"on {place.name}"):
            attempt()
    assert repository.read_tables() == tables


def test_nothing_is_taken_back_twice(store):
    place = save_by_hand(store, named(WHO), PLANT)
    take_back(store, named(WHO), place.id, "why not")
    with pytest.raises(RecordNotFoundError):
        take_back(store, named(WHO), place.id, "why not")


@ONE_KIND
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "…"}, "no letters"),
        ({"name": "x" * 500}, "characters"),
        ({"point": None}, "coordinates cannot be read"),
        ({"point": (0.0, 0.0)}, "open sea"),
        ({"precision": "none"}, "no point"),
        ({"precision": "sharp"}, "vocabulary"),
        ({"precision_m": 0}, "no radius"),
        ({"country": "Morocco"}, "ISO 3166"),
        ({"reason": "  "}, "Say why|reason"),
        ({"reason": "bell \x07"}, "control character"),
        ({"reason": "x" * 3000}, "more than 2,000"),
    ],
)
def test_a_decision_that_does_not_hold_is_refused_in_words(store, repository, wrong, words):
    before = repository.read_tables()
    with pytest.raises(PlaceDecisionError, match=words):
        save_by_hand(store, named(WHO), replace(PLANT, **wrong))
    assert repository.read_tables() == before


@ONE_KIND
@pytest.mark.parametrize("who", ["", "   ", "\x00", "x" * 101])
def test_nobody_decides_without_a_name(store, who):
    with pytest.raises(PlaceDecisionError):
        save_by_hand(store, named(who), PLANT)


@ONE_KIND
@pytest.mark.parametrize(
    ("point", "country", "fits"),
    [((32, -7), "MA", True), ((46, 3), "MA", False), ((46, 3), "", True), ((46, 3), "ZZ", True)],
)
def test_a_point_outside_its_country_is_questioned(store, shapes_file, point, country, fits):
    shapes = read_country_shapes(shapes_file)
    decision = replace(PLANT, point=point, country=country)
    if country == "ZZ":  # no shape, no opinion, but no code either
        with pytest.raises(PlaceDecisionError) as caught:
            save_by_hand(store, named(WHO), decision, shapes=shapes)
        assert not any("outside" in problem for problem in caught.value.problems)
    elif fits:
        assert save_by_hand(store, named(WHO), decision, shapes=shapes).country == country
    else:
        with pytest.raises(PlaceDecisionError, match="outside Morocco, in France"):
            save_by_hand(store, named(WHO), decision, shapes=shapes)


def test_every_fault_is_said_at_once(store):
    with pytest.raises(PlaceDecisionError) as caught:
        save_by_hand(store, named(""), HandDecision("", None, "none", 5, "", "XX"))
    assert len(caught.value.problems) >= 5


def test_the_point_of_a_town_is_never_exact(store, gazetteer):
    found = resolve("Ben Slimane", gazetteer=gazetteer, country="MA")
    best = found.candidates[0]
    decision = HandDecision(
        "Ben Slimane", best.entry.point, "exact", 100, f"It is there. {chosen_reason(best)}", "MA"
    )
    with pytest.raises(PlaceDecisionError, match="never exact"):
        save_by_hand(store, named(WHO), decision, found.candidates)
    saved = save_by_hand(store, named(WHO), replace(decision, precision="locality"), found.candidates)
    assert best.entry.place_id in saved.reason
    assert "GeoNames" in saved.reason


def test_an_exact_place_may_be_decided_again(store, repository, gazetteer):
    exact = replace(PLANT, precision="exact", precision_m=200)
    save_by_hand(store, named(WHO), exact)
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository))
    again = replace(exact, reason="A second source prints it")
    assert save_by_hand(store, named(WHO), again, found.candidates).reason == again.reason


@ONE_KIND
@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "'; DROP TABLE places; --", "=1+1", "نواصر", "北京 Plant", "a|b"]
)
def test_any_name_is_kept_to_the_letter(store, repository, name):
    place = save_by_hand(store, named(WHO), replace(PLANT, name=name))
    assert place.name == name
    assert place in repository.read_tables()["places"]


def test_of_two_decisions_at_one_moment_the_second_is_told(store, repository, monkeypatch):
    before = repository.read_table(Place)
    first = save_by_hand(store, named(WHO), PLANT)
    monkeypatch.setattr(type(repository), "read_table", lambda *_: before)  # read before the first was there
    monkeypatch.setattr(type(repository), "changes", lambda *_: ())
    with pytest.raises(ConflictError, match=f"{first.id} was changed by {WHO}"):
        save_by_hand(store, named("Another"), replace(PLANT, point=(33.7, -7.2)))
    monkeypatch.undo()
    assert [place for place in repository.read_table(Place) if place not in before] == [first]


def test_who_looked_before_another_decided_is_told_both(store, repository):
    seen = repository.read_table(Place)
    theirs = save_by_hand(store, named("Eve"), PLANT)
    mine = replace(PLANT, point=(33.7, -7.2), reason="The mayor says so")
    with pytest.raises(ConflictError, match="was changed by Eve") as caught:
        save_by_hand(store, named(WHO), mine, seen=seen)
    assert caught.value.theirs == theirs
    assert (caught.value.yours.lat, caught.value.yours.reason) == (33.7, "The mayor says so")
    assert theirs in repository.read_table(Place)
    # Who has seen it may still think otherwise.
    saved = save_by_hand(store, named(WHO), mine, seen=repository.read_table(Place))
    assert (saved.id, saved.lat) == (theirs.id, 33.7)


def test_who_looked_before_another_took_the_place_back_is_told(store, repository):
    place = save_by_hand(store, named("Eve"), PLANT)
    seen = repository.read_table(Place)
    take_back(store, named("Bob"), place.id, "another plot")
    with pytest.raises(ConflictError, match="was changed by Bob") as caught:
        save_by_hand(store, named(WHO), replace(PLANT, reason="The mayor says so"), seen=seen)
    assert caught.value.theirs is None
    assert place.id not in {one.id for one in repository.read_table(Place)}


def test_a_place_that_was_decided_anew_is_not_taken_back_unseen(store, repository):
    seen = save_by_hand(store, named("Eve"), PLANT)
    now = save_by_hand(store, named("Bob"), replace(PLANT, reason="A second source prints it"))
    with pytest.raises(ConflictError, match="was changed by Bob") as caught:
        take_back(store, named(WHO), seen.id, "another plot", seen=seen)
    assert caught.value.theirs == now
    assert now in repository.read_table(Place)
    take_back(store, named(WHO), seen.id, "another plot", seen=now)
    assert now not in repository.read_table(Place)
