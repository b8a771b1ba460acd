"""Processes whose clocks disagree: the audit trail never goes back in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dashboard.store.store import Store, open_store
from dashboard.store.trail import recording
from dashboard.store.trail.operations import Operation


def clock(hours: float) -> Any:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return lambda: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_entries_of_processes_with_other_clocks_stay_in_order(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = open_store(url)
    for hours, writer in ((0, store), (1, other), (-1, store), (2, store), (0, other)):
        with monkeypatch.context() as patch:
            patch.setattr(recording, "now_text", clock(hours))
            writer.trail.note(Operation.new("ana", "note", "x", f"{hours} h"))
    entries = store.trail.list()[::-1]
    assert [entry.why for entry in entries] == ["0 h", "1 h", "-1 h", "2 h", "0 h"]
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert len({entry.at for entry in entries}) == 3
    assert store.trail.verify() == ()
    other.close()
