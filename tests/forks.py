"""Processes of the atlas in a tenth of the time: forked from one that has imported everything already.

A new process computes for two seconds until Streamlit, pandas and the rest are imported, and the tests start
a hundred of them. Here one process, the stem, imports all that once and then forks for whoever asks: what
comes out is what ``python -c`` starts, with its own number, environment, output and signals, and has run
nothing of the atlas but imports. Between it and pytest stands a keeper, forked as well, that waits for its
end and says how it ended.

ARSENAL_ATLAS_TEST_FORKS=no starts Python anew each time, as `tests/terminal` always does.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, NoReturn

ROOT = Path(__file__).parents[1]
# With all that these import: whatever a server needs, sooner or later.
IMPORTED = ("cli", "hosting", "gate", "api", "ui")
# Libraries that start threads when they are imported, told not to: only the thread that forks is in the fork.
WITHOUT_THREADS = {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}
SET_BY_IMPORTS = {"MPLBACKEND"}  # by Streamlit, in whatever process
LONGEST_REQUEST = 1 << 20
OURS = "ARSENAL_ATLAS_"
FORKS = sys.platform.startswith("linux") and os.environ.get(f"{OURS}TEST_FORKS") != "no"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


class Forked:
    """A process that was forked, with what ``subprocess.Popen`` offers of one."""

    def __init__(self, told: BinaryIO) -> None:
        number = told.readline()
        assert number, "the stem could not import the atlas: see what it said"
        self._told, self.pid = told, int(number)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Say how it ended, None while it runs."""
        if self.returncode is None and wait([self._told.fileno()], 0):
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        if self.returncode is None:
            wait([self._told.fileno()], timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        return int(self.returncode or 0)

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def start(
    code: str, *arguments: str, env: Mapping[str, str], output: BinaryIO
) -> "Forked | subprocess.Popen[bytes]":
    """Start what ``python -c code arguments`` would, with all it says going to one file."""
    if not FORKS or _foreign(env):
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)
    mine, theirs = os.pipe()
    request = json.dumps([code, arguments, dict(env)]).encode()
    socket.send_fds(_stem(), [request], [output.fileno(), theirs])
    os.close(theirs)
    return Forked(os.fdopen(mine, "rb", buffering=0))


def _foreign(env: Mapping[str, str]) -> set[str]:
    """Name what is neither our setting nor as the stem has it: what is imported there may have read it."""
    others = {name for name in env.keys() | ENVIRONMENT if env.get(name) != ENVIRONMENT.get(name)}
    return {name for name in others - SET_BY_IMPORTS if not name.startswith((OURS, "PYTEST_"))}


@cache
def _stem() -> socket.socket:
    """Grow the stem; gives the socket on which it takes requests, and ends with it."""
    line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        stem = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            env=ENVIRONMENT | WITHOUT_THREADS,
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=ROOT,
        )
    atexit.register(stem.wait)
    atexit.register(line.close)
    return line


def _import_everything() -> None:
    gc.disable()
    sys.path[0] = ""
    for name in IMPORTED:
        package = importlib.import_module(f"dashboard.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    # Nothing that is imported is garbage, and what nobody touches is not copied.
    gc.freeze()
    gc.enable()
    threads = [Path(path).read_text() for path in Path("/proc/self/task").glob("*/comm")]
    assert len(threads) == 1, f"threads do not outlive a fork, what they have locked does: {threads}"


def _become(code: str, arguments: list[str], environment: dict[str, str]) -> None:
    for name in (ENVIRONMENT | WITHOUT_THREADS).keys() - environment:  # what imports have set stays
        os.environ.pop(name, None)
    os.environ.update(environment)
    # The one thing that imports draw by lot.
    tokens = sys.modules["dashboard.store.people.tokens"]
    tokens._KEY = secrets.token_bytes(len(tokens._KEY))  # type: ignore[attr-defined]
    sys.argv = ["-c", *arguments]
    sys.modules["__main__"] = main = ModuleType("__main__")
    exec(code, main.__dict__)  # noqa: S102  # what the test wants to run


def _fork_for_each(line: socket.socket) -> None:
    """Fork for each request; returns in the new processes only, when they have done what was asked."""
    while True:
        request, files, *_ = socket.recv_fds(line, LONGEST_REQUEST, 2)
        if not request:
            return  # pytest has ended
        if os.fork() == 0:
            break
        for file in files:
            os.close(file)
    line.close()
    output, told = files
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if pid := os.fork():
        _keep(pid, output, told)
    os.close(told)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _become(*json.loads(request))


def _keep(pid: int, output: int, told: int) -> NoReturn:
    """Say the number of a process, and in the end how it ended, negative for a signal."""
    os.close(output)
    os.write(told, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


if __name__ == "__main__":
    _import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for keepers
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C is for pytest; the stem just ends
    _fork_for_each(socket.socket(fileno=int(sys.argv[1])))
