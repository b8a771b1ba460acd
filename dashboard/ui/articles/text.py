"""An article as it was read, with the words that proposals stand on; all of it as text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import streamlit as st

from dashboard.store.drafts.articles import StoredArticle
from dashboard.ui.words import as_html
from dashboard.workflows.articles.items import Item, junk_of

__all__ = ["LEGEND", "Mark", "marked_text", "marks_of", "show_text"]

_HEIGHT: Final = 620
_FAR: Final = 900
"""So many characters before a quote are folded away, so that it stands in view."""
LEGEND: Final = {
    "event": "what happened",
    "place": "place",
    "date": "date",
    "actor": "actor",
    "product": "product",
    "status": "status",
}
"""Roles of words that are coloured, in words."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of the text that are marked.

    Parameters
    ----------
    start
        Offset of the first character.
    end
        Offset after the last character.
    role
        What they are: ``quote``, ``junk`` or a role of `LEGEND`.
    on
        Whether they belong to the proposal that is looked at.
    """

    start: int
    end: int
    role: str
    on: bool = False


def marks_of(items: Iterable[Item], selected: str) -> list[Mark]:
    """List the words that proposals stand on.

    Parameters
    ----------
    items
        The proposals.
    selected
        Id of the draft that is looked at.

    Returns
    -------
    list of Mark
        Those of the one that is looked at are on.
    """
    return [
        Mark(int(span["start"]), int(span["end"]), str(span["role"]), item.draft.id == selected)
        for item in items
        for span in _known(item.spans)
    ]


def show_text(article: StoredArticle, items: Sequence[Item], selected: str) -> None:
    """Draw the text of an article with its marks.

    Parameters
    ----------
    article
        The article.
    items
        Its proposals.
    selected
        Id of the draft that is looked at.
    """
    legend = " ".join(f'<mark class="ar-{role} ar-on">{words}</mark>' for role, words in LEGEND.items())
    st.html(f'<div class="ar-legend">{legend}</div>')
    marks = marks_of(items, selected)
    marks += [Mark(start, end, "junk") for start, end in junk_of(article)]
    # Another proposal, another box: it begins at its top, where the quote stands.
    with st.container(height=_HEIGHT, border=True, key=f"article_text_{selected}"):
        st.html(marked_text(article.text, marks, article.language))


def marked_text(text: str, marks: Sequence[Mark], language: str = "") -> str:
    """Write a text as HTML with its marks.

    Parameters
    ----------
    text
        The text.
    marks
        What is marked; marks may overlap.
    language
        ISO 639-1 code; may be empty.

    Returns
    -------
    str
        HTML in which every character of the text is text.
    """
    first = min((mark.start for mark in marks if mark.on and mark.role == "quote"), default=0)
    folded: list[str] = []
    shown: list[str] = []
    for start, end in _lines(text):
        inside = [mark for mark in marks if mark.start < end and start < mark.end]
        (folded if end + _FAR // 3 < first and first > _FAR else shown).append(
            _line(text, start, end, inside)
        )
    earlier = "".join(folded)
    before = f"<details><summary>Earlier text</summary>{earlier}</details>" if folded else ""
    lang = f' lang="{as_html(language)}"' if language else ""
    return f'<div class="ar-text"{lang}>{before}{"".join(shown)}</div>'


def _known(spans: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (span for span in spans if span.get("role") == "quote" or span.get("role") in LEGEND)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip())
        if line.strip():
            yield start, end
        start += len(line)


def _line(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    cuts = sorted(
        {start, end, *(cut for mark in marks for cut in (mark.start, mark.end) if start < cut < end)}
    )
    parts = [_part(text, first, last, marks) for first, last in pairwise(cuts)]
    junk = any(mark.role == "junk" for mark in marks)
    # Each line finds its own direction: nothing in it can turn the words around it.
    return f'<p dir="auto"{" class=" + chr(34) + "ar-junk" + chr(34) if junk else ""}>{"".join(parts)}</p>'


def _part(text: str, start: int, end: int, marks: Sequence[Mark]) -> str:
    words = as_html(text[start:end])
    over = [mark for mark in marks if mark.start <= start and end <= mark.end and mark.role != "junk"]
    if not over:
        return words
    # The narrowest mark that is on says what the words are.
    best = max(over, key=lambda mark: (mark.on, mark.role != "quote", mark.start - mark.end))
    quoted = any(mark.on for mark in over)
    classes = f"ar-{best.role}" + (" ar-on" if best.on else "") + (" ar-quoted" if quoted else "")
    title = LEGEND.get(best.role, "")
    return f'<mark class="{classes}" title="{title}">{words}</mark>'
