"""Close the doors of a process before it looks at foreign bytes: limits, network, files, other processes.

What holds where: limits of memory and processor are the kernel's. On Linux the network is gone altogether
where unprivileged user namespaces are allowed, since an empty network namespace has no way out. Elsewhere,
and for files and processes everywhere, an audit hook refuses what Python code asks for. A hook does not hold
native code: whoever finds a hole in a C library and runs code of his own passes it, and is then held by the
limits, the clean environment and the rights of the user alone.
"""

import ctypes
import math
import os
import resource
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from dashboard.confinement.limits import Limits

__all__ = ["close_doors", "leave_network", "limit_task", "set_limits"]

_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_SET_DUMPABLE: Final = 4
_NO_NEW_PRIVILEGES: Final = 38
_OPEN_FILES: Final = 64

_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC
_FORBIDDEN: Final = ("socket.", "subprocess.", "os.exec", "os.spawn", "os.posix_spawn", "os.fork", "ftplib.")
_FORBIDDEN_WHOLE: Final = frozenset(
    {
        "os.system",
        "os.kill",
        "os.killpg",
        "os.remove",
        "os.rename",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.chmod",
        "os.chown",
        "os.truncate",
        "os.putenv",
        "sqlite3.connect",
        "ctypes.dlopen",
        "urllib.Request",
    }
)
_READABLE: Final = ("/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom", os.devnull)


def set_limits(limits: Limits) -> None:
    """Let the kernel hold this process to its limits; the processor time here is that of its whole life.

    Parameters
    ----------
    limits
        The limits.
    """
    life = limits.cpu_s * limits.lives
    for name, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, life),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        with suppress(ValueError, OSError):  # macOS knows no limit of address space
            resource.setrlimit(name, (most, most))


def limit_task(limits: Limits) -> None:
    """Give this process the processor time of one more task; it ends when that is used up.

    Parameters
    ----------
    limits
        The limits.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    until = math.ceil(used.ru_utime + used.ru_stime) + limits.cpu_s
    resource.setrlimit(resource.RLIMIT_CPU, (until if most < 0 else min(until, most), most))


def leave_network() -> bool:
    """Move this process into an empty network, if the kernel lets an ordinary user do so.

    Returns
    -------
    bool
        Whether there is no network left.
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    left = bool(libc.unshare(_NEW_USER | _NEW_NETWORK) == 0)
    libc.prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    return left


def close_doors() -> None:
    """Refuse sockets, other processes, databases, writing, and reading outside the installed code."""
    folders = tuple(_folders([*sys.path, sys.prefix, sys.base_prefix]))

    def refuse(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open":
            _check_open(folders, *arguments[:3])
        elif event in _FORBIDDEN_WHOLE or event.startswith(_FORBIDDEN):
            raise PermissionError(f"{event} is not allowed in a confined process")

    sys.addaudithook(refuse)


def _folders(paths: Iterable[str]) -> Iterable[str]:
    for path in paths:
        if path and path != os.sep:
            yield os.path.join(path, "")  # noqa: PTH118 - asked at every opening, where pathlib is slow
            yield os.path.join(Path(path).resolve(), "")  # noqa: PTH118 - same


def _check_open(folders: tuple[str, ...], path: object, _mode: object, flags: object) -> None:
    if isinstance(path, int):
        return
    named = os.fsdecode(path) if isinstance(path, bytes | os.PathLike) else str(path)
    if named == os.devnull:
        return
    if isinstance(flags, int) and flags & _WRITES:
        raise PermissionError("writing is not allowed in a confined process")
    whole = os.path.normpath(named)
    if not whole.startswith(folders) and not whole.startswith(_READABLE):
        raise PermissionError("reading other files is not allowed in a confined process")
