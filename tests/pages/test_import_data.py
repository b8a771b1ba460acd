"""The Import page: who may, a file read, its columns chosen, tried, imported as a layer, and taken back."""

import io
import json
import re
import signal
import threading
from contextlib import contextmanager
from dataclasses import replace

import openpyxl
import pytest
from typer.testing import CliRunner

from dashboard.cli import root
from dashboard.confinement import Confinement
from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.importers.mapping import mapping_from_yaml
from dashboard.importers.tables import READING
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerState
from dashboard.store.trail.operations import Operation
from dashboard.ui.importing import steps
from dashboard.ui.importing.desk import Desk
from dashboard.workflows.geocoding import rates
from dashboard.workflows.geocoding.decide_places import HandDecision, save_by_hand

TABLE = """Title,When,Where,Country,Lat,Lon
Works opened,2021-03-12,Ben Slimane,Morocco,33.6167,-7.1167
Drill,March 2021,Agadir,Morocco,,
Talks,early 2022,تل أبيب,,,
Test,next year,Haifa,Israel,32.8,34.99
Delivery,2022-01-13,Springfield,,,
Visit,2019-08-15,Casablanca,Morocco,-7.59,33.57
"""
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def reader():
    with Confinement(READING) as confinement:
        yield confinement


@pytest.fixture(autouse=True)
def _one_reader(monkeypatch, reader, gazetteer_file):
    """One warm process reads the files of all tests: starting one takes a second."""

    @contextmanager
    def warm(_limits):
        yield reader

    monkeypatch.setattr(steps, "Confinement", warm)
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))


def desk(page) -> Desk:
    found = page.at.session_state["import_desk"]
    assert isinstance(found, Desk)
    return found


def settle(page) -> None:
    """Run the page until nothing is under way."""
    while "import_desk" in page.at.session_state:
        under_way = [one for one in (desk(page).reading, desk(page).looking, desk(page).importing) if one]
        if not under_way:
            return
        assert under_way[0].wait(60)
        page.run()


def bring(page, raw, name="mine.csv"):
    source = raw.encode() if isinstance(raw, str) else raw
    page.fill("file_uploader", "A table", (name, source, "application/octet-stream"))
    settle(page)


def look(page):
    page.press("Look at it")
    settle(page)


def take_in(page, rows):
    page.press(f"Import {rows} rows")
    settle(page)


def drawn(page):
    return "\n".join(str(e.proto.body) for e in page.at.get("html"))


def show(page, part):
    page.at.button_group(key=desk(page).key("part")).set_value(part)
    page.run()


def layers():
    return runtime().store.layers.list()


def test_an_empty_page_says_what_can_be_brought(own_store, opened):
    page = opened("import_data")
    assert "Spreadsheets (XLSX, XLS, ODS)" in page.words
    assert page.at.get("file_uploader")
    assert not page.at.error


@pytest.mark.parametrize(("allowed", "most"), [("200", "50 MB"), ("20", "20 MB")])
def test_how_large_an_upload_may_be_is_said_before_it_with_the_way_for_more(
    own_store, opened, monkeypatch, allowed, most
):
    monkeypatch.setenv("ARSENAL_ATLAS_UPLOAD_MB", allowed)
    page = opened("import_data")
    assert f"Uploads end at {most}." in page.words
    (uploader,) = page.at.get("file_uploader")
    assert f"{uploader.proto.max_upload_size_mb} MB" == most
    commands = set(re.findall(r"`arsenal-atlas ([^`A-Z]+) [A-Z]+`", page.words))
    assert commands == {"import", "layers add-folder"}
    for words in commands:
        found = CliRunner().invoke(root.cli, [*words.split(), "--help"])
        assert found.exit_code == 0, words


@pytest.mark.parametrize("role", [None, Role.READER])
def test_who_may_not_is_told_why_and_how_to_get_it(visitors, opened, role):
    if role is None:
        visitors.leave()
    else:
        visitors.enter("Ro", role)
    page = opened("import_data")
    says = "sign in" if role is None else "ask an admin for the role contributor"
    assert says in page.words.lower()
    assert not page.at.get("file_uploader")


def test_nothing_is_brought_while_the_atlas_is_read_only(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    control = runtime().store.control
    control.set_mode(Mode.READ_ONLY, Operation.by(LOCAL, "set mode", "read-only", "upgrade"))
    runtime().refresh()
    page.run()
    assert "read-only" in page.words
    assert not page.at.get("file_uploader")
    control.set_mode(Mode.NORMAL, Operation.by(LOCAL, "set mode", "normal", "done"))
    runtime().refresh()
    page.run()
    assert "mine.csv" in page.words  # what was begun is still there


def test_no_byte_is_parsed_for_somebody_whose_role_is_gone(visitors, opened, monkeypatch):
    parsed = []
    monkeypatch.setattr(steps, "read_table", lambda *_, **__: parsed.append(1))
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("import_data")
    visitors.known("Ann", Role.READER)
    page.fill("file_uploader", "A table", ("mine.csv", TABLE.encode(), "text/csv"))
    assert parsed == []
    assert "import_desk" not in page.at.session_state
    assert "contributor" in page.words


def test_a_file_that_is_no_table_is_refused_and_the_next_one_is_read(own_store, opened):
    page = opened("import_data")
    for raw, says in ((b"%PDF-1.7", "is a PDF"), (b" ", "is empty"), (b"<html>", "is a web page")):
        bring(page, raw)
        assert any(says in one.value.replace("\\", "") for one in page.at.error), page.words
    bring(page, TABLE)
    assert "6 rows · 6 columns" in page.words
    assert not page.at.error


def test_columns_are_shown_with_samples_and_what_they_become(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    names = TABLE.split("\n", maxsplit=1)[0].split(",")
    became = [page.field("selectbox", f"What {name} becomes").value for name in names]
    assert became == ["name", "start", "place", "country", "lat", "lon"]
    assert "<bdi>Works opened</bdi> · <bdi>Drill</bdi> · <bdi>Talks</bdi>" in drawn(page)
    assert "guessed" in page.words
    page.fill("selectbox", "What Where becomes", "notes")
    assert (desk(page).mapping.place.columns, desk(page).mapping.notes.columns) == ((), ("Where",))


def test_what_only_a_person_can_know_is_asked_before_anything_is_tried(own_store, opened):
    page = opened("import_data")
    bring(page, "name,date,place\nA,03/04/2021,Rabat\nB,44571,Rabat\n")
    assert page.button("Look at it").disabled
    first = page.at.radio[0]
    assert "03/04/2021" in first.label.replace("\\", "")
    first.set_value("day month")
    page.run()
    assert page.button("Look at it").disabled
    page.at.radio[1].set_value("Nobody knows: leave such rows out")
    page.run()
    look(page)
    counts = desk(page).looked_at.trial.counts
    assert (counts.rows, counts.refused) == (1, 1)
    (row,) = next(desk(page).looked_at.trial.batches()).to_pylist()
    assert row["date"] == "2021-04-03"


def test_a_trial_counts_names_every_problem_and_keeps_nothing(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    look(page)
    figures = {one.label: one.value for one in page.at.metric}
    assert (figures["Rows"], figures["On the map"], figures["Found by name"], figures["Left out"]) == (
        "5", "4", "2", "1",
    )  # fmt: skip
    table = drawn(page)
    for row, words in ((5, "next year"), (6, "Springfield, MO, US"), (7, "Swap them")):
        assert f"<th scope='row'>{row}</th>" in table
        assert words in table
    show(page, "Rows")
    assert "January 2022 to April 2022" in drawn(page)
    assert "<small><bdi>early 2022</bdi></small>" in drawn(page)
    assert "locality within 10 km · found by name" in drawn(page)
    show(page, "Map")
    (component,) = (e for e in page.at.main if getattr(e, "key", "") == "import_map")
    assert desk(page).looked_at.preview.version in json.loads(component.proto.json)["payload"]
    assert layers() == ()


def test_a_changed_column_makes_the_trial_old(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    look(page)
    assert page.button("Import 5 rows") is not None
    page.fill("selectbox", "What Title becomes", "notes")
    assert not [one for one in page.at.button if one.label.startswith("Import ")]
    assert "have changed since the last look" in page.words


def test_an_import_is_shown_repeated_without_change_and_undone(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    look(page)
    page.fill("text_input", "Title", "My table")
    page.fill("text_input", "Licence", "CC BY 4.0")
    take_in(page, 5)
    assert "5 records added, 0 changed, 0 unchanged, 0 removed" in page.words
    assert (desk(page).read, desk(page).source) == (None, b"")
    (layer,) = layers()
    assert (layer.id, layer.about.title, layer.about.licence) == ("mine", "My table", "CC BY 4.0")
    assert layer.state is LayerState.PUBLISHED
    page.press("Another file")
    bring(page, TABLE)
    assert "as when the layer My table was imported" in page.words
    look(page)
    assert "This very file was imported" in page.words
    take_in(page, 5)
    assert "0 records added, 0 changed, 5 unchanged, 0 removed. Nothing is different" in page.words
    page.press("Undo this import")
    assert "Undone" in page.words
    assert layers()[0].number == layer.number
    assert page.at.get("file_uploader")


def test_the_first_import_undone_leaves_nothing(own_store, opened):
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    take_in(page, 2)
    page.press("Undo this import")
    assert layers() == ()


def test_an_import_of_somebody_else_is_not_taken_back_by_a_button_of_before(own_store, opened):
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    take_in(page, 2)
    store, (layer,) = runtime().store, layers()
    again = list(store.layers.rows(layer))
    store.layers.put(layer.about, again, Operation.new("Bo", "import layer", "mine"), publish=True)
    page.press("Undo this import")
    assert "somebody imported into it meanwhile" in " ".join(e.value for e in page.at.error)
    assert layers()[0].number == layer.number + 1


def test_nothing_can_be_changed_while_an_import_is_under_way(own_store, opened, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(steps, "commit", lambda *_, **__: go_on.wait(30) and None)
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    page.press("Import 2 rows")
    assert page.button("Cancel") is not None
    assert [one.label for one in page.at.selectbox] == []
    assert page.button("Another file") is None
    go_on.set()


def test_the_layer_is_brought_into_sight_on_the_map(own_store, opened):
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    take_in(page, 2)
    page.press("Show on the map")
    assert page.at.query_params["layers"] == "data:mine,records"


def test_a_mapping_is_kept_as_a_file_and_taken_from_one(own_store, opened):
    page = opened("import_data")
    bring(page, TABLE)
    page.fill("selectbox", "What Title becomes", "notes")
    kept = desk(page).yaml()
    assert mapping_from_yaml(kept) == desk(page).mapping
    page.press("Another file")
    bring(page, TABLE)
    page.fill("file_uploader", "A mapping file", ("m.yaml", kept.encode(), "application/yaml"))
    page.run()
    assert page.field("selectbox", "What Title becomes").value == "notes"
    before = desk(page).mapping
    wrongs = ((b"name: {column: Nothing}", "no column 'Nothing'"), (b"nmae: x", "no key of a mapping"))
    for wrong, says in wrongs:
        page.fill("file_uploader", "A mapping file", ("m.yaml", wrong, "application/yaml"))
        assert any(says in one.value.replace("\\", "") for one in page.at.error), page.words
        assert desk(page).mapping == before


def test_a_sheet_is_chosen_where_there_are_several(own_store, opened):
    book = openpyxl.Workbook()
    book.active.title = "first"
    book.active.append(["name", "place"])
    book.active.append(["A", "Rabat"])
    other = book.create_sheet("second")
    for row in (["name", "place"], ["B", "Agadir"], ["C", "Fez"]):
        other.append(row)
    raw = io.BytesIO()
    book.save(raw)
    page = opened("import_data")
    bring(page, raw.getvalue(), "book.xlsx")
    assert "1 row · 2 columns" in page.words
    page.fill("selectbox", "Sheet, layer or list", "second")
    settle(page)
    assert "2 rows" in page.words


def test_a_known_dataset_is_named_with_its_terms(own_store, opened):
    page = opened("import_data")
    bring(
        page, "Plant name,Status,Latitude,Longitude,Location accuracy\nA,operating,50.1,8.6,exact\n", "t.csv"
    )
    assert "Recognised: " in page.words
    assert "Cite: " in page.words
    assert desk(page).read.about.preset == "gem_tracker"


def test_constants_and_the_other_type_are_said_of_all_rows(own_store, opened):
    page = opened("import_data")
    bring(page, "name,town\nA,Rabat\nB,Agadir\n")
    page.fill("selectbox", "Kind of all rows", "factory")
    page.fill("selectbox", "Country of all rows", "MA")
    look(page)
    rows = next(desk(page).looked_at.trial.batches()).to_pylist()
    assert {(row["record_type"], row["kind"], row["country"]) for row in rows} == {("site", "factory", "MA")}
    page.at.button_group(key=desk(page).key("type")).set_value("event")
    page.run()
    assert page.field("selectbox", "Kind of all rows").value == "unknown"


def test_on_a_shared_host_a_layer_is_a_draft_and_no_one_takes_anothers_name(visitors, opened):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    take_in(page, 2)
    assert "The layer is a draft" in page.words
    assert page.button("Show on the map") is None
    assert layers()[0].state is LayerState.DRAFT
    page.go("layers", layer="data:mine")
    assert "#### mine :orange-badge[draft]" in page.words  # where its link leads
    visitors.enter("Cy", Role.CONTRIBUTOR)
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    look(page)
    assert page.field("text_input", "Short name").value == "mine-2"
    page.fill("text_input", "Short name", "mine")
    assert "its short name is taken" in page.words
    assert page.button("Import 2 rows").disabled


def test_a_trial_waits_for_its_names_and_can_be_cancelled(visitors, opened, monkeypatch):
    rate = rates.Rate(1, clock=lambda: 1_000.0)
    monkeypatch.setattr(rates, "_geocoding", lambda _: rate)
    monkeypatch.setenv("ARSENAL_ATLAS_GEOCODINGS_PER_MINUTE", "1")
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("import_data")
    bring(page, "name,place\nA,Rabat\nB,Agadir\n")
    page.press("Look at it")
    assert page.button("Cancel") is not None
    assert "At most 1 names a minute" in "".join(one.label.replace("\\", "") for one in page.at.status)
    page.press("Cancel")
    settle(page)
    assert page.button("Look at it") is not None
    assert desk(page).looked_at is None


def test_a_file_that_is_being_read_can_be_cancelled(own_store, opened, monkeypatch, caplog):
    def waits(_source, name, *, confinement, options):
        assert not options.sheet
        return confinement.run("signal:sigwait", bytes([signal.SIGUSR1]), called=name)

    monkeypatch.setattr(steps, "Confinement", Confinement)  # one of its own, which is ended
    monkeypatch.setattr(steps, "read_table", waits)  # however fast the machine is
    page = opened("import_data")
    page.fill("file_uploader", "A table", ("long.csv", TABLE.encode(), "text/csv"))
    work = desk(page).reading
    assert "Reading long.csv" in "".join(one.label.replace("\\", "") for one in page.at.status)
    page.press("Cancel")
    settle(page)
    assert work.is_stopped
    assert "ended by stopped" in caplog.text
    assert page.at.get("file_uploader")
    assert not page.at.error


def test_a_wide_table_is_shown_in_pages_and_every_column_can_be_chosen(own_store, opened):
    page = opened("import_data")
    names = [f"c{number}" for number in range(32)]
    bring(page, f"{','.join(names)}\n{','.join('x' for _ in names)}\n")
    assert len([one for one in page.at.selectbox if one.label.startswith("What c")]) == 15
    page.at.get("pagination")[0].set_value(3)
    page.run()
    page.fill("selectbox", "What c31 becomes", "name")
    assert desk(page).mapping.name.columns == ("c31",)


def test_text_of_a_table_is_never_html(own_store, opened):
    page = opened("import_data")
    bring(page, f'name,"{HOSTILE}",date,place\n{HOSTILE},{HOSTILE},{HOSTILE},{HOSTILE}\nB,x,2021,Rabat\n')
    page.fill("selectbox", "What date becomes", "start")
    look(page)
    show(page, "Rows")
    assert HOSTILE not in drawn(page)
    assert HOSTILE not in page.texts("markdown", "caption", "info", "warning", "error")


def test_who_sees_points_on_a_grid_sees_the_trial_on_it(visitors, opened, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_COARSEN", "reader=1,contributor=1")
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("import_data")
    bring(page, "name,lat,lon\nA,33.6167,-7.1167\nB,34.2,-6.9\n")
    look(page)
    points = [(point.y, point.x) for point in desk(page).looked_at.preview.placements.geometry]
    assert [lat for lat, _ in points] == [33.5, 34.5]
    assert (33.6167, -7.1167) not in points


def test_names_that_nothing_decides_lead_to_where_a_person_decides(own_store, opened):
    page = opened("import_data")
    bring(page, "name,place\nA,Springfield\nB,Rabat\n")
    look(page)
    assert desk(page).looked_at.undecided == ("Springfield",)
    (link,) = (one for one in page.at.get("page_link") if "by hand" in one.proto.label)
    assert link.proto.label == "Decide 1 name of places by hand"
    decision = HandDecision("Springfield", (39.8, -89.6), "locality", 10_000, "the one in Illinois", "US")
    save_by_hand(runtime().store, replace(LOCAL, name="Eve"), decision)
    runtime().refresh()
    page.press("Look again")
    look(page)
    assert desk(page).looked_at.undecided == ()
    rows = next(desk(page).looked_at.trial.batches()).to_pylist()
    assert (rows[0]["lat"], rows[0]["lon"]) == (39.8, -89.6)
