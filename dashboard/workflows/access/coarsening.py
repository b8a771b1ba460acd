"""Tables made coarser: points on a grid, places without names, texts without what would undo that.

Each rule says what one table loses. Rows that lose nothing are handed on as they are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from dashboard.domain.dossier import Dossier
from dashboard.domain.grid import cell_centre, half_diagonal_m
from dashboard.domain.points_in_text import leads_to_point, without_points
from dashboard.domain.records import Actor, Change, Citation, Event, Location, Place, Site, SiteStatus, Source
from dashboard.domain.vocabulary import codes
from dashboard.workflows.views.frames import Tables
from dashboard.workflows.views.reach import reach_of

__all__ = ["COARSENED", "WITHHELD", "Coarsening"]

COARSENED: Final = "The place is withheld: this is the middle of a cell of a fixed grid."
"""Reason that a coarsened place states."""

WITHHELD: Final = "[withheld]"
"""What stands where a text was."""

_METHOD: Final = "hand"
_UNPLACED: Final = "none"
_HALF_EARTH_M: Final = 20_037_508
# The finest precision that a radius allows; a centre of a cell is never a building or a town.
_ALLOWED: Final = ((25_000, "near"), (75_000, "district"), (500_000, "province"), (_HALF_EARTH_M, "area"))
_OF_A_PLACE: Final = frozenset(
    {
        "lat",
        "lon",
        "place_id",
        "place_as_written",
        "precision",
        "precision_m",
        "method",
        "chosen_by",
        "reason",
    }
)
# A citation of a place states its latitude as any other value, and the audit trail does not say which.
_TELLING: Final = _OF_A_PLACE | {"value_as_stated"}
_NONE: Final[frozenset[str]] = frozenset()

_R = TypeVar("_R")
_P = TypeVar("_P", Location, Place)


@dataclass(frozen=True)
class Coarsening:
    """What an audience does not see of one state of the records.

    Parameters
    ----------
    cell
        Degrees of the grid for all points; 0 for none.
    protected
        Degrees by id of protected records.
    cells
        Degrees by id of records that have a grid of their own: the protected ones, and events at protected
        sites, which would tell where these are.
    owners
        Protected record by id of its places, statuses and citations.
    places
        Degrees by id of hand-decided places that protected records stand on. Others that stand on such a
        place are put on its grid too, or they would tell where it is.
    moved
        Ids of places of other records that are put on a grid with those of protected ones.
    secret
        Ids of sources of protected records.
    shared
        Ids of those of them that something else has too.
    known
        Ids of rows that are there, None when no record is protected: what the audit trail says of a row that
        is gone cannot be told from what it says of a protected one.
    """

    cell: float
    protected: Mapping[str, float]
    cells: Mapping[str, float]
    owners: Mapping[str, str]
    places: Mapping[str, float]
    moved: frozenset[str]
    secret: frozenset[str]
    shared: frozenset[str]
    known: frozenset[str] | None

    @classmethod
    def of(
        cls, tables: Tables, protections: Mapping[str, float], cell: float, present: Tables | None = None
    ) -> "Coarsening":
        """Work out what is to be coarsened.

        Parameters
        ----------
        tables
            All records as they are stored, or were at some version.
        protections
            Degrees by id of protected records; empty for an audience for which they do not count.
        cell
            Degrees of the audience's own grid; 0 for none.
        present
            The records as they are now, when the tables are those of a past version.

        Returns
        -------
        Coarsening
            For exactly these tables.
        """
        if not protections:
            return cls(cell, {}, {}, {}, {}, _NONE, _NONE, _NONE, None)
        states = (tables,) if present is None else (tables, present)
        reach = reach_of(states, states[-1].get(Change.table, ()), protections)
        moved = frozenset(
            row.id
            for state in states
            for row in state["locations"]
            if row.record_id in reach.cells or row.place_id in reach.places
        )
        # Only what these tables show: a source without a citation would be known for a secret one.
        others = {row.source_id for row in tables["places"] if row.id not in reach.places}
        owners = reach.owners
        others |= {
            row.source_id
            for row in tables["citations"]
            if owners.get(row.record_id, row.record_id) not in protections
        }
        known = frozenset(
            row.id for state in states for name, rows in state.items() if name != Change.table for row in rows
        )
        shared = frozenset(reach.secret & others)
        return cls(cell, protections, reach.cells, owners, reach.places, moved, reach.secret, shared, known)

    def tables(self, tables: Tables) -> Tables:
        """Coarsen all tables.

        Parameters
        ----------
        tables
            The tables that `of` was given.

        Returns
        -------
        Tables
            New tables; the given ones stay as they are.
        """
        sources = {source.id: source for source in tables["sources"]}
        citations, apart = self._citations(tables["citations"], sources)
        places = tuple(self._hand_decided(tables["places"]))
        shown = {place.id for place in places}
        changes = [one for one in tables["changes"] if not self.hides(one.record_id, shown)]
        return {
            **tables,
            "sites": tuple(map(self._site, tables["sites"])),
            "events": tuple(map(self._event, tables["events"])),
            "actors": tuple(map(self._actor, tables["actors"])),
            "site_status": tuple(map(self._status, tables["site_status"])),
            "locations": tuple(map(self._location, tables["locations"])),
            "places": places,
            "citations": citations,
            "sources": tuple(self._sources(tables, apart)),
            "changes": self.changes(changes),
        }

    def hides(self, row_id: str, places: Collection[str]) -> bool:
        """Say whether the audience sees nothing of a row, not even its id, which may say what it is.

        Parameters
        ----------
        row_id
            Its id.
        places
            Ids of the hand-decided places that the audience sees.

        Returns
        -------
        bool
            True for sources of protected records alone and for places that only these stand on.
        """
        if row_id in self.secret:
            return row_id not in self.shared
        return row_id in self.places and row_id not in places

    def _is_coarse(self, record_id: str) -> bool:
        return self.cell > 0 or record_id in self.cells or record_id in self.moved

    def _site(self, site: Site) -> Site:
        if not self._is_coarse(site.id):
            return site
        notes = _withheld(site.notes) if site.id in self.protected else without_points(site.notes)
        return _changed(site, name=without_points(site.name), names=_all_covered(site.names), notes=notes)

    def _event(self, event: Event) -> Event:
        if not self._is_coarse(event.id):
            return event
        summary = _withheld(event.summary) if event.id in self.protected else without_points(event.summary)
        return _changed(event, title=without_points(event.title), summary=summary)

    def _actor(self, actor: Actor) -> Actor:
        if not self._is_coarse(actor.id):
            return actor
        notes = _withheld(actor.notes) if actor.id in self.protected else without_points(actor.notes)
        return _changed(actor, name=without_points(actor.name), names=_all_covered(actor.names), notes=notes)

    def _status(self, status: SiteStatus) -> SiteStatus:
        if not self._is_coarse(status.site_id):
            return status
        note = _withheld(status.note) if status.site_id in self.protected else without_points(status.note)
        return _changed(status, note=note)

    def _location(self, row: Location) -> Location:
        own = max(self.cells.get(row.record_id, 0.0), self.places.get(row.place_id, 0.0))
        degrees = max(self.cell, own)
        if degrees <= 0:
            return row
        coarse, known_better = _on_grid(row, degrees)
        if known_better:
            return replace(
                coarse, place_id="", place_as_written="", method=_METHOD, chosen_by="", reason=COARSENED
            )
        is_withheld = row.record_id in self.protected and row.reason != COARSENED
        reason = _withheld(row.reason) if is_withheld else without_points(row.reason)
        written = without_points(row.place_as_written)
        return _changed(
            coarse, place_as_written=written, chosen_by=without_points(row.chosen_by), reason=reason
        )

    def _hand_decided(self, places: Iterable[Place]) -> Iterator[Place]:
        for place in places:
            own = self.places.get(place.id, 0.0)
            degrees = max(self.cell, own)
            if degrees <= 0:
                yield place
                continue
            coarse, known_better = _on_grid(place, degrees)
            if known_better and own > 0:
                continue  # without its name it is of no use to anybody
            reason = COARSENED if known_better else without_points(place.reason)
            names = _all_covered(place.names)
            yield _changed(coarse, name=without_points(place.name), names=names, reason=reason)

    def _citations(
        self, citations: Iterable[Citation], sources: Mapping[str, Source]
    ) -> tuple[tuple[Citation, ...], dict[str, Source]]:
        """Give the citations, and for those of protected records sources of their own.

        A source can be cited for others too, and its id says what it is.
        """
        apart: dict[str, Source] = {}
        numbers: dict[tuple[str, str], str] = {}
        counts: dict[str, int] = {}
        rows = []
        for row in citations:
            owner = self.owners.get(row.record_id, row.record_id)
            if owner not in self.protected:
                rows.append(self._citation(row, owner))
                continue
            key = (owner, row.source_id)
            if key not in numbers:
                counts[owner] = counts.get(owner, 0) + 1
                numbers[key] = f"so-withheld-{owner}-{counts[owner]}"
                if row.source_id in sources:
                    apart[numbers[key]] = _anonymous(sources[row.source_id], numbers[key])
            rows.append(
                replace(
                    row,
                    source_id=numbers[key],
                    value_as_stated=_withheld(row.value_as_stated),
                    quote=_withheld(row.quote),
                    locator=_withheld(row.locator),
                )
            )
        return tuple(rows), apart

    def _citation(self, row: Citation, owner: str) -> Citation:
        if not (self._is_coarse(owner) or owner in self.places):
            return row
        value = _withheld(row.value_as_stated) if _tells_place(row) else without_points(row.value_as_stated)
        return _changed(
            row, value_as_stated=value, quote=without_points(row.quote), locator=_covered(row.locator)
        )

    def _sources(self, tables: Tables, apart: Mapping[str, Source]) -> Iterator[Source]:
        for source in tables["sources"]:
            # Shown without a citation, a source would be known for one of a protected record.
            if source.id in apart or source.id in self.secret - self.shared:
                continue
            yield _without_points(source) if self.cell > 0 or source.id in self.secret else source
        yield from apart.values()

    def dossier(self, dossier: Dossier) -> Dossier:
        """Coarsen one record with everything that belongs to it.

        Parameters
        ----------
        dossier
            The record as it is stored.

        Returns
        -------
        Dossier
            The record as the audience may see it.
        """
        # It may be newer than the tables that these rules were made of.
        own = Coarsening.of(dossier.tables(), self.protected, self.cell)
        moved = {row.id for row in dossier.locations if row.place_id in self.places}
        cells, places = {**self.cells, **own.cells}, {**self.places, **own.places}
        seen = replace(own, cells=cells, places=places, moved=own.moved | moved).tables(dossier.tables())
        (record,) = seen[dossier.table]
        parts = (tuple(seen[name]) for name in ("locations", "site_status", "citations", "sources"))
        return Dossier(record, *parts)

    def changes(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Coarsen entries of the audit trail.

        Parameters
        ----------
        changes
            The entries.

        Returns
        -------
        tuple of Change
            As many, in the same order.
        """
        return tuple(map(self._change, changes))

    def _change(self, change: Change) -> Change:
        owner = self.owners.get(change.record_id, change.record_id)
        gone = self.known is not None and change.record_id not in self.known
        if owner in self.protected or owner in self.places or owner in self.secret or gone:
            before, after, why = map(_withheld, (change.before, change.after, change.why))
        elif not self._is_coarse(owner):
            return change
        else:
            cover = _withheld if change.field in _TELLING else _covered
            before, after, why = cover(change.before), cover(change.after), without_points(change.why)
        return _changed(change, before=before, after=after, why=why)


def _on_grid(row: _P, degrees: float) -> tuple[_P, bool]:
    """Give a place with its point on the grid, and whether it was known better than that."""
    if row.lat is None or row.lon is None:
        return row, False
    try:
        centre, radius = cell_centre(row.lat, row.lon, degrees), half_diagonal_m(row.lat, degrees)
    except ValueError:
        # What cannot be coarsened is not shown at all.
        return replace(row, lat=None, lon=None, precision=_UNPLACED, precision_m=None), True
    stated = row.precision_m or 0
    if stated >= radius and centre == (row.lat, row.lon):
        return row, False
    # The place lies within its radius of a point that lies within the cell.
    metres = min(stated + radius, _HALF_EARTH_M)
    code = _no_finer(row.precision, metres)
    coarse = replace(row, lat=centre[0], lon=centre[1], precision=code, precision_m=metres)
    return coarse, stated < radius


def _no_finer(code: str, metres: int) -> str:
    order = codes("precisions")
    allowed = next(name for most, name in _ALLOWED if metres <= most)
    return max(code, allowed, key=order.index) if code in order else allowed


def _tells_place(citation: Citation) -> bool:
    return citation.field in _OF_A_PLACE or citation.record_id.startswith(("lo-", "pl-"))


def _withheld(text: str) -> str:
    return WITHHELD if text else ""


def _all_covered(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(without_points, names))


def _covered(text: str) -> str:
    return WITHHELD if leads_to_point(text) else without_points(text)


def _anonymous(source: Source, source_id: str) -> Source:
    return replace(source, id=source_id, title=_withheld(source.title), url="", archived_at="")


def _without_points(source: Source) -> Source:
    urls = {name: "" for name in ("url", "archived_at") if leads_to_point(getattr(source, name))}
    return _changed(source, title=without_points(source.title), **urls)


def _changed(row: _R, **values: Any) -> _R:  # noqa: ANN401  # any field of any record
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    return replace(row, **differing) if differing else row  # type: ignore[type-var]  # all records are dataclasses
