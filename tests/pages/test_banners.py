"""What stands at the head of every page when the atlas is not as usual."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from dashboard.domain.access import Role
from dashboard.errors import UnwritableError
from dashboard.runtime import runtime
from dashboard.store.database import room
from dashboard.store.trail.operations import Operation

NOWHERE = "UPDATE locations SET lat = 999 WHERE record_id = 'st-bluebird-benslimane'"


@pytest.fixture
def nowhere(own_store: str) -> None:
    """Somebody puts a point into the file that is none."""
    connection = sqlite3.connect(own_store.removeprefix("sqlite:///"))
    connection.execute("PRAGMA ignore_check_constraints = 1")
    assert connection.execute(NOWHERE).rowcount == 1
    connection.commit()
    connection.close()


@pytest.mark.usefixtures("nowhere")
def test_a_record_that_is_not_drawn_is_counted_for_all_and_named_to_reviewers(
    visitors: Any, opened: Callable[..., Any]
) -> None:
    visitors.enter("Rita", Role.READER)
    page = opened("atlas", record="st-bluebird-benslimane")
    warning = page.texts("warning")
    assert "1 not drawn" in warning
    assert "999" not in warning
    assert "st-bluebird-benslimane" not in warning
    assert "match the filters" in page.words
    assert "1 not on the map" in page.words
    visitors.enter("Remy", Role.REVIEWER)
    page.run()
    assert "1 not drawn" in page.texts("warning")
    assert "of st-bluebird-benslimane has no point on Earth: lat 999" in page.texts("warning")


def test_nothing_is_said_while_everything_is_drawn_and_can_be_saved(
    visitors: Any, opened: Callable[..., Any]
) -> None:
    visitors.enter("Remy", Role.REVIEWER)
    assert opened("atlas").texts("warning") == ""


def test_a_disk_that_fills_is_said_to_those_who_write_and_a_full_one_to_all(
    visitors: Any, opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    visitors.enter("Rita", Role.READER)
    # The disk is the real one; only where it begins to be short is moved.
    monkeypatch.setattr(room, "LOW_BYTES", 1 << 62)
    page = opened("atlas")
    assert page.texts("warning") == ""
    visitors.enter("Carl", Role.CONTRIBUTOR)
    page.run()
    assert "nearly full" in page.texts("warning")
    runtime().store.trail.note(Operation.new("test", "note", ""))
    monkeypatch.setattr(room, "LEAST_BYTES", 1 << 62)
    with pytest.raises(UnwritableError, match="The disk is full"):
        runtime().store.trail.note(Operation.new("test", "note", ""))
    for name, role in (("Carl", Role.CONTRIBUTOR), ("Remy", Role.READER)):
        monkeypatch.setattr(room, "LEAST_BYTES", 0)
        visitors.enter(name, role)
        monkeypatch.setattr(room, "LEAST_BYTES", 1 << 62)
        page.run()
        assert "Nothing can be saved for now" in page.texts("warning")
        assert "match the filters" in page.words
