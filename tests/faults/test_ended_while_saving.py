"""A served process is told to end while somebody's save is under way (F21).

The save waits for a lock in the database, so that the signal comes in the middle of it. It is kept whole or
not at all; the tab finds the next process by itself, says so, and has the draft.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dashboard.bench.hosted import PERSON, hosted
from dashboard.bench.sessions import client
from dashboard.bench.sessions.client import Visitor
from dashboard.store.database import postgresql
from dashboard.store.drafts.drafts import Draft
from dashboard.store.store import open_store

SMALL = Path(__file__).parents[1] / "importers" / "small"
SITE = "st-yard"
PATIENCE = 60.0  # a limit for broken products
HOLDER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class PostgresLock:
    """Holds the lock of those who write, and sees who waits for it."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._connection.execute("SELECT pg_advisory_lock(%s)", [postgresql._LOCK_KEY])

    def is_waited_for(self) -> bool:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        return self._connection.execute(waiting).fetchone() != (0,)

    def close(self) -> None:
        self._connection.close()


class SqliteLock:
    """Holds the file; who waits for it is not to be seen, only that their run has begun."""

    def __init__(self, url: str) -> None:
        self._holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, url.removeprefix("sqlite:///")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._holder.stdout is not None
        assert self._holder.stdout.readline() == b"held\n"

    def is_waited_for(self) -> bool:
        return True

    def close(self) -> None:
        self._holder.communicate()


@contextmanager
def returning_with(session_id: str) -> Iterator[None]:
    """Connect as a tab does that had a session before: it names it in its handshake."""
    connect = client.connect

    def connected(address: str, *, subprotocols: list[str], **options: Any) -> Any:
        return connect(address, subprotocols=[*subprotocols, session_id], **options)  # type: ignore[list-item]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "connect", connected)
        yield


def name(visitor: Visitor) -> Any:
    return visitor.screen.labelled("text_input", "Name")


async def wait(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.02)


async def begin(address: str) -> Visitor:
    """Somebody edits a site, and its draft is kept."""
    visitor = Visitor(address, {PERSON: "ann"})
    await visitor.open()
    visitor.screen.query = f"record={SITE}"
    await visitor.run("edit", page=visitor.screen.pages["edit"])
    await visitor.enter("type", name(visitor), string_value="Before")
    async with asyncio.timeout(PATIENCE):
        while not any("Draft saved" in one.body for one in visitor.screen.of_kind("markdown")):
            await visitor.run("settle")
    return visitor


async def end_while_saving(address: str, pid: int, lock: Callable[[], Any], *, released: bool) -> int:
    """Tell the process to end in the middle of a save; gives how it ended."""
    ann = await begin(address)
    held = lock()
    typing = asyncio.create_task(ann.enter("type", name(ann), string_value="Typed as it ended"))
    await wait(held.is_waited_for)
    os.kill(pid, signal.SIGTERM)
    await asyncio.gather(typing, return_exceptions=True)  # its connection is closed at once
    if released:
        held.close()
    ended = await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    if not released:
        held.close()
    await ann.drop()
    assert ended is not None
    return ended.si_status


async def come_back(address: str) -> tuple[str, str]:
    """What the tab says in the next process, and what stands in its field."""
    ann = Visitor(address, {PERSON: "ann"})
    with returning_with("a-session-that-is-gone"):
        await ann.open(f"record={SITE}")
        said = " ".join(one.body for one in ann.screen.of_kind("toast"))
    ann.screen.query = f"record={SITE}"
    await ann.run("edit", page=ann.screen.pages["edit"])
    typed = str(ann.screen.values[name(ann).id].string_value)
    await ann.close()
    return said, typed


def kept(url: str) -> Draft:
    with closing(open_store(url)) as store:
        assert store.trail.verify() == ()
        (line,) = store.drafts.list()
        return store.drafts.get(line.id)


def go_through(url: str, folder: Path, lock: Callable[[], Any], *, released: bool) -> None:
    for one in ("first", "second"):
        (folder / one).mkdir()
    with hosted(folder / "first", db=url, package=str(SMALL)) as (address, pid):
        status = asyncio.run(end_while_saving(address, pid, lock, released=released))
    assert status == 0
    whole = "Typed as it ended"
    draft = kept(url)
    assert (draft.name, draft.version) == ((whole, 2) if released else ("Before", 1))
    with hosted(folder / "second", db=url, package=str(SMALL)) as (address, _):
        said, typed = asyncio.run(come_back(address))
    assert said.startswith("Reconnected.")
    assert typed == draft.name


@pytest.mark.postgres
@pytest.mark.parametrize("released", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_a_save_that_waits_as_its_process_ends_is_whole_or_absent(
    postgres: Any, tmp_path: Path, *, released: bool
) -> None:
    url = postgres.new_database()
    go_through(url, tmp_path, lambda: PostgresLock(url), released=released)


@pytest.mark.soak
def test_a_save_into_a_file_that_waits_as_its_process_ends_is_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'atlas.sqlite'}"
    go_through(url, tmp_path, lambda: SqliteLock(url), released=True)
