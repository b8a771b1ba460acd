"""The hash chain: every write is an entry, nothing is rewritten, and whoever tries is found out."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, text

from dashboard.domain.access import Mode, Role
from dashboard.errors import DossierError, StoreError
from dashboard.store.database.engine import writing
from dashboard.store.people.people import Meeting
from dashboard.store.people.tokens import NewToken
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store
from dashboard.store.trail import recording
from dashboard.store.trail.chain import NO_HEAD, Head, hash_of
from dashboard.store.trail.operations import Operation


def by(action: str = "save", why: str = "a test") -> Operation:
    return Operation.new("ana", action, "x", why, person_id="pe-ana")


def edit(repository: Repository, name: str) -> None:
    dossier, number = repository.dossier("st-yard")
    record = replace(dossier.record, name=name, notes=f"notes of {name}")  # type: ignore[call-arg]
    repository.save_dossier(replace(dossier, record=record), number, by("edit"))


def break_in(store: Store, *statements: str) -> None:
    """Do what somebody with the password of the database could do: triggers stop nobody who drops them."""
    names = ("audit_update", "audit_delete", "changes_update", "changes_delete")
    drops = [f"DROP TRIGGER {name}" for name in names]
    if store.engine.dialect.name == "postgresql":
        drops = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in ("audit", "changes")]
    with writing(store.engine) as connection:
        for statement in (*drops, *statements):
            connection.execute(text(statement))


@pytest.fixture
def edited(store: Store, filled: Repository) -> Any:
    for name in ("One", "Two", "Three"):
        edit(filled, name)
    return store


def test_an_empty_store_has_no_head(store: Store) -> None:
    assert store.trail.head() == NO_HEAD
    assert store.trail.list() == ()
    assert store.trail.verify() == ()
    assert store.trail.verify(NO_HEAD) == ()


def test_entries_say_who_did_what_to_what_and_why(edited: Store) -> None:
    last, *_, first = edited.trail.list()
    assert (first.sequence, first.who, first.action, first.previous) == (1, "seed", "seed", "")
    assert (last.sequence, last.who, last.person_id, last.action) == (4, "ana", "pe-ana", "edit")
    assert (last.subject, last.why) == ("x", "a test")
    assert last.data_version == edited.repository.data_version()
    assert [c.field for c in edited.trail.changes_of(4)] == ["name", "notes"]
    assert len(edited.trail.changes_of(1)) == 3
    assert edited.trail.changes_of(99) == ()
    assert [e.sequence for e in edited.trail.list(2, before=4)] == [3, 2]
    assert edited.trail.list(subject="y") == ()
    head = edited.trail.head()
    assert (head.sequence, head.hash, head.at) == (4, last.hash, last.at)
    assert Head.parse(str(head)) == head == edited.control.state().head


def test_every_kind_of_write_is_one_entry(store: Store, filled: Repository) -> None:
    before = store.trail.head().sequence
    person = store.people.meet(Meeting("https://id", "1", "Ana"), Role.READER, by())
    store.people.set_role(person.id, Role.ADMIN, by())
    store.people.disable(person.id, by())
    store.people.sign_out(None, 5.0, by())
    token, _ = store.tokens.create(NewToken(person.id, "script", frozenset({"read"})), by())
    store.tokens.revoke(token.id, by())
    store.control.set_mode(Mode.READ_ONLY, by())
    store.protections.set("st-yard", 0.1, by())
    store.protections.remove("st-yard", by())
    place = filled.read_tables()["places"][1]
    filled.save_place(replace(place, reason="Words."), by())
    filled.remove_place(place.id, by())
    filled.delete_record("ev-order", 1, by())
    filled.restore_record("ev-order", by())
    entry = store.trail.note(by("backup"), {"file": "a.zip"})
    assert (entry.action, entry.details) == ("backup", {"file": "a.zip"})
    assert store.trail.head().sequence == before + 14 == entry.sequence
    assert store.trail.verify() == ()
    roles = [e.details for e in store.trail.list() if "before" in e.details and "person" in e.details]
    assert {"role": "reader"} in [details["before"] for details in roles]


def test_a_write_that_fails_is_no_entry(edited: Store) -> None:
    head = edited.trail.head()
    with pytest.raises(DossierError):
        edited.repository.delete_record("ev-meeting", 1, by())
    assert edited.trail.head() == head


REWRITING = {
    "sqlite": ("INSERT OR REPLACE INTO {0} SELECT * FROM {0} WHERE sequence = 2",),
    "postgresql": (
        "TRUNCATE {}",
        "INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (sequence) DO UPDATE SET who = 'x'",
    ),
}


def test_the_database_refuses_to_rewrite(edited: Store) -> None:
    own = REWRITING[edited.engine.dialect.name]
    for how in ("UPDATE {} SET who = 'x'", "DELETE FROM {}", "DELETE FROM {} WHERE sequence = 2", *own):
        for table in ("audit", "changes"):
            with pytest.raises(StoreError, match="only grows"), writing(edited.engine) as connection:
                connection.execute(text(how.format(table)))
    assert edited.trail.verify() == ()


def test_an_entry_is_not_replaced_by_one_with_its_operation_id(edited: Store) -> None:
    if edited.engine.dialect.name != "sqlite":
        return  # only SQLite knows INSERT OR REPLACE
    columns = "at, who, person_id, action, subject, why, operation_id, details, answer, data_version, "
    columns += "last_change, digest, previous, hash"
    with pytest.raises(StoreError, match="only grows"), writing(edited.engine) as connection:
        connection.execute(
            text(f"INSERT OR REPLACE INTO audit SELECT 9, {columns} FROM audit WHERE sequence = 2")  # noqa: S608  # our own words
        )


TAMPERING = {
    "edit an entry": ("UPDATE audit SET who = 'nobody' WHERE sequence = 2", "Entry 2 was changed"),
    "edit the reason": ("UPDATE audit SET why = '' WHERE sequence = 4", "Entry 4 was changed"),
    "edit an answer": ("UPDATE audit SET answer = '{}' WHERE sequence = 3", "Entry 3 was changed"),
    "edit a change": (
        "UPDATE changes SET after = 'Zero' WHERE after = 'One'",
        "changes of entry 2 are not those",
    ),
    "edit who changed": ("UPDATE changes SET who = 'bo' WHERE after = 'Three'", "changes of entry 4"),
    "delete an entry": ("DELETE FROM audit WHERE sequence = 3", "Entry 4 follows entry 2"),
    "delete the first entry": ("DELETE FROM audit WHERE sequence = 1", "Entry 2 follows entry 0"),
    "delete a change": ("DELETE FROM changes WHERE after = 'Two'", "changes of entry 3"),
    "cut the end off": ("DELETE FROM audit WHERE sequence = 4", "ends with entry 3"),
    "add a change": (
        "INSERT INTO changes VALUES (99, 'st-yard', 'name', 'a', 'b', 'bo', '2026', '')",
        "1 change(s) belong to no entry",
    ),
    "move the clock": ("UPDATE audit SET at = '2020-01-01T00:00:00.000000Z' WHERE sequence = 3", "older"),
    "edit a record": ("UPDATE sites SET name = 'Mine' WHERE id = 'st-yard'", "changed past the atlas"),
    "delete a row of a list": ("DELETE FROM sites_products", "changed past the atlas"),
    "rename the content": ("UPDATE meta SET value = '0' WHERE key = 'data_version'", "data version is 0"),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found(edited: Store, how: str) -> None:
    statement, words = TAMPERING[how]
    break_in(edited, statement)
    found = edited.trail.verify()
    assert any(words in problem for problem in found), found


@pytest.mark.parametrize(("table", "last"), [("audit", "2"), ("changes", "4")])
def test_two_rows_that_change_places_are_found(edited: Store, table: str, last: str) -> None:
    first = str(int(last) + 1)
    break_in(
        edited,
        f"UPDATE {table} SET sequence = 500 WHERE sequence = {last}",  # noqa: S608  # our own words
        f"UPDATE {table} SET sequence = {last} WHERE sequence = {first}",  # noqa: S608  # same
        f"UPDATE {table} SET sequence = {first} WHERE sequence = 500",  # noqa: S608  # same
    )
    assert any("changes of entry 2" in p or "Entry 2" in p for p in edited.trail.verify())


def test_whoever_writes_the_whole_chain_anew_is_found_by_the_anchor(edited: Store) -> None:
    anchor = edited.trail.head()
    rewrite(edited, lambda entry: {**entry, "who": "nobody"} if entry["sequence"] == 2 else entry)
    assert edited.trail.verify() == ()  # within the database nothing shows it
    (problem,) = edited.trail.verify(anchor)
    assert "Entry 4 is not the one that was anchored" in problem


def test_whoever_cuts_the_end_off_and_hides_it_is_found_by_the_anchor(edited: Store) -> None:
    anchor = edited.trail.head()
    third = edited.trail.list(1, before=4)[0]
    break_in(
        edited,
        "DELETE FROM audit WHERE sequence = 4",
        f"UPDATE meta SET value = '3 {third.hash} {third.at}' WHERE key = 'audit_head'",  # noqa: S608  # our own words
    )
    assert any("4 was anchored: it was cut" in problem for problem in edited.trail.verify(anchor))


def test_whoever_edits_an_entry_and_its_hash_breaks_the_next_one(edited: Store) -> None:
    break_in(edited)
    with writing(edited.engine) as connection:
        second = entries(connection)[1] | {"who": "nobody"}
        connection.execute(
            text("UPDATE audit SET who = :who, hash = :hash WHERE sequence = 2"),
            {"who": second["who"], "hash": hash_of(second)},
        )
    assert edited.trail.verify() == ("Entry 3 does not continue entry 2: one of them was changed",)


def test_an_older_anchor_still_holds(edited: Store) -> None:
    anchor = edited.trail.head()
    edit(edited.repository, "Four")
    assert edited.trail.verify(anchor) == ()


def test_after_tampering_the_atlas_still_writes_and_the_fault_stays_seen(edited: Store) -> None:
    break_in(edited, "UPDATE changes SET after = 'Zero' WHERE after = 'One'")
    edit(edited.repository, "Four")
    assert [p for p in edited.trail.verify() if "entry 2" in p]


def test_times_never_go_backwards(edited: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    last = edited.trail.head().at
    monkeypatch.setattr(recording, "now_text", lambda: "2001-01-01T00:00:00.000000Z")
    edit(edited.repository, "Four")
    assert edited.trail.head().at == last
    assert edited.repository.changes("st-yard")[-1].when == last[:19] + "Z"
    assert edited.trail.verify() == ()


def rewrite(store: Store, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Make the chain anew with all its hashes right, as a thief with patience would."""
    break_in(store)
    with writing(store.engine) as connection:
        previous = ""
        for row in entries(connection):
            entry = change(row) | {"previous": previous}
            previous = entry["hash"] = hash_of(entry)
            connection.execute(
                text(
                    "UPDATE audit SET who = :who, previous = :previous, hash = :hash WHERE sequence = :number"
                ),
                {**entry, "number": entry["sequence"]},
            )
        head = f"{entry['sequence']} {previous} {entry['at']}"
        connection.execute(text("UPDATE meta SET value = :head WHERE key = 'audit_head'"), {"head": head})


def entries(connection: Connection) -> list[dict[str, Any]]:
    rows = connection.execute(text("SELECT * FROM audit ORDER BY sequence")).mappings()
    return [dict(row) for row in rows]


def test_hashes_are_made_as_they_always_were() -> None:
    """Entries of many years are checked by this: when it fails, the code is wrong, not the test."""
    entry = {
        "sequence": 7, "at": "2026-01-31T09:30:00.000001Z", "who": "Ana Ünal", "person_id": "pe-1",
        "action": "save", "subject": "st-yard", "why": "line\nline", "operation_id": "op", "details": "{}",
        "answer": '{"revision":2}', "data_version": "0123456789abcdef", "last_change": 12, "digest": "aa",
        "previous": "bb",
    }  # fmt: skip
    assert hash_of(entry) == "f3bc26a1dfd50e6580dc61c55d3a3a0dd8dce43aa2173f419b1dbec4e7ae9f03"
