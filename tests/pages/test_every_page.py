from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports.package import write_package
from dashboard.geocoding.names import fold
from dashboard.importers.package import DataPackage
from dashboard.ui import source_list

ROOT = Path(__file__).parents[2] / "dashboard"

PAGES = ("atlas", "events", "sites", "actors", "sources", "layers", "edit", "review", "operations", "about")


@pytest.mark.parametrize("page", PAGES)
def test_renders_without_an_error(open_page, page):
    opened = open_page(page)
    assert not opened.at.error
    assert opened.words


@pytest.mark.parametrize("page", ["atlas", "events", "sites"])
def test_a_search_without_a_hit_says_so(open_page, page):
    opened = open_page(page)
    opened.at.text_input(key="q").set_value("zzzz nothing").run()
    assert "No record here" in opened.words


@pytest.mark.parametrize(("page", "sentence"), [("actors", "No actor"), ("sources", "No source")])
def test_a_list_without_a_hit_says_so(open_page, page, sentence):
    opened = open_page(page)
    opened.at.text_input(key="find").set_value("zzzz nothing").run()
    assert sentence in opened.words


@pytest.mark.parametrize("page", ["atlas", "events", "sites", "actors"])
def test_an_unknown_record_is_said_to_be_unknown(open_page, page):
    assert "has this address" in open_page(page, {"record": "st-there-is-none"}).words


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2021-13", "to": "never"},
        {"from": "2026", "to": "2020"},
        {"view": "900,0,3"},
        {"view": "nan,nan,nan"},
        {"country": "Atlantis"},
        {"basemap": "../../etc/passwd"},
        {"record": "<img src=x onerror=alert(1)>"},
    ],
)
def test_a_hostile_or_broken_address_opens_the_page(open_page, query):
    opened = open_page("atlas", query)
    assert "match the filters" in opened.counts


def test_actors_are_listed_by_name(open_page):
    names = [fold(name) for name in open_page("actors").names]
    assert names == sorted(names)


def test_a_source_tells_what_it_is_cited_for(open_page):
    opened = open_page("sources")
    row = list(opened.at.dataframe[0].value["Publisher"]).index("7News Morocco")
    opened.at.session_state[opened.at.dataframe[0].key] = {
        "selection": {"rows": [row], "columns": [], "cells": []}
    }
    opened.at.run()
    assert "Cited for" in opened.words
    assert "says otherwise on" in opened.words
    assert opened.at.get("page_link")
    opened.at.button(key="close_card").click().run()
    assert "Cited for" not in opened.words


def test_a_source_of_very_many_records_lists_the_first_of_them(open_page, monkeypatch):
    monkeypatch.setattr(source_list, "_MOST_LISTED", 1)
    opened = open_page("sources")
    row = int(opened.at.dataframe[0].value["Supports"].fillna(0).argmax())
    opened.at.session_state[opened.at.dataframe[0].key] = {
        "selection": {"rows": [row], "columns": [], "cells": []}
    }
    opened.at.run()
    assert "These are the first 1 of" in opened.words
    assert len(opened.at.get("page_link")) == 1


def test_what_is_nowhere_missing_is_not_counted(open_page):
    assert "undated" not in open_page("sites").counts
    assert "1 undated" in open_page("events").counts


def test_a_store_that_cannot_be_opened_is_a_sentence(tmp_path, monkeypatch):
    broken = tmp_path / "broken.sqlite"
    content = b"this is no database, it only looks like a file" * 100
    broken.write_bytes(content)
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{broken}")
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert not at.exception
    assert "no SQLite database" in at.error[0].value
    assert broken.read_bytes() == content


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_an_empty_atlas_says_so(page, tmp_path, monkeypatch):
    write_package(DataPackage.of({}), tmp_path / "empty")
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{tmp_path / 'atlas.sqlite'}")
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(tmp_path / "empty"))
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    if page != "atlas":
        at.switch_page(f"app_pages/{page}.py").run()
    assert not at.exception
    assert not at.error
    if page == "atlas":
        assert any("0 match the filters" in text.value for text in at.markdown)
