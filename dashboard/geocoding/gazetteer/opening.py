"""Open a gazetteer file for reading, or say what to run when it cannot be.

A file may be missing, of an older format, cut short, or no gazetteer at all; each is an error of its own
words, raised before anything is looked up.
"""

import sqlite3
from pathlib import Path
from typing import Final

from dashboard.errors import GazetteerError
from dashboard.geocoding.gazetteer.build import APPLICATION_ID, FORMAT_VERSION

__all__ = ["damaged", "open_file"]

_BUILD_IT: Final = "run `arsenal-atlas db gazetteer`"


def open_file(path: Path) -> sqlite3.Connection:
    """Open a gazetteer file, read-only and immutable, for use from any thread.

    Parameters
    ----------
    path
        A file made by `build_gazetteer`.

    Returns
    -------
    sqlite3.Connection
        The open file.

    Raises
    ------
    GazetteerError
        The file is missing, damaged, or of another version; the message says what to run.
    """
    if not path.is_file():
        raise GazetteerError(f"There is no gazetteer at {path}: {_BUILD_IT}")
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
    except sqlite3.Error as error:
        raise GazetteerError(f"The gazetteer {path} cannot be opened ({error})") from error
    try:
        _check(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise damaged(path, error) from error
    except GazetteerError:
        connection.close()
        raise
    return connection


def damaged(path: Path, why: object) -> GazetteerError:
    """Make the error that says a gazetteer file is damaged.

    Parameters
    ----------
    path
        The file.
    why
        What was found, in words or as an error.

    Returns
    -------
    GazetteerError
        To be raised.
    """
    return GazetteerError(f"The gazetteer {path} is damaged ({why}): delete it and {_BUILD_IT}")


def _check(connection: sqlite3.Connection, path: Path) -> None:
    found, version, pages, page_size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version", "page_count", "page_size")
    )
    if found != APPLICATION_ID:
        raise GazetteerError(
            f"{path} is not a gazetteer: name another path, or delete the file and {_BUILD_IT}"
        )
    if version != FORMAT_VERSION:
        raise GazetteerError(
            f"The gazetteer {path} has format {version}, this atlas reads {FORMAT_VERSION}: {_BUILD_IT}"
        )
    if pages * page_size != path.stat().st_size:
        raise damaged(path, "its size is not what its header says")
