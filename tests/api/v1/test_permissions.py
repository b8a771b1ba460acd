"""Who may ask the API for what, and how it says no."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.routes import routes
from dashboard.domain.access import ANONYMOUS, Mode, Person, Role
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation

READER = Person("p-reader", "reader", Role.READER)
ADDRESSES = [
    *(f"/api/v1/{name}" for name in ("", "openapi.json", "sites", "events/ev-order", "changes", "export")),
    *(f"/api/ogc{name}" for name in ("", "/api", "/conformance", "/collections", "/collections/sites/items")),
]


@pytest.fixture
def client_of(planted: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    """A client of somebody whom the gate has found; None without a gate."""
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(planted.folder))
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "anonymous=0.1,reader=0.1")
    monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", "header")

    class Gate:
        person: Person | None = None

        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if Gate.person is not None:
                scope.setdefault("state", {})["person"] = Gate.person
            await self.app(scope, receive, send)

    def client(person: Person | None) -> TestClient:
        Gate.person = person
        return TestClient(Starlette(routes=routes(), middleware=[Middleware(Gate)]))

    return client


def said(answer: Any) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["status"] == answer.status_code
    return str(answer.json()["detail"])


def test_whoever_is_not_signed_in_gets_nothing(client_of):
    for person in (None, ANONYMOUS):
        for address in ADDRESSES:
            answer = client_of(person).get(address)
            assert answer.status_code == 401, address
            assert "sign in first" in said(answer)


def test_a_token_does_what_it_was_made_for_and_no_more(client_of):
    reading = client_of(replace(READER, scopes=frozenset({"read"})))
    assert reading.get("/api/v1/sites").status_code == 200
    assert reading.get("/api/v1/sites?f=csv").status_code == 200
    refused = reading.get("/api/v1/export")
    assert (refused.status_code, "scope export" in said(refused)) == (403, True)
    taking = client_of(replace(READER, scopes=frozenset({"export"})))
    assert taking.get("/api/v1/export").status_code == 200
    assert taking.get("/api/ogc/collections/sites/items").status_code == 403


def test_under_maintenance_nobody_reads(client_of):
    client = client_of(READER)
    assert client.get("/api/v1/events").status_code == 200
    runtime().store.control.set_mode(Mode.MAINTENANCE, Operation.new("adm", "set mode", "atlas", "a move"))
    assert "maintenance" in said(client.get("/api/v1/events"))


def test_answers_of_two_audiences_are_never_taken_for_one_another(client_of, planted):
    coarse = client_of(READER).get("/api/v1/sites/st-yard")
    assert planted.traces(coarse.text) == []
    exact = client_of(Person("p-rev", "rev", Role.REVIEWER)).get("/api/v1/sites/st-yard")
    assert planted.traces(exact.text)
    assert coarse.headers["etag"] != exact.headers["etag"]
    named = {"If-None-Match": coarse.headers["etag"]}
    assert (
        client_of(Person("p-rev", "rev", Role.REVIEWER))
        .get("/api/v1/sites/st-yard", headers=named)
        .status_code
        == 200
    )


def test_what_was_read_goes_on_while_the_database_is_away(client_of):
    def cut(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        raise OperationalError(statement, {}, ConnectionError("connection refused"))

    client = client_of(READER)
    assert client.get("/api/v1/sites").status_code == 200
    event.listen(runtime().store.engine, "before_cursor_execute", cut)
    for address in (
        "/api/v1/sites",
        "/api/v1/citations?f=csv",
        "/api/ogc/collections/events/items",
        "/api/v1/export",
    ):
        assert client.get(address).status_code == 200, address


def test_before_anything_was_read_an_outage_is_said(client_of):
    def cut(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        raise OperationalError(statement, {}, ConnectionError("connection refused"))

    client = client_of(READER)
    event.listen(runtime().store.engine, "before_cursor_execute", cut)
    answer = client.get("/api/v1/sites")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "does not answer" in said(answer)
