"""One process's view of one store: made once from the settings, shared by all its visitors."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Final

from dashboard.confinement import Confinement
from dashboard.domain.access import Mode, Person
from dashboard.errors import StoreError
from dashboard.frames import Memo
from dashboard.runtime.anchoring import Anchoring
from dashboard.runtime.built import Built
from dashboard.runtime.gazetteers import Gazetteers
from dashboard.runtime.identities import Identities
from dashboard.runtime.shelf import Shelf
from dashboard.runtime.sign_outs import EndedSignIns
from dashboard.runtime.view import AtlasView
from dashboard.runtime.watch import Staleness, Watch
from dashboard.settings import Settings, load_settings
from dashboard.store.chain import Head
from dashboard.store.control import State
from dashboard.store.migrate import schema_version
from dashboard.store.repository import Repository
from dashboard.workflows.audience import EXACT, Audience, audience_of
from dashboard.workflows.datasets import open_datasets
from dashboard.workflows.start import open_atlas

__all__ = ["Runtime", "runtime"]

_PASSING_MAPS: Final = 256  # about 15 kB each


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
        self._schema = schema_version(self.store.engine)
        self.gazetteers = Gazetteers(settings)
        self._shelf = Shelf(self.store, open_datasets(settings.datasets))
        self.signed_out = EndedSignIns(self.store.sign_outs, settings.sign_in_hours)
        self._watch = Watch(self._state, self._shelf.renew)
        self._anchoring = Anchoring(settings.audit_anchor, self.store.trail.head)
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

    def view(self, audience: Audience) -> AtlasView:
        """Give the atlas as an audience sees it now.

        Parameters
        ----------
        audience
            Who looks.

        Returns
        -------
        AtlasView
            Of one data version: a page takes one for each of its runs.

        Raises
        ------
        StoreError
            If the store does not answer and nothing was built before.
        """
        state = self._watch.look()
        return AtlasView(self, audience, self._shelf.get(audience, state, patient=self._watch.is_running))

    def versions(self, audience: Audience) -> tuple[Built, ...]:
        """List what an audience may still be looking at.

        Parameters
        ----------
        audience
            Who looks.

        Returns
        -------
        tuple of Built
            Newest first.
        """
        return self._shelf.versions(audience, self._watch.look())

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
        state = self.store.control.state()
        self.signed_out.follow(state.sign_outs_version)
        return state

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

    def close(self) -> None:
        """Stop watching and let go of the store."""
        self._anchoring.stop()
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
