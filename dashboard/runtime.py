"""Builds everything from the settings, once, and holds the only caches.

A cache here is keyed by data version, never by a frame: pandas objects of 50,000 rows are hashed from a
sample, and a stale map is worse than a slow one. Pages and routes share one instance for the process; it
holds nothing of any user.
"""

import gc
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache
from typing import Final, TypeVar

from dashboard.domain.records import Place
from dashboard.frames import AtlasFrames, Memo
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, Resolution, build_gazetteer, resolve
from dashboard.maps.payload import encode_payload
from dashboard.settings import Settings, load_settings
from dashboard.workflows.datasets import Dataset, open_datasets, split_record
from dashboard.workflows.evidence import Library, build_library
from dashboard.workflows.frames import build_frames
from dashboard.workflows.start import open_atlas

__all__ = ["PASSING", "Runtime", "runtime"]

T = TypeVar("T")

PASSING: Final = "passing-"
"""What the version of a payload begins with that is of no data version."""

_VERSIONS_KEPT: Final = 2
_PASSING_MAPS: Final = 256  # about 15 kB each


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
        self.datasets = open_datasets(settings.datasets)
        self._lock = threading.RLock()
        self._cache: OrderedDict[tuple[str, str], object] = OrderedDict()
        self._passing = Memo(_PASSING_MAPS)
        self._resolutions = Memo(1_000)
        self._gazetteer: tuple[tuple[int, int, int], Gazetteer] | None = None

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
            built = build_frames(tables, version), build_library(tables, version)
            _spare_the_collector()
            return built

        return self._cached("atlas", version, build)

    def dataset(self, layer: str) -> Dataset | None:
        """Find an imported dataset.

        Parameters
        ----------
        layer
            Id of its layer.

        Returns
        -------
        Dataset or None
            None when there is none of that name.
        """
        return next((one for one in self.datasets if one.layer == layer), None)

    def home_of(self, record_id: str) -> tuple[Library, str, Dataset | None]:
        """Find where a record belongs.

        Parameters
        ----------
        record_id
            Id as an address has it.

        Returns
        -------
        tuple of (Library, str, Dataset or None)
            The library that holds it, its id there, and the imported dataset if it is of one.
        """
        layer, own_id = split_record(record_id)
        dataset = self.dataset(layer)
        return (dataset.library, own_id, dataset) if dataset else (self.library(), record_id, None)

    def payload(self, version: str) -> bytes:
        """Give the map payload of the atlas or of an imported dataset.

        Parameters
        ----------
        version
            Version of what is served now.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        KeyError
            If nothing of that version is served.
        """
        if version.startswith(PASSING):
            return self._passing.get(version, lambda: _gone(version))
        served = {one.frames.version: one.frames for one in self.datasets}
        frames = served[version] if version in served else self.frames()
        if frames.version != version:
            raise KeyError(version)
        names = len(frames.records) <= self.settings.max_names_in_payload
        kept = f"payload {version}" if version in served else "payload"
        return self._cached(kept, version, lambda: encode_payload(frames, names=names))

    def offer(self, version: str, build: Callable[[], bytes]) -> None:
        """Serve the payload of a map that is of no data version, such as one of candidates, for a while.

        Parameters
        ----------
        version
            Name of its content, beginning with `PASSING`; equal names, equal maps.
        build
            Makes the payload unless it is still there.
        """
        self._passing.get(version, build)

    def gazetteer(self) -> Gazetteer:
        """Give the gazetteer, opened on first use and again when it was built anew.

        Returns
        -------
        Gazetteer
            Shared by everybody.

        Raises
        ------
        GazetteerError
            If it is missing or damaged; the message says what to run.
        """
        path = self.settings.gazetteer_path
        with self._lock:
            try:
                status = path.stat()
            except OSError:
                return Gazetteer.open(path)  # says what to run
            built = (status.st_ino, status.st_mtime_ns, status.st_size)
            if self._gazetteer is None or self._gazetteer[0] != built:
                # Not closed: another session may be in the middle of a look-up.
                self._gazetteer = (built, Gazetteer.open(path))
            return self._gazetteer[1]

    def build_gazetteer(self, progress: Callable[[int, int], None]) -> None:
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
        settled = HandDecidedPlaces.from_csv(self.settings.package / "places.csv")
        build_gazetteer(self.settings.gazetteer_path, hand_decided=settled, progress=progress)

    def hand_decided(self) -> HandDecidedPlaces:
        """Give the hand-decided places as a geocoder looks them up, at the current data version.

        Returns
        -------
        HandDecidedPlaces
            Shared by everybody: never changed in place.
        """
        library = self.library()

        def build() -> HandDecidedPlaces:
            return HandDecidedPlaces.from_rows(asdict(place) for place in library.places.values())

        return self._cached("hand decided", library.version, build)

    def resolve(self, name: str, country: str = "") -> Resolution:
        """Decide again about one written name, without other context.

        Parameters
        ----------
        name
            The name as written.
        country
            Country that it lies in, as ISO 3166-1 code or name; empty when not stated.

        Returns
        -------
        Resolution
            The decision, kept for a while for the same data and gazetteer.

        Raises
        ------
        GazetteerError
            If the gazetteer is missing or damaged.
        """
        gazetteer, places = self.gazetteer(), self.hand_decided()
        key = (gazetteer.meta.get("content_sha256", ""), self.library().version, name, country)

        def build() -> Resolution:
            return resolve(name, gazetteer=gazetteer, hand_decided=places, country=country or None)

        return self._resolutions.get(key, build)

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


def _gone(version: str) -> bytes:
    raise KeyError(version)


def _spare_the_collector() -> None:
    # Streamlit collects garbage after each rerun, before the page is told that it is over: at 100,000
    # records, none of which is garbage, that was 0.4 s. A version's records are left out from here on;
    # what an older one left behind is looked for once.
    gc.unfreeze()
    gc.collect()
    gc.freeze()


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """Give the process's runtime, made on first use.

    Returns
    -------
    Runtime
        The same one every time.
    """
    return Runtime(load_settings())
