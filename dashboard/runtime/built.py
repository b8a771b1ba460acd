"""What was built for one audience from one state of the store, and what follows from it when asked for."""

import threading
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Final, TypeVar

from dashboard.domain.points import BrokenPoint
from dashboard.domain.records import Change
from dashboard.frames import AtlasFrames, Memo
from dashboard.geocoding import HandDecidedPlaces
from dashboard.maps.payload import encode_payload
from dashboard.store.database.control import State
from dashboard.workflows.access.audience import Audience, audience_version, coarsening_for, dataset_for
from dashboard.workflows.access.coarsening import Coarsening
from dashboard.workflows.versions.change_log import LoggedChange, NumberedTrail, build_log
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import build_library
from dashboard.workflows.views.frames import Tables, build_frames

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
    broken
        Stored points that are none; the tables are without them.
    descriptor
        Text of the ``datapackage.json`` that they were seeded with.
    """

    state: State
    tables: Tables
    protections: Mapping[str, float]
    broken: tuple[BrokenPoint, ...] = ()
    descriptor: str = ""


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
    packages
        Imported data packages as it sees them.
    """

    layers: tuple[Dataset, ...] = ()
    """Stored layers as it sees them, beside the packages."""

    given: tuple[Dataset, ...] = ()
    """The layers that it was given, those left out among them."""

    broken: tuple[BrokenPoint, ...] = ()
    """Stored points that are none, so that nothing is drawn for them."""

    def __init__(
        self,
        audience: Audience,
        state: State,
        rules: Coarsening | None,
        tables: Tables,
        packages: tuple[Dataset, ...],
    ) -> None:
        protections = state.protections_version if audience.protected else ""
        version = audience_version(state.data_version, protections, audience)
        self.audience = audience
        self.state = state
        self.rules = rules
        self.packages = packages
        self.frames = build_frames(tables, version)
        self.library = build_library(tables, version)
        self.tables = tables
        self.resolutions = Memo(_RESOLUTIONS)
        """Decisions about names, made with what this audience knows."""
        self._changes: Sequence[Change] = tables["changes"]
        self._lock = threading.RLock()
        self._kept: dict[Hashable, object] = {}

    @property
    def version(self) -> str:
        """Name of what this audience sees."""
        return self.frames.version

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Everything imported: packages, then stored layers."""
        return (*self.packages, *self.layers)

    def with_layers(self, layers: tuple[Dataset, ...]) -> "Built":
        """Give the same atlas with other stored layers beside it.

        Parameters
        ----------
        layers
            Stored layers as the audience sees them; one that bears the name of a package is left out.

        Returns
        -------
        Built
            Shares everything else with this one.
        """
        taken = {one.layer for one in self.packages}
        other = copy(self)
        other.given = layers
        other.layers = tuple(one for one in layers if one.layer not in taken)
        shown = {self.version, *(one.frames.version for one in other.datasets)}
        with self._lock:
            kept = {key: made for key, made in self._kept.items() if _belongs(key, shown)}
        other.__dict__["_kept"] = kept
        return other

    @cached_property
    def changes(self) -> Mapping[str, tuple[Change, ...]]:
        """Entries of the audit trail by record id, oldest first."""
        found: dict[str, list[Change]] = defaultdict(list)
        for change in self._changes:
            found[change.record_id].append(change)
        return {record_id: tuple(changes) for record_id, changes in found.items()}

    def change_log(
        self, numbered: Callable[[str], NumberedTrail], *, named: bool
    ) -> tuple[LoggedChange, ...]:
        """List what was changed, newest first.

        Parameters
        ----------
        numbered
            Gives the numbers of all changes of a data version.
        named
            Whether to say who made each change.

        Returns
        -------
        tuple of LoggedChange
            The same ones every time.
        """

        def put_together() -> tuple[LoggedChange, ...]:
            rules, places = self.rules, self.library.places
            is_hidden = (lambda row_id: rules.hides(row_id, places)) if rules else None
            return build_log(self.tables, numbered(self.state.data_version), is_hidden)

        log = self._once("change log", put_together)
        if named:
            return log
        return self._once("change log without names", lambda: tuple(replace(one, who="") for one in log))

    def hand_decided(self) -> HandDecidedPlaces:
        """Give the hand-decided places as a geocoder looks them up.

        Returns
        -------
        HandDecidedPlaces
            The same ones every time.
        """
        broken = {one.row_id for one in self.broken}
        places = [place for place in self.library.places.values() if place.id not in broken]
        return self._once(
            "hand decided", lambda: HandDecidedPlaces.from_rows(asdict(place) for place in places)
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


def _belongs(key: Hashable, versions: set[str]) -> bool:
    return not isinstance(key, tuple) or key[-1] in versions


def build(
    raw: Raw,
    audience: Audience,
    opened: Sequence[Dataset] = (),
    before: Built | None = None,
    *,
    present: Tables | None = None,
) -> Built:
    """Build the atlas as an audience sees it.

    Parameters
    ----------
    raw
        The records as they are stored.
    audience
        The audience, as `dashboard.workflows.access.audience.effective` gave it.
    opened
        Imported datasets as they were read.
    before
        What the same audience saw before; its imported datasets are taken over.
    present
        The records as they are now, when these are those of a past version.

    Returns
    -------
    Built
        Made from the tables for that audience and from nothing else.
    """
    rules = coarsening_for(raw.tables, raw.protections, audience, present)
    tables = rules.tables(raw.tables) if rules else raw.tables
    packages = before.packages if before else tuple(dataset_for(one, audience) for one in opened)
    built = Built(audience, raw.state, rules, tables, packages)
    built.broken = raw.broken
    built.library = replace(built.library, descriptor=raw.descriptor)
    return built
