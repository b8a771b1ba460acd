"""A crowd of analysts on one server: they come, work for a while, and what that cost is counted."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, Final

import psutil  # type: ignore[import-untyped]

from dashboard.bench.sessions.analyst import Analyst
from dashboard.bench.sessions.client import Refused, Run, Visitor

__all__ = ["Crowd", "Plan", "cpu_ms", "figures"]

_MB: Final = 1e6
_SETTLE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How a crowd behaves.

    Parameters
    ----------
    sessions
        How many come.
    seconds
        How long they work once all are there.
    think_s
        Mean of the time that each looks before doing something.
    arrive_s
        How long it takes until all have come; 0 for all at once.
    seed
        Equal seeds do equal things.
    """

    sessions: int
    seconds: float
    think_s: float = 6.0
    arrive_s: float = 5.0
    seed: int = 0


@dataclass
class Crowd:
    """What a crowd did and met.

    Parameters
    ----------
    address
        Address of the server, without a slash at the end.
    pid
        Process id of the server.
    visit
        Makes the visitor of a number.
    """

    address: str
    pid: int
    visit: Callable[[int], Visitor]
    opened: list[Run] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0
    before_mb: float = 0.0
    after_mb: float = 0.0

    async def work(self, plan: Plan) -> None:
        """Let a crowd come, work and leave.

        Parameters
        ----------
        plan
            How it behaves.
        """
        process = psutil.Process(self.pid)
        await self._warm_up()
        self.before_mb = process.memory_info().rss / _MB
        drawn = [number * plan.arrive_s / plan.sessions for number in range(plan.sessions)]
        came = await asyncio.gather(*(self._come(n, wait) for n, wait in enumerate(drawn)))
        here = [one for one in came if one is not None]
        await asyncio.sleep(_SETTLE_S)
        before, end = cpu_ms(self.pid), time.monotonic() + plan.seconds
        await asyncio.gather(
            *(self._analyse(Analyst(one, plan.seed + n), plan, end) for n, one in enumerate(here))
        )
        self.cpu_s = (cpu_ms(self.pid) - before) / 1000
        self.after_mb = process.memory_info().rss / _MB
        await asyncio.gather(*(one.close() for one in here))

    async def _warm_up(self) -> None:
        # What the first visitor finds nothing of (compiled pages, frames, payload) is no session's.
        visitor = self.visit(-1)
        await visitor.open()
        analyst = Analyst(visitor, -1)
        for _ in range(20):
            await analyst.act()
        await visitor.close()

    async def _come(self, number: int, wait: float) -> Visitor | None:
        await asyncio.sleep(wait)
        visitor = self.visit(number)
        try:
            self.opened.append(await visitor.open())
        except Refused as refused:
            self.refused.append(refused)
            return None
        except Exception as error:  # noqa: BLE001  # counted, not hidden
            self.errors[f"open: {type(error).__name__}: {error}"[:120]] += 1
            return None
        return visitor

    async def _analyse(self, analyst: Analyst, plan: Plan, end: float) -> None:
        screen = analyst.visitor.screen
        try:
            while (rest := end - time.monotonic()) > 0:
                await asyncio.sleep(min(analyst.think(plan.think_s), rest))
                if time.monotonic() < end:
                    self.runs.append(await analyst.act())
        except Exception as error:  # noqa: BLE001  # counted, not hidden
            self.errors[f"{type(error).__name__}: {error}"[:120]] += 1
        self.errors.update(screen.errors)


def figures(crowd: Crowd) -> dict[str, Any]:
    """Count what a crowd met.

    Parameters
    ----------
    crowd
        A crowd that has worked.

    Returns
    -------
    dict
        Figures by name; docs/benchmarks.md says what each is.
    """
    admitted = len(crowd.opened)
    return {
        "admitted": admitted,
        "refused": len(crowd.refused),
        "told": sum(bool(one.page) for one in crowd.refused),
        "open_p95_ms": _percentile(crowd.opened, 95),
        "reruns": len(crowd.runs),
        "rerun_p50_ms": _percentile(crowd.runs, 50),
        "rerun_p95_ms": _percentile(crowd.runs, 95),
        "cpu_ms": round(crowd.cpu_s * 1000 / len(crowd.runs), 1) if crowd.runs else None,
        "rerun_kb": round(sum(run.size for run in crowd.runs) / len(crowd.runs) / 1000, 1)
        if crowd.runs
        else None,
        "session_mb": round((crowd.after_mb - crowd.before_mb) / admitted, 2) if admitted else None,
        "server_rss_mb": round(crowd.after_mb, 1),
        "errors": sum(crowd.errors.values()),
    }


def _percentile(runs: Sequence[Run], share: int) -> float | None:
    if not runs:
        return None
    times = [run.seconds * 1000 for run in runs]
    if len(times) == 1 or share == 50:  # noqa: PLR2004  # the median
        return round(median(times), 1)
    return round(quantiles(times, n=100, method="inclusive")[share - 1], 1)


def cpu_ms(pid: int) -> float:
    """Give the processor time that a process has taken.

    Parameters
    ----------
    pid
        Its id.

    Returns
    -------
    float
        Milliseconds of all its threads.
    """
    spent = psutil.Process(pid).cpu_times()
    return float(spent.user + spent.system) * 1000
