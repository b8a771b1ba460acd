"""A person's decision: saved with its reason, winning at once, exported, taken back but not forgotten."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from dashboard.errors import PlaceDecisionError, RecordNotFoundError
from dashboard.exports.package import write_package
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, resolve
from dashboard.geocoding.countries import read_country_shapes
from dashboard.importers.package import read_package
from dashboard.settings import Settings
from dashboard.store.repository import Repository
from dashboard.workflows.check import check
from dashboard.workflows.decide_places import (
    HandDecision,
    chosen_reason,
    save_by_hand,
    take_back,
)
from dashboard.workflows.seed import package_of
from dashboard.workflows.start import open_atlas

PLANT = HandDecision(
    name="Fadesa Plant",
    point=(33.6012, -7.1345),
    precision="near",
    precision_m=3000,
    reason="The permit names the plot beside the road",
    country="MA",
)
WHO = "A. Tester"


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.fixture
def repository(tmp_path) -> Iterator[Repository]:
    opened, _ = open_atlas(Settings(db=f"sqlite:///{tmp_path / 'atlas.sqlite'}"))
    yield opened
    opened.engine.dispose()


def hand_decided(repository):
    return HandDecidedPlaces.from_rows(asdict(place) for place in repository.read_tables()["places"])


def test_a_decision_wins_at_once_and_says_why(repository, gazetteer):
    assert resolve(PLANT.name, gazetteer=gazetteer, country="MA").status == "unknown"
    before = repository.data_version()
    place = save_by_hand(repository, PLANT, WHO)
    assert repository.data_version() != before
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository), country="MA")
    assert found.chosen is not None
    assert found.chosen.entry.place_id == place.id == "pl-fadesa-plant"
    assert found.chosen.entry.point == PLANT.point
    assert PLANT.reason in found.reason


@pytest.mark.parametrize("name", ["Springfield", "Paris", "Tel Aviv", "Haifa", "Kyiv"])
def test_a_decision_wins_over_any_town_of_the_gazetteer(repository, gazetteer, name):
    save_by_hand(repository, replace(PLANT, name=name), WHO)
    found = resolve(name, gazetteer=gazetteer, hand_decided=hand_decided(repository))
    assert found.chosen is not None, found.reason
    assert found.chosen.entry.point == PLANT.point


def test_who_when_and_why_are_in_the_audit_trail(repository):
    place = save_by_hand(repository, PLANT, f"  {WHO} ")
    (change,) = repository.changes(place.id)
    assert (change.field, change.after, change.who) == ("id", place.id, WHO)
    assert PLANT.reason in change.why
    assert change.when.endswith("Z")


def test_an_exported_package_carries_it_and_still_checks(repository, tmp_path):
    place = save_by_hand(repository, replace(PLANT, reason="Line one,\nline two"), WHO)
    write_package(package_of(repository), tmp_path / "out")
    assert check(tmp_path / "out").problems == ()
    again = read_package(tmp_path / "out").tables
    assert place in again["places"]
    assert again["changes"] == repository.read_tables()["changes"]


def test_deciding_again_moves_the_same_place(repository):
    first = save_by_hand(repository, PLANT, WHO)
    second = save_by_hand(repository, replace(PLANT, name="fadesa  PLANT", point=(33.7, -7.2)), "Another")
    assert second.id == first.id
    assert second.name == first.name
    assert [p for p in repository.read_tables()["places"] if p.id == first.id] == [second]
    fields = {change.field for change in repository.changes(first.id) if change.who == "Another"}
    assert {"lat", "lon"} <= fields


def test_the_same_name_in_another_country_is_another_place(repository):
    first = save_by_hand(repository, PLANT, WHO)
    second = save_by_hand(repository, replace(PLANT, country="FR", point=(48.0, 2.0)), WHO)
    assert (first.id, second.id) == ("pl-fadesa-plant", "pl-fadesa-plant-2")


def test_what_is_taken_back_is_gone_but_not_forgotten(repository, gazetteer):
    before = repository.read_tables()
    place = save_by_hand(repository, PLANT, WHO)
    take_back(repository, place.id, "Another", "The permit was for another plot")
    after = repository.read_tables()
    assert {**after, "changes": ()} == {**before, "changes": ()}
    lost = {change.field: change.before for change in repository.changes(place.id) if change.who == "Another"}
    assert lost["reason"] == PLANT.reason
    assert lost["lat"] == "33.6012"
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository), country="MA")
    assert found.status == "unknown"
    assert save_by_hand(repository, PLANT, WHO).id == "pl-fadesa-plant-2"


def test_a_place_that_records_stand_on_stays_where_it_is(repository):
    tables = repository.read_tables()
    used = next(x.place_id for x in tables["locations"] if x.place_id.startswith("pl-"))
    place = next(p for p in tables["places"] if p.id == used)
    moved = HandDecision(place.name, (1.5, 1.5), "near", 1000, "no", place.country)
    for attempt in (
        lambda: take_back(repository, used, WHO, "no"),
        lambda: save_by_hand(repository, moved, WHO),
    ):
        with pytest.raises(PlaceDecisionError, match=f"on {place.name}"):
            attempt()
    assert repository.read_tables() == tables


def test_nothing_is_taken_back_twice(repository):
    place = save_by_hand(repository, PLANT, WHO)
    take_back(repository, place.id, WHO, "why not")
    with pytest.raises(RecordNotFoundError):
        take_back(repository, place.id, WHO, "why not")


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
def test_a_decision_that_does_not_hold_is_refused_in_words(repository, wrong, words):
    before = repository.read_tables()
    with pytest.raises(PlaceDecisionError, match=words):
        save_by_hand(repository, replace(PLANT, **wrong), WHO)
    assert repository.read_tables() == before


@pytest.mark.parametrize("who", ["", "   ", "\x00", "x" * 101])
def test_nobody_decides_without_a_name(repository, who):
    with pytest.raises(PlaceDecisionError):
        save_by_hand(repository, PLANT, who)


@pytest.mark.parametrize(
    ("point", "country", "fits"),
    [((32, -7), "MA", True), ((46, 3), "MA", False), ((46, 3), "", True), ((46, 3), "ZZ", True)],
)
def test_a_point_outside_its_country_is_questioned(repository, shapes_file, point, country, fits):
    shapes = read_country_shapes(shapes_file)
    decision = replace(PLANT, point=point, country=country)
    if country == "ZZ":  # no shape, no opinion, but no code either
        with pytest.raises(PlaceDecisionError) as caught:
            save_by_hand(repository, decision, WHO, shapes=shapes)
        assert not any("outside" in problem for problem in caught.value.problems)
    elif fits:
        assert save_by_hand(repository, decision, WHO, shapes=shapes).country == country
    else:
        with pytest.raises(PlaceDecisionError, match="outside Morocco, in France"):
            save_by_hand(repository, decision, WHO, shapes=shapes)


def test_every_fault_is_said_at_once(repository):
    with pytest.raises(PlaceDecisionError) as caught:
        save_by_hand(repository, HandDecision("", None, "none", 5, "", "XX"), "")
    assert len(caught.value.problems) >= 5


def test_the_point_of_a_town_is_never_exact(repository, gazetteer):
    found = resolve("Ben Slimane", gazetteer=gazetteer, country="MA")
    best = found.candidates[0]
    decision = HandDecision(
        "Ben Slimane", best.entry.point, "exact", 100, f"It is there. {chosen_reason(best)}", "MA"
    )
    with pytest.raises(PlaceDecisionError, match="never exact"):
        save_by_hand(repository, decision, WHO, found.candidates)
    saved = save_by_hand(repository, replace(decision, precision="locality"), WHO, found.candidates)
    assert best.entry.place_id in saved.reason
    assert "GeoNames" in saved.reason


def test_an_exact_place_may_be_decided_again(repository, gazetteer):
    exact = replace(PLANT, precision="exact", precision_m=200)
    save_by_hand(repository, exact, WHO)
    found = resolve(PLANT.name, gazetteer=gazetteer, hand_decided=hand_decided(repository))
    again = replace(exact, reason="A second source prints it")
    assert save_by_hand(repository, again, WHO, found.candidates).reason == again.reason


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", "'; DROP TABLE places; --", "=1+1", "نواصر", "北京 Plant", "a|b"]
)
def test_any_name_is_kept_to_the_letter(repository, name):
    place = save_by_hand(repository, replace(PLANT, name=name), WHO)
    assert place.name == name
    assert place in repository.read_tables()["places"]
