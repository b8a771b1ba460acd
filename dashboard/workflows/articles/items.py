"""The proposals of an article, as somebody who decides about them sees them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.articles.language import language_of
from dashboard.articles.reading.clean import blocks_of
from dashboard.domain.access import Person, Right, may, require
from dashboard.domain.dossier import Dossier
from dashboard.errors import PermissionDeniedError, RecordNotFoundError
from dashboard.store.drafts.articles import ArticleDraft, ArticleLine, StoredArticle
from dashboard.store.drafts.drafts import Draft, DraftState
from dashboard.store.store import Store
from dashboard.workflows.articles.additions import Added
from dashboard.workflows.editing.dossier_form import DossierForm

__all__ = ["ASIDE", "Item", "OpenArticle", "Seen", "articles_of", "junk_of", "new_form", "open_article"]

Seen = Callable[[Dossier], Dossier]
ASIDE: Final = "put aside: "
"""What the reason begins with of a proposal that made room for another."""


@dataclass(frozen=True, slots=True)
class Item:
    """One proposal of an article, as a reviewer sees it.

    Parameters
    ----------
    link
        The proposal and its draft.
    revision
        Revision of its record that is published now; 0 for none.
    shown
        The proposed record as whoever looks may see it; None as long as it cannot be read.
    """

    link: ArticleDraft
    revision: int
    shown: Dossier | None = None

    @property
    def draft(self) -> Draft:
        """The draft."""
        return self.link.draft

    @property
    def origin(self) -> Mapping[str, Any]:
        """Where it comes from."""
        return self.draft.origin

    @property
    def relation(self) -> str:
        """``new``, ``adds a source to`` or ``contradicts``."""
        return str(self.origin.get("relation", "new"))

    @property
    def machine(self) -> Sequence[Mapping[str, Any]]:
        """What the machine said: its facts with the words they stand on."""
        return list(self.origin.get("machine", ()))

    @property
    def added(self) -> Added | None:
        """What it adds to a record; None when it proposes one of its own."""
        data = self.origin.get("added")
        return Added.from_json(data) if data else None

    @property
    def made(self) -> Dossier | None:
        """The record as the machine made it; None for an addition."""
        text = self.origin.get("dossier")
        return Dossier.from_json(text) if text else None

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.draft.state in (DraftState.SUBMITTED, DraftState.WORKING)

    @property
    def is_edited(self) -> bool:
        """Whether a person changed what the machine said."""
        now, added = self.draft.dossier, self.added
        if now is None:
            return True
        if added is None:
            return now != self.made
        before, after = self.versions
        return not added.stands_in(now) or _apart(before) != _apart(after)

    @property
    def versions(self) -> tuple[DossierForm, DossierForm]:
        """What the machine began from or made, and what it is now, as its author sees it."""
        after = DossierForm.from_text(self.draft.form)
        if self.made is not None:
            return DossierForm.of(self.made), after
        return DossierForm.from_text(after.base), after

    @property
    def spans(self) -> list[Mapping[str, Any]]:
        """The words it stands on."""
        return [span for one in self.machine for span in one.get("spans", ())]

    @property
    def start(self) -> int:
        """Where its first words stand in the text."""
        return min((int(span["start"]) for span in self.spans if span["role"] == "quote"), default=0)


@dataclass(frozen=True, slots=True)
class OpenArticle:
    """An article with what was proposed from it.

    Parameters
    ----------
    article
        The article.
    items
        Its proposals in the order of its text; those that were put aside for another are left out.
    newer
        Id of the article with the text that stands at its address by now; empty when that is the same. What
        waits is to be looked at again then.
    """

    article: StoredArticle
    items: tuple[Item, ...]
    newer: str = ""

    @property
    def open(self) -> tuple[Item, ...]:
        """Proposals that wait."""
        return tuple(item for item in self.items if item.is_open)


def articles_of(store: Store, person: Person, limit: int = 200) -> tuple[ArticleLine, ...]:
    """List articles: everybody's for a reviewer, else one's own.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.
    limit
        Most lines.

    Returns
    -------
    tuple of ArticleLine
        Latest first.

    Raises
    ------
    PermissionDeniedError
        The person may not propose.
    """
    require(person, Right.PROPOSE)
    return store.articles.list(None if may(person, Right.REVIEW) else person.id, limit)


def open_article(store: Store, person: Person, article_id: str, seen: Seen) -> OpenArticle:
    """Open an article to look at what was proposed from it.

    Parameters
    ----------
    store
        The store.
    person
        Who looks.
    article_id
        Its id.
    seen
        Gives a dossier as the person may see it.

    Returns
    -------
    OpenArticle
        The article and its proposals.

    Raises
    ------
    PermissionDeniedError
        It was brought by somebody else, and the person is no reviewer.
    RecordNotFoundError
        There is no such article.
    """
    require(person, Right.PROPOSE)
    article = store.articles.get(article_id)
    if article.person_id != person.id and not may(person, Right.REVIEW):
        raise PermissionDeniedError("look at this article", "somebody else brought it")
    items = [
        Item(link, _revision(store, link.draft), _shown(link.draft, seen))
        for link in store.articles.drafts(article_id)
        if _is_theirs(link.draft, person)
    ]
    shown = [item for item in items if not item.draft.decided_why.startswith(ASIDE)]
    in_order = tuple(sorted(shown, key=lambda item: (item.start, item.link.key)))
    return OpenArticle(article, in_order, store.articles.replaced_by(article_id))


def junk_of(article: StoredArticle) -> list[tuple[int, int]]:
    """Say which parts of a text are page and no story.

    Parameters
    ----------
    article
        The article.

    Returns
    -------
    list of tuple of (int, int)
        Offsets where they begin and end.
    """
    blocks = blocks_of(article.text, language_of(article.language))
    return [(block.start, block.end) for block in blocks if block.role == "junk"]


def new_form(dossier: Dossier) -> str:
    """Give the form of a record that is not published yet.

    Parameters
    ----------
    dossier
        The record.

    Returns
    -------
    str
        Its form, which begins from nothing.
    """
    form = DossierForm.of(dossier)
    form.base = ""
    return form.to_text()


def _is_theirs(draft: Draft, person: Person) -> bool:
    """Whether somebody may see a draft: of a record, a reviewer's may hold more than they are shown."""
    return not draft.base_revision or draft.author_id == person.id or may(person, Right.REVIEW)


def _apart(form: DossierForm) -> tuple[object, ...]:
    """Give what an added source leaves alone."""
    return form.record, form.rows["locations"], form.rows["site_status"]


def _shown(draft: Draft, seen: Seen) -> Dossier | None:
    # What is no record yet is all its author's; of a record, only what may be seen of it.
    return seen(draft.dossier) if draft.dossier and draft.base_revision else draft.dossier


def _revision(store: Store, draft: Draft) -> int:
    if not draft.base_revision or draft.state is DraftState.ACCEPTED:
        return draft.base_revision
    try:
        found = store.repository.revision(draft.record_id)
    except RecordNotFoundError:
        return 0
    return 0 if found.deleted else found.number
