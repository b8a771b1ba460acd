"""What a story has spoken of so far, for the sentences that leave it unsaid."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.when import Extent, resolve
from dashboard.articles.places import NamedPlace

__all__ = ["Memory"]

_NEWS_DAYS: Final = 14
_SEATS: Final = frozenset({"headquarters", "office"})
_GOING_TO: Final = frozenset({"contract", "delivery"})


@dataclass(slots=True)
class Memory:
    """What a story has spoken of so far.

    Parameters
    ----------
    published
        Day of publication.
    sites
        Sites of the story.
    place
        The last town an event was put at.
    paragraph
        Paragraph of that.
    when
        The last date.
    news
        The date of the news itself.
    country
        The last country that was named as a place.
    country_paragraph
        Paragraph of that.
    recipient
        Country or town that the last order or delivery was put at because the text says so.
    recipient_paragraph
        Paragraph of that.
    placed_by_event
        Whether an event of this sentence named the place.
    status_reach
        How many words a verb may stand behind its auxiliary.
    """

    published: date | None
    sites: list[FoundSite]
    place: NamedPlace | None = None
    paragraph: int = -1
    when: Extent | None = None
    news: Extent | None = None
    country: NamedPlace | None = None
    country_paragraph: int = -1
    recipient: NamedPlace | None = None
    recipient_paragraph: int = -1
    placed_by_event: bool = False
    status_reach: int = 6

    def carried(self, kind: str, paragraph: int) -> NamedPlace | None:
        """Give the place that an event without one has from what the paragraph told before.

        Parameters
        ----------
        kind
            Code of the event vocabulary.
        paragraph
            Number of its paragraph.

        Returns
        -------
        NamedPlace or None
            The country of a policy, the recipient of an order or delivery, the town of a deal among firms.
        """
        if kind == "policy":
            return self.country if self.country_paragraph == paragraph else None
        if kind in _GOING_TO:
            return self.recipient if self.recipient_paragraph == paragraph else None
        return self.place if kind == "corporate" and self.paragraph == paragraph else None

    def _day_of_news(self, sentence: Sentence) -> Extent | None:
        """Give the day that the first sentence names, when it is one of the last few before publication."""
        for found in sentence.dates:
            extent = resolve(found.when, self.published, future=False)
            if extent is None or self.published is None or extent.first != extent.last:
                continue
            if 0 <= (self.published - extent.last).days <= _NEWS_DAYS:
                return extent
        return None

    def note(self, sentence: Sentence) -> None:
        """Remember what a sentence named.

        Parameters
        ----------
        sentence
            The sentence, read to its end.
        """
        if self.news is None and sentence.position == 0:
            self.news = self._day_of_news(sentence)
        for found in sentence.dates:
            self.when = resolve(found.when, self.published, future=False, reference=self.when) or self.when
        here = [site for site in self.sites if site.sentence is sentence]
        if self.paragraph != sentence.paragraph or not self.placed_by_event:
            towns = [
                name.place
                for name in sentence.places
                if name.place.is_local and not sentence.sites and not sentence.cue_before(name.first, "away")
            ]
            if here or towns:
                self.place = _site_spoken_of(here).place if here else towns[-1]
                self.paragraph = sentence.paragraph
        self.placed_by_event = False
        for name in sentence.places:
            if name.place.sense == "place" and name.place.kind == "country":
                self.country, self.country_paragraph = name.place, sentence.paragraph


def _site_spoken_of(sites: list[FoundSite]) -> FoundSite:
    """Give the last site that a sentence tells, a seat only where it tells no other."""
    working = [site for site in sites if site.kind not in _SEATS] or sites
    return max(working, key=lambda site: site.first)
