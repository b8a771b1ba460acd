"""Chunks of a table decided by several processes or machines over Dask, without a change of the work itself.

Each worker opens the gazetteer once. Text of rows goes out, text of answers comes back, in order; only a few
chunks a worker are under way at a time, so that a table of any length needs little memory. Dask is an extra:
``pip install 'arsenal-atlas[bulk]'``.
"""

import logging
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

from dashboard.errors import BulkError, GazetteerError
from dashboard.geocoding import Gazetteer
from dashboard.settings import load_settings
from dashboard.workflows.geocoding.geocode_table import ChunkRunner
from dashboard.workflows.geocoding.table_files import Chunk
from dashboard.workflows.geocoding.table_rows import ChunkAnswer, RowGeocoder, RowPlan

__all__ = ["dask_runner", "same_gazetteer", "spread"]

P = TypeVar("P")
T = TypeVar("T")
R = TypeVar("R")

_AHEAD: Final = 3
"""Chunks under way for each thread of the workers."""

_CONNECT_S: Final = 15


def dask_runner(*, scheduler: str = "", workers: int = 0) -> ChunkRunner:
    """Make what decides about chunks over Dask.

    Parameters
    ----------
    scheduler
        Address of a running scheduler, such as ``tcp://10.0.0.5:8786``; its workers need the atlas and the
        same gazetteer. Empty for processes of this machine.
    workers
        How many processes of this machine, when no scheduler is given.

    Returns
    -------
    ChunkRunner
        For `dashboard.workflows.geocoding.geocode_table.geocode_table`; it raises BulkError when workers
        cannot be reached or are lost.

    Raises
    ------
    BulkError
        Dask is not installed; the message says what to install.
    """
    _distributed()

    def run(plan: RowPlan, chunks: Iterator[Chunk]) -> Iterator[ChunkAnswer]:
        return spread(_decide, plan, chunks, scheduler=scheduler, workers=workers)

    return run


def spread(
    work: Callable[[P, T], R], plan: P, pieces: Iterable[T], *, scheduler: str = "", workers: int = 0
) -> Iterator[R]:
    """Have pieces of work done by several processes or machines.

    Parameters
    ----------
    work
        An importable function of the plan and a piece.
    plan
        What every piece needs; sent with each.
    pieces
        The pieces; only a few are taken ahead.
    scheduler
        Address of a running scheduler; empty for processes of this machine.
    workers
        How many processes of this machine, when no scheduler is given.

    Yields
    ------
    Any
        Answers in the order of the pieces.

    Raises
    ------
    BulkError
        Dask is not installed, or workers cannot be reached or are lost.
    """
    distributed = _distributed()
    with _client(distributed, scheduler, workers) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise BulkError(f"The scheduler {scheduler} has no workers: start some with `dask worker`")
        under_way: deque[Any] = deque()
        for piece in pieces:
            under_way.append(client.submit(work, plan, piece, pure=False))
            if len(under_way) >= _AHEAD * threads:
                yield _result(distributed, under_way.popleft())
        while under_way:
            yield _result(distributed, under_way.popleft())


def _distributed() -> Any:  # noqa: ANN401 - an optional package
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        raise BulkError(
            "Work over several processes needs Dask: pip install 'arsenal-atlas[bulk]' (or distributed)"
        ) from error
    # What it would log with tracebacks is said here in sentences.
    for name in ("distributed", "distributed.client", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return distributed


@contextmanager
def _client(distributed: Any, scheduler: str, workers: int) -> Iterator[Any]:  # noqa: ANN401
    if scheduler:
        try:
            client = distributed.Client(scheduler, timeout=_CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise BulkError(f"The scheduler {scheduler} cannot be reached ({error})") from error
        with client:
            yield client
        return
    # Their sampling profiler is for a dashboard that is not there.
    unwatched = import_module("dask").config.set({"distributed.worker.profile.enabled": False})
    with _deaf_to_interrupts(), unwatched:
        cluster = distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
        )
    with cluster, distributed.Client(cluster, set_as_default=False) as client:
        yield client


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Let processes started now ignore Ctrl-C, which a terminal sends to all: this one stops them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _result(distributed: Any, future: Any) -> Any:  # noqa: ANN401
    try:
        answer = future.result()
    except (distributed.KilledWorker, distributed.client.FutureCancelledError) as error:
        raise BulkError(
            "The scheduler or its workers were lost: run the same command again, it goes on where it stopped"
        ) from error
    return answer


def _decide(plan: RowPlan, chunk: Chunk) -> ChunkAnswer:
    return _geocoder(plan).chunk(chunk)


@lru_cache(maxsize=2)
def _geocoder(plan: RowPlan) -> RowGeocoder:
    """Open the gazetteer once in each worker."""
    return RowGeocoder(plan, same_gazetteer(plan.gazetteer, plan.gazetteer_sha256))


def same_gazetteer(planned: Path, sha256: str) -> Gazetteer:
    """Open a worker's gazetteer: at the same path, or where its own settings have it.

    Parameters
    ----------
    planned
        Where whoever plans the work has it.
    sha256
        What it holds there.

    Returns
    -------
    Gazetteer
        One with the same content.

    Raises
    ------
    GazetteerError
        The worker has none.
    """
    for path in dict.fromkeys((planned, load_settings().gazetteer_path)):
        if path.is_file():
            gazetteer = Gazetteer.open(path)
            if gazetteer.meta.get("content_sha256", "") == sha256:
                return gazetteer
            gazetteer.close()
    raise GazetteerError(
        f"A worker has no gazetteer with the content of {planned}: with the same version of "
        "the atlas, run `arsenal-atlas db gazetteer --again` there, or set ARSENAL_ATLAS_GAZETTEER"
    )
