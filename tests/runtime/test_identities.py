"""Who somebody is: by issuer and subject, with the role of this moment."""

import time
from typing import Any

import pytest

from dashboard.domain.access import ANONYMOUS, LOCAL, Right, Role, may, require
from dashboard.errors import PermissionDeniedError, SignInError, StoreError
from dashboard.runtime import Claim, Runtime
from dashboard.runtime import identities as module
from dashboard.store.people.tokens import NewToken
from dashboard.store.trail.operations import Operation

NOW = time.time()
ANN = Claim("https://id.example", "ann", "Ann", "ann@example.org", NOW, "oidc")


def operation(action: str = "set role") -> Operation:
    return Operation.new("adm", action, "ann", "as asked")


@pytest.fixture
def atlas(make_runtime: Any) -> Any:
    return make_runtime(sign_in="header", admins="proxy|root", default_role="contributor")


def identity(person: Any, at: float = NOW) -> str:
    return f"{person.id}@{at:.0f}"


def test_somebody_new_is_kept_with_the_first_role(atlas):
    person = atlas.people.recognise(ANN)
    assert (person.name, person.role, person.issuer, person.subject) == (
        "Ann",
        Role.CONTRIBUTOR,
        ANN.issuer,
        "ann",
    )
    assert person.scopes is None
    assert atlas.people.recognise(ANN) == person == atlas.people.by_id(identity(person))


def test_the_same_address_at_another_issuer_is_somebody_else(atlas):
    other = Claim("https://evil.example", "ann", "Ann", ANN.email, NOW, "oidc")
    assert atlas.people.recognise(other).id != atlas.people.recognise(ANN).id


def test_a_role_taken_away_is_gone_at_the_next_step(atlas):
    person = atlas.people.recognise(ANN)
    atlas.store.people.set_role(person.id, Role.REVIEWER, operation())
    assert atlas.people.by_id(identity(person)).role is Role.REVIEWER
    atlas.store.people.set_role(person.id, Role.READER, operation())
    assert atlas.people.by_id(identity(person)).role is Role.READER
    assert atlas.people.recognise(ANN).role is Role.READER


def test_admins_of_the_settings_are_admins_whatever_the_store_says(atlas):
    root = atlas.people.recognise(Claim("proxy", "root", "", "", NOW, "header"))
    assert (root.role, root.name) == (Role.ADMIN, "root")
    atlas.store.people.set_role(root.id, Role.READER, operation())
    assert atlas.people.by_id(identity(root)).role is Role.ADMIN


def test_somebody_locked_out_does_not_come_in(atlas):
    person = atlas.people.recognise(ANN)
    atlas.store.people.disable(person.id, disabled=True, operation=operation("disable"))
    with pytest.raises(PermissionDeniedError, match="locked"):
        atlas.people.by_id(identity(person))
    with pytest.raises(PermissionDeniedError, match="locked"):
        atlas.people.recognise(ANN)


def test_signing_out_everywhere_ends_older_sign_ins_only(atlas):
    person = atlas.people.recognise(ANN)
    atlas.store.people.sign_out(person.id, NOW + 1, operation("sign out"))
    with pytest.raises(SignInError, match="signed out everywhere"):
        atlas.people.by_id(identity(person))
    assert atlas.people.by_id(identity(person, NOW + 5)).id == person.id


def test_a_sign_in_counts_for_so_many_hours(atlas):
    person = atlas.people.recognise(ANN)
    assert atlas.people.by_id(identity(person, NOW - 11.9 * 3600)).id == person.id
    with pytest.raises(SignInError, match="12 hours"):
        atlas.people.by_id(identity(person, NOW - 12.1 * 3600))


@pytest.mark.parametrize(
    "text", ["", "local", "nobody@5", "@", "nobody", "{id}@nan", "{id}@inf", "{id}@-inf", "{id}@"]
)
def test_an_identity_that_the_gate_did_not_write_is_nobody(atlas, text):
    person = atlas.people.recognise(ANN)
    with pytest.raises(SignInError):
        atlas.people.by_id(text.format(id=person.id))


def test_local_is_somebody_only_where_nobody_signs_in(make_runtime):
    assert make_runtime().people.by_id("local") is LOCAL
    assert make_runtime().people.by_id("anonymous:abc") is ANONYMOUS


def test_while_the_store_is_silent_the_last_answer_counts_for_reading(atlas: Runtime, monkeypatch):
    person = atlas.people.recognise(ANN)

    def silent(*_: Any) -> None:
        raise StoreError("away", "db")

    monkeypatch.setattr(type(atlas.store.people), "get", silent)
    monkeypatch.setattr(type(atlas.store.people), "find", silent)
    for remembered in (atlas.people.by_id(identity(person)), atlas.people.recognise(ANN)):
        assert (remembered.id, remembered.role) == (person.id, Role.CONTRIBUTOR)
        assert may(remembered, Right.READ)
        assert not [right for right in Right if right is not Right.READ and may(remembered, right)]
        with pytest.raises(PermissionDeniedError, match="the database does not answer"):
            require(remembered, Right.PROPOSE)
    with pytest.raises(StoreError):
        atlas.people.by_id("somebody-else@5")
    monkeypatch.setattr(module, "_REMEMBER_SECONDS", 0.0)
    with pytest.raises(StoreError):
        atlas.people.by_id(identity(person))


def test_nobody_waits_for_a_store_known_to_be_silent(atlas: Runtime, monkeypatch):
    person = atlas.people.recognise(ANN)
    monkeypatch.setattr(atlas.people, "_away", lambda: True)
    asked = []
    monkeypatch.setattr(type(atlas.store.people), "get", lambda *_: asked.append(1))
    assert atlas.people.by_id(identity(person)).scopes == {"read"}
    assert asked == []


def test_the_store_is_asked_once_for_each_request(atlas: Runtime):
    from sqlalchemy import event

    person = atlas.people.recognise(ANN)
    asked = []
    event.listen(atlas.store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for look_up in (lambda: atlas.people.recognise(ANN), lambda: atlas.people.by_id(identity(person))):
        asked.clear()
        look_up()
        assert len([query for query in asked if query.startswith("SELECT")]) == 1
        assert not [query for query in asked if query.startswith(("UPDATE", "INSERT"))]


def test_a_token_acts_for_its_owner_within_its_scopes(atlas):
    person = atlas.people.recognise(ANN)
    token, text = atlas.store.tokens.create(
        NewToken(person.id, "laptop", frozenset({"read"}), NOW + 3600), operation("create token")
    )
    actor = atlas.people.by_token(text)
    assert (actor.id, actor.scopes) == (person.id, {"read"})
    assert token.last_used == ""
    assert atlas.store.tokens.get(token.id).last_used
    assert not may(actor, Right.EXPORT)
    assert atlas.people.by_token(text + "x") is None
    atlas.store.people.disable(person.id, disabled=True, operation=operation("disable"))
    assert atlas.people.by_token(text) is None
    atlas.store.people.disable(person.id, disabled=False, operation=operation("enable"))
    atlas.store.tokens.revoke(token.id, operation("revoke"))
    assert atlas.people.by_token(text) is None


def test_a_token_counts_although_nothing_can_be_written(atlas):
    from sqlalchemy import text as sql

    from dashboard.store.database.engine import writing

    person = atlas.people.recognise(ANN)
    token, text = atlas.store.tokens.create(
        NewToken(person.id, "laptop", frozenset({"read"}), NOW + 3600), operation("create token")
    )
    with writing(atlas.store.engine) as connection:
        connection.execute(
            sql("CREATE TRIGGER full BEFORE UPDATE ON tokens BEGIN SELECT RAISE(ABORT, 'full'); END")
        )
    assert atlas.people.by_token(text).id == person.id
    with pytest.raises(StoreError):
        atlas.store.tokens.touch(token.id)
