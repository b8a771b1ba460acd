"""What a proposal of an article becomes: a dossier whose every row stands on words of the text.

Nothing is added that the article does not say. An actor that the atlas does not know is named beside the
proposal and linked by a person; a field without words stays empty.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlsplit

from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited, EventProposal, PlaceBasis, Quote, SiteProposal
from dashboard.domain.dates import UNDATED, UncertainDate
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import (
    ActorRole,
    Citation,
    Event,
    Location,
    Product,
    Site,
    SiteStatus,
    Source,
)
from dashboard.domain.validation import validate
from dashboard.domain.vocabulary import check_code
from dashboard.errors import UncertainDateError, VocabularyError
from dashboard.store.drafts.article import StoredArticle
from dashboard.workflows.editing.dossier_form import free_id

__all__ = ["NO_PUBLISHER", "RecordMaker", "source_of"]

NO_PUBLISHER: Final = "publisher not stated"
"""What stands for a publisher that nobody named: every source needs one."""

_MOST_IN_QUOTE: Final = 2_000
_MOST_IN_LINE: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]+")
_ID: Final = 8
_BASES: Final[dict[PlaceBasis, str]] = {
    "stated": "named with the fact",
    "site": "the place of the site that is spoken of",
    "context": "the place of the story, not named with the fact",
    "recipient": "the country of the recipient, no place is named",
    "none": "",
}

Explain = Callable[[NamedPlace], str]


def source_of(article: StoredArticle, known: Iterable[Source] = ()) -> Source:
    """Give an article as a source.

    Parameters
    ----------
    article
        The article.
    known
        Sources of the atlas; one with the same address is taken as it is.

    Returns
    -------
    Source
        The source, the same for every proposal of the article.
    """
    for one in known:
        if article.url and one.url == article.url:
            return one
    host = urlsplit(article.url).hostname or "" if article.url else ""
    publisher = article.publisher or host or NO_PUBLISHER
    name = free_id("sites", publisher, frozenset()).partition("-")[2]
    source = Source(
        id=f"so-{name}-{article.sha256[:_ID]}",
        publisher=publisher,
        title=article.title,
        url=article.url,
        published=_date(article.published),
        language=article.language,
        kind="unknown",
    )
    wrong = {fault.field for fault in validate({"sources": [source]})}
    return replace(
        source,
        url="" if "url" in wrong else source.url,
        language="" if "language" in wrong else source.language,
    )


@dataclass(slots=True)
class RecordMaker:
    """Makes the dossiers of one article.

    Parameters
    ----------
    article
        The article.
    source
        The article as a source.
    places
        The places that its text names.
    explain
        Says why the geocoder took a place.
    taken
        Ids that records have; those given away are added.
    before
        Ids that proposals got from an earlier reading of the same text, by their keys.
    key
        Key of the proposal that is being made.
    extractor
        Name and version of what found the facts.
    """

    article: StoredArticle
    source: Source
    places: Sequence[NamedPlace]
    explain: Explain
    taken: set[str]
    before: Mapping[str, str] = field(default_factory=dict)
    key: str = ""
    extractor: str = ""

    def event(self, proposal: EventProposal) -> Dossier:
        """Make the dossier of an event.

        Parameters
        ----------
        proposal
            The proposal.

        Returns
        -------
        Dossier
            A new event.
        """
        year = proposal.date.text[:4] if proposal.date.text[:4].isdecimal() else ""
        where = proposal.place.surface if proposal.place else proposal.title
        record_id = self._id("events", f"{year} {proposal.kind} {where}")
        event = Event(
            id=record_id,
            kind=proposal.kind,
            title=_capital(proposal.title),
            date=proposal.date,
            status=proposal.status,
            actors=_roles(proposal.actors),
            products=_products(proposal.products),
        )
        places: tuple[Location, ...] = ()
        if proposal.place is not None:
            places = (self._location(record_id, proposal.place, proposal.place_basis),)
        stated = {
            "date": proposal.date_quote,
            "status": proposal.status_quote,
            "place_as_written": proposal.place_quote,
        }
        quotes = (proposal.quote, *proposal.more)
        low = proposal.guessed or proposal.status == "unconfirmed"
        citations = self.citations(record_id, quotes, stated, low=low)
        return Dossier(event, places, (), citations, (self.source,))

    def site(self, proposal: SiteProposal) -> Dossier:
        """Make the dossier of a site.

        Parameters
        ----------
        proposal
            The proposal.

        Returns
        -------
        Dossier
            A new site, with its status as of the day of publication.
        """
        record_id = self._id("sites", proposal.name)
        site = Site(
            id=record_id,
            name=_capital(proposal.name),
            kind=proposal.kind,
            products=_products(proposal.products),
            operators=tuple(dict.fromkeys(one.record for one in proposal.operators if one.record)),
        )
        quotes = (proposal.quote, *proposal.more)
        stated = {"place_as_written": proposal.place_quote}
        citations = self.citations(record_id, quotes, stated, low=False)
        published = self.source.published
        status = SiteStatus(
            id=f"ss-{record_id.partition('-')[2]}-1",
            site_id=record_id,
            status=proposal.status,
            date=UNDATED if published.is_undated else _date(f"{published.text[:10]}/.."),
            citation_id=citations[0].id,
            note="As the article has it; when it began is not stated.",
        )
        place = self._location(record_id, proposal.place, "stated")
        return Dossier(site, (place,), (status,), citations, (self.source,))

    def citations(
        self,
        record_id: str,
        quotes: Iterable[Quote],
        stated: Mapping[str, Quote | None],
        *,
        low: bool,
        mark: str = "",
    ) -> tuple[Citation, ...]:
        """Quote the article for a record, once each.

        Parameters
        ----------
        record_id
            Id of the record.
        quotes
            Sentences that tell the whole fact.
        stated
            Words for single fields; those that stand inside a sentence above need no citation of their own.
        low
            Whether the words only hint at the fact.
        mark
            What tells these citations from others of the record.

        Returns
        -------
        tuple of Citation
            All supporting.
        """
        sentences = list(dict.fromkeys(quotes))
        rows: list[tuple[str, str, Quote]] = [("", "", quote) for quote in sentences]
        for column, words in stated.items():
            if words is not None and not any(_holds(quote, words) for quote in sentences):
                rows.append((column, words.text, _sentence_around(words)))
        return tuple(
            Citation(
                id=f"ci-{record_id}{mark}-{number}",
                record_id=record_id,
                field=column,
                value_as_stated=_line(value),
                source_id=self.source.id,
                quote=_verbatim(quote.text),
                locator=f"characters {quote.start}-{quote.end}",
                retrieved=_date(self.article.retrieved[:10]),
                stance="supports",
                confidence="low" if low else "medium",
            )
            for number, (column, value, quote) in enumerate(rows, 1)
        )

    def contradiction(self, record_id: str, column: str, value: str, quote: Quote, mark: str) -> Citation:
        """Quote the article against a field of a record.

        Parameters
        ----------
        record_id
            Id of the record.
        column
            Field that it says otherwise.
        value
            What it says.
        quote
            The words.
        mark
            What tells this citation from others of the record.

        Returns
        -------
        Citation
            Contradicting.
        """
        (row,) = self.citations(record_id, (quote,), {}, low=False, mark=mark)
        return replace(row, field=column, value_as_stated=value, stance="contradicts")

    def _id(self, table: str, name: str) -> str:
        if self.key in self.before:
            return self.before[self.key]
        found = free_id(table, name, frozenset(self.taken))
        self.taken.add(found)
        return found

    def _location(self, record_id: str, place: NamedPlace, basis: PlaceBasis) -> Location:
        row = Location(
            id=f"lo-{record_id.partition('-')[2]}-1",
            record_id=record_id,
            role="at",
            place_as_written=_line(place.surface),
            country=place.country,
            precision="none",
            method="none",
            chosen_by="the reading of an article",
            reason=_reason(_BASES[basis], self.explain(place)),
        )
        chosen = place if place.place_id else self._stand_in(place)
        if chosen is None or chosen.lat is None or chosen.lon is None or not place.precision_m:
            return row
        return replace(
            row,
            place_id=chosen.place_id,
            lat=chosen.lat,
            lon=chosen.lon,
            precision=place.precision,
            precision_m=round(place.precision_m),
            method="hand" if chosen.kind == "hand" else "gazetteer",
            reason=_reason(row.reason, _beside(place, chosen)),
        )

    def _stand_in(self, place: NamedPlace) -> NamedPlace | None:
        """Find the town that an unlisted name was given the point of."""
        point = (place.lat, place.lon)
        return next((one for one in self.places if one.place_id and (one.lat, one.lon) == point), None)


def _roles(actors: Sequence[Cited]) -> tuple[ActorRole, ...]:
    return tuple(
        ActorRole(record, "participant") for record in dict.fromkeys(one.record for one in actors) if record
    )


def _products(products: Sequence[Cited]) -> tuple[Product, ...]:
    return tuple(
        dict.fromkeys(Product(_category(one.kind), _line(one.value).replace("|", " ")) for one in products)
    )


def _category(kind: str) -> str:
    try:
        check_code("product_categories", kind)
    except VocabularyError:
        return "unknown"
    return kind


def _holds(quote: Quote, words: Quote) -> bool:
    return quote.start <= words.start and words.end <= quote.end


def _sentence_around(words: Quote) -> Quote:
    """Quote the line that words stand in, so that they are read with what is beside them."""
    start = words.source.rfind("\n", 0, words.start) + 1
    end = words.source.find("\n", words.end)
    stop = words.source.rfind(". ", start, words.start)
    start = stop + 2 if stop >= 0 else start
    end = len(words.source) if end < 0 else end
    stop = words.source.find(". ", words.end, end)
    return Quote.of(words.source, start, stop + 1 if stop >= 0 else end)


def _beside(place: NamedPlace, chosen: NamedPlace) -> str:
    if place.place_id:
        return ""
    return f"the gazetteer does not know it: the point is that of {chosen.name}, which is named beside it"


def _reason(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _capital(text: str) -> str:
    line = _line(text)
    return line[:1].upper() + line[1:]


def _verbatim(text: str) -> str:
    """Give what a cell can hold of a quote, without changing a character of it."""
    return max(_CONTROL.split(text), key=len)[:_MOST_IN_QUOTE].strip()


def _line(text: str) -> str:
    """Make words of a text one line, without what no cell holds."""
    return " ".join(_CONTROL.sub(" ", text).split())[:_MOST_IN_LINE]


def _date(text: str) -> UncertainDate:
    try:
        return UncertainDate.parse(text) if text else UNDATED
    except UncertainDateError:
        return UNDATED
