"""A file that is made in the background: whole, or not there at all."""

import gc
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from dashboard.errors import ExportError
from dashboard.exports.view import ExportView
from dashboard.runtime import runtime
from dashboard.ui.share.job import FileJob
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.sharing.take_away import FORMATS, view_for

PATIENCE = 60


pytestmark = pytest.mark.usefixtures("read_only")


def whole_view() -> ExportView:
    return view_for(runtime().view(EXACT), Link(), made_on=date(2026, 1, 2))


def job_of(view: Callable[[], ExportView]) -> FileJob:
    return FileJob("key", FORMATS["csv"], "atlas.csv", view)


def end(job: FileJob) -> None:
    job._future.exception(PATIENCE)


def test_a_file_that_is_made_can_be_read_and_counted() -> None:
    job = job_of(whole_view)
    end(job)
    assert job.error == ""
    assert job.written is not None
    assert job.written.rows == len(whole_view().records)
    assert job.share == 1
    assert job.read()


def test_a_stopped_file_leaves_nothing() -> None:
    began, go_on = threading.Event(), threading.Event()

    def slow() -> ExportView:
        began.set()
        go_on.wait(PATIENCE)
        return whole_view()

    job = job_of(slow)
    assert began.wait(PATIENCE)
    assert job.is_running
    job.stop()
    go_on.set()
    end(job)
    assert "stopped" in job.error
    assert job.written is None
    assert not job._folder.exists()


def test_a_file_nobody_waits_for_any_more_goes_away() -> None:
    job = job_of(whole_view)
    end(job)
    folder = job._folder
    assert folder.exists()
    del job
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [(ExportError("no room on the disk"), "no room"), (ZeroDivisionError(), "operator's log")],
)
def test_what_went_wrong_is_said_without_a_traceback(
    error: Exception, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    def failing() -> Any:
        raise error

    job = job_of(failing)
    end(job)
    assert said in job.error
    assert bool(caplog.records) == isinstance(error, ZeroDivisionError)


def test_no_more_than_two_are_written_at_once() -> None:
    go_on = threading.Event()
    began = threading.Semaphore(0)

    def slow() -> ExportView:
        began.release()
        go_on.wait(PATIENCE)
        raise ExportError("enough")

    jobs = [job_of(slow) for _ in range(3)]
    assert began.acquire(timeout=PATIENCE)
    assert began.acquire(timeout=PATIENCE)
    assert sum(job.waits for job in jobs) == 1
    last = next(job for job in jobs if job.waits)
    last.stop()
    assert last.error == "Stopped before it began."
    go_on.set()
    for job in jobs:
        if job is not last:
            end(job)
