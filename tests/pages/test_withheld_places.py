"""What the store knows exactly and an author may not see is in no byte that editing and review send them."""

import struct
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

from dashboard.domain.access import LOCAL, Role
from dashboard.runtime import runtime
from dashboard.store.drafts.drafts import Draft, DraftState
from dashboard.workflows.editing import drafting as editing
from dashboard.workflows.editing import reviewing

SITE = "st-yard"
PARTS = ("locations", "site_status", "citations", "record")


class Wire:
    """Everything that goes to the browser."""

    def __init__(self, planted: Any) -> None:
        self.planted = replace(planted, points=planted.points[:1])  # those of the record that is protected
        self.bytes = bytearray()

    def leaks(self) -> list[str]:
        """Say which exact numbers went out since the last look, as text or as a number."""
        sent, self.bytes = bytes(self.bytes), bytearray()
        assert sent
        (point,) = self.planted.points
        binary = [f"{number}" for number in point if struct.pack("<d", number) in sent]
        return [*self.planted.traces(sent), *binary]


@pytest.fixture
def wire(planted: Any, monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire, enqueue = Wire(planted), ScriptRunContext.enqueue

    def note(context: ScriptRunContext, message: Any) -> None:
        wire.bytes += message.SerializeToString()
        enqueue(context, message)

    monkeypatch.setattr(ScriptRunContext, "enqueue", note)
    return wire


@pytest.fixture
def yard(planted: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, visitors: Any) -> Any:
    """A shared atlas in which one site is protected."""
    monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(planted.folder))
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{tmp_path / 'planted.sqlite'}")
    reviewing.protect(runtime().store, LOCAL, SITE, 0.5, why="people live there", operation_id=once())
    return visitors


def once() -> str:
    return uuid.uuid4().hex


def draft_of(state: DraftState) -> Draft:
    drafts = runtime().store.drafts
    (line,) = drafts.list((state,))
    return drafts.get(line.id)


def look_through(page: Any) -> None:
    for part in PARTS:
        page.section(part)


def publish_something_else() -> None:
    """A reviewer changes the site, all of which they see."""
    store = runtime().store
    library = runtime().view(runtime().audience_of(LOCAL)).library()
    work = editing.start(store, LOCAL, SITE, lambda dossier: dossier)
    work.form.record["names"] = "The other yard"
    draft = editing.submit(store, LOCAL, work, library, why="", operation_id=once())
    reviewing.accept(store, LOCAL, draft, library, why="", operation_id=once())
    runtime().refresh()


def test_an_author_is_never_shown_the_exact_place_that_their_draft_holds(
    yard: Any, opened: Callable[..., Any], wire: Wire, planted: Any
) -> None:
    yard.enter("Ann", Role.CONTRIBUTOR)
    page = opened("sites", record=SITE)
    page.go("edit", record=SITE)
    look_through(page)
    page.fill("selectbox", "Kind", "depot")
    look_through(page)
    page.press("Submit for review")
    assert "is submitted" in page.words
    submitted = draft_of(DraftState.SUBMITTED)
    assert submitted.dossier is not None
    assert planted.traces(submitted.dossier.to_json())  # put back for the reviewer
    again = opened("edit", draft=submitted.id)
    again = opened("edit")
    again.press("Withdraw")
    again.press("Go on")
    look_through(again)
    publish_something_else()
    again.fill("text_input", "Name", "A name")
    again.press("Submit for review")
    assert "here are both versions" in again.words
    again.press("Put mine on theirs and go on")
    look_through(again)
    again.press("Submit for review")
    assert "is submitted" in again.words
    waiting = draft_of(DraftState.SUBMITTED)
    reviewing.send_back(runtime().store, LOCAL, waiting, why="which one?", operation_id=once())
    back = opened("edit", draft=waiting.id)
    look_through(back)
    opened("edit")
    opened("review", draft=waiting.id)
    assert wire.leaks() == []


def test_a_fault_in_what_an_author_is_not_shown_does_not_tell_it(
    yard: Any, opened: Callable[..., Any], wire: Wire
) -> None:
    yard.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.section("locations")
    page.fill("text_input", "Latitude, longitude", "95, 200")
    page.press("Submit for review")
    assert "Before it can be submitted" in page.words
    look_through(page)
    page.press("Withdraw the draft")
    other = opened("edit", record=SITE)
    other.section("locations")
    other.fill("selectbox", "Country", "FR")  # the exact point, when it is put back, lies elsewhere
    other.press("Submit for review")
    assert draft_of(DraftState.SUBMITTED)  # what the author cannot see is for the reviewer to judge
    assert wire.leaks() == []


def test_a_reviewer_is_shown_it(yard: Any, opened: Callable[..., Any], wire: Wire) -> None:
    yard.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.fill("selectbox", "Kind", "depot")
    page.press("Submit for review")
    assert wire.leaks() == []
    yard.enter("Rev", Role.REVIEWER)
    opened("review")
    assert wire.leaks()
