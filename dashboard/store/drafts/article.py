"""What is kept of an article: its text, where it is from, who brought it, how far its reading has come."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import RowMapping

from dashboard.errors import TextError
from dashboard.store.database.texts import check_line, is_storable
from dashboard.store.drafts.draft import Draft, Proposal

__all__ = ["ArticleDraft", "ArticleLine", "ArticleState", "Keyed", "NewArticle", "StoredArticle"]

_MOST_IN_LINE: Final = 2_000
_MOST_IN_TEXT: Final = 2_000_000
_MOST_WARNINGS: Final = 100
_LINES: Final = ("sha256", "url", "title", "publisher", "published", "language")


class ArticleState(StrEnum):
    """How far the reading of an article has come."""

    QUEUED = "queued"
    READ = "read"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An article to be kept.

    Parameters
    ----------
    sha256
        Hash of the source's bytes: what was read before is not kept twice.
    text
        Text that offsets count in; empty for a source that could not be read.
    url, title, publisher
        Where it is from; each may be empty.
    published
        When it was published, as EDTF; may be empty.
    language
        ISO 639-1 code; may be empty.
    retrieved
        When it was read, ISO 8601, UTC.
    read_by
        What it was read as, such as ``text`` or ``pdf``.
    warnings
        What a reviewer should know of its reading.
    archive_key
        Name of the original in the archive; empty when it is not kept there.

    Raises
    ------
    TextError
        If a text is too long or holds what no database keeps.
    """

    sha256: str
    text: str
    url: str = ""
    title: str = ""
    publisher: str = ""
    published: str = ""
    language: str = ""
    retrieved: str = ""
    read_by: str = "text"
    warnings: tuple[str, ...] = ()
    archive_key: str = ""

    def __post_init__(self) -> None:
        for name in _LINES:
            check_line(name, getattr(self, name), _MOST_IN_LINE, empty=name != "sha256")
        if len(self.text) > _MOST_IN_TEXT:
            raise TextError("text", f"has {len(self.text):,} characters: keep at most {_MOST_IN_TEXT:,}")
        if not all(map(is_storable, (self.text, self.archive_key, *self.warnings))):
            raise TextError("text", "holds characters that no database keeps: take them out")

    def row(self) -> dict[str, str]:
        """Give what the table keeps of it.

        Returns
        -------
        dict of str to str
            Values by column.
        """
        names = (*_LINES, "text", "retrieved", "read_by", "archive_key")
        return {name: getattr(self, name) for name in names} | {
            "warnings": json.dumps(self.warnings[:_MOST_WARNINGS])
        }


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article as kept.

    Parameters
    ----------
    id
        Its id.
    sha256, url, title, publisher, published, language, text, retrieved, read_by, warnings
        As in `NewArticle`.
    state
        How far its reading has come.
    reason
        Why it was refused; empty when it was not.
    extractor
        Name and version of what read it last; empty before.
    replaces
        Id of the article that stood at the same address before, with another text; empty for none.
    archive_key
        As in `NewArticle`.
    who, person_id
        Who brought it.
    at
        When, ISO 8601, UTC.
    """

    id: str
    sha256: str
    url: str
    title: str
    publisher: str
    published: str
    language: str
    text: str
    retrieved: str
    read_by: str
    warnings: tuple[str, ...]
    state: ArticleState
    reason: str
    extractor: str
    replaces: str
    archive_key: str
    who: str
    person_id: str
    at: str

    @classmethod
    def of(cls, row: RowMapping) -> "StoredArticle":
        """Make it of a row.

        Parameters
        ----------
        row
            Row of the table ``articles``.

        Returns
        -------
        StoredArticle
            The article.
        """
        read: dict[str, Any] = {
            "warnings": tuple(json.loads(row["warnings"])),
            "state": ArticleState(row["state"]),
        }
        return cls(**{**row, **read})


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in a list, without its text.

    Parameters
    ----------
    id, title, publisher, url, published, language, state, reason, who, person_id, at
        As in `StoredArticle`.
    drafts
        How many of its proposals are in each state of a draft.
    """

    id: str
    title: str
    publisher: str
    url: str
    published: str
    language: str
    state: ArticleState
    reason: str
    who: str
    person_id: str
    at: str
    drafts: Mapping[str, int]

    @property
    def open(self) -> int:
        """How many proposals wait."""
        return self.drafts.get("submitted", 0) + self.drafts.get("working", 0)

    @property
    def is_done(self) -> bool:
        """Whether it was read and nothing of it waits."""
        return self.state is ArticleState.READ and not self.open


@dataclass(frozen=True, slots=True)
class Keyed:
    """A proposal of an article.

    Parameters
    ----------
    key
        Tells it from the others of the article; a new reading of the same text gives the same.
    proposal
        What is proposed.
    complete
        Whether it holds together, so that it can be decided about; else somebody completes it first.
    why
        What a reviewer reads above it.
    """

    key: str
    proposal: Proposal
    complete: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """A draft as a proposal of an article.

    Parameters
    ----------
    key
        Key of the proposal.
    extractor
        What proposed it.
    made
        Version of the draft as the machine left it.
    draft
        The draft.
    """

    key: str
    extractor: str
    made: int
    draft: Draft

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has changed or decided anything since the machine proposed it."""
        return self.draft.version == self.made
