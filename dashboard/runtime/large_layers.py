"""Large layers as the process serves them: counts are kept, windows, records and files read when asked for.

Few windows are read at once, so that the memory that they take together has a bound; whoever comes when all
are taken waits a little and is then told to come again.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Engine

from dashboard.errors import BusyError, LayerError, StoreError
from dashboard.frames import Memo
from dashboard.store.layers.beside import Lists
from dashboard.store.layers.large import LargeLayer, WindowedRows, readable_large_layers
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.large_layers.adding import large_layer_before, map_layer, rows_of_large
from dashboard.workflows.large_layers.exporting import (
    MOST_ON_PAGES,
    LargeFile,
    estimate_large,
    write_large,
)
from dashboard.workflows.large_layers.narrowing import narrowing_of
from dashboard.workflows.large_layers.payloads import (
    counts_payload,
    large_version,
    large_versions,
    window_payload,
)
from dashboard.workflows.large_layers.records import large_record
from dashboard.workflows.large_layers.words import lists_for
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.selection import Filters

if TYPE_CHECKING:
    from dashboard.store.layers.reach import Window

__all__ = ["LargeLayers", "OfferedLayer"]

_LISTED_SECONDS: Final = 5.0
_AT_ONCE: Final = 2
_PATIENCE: Final = 10.0
_KEPT: Final = 12
_RECORDS_KEPT: Final = 256
_NEVER: Final = float("-inf")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OfferedLayer:
    """A large layer as a map offers it.

    Parameters
    ----------
    layer
        Id of the layer on the map.
    title
        Its title.
    licence
        Its licence.
    colour
        Colour of its marks.
    version
        Name of what the audience sees of it.
    records
        How many records it has on the map.
    citation
        How it wants to be cited.
    lists
        How it stands with what words are looked up in for the audience; where all is well, they narrow counts
        as well.
    """

    layer: str
    title: str
    licence: str
    colour: str
    version: str
    records: int
    citation: str = ""
    lists: Lists = Lists.NONE


class LargeLayers:
    """The large layers of a folder.

    Parameters
    ----------
    folder
        Folder of their folders; what is added there is found after some seconds.
    engine
        Engine of the database, which holds the rows of some.
    """

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._lock = threading.Lock()
        self._listed: tuple[float, tuple[LargeLayer, ...]] = (_NEVER, ())
        self._rows: dict[tuple[str, str], WindowedRows] = {}
        self._counts = Memo(_KEPT)
        self._records = Memo(_RECORDS_KEPT)
        self._room = threading.BoundedSemaphore(_AT_ONCE)
        self._reading = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def layers(self) -> tuple[LargeLayer, ...]:
        """The layers as they are registered, whoever asks: for the local operator and for backups."""
        return self._layers()

    def offered(self, audience: Audience) -> tuple[OfferedLayer, ...]:
        """List the layers as an audience sees them.

        Parameters
        ----------
        audience
            Who looks.

        Returns
        -------
        tuple of OfferedLayer
            By name, without those that cannot be read.
        """
        return tuple(
            OfferedLayer(
                map_layer(one),
                one.about.title,
                one.about.licence,
                one.about.colour,
                large_version(one, self._rows_of(one), audience),
                one.shown,
                one.about.citation,
                lists_for(self._rows_of(one), audience),
            )
            for one in self._layers()
        )

    def counts(self, audience: Audience, version: str, filters: Filters | None = None) -> bytes | None:
        """Give what a map begins with.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version as it was offered to this audience.
        filters
            What is asked for; None for everything.

        Returns
        -------
        bytes or None
            The payload; None when it is no version of a layer here.

        Raises
        ------
        BusyError
            If filters are asked for and too much is being read.
        LayerError
            If the layer is damaged, or its folder cannot be written.
        StoreError
            If its database does not answer.
        """
        layer = self._find(audience, version)
        if layer is None:
            return None
        rows = self._rows_of(layer)

        def count() -> bytes:
            # Those of everything are counted once and kept, those of filters by as many as ask.
            with _turn(self._room) if filters else nullcontext():
                return counts_payload(layer, rows, audience, filters)

        # What is counted while a list is found to be damaged is not taken for what the whole one says.
        key = (large_version(layer, rows, audience), filters, rows.beside.noticed)
        return _unless_replaced(layer, lambda: self._counts.get(key, count))

    def window(
        self, audience: Audience, version: str, window: "Window", filters: Filters | None = None
    ) -> bytes | None:
        """Give the single records of a window.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version as it was offered to this audience.
        window
            The window.
        filters
            What is asked for; None for everything.

        Returns
        -------
        bytes or None
            The payload; None when it is no version of a layer here.

        Raises
        ------
        BusyError
            If too many windows are being read.
        LayerError
            If the layer is damaged.
        StoreError
            If its database does not answer.
        """
        layer = self._find(audience, version)
        if layer is None:
            return None
        with _turn(self._room):
            return _unless_replaced(
                layer, lambda: window_payload(layer, self._rows_of(layer), window, audience, filters)
            )

    def record(self, audience: Audience, layer_id: str, record_id: str) -> Dataset | None:
        """Give one record of a layer.

        Parameters
        ----------
        audience
            Who looks.
        layer_id
            Id of the layer on the map.
        record_id
            Id of the record, as this audience is shown it.

        Returns
        -------
        Dataset or None
            A dataset of this record alone; None when this audience is shown none of that id.

        Raises
        ------
        BusyError
            If too many records are being read.
        LayerError
            If the layer is damaged.
        StoreError
            If its database does not answer.
        """
        layer = self._named(layer_id)
        if layer is None:
            return None
        version = large_version(layer, self._rows_of(layer), audience)

        def read() -> Dataset | None:
            with _turn(self._reading):
                return large_record(layer, self._rows_of(layer), version, record_id, audience)

        return _unless_replaced(layer, lambda: self._records.get((version, record_id), read))

    def estimate(self, audience: Audience, layer_id: str, link: Link) -> int:
        """Say about how many records of a layer filters and clock hold.

        Parameters
        ----------
        audience
            Who looks.
        layer_id
            Id of the layer on the map.
        link
            Filters and clock.

        Returns
        -------
        int
            By the counts; 0 when there is no such layer.

        Raises
        ------
        BusyError
            If words are asked for and too much is being read.
        LayerError
            If the layer is damaged.
        StoreError
            If its database does not answer.
        """
        layer = self._named(layer_id)
        if layer is None:
            return 0
        # Words are looked for; all else is asked of the counts.
        with _turn(self._room) if narrowing_of(link.filters).words else nullcontext():
            return estimate_large(layer, self._rows_of(layer), link, audience)

    def take_away(self, audience: Audience, layer_id: str, link: Link, path: Path) -> LargeFile:
        """Write what filters and clock hold of a layer, as far as a page gives it.

        Parameters
        ----------
        audience
            Who gets it.
        layer_id
            Id of the layer on the map.
        link
            Filters and clock.
        path
            The file; its ending says the format.

        Returns
        -------
        LargeFile
            The file, and the one beside it with licence and citation.

        Raises
        ------
        BusyError
            If too much is being read.
        ExportError
            If the disk refuses.
        LayerError
            If the layer is damaged or gone, or more is asked for than is given.
        StoreError
            If its database does not answer.
        """
        layer = self._named(layer_id)
        if layer is None:
            raise LayerError(layer_id, "it is not there any more")
        with _turn(self._room):
            return write_large(layer, self._rows_of(layer), link, path, audience=audience, most=MOST_ON_PAGES)

    def _named(self, layer_id: str) -> LargeLayer | None:
        return next((one for one in self._layers() if map_layer(one) == layer_id), None)

    def _find(self, audience: Audience, version: str) -> LargeLayer | None:
        # Under both its names: a page that is open goes on when words are kept, or found to be damaged.
        return next((one for one in self._layers() if version in large_versions(one, audience)), None)

    def _layers(self) -> tuple[LargeLayer, ...]:
        with self._lock:
            when, listed = self._listed
            if time.monotonic() - when > _LISTED_SECONDS:
                # The command that made one says what is wrong with it; pages go on without.
                listed = readable_large_layers(self._folder)
                self._listed = (time.monotonic(), listed)
                known = {_lying(one) for one in listed}
                self._rows = {key: rows for key, rows in self._rows.items() if key in known}
            return listed

    def _rows_of(self, layer: LargeLayer) -> WindowedRows:
        with self._lock:
            return self._rows.setdefault(_lying(layer), rows_of_large(layer, self._engine))


@contextmanager
def _turn(room: threading.BoundedSemaphore) -> Iterator[None]:
    if not room.acquire(timeout=_PATIENCE):
        raise BusyError("Too much of large layers is being read: try again.", int(_PATIENCE))
    try:
        yield
    finally:
        room.release()


def _unless_replaced(layer: LargeLayer, answer: Callable[[], T | None]) -> T | None:
    """Give None for a version whose files or table went while it was still listed here."""
    try:
        return answer()
    except (LayerError, StoreError) as error:
        now = large_layer_before(layer.folder.parent, layer.id)
        if now is None or now.version != layer.version:
            return None
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
    # The same rows were added again: between two renamings there is no folder of that name.
    return answer()


def _lying(layer: LargeLayer) -> tuple[str, str]:
    return layer.version, layer.table
