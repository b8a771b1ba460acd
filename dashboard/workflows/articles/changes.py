"""Two proposals made one, and one made two: every quote stays a quote, and what made room is put aside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Citation, Event, Location, Site
from dashboard.errors import DraftError, DraftProblem
from dashboard.store.drafts.drafts import Draft, Proposal
from dashboard.workflows.articles.additions import Added, addition
from dashboard.workflows.articles.items import Item, Seen, new_form
from dashboard.workflows.articles.review import Wish, add_beside, put_in_place
from dashboard.workflows.editing.dossier_form import free_id
from dashboard.workflows.views.evidence import Library

__all__ = ["can_split", "merge", "split"]


def merge(wish: Wish, into: Item, other: Item, seen: Seen) -> Draft:
    """Make one proposal of two that tell the same fact.

    Parameters
    ----------
    wish
        Who merges, and why.
    into
        The proposal whose fields stay.
    other
        The proposal whose quotes are added, and whatever the first lacks.
    seen
        Gives a dossier as the person may see it.

    Returns
    -------
    Draft
        The one that waits now.

    Raises
    ------
    DraftError
        They are not of one kind, or about two records of the atlas.
    PermissionDeniedError
        One is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        One was changed meanwhile.
    """
    if into.draft.id == other.draft.id or into.draft.table != other.draft.table:
        raise _cannot("Choose another proposal of the same kind: a site is no event")
    if into.added and other.added and into.draft.record_id != other.draft.record_id:
        raise _cannot("They are about two records of the atlas: reject one of them")
    if other.added and not into.added:
        into, other = other, into
    machine = [*into.machine, *other.machine]
    origin: dict[str, Any] = {**into.origin, "machine": machine}
    if into.added is not None:
        proposal = _with_more_sources(wish, into, other, seen, origin)
    else:
        dossier = _joined(_whole(into), _whole(other))
        proposal = _new(dossier, origin)
    title = other.draft.dossier.name if other.draft.dossier else other.draft.record_id
    return put_in_place(wish, (into, other), proposal, f"merged with {title}")


def can_split(item: Item) -> bool:
    """Say whether a proposal can be made two.

    Parameters
    ----------
    item
        The proposal.

    Returns
    -------
    bool
        True for an addition to a record, which can be a record of its own, and for what is a new one.
    """
    return item.draft.dossier is not None and (item.added is None or bool(item.origin.get("alone")))


def split(wish: Wish, item: Item, library: Library) -> tuple[Draft, ...]:
    """Make two proposals of one, or records of their own of what was taken for one the atlas has.

    Parameters
    ----------
    wish
        Who splits, and why.
    item
        The proposal. With several quotes the last goes with the second; with one, both have it, and a
        person edits them.
    library
        All records, whose ids are taken.

    Returns
    -------
    tuple of Draft
        Those that wait now.

    Raises
    ------
    DraftError
        There is nothing to split.
    PermissionDeniedError
        It is somebody else's and the person is no reviewer, or the atlas is read only.
    ConflictError
        It was changed meanwhile.
    """
    taken = set(library.evidence) | wish.store.articles.taken_ids()
    if item.added is not None:
        return _alone(wish, item, taken)
    whole = _whole(item)
    sentences = [row for row in whole.citations if not row.field]
    second = _renamed(whole, _free(whole, taken))
    if len(sentences) > 1:
        last = sentences[-1].quote
        whole = _without(whole, {row.id for row in whole.citations if row.quote == last})
        second = _without(second, {row.id for row in second.citations if row.quote != last})
    # The first makes room for itself: its record keeps its id.
    first = put_in_place(wish, (item,), _new(whole, item.origin), "split in two")
    return first, add_beside(wish, item, _new(second, item.origin), 1)


def _alone(wish: Wish, item: Item, taken: set[str]) -> tuple[Draft, ...]:
    dossiers = [Dossier.from_json(text) for text in item.origin.get("alone", ())]
    if not dossiers:
        raise _cannot("Nothing of it can be a record of its own")
    drafts: list[Draft] = []
    for dossier, machine in zip(dossiers, item.machine, strict=False):
        record_id = _free(dossier, taken)
        taken.add(record_id)
        origin = {**item.origin, "relation": "new", "reason": "", "machine": [machine]}
        origin = {key: value for key, value in origin.items() if key not in ("added", "alone")}
        proposal = _new(_renamed(dossier, record_id), origin)
        if drafts:
            drafts.append(add_beside(wish, item, proposal, len(drafts)))
        else:
            drafts.append(put_in_place(wish, (item,), proposal, "it is something else than that record"))
    return tuple(drafts)


def _new(dossier: Dossier, origin: Mapping[str, Any]) -> Proposal:
    told = {**origin, "dossier": dossier.to_json()}
    return Proposal(dossier.id, dossier.table, 0, dossier, form=new_form(dossier), origin=told)


def _whole(item: Item) -> Dossier:
    if item.draft.dossier is None:
        raise _cannot("It is not finished: edit it first")
    return item.draft.dossier


def _with_more_sources(wish: Wish, into: Item, other: Item, seen: Seen, origin: dict[str, Any]) -> Proposal:
    """Add the quotes of another proposal to what is added to a record."""
    added = into.added
    if added is None:
        raise _cannot("It adds nothing to a record")
    quotes = other.added.citations if other.added else _whole(other).citations
    known = {(row.quote, row.field, row.stance) for row in added.citations}
    own = {row.id for row in _whole(other).locations}
    stem = f"ci-{into.draft.record_id}-{added.source.id[-6:]}-m"
    more = [
        replace(row, id=f"{stem}{number}", record_id=into.draft.record_id)
        for number, row in enumerate(quotes, len(added.citations) + 1)
        if (row.quote, row.field, row.stance) not in known and row.record_id not in own
    ]
    both = Added((*added.citations, *more), added.source)
    published, revision = wish.store.repository.dossier(into.draft.record_id)
    alone = list(into.origin.get("alone", ()))
    alone += list(other.origin.get("alone", ())) or [_whole(other).to_json()]
    return addition(published, revision, both, seen, {**origin, "added": both.as_json(), "alone": alone})


def _joined(first: Dossier, other: Dossier) -> Dossier:
    """Add to a dossier what another has and it lacks."""
    moved = _renamed(other, first.id, mark="-m")
    known = {(row.quote, row.field) for row in first.citations}
    places = first.locations
    if not any(row.lat is not None for row in places):
        places = moved.locations or places
    statuses = first.statuses or moved.statuses
    kept = {first.id, *(row.id for row in places), *(row.id for row in statuses)}
    citations = [
        row for row in moved.citations if (row.quote, row.field) not in known and row.record_id in kept
    ]
    named = {row.citation_id for row in statuses}
    citations += [row for row in moved.citations if row.id in named and row not in citations]
    sources = {row.id: row for row in (*first.sources, *moved.sources)}
    own = [row for row in first.citations if row.record_id in kept]
    used = {row.source_id for row in (*own, *citations)}
    return Dossier(
        _record_joined(first.record, moved.record),
        places,
        statuses,
        (*own, *citations),
        tuple(row for row in sources.values() if row.id in used),
    )


def _record_joined(first: Site | Event | Actor, other: Site | Event | Actor) -> Site | Event | Actor:
    if isinstance(first, Event) and isinstance(other, Event):
        return replace(
            first,
            date=other.date if first.date.is_undated else first.date,
            actors=tuple(dict.fromkeys((*first.actors, *other.actors))),
            products=tuple(dict.fromkeys((*first.products, *other.products))),
        )
    if isinstance(first, Site) and isinstance(other, Site):
        return replace(
            first,
            operators=tuple(dict.fromkeys((*first.operators, *other.operators))),
            products=tuple(dict.fromkeys((*first.products, *other.products))),
        )
    return first


def _without(dossier: Dossier, ids: set[str]) -> Dossier:
    kept = [row for row in dossier.citations if row.id not in ids]
    named = {row.id for row in kept}
    first = kept[0].id if kept else ""
    statuses = tuple(
        row if row.citation_id in named else replace(row, citation_id=first) for row in dossier.statuses
    )
    return replace(dossier, citations=tuple(kept), statuses=statuses)


def _free(dossier: Dossier, taken: set[str]) -> str:
    if dossier.id not in taken:
        return dossier.id
    stem = dossier.id.partition("-")[2]
    return free_id(dossier.table, stem, frozenset(taken))


def _renamed(dossier: Dossier, record_id: str, mark: str = "") -> Dossier:
    """Give a dossier another id, and all that belongs to it."""
    old, new = dossier.id.partition("-")[2], record_id.partition("-")[2]

    def moved(row_id: str) -> str:
        prefix, _, rest = row_id.partition("-")
        if prefix == "ci":
            kept = rest.removeprefix(dossier.id)
            return f"ci-{record_id}{mark}{kept}" if kept != rest else f"ci-{record_id}{mark}-{rest[-8:]}"
        return f"{prefix}-{new}{mark}{rest.removeprefix(old)}"

    places: Sequence[Location] = [
        replace(row, id=moved(row.id), record_id=record_id) for row in dossier.locations
    ]
    own = {row.id: moved(row.id) for row in dossier.locations}
    own |= {row.id: moved(row.id) for row in dossier.statuses}
    citations: Sequence[Citation] = [
        replace(row, id=moved(row.id), record_id=own.get(row.record_id, record_id))
        for row in dossier.citations
    ]
    statuses = [
        replace(row, id=moved(row.id), site_id=record_id, citation_id=moved(row.citation_id))
        for row in dossier.statuses
    ]
    record: Site | Event | Actor = replace(dossier.record, id=record_id)
    return Dossier(record, tuple(places), tuple(statuses), tuple(citations), dossier.sources)


def _cannot(message: str) -> DraftError:
    return DraftError([DraftProblem("", "", "", message)])
