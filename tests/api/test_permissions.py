"""The routes answer from the view of whoever asks, and say why when they do not."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.api.routes import routes
from dashboard.domain.access import ANONYMOUS, Mode, Person, Role
from dashboard.maps.addresses import MAP_DOCUMENT, payload_address
from dashboard.runtime import Runtime, runtime
from dashboard.store.database.engine import writing
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT

RECORD = "/api/records/st-yard"
READER, CONTRIBUTOR, REVIEWER, ADMIN = (Person(f"p-{role}", str(role), role) for role in Role)


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
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "anonymous=0.1,reader=0.1,contributor=0.01")

    def client(person: Person | None, sign_in: str = "header", *, anonymous: bool = True) -> TestClient:
        monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", sign_in)
        monkeypatch.setenv("ARSENAL_ATLAS_ANONYMOUS_READING", str(anonymous))
        monkeypatch.setattr(Gate, "person", person)
        return TestClient(Starlette(routes=routes(), middleware=[Middleware(Gate)]))

    return client


def own_version(person: Person) -> str:
    return runtime().view(runtime().audience_of(person)).version


def cut_off(atlas: Runtime) -> None:
    def cut(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        raise OperationalError(statement, {}, ConnectionError("connection refused"))

    event.listen(atlas.store.engine, "before_cursor_execute", cut)


@pytest.mark.parametrize("address", [RECORD, MAP_DOCUMENT, payload_address("0")])
def test_without_a_gate_nobody_is_somebody(client_of, address):
    answer = client_of(None, anonymous=False).get(address)
    assert answer.status_code == 401
    assert "sign in first" in answer.json()["error"]
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_gate_a_reader_is_anonymous_at_most(client_of, planted):
    found = client_of(None).get(RECORD)
    assert found.status_code == 200
    assert planted.traces(found.text) == []


def test_a_local_session_needs_no_gate(client_of, planted):
    assert planted.traces(client_of(None, "none", anonymous=False).get(RECORD).text)


@pytest.mark.parametrize(("person", "digits"), [(ANONYMOUS, 3), (READER, 3), (CONTRIBUTOR, 4)])
def test_those_on_the_grid_get_no_exact_digits(client_of, planted, person, digits):
    client = client_of(person)
    for record_id in ("st-yard", "st-ben-slimane", "ev-order", "ev-meeting"):
        found = client.get(f"/api/records/{record_id}")
        assert found.status_code == 200
        assert planted.traces(found.text, digits) == []
    marks = client.get(payload_address(own_version(person)))
    assert marks.status_code == 200
    assert planted.traces(marks.content, digits) == []


@pytest.mark.parametrize("person", [REVIEWER, ADMIN])
def test_those_who_review_get_everything(client_of, planted, person):
    client = client_of(person)
    assert planted.traces(client.get(RECORD).text)
    assert client.get(payload_address(runtime().version)).status_code == 200


@pytest.mark.parametrize("person", [ANONYMOUS, READER, CONTRIBUTOR])
def test_a_payload_of_others_is_not_there(client_of, person):
    exact = payload_address(client_of(person) and runtime().version)
    etag = client_of(ADMIN).get(exact).headers["etag"]
    client = client_of(person)
    assert client.get(exact).status_code == 404
    assert client.get(exact, headers={"If-None-Match": etag}).status_code == 404
    runtime().view(EXACT).offer("passing-1", lambda: b"draft")
    assert client.get(payload_address("passing-1")).status_code == 404


def test_what_one_person_was_given_is_kept_from_the_next(client_of):
    client = client_of(READER)
    for answer in (
        client.get(RECORD),
        client.get(payload_address(own_version(READER))),
        client.get(MAP_DOCUMENT),
    ):
        assert answer.headers["cache-control"].startswith("private")
        assert {"Cookie", "Authorization"} <= {name.strip() for name in answer.headers["vary"].split(",")}


def test_a_token_reads_only_if_it_was_made_for_that(client_of):
    assert client_of(replace(REVIEWER, scopes=frozenset({"read"}))).get(RECORD).status_code == 200
    refused = client_of(replace(REVIEWER, scopes=frozenset({"upload"}))).get(RECORD)
    assert refused.status_code == 403
    assert "scope read" in refused.json()["error"]


def test_under_maintenance_only_admins_read(client_of):
    client_of(ADMIN)
    runtime().store.control.set_mode(Mode.MAINTENANCE, Operation.new("adm", "set mode", "atlas", "a move"))
    assert client_of(ADMIN).get(RECORD).status_code == 200
    for person in (ANONYMOUS, READER, REVIEWER):
        answer = client_of(person).get(RECORD)
        assert answer.status_code == (403 if person.role else 401)
        assert "maintenance" in answer.json()["error"]


def test_an_outage_is_said_in_words_and_what_was_read_goes_on(client_of):
    client = client_of(READER)
    assert client.get(RECORD).status_code == 200
    assert client.get("/readyz").status_code == 200

    cut_off(runtime())
    assert client.get(RECORD).status_code == 200
    assert client.get("/livez").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.headers["cache-control"]) == (503, "no-store")


def test_an_outage_before_anything_was_read_is_said_in_words(client_of):
    client = client_of(READER)
    cut_off(runtime())
    answer = client.get(RECORD)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "does not answer" in answer.json()["error"]


def test_an_atlas_of_another_version_is_not_ready(client_of):
    client = client_of(READER)
    assert client.get("/readyz").status_code == 200
    with writing(runtime().store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert client.get("/readyz").status_code == 503


def test_a_record_of_json_has_the_version_of_the_audience(client_of):
    assert (
        json.loads(client_of(READER).get(RECORD).text)["version"] == own_version(READER) != runtime().version
    )
