"""Make proposals of what a model said, as far as the article says it; the rest is refused with its reason.

Whatever passes here is of the same types as the rules' own proposals. What a reviewer reads are words of the
article, never words of the model.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from dashboard.articles.assembling.merging import same_place
from dashboard.articles.extractors.answer import Refusal, Said, SaidEvent, SaidSite
from dashboard.articles.extractors.facts import NO_PLACE, FactReader
from dashboard.articles.extractors.grounding import Ground
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import EventProposal, Quote, SiteProposal
from dashboard.domain.dates import UncertainDate, day_number

__all__ = ["Held"]

_NEWS_DAYS: Final = 60
_TWICE: Final = "it is the same as one before it"


class Held:
    """What was taken of the answers about one article, and what was not.

    Parameters
    ----------
    ground
        The article.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.events: list[EventProposal] = []
        self.sites: list[SiteProposal] = []
        self.refusals: list[Refusal] = []

    def take(self, said: Said) -> None:
        """Take of an answer what the article says.

        Parameters
        ----------
        said
            An answer.
        """
        self.refusals.extend(said.refusals)
        for item, event in said.events:
            self._take_event(item, event)
        for item, site in said.sites:
            self._take_site(item, site)

    def _refuse(self, item: str, field: str, value: object, reason: str) -> None:
        self.refusals.append(Refusal.of(item, field, value, reason))

    def _take_event(self, item: str, said: SaidEvent) -> None:
        fact = FactReader.find(self._ground, said, "event", partial(self._refuse, item))
        status = fact.status() if fact is not None else None
        if fact is None or status is None:
            return
        code, status_quote, guessed = status
        date, date_quote = fact.date(said.date_quote, future=code == "planned")
        if code == "happened" and self._ground.is_ahead(date):
            self._refuse(item, "status", code, "it is dated after the day of publication, so it is planned")
            code = "planned"
        place = fact.place()
        if said.place_quote and place is None:
            self._refuse(item, "place_quote", said.place_quote, NO_PLACE)
        event = EventProposal(
            kind=said.kind,
            title=fact.title,
            status=code,
            quote=fact.quote,
            trigger=fact.words,
            date=date,
            date_quote=date_quote,
            place=place[0] if place else None,
            place_quote=self._quote_of(place[0]) if place else None,
            place_basis=place[1] if place else "none",
            status_quote=status_quote,
            actors=fact.actors(),
            products=fact.products(),
            background=self._is_history(date),
            guessed=guessed,
        )
        self._add_event(item, event)

    def _take_site(self, item: str, said: SaidSite) -> None:
        fact = FactReader.find(self._ground, said, "site", partial(self._refuse, item))
        place = fact.place() if fact is not None else None
        if fact is None:
            return
        if place is None:
            self._refuse(item, "", said.place_quote, NO_PLACE)
            return
        name, surface = fact.words.text, place[0].surface
        site = SiteProposal(
            kind=said.kind,
            name=name if surface in name else f"{name}, {surface}",
            status=fact.site_status(),
            quote=fact.quote,
            place=place[0],
            place_quote=self._quote_of(place[0]),
            operators=fact.actors(),
            products=fact.products(),
        )
        self._add_site(item, site)

    def _quote_of(self, place: NamedPlace) -> Quote:
        return self._ground.quote((place.start, place.end))

    def _is_history(self, date: UncertainDate) -> bool:
        published = self._ground.published
        if published is None or date.latest is None:
            return False
        return day_number(published) - day_number(date.latest) > _NEWS_DAYS

    def _add_event(self, item: str, event: EventProposal) -> None:
        for number, other in enumerate(self.events):
            if _is_same_event(other, event):
                self._refuse(item, "", event.quote.text, _TWICE)
                if event.quote not in (other.quote, *other.more):
                    self.events[number] = replace(other, more=(*other.more, event.quote))
                return
        self.events.append(event)

    def _add_site(self, item: str, site: SiteProposal) -> None:
        for number, other in enumerate(self.sites):
            if other.kind == site.kind and same_place(other.place, site.place):
                self._refuse(item, "", site.quote.text, _TWICE)
                if site.quote not in (other.quote, *other.more):
                    self.sites[number] = replace(other, more=(*other.more, site.quote))
                return
        self.sites.append(site)


def _is_same_event(first: EventProposal, second: EventProposal) -> bool:
    if first.kind != second.kind or first.status != second.status:
        return False
    if first.trigger == second.trigger and not _are_apart(first, second):
        return True
    if first.date.text != second.date.text or (first.place is None) != (second.place is None):
        return False
    if first.place is None or second.place is None:
        return first.quote == second.quote
    if not same_place(first.place, second.place):
        return False
    return first.quote == second.quote or not first.date.is_undated


def _are_apart(first: EventProposal, second: EventProposal) -> bool:
    """Whether the same words tell of two: "blasts on 25 May in Linz and on 9 June in Graz"."""
    dates = {event.date.text for event in (first, second) if event.date_quote is not None}
    places = [event.place for event in (first, second) if event.place is not None]
    return len(dates) > 1 or (len(places) > 1 and not same_place(*places))
