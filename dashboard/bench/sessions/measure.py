"""``bench sessions``: so many visitors at once on the atlas, and on a page as people write them."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from dashboard.bench.browser import BenchError
from dashboard.bench.hosted import PERSON, free_port, hosted, running, synthetic_store
from dashboard.bench.sessions.analyst import MEASURED_APART, Analyst
from dashboard.bench.sessions.client import Visitor
from dashboard.bench.sessions.crowd import Crowd, Plan, cpu_ms, figures
from dashboard.settings import starter_path

__all__ = [
    "ACTIONS_ATLAS",
    "ACTIONS_GEOJSON",
    "ATLAS",
    "GEOJSON",
    "measure_actions",
    "measure_sessions",
]

ATLAS: Final = "sessions"
GEOJSON: Final = "sessions_geojson"
ACTIONS_ATLAS: Final = "actions"
ACTIONS_GEOJSON: Final = "actions_geojson"
_PAGE: Final = Path(__file__).parent / "rival_page.py"
_TIMES: Final = 30


def measure_sessions(
    plan: Plan, *, records: int = 0, admitted: int | None = None, rival: bool = False
) -> dict[str, Any]:
    """Measure a crowd on a server of its own.

    Parameters
    ----------
    plan
        How the crowd behaves.
    records
        Synthetic events to fill the store with; 0 for the records that ship with the atlas.
    admitted
        How many the server lets in; its own limit when None.
    rival
        Whether the page is the rival's instead of the atlas.

    Returns
    -------
    dict
        One row: ``variant``, ``records``, ``sessions`` and the figures of `crowd.figures`.

    Raises
    ------
    BenchError
        If the server does not come up.
    """
    with _served(records, plan.seed, rival=rival, admitted=admitted) as (address, pid):
        crowd = Crowd(address, pid, lambda number: _person(address, number))
        asyncio.run(crowd.work(plan))
    return {
        "variant": GEOJSON if rival else ATLAS,
        "records": records,
        "sessions": plan.sessions,
        **figures(crowd),
        "note": "; ".join(f"{text} ({count})" for text, count in crowd.errors.most_common(3)),
    }


def measure_actions(*, records: int = 0, seed: int = 0, rival: bool = False) -> dict[str, Any]:
    """Measure the processor time of each thing that a visitor does, one visitor being there.

    Parameters
    ----------
    records
        Synthetic events to fill the store with; 0 for the records that ship with the atlas.
    seed
        Equal seeds do equal things.
    rival
        Whether the page is the rival's instead of the atlas.

    Returns
    -------
    dict
        One row: ``variant``, ``records``, and milliseconds a rerun by the name of the action.

    Raises
    ------
    BenchError
        If the server does not come up, or a page shows an error.
    """
    with _served(records, seed, rival=rival, admitted=None) as (address, pid):
        spent = asyncio.run(_each(address, pid, seed))
    variant = ACTIONS_GEOJSON if rival else ACTIONS_ATLAS
    return {"variant": variant, "records": records, **{name: spent.get(name) for name in MEASURED_APART}}


async def _each(address: str, pid: int, seed: int) -> dict[str, float]:
    visitor = _person(address, 0)
    await visitor.open()
    analyst = Analyst(visitor, seed)
    for _ in range(_TIMES):
        await analyst.act()
    spent = {}
    for name in filter(analyst.can, MEASURED_APART):
        await analyst.prepare()
        before = cpu_ms(pid)
        for _ in range(_TIMES):
            await analyst.do(name)
        spent[name] = round((cpu_ms(pid) - before) / _TIMES, 1)
    await visitor.close()
    if visitor.screen.errors:
        raise BenchError(f"A page failed: {visitor.screen.errors[0]}")
    return spent


def _person(address: str, number: int) -> Visitor:
    return Visitor(address, {PERSON: f"analyst-{number}"})


@contextmanager
def _served(records: int, seed: int, *, rival: bool, admitted: int | None) -> Iterator[tuple[str, int]]:
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as name:
        folder = Path(name)
        if records:
            synthetic_store(folder, records, seed)
        if rival:
            package = folder / "package" if records else starter_path("data")
            with _rival(folder, package) as served:
                yield served
            return
        settings = {} if admitted is None else {"max_sessions": str(admitted)}
        with hosted(folder, **settings) as served:
            yield served


@contextmanager
def _rival(folder: Path, package: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", *flags, str(_PAGE), str(package)]
    # In the empty folder, so that it reads no settings of the atlas.
    with running(command, folder / "server.log", port, "/_stcore/health") as served:
        yield served
