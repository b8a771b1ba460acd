"""Tell the story from the page around it: menus, weather, tickers, related links, share buttons, banners.

Works on lines, since that is what is left of a page when it is pasted. It errs towards the story: a line of
prose is only dropped when its words are those of a banner or a caption.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dashboard.articles.finding.tokens import fold, tokenise
from dashboard.articles.language import Language
from dashboard.articles.reading.article import Block, Role

__all__ = ["blocks_of", "is_prose"]

_SEPARATORS: Final = re.compile(r"\s[|•·]\s|\s[|•·]$|^[|•·]\s|\s[\u00bb\u203a>]\s")
_TEMPERATURE: Final = re.compile(r"\d\s?°|°\s?[CF]\b")
_QUOTATION: Final = re.compile(r"\b[A-Z]{3}/[A-Z]{3}\b|[+\-\u2212]\d{1,3}[.,]\d{1,2}\s?%")
_NUMBERED: Final = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•▪►→])\s")
_CHRONICLE: Final = re.compile(
    r"^\s{0,4}(?:[-*•▪►→\u2013]\s{0,2})?(?:[\w.]{1,12}\s){0,3}(?:19|20)\d\d\s{0,2}[:\u2013\u2014-]\s"
)
_ITEM: Final = re.compile(r"^\s{0,4}[-*•▪►→\u2013\u2014]\s{0,2}\w")
_BUTTON: Final = re.compile(r"^\s*\[[^\]\n]{1,40}\]")
_END: Final = re.compile("[.!?\u2026\u061f\u06d4:]['\"\u201d\u00bb\u2019)\\]]{0,3}$")
_DATELINE: Final = re.compile(
    r"^[^\n.!?]{2,40}?(?:\.[^\n.!?\u2014\u2013]{0,20}){0,3}?\s{0,2}(?:[\u2014\u2013]|--|-\s)\s{0,2}"
)
_HEADING_PARTS: Final = re.compile(r"[:|\u2014\u2013]")
_LONG: Final = 120
_HEADING: Final = 45
_WIDGET: Final = 34
_WIDGET_LINES: Final = 4
_CAPTION: Final = 220
_BANNER: Final = 320
_WORDS_OF_PROSE: Final = 7
_WORDS_OF_SENTENCE: Final = 4
_WORDS_OF_ITEM: Final = 6
_DATELINE_WORDS: Final = 9


def blocks_of(text: str, language: Language) -> list[Block]:
    """Cut a page into lines and say what each of them is.

    Parameters
    ----------
    text
        The page as read.
    language
        Tables of its language.

    Returns
    -------
    list of Block
        In order, without empty lines; offsets hold in the text.
    """
    lines = list(_lines(text))
    written = [text[start:end] for start, end in lines]
    junk = [_is_junk_alone(line, language) for line in written]
    _mark_under_headings(junk, written, language)
    _mark_widgets(junk, text, lines, written)
    _mark_trailing(junk, written)
    blocks = []
    for (start, end), line, is_junk in zip(lines, written, junk, strict=True):
        role: Role = (
            "junk"
            if is_junk
            else "prose"
            if is_prose(line) or _is_short_sentence(line) or _is_chronicle(line)
            else "heading"
        )
        body = start + (_dateline(line) if role == "prose" and not _is_chronicle(line) else 0)
        blocks.append(Block(start, end, role, body))
    return _with_headline(blocks)


def is_prose(line: str) -> bool:
    """Tell whether a line is running text.

    Parameters
    ----------
    line
        A line.

    Returns
    -------
    bool
        Whether it is long or ends like a sentence of several words.
    """
    return len(line) >= _LONG or (len(line.split()) >= _WORDS_OF_PROSE and _END.search(line) is not None)


def _is_short_sentence(line: str) -> bool:
    return line[-1] in ".!?\u061f" and len(line.split()) >= _WORDS_OF_SENTENCE


def _is_chronicle(line: str) -> bool:
    """Whether a line is an entry of a list of dates or facts: "• July 2022: takeover of a design office"."""
    words = len(line.split())
    match = _CHRONICLE.match(line)
    if match is not None:
        return len(line[match.end() :].split()) >= _WORDS_OF_SENTENCE - 1
    return _ITEM.match(line) is not None and words > _WORDS_OF_ITEM and any(map(str.isdigit, line[3:]))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            first = start + line.index(stripped)
            yield first, first + len(stripped)
        start += len(line)


def _with_headline(blocks: list[Block]) -> list[Block]:
    for n, block in enumerate(blocks):
        if block.role == "prose":
            break
        if block.role == "heading":
            blocks[n] = replace(block, role="headline")
            break
    return blocks


def _words(line: str) -> str:
    return " ".join(token.folded for token in tokenise(line, 0, min(len(line), _BANNER)))


def _starts_with(line: str, names: frozenset[str]) -> bool:
    words = _words(line[: 2 * _HEADING]).split()
    return any(" ".join(words[:length]) in names for length in range(1, 6))


def _is_heading(line: str, language: Language) -> bool:
    return len(line) <= _HEADING and _words(line) in language.junk_headings


def _is_junk_alone(line: str, language: Language) -> bool:
    if _is_heading(line, language) or _BUTTON.match(line):
        return True
    if len(line) < 3 * _LONG and len(_SEPARATORS.findall(line)) > 1:
        return True
    if len(line) < _LONG and (_TEMPERATURE.search(line) or _QUOTATION.search(line)):
        return True
    return len(line) <= _BANNER and (_is_labelled(line, language) or _is_banner(line, language))


def _is_labelled(line: str, language: Language) -> bool:
    """Whether a line begins as link lists and captions do: "RELATED: …", "(File photo: …"."""
    head = _HEADING_PARTS.split(line, maxsplit=1)[0]
    labelled = len(head) < min(len(line), _HEADING) and _words(head) in language.junk_headings
    return labelled or (len(line) <= _CAPTION and _is_caption(line, language))


def _is_banner(line: str, language: Language) -> bool:
    return bool(language.junk_phrases.hits(tokenise(line, 0, len(line), language.particles)))


def _is_caption(line: str, language: Language) -> bool:
    bare = line.lstrip("([ *_")
    if not _starts_with(bare, language.captions):
        return False
    head = _HEADING_PARTS.split(bare, maxsplit=1)
    return line[0] in "([" or (len(head) > 1 and len(head[0]) <= _HEADING) or not is_prose(line)


def _mark_under_headings(junk: list[bool], written: list[str], language: Language) -> None:
    under = False
    for n, line in enumerate(written):
        if _is_heading(line, language):
            under = True
        elif under and is_prose(line) and not _NUMBERED.match(line):
            under = False
        elif under:
            junk[n] = True


def _mark_widgets(junk: list[bool], text: str, lines: list[tuple[int, int]], written: list[str]) -> None:
    """Drop runs of short lines that hold a temperature or a quotation: a weather or market widget."""
    first = 0
    for n in range(len(written) + 1):
        ends = n == len(written) or len(written[n]) > _WIDGET or is_prose(written[n])
        parted = not ends and n > first and "\n\n\n" in text[lines[n - 1][1] : lines[n][0]]
        if not (ends or parted):
            continue
        run = written[first:n]
        if len(run) >= _WIDGET_LINES and any(
            _TEMPERATURE.search(line) or _QUOTATION.search(line) for line in run
        ):
            junk[first:n] = [True] * (n - first)
        first = n + 1 if ends else n


def _mark_trailing(junk: list[bool], written: list[str]) -> None:
    """Drop the lines behind the last sentence, and those before the headline that are junk already."""
    told = (n for n, line in enumerate(written) if not junk[n] and (is_prose(line) or _is_chronicle(line)))
    last = max(told, default=-1)
    if last >= 0:
        junk[last + 1 :] = [True] * (len(junk) - last - 1)


def _dateline(line: str) -> int:
    match = _DATELINE.match(line)
    if match is None:
        return 0
    head = match.group()
    words = tokenise(head, 0, len(head))
    if not words or len(words) > _DATELINE_WORDS:
        return 0
    first = words[0].text
    dated = any(word.text.isdecimal() for word in words)
    capitals = first.isupper() and len(first) > 1 and fold(first) != first
    uncased = fold(first) == first and not first[0].islower() and not first[0].isupper()
    return len(head) if capitals or dated or (uncased and len(words) <= 3) else 0  # noqa: PLR2004 - a city's name
