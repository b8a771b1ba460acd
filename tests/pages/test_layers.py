"""The Layers page: what is there for whom, what can be done with it, its records, faults and twins."""

import shutil
import uuid
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.errors import RecordNotFoundError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerAbout, LayerState
from dashboard.store.trail.operations import Operation
from dashboard.ui.layers import take_large
from dashboard.ui.words import plain
from dashboard.workflows.large_layers.adding import put_large_layer
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.layers.review import import_layer

ROW: dict[str, Any] = {
    "row": 2, "external_id": "c-1", "record_type": "event", "kind": "incident", "original_kind": "1",
    "name": "A clash", "status": "happened", "original_status": "", "date": "2020-01-02",
    "date_as_written": "2 Jan 2020", "first": 18263, "last": 18263, "dated": True, "place": "Here",
    "country": "SY", "lat": 33.51, "lon": 36.29, "precision": "near", "precision_m": 2500,
    "original_precision": "2", "actors": "", "products": "", "source": "Agency", "source_url": "",
    "notes": "", "extra": '{"dyad": "as written"}', "flags": "",
}  # fmt: skip
ABOUT = LayerAbout(
    "clashes",
    "Clashes *of* all",
    "#AA3377",
    "CC BY 4.0",
    "Somebody (2026)",
    file_name="c.csv",
    sha256="ab" * 32,
)
TWIN = "ev-2026-jmc3"


def bring(person: Any, *changes: dict[str, Any], about: LayerAbout = ABOUT) -> None:
    rows = [
        {**ROW, "row": n + 2, "external_id": f"c-{n + 1}", **one} for n, one in enumerate(changes or ({},))
    ]
    batch = pa.RecordBatch.from_pylist(rows, schema=LAYER_ROWS)
    import_layer(runtime().store, person, about, [batch], operation_id=uuid.uuid4().hex)


def state() -> LayerState:
    return runtime().store.layers.get("clashes").state


def test_without_a_layer_the_page_says_so(own_store, opened):
    assert "There is no layer yet" in opened("layers").words


def test_a_layer_says_what_it_is_and_where_it_is_from(own_store, opened):
    bring(LOCAL, {}, {"lat": None, "lon": None, "place": "", "precision": "none", "precision_m": 0})
    page = opened("layers")
    for words in ("Clashes *of* all", "2** records", "1** with a point", "2** dated", "CC BY 4.0",
                  "Somebody (2026)", "c.csv", "by local", "published"):  # fmt: skip
        assert words in page.words, words
    table = page.at.dataframe[0].value
    assert list(table["Layer"]) == ["Clashes *of* all"]
    assert "AA3377" in table["Colour"][0]
    steps = page.at.dataframe[1].value
    assert (steps["What"][0], steps["Added"][0], steps["File"][0], steps["SHA-256"][0]) == (
        "Import", 2, "c.csv", "ab" * 6,
    )  # fmt: skip


def test_a_draft_is_there_for_its_author_and_for_reviewers_only(visitors, opened):
    bring(visitors.known("Ann", Role.CONTRIBUTOR))
    for name, role, sees in (
        ("Ann", Role.CONTRIBUTOR, True),
        ("Rev", Role.REVIEWER, True),
        ("Bob", Role.CONTRIBUTOR, False),
        ("Rob", Role.READER, False),
    ):
        visitors.enter(name, role)
        page = opened("layers", layer="clashes")
        assert ("Clashes" in page.words) is sees, name
        assert ("There is no layer yet" in page.words) is not sees, name


def test_a_reader_reads_of_a_published_layer_but_not_of_who_works_on_it(visitors, opened):
    bring(visitors.known("Ann", Role.CONTRIBUTOR))
    rev = visitors.enter("Rev", Role.REVIEWER)
    page = opened("layers")
    page.field("text_area", "Why").set_value("I know the source")
    page.press("Publish")
    assert state() is LayerState.PUBLISHED
    visitors.enter("Rob", Role.READER)
    page = opened("layers")
    assert "Clashes" in page.words
    steps = page.at.dataframe[1].value
    assert "Added" in steps
    shown = page.words + steps.to_csv()
    assert not [word for word in ("Ann", rev.name, "c.csv", "I know the source") if word in shown]
    assert page.button("Propose for the atlas") is None
    for label in ("Publish", "Send back", "Take it off", "Save", "Undo it", "Remove the layer"):
        assert page.button(label) is None


def test_publishing_needs_a_reason_and_another_person(visitors, opened):
    rev = visitors.enter("Rev", Role.REVIEWER)
    bring(rev)
    assert "your own" in opened("layers").words
    visitors.enter("Two", Role.REVIEWER)
    page = opened("layers")
    page.press("Publish")
    assert "say why" in page.words
    assert state() is LayerState.DRAFT
    page.field("text_area", "Why").set_value("Looked at the rows")
    page.press("Publish")
    assert "everybody sees it" in page.words
    assert state() is LayerState.PUBLISHED
    (entry, *_) = runtime().store.trail.list(subject="clashes")
    assert (entry.action, entry.who, entry.why) == ("publish layer", "Two", "Looked at the rows")


def test_a_layer_that_was_imported_anew_after_it_was_shown_is_not_published(visitors, opened):
    ann = visitors.known("Ann", Role.CONTRIBUTOR)
    bring(ann)
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("layers")
    bring(ann, {"name": "Never read by anybody"})
    page.field("text_area", "Why").set_value("fine")
    page.press("Publish")
    assert "meanwhile" in page.words
    assert state() is LayerState.DRAFT


def test_a_layer_is_sent_back_and_its_author_reads_why(visitors, opened):
    ann = visitors.known("Ann", Role.CONTRIBUTOR)
    bring(ann)
    visitors.enter("Rev", Role.REVIEWER)
    page = opened("layers")
    page.field("text_area", "Why").set_value("The dates are day numbers")
    page.press("Send back")
    assert "given back to Ann" in page.words
    assert any(link.label == "1 layer is a draft" for link in opened("review").at.get("page_link"))
    visitors.enter("Ann", Role.CONTRIBUTOR)
    assert "Rev sent it back: *The dates are day numbers*" in opened("layers").words
    bring(ann, {"name": "Mended"})
    assert "sent it back" not in opened("layers").words


def test_an_author_describes_undoes_and_removes_a_draft(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    bring(ann)
    bring(ann, {"name": "Another"}, {})
    page = opened("layers")
    page.field("text_input", "Title").set_value("Better title")
    page.field("color_picker", "Colour of its marks").set_value("#228833")
    page.press("Save")
    stored = runtime().store.layers.get("clashes")
    assert (stored.about.title, stored.about.colour, stored.number) == ("Better title", "#228833", 2)
    assert "Better title" in page.words
    page.press("Undo it")
    assert runtime().store.layers.get("clashes").rows == 1
    page.press("Remove the layer")
    assert "There is no layer yet" in page.words
    with pytest.raises(RecordNotFoundError):
        runtime().store.layers.get("clashes")


@pytest.mark.parametrize("button", ["Undo it", "Remove the layer"])
def test_an_import_of_somebody_else_is_not_taken_away_by_a_button_of_before(visitors, opened, button):
    bring(visitors.known("Rev", Role.REVIEWER))
    visitors.enter("Two", Role.REVIEWER)
    page = opened("layers")
    bring(visitors.known("Rev", Role.REVIEWER), {"name": "Never read by anybody"})
    page.press(button)
    assert "meanwhile" in page.words
    assert runtime().store.layers.get("clashes").number == 2


def test_nothing_is_decided_while_the_atlas_is_read_only(visitors, opened):
    bring(visitors.known("Ann", Role.CONTRIBUTOR))
    visitors.enter("Rev", Role.REVIEWER)
    runtime().store.control.set_mode(Mode.READ_ONLY, Operation.new("test", "set mode", "mode"))
    page = opened("layers")
    assert "Clashes" in page.words
    assert page.button("Publish") is None


def test_records_are_searched_and_opened_with_their_row_as_written(own_store, opened):
    bring(LOCAL, *({"name": f"Clash {n}", "actors": "Somebody" if n == 7 else ""} for n in range(150)))
    page = opened("layers", part="Records")
    assert len(page.at.dataframe[1].value) == 100
    assert "1 to 100 of 150 records" in page.words
    page.fill("text_input", "Search", "somebody CLASH")
    assert list(page.at.dataframe[1].value["Name"]) == ["Clash 7"]
    page.fill("text_input", "Search", "zzzz nothing")
    assert "No record of that name" in page.words
    page = opened("layers", part="Records", record="data:clashes/c-8")
    assert "#### Clash 7" in page.words
    assert "imported, not reviewed here" in page.words
    written = dict(page.at.dataframe[-1].value.itertuples(index=False))
    assert (written["id"], written["date"], written["dyad"]) == ("c-8", "2 Jan 2020", "as written")


def test_a_record_is_opened_by_the_id_that_its_table_gave_it(own_store, opened):
    bring(LOCAL, {}, {"name": "Clash 2", "external_id": "Case 12/3 & so, #4? 5%"})
    page = opened("layers", part="Records", record="data:clashes/Case 12/3 & so, #4? 5%")
    assert "#### Clash 2" in page.words
    assert page.at.query_params["record"] == "data:clashes/Case 12/3 & so, #4? 5%"


def test_a_record_is_proposed_for_the_atlas(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    bring(ann)
    page = opened("layers", part="Records", record="data:clashes/c-1")
    page.press("Propose for the atlas")
    (draft,) = runtime().store.drafts.list(author_id=ann.id)
    assert draft.record_id.startswith("ev-a-clash-")
    assert "A clash" in page.texts("title")
    assert runtime().store.drafts.get(draft.id).form.count("data:clashes, record c-1, row 2") == 1


def test_faults_are_counted_and_their_rows_listed(own_store, opened):
    bring(LOCAL, *({"flags": "|country_contradicted|"} for _ in range(60)), {"flags": "|geocoded|"}, {})
    page = opened("layers", part="Faults")
    kinds = page.field("radio", "What was found")
    assert kinds.options == ["Point outside its country (60)", "Placed by its name (1)"]
    assert "lie in another country" in page.words
    assert len(page.at.dataframe[1].value) == 50
    page.press("After")
    assert list(page.at.dataframe[1].value["Id"]) == [f"c-{n}" for n in range(51, 61)]
    page.press("Before")
    assert page.at.dataframe[1].value["Id"][0] == "c-1"


def test_who_sees_a_grid_is_not_told_what_would_say_more_than_it(visitors, opened, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "reader=1")
    bring(visitors.known("Ann", Role.CONTRIBUTOR), {"flags": "|country_point|"})
    store = runtime().store
    store.layers.publish("clashes", Operation.new("rev", "publish layer", "clashes"))
    visitors.enter("Rob", Role.READER)
    page = opened("layers", part="Faults")
    assert "more of the places than the grid" in page.words
    assert "Middle of a country" not in page.words + str(page.at.radio)
    page = opened("layers", part="Records", record="data:clashes/c-1")
    assert "A clash" in page.words
    assert "Middle of a country" not in page.words


def like(record_id: str) -> dict[str, Any]:
    frames = runtime().view(runtime().audience_of(LOCAL)).frames()
    event = frames.placements[frames.placements["record_id"] == record_id].iloc[0]
    days = {"first": int(event["first"]), "last": int(event["last"])}
    return {"name": event["name"], "kind": event["kind"], "date": event["date"], **days}


def test_twins_are_shown_side_by_side_and_told_apart_for_good(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    bring(ann, like(TWIN))
    page = opened("layers", part="Twins")
    assert "1 to look at" in page.words
    assert "the same name" in page.words
    page.press("Not the same")
    assert "they are not the same" in page.words
    assert "nobody has decided about" in opened("layers", part="Twins").words
    (entry, *_) = runtime().store.trail.list(subject="data:clashes")
    assert entry.details == {"record": "c-1", "other": TWIN}


def test_the_same_fact_becomes_a_proposal_that_adds_a_source(visitors, opened):
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    bring(ann, like(TWIN))
    page = opened("layers", part="Twins")
    page.press("The same fact: add as a source")
    (line,) = runtime().store.drafts.list(author_id=ann.id)
    assert line.record_id == TWIN
    draft = runtime().store.drafts.get(line.id)
    published = runtime().store.repository.dossier(TWIN)[0]
    assert draft.dossier is not None
    assert len(draft.dossier.citations) == len(published.citations) + 1
    assert "data:clashes, record c-1, row 2" in [one.locator for one in draft.dossier.citations]
    assert draft.dossier.record == published.record


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A large layer of forty records under the name of the others."""
    (tmp_path / "source").mkdir()
    rows = pa.RecordBatch.from_pylist(
        [{**ROW, "external_id": f"c-{n}", "row": n, "notes": "<b>*bold*</b>"} for n in range(40)],
        schema=LAYER_ROWS,
    )
    pq.write_table(pa.Table.from_batches([rows]), tmp_path / "source" / "part.parquet")
    put_large_layer(ABOUT, tmp_path / "source", tmp_path / "large", workers=Workers(count=1))
    monkeypatch.setenv("ARSENAL_ATLAS_LARGE_LAYERS", str(tmp_path / "large"))


def test_a_large_layer_is_named_and_leads_to_the_map(large, own_store, opened):
    page = opened("layers")
    assert "40** records on the map" in page.words
    assert "never whole" in page.words
    assert list(page.at.dataframe[0].value["State"]) == ["large"]
    assert "Somebody (2026)" in page.words
    assert any("See it on the atlas" in link.label for link in page.at.get("page_link"))
    assert "Make the file of about 40 rows" in [one.label for one in page.at.button]


def test_a_large_layer_without_lists_of_words_says_how_to_get_them(large, own_store, opened, tmp_path):
    assert "lists of words" not in opened("layers").words
    (folder,) = (tmp_path / "large").glob("clashes/*/words")
    (words,) = folder.iterdir()
    words.write_bytes(b"")
    # Noticed by whoever searches first, who is answered all the same.
    assert "Make the file of about 40 rows" in [one.label for one in opened("layers", q="clash").at.button]
    assert "Its lists of words are damaged; whoever runs the atlas builds them" in opened("layers").words
    shutil.rmtree(folder)
    assert "It has no lists of words; whoever runs the atlas builds them" in opened("layers").words
    assert "`arsenal-atlas layers lists clashes`" in opened("layers").words


def test_a_large_layer_is_made_into_a_file_and_then_given(large, own_store, opened):
    page = opened("layers")
    assert not page.at.get("download_button")
    page.press("Make the file of about 40 rows")
    (button,) = page.at.get("download_button")
    assert button.label.startswith("Download clashes-")
    assert "40 rows." in page.words


def test_a_file_of_a_large_layer_that_fails_says_why_and_what_to_do(
    large, own_store, opened, monkeypatch, tmp_path
):
    page = opened("layers")
    (rows,) = (tmp_path / "large").glob("clashes/*/rows/*.parquet")
    rows.write_bytes(b"")
    page.press("Make the file of about 40 rows")
    assert "The file was not made." in page.words
    assert "add the layer again" in page.words
    assert not page.at.get("download_button")

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(take_large.tempfile, "TemporaryFile", full)
    page.press("Make the file of about 40 rows")
    assert "No space left on device" in page.words
    assert "ask whoever runs the atlas" in page.words


def test_more_rows_of_a_large_layer_than_a_page_gives_are_refused_with_a_way_out(
    large, own_store, opened, monkeypatch
):
    monkeypatch.setattr(take_large, "MOST_ON_PAGES", 39)
    page = opened("layers")
    assert "about 40 rows, and a page gives 39 at most" in page.words
    assert "arsenal-atlas layers export" in page.words
    assert "large_make" not in [one.key for one in page.at.button]


def test_a_small_area_is_taken_away_though_no_count_is_drawn_in_it(large, own_store, opened):
    page = opened("layers", area="circle:33.6,36.29,0.1")
    button = page.at.button(key="large_make")
    assert (button.label, button.disabled) == ("Make the file", False)
    page = opened("layers", country="YE")
    button = page.at.button(key="large_make")
    assert (button.label, button.disabled) == ("Make the file", True)


def test_a_record_of_a_damaged_large_layer_is_told_beside_twins(large, own_store, opened, tmp_path):
    about = replace(ABOUT, id="others")
    bring(LOCAL, about=about)
    (rows,) = (tmp_path / "large").glob("clashes/*/rows/*")
    rows.write_bytes(b"")
    page = opened("layers", layer="data:others", part="Twins", record="data:clashes/c-7")
    assert "add the layer again" in page.words


def test_a_record_of_a_large_layer_has_a_card_like_any_other(large, open_page, tmp_path):
    shown = {"layers": "data:clashes,records"}
    card = open_page("atlas", shown | {"record": "data:clashes/c-7", "q": "clash"})
    for words in ("A clash", "Clashes *of* all, CC BY 4.0", "not reviewed here", "Agency", "2 Jan 2020"):
        assert words in card.words
    assert plain("<b>*bold*</b>") in [one.value for one in card.at.markdown]
    assert "names, ids, actors and places are searched" in card.words
    offered = card.map["state"]["datasets"][0]
    assert offered["version"].endswith("?q=clash")
    for addresses in ("datasets", "windows"):
        assert card.map[addresses]["data:clashes"].endswith("?q=clash")
    gone = open_page("atlas", shown | {"record": "data:clashes/c-99"})
    assert "No record has this address" in gone.words
    (words,) = (tmp_path / "large").glob("clashes/*/words")
    shutil.rmtree(words)
    assert "It has no lists of words" in open_page("atlas", shown | {"q": "clash"}).words
