"""Who had another role when the page was drawn: the click is theirs of now, and does what they may do now."""

import pytest

from dashboard.domain.access import Role
from dashboard.domain.records import Place
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.trail.operations import Operation
from dashboard.ui.share import download
from dashboard.workflows.editing import drafting
from dashboard.workflows.geocoding.decide_places import HandDecision, save_by_hand

SITE = "st-bluebird-benslimane"
CHANGED = "your role has changed"


@pytest.fixture
def shop(visitors, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))


def becomes(person, role):
    runtime().store.people.set_role(person.id, role, Operation.new("test", "set role", person.id, "test"))


def begin_draft(person):
    view = runtime().view(runtime().audience_of(person))
    work = drafting.start(runtime().store, person, SITE, view.seen)
    work.form.record["name"] = "Moved plant"
    return drafting.save_draft(runtime().store, person, work)


def state_of(draft):
    return runtime().store.drafts.get(draft.id).state


def settle(page):
    while (desk := page.at.session_state["import_desk"]) is not None:
        under_way = [one for one in (desk.reading, desk.looking, desk.importing) if one]
        if not under_way:
            return
        assert under_way[0].wait(60)
        page.run()


@pytest.mark.parametrize("label", ["Withdraw", "Withdraw the draft", "Go on", "Begin", "Go on with this one"])
def test_a_draft_stays_as_it_is(visitors, opened, label):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    draft = begin_draft(ann)
    on_desk = label in ("Withdraw the draft", "Go on with this one")
    page = opened("edit", draft=draft.id) if on_desk else opened("edit")
    if label == "Begin":
        page.fill("text_input", "Name", "New plant")
    elif label == "Go on with this one":
        work = drafting.resume(runtime().store, ann, draft.id)
        work.form.record["name"] = "In another tab"
        drafting.save_draft(runtime().store, ann, work)
        page.fill("text_input", "Name", "In this tab")
    becomes(ann, Role.READER)
    page.press(label)
    assert CHANGED in page.words
    assert state_of(draft) is DraftState.WORKING
    assert ("edit_desk" in page.at.session_state) is on_desk
    if label == "Go on with this one":
        assert page.at.session_state["edit_desk"].elsewhere


@pytest.mark.parametrize("label", ["Look at it", "Import 2 rows"])
def test_a_table_is_not_tried_or_imported(shop, visitors, opened, label):
    rev = visitors.enter("Rev", Role.REVIEWER)
    page = opened("import_data")
    rows = "name,place,kind\nA,Rabat,x\nB,Agadir,y\n"
    page.fill("file_uploader", "A table", ("mine.csv", rows.encode(), "text/csv"))
    settle(page)
    if label != "Look at it":
        page.press("Look at it")
        settle(page)
    # They may still bring tables, but see less of the atlas than what this page was drawn of.
    becomes(rev, Role.CONTRIBUTOR)
    page.press(label)
    desk = page.at.session_state["import_desk"]
    assert CHANGED in page.words
    assert (desk.looking, desk.importing) == (None, None)
    page.press(label)
    settle(page)
    assert (desk.looked_at if label == "Look at it" else desk.stored) is not None


def test_a_decision_about_a_place_takes_no_other_s_place(shop, visitors, opened):
    rev = visitors.enter("Rev", Role.REVIEWER)
    page = opened("geocoding", names="Zzyzzx Nowhere")
    theirs = save_by_hand(
        runtime().store,
        visitors.known("Eve", Role.REVIEWER),
        HandDecision("Zzyzzx Nowhere", (10.5, 20.5), "near", 2_000, "Eve was there"),
    )
    page.field("text_input", "Latitude, longitude").set_value("33.6012, -7.1345")
    page.field("text_input", "Why there").set_value("The permit names the plot")
    page.press("Save as hand-decided place")
    becomes(rev, Role.READER)
    page.press("Save mine in its place")
    assert CHANGED in page.words
    found = {place.name: place for place in runtime().store.repository.read_table(Place)}
    assert found["Zzyzzx Nowhere"] == theirs


def test_no_file_is_made_of_what_somebody_may_see_no_longer(visitors, opened, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "reader=0.5")
    rev = visitors.enter("Rev", Role.REVIEWER)
    page = opened("events", country="MA")
    page.at.session_state["share_open"] = True
    page.run()
    page.at.button_group(key="share_part").set_value("Download").run()
    made = []
    monkeypatch.setattr(download, "FileJob", lambda *of: made.append(of))
    becomes(rev, Role.READER)
    page.press(next(b.label for b in page.at.button if b.label.startswith("Make the file")))
    assert made == []
