"""Which finds tell the same fact: one event told in three sentences is one proposal with three quotes."""

from typing import Final

from dashboard.articles.assembling.events import FoundEvent
from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.places import NamedPlace

__all__ = ["merged_events", "merged_sites", "same_place"]

_NEAR_DEGREES: Final = 0.2
_STEM: Final = 5


def same_place(first: NamedPlace, second: NamedPlace) -> bool:
    """Tell whether two places are one, or nearly.

    Parameters
    ----------
    first
        A place.
    second
        Another.

    Returns
    -------
    bool
        Whether their points are within some 20 km, or their ids are the same.
    """
    if first.place_id and first.place_id == second.place_id:
        return True
    if first.lat is None or first.lon is None or second.lat is None or second.lon is None:
        return first.name == second.name and first.country == second.country
    return abs(first.lat - second.lat) < _NEAR_DEGREES and abs(first.lon - second.lon) < _NEAR_DEGREES


def merged_events(events: list[FoundEvent]) -> list[FoundEvent]:
    """Merge events that tell the same fact.

    Parameters
    ----------
    events
        Events of one story, in order.

    Returns
    -------
    list of FoundEvent
        Fewer, each with the other sentences that tell it.
    """
    kept: list[FoundEvent] = []
    for event in events:
        same = next((other for other in kept if _same_event(other, event)), None)
        if same is None:
            kept.append(event)
        else:
            _take_over(same, event)
    return kept


def _take_over(kept: FoundEvent, event: FoundEvent) -> None:
    kept.more.append(event.sentence)
    if event.anaphoric:
        return
    if kept.when is None and event.when is not None:
        kept.when, kept.date_mention = event.when, event.date_mention
        kept.more[-1], kept.sentence = kept.sentence, event.sentence
        kept.mention, kept.status, kept.status_hit = event.mention, event.status, event.status_hit
    if kept.basis != "stated" and event.basis == "stated" and _same_country(kept, event):
        kept.place, kept.here, kept.basis = event.place, event.here, event.basis


def _same_event(first: FoundEvent, second: FoundEvent) -> bool:
    if first.kind != second.kind:
        return False
    if second.anaphoric:
        return True
    if (first.hanging and second.when is not None) or (second.hanging and first.when is not None):
        return False
    if first.basis == second.basis == "stated" and not _same_area(first, second):
        return False
    if first.when is not None and second.when is not None:
        return _same_time(first, second) and (_is_lead(first) or _same_words(first, second))
    return first.status == second.status and not _brings_up_another(first, second)


def _brings_up_another(first: FoundEvent, second: FoundEvent) -> bool:
    """Whether an undated event is told as a new one, or in another paragraph and of another place."""
    if second.fresh and second.when is None:
        return True
    elsewhere = second.basis == "stated" and first.place is not None and first.place.is_local
    apart = second.sentence.paragraph != first.sentence.paragraph
    return elsewhere and apart and not _same_area(first, second)


def _same_country(first: FoundEvent, second: FoundEvent) -> bool:
    return first.place is None or second.place is None or first.place.country == second.place.country


def _is_lead(event: FoundEvent) -> bool:
    """Whether an event is the news itself, which the story tells again in other words."""
    return event.sentence.position == 0


def _same_words(first: FoundEvent, second: FoundEvent) -> bool:
    if first.sentence is second.sentence:
        return True
    one, other = (
        {event.sentence.tokens[hit.first].forms[-1][:_STEM] for hit in event.mention.hits}
        for event in (first, second)
    )
    return bool(one & other)


def _same_area(first: FoundEvent, second: FoundEvent) -> bool:
    if first.place is None or second.place is None or same_place(first.place, second.place):
        return True
    return first.place.country == second.place.country and "country" in (first.place.kind, second.place.kind)


def _same_time(first: FoundEvent, second: FoundEvent) -> bool:
    """Whether two dates are one; "2013" and "December 2013" are only when told close together."""
    one, other = first.when, second.when
    if one is None or other is None or one.last < other.first or other.last < one.first:
        return False
    close = second.sentence.paragraph - first.sentence.paragraph <= 1
    return close or (one.first, one.last) == (other.first, other.last)


def merged_sites(sites: list[FoundSite]) -> list[FoundSite]:
    """Merge mentions of the same site.

    Parameters
    ----------
    sites
        Sites of one page, in order.

    Returns
    -------
    list of FoundSite
        One for each kind and place, with the other sentences that speak of it.
    """
    kept: list[FoundSite] = []
    for site in sites:
        same = next(
            (other for other in kept if other.kind == site.kind and same_place(other.place, site.place)), None
        )
        if same is None or (site.fresh and site.sentence.paragraph - same.sentence.paragraph > 1):
            kept.append(site)
        elif site.sentence is not same.sentence:
            same.more.append(site.sentence)
    return kept
