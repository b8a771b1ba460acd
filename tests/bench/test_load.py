"""What a crowd may do to one process, by accident or by will, and nobody else may notice. For `make soak`."""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from dashboard.bench import hosted as hosting
from dashboard.bench.hosted import PERSON, hosted
from dashboard.bench.sessions.analyst import Analyst
from dashboard.bench.sessions.client import Visitor
from dashboard.bench.sessions.crowd import Crowd, Plan, figures

pytestmark = pytest.mark.soak

MB = 1e6
# In the server's process: what a session's script does when it never ends, begun by a file that appears.
SPINNING = """
import sys, threading, time
from pathlib import Path
from dashboard.domain.points_in_text import without_points

HOSTILE = "1 " * 10_000  # the slowest of what its patterns may be given, as long as a note may be

def spin(begin=Path(sys.argv.pop()), work=sys.argv.pop()):
    while not begin.exists():
        time.sleep(0.05)
    while begin.exists():
        exec(work)

threading.Thread(target=spin, daemon=True).start()
from dashboard.cli import main
main()
"""


def person(address: str, number: int = 0) -> Visitor:
    return Visitor(address, {PERSON: f"analyst-{number}"})


def resident(pid: int) -> float:
    return float(psutil.Process(pid).memory_info().rss) / MB


def health_s(address: str) -> float:
    start = time.monotonic()
    assert requests.get(f"{address}/livez", timeout=30).ok
    return time.monotonic() - start


def counts(visitor: Visitor) -> str:
    return next(one.body for one in visitor.screen.of_kind("markdown") if "match the filters" in one.body)


@contextmanager
def served_with_a_session_that_spins(
    folder: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> Iterator[tuple[str, int, Path]]:
    begin = folder / "begin"
    command = [sys.executable, "-c", SPINNING, "serve", "--port"]
    monkeypatch.setattr(hosting, "atlas_command", lambda port: [*command, str(port), work, str(begin)])
    with hosted(folder) as (address, pid):
        yield address, pid, begin


@pytest.mark.parametrize(
    "work",
    [
        pytest.param("sum(range(1000))", id="counts"),
        pytest.param("time.sleep(30)", id="sleeps"),
        pytest.param("without_points(HOSTILE)", id="matches"),  # a pattern lets no other thread run meanwhile
    ],
)
def test_a_script_that_never_ends_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str
) -> None:
    with served_with_a_session_that_spins(tmp_path, monkeypatch, work) as (address, pid, begin):
        begin.touch()
        crowd = Crowd(address, pid, lambda number: person(address, number))
        asyncio.run(crowd.work(Plan(sessions=10, seconds=30, think_s=3)))
        slowest = max(health_s(address) for _ in range(5))
        begin.unlink()
    found = figures(crowd)
    assert not crowd.errors
    assert found["rerun_p95_ms"] < 1000
    assert slowest < 0.5


def test_a_hundred_and_forty_who_drop_at_once_lose_nothing_that_matters(tmp_path: Path) -> None:
    async def drop_all(address: str) -> str:
        here = [person(address, number) for number in range(140)]
        for one in here:
            await one.open("from=2020-01-01&to=2020-12-31&country=Morocco")
        said = counts(here[0])
        await asyncio.gather(*(one.drop() for one in here))
        return said

    async def come_back(address: str) -> set[str]:
        said = set()
        for number in range(140):
            again = person(address, number)
            await again.open("from=2020-01-01&to=2020-12-31&country=Morocco")
            assert not again.screen.errors
            said.add(counts(again))
            await again.close()
        return said

    with hosted(tmp_path, max_sessions="150") as (address, pid):
        said = asyncio.run(drop_all(address))
        dropped = resident(pid)
        assert asyncio.run(come_back(address)) == {said}
        assert health_s(address) < 1
        assert resident(pid) - dropped < 140  # megabytes


async def socket_of(address: str, number: int, **options: Any) -> ClientConnection:
    return await connect(
        address.replace("http", "ws", 1) + "/_stcore/stream",
        origin=f"http://{urlsplit(address).netloc}",
        subprotocols=["streamlit"],
        additional_headers={PERSON: f"stranger-{number}"},
        ping_interval=None,
        **options,
    )


async def abuse(address: str) -> int:
    idle = []
    for number in range(800):
        with suppress(InvalidHandshake, OSError, TimeoutError):
            idle.append(await socket_of(address, number, open_timeout=30))
    held = len(idle)
    for one, rubbish in zip(
        idle, (b"\xff" * 100, "text instead of a message", b"\0" * 60_000_000), strict=False
    ):
        with suppress(ConnectionClosed):
            await one.send(rubbish)
            while True:
                await asyncio.wait_for(one.recv(), 30)
    for one in idle:
        await one.close()
    return held


def test_idle_sockets_rubbish_and_giant_frames_are_survived(tmp_path: Path) -> None:
    with hosted(tmp_path, max_sessions="900") as (address, pid):
        before = resident(pid)
        assert asyncio.run(abuse(address)) > 700
        assert health_s(address) < 1
        assert resident(pid) - before < 100

        async def still_works() -> None:
            visitor = person(address)
            await visitor.open()
            await Analyst(visitor, 0).do("clock")
            assert not visitor.screen.errors
            await visitor.close()

        asyncio.run(still_works())


def test_whoever_never_reads_what_was_sent_costs_the_others_nothing(tmp_path: Path) -> None:
    async def refuse_to_read(address: str, pid: int) -> float:
        question = BackMsg()
        question.rerun_script.query_string = ""
        visitor = person(address)
        await visitor.open()  # what the first visitor brings into memory is not theirs
        slow = [await socket_of(address, number, max_queue=1) for number in range(20)]
        before = resident(pid)
        for _ in range(30):
            for one in slow:
                with suppress(ConnectionClosed, TimeoutError):
                    await asyncio.wait_for(one.send(question.SerializeToString()), 5)
            await asyncio.sleep(0.5)
        for _ in range(5):
            await Analyst(visitor, 0).do("clock")
        assert not visitor.screen.errors
        await visitor.close()
        assert health_s(address) < 1
        grown = resident(pid) - before
        for one in slow:
            one.transport.abort()
        return grown

    with hosted(tmp_path) as (address, pid):
        # Each of them has a session, which costs what a session costs; what was not read is not heaped up.
        assert asyncio.run(refuse_to_read(address, pid)) < 100  # megabytes


def test_sessions_that_go_on_do_not_grow(tmp_path: Path) -> None:
    async def rounds(address: str, pid: int) -> list[float]:
        here = [Analyst(person(address, number), number) for number in range(50)]
        for one in here:
            await one.visitor.open()
        sizes = []
        for _ in range(6):
            for one in here:
                for _ in range(5):
                    await one.act()
            sizes.append(resident(pid))
        assert not [error for one in here for error in one.visitor.screen.errors]
        for one in here:
            await one.visitor.close()
        return sizes

    with hosted(tmp_path) as (address, pid):
        sizes = asyncio.run(rounds(address, pid))
    # The caches fill in the first rounds; after them a rerun leaves nothing behind.
    assert sizes[-1] - sizes[2] < 25, sizes


def test_those_who_are_let_in_are_served_well_when_too_many_come(tmp_path: Path) -> None:
    with hosted(tmp_path, max_sessions="100") as (address, pid):
        crowd = Crowd(address, pid, lambda number: person(address, number))
        asyncio.run(crowd.work(Plan(sessions=150, seconds=60, arrive_s=0)))
    found = figures(crowd)
    assert (found["admitted"], found["refused"], found["errors"]) == (100, 50, 0), crowd.errors
    assert found["told"] == 50
    assert found["rerun_p95_ms"] <= 2000
