"""What was built for one audience from one state of the store, and what follows from it when asked for."""

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Final, TypeVar

from dashboard.domain.records import Change
from dashboard.frames import AtlasFrames, Memo
from dashboard.geocoding import HandDecidedPlaces
from dashboard.maps.payload import encode_payload
from dashboard.store.control import State
from dashboard.workflows.audience import Audience, audience_version, coarsening_for, dataset_for
from dashboard.workflows.coarsening import Coarsening
from dashboard.workflows.datasets import Dataset
from dashboard.workflows.evidence import build_library
from dashboard.workflows.frames import Tables, build_frames

__all__ = ["Built", "Raw", "build"]

T = TypeVar("T")

_RESOLUTIONS: Final = 1_000


@dataclass(frozen=True)
class Raw:
    """The records as they are stored; never handed to anybody.

    Parameters
    ----------
    state
        State of the store that they belong to.
    tables
        All records.
    protections
        Degrees by id of protected records.
    """

    state: State
    tables: Tables
    protections: Mapping[str, float]


class Built:
    """The atlas as one audience sees it at one data version.

    Parameters
    ----------
    audience
        Who sees it.
    state
        State of the store that it was made from.
    rules
        What the audience does not see; None when it sees everything.
    tables
        The records as it sees them.
    datasets
        Imported datasets as it sees them.
    """

    def __init__(
        self,
        audience: Audience,
        state: State,
        rules: Coarsening | None,
        tables: Tables,
        datasets: tuple[Dataset, ...],
    ) -> None:
        protections = state.protections_version if audience.protected else ""
        version = audience_version(state.data_version, protections, audience)
        self.audience = audience
        self.state = state
        self.rules = rules
        self.datasets = datasets
        self.frames = build_frames(tables, version)
        self.library = build_library(tables, version)
        self.resolutions = Memo(_RESOLUTIONS)
        """Decisions about names, made with what this audience knows."""
        self._changes: Sequence[Change] = tables["changes"]
        self._lock = threading.RLock()
        self._kept: dict[Hashable, object] = {}

    @property
    def version(self) -> str:
        """Name of what this audience sees."""
        return self.frames.version

    @cached_property
    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        """Entries of the audit trail by record id, oldest first."""
        found: dict[str, list[Change]] = defaultdict(list)
        for change in self._changes:
            found[change.record_id].append(change)
        return {record_id: tuple(changes) for record_id, changes in found.items()}

    def hand_decided(self) -> HandDecidedPlaces:
        """Give the hand-decided places as a geocoder looks them up.

        Returns
        -------
        HandDecidedPlaces
            The same ones every time.
        """
        places = self.library.places
        return self._once(
            "hand decided", lambda: HandDecidedPlaces.from_rows(asdict(place) for place in places.values())
        )

    def payload(self, frames: AtlasFrames, most_names: int) -> bytes:
        """Encode the map payload of the atlas or of an imported dataset.

        Parameters
        ----------
        frames
            What to encode.
        most_names
            Names travel along up to so many records.

        Returns
        -------
        bytes
            See docs/map-document.md.
        """
        names = len(frames.records) <= most_names
        return self._once(("payload", frames.version), lambda: encode_payload(frames, names=names))

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]  # type: ignore[return-value]  # the key decides the type


def build(raw: Raw, audience: Audience, opened: Sequence[Dataset] = (), before: Built | None = None) -> Built:
    """Build the atlas as an audience sees it.

    Parameters
    ----------
    raw
        The records as they are stored.
    audience
        The audience, as `dashboard.workflows.audience.effective` gave it.
    opened
        Imported datasets as they were read.
    before
        What the same audience saw before; its imported datasets are taken over.

    Returns
    -------
    Built
        Made from the tables for that audience and from nothing else.
    """
    rules = coarsening_for(raw.tables, raw.protections, audience)
    tables = rules.tables(raw.tables) if rules else raw.tables
    datasets = before.datasets if before else tuple(dataset_for(one, audience) for one in opened)
    return Built(audience, raw.state, rules, tables, datasets)
