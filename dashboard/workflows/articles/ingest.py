"""An article into the review queue: read once, each fact a draft that a person accepts, edits or rejects.

What the atlas tells already becomes one more source for its record, or a contradiction, and never a second
record. The same article brought twice adds nothing. Nothing here is public: see docs/article-review.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from dashboard.articles.extractors.protocol import Extractor, RulesExtractor
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import EventProposal, Extraction, SiteProposal
from dashboard.articles.reading import Article, Reading
from dashboard.articles.reading.labels import day_of_edtf
from dashboard.domain.access import Person, Right, require
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Actor, Citation, Event, Location, Site
from dashboard.errors import RecordNotFoundError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces, resolve
from dashboard.geocoding.mentions.language import guess_language
from dashboard.geocoding.mentions.tokens import Tokens
from dashboard.store.drafts.articles import ArticleState, Keyed, NewArticle, StoredArticle
from dashboard.store.drafts.drafts import Proposal
from dashboard.store.store import Store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.articles.additions import Added, addition
from dashboard.workflows.articles.extract import actor_table, named_places
from dashboard.workflows.articles.machine import as_json
from dashboard.workflows.articles.match_records import Match, RecordMatcher
from dashboard.workflows.articles.records import RecordMaker, source_of
from dashboard.workflows.articles.waiting_twins import waiting_twin
from dashboard.workflows.editing.dossier_check import dossier_problems
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.views.evidence import Library

__all__ = ["Finder", "Ingested", "bring", "ingest", "propose", "refuse"]

Seen = Callable[[Dossier], Dossier]
Found = EventProposal | SiteProposal
_MARK: Final = 6


@dataclass(frozen=True, slots=True)
class Finder:
    """What finding facts in articles needs, opened once.

    Parameters
    ----------
    library
        All records, as the person who brings articles may see them.
    gazetteer
        Where places are looked up.
    hand_decided
        Places that win over it.
    seen
        Gives a dossier as that person may see it.
    extractor
        What makes proposals of a text and its places.
    """

    library: Library
    gazetteer: Gazetteer
    hand_decided: HandDecidedPlaces
    seen: Seen = field(default=lambda dossier: dossier)
    extractor: Extractor = field(default_factory=RulesExtractor)

    @property
    def name(self) -> str:
        """Name and version of the extractor; a higher one reads again what nobody has touched."""
        return f"{self.extractor.name} {self.extractor.version}"

    def extract(self, article: Article) -> Extraction:
        """Find what an article tells.

        Parameters
        ----------
        article
            The article.

        Returns
        -------
        Extraction
            Proposals with their quotes.
        """
        actors = self.library.memo.get(
            "articles: actors",
            lambda: actor_table(
                one.record for one in self.library.evidence.values() if isinstance(one.record, Actor)
            ),
        )
        language = article.language or guess_language(article.text, Tokens(article.text))
        places = named_places(
            article.text, language, gazetteer=self.gazetteer, hand_decided=self.hand_decided
        )
        return self.extractor.extract(replace(article, language=language), places, actors)

    def matcher(self) -> RecordMatcher:
        """Give what compares proposals with the records of the atlas.

        Returns
        -------
        RecordMatcher
            The same one as long as the records are the same.
        """

        def make() -> RecordMatcher:
            records = [one.record for one in self.library.evidence.values()]
            return RecordMatcher(
                (one for one in records if isinstance(one, Event)),
                (one for one in records if isinstance(one, Site)),
                (place for one in self.library.evidence.values() for place in one.locations),
            )

        found: RecordMatcher = self.library.memo.get("articles: matcher", make)
        return found

    def explain(self, place: NamedPlace) -> str:
        """Say why the geocoder takes a place, and what else was possible.

        Parameters
        ----------
        place
            The place.

        Returns
        -------
        str
            Its reason; empty for a place that no gazetteer knows.
        """
        if not place.place_id:
            return ""
        found = resolve(
            place.surface,
            gazetteer=self.gazetteer,
            hand_decided=self.hand_decided,
            country=place.country or None,
        )
        others = len(found.candidates) - 1
        more = (
            f", {others} other candidates" if others > 1 else ", one other candidate" if others == 1 else ""
        )
        doubt = "; others of that name are nearly as likely" if place.doubtful else ""
        return f"{found.reason}{more}{doubt}"


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of an article that was brought.

    Parameters
    ----------
    article
        The article.
    made
        How many proposals wait because of it.
    known
        Whether it had been read before.
    """

    article: StoredArticle
    made: int
    known: bool = False


def bring(store: Store, person: Person, reading: Reading, *, archive_key: str = "") -> StoredArticle:
    """Keep an article that was read.

    Parameters
    ----------
    store
        The store.
    person
        Who brings it.
    reading
        The article as read.
    archive_key
        Name of the original in the archive; empty when it is not kept there.

    Returns
    -------
    StoredArticle
        The article; the one of before when the same was brought before.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    TextError
        It cannot be kept as it is.
    StoreError
        The database fails.
    """
    require(person, Right.PROPOSE, store.control.mode())
    article = reading.article
    new = NewArticle(
        reading.sha256,
        article.text,
        article.url,
        article.title,
        article.publisher,
        reading.published,
        article.language,
        reading.retrieved,
        reading.kind,
        reading.warnings,
        archive_key,
    )
    return store.articles.keep(new, Operation.by(person, "bring article", reading.sha256[:40]))


def refuse(store: Store, person: Person, new: NewArticle, reason: str) -> StoredArticle:
    """Keep that an article could not be read, so that its batch goes on and somebody sees why.

    Parameters
    ----------
    store
        The store.
    person
        Who brings it.
    new
        What is known of it.
    reason
        Why it could not be read.

    Returns
    -------
    StoredArticle
        The article.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    """
    require(person, Right.PROPOSE, store.control.mode())
    operation = Operation.by(person, "bring article", new.sha256[:40])
    return store.articles.keep(new, operation, refused=reason)


def ingest(store: Store, person: Person, reading: Reading, finder: Finder) -> Ingested:
    """Keep an article and put what it tells into the queue.

    Parameters
    ----------
    store
        The store.
    person
        Who brings it; the author of the drafts.
    reading
        The article as read.
    finder
        What finds facts.

    Returns
    -------
    Ingested
        What became of it.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    StoreError
        The database fails; what was kept is kept, and trying again is safe.
    """
    article = bring(store, person, reading)
    if article.state is ArticleState.READ and article.extractor == finder.name:
        return Ingested(article, 0, known=True)
    return propose(store, person, article, finder)


def propose(
    store: Store,
    person: Person,
    article: StoredArticle,
    finder: Finder,
    extraction: Extraction | None = None,
) -> Ingested:
    """Put what a kept article tells into the queue.

    Parameters
    ----------
    store
        The store.
    person
        Who has it read; the author of the drafts.
    article
        The article.
    finder
        What finds facts and compares them.
    extraction
        What was found in it already, by another process; None to find it now.

    Returns
    -------
    Ingested
        What became of it.

    Raises
    ------
    PermissionDeniedError
        The person may not propose, or not now.
    """
    require(person, Right.PROPOSE, store.control.mode())
    known = article.state is ArticleState.READ
    text = Article(
        article.text,
        article.language,
        day_of_edtf(article.published),
        article.title,
        article.publisher,
        article.url,
    )
    found = finder.extract(text) if extraction is None else extraction
    before = {one.key: one.draft.record_id for one in store.articles.drafts(article.id)} if known else {}
    taken = set(finder.library.evidence) | store.articles.taken_ids()
    taken |= {gone.record_id for gone in store.repository.deleted()}
    source = source_of(article, finder.library.sources.values())
    maker = RecordMaker(article, source, found.places, finder.explain, taken, before, extractor=finder.name)
    proposals = list(_proposals(store, found, maker, finder))
    operation = Operation.by(person, "read article", article.id)
    made = store.articles.propose(article.id, finder.name, proposals, operation)
    return Ingested(store.articles.get(article.id), made, known)


def _proposals(store: Store, found: Extraction, maker: RecordMaker, finder: Finder) -> Iterable[Keyed]:
    told: dict[str, list[tuple[Found, Match]]] = defaultdict(list)
    for key, one in _keyed((*found.events, *found.sites)):
        match = _match(one, finder)
        if match is not None:
            told[match.record].append((one, match))
            continue
        maker.key = key
        alone = _alone(one, maker)
        twin = waiting_twin(store, maker.article.id, one, alone)
        yield _new(key, alone, _origin(maker, key, "new", [one], twin), finder)
    maker.key = ""
    for record_id, group in told.items():
        again = _told_again(store, record_id, group, maker, finder)
        if again is not None:
            yield again


def _alone(one: Found, maker: RecordMaker) -> Dossier:
    return maker.event(one) if isinstance(one, EventProposal) else maker.site(one)


def _match(one: Found, finder: Finder) -> Match | None:
    matcher = finder.matcher()
    return matcher.event(one) if isinstance(one, EventProposal) else matcher.site(one)


def _keyed(proposals: Sequence[Found]) -> Iterable[tuple[str, Found]]:
    """Give each proposal a name that another reading of the same text would give it too."""
    seen: dict[str, int] = defaultdict(int)
    for one in proposals:
        table = "event" if isinstance(one, EventProposal) else "site"
        stem = f"{table}-{one.quote.start:06d}-{one.kind}"
        seen[stem] += 1
        yield (stem if seen[stem] == 1 else f"{stem}-{seen[stem]}"), one


def _new(key: str, dossier: Dossier, origin: dict[str, Any], finder: Finder) -> Keyed:
    dossier = _placed_well(dossier, finder.library)
    form = DossierForm.of(dossier)
    form.base = ""  # nothing of it is published
    origin["dossier"] = dossier.to_json()
    proposal = Proposal(dossier.id, dossier.table, 0, dossier, form=form.to_text(), origin=origin)
    return Keyed(key, proposal, complete=not dossier_problems(dossier, finder.library))


def _placed_well(dossier: Dossier, library: Library) -> Dossier:
    """Take a point away that the rules of the atlas refuse; the words of the source stay."""
    wrong = {found.row_id for found in dossier_problems(dossier, library) if found.table == "locations"}
    return replace(
        dossier, locations=tuple(_pointless(row) if row.id in wrong else row for row in dossier.locations)
    )


def _pointless(row: Location) -> Location:
    return replace(
        row,
        place_id="",
        lat=None,
        lon=None,
        precision="none",
        precision_m=None,
        method="none",
        reason=f"not placed: {row.reason}",
    )


def _told_again(
    store: Store,
    record_id: str,
    group: Sequence[tuple[Found, Match]],
    maker: RecordMaker,
    finder: Finder,
) -> Keyed | None:
    """Make one more citation of a record the atlas has, of all that the article tells of it."""
    try:
        published, revision = store.repository.dossier(record_id)
    except RecordNotFoundError:
        return None
    rows: list[Citation] = []
    for number, (one, match) in enumerate(group, 1):
        mark = f"-{maker.article.sha256[:_MARK]}-{number}"
        if match.relation == "contradicts":
            quote = getattr(one, f"{match.field}_quote", None) or one.quote
            value = str(getattr(one, match.field))
            rows.append(maker.contradiction(record_id, match.field, value, quote, mark))
        else:
            low = isinstance(one, EventProposal) and one.guessed
            rows += maker.citations(record_id, (one.quote, *one.more), {}, low=low, mark=mark)
    rows = _not_cited_yet(published, rows)
    if not rows:
        return None
    contradicts = any(row.stance == "contradicts" for row in rows)
    relation = "contradicts" if contradicts else "adds a source to"
    key = f"record-{record_id}"
    reasons = dict.fromkeys(match.reason for _, match in group)  # told twice, it has one reason all the same
    origin = _origin(maker, key, relation, [one for one, _ in group], "; ".join(reasons))
    # What it would be on its own, for the person who sees that it is something else.
    origin["alone"] = [_alone(one, maker).to_json() for one, _ in group]
    origin["added"] = Added(tuple(rows), maker.source).as_json()
    return Keyed(key, addition(published, revision, Added(tuple(rows), maker.source), finder.seen, origin))


def _not_cited_yet(published: Dossier, rows: Iterable[Citation]) -> list[Citation]:
    there = {(row.source_id, row.quote, row.field, row.stance) for row in published.citations}
    ids = {row.id for row in published.citations}
    return [
        row
        for row in rows
        if (row.source_id, row.quote, row.field, row.stance) not in there and row.id not in ids
    ]


def _origin(
    maker: RecordMaker, key: str, relation: str, found: Sequence[Found], reason: str
) -> dict[str, Any]:
    return {
        "kind": "article",
        "article": maker.article.id,
        "key": key,
        "extractor": maker.extractor,
        "relation": relation,
        "reason": reason,
        "machine": [as_json(one) for one in found],
    }
