"""Look many phrases up in a text at once, longest first: the engine behind every word list.

A phrase is words parted by spaces. ``inaugurat*`` meets every word that begins so; ``...`` lets up to six
words stand between. Looking up costs one step a word and length of stem, whatever the number of phrases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dashboard.articles.finding.tokens import Token, tokenise

__all__ = ["Hit", "PhraseTable", "split_list"]

_GAP: Final = "..."
_WIDEST_GAP: Final = 6
_SHORTEST_STEM: Final = 2

_Phrase: TypeAlias = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase met in a sentence.

    Parameters
    ----------
    first
        Index of its first token.
    last
        Index of its last token.
    label
        What the phrase stands for.
    """

    first: int
    last: int
    label: str


@dataclass(slots=True)
class PhraseTable:
    """Phrases with labels.

    Parameters
    ----------
    exact
        Phrases by their first word.
    stems
        Phrases by the stem of their first word.
    """

    exact: dict[str, list[tuple[_Phrase, str]]] = field(default_factory=dict)
    stems: dict[str, list[tuple[_Phrase, str]]] = field(default_factory=dict)

    def add(self, phrases: Iterable[str], label: str) -> None:
        """Add phrases.

        Parameters
        ----------
        phrases
            Phrases as written in a language table.
        label
            What they stand for.
        """
        for phrase in phrases:
            pattern = _parse(phrase)
            if not pattern or pattern[0][0] == _GAP:
                continue
            word, is_stem = pattern[0]
            table = self.stems if is_stem else self.exact
            table.setdefault(word, []).append((pattern, label))

    def hits(self, tokens: Sequence[Token]) -> list[Hit]:
        """Find all phrases, overlapping ones too.

        Parameters
        ----------
        tokens
            Words of a sentence.

        Returns
        -------
        list of Hit
            In order of their first word, the longest first; for one label the longest at a word only, but of
            those with a gap the shortest.
        """
        found: list[Hit] = []
        for index in range(len(tokens)):
            best: dict[str, int] = {}
            gapped: dict[str, int] = {}
            for pattern, label in self._beginning_with(tokens[index]):
                last = _match(pattern, tokens, index)
                if last >= 0 and any(word == _GAP for word, _ in pattern):
                    gapped[label] = min(gapped.get(label, last), last)
                elif last >= 0:
                    best[label] = max(best.get(label, -1), last)
            best = {label: max(best.get(label, -1), gapped.get(label, -1)) for label in best | gapped}
            found.extend(
                sorted((Hit(index, last, label) for label, last in best.items()), key=_longest_first)
            )
        return found

    def _beginning_with(self, token: Token) -> Iterable[tuple[_Phrase, str]]:
        for form in token.forms:
            yield from self.exact.get(form, ())
            if self.stems:
                for length in range(_SHORTEST_STEM, len(form) + 1):
                    yield from self.stems.get(form[:length], ())


def split_list(listed: str) -> list[str]:
    """Split a comma-separated list of a language table.

    Parameters
    ----------
    listed
        Phrases separated by commas.

    Returns
    -------
    list of str
        The phrases, without empty ones.
    """
    return [phrase for part in listed.split(",") if (phrase := part.strip())]


def _longest_first(hit: Hit) -> tuple[int, str]:
    return -hit.last, hit.label


def _parse(phrase: str) -> _Phrase:
    words: list[tuple[str, bool]] = []
    for part in phrase.split():
        if part == _GAP:
            words.append((_GAP, False))
            continue
        tokens = tokenise(part, 0, len(part))
        if not tokens:
            continue
        words.extend((token.folded, False) for token in tokens[:-1])
        words.append((tokens[-1].folded, part.endswith("*")))
    return tuple(words)


def _fits(word: tuple[str, bool], token: Token) -> bool:
    stem, is_stem = word
    return any(form.startswith(stem) if is_stem else form == stem for form in token.forms)


def _match(pattern: _Phrase, tokens: Sequence[Token], index: int) -> int:
    """Give the index of the last token of a phrase that begins at a token, or -1."""
    at = index
    gap = 0
    for word in pattern:
        if word[0] == _GAP:
            gap = _WIDEST_GAP
            continue
        stop = min(len(tokens), at + gap + 1)
        while at < stop and not _fits(word, tokens[at]):
            at += 1
        if at >= stop:
            return -1
        at += 1
        gap = 0
    return at - 1
