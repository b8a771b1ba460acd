"""Somebody types while the store is busy or away: the page says so, keeps the text, and saves it later."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.runtime import runtime
from dashboard.store.database import sqlite as sqlite_module
from dashboard.store.drafts.drafts import Draft

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
SMALL = Path(__file__).parents[1] / "importers" / "small"
SITE = "st-yard"
BACK_SECONDS = 10.0
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class Desk:
    """The Edit page with one record on it."""

    def __init__(self) -> None:
        self.at = AppTest.from_file(str(APP), default_timeout=60)
        self.at.run()
        self.at.switch_page("app_pages/edit.py")
        self.at.query_params["record"] = SITE
        self.run()

    def run(self) -> None:
        self.at.run()
        assert not self.at.exception, self.at.exception

    @property
    def words(self) -> str:
        return "\n".join(str(e.value) for kind in ("warning", "caption") for e in self.at.get(kind))

    @property
    def name(self) -> Any:
        return next(e for e in self.at.text_input if e.label == "Name")

    def type(self, text: str) -> None:
        self.name.set_value(text)
        self.run()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Opens the Edit page of an atlas on a database."""
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(SMALL))

    def opened(url: str) -> Desk:
        monkeypatch.setenv("ARSENAL_ATLAS_DB", url)
        runtime().watch()  # as on a host: the process finds the database again by itself
        return Desk()

    return opened


def until_saved(page: Desk, slack: int) -> None:
    """Let the page settle again and again, as it does by itself while something is not saved."""
    end = time.monotonic() + BACK_SECONDS * slack
    page.run()
    while "Not saved yet" in page.words:
        assert time.monotonic() < end, page.words
        time.sleep(0.1)
        page.run()
    assert "Draft saved a moment ago" in page.words


def kept() -> Draft:
    drafts = runtime().store.drafts
    (line,) = drafts.list()
    return drafts.get(line.id)


def test_while_another_program_writes_the_text_stays_in_the_form(
    desk: Callable[[str], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slack: int
) -> None:
    monkeypatch.setattr(sqlite_module, "BUSY_SECONDS", 0.2)
    file = tmp_path / "atlas.sqlite"
    page = desk(f"sqlite:///{file}")
    page.type("Before")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        page.type("Typed while it was busy")
        assert "Not saved yet" in page.words
        assert "Another program is writing" in page.words
        assert page.name.value == "Typed while it was busy"
        assert kept().name == "Before"
        holder.stdin.close()
    until_saved(page, slack)
    assert kept().name == "Typed while it was busy"


@pytest.mark.postgres
@pytest.mark.parametrize("fault", ["refuse", "black hole"])
def test_an_outage_in_the_middle_of_an_edit_takes_nothing(
    desk: Callable[[str], Desk], through_network: str, network: Any, fault: str, *, slack: int
) -> None:
    page = desk(through_network)
    page.type("Before")
    network.set(fault)
    page.type("Typed in the dark")
    assert "Not saved yet" in page.words
    assert page.name.value == "Typed in the dark"
    page.type("Typed in the dark, and more")
    assert "Not saved yet" in page.words
    network.set("pass")
    until_saved(page, slack)
    assert page.name.value == "Typed in the dark, and more"
    draft = kept()
    assert (draft.name, draft.version) == ("Typed in the dark, and more", 2)
    assert runtime().store.trail.verify() == ()


@pytest.mark.postgres
def test_an_answer_that_is_lost_on_its_way_is_one_save(
    desk: Callable[[str], Desk], through_network: str, network: Any, slack: int
) -> None:
    page = desk(through_network)
    page.type("Before")
    network.set("cut one commit")
    page.type("Kept, and nobody heard so")
    assert page.name.value == "Kept, and nobody heard so"
    until_saved(page, slack)
    draft = kept()
    assert (draft.name, draft.version) == ("Kept, and nobody heard so", 2)
