"""The server that is measured: our own, as a process of its own, with a store in a folder of its own."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import requests

from dashboard.bench.browser import BenchError
from dashboard.bench.synthetic import synthetic_package
from dashboard.exports.package import write_package

__all__ = ["PERSON", "atlas_command", "free_port", "hosted", "running", "synthetic_store"]

PERSON: Final = "X-Forwarded-User"
"""Header by which a visitor of `hosted` is told apart from the others."""

_START_S: Final = 900
_END_S: Final = 20


def synthetic_store(folder: Path, records: int, seed: int) -> None:
    """Write a data package of synthetic events where `hosted` looks for it.

    Parameters
    ----------
    folder
        Folder of the server.
    records
        How many events.
    seed
        Equal seeds give equal events.
    """
    write_package(synthetic_package(records, seed), folder / "package")


@contextmanager
def hosted(folder: Path, **settings: str) -> Iterator[tuple[str, int]]:
    """Serve the atlas from a folder to people whom a proxy names, as a host does.

    Parameters
    ----------
    folder
        Holds the store, the cache, the log, and the package that seeds the store if there is one.
    **settings
        More settings by their names.

    Yields
    ------
    tuple of (str, int)
        Address without a slash at the end, and process id.

    Raises
    ------
    BenchError
        If the server does not come up.
    """
    own = {"DATA_FOLDER": str(folder / "data"), "CACHE_FOLDER": str(folder / "cache")}
    if (folder / "package").is_dir():
        own["PACKAGE"] = str(folder / "package")
    port = free_port()
    own |= {
        "SIGN_IN": "header",
        "HEADER_SUBJECT": PERSON,
        "COOKIE_SECRET": secrets.token_hex(),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEFAULT_ROLE": "contributor",
    }
    own |= {name.upper(): value for name, value in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    environment = kept | {f"ARSENAL_ATLAS_{name}": value for name, value in own.items()}
    with running(atlas_command(port), folder / "server.log", port, "/livez", environment) as served:
        yield served


def atlas_command(port: int) -> list[str]:
    """Give the command that serves the atlas as a host would start it.

    Parameters
    ----------
    port
        Port on this machine.

    Returns
    -------
    list of str
        Program and arguments.
    """
    code = "from dashboard.cli import main; main()"
    return [sys.executable, "-c", code, "serve", "--port", str(port)]


def free_port() -> int:
    """Find a port that nobody uses.

    Returns
    -------
    int
        Its number.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    log: Path,
    port: int,
    health: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[tuple[str, int]]:
    """Run a server until it is not needed any more.

    Parameters
    ----------
    command
        Program and arguments.
    log
        File for what it says; it runs in that file's folder.
    port
        Where it will listen.
    health
        Path that answers when it is up.
    environment
        Its environment; ours when None.

    Yields
    ------
    tuple of (str, int)
        Address without a slash at the end, and process id.

    Raises
    ------
    BenchError
        If it does not come up.
    """
    address = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own server
            command,
            env=dict(os.environ if environment is None else environment),
            cwd=log.parent,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(address + health, process, log)
        yield address, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_END_S)
        process.kill()
        process.wait()


def _wait(health: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _START_S
    while time.monotonic() < end and process.poll() is None:
        with suppress(requests.RequestException):
            if requests.get(health, timeout=5).ok:
                return
        time.sleep(0.05)
    last = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
    raise BenchError(f"The server to be measured did not start: {' '.join(last) or 'it said nothing'}")
