"""Backups that are known to be good: made while people work, described by a manifest, restored and compared.

A database file is never copied as a file: a copy made while somebody writes is no database. A restore goes
into an empty database only, and counts when every row and the whole audit trail are what the manifest says.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, inspect, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from dashboard import __version__
from dashboard.errors import BackupError, StoreError
from dashboard.store.backups.dumps import dump, load
from dashboard.store.backups.manifest import (
    Manifest,
    TableDigest,
    digest_tables,
    manifest_path,
    read_manifest,
    sha256_of,
)
from dashboard.store.backups.outside import LayerOutside, outside_of, tables_outside
from dashboard.store.database.engine import open_engine, reading
from dashboard.store.database.meta import AUDIT_HEAD, DATA_VERSION, read_meta
from dashboard.store.database.migrate import schema_version
from dashboard.store.database.sentences import location_of
from dashboard.store.layers.large import LargeLayer
from dashboard.store.store import Store, open_store
from dashboard.store.trail.anchor import anchor_head
from dashboard.store.trail.chain import NO_HEAD, Head
from dashboard.store.trail.operations import Operation

__all__ = ["Backup", "back_up", "backups_in", "restore"]

Progress = Callable[[int, int], None]

_ENDINGS: Final = {"sqlite": ".sqlite", "postgresql": ".dump"}
_SHOWN: Final = 5
_PAGES: Final = 1_000  # copied between two looks at whether anybody waits
_FOREIGN_TABLES: Final = frozenset({"spatial_ref_sys"})


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made.

    Parameters
    ----------
    file
        The file.
    manifest
        What it holds; also beside it as a file of its own.
    warning
        What could not be done besides, such as noting the backup in an audit trail whose disk is full; empty
        when all went well.
    """

    file: Path
    manifest: Manifest
    warning: str = ""


def back_up(
    store: Store,
    folder: Path,
    operation: Operation,
    *,
    anchor: Path | None = None,
    progress: Progress | None = None,
    large: Sequence[LargeLayer] = (),
) -> Backup:
    """Back the database up while others go on reading and writing.

    Parameters
    ----------
    store
        The store.
    folder
        Folder for backups; made when missing. Older backups in it stay.
    operation
        Who makes it and why, for the audit trail.
    anchor
        File that the head of the audit trail is written to as well.
    progress
        Called with the steps done and the steps in all.
    large
        Large layers: that they are there is written down, and the tables that hold rows of some left out.

    Returns
    -------
    Backup
        What was made; its manifest is written last, so a backup without one is none.

    Raises
    ------
    BackupError
        If the folder cannot be written, or PostgreSQL's tools are missing or fail.
    StoreError
        If the database fails.
    """
    engine = store.engine
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _partial(folder) as partial:
            with reading(engine, thorough=True) as connection:
                outside = outside_of(large)
                left_out = tables_outside(outside, inspect(connection).get_table_names())
                described = _describe(engine, connection, progress, outside, left_out)
                _write(engine, connection, partial, progress, left_out)
            manifest = _finish(folder, partial, described)
    except (StoreError, BackupError):
        raise
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"No backup was made in {folder}: {error}") from error
    return Backup(folder / manifest.file, manifest, _note(store, manifest, operation, anchor))


def backups_in(folder: Path) -> tuple[Manifest, ...]:
    """List the backups of a folder.

    Parameters
    ----------
    folder
        Folder for backups; it need not be there.

    Returns
    -------
    tuple of Manifest
        Newest first; files without a manifest that can be read are left out.
    """
    found: list[Manifest] = []
    for path in folder.glob("atlas-*.json"):
        try:
            found.append(read_manifest(path.with_suffix("")))
        except BackupError:
            continue
    return tuple(sorted(found, key=lambda manifest: (manifest.made_at, manifest.file), reverse=True))


def restore(file: Path, url: str, *, progress: Progress | None = None) -> Manifest:
    """Restore a backup into an empty database and see that it holds what was backed up.

    Parameters
    ----------
    file
        The backup; its manifest is beside it.
    url
        Address of an empty database, or of a SQLite file that is not there yet.
    progress
        Called with the steps done and the steps in all.

    Returns
    -------
    Manifest
        What is in the database now, every row compared.

    Raises
    ------
    BackupError
        If the backup is damaged, the database is not empty or of another kind, or it does not hold what the
        manifest says; the message names it then.
    StoreError
        If the database fails.
    """
    manifest = read_manifest(file)
    try:
        target = make_url(url)
    except ArgumentError as error:
        raise BackupError(
            "The address to restore into cannot be read: sqlite:///new.sqlite is one"
        ) from error
    if not file.is_file() or sha256_of(file) != manifest.sha256:
        raise BackupError(f"{file} is not the file that was backed up: its hash differs. Take another backup")
    if target.get_backend_name() != manifest.database:
        raise BackupError(f"{file} is a backup of {manifest.database}: restore it into such a database")
    if manifest.database == "sqlite":
        _restore_file(file, target, manifest, progress)
    else:
        _restore_server(file, url, manifest, progress)
    return manifest


def _describe(
    engine: Engine,
    connection: Connection,
    progress: Progress | None,
    large: tuple[LayerOutside, ...],
    left_out: frozenset[str],
) -> Manifest:
    meta = read_meta(connection)
    return Manifest(
        file="",
        sha256="",
        size=0,
        database=engine.dialect.name,
        made_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        atlas=__version__,
        schema=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
        data_version=meta.get(DATA_VERSION, ""),
        head=_head(meta),
        tables=digest_tables(connection, progress, left_out),
        large_layers=large,
    )


def _head(meta: Mapping[str, str]) -> Head:
    return Head.parse(meta[AUDIT_HEAD]) if AUDIT_HEAD in meta else NO_HEAD


def _write(
    engine: Engine,
    connection: Connection,
    partial: Path,
    progress: Progress | None,
    left_out: frozenset[str],
) -> None:
    if engine.dialect.name == "sqlite":
        # On the connection whose transaction is open, so that the copy is of the state that was described and
        # does not begin anew whenever somebody writes.
        driver: Any = connection.connection.dbapi_connection
        _copy(driver, partial, progress)
        return
    connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
    dump(engine.url, partial, _server_version(connection), snapshot, left_out)


def _copy(source: sqlite3.Connection, target: Path, progress: Progress | None) -> None:
    with closing(sqlite3.connect(target)) as copy:
        source.backup(
            copy,
            pages=_PAGES,
            sleep=0.005,
            progress=(lambda _status, left, total: progress(total - left, total)) if progress else None,
        )
        copy.execute("PRAGMA journal_mode = DELETE")  # one file that needs no other beside it


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    path = folder / f".partial-{os.getpid()}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # exact places are in it
    try:
        yield path
    finally:
        for made in folder.glob(f"{path.name}*"):
            made.unlink()


def _finish(folder: Path, partial: Path, described: Manifest) -> Manifest:
    stamp = described.made_at.replace("-", "").replace(":", "")
    ending = _ENDINGS[described.database]
    name = f"atlas-{stamp}-{described.data_version[:8] or 'empty'}"
    number = 1
    while (file := folder / f"{name}{'' if number == 1 else f'-{number}'}{ending}").exists():
        number += 1
    size, digest = partial.stat().st_size, sha256_of(partial)
    manifest = replace(described, file=file.name, size=size, sha256=digest)
    _sync(partial)
    partial.rename(file)
    draft = partial.with_name(f"{partial.name}.json")
    draft.write_text(manifest.to_json(), encoding="utf-8")
    draft.chmod(0o600)
    _sync(draft)
    draft.rename(manifest_path(file))
    _sync(folder)
    return manifest


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _note(store: Store, manifest: Manifest, operation: Operation, anchor: Path | None) -> str:
    try:
        store.trail.note(operation, {"file": manifest.file, "sha256": manifest.sha256})
        if anchor is not None:
            anchor_head(anchor, store.trail.head)
    except StoreError as error:
        return f"The backup is good, but it could not be noted: {error}"
    return ""


def _restore_file(file: Path, target: URL, manifest: Manifest, progress: Progress | None) -> None:
    path = Path(target.database or "")
    if not target.database or target.database == ":memory:":
        raise BackupError("A backup is restored into a file: write the address like sqlite:///new.sqlite")
    if path.exists() and (path.is_dir() or path.stat().st_size):
        raise BackupError(f"{path} is there already: a backup is restored into a new file only")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Under a name of its own until it is known to be good.
        with _partial(path.parent) as partial:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
                _copy(source, partial, progress)
            _compare(f"sqlite:///{partial}", str(path), manifest)
            _sync(partial)
            partial.rename(path)
            _sync(path.parent)
    except (StoreError, BackupError):
        raise
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"Nothing was restored into {path}: {error}") from error


def _restore_server(file: Path, url: str, manifest: Manifest, progress: Progress | None) -> None:
    engine = open_engine(url)
    try:
        with reading(engine) as connection:
            tables = set(inspect(connection).get_table_names()) - _FOREIGN_TABLES
            version = _server_version(connection)
        if tables:
            raise BackupError(
                f"{location_of(engine)} holds tables already ({', '.join(sorted(tables)[:3])} …): "
                "a backup is restored into an empty database only; make one with createdb"
            )
        if progress:
            progress(0, 1)
        load(engine.url, file, version)
        _compare(url, location_of(engine), manifest)
    finally:
        engine.dispose()


def _compare(url: str, shown: str, manifest: Manifest) -> None:
    """See that a restored database holds what was backed up, then bring its tables up to date."""
    problems = [*_row_problems(url, manifest)] or [*_trail_problems(url, manifest)]
    if problems:
        told = "; ".join(problems[:_SHOWN])
        raise BackupError(f"{shown} does not hold what was backed up and must not be used: {told}")


def _row_problems(url: str, manifest: Manifest) -> Iterator[str]:
    engine = open_engine(url)
    try:
        with reading(engine, thorough=True) as connection:
            yield from _differences(digest_tables(connection), manifest)
            if _head(read_meta(connection)) != manifest.head:
                yield "the audit trail ends elsewhere"
        schema = schema_version(engine)
        if schema != manifest.schema:
            yield f"the tables stand at {schema or 'nothing'}, not at {manifest.schema}"
    finally:
        engine.dispose()


def _trail_problems(url: str, manifest: Manifest) -> Iterator[str]:
    store = open_store(url)  # which brings the tables of an older atlas up to date
    try:
        if manifest.head != NO_HEAD:
            yield from store.trail.verify(manifest.head)
    finally:
        store.close()


def _differences(found: dict[str, TableDigest], manifest: Manifest) -> Iterator[str]:
    for name in sorted(found.keys() | manifest.tables.keys()):
        here, there = found.get(name), manifest.tables.get(name)
        if here is None or there is None:
            yield f"the table {name} is {'missing' if here is None else 'new'}"
        elif here.rows != there.rows:
            yield f"{name} has {here.rows} rows and not {there.rows}"
        elif here != there:
            yield f"{name} has other rows"


def _server_version(connection: Connection) -> int:
    return int(connection.execute(text("SHOW server_version_num")).scalar_one()) // 10_000
