"""The atlas as one audience sees it: what pages and routes are given, and all that they are given."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from dashboard.domain.dossier import Dossier
from dashboard.domain.points import BrokenPoint
from dashboard.domain.records import Change, Place
from dashboard.errors import BusyError, VersionGoneError
from dashboard.frames import AtlasFrames
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, Resolution, resolve
from dashboard.runtime.built import Built
from dashboard.runtime.large_layers import OfferedLayer
from dashboard.runtime.layer_shelf import DRAFT
from dashboard.settings import Settings
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.versions.change_log import LoggedChange
from dashboard.workflows.versions.published import PublishedVersion
from dashboard.workflows.views.datasets import Dataset, split_record
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.frames import Tables
from dashboard.workflows.views.selection import Filters

if TYPE_CHECKING:
    from dashboard.runtime.process import Runtime
    from dashboard.store.layers.reach import Window

__all__ = ["PASSING", "AtlasView"]

PASSING: Final = "passing-"
"""What the version of a payload begins with that is of no data version."""


class AtlasView:
    """One audience's view of the atlas at one data version, which stays the same while it is looked at.

    Parameters
    ----------
    runtime
        The process's runtime.
    audience
        Who looks.
    built
        What was built for them.
    is_past
        Whether it is a version from before the present one: nothing is edited in it.
    """

    def __init__(
        self, runtime: "Runtime", audience: Audience, built: Built, *, is_past: bool = False
    ) -> None:
        self.audience = audience
        self.is_past = is_past
        self._runtime = runtime
        self._built = built

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self._runtime.settings

    @property
    def version(self) -> str:
        """Name of what this audience sees: the data version itself when that is everything."""
        return self._built.version

    @property
    def published(self) -> PublishedVersion:
        """The version by its public name, which leads back to it, and since when there is one."""
        return self._runtime.published(self._built.state.data_version)

    def tables(self) -> Tables:
        """Give the records as rows.

        Returns
        -------
        Tables
            Records by table name, as this audience may see them; never changed in place.
        """
        return self._built.tables

    def change_log(self) -> tuple[LoggedChange, ...]:
        """List what was added, changed, merged and deleted up to this version.

        Returns
        -------
        tuple of LoggedChange
            Newest first, as this audience may see it; worked out once.

        Raises
        ------
        StoreError
            If it was not worked out yet and the store does not answer.
        """
        # Names of people are for those who work with them: the rest of the world is told what and why.
        return self._built.change_log(self._runtime.numbered, named=self.audience == EXACT)

    def frames(self) -> AtlasFrames:
        """Give the frames.

        Returns
        -------
        AtlasFrames
            Shared by the whole audience: never changed in place.
        """
        return self._built.frames

    def library(self) -> Library:
        """Give records by id with their evidence.

        Returns
        -------
        Library
            Shared by the whole audience: never changed in place.
        """
        return self._built.library

    @property
    def broken(self) -> tuple[BrokenPoint, ...]:
        """Stored points that are none: their records are here without one. For reviewers; others count."""
        return self._built.broken

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Imported datasets."""
        return self._built.datasets

    @property
    def packages(self) -> tuple[Dataset, ...]:
        """Imported data packages that the settings name: the datasets that are no stored layers."""
        return self._built.packages

    @property
    def large_layers(self) -> tuple[OfferedLayer, ...]:
        """Layers read by window, beside those that bear the same name."""
        taken = {one.layer for one in self.datasets}
        offered = self._runtime.large.offered(self.audience)
        return tuple(one for one in offered if one.layer not in taken)

    def window(self, version: str, window: "Window", filters: Filters | None = None) -> bytes:
        """Give the payload of single records of a large layer.

        Parameters
        ----------
        version
            Version of the layer, as it was offered to this audience.
        window
            The window.
        filters
            What is asked for; None for everything.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        BusyError
            If too many windows are being read.
        KeyError
            If this audience is served nothing of that version.
        LayerError
            If the layer is damaged.
        StoreError
            If its database does not answer.
        """
        body = self._runtime.large.window(self.audience, version, window, filters)
        if body is None:
            raise KeyError(version)
        return body

    def counts(self, version: str, filters: Filters) -> bytes:
        """Give the payload of the counts of a large layer that hold what filters ask for.

        Parameters
        ----------
        version
            Version of the layer, as it was offered to this audience.
        filters
            What is asked for.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        BusyError
            If too much of large layers is being read.
        KeyError
            If this audience is served nothing of that version.
        LayerError
            If the layer is damaged.
        StoreError
            If its database does not answer.
        """
        body = self._runtime.large.counts(self.audience, version, filters)
        if body is None:
            raise KeyError(version)
        return body

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
            The library that holds it, its id there, and the imported dataset if it is of one: of a large
            layer one that holds this record alone.

        Raises
        ------
        BusyError
            If too many records of large layers are being read.
        LayerError
            If its large layer is damaged.
        StoreError
            If the database of its large layer does not answer.
        """
        layer, own_id = split_record(record_id)
        dataset = self.dataset(layer)
        if dataset is None and layer:
            dataset = self._runtime.large.record(self.audience, layer, own_id)
        return (dataset.library, own_id, dataset) if dataset else (self.library(), record_id, None)

    def payload(self, version: str) -> bytes:
        """Give the map payload of the atlas or of an imported dataset.

        Parameters
        ----------
        version
            Version of what this audience is served, now or a moment ago.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        KeyError
            If this audience is served nothing of that version.
        """
        if version.startswith(PASSING):
            return self._runtime.passing(self.audience, version)
        if version.startswith(DRAFT):
            return self._runtime.draft_payload(self.audience, version)
        if (beside := self._payload_of_layer(version)) is not None:
            return beside
        most = self.settings.max_names_in_payload
        # A page asks for its payload a moment after it was drawn: a new version may have come between.
        for built in (self._built, *self._runtime.versions(self.audience)):
            if built.version == version:
                return built.payload(built.frames, most)
        try:
            past = self._runtime.view(self.audience, version)
        except (BusyError, VersionGoneError):
            raise KeyError(version) from None
        if past.version != version:
            raise KeyError(version)
        return past._built.payload(past.frames(), most)  # noqa: SLF001  # of this class

    def _payload_of_layer(self, version: str) -> bytes | None:
        most = self.settings.max_names_in_payload
        for one in self.datasets:
            if one.frames.version == version:
                return self._built.payload(one.frames, most)
        if (before := self._runtime.layer_of_before(self.audience, version)) is not None:
            return self._built.payload(before.frames, most)
        return self._runtime.large.counts(self.audience, version)

    def offer(self, version: str, build: Callable[[], bytes]) -> None:
        """Serve the payload of a map that is of no data version, such as one of candidates, for a while.

        Parameters
        ----------
        version
            Name of its content, beginning with `PASSING`; equal names, equal maps.
        build
            Makes the payload unless it is still there.
        """
        self._runtime.offer(self.audience, version, build)

    def changes(self, record_id: str) -> tuple[Change, ...]:
        """List what was changed in a record.

        Parameters
        ----------
        record_id
            Id of the record, or of a hand-decided place.

        Returns
        -------
        tuple of Change
            Changes, oldest first, as this audience may see them; empty when there is none.
        """
        return self._built.changes.get(record_id, ())

    def seen(self, dossier: Dossier) -> Dossier:
        """Give one record with everything that belongs to it as this audience may see it.

        Parameters
        ----------
        dossier
            The record as it is stored.

        Returns
        -------
        Dossier
            The very same one when the audience sees everything.
        """
        rules = self._built.rules
        return rules.dossier(dossier) if rules else dossier

    def gazetteer(self) -> Gazetteer:
        """Give the gazetteer, opened on first use and again when it was built anew.

        Returns
        -------
        Gazetteer
            Shared by all who may see as much. For an audience that sees points on a grid it is without the
            hand-decided places that the file may carry; `hand_decided` has them.

        Raises
        ------
        GazetteerError
            If it is missing or damaged; the message says what to run.
        """
        return self._runtime.gazetteers.get(exact=self._built.audience == EXACT)

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
        self._runtime.gazetteers.build(progress)

    def hand_decided(self) -> HandDecidedPlaces:
        """Give the hand-decided places as a geocoder looks them up.

        Returns
        -------
        HandDecidedPlaces
            Shared by the whole audience: never changed in place.
        """
        return self._built.hand_decided()

    def places(self) -> tuple[Place, ...]:
        """Give the hand-decided places.

        Returns
        -------
        tuple of Place
            In id order.
        """
        return tuple(self.library().places.values())

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
        key = ("resolve", gazetteer.meta.get("content_sha256", ""), name, country)

        def decide() -> Resolution:
            return resolve(name, gazetteer=gazetteer, hand_decided=places, country=country or None)

        return self._built.resolutions.get(key, decide)
