"""Many articles into the queue: read one after the other, found by one process or several, kept by one.

Each article is kept by itself: what fails is named, and the rest goes on. The same batch run again adds
nothing, so that a run that was stopped is simply run again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from dashboard.articles.extractors.protocol import Extractor
from dashboard.articles.finding.names import ActorTable, KnownActor
from dashboard.articles.proposals import Extraction
from dashboard.articles.reading import Article
from dashboard.articles.reading.labels import day_of_edtf, label
from dashboard.domain.access import Person
from dashboard.domain.records import Actor
from dashboard.errors import AtlasError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.settings import Settings
from dashboard.store.drafts.articles import ArticleState, NewArticle, StoredArticle
from dashboard.store.store import Store
from dashboard.workflows.articles.extract import named_places
from dashboard.workflows.articles.facts import Facts, guess_facts, with_facts
from dashboard.workflows.articles.ingest import Finder, bring, propose, refuse
from dashboard.workflows.articles.read_articles import ReadSource, RefusedSource, is_url
from dashboard.workflows.geocoding.bulk import same_gazetteer, spread

__all__ = ["Brought", "Spread", "ingest_all", "spread_over"]

_MOST_IN_TITLE: Final = 300
Pair = tuple[StoredArticle, Extraction | str]
Spread = Callable[[Iterable[StoredArticle]], Iterator[Pair]]
_State = Literal["read", "known", "refused"]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one source of a batch.

    Parameters
    ----------
    source
        Path or address.
    state
        ``read``, ``known`` from before, or ``refused``.
    made
        How many proposals wait because of it.
    reason
        Why it was refused.
    article
        Id of the article; empty when it could not be kept.
    """

    source: str
    state: _State
    made: int = 0
    reason: str = ""
    article: str = ""


def ingest_all(
    store: Store,
    person: Person,
    sources: Iterable[ReadSource | RefusedSource],
    finder: Finder,
    *,
    facts: Facts | None = None,
    run: Spread | None = None,
) -> Iterator[Brought]:
    """Put a batch of articles into the queue.

    Parameters
    ----------
    store
        The store.
    person
        Who brings them; the author of the drafts.
    sources
        Articles and refusals, as they are read.
    finder
        What finds facts and compares them.
    facts
        What a person says of all of them; only what a source does not say itself is taken.
    run
        Finds facts in many articles, such as what `spread_over` gives; None for this process.

    Yields
    ------
    Brought
        One for each source; refusals and known ones first among those that are found together.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    StoreError
        The database fails.
    """
    names: dict[str, str] = {}
    aside: list[Brought] = []

    def waiting() -> Iterator[StoredArticle]:
        for source in sources:
            if isinstance(source, RefusedSource):
                refuse(store, person, _refused(source), source.reason)
                aside.append(Brought(source.source, "refused", reason=source.reason))
                continue
            article, problem = _kept(store, person, source, facts or Facts())
            if article is None:
                aside.append(Brought(source.source, "refused", reason=problem))
            elif article.state is ArticleState.READ and article.extractor == finder.name:
                aside.append(Brought(source.source, "known", article=article.id))
            else:
                names[article.id] = source.source
                yield article

    for article, found in (run or _here(finder))(waiting()):
        yield from _taken(aside)
        name = names.pop(article.id, article.title)
        if isinstance(found, str):
            yield Brought(name, "refused", reason=found, article=article.id)
            continue
        done = propose(store, person, article, finder, found)
        yield Brought(name, "read", done.made, article=article.id)
    yield from _taken(aside)


def _taken(aside: list[Brought]) -> Iterator[Brought]:
    while aside:
        yield aside.pop(0)


def _kept(store: Store, person: Person, source: ReadSource, facts: Facts) -> tuple[StoredArticle | None, str]:
    """Keep an article; what it says of itself wins over what was said of the batch."""
    reading = source.reading
    article = reading.article
    own = guess_facts(article.text) if reading.kind == "text" else Facts()
    try:
        reading = with_facts(
            reading,
            Facts(
                title=article.title or own.title or facts.title,
                publisher=article.publisher or facts.publisher,
                url=article.url or facts.url,
                published=reading.published or own.published or facts.published,
                language=article.language or own.language or facts.language,
            ),
        )
        return bring(store, person, reading), ""
    except AtlasError as error:
        if isinstance(error, ValueError):
            return None, str(error)
        raise


def _refused(source: RefusedSource) -> NewArticle:
    name = label(source.source, _MOST_IN_TITLE)
    return NewArticle(
        hashlib.sha256(f"refused {source.source}".encode("utf-8", "replace")).hexdigest(),
        "",
        url=name if is_url(source.source) else "",
        title="" if is_url(source.source) else name,
    )


def _here(finder: Finder) -> Spread:
    def run(articles: Iterable[StoredArticle]) -> Iterator[Pair]:
        for article in articles:
            try:
                yield article, finder.extract(_text(article))
            except AtlasError as error:
                yield article, str(error)

    return run


def _text(article: StoredArticle) -> Article:
    return Article(
        article.text,
        article.language,
        day_of_edtf(article.published),
        article.title,
        article.publisher,
        article.url,
    )


@dataclass(frozen=True)
class _Plan:
    """What a worker needs to find facts."""

    settings: Settings
    gazetteer: Path
    gazetteer_sha256: str
    hand_decided: HandDecidedPlaces
    actors: tuple[KnownActor, ...]
    key: str


def spread_over(finder: Finder, settings: Settings, *, workers: int = 0, scheduler: str = "") -> Spread:
    """Have facts found by several processes over Dask; the store is written by this one alone.

    Parameters
    ----------
    finder
        What finds facts here.
    settings
        Which extractor, and where the gazetteer lies.
    workers
        How many processes of this machine.
    scheduler
        Address of a running scheduler instead.

    Returns
    -------
    Spread
        For `ingest_all`; it raises BulkError without Dask, or when workers are lost.
    """
    known = [one.record for one in finder.library.evidence.values() if isinstance(one.record, Actor)]
    sha256 = finder.gazetteer.meta.get("content_sha256", "")
    plan = _Plan(
        settings,
        settings.gazetteer_path.resolve(),
        sha256,
        finder.hand_decided,
        tuple(KnownActor(one.id, (one.name, *one.names), one.kind) for one in known if one.kind != "state"),
        f"{finder.library.version} {sha256} {finder.name}",
    )

    def run(articles: Iterable[StoredArticle]) -> Iterator[Pair]:
        return spread(_find, plan, articles, workers=workers, scheduler=scheduler)

    return run


_OPEN: dict[str, tuple[Extractor, ActorTable, Gazetteer]] = {}


def _find(plan: _Plan, article: StoredArticle) -> Pair:
    """Find the facts of one article; this is what runs in a worker."""
    from dashboard.articles.extractors.registry import build_extractor

    if plan.key not in _OPEN:
        _OPEN.clear()
        gazetteer = same_gazetteer(plan.gazetteer, plan.gazetteer_sha256)
        _OPEN[plan.key] = (build_extractor(plan.settings), ActorTable(plan.actors), gazetteer)
    extractor, actors, gazetteer = _OPEN[plan.key]
    text = _text(article)
    try:
        language = text.language or guess_language(text.text, Tokens(text.text))
        places = named_places(text.text, language, gazetteer=gazetteer, hand_decided=plan.hand_decided)
        return article, extractor.extract(replace(text, language=language), places, actors)
    except AtlasError as error:
        return article, str(error)
