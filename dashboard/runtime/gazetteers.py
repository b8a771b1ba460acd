"""The gazetteer file as audiences may read it.

A file built from the data package carries the hand-decided places with their exact points. Who sees points on
a grid only gets the file without them: theirs come with their tables, on the grid.
"""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dashboard.geocoding import Gazetteer, HandDecidedPlaces, build_gazetteer
from dashboard.geocoding.gazetteer.opening import damaged, open_file
from dashboard.settings import Settings

__all__ = ["Gazetteers"]

# A temporary view goes before the file's own table of that name, in every query of this connection.
_WITHOUT_HAND: Final = "CREATE TEMP VIEW places AS SELECT * FROM main.places WHERE kind <> 'hand'"

_Key = tuple[bool, int, int, int]


class Gazetteers:
    """Opens the gazetteer on first use, and again when it was built anew.

    Parameters
    ----------
    settings
        Where it is, and the package with the hand-decided places.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._open: dict[bool, tuple[_Key, Gazetteer]] = {}

    def get(self, *, exact: bool) -> Gazetteer:
        """Give the gazetteer.

        Parameters
        ----------
        exact
            Whether the hand-decided places in the file may be seen.

        Returns
        -------
        Gazetteer
            Shared by everybody who may see as much.

        Raises
        ------
        GazetteerError
            If it is missing or damaged; the message says what to run.
        """
        path = self._settings.gazetteer_path
        with self._lock:
            try:
                status = path.stat()
            except OSError:
                return Gazetteer.open(path)  # says what to run
            key = (exact, status.st_ino, status.st_mtime_ns, status.st_size)
            kept = self._open.get(exact)
            if kept is None or kept[0] != key:
                # Not closed: another session may be in the middle of a look-up.
                kept = (key, Gazetteer.open(path) if exact else _without_hand(path))
                self._open[exact] = kept
            return kept[1]

    def build(self, progress: Callable[[int, int], None]) -> None:
        """Build the gazetteer where the settings want it.

        Parameters
        ----------
        progress
            Called with (done, total) as work proceeds.

        Raises
        ------
        GazetteerError
            If it cannot be built or written.
        """
        # The package's places only: one saved in the store can be taken back, one in the file cannot.
        settled = HandDecidedPlaces.from_csv(self._settings.package / "places.csv")
        build_gazetteer(self._settings.gazetteer_path, hand_decided=settled, progress=progress)


def _without_hand(path: Path) -> Gazetteer:
    connection = open_file(path)
    try:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(_WITHOUT_HAND)
        return Gazetteer(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise damaged(path, error) from error
