"""A text made ready to be read: its words, what stands before and after each, and what its lines are."""

from typing import Final

from dashboard.geocoding.mentions.cues import UNCASED, Cues, cues_of, first_names
from dashboard.geocoding.mentions.layout import lines_of
from dashboard.geocoding.mentions.tokens import Gap, Tokens, key_of

__all__ = ["Page"]

_LONGEST_PHRASE: Final = 4
_JOINS: Final = frozenset({Gap.SPACE, Gap.HYPHEN, Gap.APOSTROPHE})
_STARTS: Final = frozenset({Gap.SENTENCE, Gap.LINE, Gap.PARAGRAPH})
_ABBREVIATIONS: Final = frozenset(
    {"st", "ste", "mt", "ft", "sta", "mr", "mrs", "ms", "dr", "gen", "col", "lt", "sgt"}
)
_ABBREVIATIONS_MORE: Final = frozenset(
    {"gov", "sen", "rep", "rev", "prof", "capt", "adm", "maj", "no", "vs", "u", "s", "m"}
)


_HOLY: Final = frozenset(
    "st saint san santa santo são sao sainte sankt fort mount port lake new north south east west".split()  # noqa: SIM905
)
"""Behind these a first name is part of a place: St. Louis, Port Elizabeth, West Virginia."""


def _longest_of(phrases_here: tuple[str, ...], phrases: frozenset[str]) -> int:
    length = len(phrases_here)
    while phrases_here[length - 1] not in phrases:
        length -= 1
    return length


class Page:
    """A text with everything that cues are looked for in.

    Parameters
    ----------
    tokens
        The words of the text.
    language
        ISO 639-1 code of one of the known languages.
    """

    __slots__ = (
        "_after",
        "_before",
        "capital",
        "capitals",
        "cues",
        "dateline",
        "junk",
        "language",
        "lower",
        "surnames",
        "titled",
        "tokens",
    )

    def __init__(self, tokens: Tokens, language: str) -> None:
        self.tokens = tokens
        self.language = language
        self.cues: Cues = cues_of(language)
        if language in UNCASED:
            self.lower = [key_of(word) for word in tokens.words]
        else:
            self.lower = [word.casefold() for word in tokens.words]
        self.capital = [word[0].isupper() for word in tokens.words]
        size = len(tokens)
        self.junk = bytearray(size)
        self.dateline = bytearray(size)
        self.capitals = bytearray(size)
        self.titled = bytearray(size)
        self._before: dict[int, tuple[str, ...]] = {}
        self._after: dict[int, tuple[str, ...]] = {}
        self._lay_out()
        self.surnames: set[str] = set()

    def _lay_out(self) -> None:
        token, starts, size = 0, self.tokens.starts, len(self.tokens)
        for line in lines_of(self.tokens.text, self.cues):
            first = token
            while token < size and starts[token] < line.end:
                if starts[token] < line.dateline_end:
                    self.dateline[token] = not self._in_brackets(line.start, starts[token])
                token += 1
            if line.junk:
                self.junk[first:token] = b"\1" * (token - first)
            if line.capitals:
                self.capitals[first:token] = b"\1" * (token - first)
            if line.titled:
                self.titled[first:token] = b"\1" * (token - first)

    def _in_brackets(self, start: int, end: int) -> bool:
        head = self.tokens.text[start:end]
        return head.count("(") > head.count(")")

    def starts_sentence(self, index: int) -> bool:
        """Tell whether a word is written with a capital because of where it stands.

        Parameters
        ----------
        index
            Position of a word.

        Returns
        -------
        bool
            Whether a sentence, a quotation or a line begins with it.
        """
        gap = self.tokens.gaps[index]
        if gap in _STARTS or gap is Gap.QUOTE:
            return True
        if gap is Gap.DOT:
            before = self.lower[index - 1]
            return before not in _ABBREVIATIONS and before not in _ABBREVIATIONS_MORE
        return gap is Gap.DASH and bool(self.dateline[index - 1])

    def phrase_before(self, index: int, phrases: frozenset[str], *, quoted: bool = False) -> int:
        """Count the words of the longest of some phrases that ends just before a word.

        Parameters
        ----------
        index
            Position of the word.
        phrases
            Case-folded phrases of at most four words.
        quoted
            Whether a quotation mark may stand between.

        Returns
        -------
        int
            How many words; 0 when none of the phrases stands there.
        """
        gaps = self.tokens.gaps
        if index < 1 or not (gaps[index] in _JOINS or (quoted and gaps[index] is Gap.QUOTE)):
            return 0
        phrases_here = self._before.get(index)
        if phrases_here is None:
            phrases_here = self._before[index] = self._phrases_before(index)
        if phrases.isdisjoint(phrases_here):
            return 0
        return _longest_of(phrases_here, phrases)

    def _phrases_before(self, index: int) -> tuple[str, ...]:
        gaps, lower = self.tokens.gaps, self.lower
        phrase = lower[index - 1]
        found = [phrase]
        for first in range(index - 2, max(-1, index - 1 - _LONGEST_PHRASE), -1):
            if gaps[first + 1] not in _JOINS:
                break
            phrase = f"{lower[first]} {phrase}"
            found.append(phrase)
        return tuple(found)

    def phrase_after(self, index: int, phrases: frozenset[str]) -> int:
        """Count the words of the longest of some phrases that begins at a word.

        Parameters
        ----------
        index
            Position of the word; may be beyond the end.
        phrases
            Case-folded phrases of at most four words.

        Returns
        -------
        int
            How many words; 0 when none of the phrases stands there.
        """
        if index >= len(self.lower) or self.tokens.gaps[index] not in _JOINS:
            return 0
        phrases_here = self._after.get(index)
        if phrases_here is None:
            phrases_here = self._after[index] = self._phrases_after(index)
        if phrases.isdisjoint(phrases_here):
            return 0
        return _longest_of(phrases_here, phrases)

    def _phrases_after(self, index: int) -> tuple[str, ...]:
        gaps, lower = self.tokens.gaps, self.lower
        phrase = lower[index]
        found = [phrase]
        for last in range(index + 1, min(index + _LONGEST_PHRASE, len(lower))):
            if gaps[last] not in _JOINS:
                break
            phrase = f"{phrase} {lower[last]}"
            found.append(phrase)
        return tuple(found)

    def words_in(self, words: frozenset[str]) -> list[int]:
        """Find the capitalised words of a list, outside junk.

        Parameters
        ----------
        words
            Case-folded words.

        Returns
        -------
        list of int
            Their positions.
        """
        lower = self.lower
        if words.isdisjoint(lower):
            return []
        return [
            at for at, word in enumerate(lower) if word in words and self.capital[at] and not self.junk[at]
        ]

    def note_persons(self) -> bytearray:
        """Find persons by titles and first names, and remember their surnames.

        Returns
        -------
        bytearray
            1 for each word that is part of a person's name.
        """
        person = bytearray(len(self.tokens))
        names, inner = first_names(), self.cues.inner
        gaps, lower, size = self.tokens.gaps, self.lower, len(self.lower)
        done = 0
        for index in [at for at, word in enumerate(lower) if word in names]:
            if index < done or not self.capital[index] or self.capitals[index]:
                continue
            if index and lower[index - 1] in _HOLY:
                continue
            last, end = index, index + 1
            longest = 1 if self.titled[index] else 4
            while end < size and end - index <= longest and gaps[end] in {Gap.SPACE, Gap.HYPHEN, Gap.DOT}:
                if gaps[end] is Gap.DOT and len(lower[end - 1]) > 1:
                    break
                if self.capital[end]:
                    last = end
                elif lower[end] not in inner or lower[end] in {
                    "of",
                    "the",
                    "in",
                    "on",
                    "and",
                    "en",
                    "a",
                    "as",
                    "by",
                    "near",
                }:
                    break
                end += 1
            if last > index:
                person[index : last + 1] = b"\1" * (last + 1 - index)
                self.surnames.add(lower[last])
                done = end
        return person
