"""PostgreSQL's own tools for backups, started so that no password shows in a list of processes."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy.engine import URL

from dashboard.errors import BackupError

__all__ = ["dump", "load"]

_DEBIAN: Final = Path("/usr/lib/postgresql")
_SHOWN: Final = 600


def dump(
    url: URL, file: Path, server_version: int, snapshot: str, without: frozenset[str] = frozenset()
) -> None:
    """Write a database into one compressed file.

    Parameters
    ----------
    url
        Address of the database, password included.
    file
        File to write.
    server_version
        Major version of the server; the tool must not be older.
    snapshot
        Snapshot to read, exported by a transaction that is still open.
    without
        Tables to leave out, by names of small letters, digits and underscores.

    Raises
    ------
    BackupError
        If there is no such tool or it fails.
    """
    tool = _tool("pg_dump", server_version)
    _run(
        tool,
        url,
        [
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            f"--snapshot={snapshot}",
            f"--file={file}",
            *(f"--exclude-table={name}" for name in sorted(without)),
        ],
    )


def load(url: URL, file: Path, server_version: int) -> None:
    """Load a dump into an empty database, whole or not at all.

    Parameters
    ----------
    url
        Address of the database, password included.
    file
        What `dump` wrote.
    server_version
        Major version of the server; the tool must not be older.

    Raises
    ------
    BackupError
        If there is no such tool or it fails; the database is as it was then.
    """
    tool = _tool("pg_restore", server_version)
    _run(tool, url, ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(file)])


def _tool(name: str, server_version: int) -> str:
    candidates = [str(folder / name) for folder in sorted(_DEBIAN.glob("*/bin"), reverse=True)]
    found = [path for path in (shutil.which(name), *candidates) if path and os.access(path, os.X_OK)]
    versions = {path: _version(path) for path in found}
    fitting = [path for path in found if versions[path] >= server_version]
    if fitting:
        return fitting[0]
    there = f"only version {max(versions.values())} is here" if versions else "it is not here"
    raise BackupError(
        f"{name} of version {server_version} or newer is needed for this server, and {there}: install "
        f"postgresql-client-{server_version}, or put it on the PATH"
    )


def _version(tool: str) -> int:
    done = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False, timeout=30)  # noqa: S603  # found above
    match = re.search(r"(\d+)", done.stdout)
    return int(match[1]) if match else 0


def _run(tool: str, url: URL, arguments: list[str]) -> None:
    from psycopg.conninfo import make_conninfo

    options = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
    password = options.pop("password", None)
    environment = dict(os.environ)
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    command = [tool, f"--dbname={make_conninfo(**options)}", "--no-password", *arguments]
    done = subprocess.run(  # noqa: S603  # found above
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{Path(tool).name} failed: {done.stderr.strip()[:_SHOWN]}")
