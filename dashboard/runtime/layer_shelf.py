"""Stored layers as they were built for each audience: brought in the background, kept while somebody looks.

A layer of a million rows takes seconds to read. Pages go on without it, or with its rows of before, until the
new ones are there; who does not watch, as tests and commands, waits for them.
"""

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.errors import AtlasError
from dashboard.maps.payload import encode_payload
from dashboard.store.database.control import State
from dashboard.store.layers.layer import LayerState, StoredLayer
from dashboard.store.layers.layers import Layers
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.layers.datasets import layer_dataset, layers_for
from dashboard.workflows.views.datasets import Dataset

__all__ = ["DRAFT", "LayerShelf"]

DRAFT: Final = "draft-"
"""What the version of a payload begins with that holds a draft layer."""

_KEPT_SECONDS: Final = 120.0  # long enough for the payload of a page that was drawn just before
_MOST_ROWS: Final = 3_000_000  # of layers that nobody looked at for that long
_HOLD_OFF: Final = 5.0
_BYTES_OF_A_MARK: Final = 40
_log = logging.getLogger(__name__)

_Key = tuple[Audience, StoredLayer]


@dataclass(slots=True)
class _Held:
    dataset: Dataset
    used: float
    secret: str = field(default_factory=lambda: DRAFT + secrets.token_urlsafe(16))


class LayerShelf:
    """Builds stored layers for each audience that asks, and keeps them.

    Parameters
    ----------
    layers
        The stored layers.
    """

    def __init__(self, layers: Layers) -> None:
        self._layers = layers
        self._lock = threading.Lock()
        self._bringing = threading.Lock()
        self._listed: tuple[int, tuple[StoredLayer, ...]] = (0, ())
        self._held: dict[_Key, _Held] = {}
        self._asked: dict[Audience, State] = {}
        self._thread: threading.Thread | None = None
        self._failed = float("-inf")

    def datasets(self, audience: Audience, state: State, *, patient: bool) -> tuple[Dataset, ...]:
        """Give the stored layers that an audience sees.

        Parameters
        ----------
        audience
            Who looks.
        state
            State of the store.
        patient
            Whether what is not here yet is brought by another thread.

        Returns
        -------
        tuple of Dataset
            By id; of one that is being brought, its rows of before if there are any.

        Raises
        ------
        StoreError
            If it may not be patient and the store does not answer.
        """
        seen = replace(audience, protected=False)
        if not self._is_here(seen, state):
            if patient:
                self._have_brought(seen, state)
            else:
                self._bring(seen, state)
        with self._lock:
            return tuple(self._newest(seen))

    def draft(self, audience: Audience, layer: StoredLayer) -> Dataset:
        """Give one layer, whatever its state.

        Parameters
        ----------
        audience
            Audience of somebody who may see it.
        layer
            The layer.

        Returns
        -------
        Dataset
            Kept for a while.

        Raises
        ------
        RecordNotFoundError
            If its rows were replaced meanwhile.
        StoreError
            If the store does not answer.
        """
        return self._draft(audience, layer).dataset

    def draft_version(self, audience: Audience, layer: StoredLayer) -> str:
        """Name one layer, whatever its state, so that only who is told the name finds its payload.

        Parameters
        ----------
        audience
            Audience of somebody who may see it.
        layer
            The layer.

        Returns
        -------
        str
            Begins with `DRAFT`. A version that follows from the rows could be worked out by whoever knows
            them, and an audience may be everybody.

        Raises
        ------
        RecordNotFoundError
            If its rows were replaced meanwhile.
        StoreError
            If the store does not answer.
        """
        return self._draft(audience, layer).secret

    def draft_payload(self, audience: Audience, version: str, most_names: int) -> bytes | None:
        """Encode a layer by the name that `draft_version` gave it.

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
        seen = replace(audience, protected=False)
        with self._lock:
            held = (one for (who, _), one in self._held.items() if who == seen)
            asked = version.encode()  # as bytes: texts may be compared so in ASCII only
            found = next((one for one in held if secrets.compare_digest(one.secret.encode(), asked)), None)
        if found is None:
            return None
        frames = found.dataset.frames
        names = len(frames.records) <= most_names
        cost = _BYTES_OF_A_MARK * len(frames.placements)
        return frames.memo.get(("payload", names), lambda: encode_payload(frames, names=names), cost)

    def _draft(self, audience: Audience, layer: StoredLayer) -> _Held:
        seen = replace(audience, protected=False)
        with self._bringing:
            with self._lock:
                held = self._held.get((seen, layer))
            if held is None:
                held = _Held(layer_dataset(self._layers, layer, seen), time.monotonic())
            with self._lock:
                held.used = time.monotonic()
                self._held[seen, layer] = held
                self._evict(self._listed[1])
        return held

    def find(self, audience: Audience, version: str) -> Dataset | None:
        """Find a layer of a moment ago.

        Parameters
        ----------
        audience
            Who looks.
        version
            Version of its frames, as this audience sees it.

        Returns
        -------
        Dataset or None
            None when it is kept no more, or never was for this audience, or the layer is published no more.
        """
        seen = replace(audience, protected=False)
        with self._lock:
            shown = {layer.id for layer in layers_for(self._listed[1])}
            held = (
                one.dataset
                for (who, layer), one in self._held.items()
                if who == seen and layer.state is LayerState.PUBLISHED and layer.id in shown
            )
            return next((one for one in held if one.frames.version == version), None)

    def _is_here(self, seen: Audience, state: State) -> bool:
        with self._lock:
            number, listed = self._listed
            is_listed = number == state.layers_version
            return is_listed and all((seen, layer) in self._held for layer in layers_for(listed))

    def _newest(self, seen: Audience) -> list[Dataset]:
        found = []
        for layer in layers_for(self._listed[1]):
            held = self._held.get((seen, layer)) or self._before(seen, layer)
            if held is not None:
                held.used = time.monotonic()
                found.append(held.dataset)
        return found

    def _before(self, seen: Audience, layer: StoredLayer) -> _Held | None:
        # What was held as a draft was seen by few: it stands in for nothing that everybody sees.
        older = [
            one
            for (who, other), one in self._held.items()
            if who == seen and other.id == layer.id and other.state is LayerState.PUBLISHED
        ]
        return max(older, key=lambda one: one.used, default=None)

    def _have_brought(self, seen: Audience, state: State) -> None:
        with self._lock:
            if time.monotonic() - self._failed < _HOLD_OFF:
                return
            self._asked[seen] = state
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._work, name="atlas-layers", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._asked:
                    self._thread = None
                    return
                seen, state = self._asked.popitem()
            try:
                self._bring(seen, state)
            except AtlasError as error:
                _log.warning("a layer could not be brought: %s", error)
                self._failed = time.monotonic()
            except Exception:  # noqa: BLE001  # a thread that ends leaves every page without layers and no word of it
                _log.exception("a layer could not be built")
                self._failed = time.monotonic()

    def _bring(self, seen: Audience, state: State) -> None:
        # One after the other: two who build a million rows at once need twice the memory.
        with self._bringing:
            listed = self._layers.list() if state.layers_version else ()
            missing = [one for one in layers_for(listed) if (seen, one) not in self._held]
            with self._lock:
                self._listed = (state.layers_version, listed)
            for layer in missing:
                dataset = layer_dataset(self._layers, layer, seen)
                with self._lock:
                    self._held[seen, layer] = _Held(dataset, time.monotonic())
            with self._lock:
                self._evict(listed)

    def _evict(self, listed: Sequence[StoredLayer]) -> None:
        long_ago = time.monotonic() - _KEPT_SECONDS
        idle = [(one.used, key) for key, one in self._held.items() if one.used < long_ago]
        rows = sum(layer.rows for _, layer in self._held)
        for _, key in sorted(idle, key=lambda one: one[0]):
            if rows > _MOST_ROWS or key[1] not in listed:
                del self._held[key]
                rows -= key[1].rows
