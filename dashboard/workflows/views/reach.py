"""How far the protection of records reaches: what belongs to them, stands where they do, or once did.

Past versions can be looked at beside the present one. What a protected record had in one of them would
show by what is missing in another, so that all count: what the tables say, and what the trail says was there.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from dashboard.domain.records import Change
from dashboard.workflows.views.frames import Tables

__all__ = ["Reach", "reach_of"]

_LIST: Final = "|"
# Prefix of the id of a row, and the field that says whose it is or what it refers to.
_TOLD: Final = frozenset(
    {("lo", "record_id"), ("lo", "place_id"), ("ss", "site_id"), ("ev", "sites")}
    | {("ci", "record_id"), ("ci", "source_id")}
)

_Former = Mapping[tuple[str, str], Mapping[str, set[str]]]


@dataclass(frozen=True)
class Reach:
    """What protections reach.

    Parameters
    ----------
    cells
        Degrees by id of protected records and of events at protected sites.
    owners
        Protected record by id of its places, statuses and citations, there or gone.
    places
        Degrees by id of hand-decided places that protected records stand on or once did.
    secret
        Ids of sources that were ever cited for protected records.
    """

    cells: Mapping[str, float]
    owners: Mapping[str, str]
    places: Mapping[str, float]
    secret: frozenset[str]


def reach_of(states: Sequence[Tables], changes: Iterable[Change], protections: Mapping[str, float]) -> Reach:
    """Find what protections reach.

    Parameters
    ----------
    states
        All records, in every state that is shown.
    changes
        The audit trail.
    protections
        Degrees by id of protected records.

    Returns
    -------
    Reach
        The same for all of the states.
    """
    rows = _Rows(states, _former(changes))
    cells = dict(protections)
    for event_id, site in rows.of("ev", "events", "sites"):
        if site in protections:
            cells[event_id] = max(cells.get(event_id, 0.0), protections[site])
    parts = chain(rows.of("lo", "locations", "record_id"), rows.of("ss", "site_status", "site_id"))
    owners = {row_id: owner for row_id, owner in parts if owner in protections}
    places: dict[str, float] = {}
    for row_id, place in rows.of("lo", "locations", "place_id"):
        if place and row_id in owners:
            places[place] = max(places.get(place, 0.0), protections[owners[row_id]])
    for row_id, cited in rows.of("ci", "citations", "record_id"):
        owner = owners.get(cited, cited)
        if owner in protections:
            owners[row_id] = owner
    sources = rows.of("ci", "citations", "source_id")
    secret = frozenset(source for row_id, source in sources if row_id in owners)
    return Reach(cells, owners, places, secret)


@dataclass(frozen=True, slots=True)
class _Rows:
    states: Sequence[Tables]
    former: _Former

    def of(self, prefix: str, table: str, field: str) -> Iterator[tuple[str, str]]:
        """Give ids of rows with what a field of theirs refers to, now or once."""
        for state in self.states:
            for row in state[table]:
                value = getattr(row, field)
                yield from ((row.id, value),) if isinstance(value, str) else ((row.id, one) for one in value)
        for row_id, values in self.former.get((prefix, field), {}).items():
            yield from ((row_id, value) for value in values)


def _former(changes: Iterable[Change]) -> _Former:
    """Collect what fields that refer to something held before and after changes, by row."""
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for change in changes:
        key = (change.record_id[:2], change.field)
        if key in _TOLD:
            found[key][change.record_id].update(change.before.split(_LIST), change.after.split(_LIST))
    return found
