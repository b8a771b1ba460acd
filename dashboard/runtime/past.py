"""Versions before the present one: which there are, and those of them that somebody looks at.

They are made when asked for, one at a time, and a few are kept: an old version is for a footnote, and must
not take the room or the processors of those who look at the atlas as it is.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from dashboard.errors import BusyError, StoreError, VersionGoneError
from dashboard.runtime.built import Built, Raw, build
from dashboard.runtime.shelf import Shelf
from dashboard.settings import Settings
from dashboard.store.database.control import State
from dashboard.store.records.history import History, StoredVersion
from dashboard.store.store import Store
from dashboard.workflows.access.audience import Audience, shown_version
from dashboard.workflows.access.coarsening import Coarsening
from dashboard.workflows.versions.change_log import NumberedTrail, TrailEntry
from dashboard.workflows.versions.published import names_of, nearest, published
from dashboard.workflows.views.frames import Tables
from dashboard.workflows.views.undrawn import without_broken_points

__all__ = ["Past"]

_KEPT: Final = 3
_RECORDS_KEPT: Final = 150_000  # measured: 100,000 take 400 MB
_TABLES_KEPT: Final = 2
_NAMES_KEPT: Final = 8
_PATIENCE_SECONDS: Final = 30.0
_MOST_WAITING: Final = 4  # each keeps a thread from those who look at the present
_RETRY_SECONDS: Final = 10
_BUSY: Final = "Other past versions are being put together: try again in a moment"

_Names = dict[str, StoredVersion]


@dataclass(frozen=True, slots=True)
class _Key:
    version: str
    audience: Audience
    protections: int | str


@dataclass(frozen=True)
class _Kept:
    built: Built
    # What is protected follows from the present records too: a new one may be made at their site.
    reach: tuple[Mapping[str, object], ...]


class Past:
    """Gives past versions to each audience that asks.

    Parameters
    ----------
    store
        Where the records are.
    settings
        The settings.
    shelf
        Where the present ones are.
    """

    def __init__(self, store: Store, settings: Settings, shelf: Shelf) -> None:
        self._history = History(store.engine)
        self._settings = settings
        self._shelf = shelf
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._building = threading.Lock()
        self._waiting = threading.BoundedSemaphore(_MOST_WAITING)
        self._known: tuple[int, tuple[StoredVersion, ...]] = (-1, ())
        self._numbers: tuple[int, list[tuple[str, int]], frozenset[int]] = (0, [], frozenset())
        self._names: OrderedDict[tuple[Audience, int], tuple[int, _Names]] = OrderedDict()
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._tables: OrderedDict[str, Tables] = OrderedDict()

    @property
    def history(self) -> History:
        """The states that the records had, exact: never for a page."""
        return self._history

    def known(self, state: State) -> tuple[StoredVersion, ...]:
        """List the versions that there are.

        Parameters
        ----------
        state
            State of the store.

        Returns
        -------
        tuple of StoredVersion
            Oldest first; asked for again when the trail has grown.

        Raises
        ------
        StoreError
            If the store does not answer.
        """
        with self._asking:
            seen, known = self._known
            if seen == state.head.sequence:
                return known
            last = known[-1] if known else None
            newer = self._history.versions(last.sequence - 1 if last else 0)
            if last is not None and newer[:1] != (last,):
                # Another database than before, such as an older backup.
                last, known, newer = None, (), self._history.versions()
            known = (*known, *(newer[1:] if last is not None else newer))
            self._known = (state.head.sequence, known)
            return known

    def stored(self, version: str, state: State) -> StoredVersion | None:
        """Find the version of a data version.

        Parameters
        ----------
        version
            Data version.
        state
            State of the store.

        Returns
        -------
        StoredVersion or None
            None when the trail does not name it, or the store does not answer and was not asked before.
        """
        try:
            known = self.known(state)
        except StoreError:
            known = self._known[1]
        return next((one for one in reversed(known) if one.version == version), None)

    def find(self, name: str, audience: Audience, state: State) -> StoredVersion:
        """Find the version that somebody asks for.

        Parameters
        ----------
        name
            Any of its names.
        audience
            Who asks.
        state
            State of the store.

        Returns
        -------
        StoredVersion
            The version.

        Raises
        ------
        StoreError
            If the store does not answer.
        VersionGoneError
            If there is none of that name for this audience.
        """
        known = self.known(state)
        seen = self._shelf.effective(audience, state)
        found = self._named(known, seen, state).get(name)
        if found is None:
            raise VersionGoneError(name, nearest(known, self._settings))
        return found

    def numbered(self, version: str, state: State) -> NumberedTrail:
        """Say which changes of a version were made by which entry.

        Parameters
        ----------
        version
            Data version.
        state
            State of the store.

        Returns
        -------
        NumberedTrail
            Numbers only.

        Raises
        ------
        StoreError
            If the store does not answer.
        VersionGoneError
            If the trail does not name the version.
        """
        known = self.known(state)
        wanted = next((one for one in reversed(known) if one.version == version), None)
        if wanted is None:
            raise VersionGoneError(shown_version(version, self._settings), nearest(known, self._settings))
        with self._asking:
            last, numbers, brought = self._numbers
            if last > wanted.last_change:
                last, numbers, brought = 0, [], frozenset()
            newer, newly_brought = self._history.numbers(last, wanted.last_change)
            # As the tables sort changes: by row, those of one row in their order.
            self._numbers = (wanted.last_change, sorted([*numbers, *newer]), brought | newly_brought)
            _, numbers, brought = self._numbers
        entries = tuple(
            TrailEntry(published(one, self._settings), one.last_change, one.action)
            for one in known
            if one.sequence <= wanted.sequence
        )
        return NumberedTrail(numbers, brought, entries)

    def get(self, audience: Audience, wanted: StoredVersion, state: State) -> Built:
        """Give a past version as an audience sees it.

        Parameters
        ----------
        audience
            Who looks.
        wanted
            The version.
        state
            State of the store; what is protected now is so in all versions.

        Returns
        -------
        Built
            Made when it is not here.

        Raises
        ------
        BusyError
            If others are being made and it takes too long.
        StoreError
            If the store does not answer.
        VersionGoneError
            If the trail cannot give it.
        """
        seen = self._shelf.effective(audience, state)
        key = _Key(wanted.version, seen, state.protections_version if seen.protected else "")
        kept = self._usable(key, state)
        if kept is not None:
            return kept
        with self._turn():
            return self._usable(key, state) or self._make(key, wanted, state)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until no other version is being made, unless enough others wait already."""
        if not self._waiting.acquire(blocking=False):
            raise BusyError(_BUSY, _RETRY_SECONDS)
        try:
            if not self._building.acquire(timeout=_PATIENCE_SECONDS):
                raise BusyError(_BUSY, _RETRY_SECONDS)
            try:
                yield
            finally:
                self._building.release()
        finally:
            self._waiting.release()

    def looked_at(self, audience: Audience, state: State) -> tuple[Built, ...]:
        """List the past versions that are kept for an audience.

        Parameters
        ----------
        audience
            Who looks.
        state
            State of the store.

        Returns
        -------
        tuple of Built
            None from before a record was protected from this audience.
        """
        seen = self._shelf.effective(audience, state)
        protections = state.protections_version if seen.protected else ""
        with self._lock:
            return tuple(
                kept.built
                for key, kept in self._kept.items()
                if key.audience == seen and key.protections == protections
            )

    def _usable(self, key: _Key, state: State) -> Built | None:
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
        present = self._shelf.get(key.audience, state, patient=True)
        return kept.built if kept.reach == _reach(present.rules) else None

    def _make(self, key: _Key, wanted: StoredVersion, state: State) -> Built:
        present = self._shelf.raw(state)
        now = self._shelf.get(key.audience, state, patient=True)
        tables, broken = without_broken_points(self._tables_of(wanted, present, state))
        raw = Raw(
            replace(present.state, data_version=wanted.version),
            tables,
            present.protections,
            broken,
            present.descriptor,
        )
        built = build(raw, key.audience, before=now, present=present.tables)
        with self._lock:
            self._kept[key] = _Kept(built, _reach(now.rules))
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and (len(self._kept) > _KEPT or self._records() > _RECORDS_KEPT):
                self._kept.popitem(last=False)
        return built

    def _records(self) -> int:
        return sum(len(kept.built.frames.records) for kept in self._kept.values())

    def _tables_of(self, wanted: StoredVersion, present: Raw, state: State) -> Tables:
        if wanted.version in self._tables:
            self._tables.move_to_end(wanted.version)
            return self._tables[wanted.version]
        known = self.known(state)
        now = next((one for one in known if one.version == present.state.data_version), None)
        try:
            if now is None or now.sequence < wanted.sequence or present.broken:
                # The records moved on meanwhile, or are not as they are stored: all of one moment, then.
                tables = self._history.tables_at(wanted.version)
            else:
                tables = self._history.take_back(present.tables, now, wanted)
        except VersionGoneError as error:
            instead = nearest(known, self._settings, wanted)
            raise VersionGoneError(nearest((wanted,), self._settings)[0], instead) from error
        self._tables[wanted.version] = tables
        while len(self._tables) > _TABLES_KEPT:
            self._tables.popitem(last=False)
        return tables

    def _named(self, known: tuple[StoredVersion, ...], seen: Audience, state: State) -> _Names:
        key = (seen, state.protections_version)
        with self._lock:
            done, names = self._names.get(key, (0, {}))
        newer = known if done > len(known) else known[done:]
        found: _Names = {} if done > len(known) else dict(names) if newer else names
        for one in newer:
            for name in names_of(one.version, seen, state.protections_version, self._settings):
                found.setdefault(name, one)
        with self._lock:
            self._names[key] = (len(known), found)
            self._names.move_to_end(key)
            while len(self._names) > _NAMES_KEPT:
                self._names.popitem(last=False)
        return found


def _reach(rules: Coarsening | None) -> tuple[Mapping[str, object], ...]:
    if rules is None:
        return ()
    return (rules.cells, rules.owners, rules.places, dict.fromkeys(rules.secret))
