"""Builds everything from the settings, once, and holds the only caches.

A cache here is keyed by data version, never by a frame: pandas objects of 50,000 rows are hashed from a
sample, and a stale map is worse than a slow one. Pages and routes share one instance for the process; it
holds nothing of any user.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from dashboard.domain.records import Place
from dashboard.frames import AtlasFrames
from dashboard.maps.payload import encode_payload
from dashboard.settings import Settings, load_settings
from dashboard.workflows.evidence import Library, build_library
from dashboard.workflows.frames import build_frames
from dashboard.workflows.start import open_atlas

__all__ = ["Runtime", "runtime"]

T = TypeVar("T")

_VERSIONS_KEPT: Final = 2


class Runtime:
    """One process's view of one store.

    Parameters
    ----------
    settings
        The settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.repository, self.seeding = open_atlas(settings)
        self._lock = threading.RLock()
        self._cache: OrderedDict[tuple[str, str], object] = OrderedDict()

    @property
    def version(self) -> str:
        """Data version now in the store."""
        return self.repository.data_version()

    def frames(self) -> AtlasFrames:
        """Give the frames of the current data version.

        Returns
        -------
        AtlasFrames
            Shared by everybody: never changed in place.
        """
        return self._built()[0]

    def library(self) -> Library:
        """Give records by id with their evidence, at the current data version.

        Returns
        -------
        Library
            Shared by everybody: never changed in place.
        """
        return self._built()[1]

    def _built(self) -> tuple[AtlasFrames, Library]:
        version = self.version

        def build() -> tuple[AtlasFrames, Library]:
            tables = self.repository.read_tables()
            return build_frames(tables, version), build_library(tables, version)

        return self._cached("atlas", version, build)

    def payload(self) -> bytes:
        """Give the map payload of the current data version.

        Returns
        -------
        bytes
            See docs/map-document.md.
        """
        frames = self.frames()
        names = len(frames.records) <= self.settings.max_names_in_payload
        return self._cached("payload", frames.version, lambda: encode_payload(frames, names=names))

    def places(self) -> tuple[Place, ...]:
        """Give the hand-decided places.

        Returns
        -------
        tuple of Place
            In id order.
        """
        return tuple(self.library().places.values())

    def _cached(self, name: str, version: str, build: Callable[[], T]) -> T:
        with self._lock:
            key = (name, version)
            if key not in self._cache:
                self._cache[key] = build()
                same = [other for other in self._cache if other[0] == name]
                for old in same[:-_VERSIONS_KEPT]:
                    del self._cache[old]
            return self._cache[key]  # type: ignore[return-value]  # the name decides the type


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """Give the process's runtime, made on first use.

    Returns
    -------
    Runtime
        The same one every time.
    """
    return Runtime(load_settings())
