"""The Operations page, and what every page says of mode, staleness and rights."""

import pytest

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.runtime import runtime
from dashboard.runtime.watch import Staleness
from dashboard.store.trail.operations import Operation

PARTS = ["Status", "People", "Tokens", "Backups", "Slow queries", "Audit trail"]


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_for_an_admin(visitors, opened, part):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part=part)
    assert not page.at.error
    assert page.at.segmented_control(key="part").value == part


@pytest.mark.parametrize("part", PARTS)
def test_every_part_opens_in_a_local_session(own_store, opened, part):
    page = opened("operations", part=part)
    assert not page.at.error


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR, Role.REVIEWER])
def test_nobody_else_sees_it(visitors, opened, role):
    visitors.enter("Ann", role)
    page = opened("operations", part="People")
    assert "ask an admin for the role admin" in page.words
    assert not page.at.dataframe
    assert not page.at.segmented_control


def test_a_role_is_changed_with_a_reason(visitors, opened):
    ann = visitors.known("Ann", Role.READER)
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    names = list(page.at.dataframe[0].value["Name"])
    page.row("admin_people", names.index("Ann"))
    page.fill("selectbox", "Role", Role.REVIEWER)
    page.press("Change the role")
    assert "say why" in page.words
    page.fill("text_area", "Why", "trained")
    page.press("Change the role")
    assert "Ann is reviewer now" in page.words
    assert runtime().store.people.get(ann.id).role is Role.REVIEWER


def test_the_last_admin_cannot_undo_themselves(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    page.row("admin_people", 0)
    assert "This is you" in page.words
    assert page.button("Change the role") is None


def test_a_person_is_kept_out_and_everybody_signed_out(visitors, opened):
    ann = visitors.known("Ann", Role.READER)
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    page.row("admin_people", list(page.at.dataframe[0].value["Name"]).index("Ann"))
    page.fill("text_area", "Why", "left")
    page.press("Keep out")
    assert runtime().store.people.get(ann.id).disabled
    page.at.text_area(key="admin_everybody_why").set_value("leak").run()
    page.press("Sign out everybody now")
    assert not page.at.dataframe  # the admin's own session is over too
    assert runtime().store.people.get(ann.id).sessions_valid_after > 0


def test_the_secret_of_a_token_is_shown_once(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Tokens")
    assert "There is no token yet" in page.words
    page.press("Make the token")
    assert "Give the token a name" in page.words
    page.field("text_input", "What it is for").set_value("nightly export")
    page.press("Make the token")
    (secret,) = [code.value for code in page.at.code]
    assert runtime().store.tokens.find(secret).name == "nightly export"
    page.press("I have copied it")
    assert not page.at.code
    page.row("admin_tokens", 0)
    page.fill("text_area", "Why", "done")
    page.press("Revoke it")
    assert runtime().store.tokens.find(secret) is None
    assert list(page.at.dataframe[0].value["State"]) == ["revoked"]


def test_the_mode_is_changed_and_everybody_sees_it(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations")
    page.at.radio[0].set_value(Mode.READ_ONLY)
    page.run()
    page.fill("text_area", "Why", "upgrade")
    page.press("Change the mode")
    assert runtime().mode is Mode.READ_ONLY
    visitors.enter("Ann", Role.READER)
    assert "read only for now" in opened("about").words


def test_a_backup_is_made_and_listed(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Backups")
    assert "There is no backup yet" in page.words
    page.press("Make it")
    assert "The backup is made" in page.words
    assert len(page.at.dataframe[0].value) == 1


def test_the_trail_lists_and_verifies(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Audit trail")
    entries = page.at.dataframe[0].value
    assert list(entries["Entry"]) == sorted(entries["Entry"], reverse=True)
    assert "set role" in list(entries["What"])
    page.press("Verify the chain")
    assert "Every entry agrees" in page.words


def test_maintenance_lets_admins_in_only(visitors, opened):
    runtime().store.control.set_mode(Mode.MAINTENANCE, Operation.by(LOCAL, "set mode", "maintenance", "x"))
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("sites")
    assert "closed for maintenance" in page.words
    assert not page.at.dataframe
    visitors.enter("Adm", Role.ADMIN)
    assert opened("sites").at.dataframe


def test_old_data_says_so_on_every_page(own_store, opened, monkeypatch):
    page = opened("about")
    monkeypatch.setattr(type(runtime()), "stale", property(lambda _self: Staleness(65.0)))
    page.run()
    assert "has not answered for 1 min" in page.words
