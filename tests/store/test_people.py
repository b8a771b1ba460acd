import time
from typing import Any

import pytest
from sqlalchemy import update

from dashboard.domain.access import Role
from dashboard.errors import RecordNotFoundError, TextError
from dashboard.store.database.engine import writing
from dashboard.store.people.people import Meeting
from dashboard.store.people.tokens import NewToken
from dashboard.store.store import Store
from dashboard.store.trail.ledger import PEOPLE, TOKENS
from dashboard.store.trail.operations import Operation

ANA = Meeting("https://id.example.org", "ana", "Ana", "ana@example.org")


def by(action: str = "set", why: str = "a test") -> Operation:
    return Operation.new("root", action, "x", why, person_id="pe-root")


@pytest.fixture
def ana(store: Store) -> Any:
    return store.people.meet(ANA, Role.READER, by("meet"))


def test_somebody_is_known_from_the_first_sight(store: Store) -> None:
    assert store.people.find("https://id.example.org", "ana") is None
    ana = store.people.meet(ANA, Role.READER, by())
    assert (ana.name, ana.email, ana.role, ana.disabled) == ("Ana", "ana@example.org", Role.READER, False)
    assert store.people.get(ana.id) == store.people.find("https://id.example.org", "ana") == ana
    head = store.trail.head()
    assert store.people.meet(ANA, Role.CONTRIBUTOR, by()) == ana
    assert store.trail.head() == head  # seeing somebody again is no entry, or the trail would drown
    assert store.people.list() == (ana,)
    assert store.people.count() == 1


LONG_AGO = "2020-01-01T00:00:00.000000Z"


def test_when_somebody_was_seen_last_is_kept_now_and_then(store: Store, ana: Any) -> None:
    assert store.people.meet(ANA, Role.READER, by()).last_seen == ana.last_seen
    with writing(store.engine) as connection:
        connection.execute(update(PEOPLE).values(last_seen=LONG_AGO))
    head = store.trail.head()
    met = store.people.meet(ANA, Role.READER, by())
    assert met.last_seen >= ana.last_seen
    assert store.people.get(ana.id) == met
    assert store.people.meet(ANA, Role.READER, by()).last_seen == met.last_seen
    assert store.trail.head() == head


def test_an_address_is_nobody_and_an_issuer_vouches_for_its_own(store: Store, ana: Any) -> None:
    others = [
        Meeting("https://id.example.org", "ana2", "Ana", "ana@example.org"),
        Meeting("https://other.example.org", "ana", "Ana", "ana@example.org"),
        Meeting("https://id.example.org", "Ana", "Ana", "ana@example.org"),
        Meeting("https://id.example.org", "ana%", "Ana", "ana@example.org"),
    ]
    met = [store.people.meet(other, Role.READER, by()) for other in others]
    assert len({ana.id, *(person.id for person in met)}) == 5


def test_a_new_name_is_taken_over_and_the_role_is_not(store: Store, ana: Any) -> None:
    store.people.set_role(ana.id, Role.REVIEWER, by())
    met = store.people.meet(Meeting(ANA.issuer, ANA.subject, "Ana B.", "b@example.org"), Role.READER, by())
    assert (met.id, met.name, met.email, met.role) == (ana.id, "Ana B.", "b@example.org", Role.REVIEWER)


def test_hostile_names_are_tidied_and_hostile_keys_refused(store: Store) -> None:
    met = store.people.meet(Meeting("i", "s", "  <b>A\0na\n\ud800\u202e </b>" + "x" * 500), Role.READER, by())
    assert met.name.startswith("<b>A na </b>xxx")
    assert len(met.name) == 100
    assert store.people.meet(Meeting("i", "nameless", "\0"), Role.READER, by()).name == "nameless"
    for issuer, subject in (("i", "a\0"), ("\ud800", "a"), ("", "a"), ("i", ""), ("i", "x" * 501)):
        with pytest.raises(TextError):
            store.people.meet(Meeting(issuer, subject), Role.READER, by())
        assert store.people.find(issuer, subject) is None


def test_role_and_validity_are_read_as_they_are_now(store: Store, ana: Any) -> None:
    assert store.people.set_role(ana.id, Role.ADMIN, by()).role is Role.ADMIN
    assert store.people.disable(ana.id, by(), disabled=True).disabled
    store.people.sign_out(ana.id, 1_000.5, by())
    now = store.people.get(ana.id)
    assert (now.role, now.disabled, now.sessions_valid_after, now.version) == (Role.ADMIN, True, 1_000.5, 4)
    assert not store.people.disable(ana.id, by(), disabled=False).disabled
    store.people.sign_out(ana.id, 10, by())  # an earlier moment takes nothing back
    assert store.people.get(ana.id).sessions_valid_after == 1_000.5


def test_everybody_is_signed_out_at_once(store: Store, ana: Any) -> None:
    bo = store.people.meet(Meeting("i", "bo", "Bo"), Role.READER, by())
    store.people.sign_out(None, 99.0, by())
    assert [person.sessions_valid_after for person in store.people.list()] == [99.0, 99.0]
    store.people.sign_out(bo.id, 100.0, by())
    assert store.people.get(ana.id).sessions_valid_after == 99.0


@pytest.mark.parametrize("person_id", ["pe-none", "", "a\0b", "' OR 1=1"])
def test_nobody_is_changed_who_is_not_there(store: Store, ana: Any, person_id: str) -> None:
    with pytest.raises(RecordNotFoundError):
        store.people.get(person_id)
    head = store.trail.head()
    for change in (
        lambda: store.people.set_role(person_id, Role.ADMIN, by()),
        lambda: store.people.disable(person_id, by(), disabled=True),
        lambda: store.people.sign_out(person_id, 1.0, by()),
        lambda: store.tokens.create(NewToken(person_id, "x", frozenset()), by()),
    ):
        with pytest.raises(RecordNotFoundError):
            change()
    assert store.trail.head() == head


def test_a_repeated_change_of_role_is_done_once(store: Store, ana: Any) -> None:
    operation = by()
    first = store.people.set_role(ana.id, Role.ADMIN, operation)
    store.people.set_role(ana.id, Role.READER, by())
    assert store.people.set_role(ana.id, Role.ADMIN, operation) == first
    assert store.people.get(ana.id).role is Role.READER


def test_a_token_is_shown_once_and_kept_as_a_hash(store: Store, ana: Any) -> None:
    token, text = store.tokens.create(NewToken(ana.id, "script", frozenset({"read", "export"})), by())
    assert text.startswith(f"atlas_{token.id}_")
    found = store.tokens.find(text)
    assert found == token
    assert (token.owner_id, token.name, token.scopes) == (ana.id, "script", {"read", "export"})
    secret = text.rpartition("_")[2]
    assert len(secret) == 64
    with store.engine.connect() as connection:
        for table in ("tokens", "audit", "meta"):
            rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608  # three names
            assert secret not in str(rows)
    assert secret not in repr(token)
    assert token._hash not in repr(token)


def test_a_repeated_creation_makes_one_token_and_shows_it_again(store: Store, ana: Any) -> None:
    operation = by()
    new = NewToken(ana.id, "script", frozenset({"read"}))
    assert store.tokens.create(new, operation) == store.tokens.create(new, operation)
    assert len(store.tokens.list()) == 1


def test_another_process_does_not_know_the_secret(
    store: Store, ana: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = by()
    new = NewToken(ana.id, "script", frozenset({"read"}))
    token, _ = store.tokens.create(new, operation)
    monkeypatch.setattr("dashboard.store.people.tokens._KEY", b"another process")
    assert store.tokens.create(new, operation) == (token, "")


def test_what_is_no_token_finds_none(store: Store, ana: Any) -> None:
    token, text = store.tokens.create(NewToken(ana.id, "script", frozenset()), by())
    wrong = ["", "atlas", "atlas__", "atlas_x_y", "{}x", "x{}", "{}_1", "{}\0", "Atlas{}", "{}\ud800", "{}é"]
    for one in (*wrong, f"atlas_{token.id}_{'0' * 64}"):
        assert store.tokens.find(one.format(text)) is None, one


def test_a_token_ends_and_is_taken_back(store: Store, ana: Any) -> None:
    _, over = store.tokens.create(NewToken(ana.id, "over", frozenset(), time.time() - 1), by())
    open_token, text = store.tokens.create(NewToken(ana.id, "open", frozenset(), time.time() + 3600), by())
    assert store.tokens.find(over) is None
    assert store.tokens.find(text) == open_token
    revoked = store.tokens.revoke(open_token.id, by())
    assert revoked.revoked_at
    assert not revoked.is_valid
    assert store.tokens.find(text) is None
    assert store.tokens.revoke(open_token.id, by()) == revoked
    assert [token.name for token in store.tokens.list(ana.id)] == ["open", "over"]
    assert store.tokens.list("pe-none") == ()
    for token_id in ("none", "\0"):
        with pytest.raises(RecordNotFoundError):
            store.tokens.get(token_id)
    for token_id in ("none", "\0"):
        with pytest.raises(RecordNotFoundError):
            store.tokens.revoke(token_id, by())


def test_use_of_a_token_that_rested_is_noted_again(store: Store, ana: Any) -> None:
    token, _ = store.tokens.create(NewToken(ana.id, "script", frozenset()), by())
    with writing(store.engine) as connection:
        connection.execute(update(TOKENS).values(last_used=LONG_AGO))
    store.tokens.touch(token.id)
    assert store.tokens.get(token.id).last_used > token.created_at


def test_use_of_a_token_is_noted_now_and_then(store: Store, ana: Any) -> None:
    token, _ = store.tokens.create(NewToken(ana.id, "script", frozenset()), by())
    head = store.trail.head()
    store.tokens.touch(token.id)
    used = store.tokens.get(token.id).last_used
    assert used
    store.tokens.touch(token.id)
    assert store.tokens.get(token.id).last_used == used
    assert store.trail.head() == head


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "a\0"}, {"scopes": frozenset({"a\nb"})}])
def test_a_token_has_a_name(store: Store, ana: Any, values: Any) -> None:
    wanted = {"owner_id": ana.id, "name": "script", "scopes": frozenset[str]()} | values
    with pytest.raises(TextError):
        store.tokens.create(NewToken(**wanted), by())
