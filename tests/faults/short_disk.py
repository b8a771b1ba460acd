"""An atlas on a disk of its own that fills up and is then mounted read only; prints what it saw as JSON.

Run by a test in a mount namespace of its own: the disk is a real one, a few megabytes of memory.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.errors import StoreError
from dashboard.runtime import Runtime
from dashboard.settings import Settings
from dashboard.store.database import room
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT

PACKAGE = Path(__file__).parents[1] / "importers" / "small"
SECONDS = 10.0


def mount(disk: Path, *options: str) -> None:
    subprocess.run([str(shutil.which("mount")), *options, str(disk)], check=True)


def save(atlas: Runtime, seen: tuple[Any, int], words: str) -> str:
    """Save a record over the state that was seen of it; gives what was refused, in words."""
    dossier, revision = seen
    changed = replace(dossier, record=replace(dossier.record, notes=words))
    try:
        atlas.store.repository.save_dossier(changed, revision, Operation.new("ann", "save", "st-yard"))
    except StoreError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def told(atlas: Runtime) -> Any:
    return atlas.shortage and [atlas.shortage.refuses, atlas.shortage.sentence]


def look(atlas: Runtime, dossier: tuple[Any, int], reason: str) -> dict[str, Any]:
    """What a person meets now: the banner before they save, then the save, then the pages."""
    wait(lambda: atlas.shortage is not None and reason in atlas.shortage.sentence)
    return {
        "banner": told(atlas),
        "save": save(atlas, dossier, "y" * 30_000),
        "records": len(atlas.view(EXACT).frames().records),
    }


def main(disk: Path) -> None:
    mount(disk, "-t", "tmpfs", "-o", "size=24m", "none")
    file = disk / "atlas.sqlite"
    atlas = Runtime(
        Settings(db=f"sqlite:///{file}", package=PACKAGE, data_folder=disk, cache_folder=disk / "cache")
    )
    atlas.watch()
    wait(lambda: atlas.shortage is not None)
    read = atlas.store.repository.dossier
    seen: dict[str, Any] = {"low": told(atlas), "saved": save(atlas, read("st-yard"), "before")}
    filling = disk / "filling"
    with filling.open("wb") as opened:
        opened.write(bytes(18_000_000))
    seen["nearly full"] = look(atlas, read("st-yard"), "disk is full")
    # The atlas no longer stops by itself: what SQLite says of a disk with no byte left.
    room.LEAST_BYTES = 0  # type: ignore[misc]
    with filling.open("ab", buffering=0) as opened, suppress(OSError):
        while opened.write(bytes(4096)):
            continue
    save(atlas, read("st-yard"), "x" * 30_000)  # what room there is in the log
    seen["no byte"] = look(atlas, read("st-yard"), "refused the last change")
    filling.unlink()
    dossier = read("st-yard")
    seen["room again"] = save(atlas, dossier, "room again")
    dossier = read("st-yard")
    wait(lambda: told(atlas) is not None and not told(atlas)[0])
    # The kernel makes no disk read only while files on it are open for writing.
    atlas._watch.stop()
    atlas.store.engine.dispose()
    mount(disk, "-o", "remount,ro")
    atlas.watch()
    seen["read only"] = look(atlas, dossier, "can only be read")
    mount(disk, "-o", "remount,rw")
    seen["writable again"] = save(atlas, read("st-yard"), "writable again")
    seen["verified"] = list(atlas.store.trail.verify())
    atlas.close()
    connection = sqlite3.connect(file)
    seen["integrity"] = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
