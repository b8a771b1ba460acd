"""``arsenal-atlas diff``: what differs between two versions, or between data packages."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Self

import typer
from rich.markup import escape

from dashboard.cli.shared import err, out, settings_for
from dashboard.errors import AtlasError, PackageError, VersionGoneError

if TYPE_CHECKING:
    from dashboard.store.records.history import StoredVersion
    from dashboard.store.store import Store
    from dashboard.workflows.views.frames import Tables

__all__ = ["diff"]

_NOW: Final = "now"
_TROUBLE: Final = 2
_LEAST_OF_NAME: Final = 6
_MOST_BYTES: Final = 4_000_000_000


class _Form(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def diff(
    before: Annotated[
        str, typer.Argument(help="A version, [bold]now[/], or a data package (folder or zip).", metavar="A")
    ] = "",
    after: Annotated[str, typer.Argument(help="What to compare it with.", metavar="B")] = _NOW,
    *,
    form: Annotated[_Form, typer.Option("--format", help="How to write it.")] = _Form.TEXT,
    versions: Annotated[bool, typer.Option("--list", help="List the versions there are instead.")] = False,
    db_url: Annotated[str | None, typer.Option("--db", metavar="URL", help="Database address.")] = None,
) -> None:
    """Say what was added, removed and changed between two versions of the store or two data packages.

    Ends with 0 when they are the same, 1 when they differ, 2 when there was trouble.

    Examples: [bold]arsenal-atlas diff --list[/] · [bold]arsenal-atlas diff 1f0a22c4e19d7b35 now[/] ·
    [bold]arsenal-atlas diff data/ now --format csv[/] · [bold]arsenal-atlas diff old.zip new/[/]
    """
    try:
        if versions:
            _list_versions(db_url)
            return
        if not before:
            raise typer.BadParameter("say what to compare: a version, a folder or a zip file", param_hint="A")
        is_same = _compare(before, after, form, db_url)
    except AtlasError as error:
        err.print(f"[bold red]Error[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(_TROUBLE) from None
    if not is_same:
        raise typer.Exit(1)


def _compare(before: str, after: str, form: _Form, db_url: str | None) -> bool:
    from dashboard.workflows.versions.differences_between import (
        count_words,
        differences_between,
        differences_csv,
        differences_json,
        differences_text,
    )

    with _Sides(db_url) as sides:
        with err.status("Reading …"):
            left, right = sides.tables(before), sides.tables(after)
        found = tuple(differences_between(left, right))
    writers = {_Form.TEXT: differences_text, _Form.JSON: differences_json, _Form.CSV: differences_csv}
    end = "\n" if form is _Form.TEXT else ""
    for part in writers[form](found):
        # Not through the console, which would break long lines and read marks in a record's text.
        typer.echo(part + end, nl=False)
    err.print(count_words(found) if found else "No differences", highlight=False)
    return not found


class _Sides:
    """Where what is compared comes from; the store is opened when a version is named, and only then."""

    def __init__(self, db_url: str | None) -> None:
        self._db_url = db_url
        self._store: Store | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._store is not None:
            self._store.close()

    def tables(self, name: str) -> "Tables":
        """Give the records that an argument names."""
        from dashboard.importers.package import read_package

        path = Path(name)
        if path.is_dir():
            return read_package(path).tables
        if path.is_file():
            with _unpacked(path) as folder:
                return read_package(folder).tables
        if name.casefold() == _NOW:
            return self.store.repository.read_tables()
        return self._version(name)

    @property
    def store(self) -> "Store":
        """The store, opened once."""
        if self._store is None:
            self._store = _opened(self._db_url)
        return self._store

    def _version(self, name: str) -> "Tables":
        from dashboard.store.records.history import History
        from dashboard.workflows.access.audience import shown_version

        history, settings = History(self.store.engine), settings_for(self._db_url)
        known = history.versions()
        found = {
            one.version: one
            for one in known
            for called in (one.version, shown_version(one.version, settings))
            if called == name or (len(name) >= _LEAST_OF_NAME and called.startswith(name))
        }
        if len(found) != 1:
            raise VersionGoneError(name, [one.version for one in (*found.values(), *reversed(known))][:3])
        return history.tables_at(next(iter(found)))


def _opened(db_url: str | None) -> "Store":
    from dashboard.workflows.package.start import open_atlas

    store, _ = open_atlas(settings_for(db_url))
    return store


def _list_versions(db_url: str | None) -> None:
    from dashboard.store.records.history import History

    store = _opened(db_url)
    try:
        known: tuple[StoredVersion, ...] = History(store.engine).versions()
    finally:
        store.close()
    for one in known:
        line = f"{one.version}  {one.at[:19].replace('T', ' ')}  {one.action}, {one.who}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Lay the files of a zipped data package into a folder of their own for as long as they are read."""
    from dashboard.confinement.archives import ArchiveLimits, check_archive, read_member
    from dashboard.domain.records import TABLES
    from dashboard.errors import ArchiveError, Problem
    from dashboard.importers.package import DESCRIPTOR, file_name

    wanted = {DESCRIPTOR, *map(file_name, TABLES)}
    try:
        with (
            tempfile.TemporaryDirectory(prefix="arsenal-atlas-") as folder,
            check_archive(path.read_bytes(), ArchiveLimits(total_bytes=_MOST_BYTES)) as archive,
        ):
            for name in archive.namelist():
                # By its last part only, so that nothing is written but into this folder.
                if (file := name.rsplit("/", 1)[-1]) in wanted:
                    (Path(folder) / file).write_bytes(read_member(archive, name, _MOST_BYTES))
            yield Path(folder)
    except (ArchiveError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise PackageError([Problem(path.name, None, "", "", str(reason))]) from error
