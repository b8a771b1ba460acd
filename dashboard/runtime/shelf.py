"""What is built, for each audience, and when it is built anew.

Readers go on with what is there while a newer version is built, unless a record was protected meanwhile: then
those who may not see it wait. At most two versions of each audience are kept, the older one for a while.
"""

import gc
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Final

from dashboard.errors import StoreError
from dashboard.runtime.built import Built, Raw, build
from dashboard.runtime.layer_shelf import LayerShelf
from dashboard.store.database.control import State
from dashboard.store.layers.layer import StoredLayer
from dashboard.store.store import Store
from dashboard.workflows.access.audience import Audience, effective
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.undrawn import without_broken_points

__all__ = ["Shelf"]

_VERSIONS_KEPT: Final = 2
_OLDER_KEPT_SECONDS: Final = 120.0  # long enough for the payload of a page that was drawn just before
_TRIES: Final = 3

_Key = tuple[str, int | str]


class Shelf:
    """Builds the atlas for each audience that asks, and keeps it.

    Parameters
    ----------
    store
        Where the records are.
    datasets
        Imported datasets as they were read.
    """

    def __init__(self, store: Store, datasets: Sequence[Dataset] = ()) -> None:
        self._store = store
        self._datasets = datasets
        self._layers = LayerShelf(store.layers)
        self._lock = threading.Lock()
        # Apart from the other: whoever reads whole tables may take long, and nobody else shall wait for that.
        self._reading = threading.Lock()
        self._building: dict[Audience, threading.Lock] = {}
        self._kept: dict[Audience, list[Built]] = {}
        self._superseded: dict[Audience, float] = {}
        self._raw: Raw | None = None
        self._protections: tuple[int, Mapping[str, float]] | None = None

    def get(self, audience: Audience, state: State, *, patient: bool) -> Built:
        """Give the atlas as an audience sees it.

        Parameters
        ----------
        audience
            Who looks.
        state
            State of the store.
        patient
            Whether somebody else builds a new version meanwhile, so that the one before will do.

        Returns
        -------
        Built
            At the state, or at an older one when patience or a silent store makes it so; never one from
            before a record was protected from this audience.

        Raises
        ------
        StoreError
            If there is nothing to show and the store does not answer.
        """
        seen = self.effective(audience, state)
        kept = self._newest(seen)
        if kept is not None and _key(seen, kept.state) == _key(seen, state):
            return self._with_layers(kept, state, patient=patient)
        usable = kept is not None and _protection(seen, kept.state) == _protection(seen, state)
        if kept is not None and usable and patient:
            return kept
        try:
            built = self._build(seen, state)
        except StoreError:
            if kept is not None and usable:
                return kept
            raise
        built = self._with_layers(built, state, patient=patient)
        _spare_the_collector()
        return built

    def draft_layer(self, audience: Audience, layer: StoredLayer) -> Dataset:
        """Give one stored layer, whatever its state.

        Parameters
        ----------
        audience
            Audience of somebody who may see it.
        layer
            The layer.

        Returns
        -------
        Dataset
            The layer as the audience sees it.

        Raises
        ------
        RecordNotFoundError
            If its rows were replaced meanwhile.
        StoreError
            If the store does not answer.
        """
        return self._layers.draft(audience, layer)

    def draft_version(self, audience: Audience, layer: StoredLayer) -> str:
        """Name one stored layer so that only who is told the name finds its payload.

        Parameters
        ----------
        audience
            Audience of somebody who may see it.
        layer
            The layer.

        Returns
        -------
        str
            The name.

        Raises
        ------
        RecordNotFoundError
            If its rows were replaced meanwhile.
        StoreError
            If the store does not answer.
        """
        return self._layers.draft_version(audience, layer)

    def draft_payload(self, audience: Audience, version: str, most_names: int) -> bytes | None:
        """Encode a stored layer by the name that `draft_version` gave it.

        Parameters
        ----------
        audience
            Who looks.
        version
            That name.
        most_names
            Names travel along up to so many records.

        Returns
        -------
        bytes or None
            None when nothing is kept by this name for this audience.
        """
        return self._layers.draft_payload(audience, version, most_names)

    def layer_of_before(self, audience: Audience, version: str) -> Dataset | None:
        """Find a stored layer that a page may still be drawing.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version of its frames.

        Returns
        -------
        Dataset or None
            None when it is kept no more, or never was for this audience.
        """
        return self._layers.find(audience, version)

    def _with_layers(self, built: Built, state: State, *, patient: bool) -> Built:
        try:
            layers = self._layers.datasets(built.audience, state, patient=patient)
        except StoreError:
            return built  # the atlas itself is here
        if len(layers) == len(built.given) and all(a is b for a, b in zip(layers, built.given, strict=True)):
            return built
        dressed = built.with_layers(layers)
        with self._lock:
            versions = self._kept.get(built.audience, [])
            if built in versions:
                versions[versions.index(built)] = dressed
        return dressed

    def versions(self, audience: Audience, state: State) -> tuple[Built, ...]:
        """List what an audience may still be looking at.

        Parameters
        ----------
        audience
            Who looks.
        state
            State of the store.

        Returns
        -------
        tuple of Built
            Newest first; none from before a record was protected from this audience.
        """
        seen = self.effective(audience, state)
        with self._lock:
            kept = tuple(reversed(self._kept.get(seen, ())))
        return tuple(one for one in kept if _protection(seen, one.state) == _protection(seen, state))

    def renew(self, state: State, *, only: Audience | None = None) -> None:
        """Build a new version for those who look at an older one.

        Parameters
        ----------
        state
            State of the store.
        only
            This audience only; all when None.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        with self._lock:
            # Whoever saw everything while nothing was protected may not do so now: get decides by audience.
            audiences = [one for one in self._kept if only is None or one == only]
        is_new = False
        for audience in audiences:
            if self.effective(audience, state) != audience:
                self._drop(audience)
                continue
            before = self._newest(audience)
            is_new |= self._build(audience, state) is not before
        if is_new:
            _spare_the_collector()

    def _build(self, seen: Audience, state: State) -> Built:
        with self._lock:
            busy = self._building.setdefault(seen, threading.Lock())
        with busy:
            kept = self._newest(seen)
            if kept is not None and _key(seen, kept.state) == _key(seen, state):
                return kept
            raw = self.raw(state)
            built = build(raw, seen, self._datasets, kept)
            with self._lock:
                versions = self._kept.setdefault(seen, [])
                versions.append(built)
                del versions[:-_VERSIONS_KEPT]
                self._superseded[seen] = time.monotonic()
        return built

    def raw(self, state: State) -> Raw:
        """Read the records as they are stored, unless they are here.

        Parameters
        ----------
        state
            State of the store.

        Returns
        -------
        Raw
            Never handed to anybody; at the state, or at a newer one.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        with self._reading:
            if self._raw is None or _whole(self._raw.state) != _whole(state):
                self._raw = self._read_store()
            return self._raw

    def _read_store(self) -> Raw:
        before = self._store.control.state()
        for _ in range(_TRIES):
            tables, protections = self._store.repository.read_tables(), self._store.protections.all()
            after = self._store.control.state()
            if _whole(before) == _whole(after):
                break
            before = after
        drawable, broken = without_broken_points(tables)
        return Raw(after, drawable, protections, broken, self._store.repository.seed().descriptor)

    def effective(self, audience: Audience, state: State) -> Audience:
        """Leave out of an audience what changes nothing.

        Parameters
        ----------
        audience
            Who looks.
        state
            State of the store, with the version of the protections.

        Returns
        -------
        Audience
            What caches are kept for.

        Raises
        ------
        StoreError
            If the protections have to be read and the store does not answer.
        """
        if not audience.protected:
            return audience
        kept = self._protections
        if kept is None or kept[0] != state.protections_version:
            kept = (state.protections_version, self._store.protections.all())
            self._protections = kept
        return effective(audience, kept[1])

    def _newest(self, seen: Audience) -> Built | None:
        with self._lock:
            kept = self._kept.get(seen)
            if kept and time.monotonic() - self._superseded[seen] > _OLDER_KEPT_SECONDS:
                del kept[:-1]
            return kept[-1] if kept else None

    def _drop(self, audience: Audience) -> None:
        with self._lock:
            self._kept.pop(audience, None)


def _whole(state: State) -> _Key:
    return state.data_version, state.protections_version


def _protection(seen: Audience, state: State) -> int | str:
    return state.protections_version if seen.protected else ""


def _key(seen: Audience, state: State) -> _Key:
    return state.data_version, _protection(seen, state)


def _spare_the_collector() -> None:
    # A full collection walks every record, none of which is garbage: 0.4 s at 100,000. A version's records
    # are left out from here on; what an older one left behind is looked for once.
    gc.unfreeze()
    gc.collect()
    gc.freeze()
