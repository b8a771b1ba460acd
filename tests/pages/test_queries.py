"""What a rerun asks of the store: little, and who looks at the page only once."""

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from dashboard.domain.access import LOCAL, Role
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation
from dashboard.workflows.editing import drafting as editing

MOST = 3
SITE = "st-bluebird-benslimane"
PAGES = [
    ("atlas", {}),
    ("atlas", {"record": SITE}),
    ("events", {}),
    ("sites", {}),
    ("actors", {}),
    ("sources", {}),
    ("layers", {}),
    ("geocoding", {}),
    ("edit", {}),
    ("edit", {"record": SITE}),
    ("review", {}),
    ("about", {}),
]


@pytest.fixture
def asked(visitors: Any) -> Iterator[list[str]]:
    """Statements of everybody but the thread that watches, which runs as on a host."""
    atlas, seen = runtime(), []
    atlas.watch()

    def note(*given: Any) -> None:
        statement = given[2]
        ours = threading.current_thread().name != "atlas-watch"
        if ours and statement.split(maxsplit=1)[0] not in ("BEGIN", "PRAGMA", "COMMIT"):
            seen.append(statement)

    event.listen(atlas.store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(atlas.store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("page", "query"), PAGES, ids=[page + "-record" * bool(query) for page, query in PAGES]
)
def test_a_rerun_asks_the_store_at_most_three_times(
    visitors: Any, opened: Callable[..., Any], asked: list[str], page: str, query: dict[str, str]
) -> None:
    visitors.enter("Rev", Role.REVIEWER)
    runtime().refresh()  # a new person is news that the thread would find in the middle
    tab = opened(page, **query)
    asked.clear()
    tab.run()
    is_little(asked)


def is_little(asked: list[str]) -> None:
    assert len(asked) <= MOST, "\n".join(asked)
    assert len([statement for statement in asked if "FROM people" in statement]) == 1


def test_a_desk_with_a_draft_and_a_queue_with_one_ask_no_more(
    visitors: Any, opened: Callable[..., Any], asked: list[str]
) -> None:
    author = visitors.enter("Ann", Role.CONTRIBUTOR)
    desk = opened("edit", record="st-aberdeen")
    desk.fill("text_input", "Name", "Another name")
    assert "Draft saved" in desk.words
    asked.clear()
    desk.run()
    is_little(asked)
    store, library = runtime().store, runtime().view(runtime().audience_of(LOCAL)).library()
    work = editing.start(store, author, SITE, lambda dossier: dossier)
    work.form.record |= {"name": "A better name"}
    editing.submit(store, author, work, library, why="better", operation_id=uuid.uuid4().hex)
    visitors.enter("Rev", Role.REVIEWER)
    runtime().refresh()
    queue = opened("review")
    assert "A better name" in queue.words
    asked.clear()
    queue.run()
    is_little(asked)


def test_what_others_write_shows_at_the_next_rerun(
    visitors: Any, opened: Callable[..., Any], asked: list[str]
) -> None:
    visitors.enter("Rev", Role.REVIEWER)
    queue = opened("review")
    assert "The queue is empty" in queue.words
    author = visitors.known("Ann", Role.CONTRIBUTOR)
    store, library = runtime().store, runtime().view(runtime().audience_of(LOCAL)).library()
    work = editing.start(store, author, SITE, lambda dossier: dossier)
    work.form.record |= {"name": "A better name"}
    editing.submit(store, author, work, library, why="better", operation_id=uuid.uuid4().hex)
    runtime().refresh()  # as the thread that watches does within a second
    queue.run()
    assert "A better name" in queue.words


def looks() -> None:
    import streamlit as st

    from dashboard.ui.person import current_person

    def look() -> None:
        st.session_state["then"] = str(current_person().role)

    st.button("look", on_click=look)
    st.text(f"{current_person().role} {current_person().role}")


def test_a_role_that_changes_counts_in_the_next_run_and_in_the_callback_before_it(
    visitors: Any, asked: list[str]
) -> None:
    ann = visitors.enter("Ann", Role.CONTRIBUTOR)
    tab = AppTest.from_function(looks).run()
    assert tab.text[0].value == "contributor contributor"
    people = runtime().store.people
    for role in (Role.REVIEWER, Role.READER):
        people.set_role(ann.id, role, Operation.new("test", "set role", ann.id, "test"))
        asked.clear()
        tab.button[0].click().run()
        assert (tab.session_state["then"], tab.text[0].value) == (role, f"{role} {role}")
        assert len(asked) == 1
    people.disable(ann.id, Operation.new("test", "disable", ann.id, "test"))
    assert tab.run().exception
