"""One process's view of one store: made once from the settings, shared by all its visitors."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from dashboard.confinement import Confinement
from dashboard.domain.access import Mode, Person
from dashboard.errors import RecordNotFoundError, StoreError
from dashboard.frames import Memo
from dashboard.runtime.anchoring import Anchoring
from dashboard.runtime.built import Built
from dashboard.runtime.gazetteers import Gazetteers
from dashboard.runtime.identities import Identities
from dashboard.runtime.large_layers import LargeLayers
from dashboard.runtime.past import Past
from dashboard.runtime.shelf import Shelf
from dashboard.runtime.sign_out_journal import SignOutJournal
from dashboard.runtime.sign_outs import EndedSignIns
from dashboard.runtime.upkeep import Upkeep
from dashboard.runtime.view import AtlasView
from dashboard.runtime.watch import Staleness, Watch
from dashboard.settings import Settings, load_settings
from dashboard.store.database.control import State
from dashboard.store.database.engine import shortage
from dashboard.store.database.migrate import schema_version
from dashboard.store.database.room import Shortage
from dashboard.store.layers.layer import StoredLayer
from dashboard.store.records.repository import Repository
from dashboard.store.trail.chain import Head
from dashboard.workflows.access.audience import EXACT, Audience, audience_of, shown_version
from dashboard.workflows.layers.datasets import is_seen
from dashboard.workflows.package.start import open_atlas
from dashboard.workflows.versions.change_log import NumberedTrail
from dashboard.workflows.versions.published import PublishedVersion, published
from dashboard.workflows.views.datasets import Dataset, open_datasets

__all__ = ["Runtime", "runtime"]

_PASSING_MAPS: Final = 256  # about 15 kB each
_log = logging.getLogger(__name__)


class Runtime:
    """Everything that a process builds once.

    Parameters
    ----------
    settings
        The settings.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store, self.seeding = open_atlas(settings)
        self._shortage: Shortage | None = None
        self._schema = schema_version(self.store.engine)
        self.gazetteers = Gazetteers(settings)
        self._shelf = Shelf(self.store, open_datasets(settings.datasets))
        self.large = LargeLayers(settings.large_layers_path, self.store.engine)
        """Layers that are read by window and never whole."""
        self._past = Past(self.store, settings, self._shelf)
        journal = SignOutJournal(settings.data_folder)
        self.signed_out = EndedSignIns(self.store.sign_outs, settings.sign_in_hours, journal)
        self._watch = Watch(self._state, self._renew)
        self._anchoring = Anchoring(settings.audit_anchor, self.store.trail.head)
        self._upkeep = Upkeep(self.store.layers.sweep, lambda: self.mode is Mode.NORMAL)
        self._passing = Memo(_PASSING_MAPS)
        self.confinement = Confinement()
        """Where files from outside are read; its process starts with the first of them."""
        self.people = Identities(
            self.store, settings, away=lambda: self.stale is not None, ended=self.signed_out
        )
        self._state()

    @property
    def repository(self) -> Repository:
        """The stored records, exact: for commands of the local operator, never for a page."""
        return self.store.repository

    @property
    def version(self) -> str:
        """Data version now in the store, as it last said."""
        return self._watch.look().data_version

    @property
    def head(self) -> Head:
        """End of the audit trail, as the store last said: it moves with every write but a working draft's."""
        return self._watch.look().head

    @property
    def mode(self) -> Mode:
        """What the atlas is open for."""
        return self._watch.look().mode

    @property
    def stale(self) -> Staleness | None:
        """Since when the store has not answered; None while it does."""
        return self._watch.stale

    @property
    def shortage(self) -> Shortage | None:
        """Whether the store takes no writes, or soon will not; None while all is well."""
        return self._shortage

    @property
    def is_watching(self) -> bool:
        """Whether new data comes by itself."""
        return self._watch.is_running

    def audience_of(self, person: Person) -> Audience:
        """Say which audience somebody belongs to.

        Parameters
        ----------
        person
            Who looks.

        Returns
        -------
        Audience
            By the settings of this process.
        """
        return audience_of(person, self.settings)

    def view(self, audience: Audience, version: str = "") -> AtlasView:
        """Give the atlas as an audience sees it, now or at a version.

        Parameters
        ----------
        audience
            Who looks.
        version
            Name of a published version; empty for the present. A past one may take some seconds at first.

        Returns
        -------
        AtlasView
            Of one data version: a page takes one for each of its runs.

        Raises
        ------
        BusyError
            If other past versions are being made.
        StoreError
            If the store does not answer and nothing was built before.
        VersionGoneError
            If this audience cannot be shown a version of that name.
        """
        state = self._watch.look()
        if not version:
            built = self._shelf.get(audience, state, patient=self._watch.is_running)
            return AtlasView(self, audience, built)
        wanted = self._past.find(version, audience, state)
        if wanted.version == state.data_version:
            # Whoever asks for the newest by its name gets it, even if it was not built yet.
            return AtlasView(self, audience, self._shelf.get(audience, state, patient=False))
        return AtlasView(self, audience, self._past.get(audience, wanted, state), is_past=True)

    def published(self, data_version: str) -> PublishedVersion:
        """Say what a data version is called in public, and since when there is one.

        Parameters
        ----------
        data_version
            Data version.

        Returns
        -------
        PublishedVersion
            Without a moment when the trail does not name it.
        """
        stored = self._past.stored(data_version, self._watch.look())
        if stored is None:
            return PublishedVersion(shown_version(data_version, self.settings), "", 0)
        return published(stored, self.settings)

    def all_published(self) -> tuple[PublishedVersion, ...]:
        """List the versions that there are.

        Returns
        -------
        tuple of PublishedVersion
            Oldest first.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        return tuple(published(one, self.settings) for one in self._past.known(self._watch.look()))

    def numbered(self, data_version: str) -> NumberedTrail:
        """Say which changes of a data version were made by which entry of the trail.

        Parameters
        ----------
        data_version
            Data version.

        Returns
        -------
        NumberedTrail
            Numbers only: what was changed is told by the views of an audience.

        Raises
        ------
        StoreError
            If the store does not answer.
        VersionGoneError
            If the trail does not name the version.
        """
        return self._past.numbered(data_version, self._watch.look())

    def versions(self, audience: Audience) -> tuple[Built, ...]:
        """List what an audience may still be looking at.

        Parameters
        ----------
        audience
            Who looks.

        Returns
        -------
        tuple of Built
            The newest first, then past versions that were asked for.
        """
        state = self._watch.look()
        return (*self._shelf.versions(audience, state), *self._past.looked_at(audience, state))

    def draft_layer(self, person: Person, layer_id: str) -> Dataset:
        """Give a layer that is not published, to its author and to reviewers.

        Parameters
        ----------
        person
            Who looks.
        layer_id
            Short name of the layer.

        Returns
        -------
        Dataset
            The layer as the person's audience sees it.

        Raises
        ------
        RecordNotFoundError
            If there is none, or none that this person may see.
        StoreError
            If the store does not answer.
        """
        return self._shelf.draft_layer(self.audience_of(person), self._seen_layer(person, layer_id))

    def draft_version(self, person: Person, layer_id: str) -> str:
        """Name the payload of a layer that is not published, for its author and for reviewers.

        Parameters
        ----------
        person
            Who looks.
        layer_id
            Short name of the layer.

        Returns
        -------
        str
            A name that nobody can guess.

        Raises
        ------
        RecordNotFoundError
            If there is none, or none that this person may see.
        StoreError
            If the store does not answer.
        """
        return self._shelf.draft_version(self.audience_of(person), self._seen_layer(person, layer_id))

    def draft_payload(self, audience: Audience, version: str) -> bytes:
        """Give the map payload of a draft layer.

        Parameters
        ----------
        audience
            Who looks.
        version
            What `draft_version` gave.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        KeyError
            If nothing of that name is kept for this audience.
        """
        found = self._shelf.draft_payload(audience, version, self.settings.max_names_in_payload)
        if found is None:
            raise KeyError(version)
        return found

    def _seen_layer(self, person: Person, layer_id: str) -> StoredLayer:
        layer = self.store.layers.get(layer_id)
        if not is_seen(layer, person, anonymous_reading=self.settings.anonymous_reading):
            raise RecordNotFoundError(layer_id)
        return layer

    def layer_of_before(self, audience: Audience, version: str) -> Dataset | None:
        """Find a stored layer whose rows were replaced a moment ago.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version of its frames, as this audience saw it.

        Returns
        -------
        Dataset or None
            None when it is kept no more.
        """
        return self._shelf.layer_of_before(audience, version)

    def passing(self, audience: Audience, version: str) -> bytes:
        """Give the payload of a map that was offered to an audience.

        Parameters
        ----------
        audience
            Who looks.
        version
            Name of its content.

        Returns
        -------
        bytes
            See docs/map-document.md.

        Raises
        ------
        KeyError
            If nothing of that name is kept for this audience.
        """

        def gone() -> bytes:
            raise KeyError(version)

        return self._passing.get((audience, version), gone)

    def offer(self, audience: Audience, version: str, build: Callable[[], bytes]) -> None:
        """Keep the payload of a map for an audience, for a while.

        Parameters
        ----------
        audience
            Who may have it.
        version
            Name of its content.
        build
            Makes it unless it is still there.
        """
        self._passing.get((audience, version), build)

    def ask(self) -> State:
        """Ask the store itself, as readiness does.

        Returns
        -------
        State
            Its answer.

        Raises
        ------
        StoreError
            If it does not answer.
        """
        return self._watch.ask()

    def _state(self) -> State:
        found = shortage(self.store.engine)
        if (found is None) != (self._shortage is None):
            _log.warning("%s", found.sentence if found else "the database takes writes again")
        self._shortage = found
        state = self.store.control.state()
        self.signed_out.follow(state.sign_outs_version)
        return state

    def _renew(self, state: State) -> None:
        self._shelf.renew(state)
        # Asked here, so that no page waits for it.
        self._past.known(state)

    def check_schema(self) -> None:
        """See that the tables are still those that this process opened.

        Raises
        ------
        StoreError
            If another version of the atlas changed them, or an older backup was put in, or the store does
            not answer.
        """
        found = schema_version(self.store.engine)
        if found != self._schema:
            message = (
                f"The tables of the database stand at {found or 'nothing'}, "
                f"this process knows {self._schema}: start it again with the atlas that belongs to them"
            )
            raise StoreError(message, self.store.location)

    def refresh(self) -> None:
        """Show what was just written: those who see everything at once, others as soon as it is built."""
        # What was written is written, whether or not the store answers again.
        with suppress(StoreError):
            self._shelf.renew(self._watch.ask(), only=EXACT)
        self._watch.wake()

    def watch(self) -> None:
        """Have new data fetched in the background from now on; the server calls this when it starts."""
        self._watch.start()
        self._anchoring.start()
        self._upkeep.start()

    def close(self) -> None:
        """Stop watching and let go of the store."""
        self._anchoring.stop()
        self._upkeep.stop()
        self._watch.stop()
        self.confinement.close()
        self.store.close()


@lru_cache(maxsize=1)
def runtime() -> Runtime:
    """Give the process's runtime, made on first use.

    Returns
    -------
    Runtime
        The same one every time.
    """
    return Runtime(load_settings())
