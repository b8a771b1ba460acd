"""What the engine proposes: events and sites whose every field stands on words of the article.

A quote that does not stand verbatim at its offsets cannot be made, so that no proposal can claim what the
article does not say. Nothing here reaches the map: a person accepts, edits or rejects it first.
"""

from dataclasses import dataclass, field
from typing import Literal

from dashboard.articles.places import NamedPlace
from dashboard.domain.dates import UNDATED, UncertainDate
from dashboard.domain.vocabulary import check_code
from dashboard.errors import QuoteError

__all__ = ["Cited", "EventProposal", "Extraction", "PlaceBasis", "Quote", "SiteProposal"]

PlaceBasis = Literal["stated", "site", "context", "recipient", "none"]
"""How a place was come by: ``stated`` with the fact; the place of the ``site`` spoken of; the ``context`` of
the story; the country of the ``recipient``; or ``none``."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a source text.

    Parameters
    ----------
    source
        The whole text.
    start
        Offset of the first character.
    end
        Offset after the last character.
    text
        The words.

    Raises
    ------
    QuoteError
        The words do not stand there verbatim, or there are none.
    """

    source: str = field(repr=False)
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if (
            not 0 <= self.start < self.end <= len(self.source)
            or self.source[self.start : self.end] != self.text
        ):
            raise QuoteError(self.text, self.start)

    @staticmethod
    def of(source: str, start: int, end: int) -> "Quote":
        """Quote a part of a text.

        Parameters
        ----------
        source
            The whole text.
        start
            Offset where the part begins.
        end
            Offset after it.

        Returns
        -------
        Quote
            The words there.
        """
        return Quote(source, start, end, source[start:end])


@dataclass(frozen=True, slots=True)
class Cited:
    """A value with the words that say it.

    Parameters
    ----------
    value
        The value: a name, a code, a product.
    quote
        The words.
    kind
        What kind of thing it is, by the actor or product vocabulary; may be empty.
    record
        Id of the atlas's record of it; empty when it has none.
    """

    value: str
    quote: Quote
    kind: str = ""
    record: str = ""


@dataclass(frozen=True, slots=True)
class EventProposal:
    """An event that an article speaks of.

    Parameters
    ----------
    kind
        Code of the event vocabulary.
    title
        Short title in our words: what, who, which product, where.
    status
        Code of the event status vocabulary.
    quote
        The words that say that it happened, or is to.
    trigger
        The words that told its kind.
    date
        When; undated when the text does not say.
    date_quote
        The words for the date; None when undated.
    place
        Where; None when the text gives no hint.
    place_quote
        The words for the place; None without a place.
    place_basis
        How the place was come by.
    status_quote
        The words that made it planned, denied or postponed; None for what simply happened.
    actors
        Who.
    products
        What.
    background
        Whether it is told as earlier history, not as the news.
    guessed
        Whether words only hint at its kind; a reviewer should look twice.
    more
        Further sentences that tell the same fact.

    Raises
    ------
    VocabularyError
        A code is unknown.
    """

    kind: str
    title: str
    status: str
    quote: Quote
    trigger: Quote
    date: UncertainDate = UNDATED
    date_quote: Quote | None = None
    place: NamedPlace | None = None
    place_quote: Quote | None = None
    place_basis: PlaceBasis = "none"
    status_quote: Quote | None = None
    actors: tuple[Cited, ...] = ()
    products: tuple[Cited, ...] = ()
    background: bool = False
    guessed: bool = False
    more: tuple[Quote, ...] = ()

    def __post_init__(self) -> None:
        check_code("event_kinds", self.kind)
        check_code("event_statuses", self.status)


@dataclass(frozen=True, slots=True)
class SiteProposal:
    """A site that an article speaks of.

    Parameters
    ----------
    kind
        Code of the site vocabulary.
    name
        Its own name, else whose it is, what it is and where.
    status
        Code of the site status vocabulary, ``unknown`` included.
    quote
        The words that say that it is there.
    place
        Where.
    place_quote
        The words for the place.
    operators
        Who runs or owns it.
    products
        What it makes.
    more
        Further sentences about it.

    Raises
    ------
    VocabularyError
        A code is unknown.
    """

    kind: str
    name: str
    status: str
    quote: Quote
    place: NamedPlace
    place_quote: Quote
    operators: tuple[Cited, ...] = ()
    products: tuple[Cited, ...] = ()
    more: tuple[Quote, ...] = ()

    def __post_init__(self) -> None:
        check_code("site_kinds", self.kind)
        check_code("site_statuses", self.status)


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that an article yields.

    Parameters
    ----------
    events
        In order of the text.
    sites
        In order of the text.
    places
        The places it names outside the page's junk.
    """

    events: tuple[EventProposal, ...]
    sites: tuple[SiteProposal, ...]
    places: tuple[NamedPlace, ...]
