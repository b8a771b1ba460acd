import geopy
import pytest
from geopy.exc import GeocoderQueryError, GeocoderUnavailable
from geopy.extra.rate_limiter import RateLimiter

from dashboard.geocoding import Gazetteer, GazetteerGeocoder, HandDecidedPlaces


@pytest.fixture
def geocoder(gazetteer: Gazetteer, hand_decided: HandDecidedPlaces) -> GazetteerGeocoder:
    return GazetteerGeocoder(gazetteer, hand_decided=hand_decided)


def test_it_answers_like_geopy(geocoder: GazetteerGeocoder) -> None:
    location = geocoder.geocode("Tel Aviv", timeout=5)
    assert isinstance(location, geopy.Location)
    assert location.address == "Tel Aviv, Israel"
    assert (location.latitude, location.longitude) == (32.0809, 34.7806)
    assert location.raw["id"] == "geonames:4"
    assert set(location.raw) >= {
        "country",
        "population",
        "precision",
        "precision_m",
        "score",
        "reason",
        "source",
        "licence",
    }
    assert "CC BY 4.0" in location.raw["licence"]


def test_how_sure_it_is_stands_in_raw(geocoder: GazetteerGeocoder) -> None:
    assert geocoder.geocode("Tel Aviv").raw["status"] == "resolved"
    assert geocoder.geocode("Springfield").raw["status"] == "ambiguous"
    assert [place.raw["admin1"] for place in geocoder.geocode("Springfield", exactly_one=False)] == [
        "MO",
        "MA",
        "IL",
    ]
    assert len(geocoder.geocode("Springfield", exactly_one=False, limit=2)) == 2


@pytest.mark.parametrize("query", ["Xyzzyqwort", ""])
def test_no_answer_is_none(geocoder: GazetteerGeocoder, query: str) -> None:
    assert geocoder.geocode(query) is None
    assert geocoder.geocode(query, exactly_one=False) is None


def test_a_country_is_never_mistaken_for_a_village_of_its_name(geocoder: GazetteerGeocoder) -> None:
    raw = geocoder.geocode("Morocco").raw
    assert (raw["kind"], raw["precision"], raw["country"]) == ("country", "country", "MA")
    assert geocoder.geocode("Georgia").raw["status"] == "ambiguous"


def test_countries_and_structured_queries(geocoder: GazetteerGeocoder) -> None:
    assert geocoder.geocode("Rabat", country_codes="mt").raw["country"] == "MT"
    assert geocoder.geocode("Rabat", country_codes=["MT", "IL"]).raw["country"] == "MT"
    assert geocoder.geocode("Rabat", country_codes=["IL"]) is None
    assert geocoder.geocode({"city": "Springfield", "state": "Illinois"}).raw["admin1"] == "IL"


def test_hand_decided_places_say_why(geocoder: GazetteerGeocoder) -> None:
    raw = geocoder.geocode("בן סלימאן").raw
    assert (raw["id"], raw["source"]) == ("pl-ben-slimane", "places.csv (so-example)")
    assert "Hebrew names" in raw["reason"]


def test_reverse(geocoder: GazetteerGeocoder) -> None:
    location = geocoder.reverse((33.62, -7.12))
    assert location.raw["id"] == "geonames:1"
    assert location.raw["distance_m"] == pytest.approx(460, abs=50)
    assert geocoder.reverse("33.62, -7.12").raw["id"] == "geonames:1"
    assert geocoder.reverse(geopy.Point(0, 0)) is None
    around = geocoder.reverse((33.62, -7.12), exactly_one=False)
    assert [place.raw["distance_m"] for place in around] == sorted(p.raw["distance_m"] for p in around)
    with pytest.raises(GeocoderQueryError):
        geocoder.reverse("not a point")


def test_it_works_in_geopys_company(geocoder: GazetteerGeocoder) -> None:
    with geocoder as opened:
        limited = RateLimiter(opened.geocode, min_delay_seconds=0, swallow_exceptions=False)
        assert limited("Haifa").raw["country"] == "IL"


def test_it_asks_no_server(geocoder: GazetteerGeocoder) -> None:
    with pytest.raises(GeocoderUnavailable):
        geocoder._call_geocoder("https://example.org/", lambda answer: answer)
