"""A step of an import in the background: its turn, its outcome, and how it ends when nobody wants it."""

import gc
import threading
import weakref

import pytest

from dashboard.errors import LayerError
from dashboard.ui.importing import work as work_module
from dashboard.ui.importing.work import Progress, StoppedWorkError, Work

PATIENCE = 60


class Table:
    """What a step holds on to."""


@pytest.fixture
def busy(monkeypatch):
    """All turns taken until the test gives them back."""
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(work_module, "_turns", turns)
    turns.acquire()
    return turns


def test_a_step_that_waits_for_its_turn_lets_go_of_its_table_when_it_is_stopped(busy):
    table = Table()
    seen = weakref.ref(table)

    def act(_progress, of=table):
        raise AssertionError("it never had its turn")

    work = Work("Reading", act)
    del table, act
    assert work.waits
    work.stop()
    assert work.wait(PATIENCE)
    assert work.is_stopped
    assert not work.error
    for thread in threading.enumerate():
        if thread.name == "import":
            thread.join(PATIENCE)
    gc.collect()
    assert seen() is None
    busy.release()


def test_a_step_that_nobody_holds_ends_in_the_queue(busy):
    work = Work("Reading", lambda _progress: None)
    threads = [one for one in threading.enumerate() if one.name == "import"]
    del work
    gc.collect()
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    busy.release()


def test_a_turn_is_given_back_whatever_became_of_the_step(busy):
    busy.release()
    works = [Work("a", lambda _progress: 1 / 0), Work("b", lambda _progress: "done")]
    assert all(work.wait(PATIENCE) for work in works)
    assert works[0].error.startswith("It failed")
    assert works[1].result == "done"


def test_a_step_that_is_stopped_while_it_pauses_needs_no_turn_to_end(busy):
    busy.release()
    work = Work("Looking", lambda progress: progress.wait(600, "waiting"))
    (thread,) = (one for one in threading.enumerate() if one.name == "import")
    assert busy.acquire(timeout=PATIENCE)  # it gave its turn to another step
    work.stop()
    assert work.wait(PATIENCE)
    assert work.is_stopped
    thread.join(PATIENCE)
    busy.release()
    works = [Work("a", lambda progress: progress.wait(0.01, "a moment") or "on") for _ in range(2)]
    assert all(one.wait(PATIENCE) for one in works)
    assert [one.result for one in works] == ["on", "on"]


def test_what_was_stopped_before_it_could_be_is_not_begun():
    progress = Progress()
    progress.stop()
    ended = []
    with pytest.raises(StoppedWorkError), progress.stopping(lambda: ended.append(1)):
        ended.append(2)
    assert ended == []


def test_a_refusal_is_told_in_its_own_words():
    def act(_progress):
        raise LayerError("mine", "it has no rows")

    work = Work("Importing", act)
    assert work.wait(PATIENCE)
    assert "it has no rows" in work.error
