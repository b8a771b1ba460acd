"""Hands quicker than a drawing: what stands in the fields at the click counts, and a click counts once.

A press is made in the very run in which a field changes; twice before the page is drawn anew; again while the
first is carried out; or late, from what the browser still shows although the page has gone on.
"""

from contextlib import suppress
from copy import copy
from pathlib import Path
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException, add_script_run_ctx, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import WStates

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.errors import StoreError
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.trail.operations import Operation
from dashboard.ui.articles import bring as bringing
from dashboard.ui.geocoding import decision, places
from dashboard.ui.reviewing import waiting
from dashboard.ui.share import download
from dashboard.workflows.editing import drafting, review_queue, reviewing

TEXT = (Path(__file__).parents[1] / "articles" / "texts" / "founding.txt").read_text(encoding="utf-8")
SITE, EVENT = "st-bluebird-benslimane", "ev-2026-jmc3"


@pytest.fixture
def shop(own_store, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))


@pytest.fixture
def press_twice(monkeypatch):
    """Presses a button twice before the page is drawn anew."""

    def press(page, label):
        once = WStates.call_callback

        def twice(states, widget_id):
            once(states, widget_id)
            once(states, widget_id)

        with monkeypatch.context() as patch:
            patch.setattr(WStates, "call_callback", twice)
            page.press(label)

    return press


@pytest.fixture
def press_again(monkeypatch):
    """Presses a button, and again as soon as the first press has written into the store."""

    def press(page, label):
        once, look = WStates.call_callback, ScriptRunner._maybe_handle_execution_control_request
        before = len(runtime().store.trail.list())
        button = page.button(label)
        button.click()
        states = page.at._tree.get_widget_states()
        came = []

        def looked(runner):
            if runner._execing and not came and len(runtime().store.trail.list()) > before:
                came.append(True)
                at = get_script_run_ctx()
                raise RerunException(
                    RerunData(at.query_string, widget_states=states, page_script_hash=at.page_script_hash)
                )
            return look(runner)

        def again(states, widget_id):
            try:
                once(states, widget_id)
            except RerunException:
                once(states, widget_id)

        with monkeypatch.context() as patch:
            patch.setattr(WStates, "call_callback", again)
            patch.setattr(ScriptRunner, "_maybe_handle_execution_control_request", looked)
            page.press(label)
        assert came, "the second press never came"

    return press


@pytest.fixture
def press_beside(monkeypatch):
    """Presses a button in two runs at once, as Streamlit does when a second click comes during the first."""

    def press(page, label):
        once = WStates.call_callback

        def both(states, widget_id):
            context = copy(get_script_run_ctx())
            context.session_state = SafeSessionState(context.session_state._state, lambda: None)
            other = Thread(target=once, args=(states, widget_id))
            add_script_run_ctx(other, context)
            other.start()
            once(states, widget_id)
            other.join()

        with monkeypatch.context() as patch:
            patch.setattr(WStates, "call_callback", both)
            page.press(label)

    return press


def press_late(page, shown):
    """Press a button of a drawing of before."""
    states = page.at._tree.get_widget_states()
    states.widgets.add(id=shown.id, trigger_value=True)
    page.at._run(states)
    assert not page.at.exception, page.at.exception


def bring(page):
    page.fill("text_area", "Text of the article", TEXT)
    page.fill("text_input", "Publisher", "The Example Daily")
    page.press("Find what it tells")


def proposals():
    (article,) = runtime().store.articles.list()
    return [link.draft for link in runtime().store.articles.drafts(article.id)]


def submit(person, name):
    view = runtime().view(runtime().audience_of(LOCAL))
    work = drafting.start(runtime().store, person, SITE, view.seen)
    work.form.record["name"] = name
    library, store = view.library(), runtime().store
    return drafting.submit(store, person, work, library, why="", operation_id=f"submit {name}")


def faults(page):
    return [error.value for error in page.at.error]


def look_into(page, key):
    page.at.session_state[key] = True
    page.run()


def test_a_role_and_its_reason_are_those_of_the_click(visitors, opened):
    ann = visitors.known("Ann", Role.READER)
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    page.row("admin_people", list(page.at.dataframe[0].value["Name"]).index("Ann"))
    page.fill("selectbox", "Role", Role.ADMIN)
    page.field("selectbox", "Role").set_value(Role.CONTRIBUTOR)
    page.field("text_area", "Why").set_value("trained")
    page.press("Change the role")
    assert runtime().store.people.get(ann.id).role is Role.CONTRIBUTOR
    assert "Ann is contributor now" in page.words
    page.field("text_area", "Why").set_value("left")
    page.press("Keep out")
    assert runtime().store.people.get(ann.id).disabled


def test_whoever_was_chosen_stays_chosen_while_the_list_moves(visitors, opened):
    ann, _ = visitors.known("Ann"), visitors.known("Bob")
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    names = list(page.at.dataframe[0].value["Name"])
    page.row("admin_people", names.index("Ann"))
    # Whoever is new comes first.
    visitors.known("Eve")
    page.run()
    assert list(page.at.dataframe[0].value["Name"]) != names
    assert "**Ann**" in page.words
    page.fill("text_area", "Why", "left")
    assert "**Ann**" in page.words
    page.press("Keep out")
    assert runtime().store.people.get(ann.id).disabled


def test_who_was_an_admin_when_the_page_was_drawn_is_refused_at_the_click(visitors, opened):
    ann = visitors.known("Ann", Role.READER)
    admin = visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="People")
    page.row("admin_people", list(page.at.dataframe[0].value["Name"]).index("Ann"))
    page.field("text_area", "Why").set_value("revenge")
    people = runtime().store.people
    people.set_role(admin.id, Role.READER, Operation.new("test", "set role", admin.id, "left"))
    page.press("Keep out")
    assert not people.get(ann.id).disabled
    assert "your role has changed" in page.words


def test_a_source_that_was_chosen_turns_into_no_other_when_rows_move(own_store, opened):
    page = opened("sources")
    page.row("sources_table", 5)
    assert "Cited for" in page.words
    first = str(page.at.dataframe[0].value["Publisher"][0])
    view = runtime().view(runtime().audience_of(LOCAL))
    work, library, store = (
        drafting.start(runtime().store, LOCAL, SITE, view.seen),
        view.library(),
        runtime().store,
    )
    new = work.form.add("sources")
    work.form.row("sources", new).update(publisher="0 before all others", title="News", kind="social_media")
    work.form.rows["citations"][0]["source_id"] = new
    draft = drafting.submit(store, LOCAL, work, library, why="", operation_id="renamed")
    reviewing.accept(store, LOCAL, draft, library, why="", operation_id="renamed, accepted")
    runtime().refresh()
    page.run()
    assert page.at.dataframe[0].value["Publisher"][0] != first
    assert "Cited for" not in page.words


def test_the_mode_is_that_of_the_click(visitors, opened):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations")
    page.at.radio[0].set_value(Mode.MAINTENANCE).run()
    page.at.radio[0].set_value(Mode.READ_ONLY)
    page.field("text_area", "Why").set_value("upgrade")
    page.press("Change the mode")
    assert runtime().mode is Mode.READ_ONLY
    assert "The mode is read-only now" in page.words


def test_the_grid_is_that_of_the_click(visitors, opened):
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("sites", record=SITE)
    look_into(page, f"card_protect_{SITE}")
    page.field("selectbox", "Grid").set_value(1.0)
    page.field("text_area", "Why").set_value("people live there")
    page.press("Protect it")
    assert runtime().store.protections.all() == {SITE: 1.0}


def test_a_token_is_made_once_and_revoked_for_the_reason_of_the_click(visitors, opened, press_twice):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Tokens")
    page.field("text_input", "What it is for").set_value("nightly export")
    press_twice(page, "Make the token")
    (secret,) = [code.value for code in page.at.code]
    (token,) = runtime().store.tokens.list()
    assert runtime().store.tokens.find(secret).id == token.id
    page.row("admin_tokens", 0)
    page.field("text_area", "Why").set_value("done")
    page.press("Revoke it")
    assert runtime().store.tokens.find(secret) is None


def test_a_backup_is_made_once_for_the_reason_of_the_click(visitors, opened, press_twice):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Backups")
    page.field("text_area", "Why (may be empty)").set_value("before the import")
    press_twice(page, "Make it")
    assert len(page.at.dataframe[0].value) == 1
    whys = [entry.why for entry in runtime().store.trail.list() if "backup" in entry.action]
    assert whys == ["before the import"]


def test_a_second_click_during_a_backup_makes_no_second_one(visitors, opened, press_again):
    visitors.enter("Adm", Role.ADMIN)
    page = opened("operations", part="Backups")
    press_again(page, "Make it")
    assert len(page.at.dataframe[0].value) == 1
    assert "The backup is made" in page.words


def test_a_new_record_is_named_as_the_field_says_at_the_click(own_store, opened):
    page = opened("edit")
    page.fill("text_input", "Name", "Half a na")
    page.field("text_input", "Name").set_value("Half a name and the rest")
    page.press("Begin")
    assert page.field("text_input", "Name").value == "Half a name and the rest"


def test_a_draft_is_withdrawn_as_often_as_it_was_gone_on_with(own_store, opened):
    page = opened("edit", record=SITE)
    for name in ("Mine", "Mine again"):
        page.fill("text_input", "Name", name)
        page.press("Close")
        page.press("Withdraw")
        (draft,) = runtime().store.drafts.list(author_id=LOCAL.id)
        assert draft.state is DraftState.WITHDRAWN
        page.press("Go on")


def test_two_clicks_take_out_one_pair(own_store, opened, press_twice):
    page = opened("edit", record=EVENT)
    for name in ("First", "Second", "Third"):
        page.press("Add a product")
        last = [e for e in page.at.text_input if e.label == "Designation as written"][-1]
        last.set_value(name).run()
    first = next(e for e in page.at.text_input if e.value == "First")
    at = [e for e in page.at.text_input if e.label == "Designation as written"].index(first)
    behind = [b for b in page.at.button if b.label == "✕" and "products" in b.key]
    behind[at].label = "this one"  # the only one that the test presses
    press_twice(page, "this one")
    left = [e.value for e in page.at.text_input if e.label == "Designation as written"]
    assert [name for name in left if name in ("First", "Second", "Third")] == ["Second", "Third"]


def test_a_field_stays_the_one_that_somebody_is_typing_into(own_store, opened):
    page = opened("edit", record=SITE)
    before = page.field("text_area", "Notes").id
    page.press("Add a product")
    assert page.field("text_area", "Notes").id == before
    page.section("locations")
    before = page.field("text_area", "Why there").id
    page.fill("text_input", "Latitude, longitude", "30.5, -8.5")
    assert page.field("selectbox", "How it was found").value == "hand"
    assert page.field("text_area", "Why there").id == before
    page.section("citations")
    page.press("Add a citation")
    before = page.field("text_area", "Quote, word for word", -1).id
    page.fill("selectbox", "Source", "+", -1)
    assert page.field("text_input", "Publisher", -1) is not None
    assert page.field("text_area", "Quote, word for word", -1).id == before


def test_what_is_published_twice_is_published_once(own_store, opened, press_twice):
    page = opened("edit", record=SITE)
    page.field("text_input", "Name").set_value("Renamed")
    page.run()
    press_twice(page, "Publish")
    assert "Renamed is published" in page.words
    assert not faults(page)
    assert runtime().store.repository.dossier(SITE)[1] == 2


def test_a_second_click_while_it_is_published_meets_no_conflict_with_the_first(
    own_store, opened, press_again
):
    page = opened("edit", record=SITE)
    page.fill("text_input", "Name", "Renamed")
    press_again(page, "Publish")
    assert "Renamed is published" in page.words
    assert "Nothing of yours was lost or submitted" not in page.words
    assert runtime().store.repository.dossier(SITE)[1] == 2


@pytest.mark.parametrize(("label", "state"), [("Accept", "accepted"), ("Reject", "rejected")])
def test_a_proposal_of_an_article_is_decided_once(shop, opened, press_twice, label, state):
    page = opened("articles")
    bring(page)
    press_twice(page, label)
    assert f": {state}" in page.words
    assert not faults(page)
    assert [draft.state for draft in proposals()].count(state) == 1


@pytest.mark.parametrize("label", ["Accept", "Reject", "Edit"])
def test_a_late_click_decides_about_nothing_that_was_not_seen(shop, opened, label):
    page = opened("articles")
    bring(page)
    shown = page.button(label)
    page.press("Next")
    unseen = page.at.session_state["article_item"]
    press_late(page, shown)
    assert runtime().store.drafts.get(unseen).state is DraftState.SUBMITTED


def test_two_steps_are_two_steps(shop, opened, press_twice):
    page = opened("articles")
    bring(page)
    ids = [b.key.removeprefix("item_") for b in page.at.button if (b.key or "").startswith("item_")]
    press_twice(page, "Next")
    assert page.at.session_state["article_item"] == ids[2]
    press_twice(page, "Previous")
    assert page.at.session_state["article_item"] == ids[0]


def test_an_article_is_brought_once(shop, opened, press_twice):
    page = opened("articles")
    page.field("text_input", "Publisher").set_value("The Example Daily")
    page.field("text_area", "Text of the article").set_value(TEXT)
    press_twice(page, "Find what it tells")
    assert "proposals wait" in page.words
    assert len(runtime().store.articles.list()) == 1


def test_a_second_click_while_an_article_is_brought_waits_for_the_first(
    shop, opened, press_beside, monkeypatch
):
    together, ingest = Barrier(2, timeout=0.3), bringing.ingest

    def meet(*args):
        with suppress(BrokenBarrierError):
            together.wait()
        return ingest(*args)

    monkeypatch.setattr(bringing, "ingest", meet)
    page = opened("articles")
    page.field("text_input", "Publisher").set_value("The Example Daily")
    page.field("text_area", "Text of the article").set_value(TEXT)
    press_beside(page, "Find what it tells")
    assert "proposals wait" in page.words
    assert not faults(page)


@pytest.mark.parametrize("label", ["Accept", "Send back", "Reject"])
def test_a_draft_is_decided_once_and_the_next_is_left_alone(visitors, opened, press_twice, label):
    first, second = (submit(visitors.known(name, Role.CONTRIBUTOR), name) for name in ("Ann", "Bob"))
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    shown = page.button(label)
    page.field("text_area", "Why (may be empty)").set_value("which plant?")
    press_twice(page, label)
    assert not faults(page)
    press_late(page, shown)
    drafts = runtime().store.drafts
    assert drafts.get(first.id).state is not DraftState.SUBMITTED
    assert drafts.get(second.id).state is DraftState.SUBMITTED


def test_leafing_through_the_queue_in_a_hurry_leads_to_the_next_page(
    visitors, opened, press_twice, monkeypatch
):
    for module in (waiting, review_queue):
        monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setitem(review_queue.queue.__kwdefaults__, "limit", 1)
    for name in ("Ann", "Bob", "Cid"):
        submit(visitors.known(name, Role.CONTRIBUTOR), name)
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("review")
    press_twice(page, "Newer")
    assert "2 to 2 of 3" in page.words
    press_twice(page, "Older")
    assert "1 to 1 of 3" in page.words


def test_a_record_is_deleted_and_restored_once(visitors, opened, press_twice):
    visitors.enter("Rev", Role.REVIEWER)
    store = runtime().store
    event = next(
        one.id
        for one in store.repository.read_table(type(store.repository.dossier(EVENT)[0].record))
        if not _is_named(one.id)
    )
    page = opened("events", record=event)
    look_into(page, f"card_delete_{event}")
    page.field("text_area", "Why").set_value("told twice")
    press_twice(page, "Delete the record")
    assert f"{event} is deleted" in page.words
    assert not faults(page)
    page.go("review")
    page.field("text_area", "Why").set_value("it was not")
    press_twice(page, "Restore it")
    assert "is restored" in page.words
    assert not faults(page)


def _is_named(record_id):
    library = runtime().view(runtime().audience_of(LOCAL)).library()
    return any(record_id in one.linked for one in library.evidence.values())


def test_a_place_is_decided_and_taken_back_once(shop, opened, press_twice):
    page = opened("geocoding", names="Zzyzzx Nowhere")
    for label, text in (
        ("Latitude, longitude", "33.6012, -7.1345"),
        ("Why there", "The permit names the plot"),
        ("Your name", "A. Tester"),
    ):
        page.field("text_input", label).set_value(text)
    press_twice(page, "Save as hand-decided place")
    assert "Saved as pl-zzyzzx-nowhere" in page.words
    assert "geo_clash" not in page.at.session_state or page.at.session_state["geo_clash"] is None
    for label, text in (("Why", "Another plot"), ("Your name", "A. Tester")):
        page.field("text_input", label).set_value(text)
    press_twice(page, "Take it back")
    assert "Taken back" in page.words
    assert not faults(page)


def test_a_try_that_was_refused_is_tried_again_at_the_next_click(shop, opened, press_twice, monkeypatch):
    def refused_once(module, name):
        does, tries = getattr(module, name), []

        def fails(*args, **options):
            tries.append(args)
            if len(tries) == 1:
                raise StoreError("The database does not answer", "")
            return does(*args, **options)

        monkeypatch.setattr(module, name, fails)

    page = opened("geocoding", names="Zzyzzx Nowhere")
    for label, text in (
        ("Latitude, longitude", "33.6012, -7.1345"),
        ("Why there", "The permit names the plot"),
        ("Your name", "A. Tester"),
    ):
        page.field("text_input", label).set_value(text)
    refused_once(decision, "save_by_hand")
    press_twice(page, "Save as hand-decided place")
    assert "Saved as pl-zzyzzx-nowhere" in page.words
    for label, text in (("Why", "Another plot"), ("Your name", "A. Tester")):
        page.field("text_input", label).set_value(text)
    refused_once(places, "take_back")
    press_twice(page, "Take it back")
    assert "Taken back" in page.words


def test_the_file_is_of_the_format_of_the_click(own_store, opened, press_twice):
    page = opened("events", country="MA")
    page.at.session_state["share_open"] = True
    page.run()
    page.at.button_group(key="share_part").set_value("Download").run()
    make = next(b.label for b in page.at.button if b.label.startswith("Make the file"))
    page.at.selectbox(key="share_format").set_value("geojson")
    press_twice(page, make)
    assert page.at.session_state["share_job"].chosen.id == "geojson"


def test_a_view_that_grew_beyond_one_file_by_the_click_begins_none(own_store, opened, monkeypatch):
    page = opened("events", country="MA")
    page.at.session_state["share_open"] = True
    page.run()
    page.at.button_group(key="share_part").set_value("Download").run()
    monkeypatch.setattr(download, "MOST_ROWS", 1)
    page.press(next(b.label for b in page.at.button if b.label.startswith("Make the file")))
    assert "a page makes files of 1 at most" in page.words
    assert "share_job" not in page.at.session_state


@pytest.fixture
def tried(shop, opened):
    """A table that was looked at, on the page Import."""
    page = opened("import_data")
    rows = "name,place,kind\nA,Rabat,x\nB,Agadir,y\n"
    page.fill("file_uploader", "A table", ("mine.csv", rows.encode(), "text/csv"))
    _settle(page)
    page.press("Look at it")
    _settle(page)
    return page


def _settle(page):
    while "import_desk" in page.at.session_state:
        desk = page.at.session_state["import_desk"]
        under_way = [one for one in (desk.reading, desk.looking, desk.importing) if one]
        if not under_way:
            return
        assert under_way[0].wait(60)
        page.run()


def test_a_layer_is_named_as_the_fields_say_at_the_click_and_undone_once(tried, press_twice):
    tried.field("text_input", "Title").set_value("Two towns")
    tried.field("text_input", "Short name").set_value("two-towns")
    press_twice(tried, "Import 2 rows")
    _settle(tried)
    (layer,) = runtime().store.layers.list()
    assert (layer.id, layer.about.title, layer.number) == ("two-towns", "Two towns", 1)
    press_twice(tried, "Undo this import")
    assert "Undone" in tried.words
    assert not faults(tried)
    assert runtime().store.layers.list() == ()


def test_columns_that_change_at_the_click_are_looked_at_again_before_anything_is_kept(tried):
    tried.field("selectbox", "What kind becomes").set_value("notes")
    tried.press("Import 2 rows")
    assert runtime().store.layers.list() == ()
    assert "have changed since the last look" in tried.words
