"""How many and how often: one too many is told so, and nobody else feels it."""

import time

import pytest

from dashboard.maps.addresses import payload_address
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation


@pytest.fixture(scope="module")
def _site(start_site):
    with start_site(sign_in="header", max_sessions=4, max_sessions_per_person=2, api_per_minute=10) as site:
        yield site


@pytest.fixture(scope="module")
def _open_site(start_site):
    settings = {"sign_in": "header", "anonymous_reading": True, "geocodings_per_minute": 10}
    with start_site(
        max_sessions=5, max_sessions_per_person=2, options=("--no-proxy-headers",), **settings
    ) as site:
        yield site


@pytest.fixture
def public(_open_site):
    """Who is not signed in may read, and all requests pass one trusted proxy."""
    yield _open_site
    _open_site.close()


@pytest.fixture
def narrow(_site):
    yield _site
    _site.close()


def person(site, name: str):
    return site.reader(**{"X-Forwarded-User": name})


def until_it_is(status: int, ask) -> None:
    end = time.monotonic() + 60
    while (answer := ask()).status_code != status:
        assert time.monotonic() < end, answer.text
        time.sleep(0.1)


def test_one_tab_too_many_of_one_person_is_told_so_and_a_closed_one_can_be_used(narrow):
    ana, rev = person(narrow, "ana"), person(narrow, "rev")
    first, _second = ana.comes_in(), ana.comes_in()
    answer = ana.get("/")
    assert answer.status_code == 429
    assert "Too many tabs" in answer.text
    assert answer.headers["retry-after"]
    assert ana.is_refused()
    assert rev.comes_in().session_id
    first.rerun()
    first.close()
    until_it_is(200, lambda: ana.get("/"))
    assert ana.connect().session_id


def test_a_full_atlas_says_so_and_those_who_are_in_go_on(narrow):
    tabs = [person(narrow, name).comes_in() for name in ("a", "b", "c", "d")]
    late = person(narrow, "late")
    answer = late.get("/")
    assert answer.status_code == 503
    assert "The atlas is full" in answer.text
    assert answer.headers["retry-after"] == "60"
    assert late.is_refused()
    assert all(tab.rerun() for tab in tabs)
    tabs[0].close()
    until_it_is(200, lambda: late.get("/"))
    assert late.connect().session_id


def guest(site, number: int):
    return site.reader(**{"X-Forwarded-For": f"192.0.2.{number}"})


def test_guests_of_one_address_do_not_keep_out_others(public):
    tabs = [guest(public, 1).comes_in() for _ in range(2)]
    third = guest(public, 1)
    answer = third.get("/")
    assert answer.status_code == 429
    assert "from your address" in answer.text
    assert third.is_refused()
    assert guest(public, 2).open_tab().session_id
    assert all(tab.rerun() for tab in tabs)


def test_guests_of_many_addresses_do_not_keep_out_who_signs_in(public):
    for number in range(4):
        guest(public, number).comes_in()
    late = guest(public, 9)
    answer = late.get("/")
    assert answer.status_code == 503
    assert "All 4 places of visitors who are not signed in are taken" in answer.text
    assert late.is_refused()
    assert person(public, "boss").open_tab().session_id


def test_a_page_is_loaded_again_although_all_places_are_taken(narrow):
    readers = [person(narrow, name) for name in ("a", "b", "c", "d")]
    for reader in readers:
        reader.comes_in()
    assert readers[0].get("/", headers={"Cache-Control": "max-age=0"}).status_code == 200


def test_the_api_is_limited_for_each_person_alone(narrow):
    eager, other = person(narrow, "eager"), person(narrow, "other")
    path = payload_address("none")
    begun, passed = time.monotonic(), 0
    while (answer := eager.get(path)).status_code == 404:
        passed += 1
        # Ten at once, and one more every six seconds that the machine took for them.
        assert passed <= 11 + (time.monotonic() - begun) / 6
    assert passed >= 10
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 6
    assert "too often" in answer.json()["error"]
    assert other.get(path).status_code == 404


@pytest.fixture
def token(narrow):
    """A token of somebody, of the right to read; and how it is taken back."""
    from dashboard.store.people.tokens import NewToken

    person(narrow, "maker").get("/")
    store = open_store(narrow.database)
    maker = store.people.find("proxy", "maker")
    expires = time.time() + 3_600
    new = NewToken(maker.id, "for a test", frozenset({"read"}), expires)
    stored, text = store.tokens.create(new, Operation.new("test", "create token", maker.id))
    yield text, lambda: store.tokens.revoke(stored.id, Operation.new("test", "revoke token", stored.id))
    store.close()


def test_a_token_opens_the_api_and_nothing_else_until_it_is_revoked(narrow, token):
    text, revoke = token
    program = narrow.reader(Authorization=f"Bearer {text}")
    assert program.get("/api/records/none").status_code == 404
    assert program.get("/").status_code == 401
    assert program.is_refused()
    revoke()
    refused = program.get("/api/records/none")
    assert refused.status_code == 401
    assert "invalid_token" in refused.headers["www-authenticate"]
