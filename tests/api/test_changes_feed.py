"""The log at its addresses: what is asked for, by whom, and whether anything is new."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.changes_feed import changes_routes
from dashboard.domain.access import ANONYMOUS, Person, Role
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation

ATOM = "{http://www.w3.org/2005/Atom}"
REVIEWER = Person("p-rev", "rev", Role.REVIEWER)
ADDRESSES = ("/changes.atom", "/changes.csv")


class Gate:
    """Stands for the real one, which is tested where it is."""

    person: Person | None = None

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if Gate.person is not None:
            scope.setdefault("state", {})["person"] = Gate.person
        await self.app(scope, receive, send)


@pytest.fixture
def client_of(planted: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(planted.folder))
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "anonymous=0.1")
    monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", "header")
    monkeypatch.setenv("ARSENAL_ATLAS_COOKIE_SECRET", "s" * 40)

    def client(person: Person | None, *, anonymous: bool = True) -> TestClient:
        monkeypatch.setenv("ARSENAL_ATLAS_ANONYMOUS_READING", str(anonymous))
        monkeypatch.setattr(Gate, "person", person)
        return TestClient(Starlette(routes=changes_routes(), middleware=[Middleware(Gate)]))

    return client


def edit(name: str, lat: float = 33.58881234) -> None:
    repository = runtime().repository
    dossier, revision = repository.dossier("st-yard")
    record = replace(dossier.record, name=name)  # type: ignore[call-arg]  # a site
    place = replace(dossier.locations[0], lat=lat, reason=f"Seen at {lat}, -7.61679876")
    operation = Operation.new("rev", "save", "st-yard", f"It is at {lat}, -7.61679876")
    repository.save_dossier(replace(dossier, record=record, locations=(place,)), revision, operation)


def entries(text: str) -> list[str]:
    return [one.findtext(f"{ATOM}title") or "" for one in fromstring(text).iter(f"{ATOM}entry")]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_who_has_to_sign_in_gets_it_without(client_of, address):
    assert client_of(None, anonymous=False).get(address).status_code == 401


@pytest.mark.parametrize("address", ADDRESSES)
def test_exact_digits_are_for_those_who_review(client_of, planted, address):
    client = client_of(REVIEWER)
    edit("Dock")
    _, revision = runtime().repository.dossier("ev-order")
    gone = Operation.new("rev", "delete", "ev-order", "It was at 33.51231234 N")
    runtime().repository.delete_record("ev-order", revision, gone)
    found = client.get(address)
    assert "33.58881234" in found.text
    assert planted.traces(found.text)
    assert ">rev<" in found.text or '"rev"' in found.text
    for version in ("", runtime().all_published()[1].version):
        answer = client_of(ANONYMOUS).get(address, params={"version": version} if version else {})
        assert answer.status_code == 200
        assert "Dock" in answer.text
        assert planted.traces(answer.text) == []
        assert [digits for digits in ("33.588", "8881", ">rev<", '"rev"') if digits in answer.text] == []


def test_the_feed_gives_what_is_asked_for(client_of):
    client = client_of(REVIEWER)
    first = runtime().all_published()[0].version
    edit("Dock")
    edit("Pier", 33.5)
    assert entries(client.get("/changes.atom").text)[:2] == ["Changed: Pier", "Changed: Pier"]
    assert len(entries(client.get("/changes.atom?limit=1").text)) == 1
    assert len(entries(client.get("/changes.atom?change=deleted").text)) == 1
    assert entries(client.get("/changes.atom?since=2999-01-01").text) == []
    assert "Changed: Pier" not in entries(client.get("/changes.atom", params={"version": first}).text)
    rows = list(csv.DictReader(io.StringIO(client.get("/changes.csv?of=st-yard").text, newline="")))
    assert {row["record_id"] for row in rows} == {"st-yard"}
    assert [row["after"] for row in rows if row["field"] == "name"][:2] == ["Pier", "Dock"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_new_is_said_in_a_line(client_of, address):
    client = client_of(REVIEWER)
    first = client.get(address)
    marks = {"If-None-Match": first.headers["etag"]}
    assert first.headers["cache-control"].startswith("private")
    again = client.get(address, headers=marks)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.get(address, headers=since).status_code == 304
    early = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert client.get(address, headers=early).status_code == 200
    assert client.get(address, headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert client.get(f"{address}?change=added", headers=marks).status_code == 200
    edit("Dock")
    assert client.get(address, headers=marks).status_code == 200
    assert client_of(ANONYMOUS).get(address, headers=marks).status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "word"),
    [
        ("change=exploded", 400, "merged"),
        ("since=yesterday", 400, "2026-03-01"),
        ("until=2026-13-01", 400, "until"),
        ("limit=0", 400, "limit"),
        ("limit=99999", 400, "limit"),
        ("limit=1e3", 400, "limit"),
        ("colour=red", 400, "colour"),
        ("version=nonsense", 404, "nonsense"),
        ("version=%00%0a", 404, "version"),
    ],
)
def test_what_cannot_be_answered_is_said_in_a_sentence(client_of, query, status, word):
    for address in ADDRESSES:
        answer = client_of(ANONYMOUS).get(f"{address}?{query}")
        assert answer.status_code == status
        assert word in answer.json()["error"]
