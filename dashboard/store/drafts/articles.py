"""Articles and their proposals: brought once, read once, and each proposal a draft like any other.

The reset rules: what a person has edited or decided is never written over by another reading; what nobody has
touched follows the machine. A text that changed at its address is an article of its own, which names the one
it replaces.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, Engine, func, insert, select, update

from dashboard.errors import RecordNotFoundError
from dashboard.store.database.engine import reading
from dashboard.store.database.texts import is_storable
from dashboard.store.drafts.article import (
    ArticleDraft,
    ArticleLine,
    ArticleState,
    Keyed,
    NewArticle,
    StoredArticle,
)
from dashboard.store.drafts.checks import check_proposal, origin_of, text_of
from dashboard.store.drafts.draft import Draft, DraftState
from dashboard.store.trail.ledger import ARTICLE_DRAFTS, ARTICLES, DRAFTS
from dashboard.store.trail.operations import Operation
from dashboard.store.trail.recording import Step, perform

__all__ = ["ArticleDraft", "ArticleLine", "ArticleState", "Articles", "Keyed", "NewArticle", "StoredArticle"]

_LINES: Final = 200
_IN_LINE: Final = [
    ARTICLES.c[name]
    for name in (
        "id",
        "title",
        "publisher",
        "url",
        "published",
        "language",
        "state",
        "reason",
        "who",
        "person_id",
        "at",
    )
]


class Articles:
    """All articles.

    Parameters
    ----------
    engine
        Engine made by `dashboard.store.database.engine.open_engine`, migrated.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, article: NewArticle, operation: Operation, *, refused: str = "") -> StoredArticle:
        """Keep an article, once however often it is brought.

        Parameters
        ----------
        article
            The article.
        operation
            Who brings it.
        refused
            Why it could not be read; empty when it could. One that was refused is tried again when it is
            brought again.

        Returns
        -------
        StoredArticle
            The article, as it was kept first.
        """

        def write(step: Step) -> Mapping[str, Any]:
            known = _row(step.connection, ARTICLES.c.sha256 == article.sha256)
            if known is not None and (known.state is not ArticleState.REFUSED or refused):
                step.details |= {"article": known.id, "known": True}
                return {"id": known.id}
            values = article.row() | {
                "state": (ArticleState.REFUSED if refused else ArticleState.QUEUED).value,
                "reason": refused,
                "extractor": "",
                "replaces": _replaced(step.connection, article),
                "who": operation.who,
                "person_id": operation.person_id,
                "at": step.at,
            }
            if known is not None:
                step.connection.execute(update(ARTICLES).where(ARTICLES.c.id == known.id).values(values))
                found = known.id
            else:
                found = f"ar-{uuid4().hex}"
                step.connection.execute(insert(ARTICLES).values(id=found, **values))
            step.details |= {"article": found, "sha256": article.sha256, "state": values["state"]}
            return {"id": found}

        return self.get(perform(self._engine, operation, write).answer["id"])

    def propose(
        self, article_id: str, extractor: str, proposals: Sequence[Keyed], operation: Operation
    ) -> int:
        """Put what a machine read into the queue; all of it or nothing.

        Parameters
        ----------
        article_id
            Id of the article.
        extractor
            Name and version of the machine.
        proposals
            What it proposes. A proposal of a known key replaces the draft that nobody has touched, and
            leaves alone the one that somebody has.
        operation
            Who had it read; the author of the drafts.

        Returns
        -------
        int
            How many drafts were made.

        Raises
        ------
        RecordNotFoundError
            If there is no such article.
        DossierError
            If a proposal does not hold together.
        """
        for keyed in proposals:
            check_proposal(keyed.proposal)

        def write(step: Step) -> Mapping[str, Any]:
            if _row(step.connection, ARTICLES.c.id == article_id) is None:
                raise RecordNotFoundError(article_id)
            known = {one.key: one for one in _drafts(step.connection, article_id)}
            made = [
                _insert(step, article_id, extractor, keyed) for keyed in proposals if keyed.key not in known
            ]
            followed = [
                _follow(step, known[keyed.key], extractor, keyed) for keyed in proposals if keyed.key in known
            ]
            step.connection.execute(
                update(ARTICLES)
                .where(ARTICLES.c.id == article_id)
                .values(state=ArticleState.READ.value, reason="", extractor=extractor)
            )
            step.details |= {"article": article_id, "extractor": extractor, "drafts": made}
            step.details |= {"followed": sum(followed)}
            return {"made": len(made)}

        return int(perform(self._engine, operation, write).answer["made"])

    def add(self, article_id: str, keyed: Keyed, extractor: str, operation: Operation) -> Draft:
        """Put one more proposal of an article into the queue, such as one that a person made of two.

        Parameters
        ----------
        article_id
            Id of the article.
        keyed
            The proposal, with a key of its own.
        extractor
            What proposed it first.
        operation
            Who makes it; its author.

        Returns
        -------
        Draft
            The draft; for a known key the one that is there.
        """
        check_proposal(keyed.proposal)

        def write(step: Step) -> Mapping[str, Any]:
            known = {one.key: one.draft.id for one in _drafts(step.connection, article_id)}
            found = known.get(keyed.key) or _insert(step, article_id, extractor, keyed)
            step.details |= {"article": article_id, "draft": found}
            return {"id": found}

        draft_id = perform(self._engine, operation, write).answer["id"]
        with reading(self._engine) as connection:
            return _draft(connection, draft_id)

    def follow(self, one: ArticleDraft, keyed: Keyed, operation: Operation) -> bool:
        """Bring a proposal that nobody has touched up to what is published now.

        Parameters
        ----------
        one
            The proposal as it was seen.
        keyed
            What takes its place.
        operation
            Who has it done.

        Returns
        -------
        bool
            Whether it was; False when somebody has touched it meanwhile.
        """
        check_proposal(keyed.proposal)

        def write(step: Step) -> Mapping[str, Any]:
            article = str(one.draft.origin.get("article", ""))
            known = {found.key: found for found in _drafts(step.connection, article)}
            now = known.get(one.key)
            done = now is not None and _follow(step, now, one.extractor, keyed)
            step.details |= {"draft": one.draft.id, "followed": done}
            return {"done": done}

        return bool(perform(self._engine, operation, write).answer["done"])

    def get(self, article_id: str) -> StoredArticle:
        """Read an article.

        Parameters
        ----------
        article_id
            Its id.

        Returns
        -------
        StoredArticle
            The article.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        with reading(self._engine) as connection:
            chosen = ARTICLES.c.id == article_id
            found = _row(connection, chosen) if is_storable(article_id) else None
        if found is None:
            raise RecordNotFoundError(article_id)
        return found

    def find(self, sha256: str) -> StoredArticle | None:
        """Find an article by its source.

        Parameters
        ----------
        sha256
            Hash of the source's bytes.

        Returns
        -------
        StoredArticle or None
            None when it was never brought.
        """
        with reading(self._engine) as connection:
            return _row(connection, ARTICLES.c.sha256 == sha256)

    def replaced_by(self, article_id: str) -> str:
        """Find the article that stands at the same address by now.

        Parameters
        ----------
        article_id
            Id of the one that stood there.

        Returns
        -------
        str
            Id of the latest; empty when the text is still the same.
        """
        rows = select(ARTICLES.c.id).where(ARTICLES.c.replaces == article_id).order_by(ARTICLES.c.at.desc())
        with reading(self._engine) as connection:
            return connection.scalar(rows.limit(1)) or ""

    def list(
        self, person_id: str | None = None, limit: int = _LINES, offset: int = 0
    ) -> tuple[ArticleLine, ...]:
        """List articles, latest first.

        Parameters
        ----------
        person_id
            Who brought them; None for everybody's.
        limit
            Most lines.
        offset
            How many of the latest to leave out.

        Returns
        -------
        tuple of ArticleLine
            With the states of their proposals.
        """
        rows = select(*_IN_LINE).order_by(ARTICLES.c.at.desc(), ARTICLES.c.id).limit(limit).offset(offset)
        if person_id is not None:
            rows = rows.where(ARTICLES.c.person_id == person_id)
        with reading(self._engine) as connection:
            found = connection.execute(rows).mappings().all()
            counts = _counts(connection, [row["id"] for row in found])
        return tuple(
            ArticleLine(**{**row, "state": ArticleState(row["state"])}, drafts=counts[row["id"]])
            for row in found
        )

    def drafts(self, article_id: str) -> tuple[ArticleDraft, ...]:
        """Give the proposals of an article.

        Parameters
        ----------
        article_id
            Its id.

        Returns
        -------
        tuple of ArticleDraft
            By key.
        """
        with reading(self._engine) as connection:
            return _drafts(connection, article_id)

    def taken_ids(self) -> frozenset[str]:
        """Say which records drafts are about, or were: their ids are not given to others.

        Returns
        -------
        frozenset of str
            Ids of records.
        """
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(select(DRAFTS.c.record_id).distinct()))


def _row(connection: Connection, chosen: Any) -> StoredArticle | None:  # noqa: ANN401  # a condition
    row = connection.execute(select(ARTICLES).where(chosen)).mappings().one_or_none()
    return None if row is None else StoredArticle.of(row)


def _replaced(connection: Connection, article: NewArticle) -> str:
    if not article.url:
        return ""
    before = (
        select(ARTICLES.c.id)
        .where(ARTICLES.c.url == article.url, ARTICLES.c.sha256 != article.sha256)
        .order_by(ARTICLES.c.at.desc())
        .limit(1)
    )
    return connection.scalar(before) or ""


def _counts(connection: Connection, ids: Sequence[str]) -> Mapping[str, Counter[str]]:
    rows = (
        select(ARTICLE_DRAFTS.c.article_id, DRAFTS.c.state, func.count())
        .join(DRAFTS, DRAFTS.c.id == ARTICLE_DRAFTS.c.draft_id)
        .where(ARTICLE_DRAFTS.c.article_id.in_(ids))
        .group_by(ARTICLE_DRAFTS.c.article_id, DRAFTS.c.state)
    )
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for article_id, state, count in connection.execute(rows):
        found[article_id][state] = count
    return found


def _draft(connection: Connection, draft_id: str) -> Draft:
    row = connection.execute(select(DRAFTS).where(DRAFTS.c.id == draft_id)).mappings().one()
    return Draft.of(row)


def _drafts(connection: Connection, article_id: str) -> tuple[ArticleDraft, ...]:
    if not is_storable(article_id):
        return ()
    links = (
        select(ARTICLE_DRAFTS)
        .where(ARTICLE_DRAFTS.c.article_id == article_id)
        .order_by(ARTICLE_DRAFTS.c.draft_id)
    )
    found = {row["draft_id"]: row for row in connection.execute(links).mappings()}
    rows = select(DRAFTS).where(DRAFTS.c.id.in_(list(found)))
    drafts = {row["id"]: Draft.of(row) for row in connection.execute(rows).mappings()}
    return tuple(
        sorted(
            (
                ArticleDraft(link["key"], link["extractor"], link["made"], drafts[draft_id])
                for draft_id, link in found.items()
            ),
            key=lambda one: one.key,
        )
    )


def _insert(step: Step, article_id: str, extractor: str, keyed: Keyed) -> str:
    proposal, operation = keyed.proposal, step.operation
    state = DraftState.SUBMITTED if keyed.complete else DraftState.WORKING
    row = {
        "id": f"dr-{uuid4().hex}",
        "record_id": proposal.record_id,
        "table": proposal.table,
        "deletion": False,
        "state": state.value,
        "author_id": operation.person_id,
        "author": operation.who,
        "origin": origin_of(proposal),
        "base_revision": proposal.base_revision,
        "version": 1,
        "dossier": text_of(proposal.dossier),
        "form": proposal.form,
        "why": keyed.why or operation.why,
        "created_at": step.at,
        "updated_at": step.at,
        "submitted_at": step.at if keyed.complete else "",
    }
    nothing_yet = ("decided_by_id", "decided_by", "decided_why", "decided_at")
    step.connection.execute(insert(DRAFTS).values(row | dict.fromkeys(nothing_yet, "")))
    link = {"article_id": article_id, "key": keyed.key, "draft_id": row["id"]}
    step.connection.execute(insert(ARTICLE_DRAFTS).values(link | {"extractor": extractor, "made": 1}))
    return str(row["id"])


def _follow(step: Step, known: ArticleDraft, extractor: str, keyed: Keyed) -> bool:
    """Write a draft anew, if nobody has touched it and there is something new; its record stays the same."""
    draft, proposal = known.draft, keyed.proposal
    same_record = (draft.record_id, draft.table) == (proposal.record_id, proposal.table)
    waits = draft.state in (DraftState.SUBMITTED, DraftState.WORKING)
    same = draft.dossier == proposal.dossier and draft.base_revision == proposal.base_revision
    if not (known.is_untouched and same_record and waits) or same:
        return False
    state = DraftState.SUBMITTED if keyed.complete else DraftState.WORKING
    values = {
        "state": state.value,
        "origin": origin_of(proposal),
        "base_revision": proposal.base_revision,
        "dossier": text_of(proposal.dossier),
        "form": proposal.form,
        "version": draft.version + 1,
        "updated_at": step.at,
        "submitted_at": draft.submitted_at or (step.at if keyed.complete else ""),
    }
    step.connection.execute(update(DRAFTS).where(DRAFTS.c.id == draft.id).values(values))
    step.connection.execute(
        update(ARTICLE_DRAFTS)
        .where(ARTICLE_DRAFTS.c.draft_id == draft.id)
        .values(extractor=extractor, made=draft.version + 1)
    )
    return True
