from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import AmbiguousPlaceError, UnknownPlaceError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, resolve


@pytest.mark.parametrize(
    ("name", "place_id"),
    [
        ("Ben Slimane", "geonames:1"),
        ("Rabat", "geonames:2"),
        ("Rabat, Malta", "geonames:3"),
        ("Springfield, IL", "geonames:7"),
        ("Springfield (Illinois)", "geonames:7"),
        ("Springfield, Illinois, USA", "geonames:7"),
        ("Haifa, IL", "geonames:17"),
        ("Fort Worth, Texas", "geonames:13"),
        ("Unterlüß, Lower Saxony", "geonames:11"),
        ("Unterlüß، Germany", "geonames:11"),
        ("Unterlüß, Heidekreis", "geonames:11"),
        ("Paris", "geonames:15"),
        ("Paris, TX", "geonames:16"),
        ("New York", "geonames:14"),
        ("Kiev", "geonames:10"),
        ("Greater Rabat", "geonames:2"),
        ("City of Haifa", "geonames:17"),
    ],
)
def test_resolved(gazetteer: Gazetteer, name: str, place_id: str) -> None:
    found = resolve(name, gazetteer=gazetteer)
    assert found.status == "resolved", found.reason
    assert found.require().entry.place_id == place_id
    assert found.require().entry.precision == "locality"
    assert found.chosen in found.candidates
    assert found.reason
    assert found.name == name


def test_equals_are_ambiguous_and_listed(gazetteer: Gazetteer) -> None:
    found = resolve("Springfield", gazetteer=gazetteer)
    assert found.status == "ambiguous"
    assert found.chosen is None
    assert [candidate.entry.admin1 for candidate in found.candidates] == ["MO", "MA", "IL"]
    assert 0 <= found.margin < 0.03
    with pytest.raises(AmbiguousPlaceError) as caught:
        found.require()
    assert len(caught.value.candidates) == 3


def test_a_country_and_a_state_of_one_name_are_not_told_apart(gazetteer: Gazetteer) -> None:
    assert resolve("Georgia", gazetteer=gazetteer).status == "ambiguous"
    assert resolve("Georgia", gazetteer=gazetteer, country="GE").require().entry.kind == "country"


@pytest.mark.parametrize(
    "name", ["Xyzzyqwort", "Elbit plant, Haifa", "Rabat, Israel", "!!", "", " ", "\x00\x07", "Rabat " * 99]
)
def test_unknown_is_never_placed(gazetteer: Gazetteer, name: str) -> None:
    found = resolve(name, gazetteer=gazetteer)
    assert (found.status, found.chosen, found.margin) == ("unknown", None, 0.0)
    assert found.reason
    with pytest.raises(UnknownPlaceError):
        found.require()


def test_a_container_that_is_not_known_cannot_choose(gazetteer: Gazetteer) -> None:
    found = resolve("Paris, Freedonia", gazetteer=gazetteer)
    assert found.status == "ambiguous"
    assert "Freedonia" in found.reason


def test_a_town_contains_what_is_near_it(gazetteer: Gazetteer) -> None:
    assert resolve("Springfield, Fort Worth", gazetteer=gazetteer).status == "ambiguous"
    assert resolve("Benslimane, Rabat", gazetteer=gazetteer).require().entry.place_id == "geonames:1"


def test_a_country_alone_is_no_sharp_pin(gazetteer: Gazetteer) -> None:
    chosen = resolve("Morocco", gazetteer=gazetteer).require()
    assert (chosen.entry.precision, chosen.entry.country) == ("country", "MA")
    assert chosen.entry.precision_m > 100_000


@pytest.mark.parametrize("country", ["MT", "mt", "MLT", "Malta", " Malta "])
def test_a_stated_country_decides(gazetteer: Gazetteer, country: str) -> None:
    assert resolve("Rabat", gazetteer=gazetteer, country=country).require().entry.country == "MT"


def test_a_stated_country_excludes(gazetteer: Gazetteer) -> None:
    elsewhere = resolve("Haifa", gazetteer=gazetteer, country="MA")
    assert elsewhere.status == "unknown"
    assert "Israel" in elsewhere.reason
    assert {candidate.entry.country for candidate in elsewhere.candidates} == {"IL"}
    assert "Atlantis" in resolve("Haifa", gazetteer=gazetteer, country="Atlantis").reason


def test_a_similar_spelling_is_shown_but_not_taken(gazetteer: Gazetteer) -> None:
    assert resolve("Benslimanne", gazetteer=gazetteer).chosen is None
    assert resolve("Unterlüsx", gazetteer=gazetteer).status == "unknown"
    assert resolve("Unterlüsx", gazetteer=gazetteer, country="DE").status == "ambiguous"
    found = resolve("Unterlüsx", gazetteer=gazetteer, country="DE")
    assert found.candidates[0].entry.place_id == "geonames:11"


@pytest.mark.parametrize(
    "name", ["Ben Slimane", "Benslimane", "بن سليمان", "بنسليمان", "בן סלימאן", "Ben Slimane, Morocco"]
)
def test_hand_decided_places_win(gazetteer: Gazetteer, hand_decided: HandDecidedPlaces, name: str) -> None:
    chosen = resolve(name, gazetteer=gazetteer, hand_decided=hand_decided).require()
    assert chosen.entry.place_id == "pl-ben-slimane"
    assert chosen.score == 1


def test_a_hand_decided_place_lies_in_its_neighbours_state(
    gazetteer: Gazetteer, hand_decided: HandDecidedPlaces
) -> None:
    inside = resolve("The Armory, United States", gazetteer=gazetteer, hand_decided=hand_decided)
    assert inside.require().entry.precision == "exact"
    assert resolve("The Armory, Texas", gazetteer=gazetteer, hand_decided=hand_decided).status == "unknown"


def test_two_hand_decided_places_of_one_name_are_ambiguous(gazetteer: Gazetteer) -> None:
    row = {"name": "Range", "country": "US", "lat": 1, "lon": 1, "precision": "near", "precision_m": 5000}
    places = HandDecidedPlaces.from_rows([row | {"id": "pl-a"}, row | {"id": "pl-b", "lon": 1.01}])
    assert resolve("Range", gazetteer=gazetteer, hand_decided=places).status == "ambiguous"


@pytest.mark.parametrize(("name", "radius"), [("Unterlüß", 5_000), ("Haifa", 10_000), ("Paris", 15_000)])
def test_the_radius_grows_with_the_town(gazetteer: Gazetteer, name: str, radius: float) -> None:
    assert resolve(name, gazetteer=gazetteer).require().entry.precision_m == radius


@given(name=st.text(alphabet=st.characters(), max_size=80), country=st.none() | st.text(max_size=5))
def test_no_name_raises(small_path: Path, name: str, country: str | None) -> None:
    with Gazetteer.open(small_path) as gazetteer:
        found = resolve(name, gazetteer=gazetteer, country=country)
    assert (found.chosen is not None) == (found.status == "resolved")
    assert found.reason
