"""Cuts the power of a disk under the atlas, and sees whether anything it had acknowledged is gone.

Not a test but a program: ``power_cuts.py FOLDER CUTS SEED [SYNCHRONOUS]``. It prints what it found as JSON.
The store and its engine are the real ones, settings included; only the driver is APSW, whose file systems
can be written in Python. What was written since the last sync of a file is, after a cut, there, or not, or
torn at the borders of sectors, each write by chance. SYNCHRONOUS takes the place of the engine's own setting,
to prove that losses would be seen.
"""

import json
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import make_url
from workload import RECORDS, Writer, fill, look

from dashboard.errors import AtlasError, StoreError
from dashboard.store.database import sqlite as engine_settings
from dashboard.store.database.deadlines import Limits
from dashboard.store.database.engine import watched
from dashboard.store.database.migrate import migrate
from dashboard.store.store import Store, open_store

SECTOR = 512
MOST_STEPS = 1_500
NOTHING_LEFT = "the power is off"


class Disk(apsw.VFS):
    """A file system that remembers which writes are not yet on the plate."""

    def __init__(self, name: str) -> None:
        super().__init__(name, base="")
        self.plates: dict[str, bytearray] = {}
        self.waiting: dict[str, list[tuple[int, bytes | None]]] = {}
        self.steps_left = sys.maxsize

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise apsw.IOError(NOTHING_LEFT)

    def xOpen(self, name: Any, flags: list[int]) -> "DiskFile":  # noqa: N802  # APSW's name
        return DiskFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802  # APSW's name and signature
        self.step()
        super().xDelete(filename, syncdir)
        self.plates.pop(filename, None)
        self.waiting.pop(filename, None)

    def sync(self, path: str) -> None:
        for offset, data in self.waiting[path]:
            _apply(self.plates[path], offset, data)
        self.waiting[path] = []

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Contents of the files when the power comes back."""
        for path, writes in self.waiting.items():
            for offset, data in writes:
                fate = chance.random()
                if fate < 1 / 3:
                    continue
                if data is None or fate > 2 / 3:
                    _apply(self.plates[path], offset, data)
                    continue
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 1 / 2:
                        _apply(self.plates[path], offset + start, data[start : start + SECTOR])
        return {path: bytes(plate) for path, plate in self.plates.items()}


def _apply(plate: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del plate[offset:]
        return
    if len(plate) < offset:
        plate.extend(bytes(offset - len(plate)))
    plate[offset : offset + len(data)] = data


class DiskFile(apsw.VFSFile):
    """One file; what is read is what was written, on the plate or not."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        self.path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        disk.plates.setdefault(self.path, bytearray())
        disk.waiting.setdefault(self.path, [])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  # APSW's name
        self.disk.waiting[self.path].append((offset, bytes(data)))
        self.disk.step()
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  # APSW's name
        self.disk.waiting[self.path].append((newsize, None))
        self.disk.step()
        super().xTruncate(newsize)

    def xSync(self, _flags: int) -> None:  # noqa: N802  # APSW's name
        self.disk.step()
        self.disk.sync(self.path)


class Cursor:
    """As much of the driver's cursor as SQLAlchemy uses."""

    arraysize, lastrowid = 1, None

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection, self.rows, self.description, self.rowcount = connection, [], None, -1

    def execute(self, sql: str, parameters: Any = ()) -> "Cursor":
        self.description = None
        cursor = self.connection.cursor()
        cursor.exec_trace = self._describe  # when there are no rows, it is too late to ask afterwards
        before = self.connection.total_changes()
        try:
            self.rows = cursor.execute(sql, parameters).fetchall()
        except (apsw.Error, OSError) as error:
            raise sqlite3.OperationalError(str(error)) from error
        self.rowcount = self.connection.total_changes() - before
        return self

    def _describe(self, cursor: apsw.Cursor, _sql: str, _parameters: Any) -> bool:
        self.description = tuple((*column, *[None] * 5) for column in cursor.get_description()) or None
        return True

    def executemany(self, sql: str, many: Any) -> "Cursor":
        total = 0
        for parameters in many:
            total += self.execute(sql, parameters).rowcount
        self.rowcount = total
        return self

    def fetchone(self) -> Any:
        return self.rows.pop(0) if self.rows else None

    def fetchmany(self, size: int = 1) -> Any:
        taken, self.rows = self.rows[:size], self.rows[size:]
        return taken

    def fetchall(self) -> Any:
        taken, self.rows = self.rows, []
        return taken

    def close(self) -> None:
        self.rows = []


class Driver:
    """As much of the driver's connection as SQLAlchemy and the engine use."""

    isolation_level = None

    def __init__(self, file: str, disk: str) -> None:
        self.connection = apsw.Connection(file, vfs=disk)

    def cursor(self) -> Cursor:
        return Cursor(self.connection)

    def execute(self, sql: str) -> Cursor:
        return self.cursor().execute(sql)

    def commit(self) -> None:
        if self.connection.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        try:
            self.connection.close()
        except (apsw.Error, OSError) as error:
            raise sqlite3.OperationalError(str(error)) from error

    def create_function(self, *_arguments: Any, **_options: Any) -> None:
        pass  # SQLAlchemy's REGEXP, which the atlas does not use

    def set_progress_handler(self, handler: Any, steps: int) -> None:
        self.connection.set_progress_handler(handler, steps or 1)


def open_on(disk: Disk, name: str, file: Path) -> Store:
    limits = Limits(pool_size=1)
    engine = engine_settings.sqlite_engine(
        make_url(f"sqlite:///{file}"), limits, connect=lambda: Driver(str(file), name)
    )
    watched(engine, limits)
    migrate(engine)
    return Store.of(engine)


def one_cut(folder: Path, number: int, chance: random.Random) -> dict[str, Any]:
    """Write until the power goes, then look with the ordinary driver at what is left."""
    home, after = folder / f"{number}", folder / f"{number}-after"
    for made in (home, after):
        made.mkdir()
    name, file = f"disk-{number}", home / "atlas.sqlite"
    disk = Disk(name)
    store = open_on(disk, name, file)
    fill(store)
    writers = [Writer(store, record_id) for record_id in RECORDS]
    if chance.random() < 1 / 2:  # meet the checkpoints too, which come every 1,000 pages by themselves
        with store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 30")
    disk.steps_left = chance.randrange(MOST_STEPS)
    acknowledged, count = {writer.record_id: writer.revision for writer in writers}, 0
    try:
        while True:
            writer = chance.choice(writers)
            acknowledged[writer.record_id] = writer.write()
            count += 1
    except StoreError as error:
        if NOTHING_LEFT not in str(error):
            raise
    for path, content in disk.after_cut(chance).items():
        (after / Path(path).name).write_bytes(content)
    disk.steps_left = sys.maxsize
    store.close()
    seen = {"acknowledged": count, "lost": 0, "problems": []}
    try:
        found_store = open_store(f"sqlite:///{after / 'atlas.sqlite'}")
        found = look(found_store, whole=True)
        found_store.close()
    except AtlasError as error:
        return seen | {"lost": count + 1, "problems": [f"cut {number}: {error}"]}
    for record_id, revision in found.revisions.items():
        seen["lost"] += max(0, acknowledged[record_id] - revision)
    seen["problems"] = [f"cut {number}: {problem}" for problem in found.problems]
    return seen


def main(folder: Path, cuts: int, seed: int) -> dict[str, Any]:
    chance = random.Random(seed)  # noqa: S311  # chance, not secrets
    result = {"cuts": cuts, "acknowledged": 0, "lost": 0, "cuts_with_losses": 0, "problems": []}
    for number in range(cuts):
        seen = one_cut(folder, number, chance)
        for key in ("acknowledged", "lost", "problems"):
            result[key] += seen[key]
        result["cuts_with_losses"] += seen["lost"] > 0
    return result


if __name__ == "__main__":
    place, rounds, start, *other = sys.argv[1:]
    if other:
        engine_settings.PRAGMAS["synchronous"] = int(other[0])
    sys.stdout.write(json.dumps(main(Path(place), int(rounds), int(start))))
