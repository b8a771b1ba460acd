"""Who answered, what the others said, and what becomes of errors."""

from typing import Any, Self

import pytest
from geopy.exc import GeocoderQueryError, GeocoderTimedOut, GeocoderUnavailable
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from dashboard.errors import GazetteerError
from dashboard.geocoding import Gazetteer, GazetteerGeocoder, HandDecidedPlaces
from dashboard.geocoding.geocoders.chain import Asked, ChainGeocoder
from dashboard.geocoding.geocoders.online import build_online
from dashboard.settings import Settings

RABAT = Location("Rabat", (34.02, -6.84), {"id": 1})


class Says(Geocoder):  # type: ignore[misc]
    """Says one thing."""

    def __init__(self, said: Any) -> None:
        super().__init__()
        self.said = said
        self.asked = 0
        self.open = False

    def geocode(self, query: Any, *, exactly_one: bool = True, timeout: Any = None) -> Any:  # noqa: ARG002
        self.asked += 1
        if isinstance(self.said, Exception):
            raise self.said
        return self.said

    reverse = geocode

    def __enter__(self) -> Self:
        self.open = True
        return self

    def __exit__(self, *_: object) -> None:
        self.open = False


class Choosy(Says):
    """Knows countries."""

    def geocode(self, query: Any, *, country_codes: Any = None, **options: Any) -> Any:
        assert country_codes
        return super().geocode(query, **options)


def test_the_first_that_answers_wins() -> None:
    last = Says(RABAT)
    late = GeocoderTimedOut("no answer within 10 s")
    chain = ChainGeocoder({"broken": Says(late), "ignorant": Says(None), "good": Says(RABAT), "last": last})
    place = chain.geocode("Rabat")
    assert (place.address, place.point, place.raw["id"]) == ("Rabat", RABAT.point, 1)
    assert place.raw["atlas"] == {
        "answered_by": "good",
        "asked": [
            {"name": "broken", "said": "error", "detail": "GeocoderTimedOut: no answer within 10 s"},
            {"name": "ignorant", "said": "nothing", "detail": ""},
            {"name": "good", "said": "answered", "detail": ""},
        ],
    }
    assert last.asked == 0
    assert RABAT.raw == {"id": 1}


def test_all_of_it_without_raising() -> None:
    late = GeocoderTimedOut("late")
    answer = ChainGeocoder({"broken": Says(late), "ignorant": Says([])}).ask("geocode", "Rabat")
    assert (answer.answer, answer.answered_by, answer.error) == (None, "", late)
    assert answer.asked == (Asked("broken", "error", "GeocoderTimedOut: late"), Asked("ignorant", "nothing"))
    with pytest.raises(GeocoderTimedOut):
        answer.get()


@pytest.mark.parametrize("error", [GeocoderTimedOut("late"), GazetteerError("damaged")])
def test_an_error_is_not_no_such_place(error: Exception) -> None:
    members = {"ignorant": Says(None), "broken": Says(error), "gone": Says(GeocoderUnavailable("gone"))}
    for method in ("geocode", "reverse"):
        with pytest.raises(type(error)) as caught:
            getattr(ChainGeocoder(members), method)("Rabat")
        assert caught.value is error


def test_none_when_all_know_no_such_place() -> None:
    assert ChainGeocoder({"a": Says(None), "b": Says([])}).geocode("Xyzzy") is None
    assert ChainGeocoder({"a": Says(None)}).geocode("Xyzzy", exactly_one=False) is None


def test_a_fault_of_ours_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        ChainGeocoder({"faulty": Says(ZeroDivisionError()), "good": Says(RABAT)}).geocode("Rabat")


def test_lists_are_told_about_too() -> None:
    places = ChainGeocoder({"good": Says([RABAT, RABAT])}).geocode("Rabat", exactly_one=False)
    assert [place.raw["atlas"]["answered_by"] for place in places] == ["good", "good"]


@pytest.mark.parametrize("raw", [["a"], {"atlas": "from outside"}])
def test_odd_raw_answers(raw: Any) -> None:
    place = ChainGeocoder({"odd": Says(Location("x", (1, 2), raw))}).geocode("x")
    assert place.address == "x"


def test_an_option_that_a_member_does_not_know_is_not_left_out() -> None:
    plain = Says(Location("Rabat, Malta", (35.88, 14.4), {}))
    chain = ChainGeocoder({"plain": plain, "choosy": Choosy(RABAT)})
    place = chain.geocode("Rabat", country_codes="ma")
    assert place.raw["atlas"]["answered_by"] == "choosy"
    assert place.raw["atlas"]["asked"][0]["detail"] == "does not know country_codes"
    assert plain.asked == 0
    with pytest.raises(GeocoderQueryError, match="plain does not know country_codes"):
        ChainGeocoder({"plain": plain}).geocode("Rabat", country_codes="ma")


def test_options_are_known_through_the_wrapping(settings: Settings, server: Any, fake_time: Any) -> None:
    times = {"clock": fake_time.clock, "sleep": fake_time.sleep}
    members = {
        "photon": build_online("photon", settings, **times),
        "nominatim": build_online("nominatim", settings, **times),
    }
    server.will("rabat")
    chain = ChainGeocoder({"inner": ChainGeocoder(members)})
    place = chain.geocode("Rabat", country_codes="ma", timeout=5)
    assert place.raw["atlas"]["answered_by"] == "inner"
    assert place.raw["atlas"]["provider"].startswith("nominatim:")
    assert [path for path, _ in server.asked] == ["/search"]


def test_long_errors_are_cut() -> None:
    answer = ChainGeocoder({"wordy": Says(GeocoderTimedOut("x" * 9_999))}).ask("geocode", "Rabat")
    assert len(answer.asked[0].detail) == 300


def test_it_opens_and_closes_its_members() -> None:
    member = Says(RABAT)
    with ChainGeocoder({"a": member}) as chain:
        assert chain.members["a"].open
    assert not member.open
    with pytest.raises(ValueError, match="at least one"):
        ChainGeocoder({})


def test_hand_decided_first_then_the_gazetteer_then_the_world(
    gazetteer: Gazetteer, hand_decided: HandDecidedPlaces, settings: Settings, server: Any, fake_time: Any
) -> None:
    offline = GazetteerGeocoder(gazetteer, hand_decided=hand_decided, only_resolved=True)
    online = build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)
    with ChainGeocoder({"gazetteer": offline, "nominatim": online}) as chain:
        assert chain.geocode("בן סלימאן").raw["id"] == "pl-ben-slimane"
        assert chain.geocode("Haifa").raw["country"] == "IL"
        assert server.asked == []
        server.will("rabat")
        place = chain.geocode("Springfield")
        assert place.raw["atlas"]["answered_by"] == "nominatim"
        server.will("html")
        with pytest.raises(GeocoderQueryError):
            chain.geocode("")
        assert chain.reverse((33.62, -7.12)).raw["id"] == "geonames:1"


def test_an_ambiguous_name_is_a_guess_only_when_wanted(gazetteer: Gazetteer) -> None:
    assert GazetteerGeocoder(gazetteer).geocode("Springfield") is not None
    assert GazetteerGeocoder(gazetteer, only_resolved=True).geocode("Springfield") is None
    assert GazetteerGeocoder(gazetteer, only_resolved=True).geocode("Springfield", exactly_one=False) is None
    for query in (None, 7, b"Rabat"):
        with pytest.raises(GeocoderQueryError):
            GazetteerGeocoder(gazetteer).geocode(query)  # type: ignore[arg-type]
