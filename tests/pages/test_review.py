"""The Review page: what waits, what would change, decided by somebody else; deleted and protected records."""

import uuid
from dataclasses import replace

import pytest

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.domain.records import Event
from dashboard.errors import StoreError
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.trail.operations import Operation
from dashboard.ui.reviewing import waiting
from dashboard.workflows.editing import drafting as editing
from dashboard.workflows.editing import review_queue, reviewing

SITE = "st-bluebird-benslimane"
EVENT = "ev-2026-jmc3"


def submit(person, record_id=SITE, why="a better name", **cells):
    store = runtime().store
    library = runtime().view(runtime().audience_of(LOCAL)).library()
    work = editing.start(store, person, record_id, lambda dossier: dossier)
    work.form.record |= cells or {"kind": "depot"}
    return editing.submit(store, person, work, library, why=why, operation_id=uuid.uuid4().hex)


def state_of(draft):
    return runtime().store.drafts.get(draft.id).state


def look_into(page, key):
    page.at.session_state[key] = True
    page.run()


def test_an_empty_queue_says_so(own_store, opened):
    page = opened("review")
    assert "The queue is empty" in page.words
    assert "Nothing is deleted" in page.words


def test_an_empty_queue_says_what_comes_there_and_leads_to_it(own_store, opened):
    page = opened("review")
    assert "What comes here" in page.words
    assert "you decide alone" in page.words
    assert {link.label for link in page.at.get("page_link")} >= {"Edit", "Articles", "Layers", "Import"}


def test_a_reviewer_among_others_is_told_that_nobody_decides_about_their_own(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    assert "nobody decides about a draft of their own" in page.words
    submit(visitors.known("Ann", Role.CONTRIBUTOR))
    assert "What comes here" not in opened("review").words


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_who_is_no_reviewer_sees_no_draft(visitors, opened, role):
    submit(visitors.known("Bob", Role.CONTRIBUTOR), notes="a secret of Bob")
    visitors.enter("Ann", role)
    page = opened("review")
    assert "You may not see everybody's drafts" in page.words
    assert "a secret of Bob" not in page.words


def test_a_draft_is_shown_field_by_field_and_accepted(visitors, opened):
    draft = submit(visitors.known("Ann", Role.CONTRIBUTOR), name="A better name", kind="depot")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    assert "| Name | BlueBird SpyX plant, Ben Slimane | A better name |" in page.words
    assert "| Kind | Factory | Depot |" in page.words
    assert "a better name" in page.words
    assert any(getattr(e, "key", "") == "spots_map" for e in page.at.main)
    page.press("Accept")
    assert "accepted and published" in page.words
    assert state_of(draft) is DraftState.ACCEPTED
    assert runtime().store.repository.dossier(SITE)[0].name == "A better name"
    assert "The queue is empty" in page.words


def test_ones_own_draft_offers_no_decision(visitors, opened):
    submit(visitors.enter("Rev", Role.REVIEWER))
    page = opened("review")
    assert "your own" in page.words
    for label in ("Accept", "Reject", "Send back"):
        assert page.button(label) is None


@pytest.mark.parametrize(
    ("label", "state"), [("Reject", DraftState.REJECTED), ("Send back", DraftState.WORKING)]
)
def test_a_refusal_needs_a_reason_and_its_author_reads_it(visitors, opened, label, state):
    draft = submit(visitors.known("Ann", Role.CONTRIBUTOR))
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    page.press(label)
    assert "say why" in page.words
    assert state_of(draft) is DraftState.SUBMITTED
    page.fill("text_area", "Why (may be empty)", "which plant is it?")
    page.press(label)
    assert state_of(draft) is state
    visitors.enter("Ann", Role.CONTRIBUTOR)
    mine = opened("edit")
    assert "which plant is it?" in mine.words
    mine.press("Go on")
    assert mine.field("selectbox", "Kind").value == "depot"


def test_a_record_changed_meanwhile_is_not_accepted(visitors, opened):
    first = submit(visitors.known("Ann", Role.CONTRIBUTOR), name="First")
    submit(visitors.known("Bob", Role.CONTRIBUTOR), name="Second")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    page.press("Accept")
    assert state_of(first) is DraftState.ACCEPTED
    assert "was changed since this draft was begun" in page.words
    assert "| Name | First | Second |" in page.words
    assert page.button("Accept").disabled


@pytest.mark.parametrize("label", ["Accept", "Reject", "Send back"])
def test_a_draft_that_was_swapped_after_it_was_shown_is_shown_anew(visitors, opened, label):
    ann = visitors.known("Ann", Role.CONTRIBUTOR)
    draft = submit(ann, name="Harmless")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    assert "| Harmless |" in page.words
    swap(ann, draft, "Never read by anybody")
    page.field("text_area", "Why (may be empty)").set_value("I have read it")
    page.press(label)
    assert "Ann changed this draft after it was shown to you" in page.words
    assert "| Never read by anybody |" in page.words
    assert state_of(draft) is DraftState.SUBMITTED
    assert runtime().store.repository.dossier(SITE)[1] == 1
    page.press(label)  # now about what is shown
    assert state_of(draft) is not DraftState.SUBMITTED


def test_a_reason_that_was_typed_just_before_the_click_counts(visitors, opened):
    draft = submit(visitors.known("Ann", Role.CONTRIBUTOR))
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    page.field("text_area", "Why (may be empty)").set_value("which plant?")
    page.press("Send back")
    assert runtime().store.drafts.get(draft.id).decided_why == "which plant?"


def swap(person, draft, name):
    store = runtime().store
    editing.withdraw(store, person, draft.id, operation_id=uuid.uuid4().hex)
    work = editing.resume(store, person, draft.id)
    work.form.record["name"] = name
    library = runtime().view(_all()).library()
    editing.submit(store, person, work, library, why="", operation_id=uuid.uuid4().hex)


def test_a_draft_that_was_withdrawn_after_it_was_shown_is_not_published(visitors, opened):
    ann = visitors.known("Ann", Role.CONTRIBUTOR)
    draft = submit(ann, name="Harmless")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    editing.withdraw(runtime().store, ann, draft.id, operation_id=uuid.uuid4().hex)
    page.press("Accept")
    assert "Nothing was decided" in page.words
    assert "The queue is empty" in page.words
    assert state_of(draft) is DraftState.WITHDRAWN


def test_a_long_queue_comes_in_pages(visitors, opened, monkeypatch):
    for module in (waiting, review_queue):
        monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setitem(review_queue.queue.__kwdefaults__, "limit", 2)
    for number in range(5):
        submit(visitors.known(f"P{number}", Role.CONTRIBUTOR), name=f"Name {number}")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")

    def names():
        return list(page.at.dataframe[0].value["Record"])

    assert names() == ["Name 0", "Name 1"]
    assert "1 to 2 of 5" in page.words
    assert page.button("Older").disabled
    page.press("Newer")
    assert names() == ["Name 2", "Name 3"]
    page.row("review_queue", 1)
    assert "#### Name 3" in page.words
    page.press("Newer")
    assert names() == ["Name 4"]
    assert page.button("Newer").disabled
    page.fill("text_area", "Why (may be empty)", "no")
    page.press("Reject")  # the last of its page: the one before comes back
    assert names() == ["Name 2", "Name 3"]
    page.press("Older")
    assert names() == ["Name 0", "Name 1"]
    page.fill("selectbox", "Author", runtime().store.people.find("issuer", "p2").id)
    assert names() == ["Name 2"]


def test_the_queue_narrows(visitors, opened):
    submit(visitors.known("Ann", Role.CONTRIBUTOR), name="Of Ann")
    submit(visitors.known("Bob", Role.CONTRIBUTOR), EVENT, title="Of Bob")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    assert list(page.at.dataframe[0].value["By"]) == ["Ann", "Bob"]
    page.fill("selectbox", "Author", runtime().store.people.find("issuer", "bob").id)
    assert list(page.at.dataframe[0].value["Record"]) == ["Of Bob"]
    page.fill("selectbox", "Author", "")
    page.fill("selectbox", "Type", "sites")
    assert list(page.at.dataframe[0].value["Record"]) == ["Of Ann"]
    page.fill("selectbox", "Waiting", 7)
    assert "No draft matches the filters" in page.words


def test_another_draft_of_the_queue_is_chosen(visitors, opened):
    submit(visitors.known("Ann", Role.CONTRIBUTOR), name="Of Ann")
    submit(visitors.known("Bob", Role.CONTRIBUTOR), EVENT, title="Of Bob")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    page.row("review_queue", 1)
    assert "#### Of Bob" in page.words


def test_the_draft_that_is_shown_is_the_marked_row(visitors, opened):
    for name in ("Ann", "Bob", "Cid"):
        submit(visitors.known(name, Role.CONTRIBUTOR), why=f"by {name}")
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")

    def marked():
        table = page.at.dataframe[0]
        (row,) = page.at.session_state[table.key]["selection"]["rows"]
        return table.value["By"][row]

    assert marked() == "Ann"
    page.row("review_queue", 1)
    assert marked() == "Bob"
    assert "by Bob" in page.words
    # Letting go of the row leaves the draft where it is, and so the mark.
    table = page.at.dataframe[0].key
    page.at.session_state[table] = {"selection": {"rows": [], "columns": [], "cells": []}}
    page.run()
    assert marked() == "Bob"
    assert "by Bob" in page.words
    page.fill("text_area", "Why (may be empty)", "no")
    page.press("Reject")
    assert marked() == "Ann"
    assert "by Ann" in page.words


def test_a_store_that_is_away_is_a_sentence(visitors, opened, monkeypatch):
    visitors.enter("Rev", Role.REVIEWER)

    def away(*_, **__):
        raise StoreError("The database does not answer. Nothing was changed", "sqlite:///x")

    monkeypatch.setattr(runtime().store.drafts, "waiting", away)
    page = opened("review")
    assert "does not answer" in page.words


def test_in_read_only_mode_nothing_is_decided(visitors, opened):
    submit(visitors.known("Ann", Role.CONTRIBUTOR))
    visitors.enter("Rev", Role.REVIEWER)
    runtime().store.control.set_mode(Mode.READ_ONLY, Operation.by(LOCAL, "set mode", "read-only", "x"))
    page = opened("review")
    assert "read-only now: nothing is decided" in page.words
    assert page.button("Accept") is None


def test_a_record_is_deleted_from_its_card_and_restored(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    library = runtime().view(_all()).library()
    alone = next(found.record.id for found in library.of_type(Event) if not found.linked)
    page = opened("events", record=alone)
    look_into(page, f"card_delete_{alone}")
    page.press("Delete the record")
    assert "say why" in page.words
    page.fill("text_area", "Why", "stands twice")
    page.press("Delete the record")
    assert "is deleted" in page.words
    assert alone not in runtime().view(_all()).library().evidence
    (gone,) = reviewing.deleted_records(runtime().store, LOCAL)
    assert (gone.record_id, gone.why) == (alone, "stands twice")
    review = opened("review")
    assert "stands twice" in review.words
    review.fill("text_area", "Why", "it does not")
    review.press("Restore it")
    assert "is restored" in review.words
    assert alone in runtime().view(_all()).library().evidence


def test_a_record_that_somebody_changes_meanwhile_is_not_deleted_unseen(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    repository = runtime().repository
    alone = next(
        found.record.id for found in runtime().view(_all()).library().of_type(Event) if not found.linked
    )
    page = opened("events", record=alone)
    look_into(page, f"card_delete_{alone}")
    page.fill("text_area", "Why", "stands twice")
    dossier, revision = repository.dossier(alone)
    changed = replace(dossier, record=replace(dossier.record, title="It does not"))
    repository.save_dossier(changed, revision, Operation.by(LOCAL, "edit", alone, "x"))
    page.press("Delete the record")
    assert "was changed by local" in page.words
    assert repository.dossier(alone)[0].record.title == "It does not"


def test_a_contributor_proposes_a_deletion_and_a_reviewer_deletes(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    library = runtime().view(_all()).library()
    alone = next(found.record.id for found in library.of_type(Event) if not found.linked)
    page = opened("events", record=alone)
    assert page.button("Delete the record") is None
    look_into(page, f"card_propose_deletion_{alone}")
    page.press("Propose to delete it")
    assert "say why" in page.words
    page.fill("text_area", "Why", "stands twice")
    page.press("Propose to delete it")
    assert "is proposed" in page.words
    (line,) = editing.drafts_of(runtime().store, ann)
    assert (line.record_id, line.deletion, line.state) == (alone, True, DraftState.SUBMITTED)
    mine = opened("edit")
    assert "Proposed: to delete the record" in mine.words
    assert mine.button("Go on") is None
    visitors.enter("Rev", Role.REVIEWER)
    review = opened("review")
    assert list(review.at.dataframe[0].value["What"]) == ["deletion"]
    assert "The record would be deleted" in review.words
    assert "stands twice" in review.words
    review.press("Accept")
    assert alone not in runtime().view(_all()).library().evidence
    (gone,) = reviewing.deleted_records(runtime().store, LOCAL)
    assert gone.who == "Ann, accepted by Rev"


def test_a_record_that_was_mended_since_the_card_was_drawn_is_not_proposed_unseen(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    repository = runtime().repository
    alone = next(
        found.record.id for found in runtime().view(_all()).library().of_type(Event) if not found.linked
    )
    page = opened("events", record=alone)
    look_into(page, f"card_propose_deletion_{alone}")
    page.fill("text_area", "Why", "the title is wrong")
    dossier, revision = repository.dossier(alone)
    changed = replace(dossier, record=replace(dossier.record, title="It is right now"))
    repository.save_dossier(changed, revision, Operation.by(LOCAL, "edit", alone, "x"))
    page.press("Propose to delete it")
    assert "was changed by local" in page.words
    assert runtime().store.drafts.list() == ()


def test_a_record_that_others_name_is_not_deleted(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("events", record=EVENT)
    look_into(page, f"card_delete_{EVENT}")
    page.fill("text_area", "Why", "x")
    page.press("Delete the record")
    assert "Nothing was changed" in page.words
    assert EVENT in runtime().view(_all()).library().evidence


def _all():
    return runtime().audience_of(LOCAL)


def test_a_record_is_protected_from_its_card(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("sites", record=SITE)
    look_into(page, f"card_protect_{SITE}")
    page.fill("text_area", "Why", "people live there")
    page.press("Protect it")
    assert runtime().store.protections.all() == {SITE: 0.1}
    page.fill("text_area", "Why", "they left")
    page.press("Lift the protection")
    assert runtime().store.protections.all() == {}


@pytest.mark.parametrize(
    ("role", "edit", "remove"),
    [(Role.READER, False, False), (Role.CONTRIBUTOR, True, False), (Role.REVIEWER, True, True)],
)
def test_a_card_offers_what_the_role_may(visitors, opened, role, edit, remove):
    visitors.enter("Ann", role)
    page = opened("sites", record=SITE)
    labels = {link.label for link in page.at.get("page_link")}
    assert ({"Edit", "New site"} <= labels) is edit
    for key in ("delete", "propose_deletion"):
        look_into(page, f"card_{key}_{SITE}")
    assert (page.button("Delete the record") is not None) is remove
    assert (page.button("Propose to delete it") is not None) is (edit and not remove)
