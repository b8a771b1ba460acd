"""pydeck in Streamlit: a page of its own server, whose clock is a rerun of the script for each step."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import requests

from dashboard.bench.browser import WARM_UP, BenchError
from dashboard.bench.clocks import clock_windows
from dashboard.bench.opened import Built, Opened
from dashboard.frames import AtlasFrames

__all__ = ["pydeck_in_streamlit"]

_PAGE: Final = Path(__file__).parent / "pydeck_page.py"
_START_S: Final = 30
_END_S: Final = 5
_ALWAYS: Final = (-1_000_000, 1_000_000)

# deck.gl draws all points of its data in one call, so the call tells which step is on the screen.
_CLOCK: Final = """
{
    const counts = COUNTS;
    let step = 0, shown = () => { globalThis.benchReady = true; };
    bench.onDraw = points => { if (points === counts[step]) shown(); };
    globalThis.benchMove = () => new Promise(resolve => {
        step += 1;
        shown = resolve;
        [...document.querySelectorAll("button")].find(one => one.textContent.includes("Next")).click();
    });
}
"""


@contextmanager
def pydeck_in_streamlit(frames: AtlasFrames, window: str) -> Iterator[Opened]:
    """Serve a Streamlit page that shows the points by ``st.pydeck_chart``.

    Parameters
    ----------
    frames
        What to show.
    window
        A name of `dashboard.bench.clocks.WINDOWS`.

    Yields
    ------
    Opened
        The page.
    """
    moving = [_days(first, last) for first, last in clock_windows(window)]
    windows = np.array([_ALWAYS, *moving[:WARM_UP], *moving], dtype="int64")
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as name:
        folder = Path(name)
        counts = _store(frames, windows, folder)
        with _server(folder) as address:
            yield Opened(
                address,
                lambda: _built(folder),
                prelude=_CLOCK.replace("COUNTS", json.dumps(counts)),
            )


def _days(first: str, last: str) -> tuple[int, int]:
    return int(np.datetime64(first).astype(int)), int(np.datetime64(last).astype(int))


def _store(frames: AtlasFrames, windows: npt.NDArray[np.int64], folder: Path) -> list[int]:
    placements = frames.placements
    first, last = (placements[name].to_numpy("int64") for name in ("first", "last"))
    lon, lat = placements.geometry.x.to_numpy(), placements.geometry.y.to_numpy()
    np.savez(folder / "points.npz", lon=lon, lat=lat, first=first, last=last, windows=windows)
    return [int(((first <= end) & (last >= start)).sum()) for start, end in windows.tolist()]


def _built(folder: Path) -> Built:
    # Written at the end of the script's run, which may be after the browser drew.
    end = time.monotonic() + _END_S
    while time.monotonic() < end:
        with suppress(OSError, ValueError):
            found = json.loads((folder / "built.json").read_text("utf-8"))
            return Built(found["build_ms"], found["bytes"])
        time.sleep(0.05)
    raise BenchError("The script of pydeck did not end")


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", *flags, str(_PAGE), str(folder)]
    # In the empty folder, so that it reads no settings of the atlas.
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, env=os.environ)  # noqa: S603  # our own page
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/_stcore/health", process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        process.kill()
        process.wait()


def _wait(health: str, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(requests.RequestException):
            if requests.get(health, timeout=5).ok:
                return
        time.sleep(0.05)
    raise BenchError("Streamlit with pydeck's page did not start")
