"""Processes that die in the middle of writing: nothing acknowledged is lost, nothing is half there."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from dashboard.errors import StoreError
from dashboard.store.store import Store, open_store

HERE = Path(__file__).parent
START_SECONDS = 3.0
WRITES_BEFORE_A_KILL = 10


def rounds(url: str, count: int, *options: str) -> Any:
    """Run rounds of killing in a program of their own and give what it found."""
    done = subprocess.run(
        [sys.executable, str(HERE / "kill_rounds.py"), url, str(count), "7", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def say(report: Any, what: str, found: Any) -> None:
    report(
        f"{what}: {found['acknowledged']} writes acknowledged, {found['lost']} lost, "
        f"{len(found['problems'])} torn or damaged"
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, memory: Path) -> Any:
    if request.param == "sqlite":
        return f"sqlite:///{memory / 'atlas.sqlite'}"
    return request.getfixturevalue("postgres").new_database()


@pytest.mark.parametrize("count", [15, pytest.param(1_000, marks=pytest.mark.soak)])
def test_a_killed_atlas_has_kept_what_it_acknowledged(url: str, count: int, report: Any) -> None:
    found = rounds(url, count)
    say(report, f"{make_url(url).get_backend_name()}, {count} kills of the atlas", found)
    report(f"slowest start after a kill: {found['slowest_start']:.2f} s")
    assert (found["lost"], found["problems"]) == (0, [])
    assert found["acknowledged"] > count / 2
    # In `make test` the machine may be busy: then only what never starts is found.
    assert found["slowest_start"] < (START_SECONDS if count > 100 else 60)


def test_an_atlas_that_acknowledges_too_early_would_be_caught(memory: Path) -> None:
    assert rounds(f"sqlite:///{memory / 'atlas.sqlite'}", 15, "--early")["lost"] > 0


@pytest.mark.postgres
@pytest.mark.parametrize("count", [2, pytest.param(15, marks=pytest.mark.soak)])
def test_a_killed_server_has_kept_what_it_acknowledged(postgres: Any, count: int, report: Any) -> None:
    found = kill_server(postgres, postgres.new_database(), count)
    say(report, f"{count} kills of all PostgreSQL processes", found)
    assert (found["lost"], found["problems"]) == (0, [])
    assert found["acknowledged"] >= WRITES_BEFORE_A_KILL * count


def kill_server(server: Any, url: str, count: int) -> Any:
    sys.path.insert(0, str(HERE))
    try:
        import workload
    finally:
        sys.path.remove(str(HERE))
    store = open_store(url)
    workload.fill(store)
    found = {"acknowledged": 0, "lost": 0, "problems": []}
    for number in range(1, count + 1):
        acknowledged = write_until_it_dies(server, store, workload)
        server.start()
        seen = look_again(store, workload, whole=number == count)
        found["problems"] += seen.problems
        for record_id, (begun, kept) in acknowledged.items():
            found["acknowledged"] += kept - begun
            found["lost"] += max(0, kept - seen.revisions[record_id])
    store.close()
    return found


def write_until_it_dies(server: Any, store: Store, workload: Any) -> dict[str, tuple[int, int]]:
    """Let two writers write and kill the server under them; gives the revisions before and acknowledged."""
    acknowledged: dict[str, tuple[int, int]] = {}
    begun = threading.Barrier(len(workload.RECORDS) + 1)

    def write(record_id: str) -> None:
        writer = workload.Writer(store, record_id)
        start = writer.revision
        acknowledged[record_id] = (start, start)
        begun.wait()
        try:
            while True:
                acknowledged[record_id] = (start, writer.write())
        except StoreError:
            return

    threads = [threading.Thread(target=write, args=(record_id,)) for record_id in workload.RECORDS]
    for thread in threads:
        thread.start()
    begun.wait()
    while sum(kept - start for start, kept in acknowledged.values()) < WRITES_BEFORE_A_KILL:
        time.sleep(0.01)
        assert all(thread.is_alive() for thread in threads), "a writer stopped by itself"
    server.kill()
    for thread in threads:
        thread.join()
    return acknowledged


def look_again(store: Store, workload: Any, *, whole: bool) -> Any:
    """Look with the same store, which finds the server again by itself."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return workload.look(store, whole=whole)
        except StoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
