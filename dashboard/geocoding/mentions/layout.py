"""What the shape of a page says before its words do: junk, datelines, headlines in capitals.

Cleaning a scraped page is the article reader's work; this only keeps the plainest link lists, weather boxes
and captions from being searched for places, and must never cost a sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.geocoding.mentions.cues import Cues

__all__ = ["Line", "lines_of"]

_SEPARATED: Final = re.compile(r"\s[|•·]\s|\s[|•·]$|^[|•·]\s")
_TEMPERATURE: Final = re.compile(r"\d\s?°")
_SENTENCE: Final = re.compile("[.!?…؟:;]['\"\u201d\u00bb\u2019)]*\\s*$")
_PHOTO: Final = re.compile(
    r"^\W*\(?\s*(?:file )?(?:photo|image|picture|foto|archivbild|صورة|фото)\b", re.IGNORECASE
)
_DATELINE: Final = re.compile(r"^[^\n]{2,70}?\s*(?:[\u2013\u2014]|--?\s)\s*")
_COLON_DATELINE: Final = re.compile(r"^\W*([^\W\d_a-z]{3,}(?:[ -][^\W\d_a-z]{2,}){0,2}):\s")
_HEADING_END: Final = re.compile(r"\s*[:\u2013\u2014|·•]\s*|$")
_BRACKETS: Final = re.compile(r"\([^)]*\)")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SENTENCE_SIGN: Final = re.compile("[.:;!?]")
_ABBREVIATION: Final = re.compile(r"\b\w{1,5}\.")
_DATED: Final = re.compile("[\\d,\u060c]")
_SMALL_WORDS: Final = frozenset({"er", "de", "of", "st"})

_LONG_LINE: Final = 120
_SHORT_LINE: Final = 32
_LEAST_WIDGET: Final = 4
_LONGEST_HEADING: Final = 45
_LONGEST_HEADLINE: Final = 160
_MOST_WORDS: Final = 8
_WORDS_OF_PROSE: Final = 6
_CAPS_SHARE: Final = 0.8
_TITLE_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Parameters
    ----------
    start
        Offset of its first character.
    end
        Offset after its last character.
    junk
        Whether it is no part of the article.
    dateline_end
        Offset where the dateline at its start ends; its start when there is none.
    capitals
        Whether it is written in capitals.
    titled
        Whether most of its words have a capital, as in English headlines.
    """

    start: int
    end: int
    junk: bool
    dateline_end: int
    capitals: bool
    titled: bool


def lines_of(text: str, cues: Cues) -> list[Line]:
    """Cut a page into lines and say what they are.

    Parameters
    ----------
    text
        The page.
    cues
        The words of its language.

    Returns
    -------
    list of Line
        In order; empty lines are left out.
    """
    spans = list(_spans(text))
    written = [text[start:end].strip() for start, end in spans]
    junk = _junk(text, spans, written, cues)
    lines = []
    for (start, end), line, is_junk in zip(spans, written, junk, strict=True):
        capitals, titled = _casing(line)
        lines.append(Line(start, end, is_junk, start + _dateline(text[start:end], cues), capitals, titled))
    return lines


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.splitlines(keepends=True):
        if line.strip():
            yield start, start + len(line)
        start += len(line)


def _junk(text: str, spans: list[tuple[int, int]], written: list[str], cues: Cues) -> list[bool]:
    junk = [_is_junk_alone(line, cues) for line in written]
    under_heading = False
    for n, line in enumerate(written):
        if _is_heading(line, cues):
            junk[n] = under_heading = True
        elif under_heading and _is_prose(line):
            under_heading = False
        elif under_heading:
            junk[n] = True
    for first, last in _runs_of_short_lines(text, spans, written):
        if any(_TEMPERATURE.search(line) or line.startswith("°") for line in written[first:last]):
            junk[first:last] = [True] * (last - first)
    return junk


def _is_prose(line: str) -> bool:
    sentence = len(line.split()) > _WORDS_OF_PROSE and _SENTENCE.search(line) is not None
    return sentence or len(line) >= _LONG_LINE


def _is_heading(line: str, cues: Cues) -> bool:
    return len(line) <= _LONGEST_HEADING and line.rstrip(" :").casefold() in cues.junk_heading


def _is_junk_alone(line: str, cues: Cues) -> bool:
    if len(_SEPARATED.findall(line)) > 1 and len(line) < 3 * _LONG_LINE:
        return True
    if len(line) < _LONG_LINE and (("°" in line and _TEMPERATURE.search(line)) or _PHOTO.match(line)):
        return True
    head = line[:_LONGEST_HEADING]
    match = _HEADING_END.search(head)
    return bool(
        match and match.end() > match.start() and head[: match.start()].casefold() in cues.junk_heading
    )


def _runs_of_short_lines(
    text: str, spans: list[tuple[int, int]], written: list[str]
) -> Iterator[tuple[int, int]]:
    """Give ranges of lines that follow each other without an empty one and are all short."""
    first = 0
    for n in range(len(written) + 1):
        ends = n == len(written) or len(written[n]) > _SHORT_LINE
        parted = not ends and n > first and text[spans[n - 1][1] : spans[n][0]].strip(" \t") != ""
        if ends or parted:
            if n - first >= _LEAST_WIDGET:
                yield first, n
            first = n + 1 if ends else n


def _casing(line: str) -> tuple[bool, bool]:
    if len(line) > _LONGEST_HEADLINE:
        return line.isupper(), False
    words = [word for word in line.split() if word[0].isalpha() or any(map(str.isalpha, word))]
    if len(words) < 3:  # noqa: PLR2004 - a name alone says nothing
        return False, False
    upper = sum(word.isupper() for word in words)
    capital = sum(word[0].isupper() if word[0].isalpha() else _first_letter(word).isupper() for word in words)
    if upper >= _CAPS_SHARE * len(words) and sum(map(len, words)) > 2 * len(words):
        return True, True
    ends = _SENTENCE.search(line) is not None
    return False, not ends and capital >= _TITLE_SHARE * len(words) and len(words) > 4  # noqa: PLR2004


def _first_letter(word: str) -> str:
    return next((character for character in word if character.isalpha()), "")


def _dateline(line: str, cues: Cues) -> int:
    """Give the length of the dateline that a line starts with: "RABAT, Jan 5 (Reuters) — "."""
    named = _COLON_DATELINE.match(line)
    if named and named.group(1).isupper():
        return named.end()
    match = _DATELINE.match(line)
    head = match.group() if match else ""
    outside = _BRACKETS.sub(" ", head)
    words = _LETTERS.findall(outside)
    if not 0 < len(words) <= _MOST_WORDS or not all(_fits_dateline(word, cues) for word in words):
        return 0
    if _SENTENCE_SIGN.search(outside) and not _ABBREVIATION.search(outside):
        return 0
    capitals = words[0].isupper() and len(words[0]) > 1
    return len(head) if capitals or "(" in head or _DATED.search(outside) else 0


def _fits_dateline(word: str, cues: Cues) -> bool:
    return not word[0].islower() or word in _SMALL_WORDS or word in cues.calendar
