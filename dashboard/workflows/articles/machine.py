"""What the machine said of an article, kept beside whatever a person makes of it: values, words, offsets."""

from collections.abc import Mapping
from typing import Any

from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited, EventProposal, Quote, SiteProposal

__all__ = ["as_json", "spans_of"]


def as_json(proposal: EventProposal | SiteProposal) -> dict[str, Any]:
    """Write a proposal so that JSON can carry it.

    Parameters
    ----------
    proposal
        The proposal.

    Returns
    -------
    dict
        Its values as the machine had them, and ``spans``: the words each stands on.
    """
    common: dict[str, Any] = {"kind": proposal.kind, "status": proposal.status, "spans": spans_of(proposal)}
    common |= {"place": _place(proposal.place), "products": _names(proposal.products)}
    if isinstance(proposal, EventProposal):
        return common | {
            "table": "events",
            "title": proposal.title,
            "date": proposal.date.text,
            "place_basis": proposal.place_basis,
            "actors": _names(proposal.actors),
            "background": proposal.background,
            "guessed": proposal.guessed,
        }
    return common | {"table": "sites", "title": proposal.name, "actors": _names(proposal.operators)}


def _names(names: tuple[Cited, ...]) -> list[dict[str, str]]:
    return [{"value": one.value, "kind": one.kind, "record": one.record} for one in names]


def _place(place: NamedPlace | None) -> Mapping[str, Any] | None:
    if place is None:
        return None
    return {
        "surface": place.surface,
        "name": place.name,
        "country": place.country,
        "place_id": place.place_id,
        "doubtful": place.doubtful,
    }


def spans_of(proposal: EventProposal | SiteProposal) -> list[dict[str, Any]]:
    """List the words that a proposal stands on.

    Parameters
    ----------
    proposal
        The proposal.

    Returns
    -------
    list of dict
        ``role``, ``start``, ``end`` and ``text`` of each.
    """
    found: list[tuple[str, Quote | None]] = [("quote", proposal.quote)]
    found += [("quote", quote) for quote in proposal.more]
    if isinstance(proposal, EventProposal):
        found += [("event", proposal.trigger), ("date", proposal.date_quote)]
        found += [("status", proposal.status_quote)]
        found += [("actor", one.quote) for one in proposal.actors]
    else:
        found += [("actor", one.quote) for one in proposal.operators]
    found += [("place", proposal.place_quote)]
    found += [("product", one.quote) for one in proposal.products]
    return [
        {"role": role, "start": quote.start, "end": quote.end, "text": quote.text}
        for role, quote in found
        if quote is not None
    ]
