"""The Edit page: a dossier as a draft, kept at every step, named faults, both versions of a conflict."""

import uuid

import pytest

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.domain.records import Event
from dashboard.errors import StoreError
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.trail.operations import Operation
from dashboard.ui.editing import desk as desk_ui
from dashboard.ui.editing.fields import date_reading
from dashboard.workflows.editing import drafting as editing
from dashboard.workflows.editing import reviewing

SITE = "st-bluebird-benslimane"
EVENT = "ev-2026-jmc3"


def drafts(state=DraftState.WORKING):
    kept = runtime().store.drafts
    return tuple(kept.get(line.id) for line in kept.list((state,)))


def publish_as(person, **cells):
    """Somebody else edits the site, and a reviewer accepts."""
    store = runtime().store
    library = runtime().view(runtime().audience_of(LOCAL)).library()
    work = editing.start(store, person, SITE, lambda dossier: dossier)
    work.form.record |= cells
    draft = editing.submit(store, person, work, library, why="", operation_id=uuid.uuid4().hex)
    reviewing.accept(store, LOCAL, draft, library, why="", operation_id=uuid.uuid4().hex)


def test_nothing_is_kept_before_the_first_change(own_store, opened):
    page = opened("edit", record=SITE)
    assert "Nothing changed yet" in page.words
    assert page.button("Publish").disabled
    assert drafts() == ()


def test_a_field_that_settles_is_kept(own_store, opened):
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "A new name")
    assert "Draft saved a moment ago" in page.words
    (draft,) = drafts()
    assert draft.dossier.name == "A new name"
    assert page.at.query_params["draft"] == draft.id


def test_another_tab_goes_on_where_the_first_was_lost(own_store, opened):
    first = opened("edit", record=SITE)
    first.fill("text_area", "Notes", "half a sente")
    again = opened("edit", draft=drafts()[0].id)
    assert again.field("text_area", "Notes").value == "half a sente"
    assert opened("edit", record=SITE).field("text_area", "Notes").value == "half a sente"


def test_two_tabs_of_one_draft_never_overwrite_one_another(own_store, opened):
    first = opened("edit", record=SITE)
    first.fill("text_input", "Name", "One")
    second = opened("edit", record=SITE)
    second.fill("text_input", "Name", "Two")
    first.fill("text_input", "Name", "Three")
    assert "changed in another tab" in first.words
    assert drafts()[0].dossier.name == "Two"
    first.press("Go on with this one")
    assert drafts()[0].dossier.name == "Three"
    second.fill("text_area", "Notes", "x")
    second.press("Show the other version")
    assert second.field("text_input", "Name").value == "Three"


def test_a_store_that_is_away_leaves_the_text_in_the_form(own_store, opened, monkeypatch):
    page = opened("edit", record=SITE)

    def away(*_):
        raise StoreError("The database does not answer. Nothing was changed", "sqlite:///x")

    with monkeypatch.context() as patch:
        patch.setattr(desk_ui, "save_draft", away)
        page.fill("text_input", "Name", "Typed in the dark")
        assert "Not saved yet" in page.words
        assert "does not answer" in page.words
        assert page.field("text_input", "Name").value == "Typed in the dark"
    page.press("Try to save now")
    assert "Draft saved a moment ago" in page.words
    assert drafts()[0].dossier.name == "Typed in the dark"


@pytest.mark.parametrize("text", ["a\0b", "a\x1bb"])
def test_what_no_database_keeps_is_refused_in_the_form(own_store, opened, text):
    page = opened("edit", record=SITE)
    before = runtime().store.repository.data_version()
    page.fill("text_input", "Name", text)
    assert f"Site, name: holds a control character (U+{ord(text[1]):04X}): take it out" in page.words
    page.press("Publish")
    assert "Before it can be submitted" in page.words
    assert runtime().store.repository.data_version() == before
    page.fill("text_input", "Name", "Without it")
    assert "Before it can be submitted" not in page.words


def test_what_is_wrong_is_named_by_field_and_not_submitted(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=EVENT)
    page.fill("text_input", "Date", "2021-13")
    assert "there is no month 13" in page.words
    assert "Before it can be submitted" in page.words
    page.press("Submit for review")
    assert drafts(DraftState.SUBMITTED) == ()
    assert len(drafts()) == 1  # the unfinished text is kept
    page.fill("text_input", "Date", "2021-12~")
    assert "about December 2021 · 2021-11-01 to 2022-01-31" in page.words
    page.press("Submit for review")
    assert "is submitted" in page.words
    (draft,) = drafts(DraftState.SUBMITTED)
    assert draft.author == "Ann"


@pytest.mark.parametrize(
    ("text", "words", "good"),
    [
        ("2021-22", "summer 2021 · 2021-06-01 to 2021-08-31", True),
        ("2021/..", "from 2021 · 2021-01-01 to open", True),
        ("", "undated", True),
        ("2021-02-30", "there is no day", False),
        ("yesterday", "no year", False),
    ],
)
def test_a_date_is_read_aloud(text, words, good):
    said, readable = date_reading(text)
    assert words in said
    assert readable is good


def test_a_local_session_publishes_at_once(own_store, opened):
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "Published name")
    page.press("Publish")
    assert "is published" in page.words
    assert runtime().store.repository.dossier(SITE)[0].name == "Published name"
    assert runtime().view(runtime().audience_of(LOCAL)).library().name(SITE) == "Published name"


def test_a_whole_new_site_is_made(own_store, opened):
    page = opened("edit")
    page.fill("text_input", "Name", "Quarry Seven")
    page.press("Begin")
    assert "New site" in page.words
    page.section("locations")
    page.press("Add a place")
    page.fill("text_input", "Place as written", "Settat")
    page.fill("selectbox", "Country", "MA")
    page.fill("text_input", "Latitude, longitude", "33.0, -7.6")
    page.fill("text_area", "Why there", "The decree prints the plot")
    page.section("citations")
    page.press("Add a citation")
    page.fill("selectbox", "Source", "+")
    page.fill("text_input", "Publisher", "Official Gazette")
    page.fill("text_input", "Address", "https://example.org/decree")
    page.fill("text_area", "Quote, word for word", "A quarry is opened.")
    page.section("site_status")
    page.press("Add a status")
    page.fill("text_input", "Date", "2024/..")
    page.press("Publish")
    assert "Quarry Seven is published" in page.words
    dossier, revision = runtime().store.repository.dossier("st-quarry-seven")
    (place,) = dossier.locations
    assert (place.lat, place.lon, place.method, place.precision) == (33.0, -7.6, "hand", "near")
    assert dossier.sources[0].publisher == "Official Gazette"
    assert dossier.statuses[0].citation_id == dossier.citations[0].id
    assert revision == 1


def test_a_name_the_atlas_has_is_pointed_at(own_store, opened):
    page = opened("edit")
    page.fill("text_input", "Name", "BlueBird SpyX")
    assert "may have it already" in page.words


def test_a_candidate_of_the_gazetteer_fills_the_place(own_store, opened, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))
    page = opened("edit", record=SITE)
    page.section("locations")
    page.fill("text_input", "Place as written", "Casablanca")
    page.press("Find it in the gazetteer")
    page.press("Take Casablanca")
    assert "a candidate of the gazetteer" in page.words
    (place,) = drafts()[0].dossier.locations
    assert place.place_id.startswith("geonames:")
    assert place.method == "gazetteer"


def test_lists_of_pairs_grow_and_shrink(own_store, opened):
    page = opened("edit", record=EVENT)
    before = len([b for b in page.at.button if b.label == "✕"])
    page.press("Add a product")
    page.fill("text_input", "Designation as written", "Harop|2: mark")
    assert drafts()[0].dossier.record.products[-1].designation == "Harop/2: mark"
    page.press("Add an actor")
    assert "no actor-id:role" in page.words
    assert len([b for b in page.at.button if b.label == "✕"]) == before + 2
    [b for b in page.at.button if b.label == "✕"][-1].click()
    page.run()
    assert drafts()


def test_a_record_changed_meanwhile_is_put_together(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "Mine")
    page.fill("selectbox", "Kind", "depot")
    publish_as(visitors.known("Bob", Role.CONTRIBUTOR), name="Theirs", notes="Their note")
    page.press("Submit for review")
    assert "was changed by Bob" in page.words
    assert "here are both versions" in page.words
    for version in ("Mine", "Theirs", "Their note"):
        assert version in page.words
    (choice,) = page.at.radio
    choice.set_value("theirs")
    page.run()
    page.press("Put mine on theirs and go on")
    assert page.field("text_input", "Name").value == "Theirs"
    assert page.field("selectbox", "Kind").value == "depot"
    page.press("Submit for review")
    (draft,) = drafts(DraftState.SUBMITTED)
    assert (draft.base_revision, draft.dossier.record.notes) == (2, "Their note")


def test_a_draft_is_withdrawn_and_gone_on_with(own_store, opened):
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "Mine")
    page.press("Withdraw the draft")
    assert "withdrawn" in page.words
    page.press("Go on")
    assert page.field("text_input", "Name").value == "Mine"


def test_an_unknown_record_or_draft_says_so(own_store, opened):
    assert "No record has the id" in opened("edit", record="st-none").words
    assert "No record has the id" in opened("edit", draft="dr-none").words


def test_the_draft_of_somebody_else_is_not_opened(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.fill("text_area", "Notes", "a secret of Ann")
    draft = drafts()[0].id
    visitors.enter("Bob", Role.CONTRIBUTOR)
    other = opened("edit", draft=draft)
    assert "somebody else" in other.words
    assert "a secret of Ann" not in other.words


@pytest.mark.parametrize("role", [Role.READER, None])
def test_who_may_not_write_is_told_so(visitors, opened, monkeypatch, role):
    if role is None:
        monkeypatch.setenv("ARSENAL_ATLAS_ANONYMOUS_READING", "true")
        visitors.leave()
    else:
        visitors.enter("Ann", role)
    page = opened("edit", record=SITE)
    assert "You may not write and submit drafts" in page.words
    assert page.button("Submit for review") is None


def test_a_role_that_is_taken_away_counts_at_the_next_step(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "One")
    runtime().store.people.set_role(ann.id, Role.READER, Operation.new("test", "set role", ann.id, "x"))
    page.fill("text_input", "Name", "Two")
    assert "You may not write and submit drafts" in page.words
    assert drafts()[0].dossier.name == "One"


def test_a_disabled_person_is_out_at_the_next_step(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    runtime().store.people.disable(ann.id, Operation.new("test", "disable", ann.id, "x"), disabled=True)
    page.run()
    assert page.at.warning
    assert not page.at.text_input


def test_read_only_mode_leaves_the_text_and_says_why(own_store, opened):
    page = opened("edit", record=SITE)
    store = runtime().store
    store.control.set_mode(Mode.READ_ONLY, Operation.by(LOCAL, "set mode", "read-only", "upgrade"))
    page.fill("text_input", "Name", "Later")
    assert "read only for now" in page.words
    assert "Not saved yet" in page.words
    assert page.field("text_input", "Name").value == "Later"
    store.control.set_mode(Mode.NORMAL, Operation.by(LOCAL, "set mode", "normal", "done"))
    page.press("Try to save now")
    assert drafts()[0].dossier.name == "Later"


def test_a_record_that_is_gone_by_now_is_said_to_be_gone(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    alone = next(
        found.record.id
        for found in runtime().view(runtime().audience_of(LOCAL)).library().of_type(Event)
        if not found.linked
    )
    page = opened("edit", record=alone)
    page.fill("text_input", "Title", "Mine")
    reviewing.delete_record(runtime().store, LOCAL, alone, 1, why="x", operation_id=uuid.uuid4().hex)
    page.press("Submit for review")
    assert "may have been merged or deleted" in page.words
    assert drafts()[0].dossier.name == "Mine"


def test_a_list_leads_to_a_new_record(own_store, opened):
    page = opened("edit", new="events")
    assert page.field("text_input", "Title") is not None
    page.fill("text_input", "Title", "Something new happens")
    page.press("Begin")
    assert "New event" in page.words
