"""An article as read: its whole text, untouched, and which parts of it are story and which are page.

The text is never cut or joined, so that every offset found later holds in what was archived.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

__all__ = ["Article", "Block", "Role"]

Role = Literal["headline", "heading", "prose", "junk"]
"""``headline``: the title; ``heading``: one inside the story; ``prose``: the story; ``junk``: the page."""


@dataclass(frozen=True, slots=True)
class Block:
    """One line or paragraph of a page.

    Parameters
    ----------
    start
        Offset of its first character.
    end
        Offset after its last character.
    role
        What it is.
    body
        Offset where the text behind the dateline begins; ``start`` when there is no dateline.
    """

    start: int
    end: int
    role: Role
    body: int

    @property
    def has_dateline(self) -> bool:
        """Whether it begins with a dateline, as the first paragraph of a story does."""
        return self.body > self.start


@dataclass(frozen=True, slots=True)
class Article:
    """A text with what is known of it.

    Parameters
    ----------
    text
        The text as read, page and all.
    language
        ISO 639-1 code.
    published
        Day of publication, or None.
    title
        Title that the source states apart from the text; may be empty.
    publisher
        Who published it; may be empty.
    url
        Where it was read; may be empty.
    """

    text: str
    language: str
    published: date | None = None
    title: str = ""
    publisher: str = ""
    url: str = ""
