"""The deterministic extractor: an article and its places in, cited proposals out. No network."""

from collections.abc import Sequence
from typing import Final

from dashboard.articles.assembling.events import FoundEvent, is_told
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.merging import merged_events
from dashboard.articles.assembling.sites import FoundSite, find_sites
from dashboard.articles.assembling.story import is_article, stories_of
from dashboard.articles.assembling.titles import event_title, site_name
from dashboard.articles.assembling.wording import Names
from dashboard.articles.finding.names import ActorTable
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.language import language_of
from dashboard.articles.learned.candidates import Telling
from dashboard.articles.learned.doubts import note_doubts
from dashboard.articles.learned.lines import story_blocks
from dashboard.articles.learned.reading import EventModels, candidates_of_story, learned_events
from dashboard.articles.learned.sites import SiteModels, learned_sites
from dashboard.articles.learned.tellings import read_tellings
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import EventProposal, Extraction, Quote, SiteProposal
from dashboard.articles.reading.article import Article
from dashboard.domain.dates import UNDATED, UncertainDate

__all__ = ["extract"]

_MOST_FACTS: Final = 1_000
"""Facts of one story that are weighed against each other; what is behind them is no article."""
_SEMICOLON: Final = 3.0
"""What parts two facts of a sentence, as `Sentence.apart` counts it."""


def extract(article: Article, places: Sequence[NamedPlace], actors: ActorTable | None = None) -> Extraction:
    """Propose the events and sites that an article speaks of.

    Parameters
    ----------
    article
        The article as read.
    places
        The places its text names, with their offsets.
    actors
        Actors that are known already; none when None.

    Returns
    -------
    Extraction
        Proposals; the same article always gives the same ones.
    """
    text = article.text
    language = language_of(article.language)
    blocks = story_blocks(text, language)
    junk = [(block.start, block.end) for block in blocks if block.role == "junk"]
    clean = [place for place in places if not any(a <= place.start < b for a, b in junk)]
    pages: list[list[Telling]] = []
    found: list[FoundSite] = []
    stories = stories_of(text, blocks, language, clean)
    for story in stories:
        named = find_sites(story)
        here = [site for site in named if site.status != "cancelled"]
        found.extend(named)
        memory = Memory(article.published, here, status_reach=language.status_reach)
        pages.append(read_tellings(story, memory, named, language))
    if is_article(stories):
        note_doubts(pages, language.code)
    events = _events_of(pages, whole=is_article(stories))
    year = article.published.year if article.published else None
    sites = learned_sites(stories, found[:_MOST_FACTS], language.code, year, SiteModels.shipped())
    names = Names(text, language, actors or ActorTable())
    return Extraction(
        tuple(_event_proposal(text, event, names) for event in events),
        tuple(_site_proposal(text, site, names) for site in sites[:_MOST_FACTS]),
        tuple(clean),
    )


def _events_of(pages: Sequence[Sequence[Telling]], *, whole: bool) -> list[FoundEvent]:
    """Choose the events: by the models in an article, by the rules alone in a line or two."""
    if not whole:
        told = ([event for telling in tellings for event in telling.events] for tellings in pages)
        return [event for events in told for event in merged_events(events) if is_told(event)]
    models = EventModels.shipped()
    return learned_events([one for page in pages for one in candidates_of_story(page, models)], models)


def _sentence_quote(text: str, sentence: Sentence) -> Quote:
    return Quote.of(text, sentence.start, sentence.end)


def _fact_quote(text: str, event: FoundEvent) -> Quote:
    """Quote the sentence, or what stands between its semicolons when that holds all the fact is made of."""
    sentence = event.sentence
    spans = [(event.mention.first, event.mention.last)]
    spans.extend((part.first, part.last) for part in (event.date_mention, event.status_hit) if part)
    if event.here is not None and event.here in sentence.places:
        spans.append((event.here.first, event.here.last))
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    while first > 0 and sentence.costs[first] - sentence.costs[first - 1] < _SEMICOLON:
        first -= 1
    while last + 1 < len(sentence.tokens) and sentence.costs[last + 1] - sentence.costs[last] < _SEMICOLON:
        last += 1
    start = sentence.start if first == 0 else sentence.tokens[first].start
    end = sentence.end if last == len(sentence.tokens) - 1 else sentence.tokens[last].end
    return Quote.of(text, start, end)


def _event_proposal(text: str, event: FoundEvent, names: Names) -> EventProposal:
    sentence = event.sentence
    words = Quote.of(text, *sentence.offsets(event.mention.first, event.mention.last))
    date_quote = None
    if event.date_mention is not None:
        date_quote = Quote.of(text, *sentence.offsets(event.date_mention.first, event.date_mention.last))
    status_quote = None
    if event.status_hit is not None:
        status_quote = Quote.of(text, *sentence.offsets(event.status_hit.first, event.status_hit.last))
    place = event.place
    actors = names.actors(sentence, event.mention.first)
    products = names.products(sentence, event.mention.first)
    return EventProposal(
        kind=event.kind,
        title=event_title(event, actors, products),
        status=event.status,
        quote=_fact_quote(text, event),
        trigger=words,
        date=UncertainDate.parse(event.when.edtf) if event.when else UNDATED,
        date_quote=date_quote,
        place=place,
        place_quote=Quote.of(text, place.start, place.end) if place else None,
        place_basis=event.basis,
        status_quote=status_quote,
        actors=actors,
        products=products,
        background=event.background,
        guessed=event.mention.guessed,
        more=tuple(_sentence_quote(text, other) for other in event.more),
    )


def _site_proposal(text: str, site: FoundSite, names: Names) -> SiteProposal:
    operators = names.actors(site.sentence, site.first)
    return SiteProposal(
        kind=site.kind,
        name=site_name(text, site, operators),
        status=site.status,
        quote=_sentence_quote(text, site.sentence),
        place=site.place,
        place_quote=Quote.of(text, site.place.start, site.place.end),
        operators=operators,
        products=names.products(site.sentence, site.first),
        more=tuple(_sentence_quote(text, other) for other in site.more),
    )
