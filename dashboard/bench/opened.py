"""What a variant gives the benchmark: an address to open, and what building it cost."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from dashboard.bench.browser import BenchError
from dashboard.bench.packages import NPM, modules_path
from dashboard.bench.serving import serving
from dashboard.maps.addresses import ASSETS
from dashboard.settings import static_path

__all__ = ["Built", "Opened", "pages_opened"]


@dataclass(frozen=True)
class Built:
    """What building a variant cost.

    Attributes
    ----------
    build_ms
        Python, from the frames to what is sent.
    payload_bytes
        All that is sent besides scripts and styles.
    """

    build_ms: float
    payload_bytes: int


@dataclass(frozen=True)
class Opened:
    """A variant that is being served.

    Attributes
    ----------
    address
        The page to open.
    built
        Says what building it cost; to be asked once points stand, because some build on request.
    prelude
        Script to run in the page before all others.
    framed
        Whether the map is in a frame of that page.
    """

    address: str
    built: Callable[[], Built]
    prelude: str = ""
    framed: bool = False


@contextmanager
def pages_opened(
    build: Callable[[], Mapping[str, bytes]], limit_s: float, *, framed: bool = False, prelude: str = ""
) -> Iterator[Opened]:
    """Build pages and serve them.

    Parameters
    ----------
    build
        Makes bodies by path; ``/`` is the page to open.
    limit_s
        Seconds that building may take.
    framed
        Whether the map is in a frame.
    prelude
        Script to run in the page before all others.

    Yields
    ------
    Opened
        The pages.

    Raises
    ------
    BenchError
        If building takes too long.
    """
    start = time.perf_counter()
    with _time_limit(limit_s):
        pages = build()
    built = Built((time.perf_counter() - start) * 1000, sum(map(len, pages.values())))
    with serving(pages, {ASSETS: static_path(), NPM: modules_path()}) as address:
        yield Opened(f"{address}/", lambda: built, prelude, framed)


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    # Signals reach the main thread only, and Windows has no alarm: there, building takes what it takes.
    if not hasattr(signal, "SIGALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise BenchError(f"building it was not finished in {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
