"""The data package as files: what `dashboard.importers.package` reads, written back byte for byte.

A package is written whole or not at all: a reader that comes in the middle, or a full disk, must never leave
new sites beside old citations. Programs read it, so its cells hold every text to the letter: nothing is
guarded against spreadsheets, as `dashboard.exports.cells` does for files that people open.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from dashboard.domain.cells import RowError, csv_text
from dashboard.domain.records import TABLES
from dashboard.errors import PackageError, Problem
from dashboard.importers.package import DESCRIPTOR, DataPackage, file_name

__all__ = ["package_texts", "write_package"]

_BEFORE: Final = "before"
_AFTER: Final = "after"


def package_texts(package: DataPackage) -> dict[str, str]:
    """Give the text of every file of a package.

    Parameters
    ----------
    package
        The package.

    Returns
    -------
    dict of str to str
        Canonical texts by file name: UTF-8, LF, sorted by first column, quotes only where needed.

    Raises
    ------
    PackageError
        If a record cannot be written so that it reads back the same.
    """
    texts = {DESCRIPTOR: package.descriptor}
    problems: list[Problem] = []
    for table, record_type in TABLES.items():
        file = file_name(table)
        try:
            texts[file] = csv_text(record_type, package.tables[table])
        except RowError as error:
            problems += [Problem(file, None, p.field, p.value, p.message) for p in error.problems]
    if problems:
        raise PackageError(problems)
    return texts


def write_package(package: DataPackage, folder: Path) -> None:
    """Write a package into a folder, replacing the one that is there.

    Parameters
    ----------
    package
        The package.
    folder
        Where to; made when missing. Other files in it, such as a licence, stay as they are.

    Raises
    ------
    PackageError
        If a record cannot be written; no file is touched then.
    OSError
        If the disk refuses; the files that were there are put back then.
    """
    texts = package_texts(package)
    folder.mkdir(parents=True, exist_ok=True)
    # Inside the folder, because a rename is atomic only within one file system.
    work = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    try:
        for part in (_BEFORE, _AFTER):
            (work / part).mkdir()
        for name, text in texts.items():
            _write_synced(work / _AFTER / name, text)
        _swap(work, folder, list(texts))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _swap(work: Path, folder: Path, names: list[str]) -> None:
    moved: list[str] = []
    kept: list[str] = []
    try:
        for name in names:
            target = folder / name
            if target.exists():
                shutil.copy2(target, work / _BEFORE / name)
                kept.append(name)
        for name in names:
            (work / _AFTER / name).replace(folder / name)
            moved.append(name)
    except BaseException:
        for name in moved:
            if name in kept:
                (work / _BEFORE / name).replace(folder / name)
            else:
                (folder / name).unlink()
        raise
