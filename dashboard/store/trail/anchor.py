"""The end of the audit trail, kept outside the database.

Somebody who may write to the database can make a whole new chain that hangs together. They cannot make it end
where the old one did: so its end is written down elsewhere, every hour and with every backup.
"""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from dashboard.errors import StoreError
from dashboard.store.trail.chain import NO_HEAD, Head

__all__ = ["anchor_head", "anchored_heads", "last_anchor"]


def anchored_heads(file: Path) -> tuple[Head, ...]:
    """Read the heads that were written down.

    Parameters
    ----------
    file
        The anchor file; it need not be there.

    Returns
    -------
    tuple of Head
        Oldest first; empty without a file.

    Raises
    ------
    StoreError
        If the file cannot be read or a line in it is no head.
    """
    try:
        text = file.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError(f"The anchor file {file} cannot be read ({error.strerror})", str(file)) from error
    return _heads(file, text)


def last_anchor(file: Path | None) -> Head | None:
    """Read the head that was written down last.

    Parameters
    ----------
    file
        The anchor file of the settings; None when there is none.

    Returns
    -------
    Head or None
        None when nothing was written down yet.

    Raises
    ------
    StoreError
        If the file cannot be read or a line in it is no head.
    """
    heads = anchored_heads(file) if file is not None else ()
    return heads[-1] if heads else None


def anchor_head(file: Path, head: Callable[[], Head]) -> bool:
    """Write down where the audit trail ends now.

    Parameters
    ----------
    file
        The anchor file; made when missing, and only ever added to.
    head
        Reads the head of the trail, such as ``store.trail.head``. It is asked while the file is locked, so
        that two processes do not pass each other.

    Returns
    -------
    bool
        Whether anything was added: not when the last line says the same, or there is no entry yet.

    Raises
    ------
    StoreError
        If the file cannot be written, or knows of an entry that the trail has no longer.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX)
            return _add(file, opened, head())
    except StoreError:
        raise  # it is an OSError too
    except OSError as error:
        raise StoreError(f"The anchor file {file} cannot be written ({error.strerror})", str(file)) from error


def _add(file: Path, opened: IO[bytes], head: Head) -> bool:
    content = opened.read()
    whole = content.rfind(b"\n") + 1
    heads = _heads(file, content[:whole].decode("ascii", errors="replace"))
    last = heads[-1] if heads else NO_HEAD
    if head == last:
        return False
    if head.sequence <= last.sequence:
        message = (
            f"The audit trail ends at entry {head.sequence}, but {file} knows another entry {last.sequence}: "
            "entries are missing or were rewritten. Run `arsenal-atlas db verify` and compare with a backup. "
            "After restoring an older backup on purpose, begin a new anchor file"
        )
        raise StoreError(message, str(file))
    if whole < len(content):
        opened.truncate(whole)
    opened.write(f"{head}\n".encode("ascii"))
    opened.flush()
    os.fsync(opened.fileno())
    return True


def _heads(file: Path, text: str) -> tuple[Head, ...]:
    # A power cut may have left half a line at the end; every other line was synced whole.
    heads: list[Head] = []
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            heads.append(Head.parse(line))
        except ValueError as error:
            message = f"Line {number} of the anchor file {file} is no head of an audit trail: was it edited?"
            raise StoreError(message, str(file)) from error
    return tuple(heads)
