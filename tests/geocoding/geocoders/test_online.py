"""Nominatim and Photon against a server that has every bad mood there is."""

from typing import Any

import pytest
from geopy.exc import (
    ConfigurationError,
    GeocoderInsufficientPrivileges,
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)

from dashboard.errors import AtlasError
from dashboard.geocoding import Gazetteer, GazetteerGeocoder
from dashboard.geocoding.geocoders.adapter import OneRequestAdapter
from dashboard.geocoding.geocoders.cached import CachedGeocoder
from dashboard.geocoding.geocoders.chain import ChainGeocoder
from dashboard.geocoding.geocoders.online import (
    OnlineGeocoderRefusedError,
    build_online,
    checked_user_agent,
    online_geocoders,
)
from dashboard.settings import Settings


@pytest.fixture
def nominatim(settings: Settings, fake_time: Any) -> CachedGeocoder:
    return build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)


@pytest.fixture
def photon(settings: Settings, fake_time: Any) -> CachedGeocoder:
    return build_online("photon", settings, clock=fake_time.clock, sleep=fake_time.sleep)


def kept(geocoder: CachedGeocoder) -> int:
    with geocoder._file.open() as connection:
        return connection.execute("SELECT count(*) FROM answers").fetchone()[0]


def test_a_good_answer_says_where_it_is_from(server: Any, nominatim: CachedGeocoder) -> None:
    server.will("rabat")
    place = nominatim.geocode("Rabat", country_codes="ma", language="en")
    assert (place.address, place.latitude, place.longitude) == (
        "Rabat الرباط, Morocco",
        34.021845,
        -6.8408929,
    )
    assert place.raw["osm_id"] == 2799204
    assert place.raw["atlas"] == {
        "provider": f"nominatim:{server.url.removeprefix('http://')}",
        "retrieved": "2027-01-15T08:00:00+00:00",
        "licence": "© OpenStreetMap contributors, ODbL 1.0 (https://www.openstreetmap.org/copyright)",
        "terms": "",
        "cached": False,
    }
    (path, query), headers = server.asked[0], server.headers[0]
    assert path == "/search"
    assert query == {
        "q": "Rabat",
        "format": "json",
        "limit": "1",
        "countrycodes": "ma",
        "accept-language": "en",
    }
    assert headers["User-Agent"] == "kenitra-desk-atlas/1.0 (maps@kenitra-desk.press)"


def test_several_answers_keep_their_order(server: Any, nominatim: CachedGeocoder) -> None:
    server.will("rabat and sale")
    places = nominatim.geocode("Rabat-Salé", exactly_one=False, limit=2)
    assert [place.raw["place_id"] for place in places] == [7, 8]


def test_parts_of_an_address(server: Any, nominatim: CachedGeocoder, photon: CachedGeocoder) -> None:
    server.will("rabat", "photon rabat")
    query = {"city": "Rabat", "county": "", "country": "Morocco"}
    assert nominatim.geocode(query).raw["osm_id"] == 2799204
    assert photon.geocode(query).address == "Rabat, Morocco"
    assert server.asked[0][1] == {"city": "Rabat", "country": "Morocco", "format": "json", "limit": "1"}
    assert server.asked[1][1] == {"q": "Rabat, Morocco", "limit": "1"}


def test_reverse(server: Any, nominatim: CachedGeocoder, photon: CachedGeocoder) -> None:
    server.will("rabat here", "photon rabat")
    assert nominatim.reverse("34.02, -6.84").raw["place_id"] == 7
    assert nominatim.reverse((34.02, -6.84)).raw["atlas"]["cached"] is True
    assert photon.reverse((34.02, -6.84)).address == "Rabat, Morocco"
    assert nominatim.reverse((0, 0)) is None
    assert photon.reverse((0, 0)) is None
    assert [path for path, _ in server.asked] == ["/reverse"] * 4


def test_photons_point_zero(server: Any, photon: CachedGeocoder) -> None:
    server.will("photon null island")
    place = photon.geocode("Null Island")
    assert (place.latitude, place.longitude) == (0.0, 0.0)


def test_no_such_place_is_none(server: Any, nominatim: CachedGeocoder, photon: CachedGeocoder) -> None:
    server.will("nothing", "nothing", "photon nothing")
    assert nominatim.geocode("Xyzzy") is None
    assert nominatim.geocode("Xyzzy", exactly_one=False) is None
    assert photon.geocode("Xyzzy") is None


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("429 for a day", GeocoderRateLimited),
        ("400", GeocoderQueryError),
        ("403", GeocoderInsufficientPrivileges),
        ("404", GeocoderServiceError),
        ("redirect", GeocoderServiceError),
        ("html", GeocoderParseError),
        ("half", GeocoderParseError),
        ("empty", GeocoderParseError),
        ("null", GeocoderParseError),
        ("empty object", GeocoderParseError),
        ("a number", GeocoderParseError),
        ("words", GeocoderParseError),
        ("list of words", GeocoderParseError),
        ("no latin", GeocoderParseError),
        ("no point", GeocoderParseError),
        ("beyond the pole", GeocoderParseError),
        ("no name", GeocoderParseError),
        ("NaN", GeocoderParseError),
        ("error", GeocoderQueryError),
        ("a deep hole", GeocoderParseError),
        ("too much", GeocoderParseError),
    ],
)
def test_nominatims_moods_that_nobody_tries_twice(
    server: Any, nominatim: CachedGeocoder, mood: str, error: type[Exception]
) -> None:
    server.will(mood)
    with pytest.raises(error) as caught:
        nominatim.geocode("Rabat")
    assert len(str(caught.value)) < 400
    assert len(server.asked) == 1
    assert kept(nominatim) == 0


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("429", GeocoderRateLimited),
        ("429 by date", GeocoderRateLimited),
        ("429 by no date", GeocoderRateLimited),
        ("429 without a word", GeocoderRateLimited),
        ("500", GeocoderServiceError),
        ("502", GeocoderServiceError),
        ("503", GeocoderTimedOut),
        ("silent", GeocoderTimedOut),
        ("broken off", GeocoderUnavailable),
    ],
)
def test_moods_that_may_pass_are_tried_three_times(
    server: Any, nominatim: CachedGeocoder, mood: str, error: type[Exception]
) -> None:
    server.will(mood, mood, mood)
    with pytest.raises(error) as caught:
        nominatim.geocode("Rabat", timeout=0.5 if mood == "silent" else 20)
    assert type(caught.value) is error
    server.wait_for(3)
    assert server.names == ["Rabat"] * 3
    assert kept(nominatim) == 0
    server.will("rabat")
    assert nominatim.geocode("Rabat").raw["place_id"] == 7
    assert kept(nominatim) == 1


@pytest.mark.parametrize(
    "mood", ["html", "half", "empty", "null", "words", "rabat", "empty object", "photon nowhere"]
)
def test_photons_moods(server: Any, photon: CachedGeocoder, mood: str) -> None:
    server.will(mood)
    with pytest.raises(GeocoderParseError):
        photon.geocode("Rabat")
    assert kept(photon) == 0


def test_html_is_called_html(server: Any, nominatim: CachedGeocoder) -> None:
    server.will("html")
    with pytest.raises(GeocoderParseError, match=r"an HTML page.*begins '<!DOCTYPE"):
        nominatim.geocode("Rabat")


def test_a_server_that_is_gone(settings: Settings, server: Any, fake_time: Any) -> None:
    geocoder = build_online("nominatim", settings, clock=fake_time.clock, sleep=fake_time.sleep)
    server.close()
    with pytest.raises(GeocoderUnavailable, match="cannot be reached"):
        geocoder.geocode("Rabat")


def test_half_a_letter_in_an_answer_is_kept_and_given(server: Any, nominatim: CachedGeocoder) -> None:
    server.will("half a letter")
    assert nominatim.geocode("Rabat").raw["note"] == "\ud800"
    assert nominatim.geocode("Rabat").raw["note"] == "\ud800"
    assert len(server.asked) == 1


def test_a_trickling_answer_is_cut_off(server: Any, fake_time: Any) -> None:
    adapter = OneRequestAdapter(proxies={}, ssl_context=None, clock=fake_time.clock)
    server.will_pause(lambda: fake_time.pass_by(seconds=11))
    with adapter, pytest.raises(GeocoderTimedOut):
        adapter.get_text(f"{server.url}/search?q=Rabat", timeout=10, headers={})
    server.will_pause(lambda: fake_time.pass_by(seconds=9))
    with adapter:
        assert "Rabat" in adapter.get_text(f"{server.url}/search?q=Rabat", timeout=10, headers={})


@pytest.mark.parametrize(
    "query",
    [
        "",
        " \t\n",
        "R" * 10_000,
        "Ra\x00bat",
        "Rabat\x1b[31m",
        "Rab\ud800at",
        "34.02, -6.84",
        "34.02 -6.84",
        None,
        float("nan"),
        34,
        b"Rabat",
        {},
        {"city": ""},
        {"city": "R" * 301},
    ],
)
def test_what_is_no_name_is_not_sent(server: Any, nominatim: CachedGeocoder, query: Any) -> None:
    with pytest.raises(GeocoderQueryError) as caught:
        nominatim.geocode(query)
    assert len(str(caught.value)) < 200
    assert server.asked == []


@pytest.mark.filterwarnings("ignore:Latitude normalization")
@pytest.mark.parametrize("query", ["", "Rabat", "91, 0", (float("nan"), 0), None, (None, 7.0), "1" * 5000])
def test_what_is_no_point_is_not_sent(server: Any, nominatim: CachedGeocoder, query: Any) -> None:
    with pytest.raises(GeocoderQueryError):
        nominatim.reverse(query)
    assert server.asked == []


@pytest.mark.parametrize(
    "user_agent",
    [
        "",
        "   ",
        "geopy/2.5.0",
        "python-requests/2.34.2",
        "Mozilla/5.0 (https://atlas.press)",
        "my-application",
        "my_app/1 (me@atlas.press)",
        "specify_your_app_name_here",
        "kenitra-desk-atlas/1.0",
        "kenitra-desk-atlas/1.0 (ops@example.org)",
        "kenitra-desk-atlas/1.0 (ops@atlas.press)\r\nX-Other: 1",
        "كنيترا (ops@atlas.press)",
        "a" * 201 + " (ops@atlas.press)",
    ],
)
def test_a_user_agent_that_says_nothing_is_refused(settings: Settings, user_agent: str) -> None:
    anonymous = settings.model_copy(update={"geocoder_user_agent": user_agent})
    for service in ("nominatim", "photon"):
        with pytest.raises(OnlineGeocoderRefusedError, match="ARSENAL_ATLAS_GEOCODER_USER_AGENT") as caught:
            build_online(service, anonymous)
        assert isinstance(caught.value, AtlasError)
        assert isinstance(caught.value, ConfigurationError)


@pytest.mark.parametrize(
    "user_agent", ["testimony-desk/2 (https://testimony.press)", " javelin-watch/1 ops@javelin.press "]
)
def test_a_user_agent_that_says_who_asks_is_taken(user_agent: str) -> None:
    assert checked_user_agent(user_agent) == user_agent.strip()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nominatim.press",
        "ftp://nominatim.press",
        "https://",
        "https://user:secret@nominatim.press",  # a path on purpose
        "https://nominatim.press/?key=1",
        "https://[broken",
        "https://nominatim.press:99999",
    ],
)
def test_an_unusable_address_is_refused(settings: Settings, url: str) -> None:
    with pytest.raises(OnlineGeocoderRefusedError, match="must be like https"):
        build_online("nominatim", settings.model_copy(update={"nominatim_url": url}))


def test_a_server_under_a_path(settings: Settings, server: Any) -> None:
    moved = settings.model_copy(update={"nominatim_url": f"{server.url}/geo/"})
    assert build_online("nominatim", moved, clock=lambda: 0.0).geocode("Rabat") is None
    assert server.asked[0][0] == "/geo/search"


def test_the_public_servers_terms_travel_with_the_answer(settings: Settings) -> None:
    public = Settings(cache_folder=settings.cache_folder, geocoder_user_agent=settings.geocoder_user_agent)
    nominatim, photon = build_online("nominatim", public), build_online("photon", public)
    assert nominatim.provider.name == "nominatim:nominatim.openstreetmap.org"
    assert nominatim.provider.terms == "https://operations.osmfoundation.org/policies/nominatim/"
    assert photon.provider.name == "photon:photon.komoot.io"
    assert nominatim.inner.pace.seconds == photon.inner.pace.seconds == 1.0


def test_nothing_is_online_by_default() -> None:
    assert online_geocoders(Settings()) == {}


def test_listed_services_come_behind_the_offline_ones(
    gazetteer: Gazetteer, settings: Settings, server: Any, fake_time: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_ONLINE_GEOCODERS", "photon, nominatim")
    assert Settings().online_geocoders == ("photon", "nominatim")
    with pytest.raises(OnlineGeocoderRefusedError, match="who asks"):
        online_geocoders(Settings())
    listed = settings.model_copy(update={"online_geocoders": ("photon", "nominatim")})
    offline = GazetteerGeocoder(gazetteer, only_resolved=True)
    online = online_geocoders(listed, clock=fake_time.clock, sleep=fake_time.sleep)
    chain = ChainGeocoder({"gazetteer": offline, **online})
    assert list(chain.members) == ["gazetteer", "photon", "nominatim"]
    server.will("photon nothing", "rabat")
    assert chain.geocode("Haifa").raw["atlas"]["answered_by"] == "gazetteer"
    assert server.asked == []
    place = chain.geocode("Springfield")  # ambiguous offline
    assert place.raw["atlas"]["answered_by"] == "nominatim"
    assert [one["said"] for one in place.raw["atlas"]["asked"]] == ["nothing", "nothing", "answered"]


def test_an_unknown_service_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_ONLINE_GEOCODERS", "google")
    with pytest.raises(ValueError, match="nominatim"):
        Settings()


def test_geopys_own_adapter_is_not_used(nominatim: CachedGeocoder) -> None:
    adapter = nominatim.inner.inner.adapter
    assert isinstance(adapter, OneRequestAdapter)
    for url in ("https://nominatim.openstreetmap.org", "http://localhost"):
        assert adapter.session.get_adapter(url).max_retries.total == 0
