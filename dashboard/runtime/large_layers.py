"""Large layers as the process serves them: the counts of each are kept, windows read as they are asked for.

Few windows are read at once, so that the memory that they take together has a bound; whoever comes when all
are taken waits a little and is then told to come again.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine

from dashboard.errors import BusyError, LayerError
from dashboard.frames import Memo
from dashboard.store.layers.large import LargeLayer, WindowedRows, list_large_layers
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.large_layers.adding import large_layer_before, map_layer, rows_of_large
from dashboard.workflows.large_layers.payloads import counts_payload, large_version, window_payload

if TYPE_CHECKING:
    from dashboard.store.layers.reach import Window

__all__ = ["LargeLayers", "OfferedLayer"]

_LISTED_SECONDS: Final = 5.0
_AT_ONCE: Final = 2
_PATIENCE: Final = 10.0
_KEPT: Final = 12
_NEVER: Final = float("-inf")


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
    """

    layer: str
    title: str
    licence: str
    colour: str
    version: str
    records: int


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
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def offered(self, audience: Audience) -> tuple[OfferedLayer, ...]:
        """List the layers as an audience sees them.

        Parameters
        ----------
        audience
            Who looks.

        Returns
        -------
        tuple of OfferedLayer
            By name; none when one cannot be read, until it can.
        """
        return tuple(
            OfferedLayer(
                map_layer(one),
                one.about.title,
                one.about.licence,
                one.about.colour,
                large_version(one, audience),
                one.shown,
            )
            for one in self._layers()
        )

    def counts(self, audience: Audience, version: str) -> bytes | None:
        """Give what a map begins with.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version as it was offered to this audience.

        Returns
        -------
        bytes or None
            The payload; None when it is no version of a layer here.

        Raises
        ------
        LayerError
            If the layer is damaged, or its folder cannot be written.
        StoreError
            If its database does not answer.
        """
        layer = self._find(audience, version)
        if layer is None:
            return None
        return _unless_replaced(
            layer,
            lambda: self._counts.get(version, lambda: counts_payload(layer, self._rows_of(layer), audience)),
        )

    def window(self, audience: Audience, version: str, window: "Window") -> bytes | None:
        """Give the single records of a window.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version as it was offered to this audience.
        window
            The window.

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
        if not self._room.acquire(timeout=_PATIENCE):
            raise BusyError("Too many windows of large layers are being read: try again.", int(_PATIENCE))
        try:
            return _unless_replaced(
                layer, lambda: window_payload(layer, self._rows_of(layer), window, audience)
            )
        finally:
            self._room.release()

    def _find(self, audience: Audience, version: str) -> LargeLayer | None:
        return next((one for one in self._layers() if large_version(one, audience) == version), None)

    def _layers(self) -> tuple[LargeLayer, ...]:
        with self._lock:
            when, listed = self._listed
            if time.monotonic() - when > _LISTED_SECONDS:
                try:
                    listed = list_large_layers(self._folder)
                except LayerError:
                    listed = ()  # the command that made it says what is wrong; pages go on without
                self._listed = (time.monotonic(), listed)
                known = {_lying(one) for one in listed}
                self._rows = {key: rows for key, rows in self._rows.items() if key in known}
            return listed

    def _rows_of(self, layer: LargeLayer) -> WindowedRows:
        with self._lock:
            return self._rows.setdefault(_lying(layer), rows_of_large(layer, self._engine))


def _unless_replaced(layer: LargeLayer, answer: Callable[[], bytes]) -> bytes | None:
    """Give None for a version whose files went while it was still listed here."""
    try:
        return answer()
    except LayerError:
        now = large_layer_before(layer.folder.parent, layer.id)
        if now is not None and now.version == layer.version:
            raise
        return None


def _lying(layer: LargeLayer) -> tuple[str, str]:
    return layer.version, layer.table
