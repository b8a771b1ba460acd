"""What admins do: in the trail with who and why, never against themselves, in force at once."""

import uuid

import pytest
from sqlalchemy import text

from dashboard.domain.access import Mode, Role
from dashboard.errors import AdministrationError, AtlasError, PermissionDeniedError
from dashboard.store.database import slow
from dashboard.store.database.engine import reading
from dashboard.store.database.slow import slow_queries, watch_slow_queries
from dashboard.store.drafts.drafts import DraftState
from dashboard.workflows.operating.administration import (
    create_token,
    disable,
    people,
    revoke_token,
    set_mode,
    set_role,
    sign_out,
    sign_out_everywhere,
    tokens,
)
from dashboard.workflows.operating.upkeep import (
    audit_entries,
    backups,
    make_backup,
    queue_sizes,
    store_status,
    verify_audit,
)


def once() -> str:
    return uuid.uuid4().hex


@pytest.fixture
def admin(member):
    return member("Adm", Role.ADMIN)


def test_a_role_is_changed_with_who_and_why(store, admin, member):
    ann = member("Ann", Role.READER)
    set_role(store, admin, ann.id, Role.REVIEWER, why="trained", operation_id=once())
    assert store.people.get(ann.id).role is Role.REVIEWER
    entry = audit_entries(store, admin)[0]
    assert (entry.who, entry.subject, entry.why) == ("Adm", ann.id, "trained")


def test_nobody_locks_themselves_out(store, admin):
    for act in (
        lambda: set_role(store, admin, admin.id, Role.READER, why="x", operation_id=once()),
        lambda: disable(store, admin, admin.id, disabled=True, why="x", operation_id=once()),
    ):
        with pytest.raises(AdministrationError, match="another admin"):
            act()
    assert store.people.get(admin.id).role is Role.ADMIN


def test_every_act_asks_why(store, admin, member):
    ann = member("Ann")
    head = store.trail.head()
    for act in (
        lambda: set_role(store, admin, ann.id, Role.READER, why=" ", operation_id=once()),
        lambda: disable(store, admin, ann.id, disabled=True, why="", operation_id=once()),
        lambda: sign_out(store, admin, ann.id, why="", operation_id=once()),
        lambda: sign_out_everywhere(store, admin, why="", operation_id=once()),
        lambda: set_mode(store, admin, Mode.READ_ONLY, why="", operation_id=once()),
        lambda: revoke_token(store, admin, "x", why="", operation_id=once()),
    ):
        with pytest.raises(AdministrationError, match="why"):
            act()
    with pytest.raises(AdministrationError, match="2,000"):
        set_mode(store, admin, Mode.READ_ONLY, why="x" * 2_001, operation_id=once())
    assert store.trail.head() == head


def test_who_is_kept_out_or_signed_out_is_marked_so(store, admin, member):
    ann, bob = member("Ann"), member("Bob")
    disable(store, admin, ann.id, disabled=True, why="left", operation_id=once())
    assert {one.name: one.disabled for one in people(store, admin)} == {
        "Ann": True,
        "Bob": False,
        "Adm": False,
    }
    sign_out(store, admin, bob.id, why="lost laptop", operation_id=once())
    assert store.people.get(bob.id).sessions_valid_after > 0
    assert store.people.get(admin.id).sessions_valid_after == 0
    sign_out_everywhere(store, admin, why="leak", operation_id=once())
    assert store.people.get(admin.id).sessions_valid_after > 0


def test_a_token_is_shown_once_and_worthless_when_revoked(store, admin, member):
    ann = member("Ann")
    token, secret = create_token(
        store,
        admin,
        ann.id,
        name=" nightly  export ",
        scopes=frozenset({"read"}),
        days=30,
        operation_id=once(),
    )
    assert token.name == "nightly export"
    assert store.tokens.find(secret).owner_id == ann.id
    assert secret not in repr(tokens(store, admin)) + repr(audit_entries(store, admin))
    revoke_token(store, admin, token.id, why="done", operation_id=once())
    assert store.tokens.find(secret) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": frozenset()}, "may do"),
        ({"scopes": frozenset({"administer"})}, "may do"),
        ({"scopes": frozenset({"read", "export"})}, "may do"),
        ({"days": 0}, "days"),
        ({"days": 1_000}, "days"),
        ({"owner_id": "pe-nobody"}, "pe-nobody"),
    ],
)
def test_a_token_that_does_not_hold_together_is_refused(store, admin, wrong, words):
    asked = {"owner_id": admin.id, "name": "n", "scopes": frozenset({"read"}), "days": 1} | wrong
    with pytest.raises(AtlasError, match=words):
        create_token(store, admin, asked.pop("owner_id"), operation_id=once(), **asked)
    assert tokens(store, admin) == ()


def test_the_store_says_how_it_is(store, admin):
    set_mode(store, admin, Mode.READ_ONLY, why="upgrade", operation_id=once())
    status = store_status(store, admin, None)
    assert status.state.mode is Mode.READ_ONLY
    assert status.schema
    assert "//" in status.location
    assert queue_sizes(store, admin) == dict.fromkeys(DraftState, 0)
    assert verify_audit(store, admin, None) == []


def test_a_backup_is_listed_and_noted(store, admin, tmp_path):
    folder, anchor = tmp_path / "backups", tmp_path / "anchor"
    made = make_backup(store, admin, folder, anchor, why="before the import", operation_id=once())
    assert made.warning == ""
    assert [one.file for one in backups(admin, folder)] == [made.manifest.file]
    assert audit_entries(store, admin)[0].why == "before the import"
    assert store_status(store, admin, anchor).anchor == store.trail.head()


def test_only_admins_see_and_make_backups(store, member, tmp_path):
    reviewer = member("Rev", Role.REVIEWER)
    with pytest.raises(PermissionDeniedError):
        backups(reviewer, tmp_path)
    with pytest.raises(PermissionDeniedError):
        make_backup(store, reviewer, tmp_path / "b", None, why="x", operation_id=once())
    assert not (tmp_path / "b").exists()


def test_slow_queries_are_kept_without_their_values(store, monkeypatch):
    watch_slow_queries(store.engine)
    for limit, name in ((60.0, "quick"), (0.0, "slow")):
        monkeypatch.setattr(slow, "SLOW_SECONDS", limit)
        with reading(store.engine) as connection:
            connection.execute(text(f"SELECT :secret AS {name}"), {"secret": "hush"})
    kept = repr(slow_queries())
    assert "AS slow" in kept
    assert "AS quick" not in kept
    assert "hush" not in kept
