"""Which sentences of a page are no story: what the rules of cleaning let through, by its words and form.

The rules know headings, buttons and widgets; a line such as "Sports: the Eagles train at Ségou", or the
imprint behind the last sentence, has no sign of its own. A model weighs where a sentence stands, what it
looks like, what its words speak of and how many of them the rest of the page shares.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, groupby
from typing import Final

from dashboard.articles.finding.sentences import sentences_of
from dashboard.articles.finding.tokens import Token, tokenise
from dashboard.articles.language import Language
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.page_concepts import page_concepts
from dashboard.articles.reading.article import Block
from dashboard.articles.reading.clean import blocks_of, is_prose

__all__ = ["Part", "parts_of_page", "story_blocks"]

_BAR: Final = -1.0
"""Score from which a sentence is no story: of 500 annotated facts, left out in training, one is dropped."""
_LEAST_PARTS: Final = 6
"""Sentences and headings that a page must have for the model to be asked."""
_MOST_PARTS: Final = 1_500
_STEM: Final = 5
_STEMMED: Final = 4
_MOST_WORDS: Final = 40
_HEAD: Final = re.compile(r"([^:\n]{2,40}):\s")
_SIGNS: Final = {
    "|": "bar", "•": "bar", "·": "bar", "▪": "bar", "►": "bar", "→": "bar", "\u2013": "dash",
    "\u2014": "dash",
    "€": "money", "$": "money", "£": "money", "₹": "money", "°": "degree", "%": "share", "?": "asks",
    "!": "calls", ";": "semicolon", "@": "address", "+": "plus", "[": "bracket", "(": "bracket",
    "“": "quote", "”": "quote", '"': "quote", "«": "quote", "„": "quote",
}  # fmt: skip
_MARK: Final = re.compile(f"[{re.escape(''.join(_SIGNS))}]")
_CLOCK: Final = re.compile(r"\d\d[:h]\d\d")


@dataclass(slots=True)
class Part:
    """A sentence of a line, or a line that is no sentence.

    Parameters
    ----------
    block
        Number of its line.
    start
        Offset of its first character.
    end
        Offset after its last character.
    features
        What the model sees of it.
    """

    block: int
    start: int
    end: int
    features: dict[str, float]


def story_blocks(text: str, language: Language, model: LinearModel | None = None) -> list[Block]:
    """Cut a page into lines and say what each is; sentences that are no story are lines of their own.

    Parameters
    ----------
    text
        The page.
    language
        Tables of its language.
    model
        The model; that of the package when None.

    Returns
    -------
    list of Block
        In order.
    """
    blocks = blocks_of(text, language)
    if not _LEAST_PARTS <= len(blocks) + text.count(". ") <= _MOST_PARTS:
        return blocks
    weights = model or _shipped()
    parts = parts_of_page(text, blocks, language)
    if len(parts) < _LEAST_PARTS:
        return blocks
    told: list[Block] = []
    for number, own in groupby(parts, key=lambda part: part.block):
        block = blocks[number]
        if block.role in ("junk", "headline"):
            told.append(block)
            continue
        judged = [(part, weights.sums(part.features)[0] >= _BAR) for part in own]
        told.extend(_cut(block, judged))
    return told


@cache
def _shipped() -> LinearModel:
    return LinearModel.load("page-lines")


def _cut(block: Block, judged: Sequence[tuple[Part, bool]]) -> Iterator[Block]:
    """Cut a line where the story ends or goes on; a dateline stays before what follows it."""
    if not any(is_junk for _, is_junk in judged):
        yield block
        return
    start, body = block.start, block.body
    for is_junk, group in groupby(judged, key=lambda one: one[1]):
        run = [part for part, _ in group]
        first = start if run[0] is judged[0][0] else run[0].start
        begins = body if run[0] is judged[0][0] and not is_junk else first
        yield replace(
            block, start=first, end=run[-1].end, body=begins, role="junk" if is_junk else block.role
        )


def parts_of_page(text: str, blocks: Sequence[Block], language: Language) -> list[Part]:
    """Cut the lines of a page into sentences and say what the model sees of each, junk or not.

    Parameters
    ----------
    text
        The page.
    blocks
        Its lines.
    language
        Tables of its language.

    Returns
    -------
    list of Part
        In order.
    """
    page = _Page(text, blocks, language)
    return [part for number in range(len(blocks)) for part in page.parts(number)]


class _Page:
    def __init__(self, text: str, blocks: Sequence[Block], language: Language) -> None:
        self.text, self.blocks, self.language = text, blocks, language
        self.words = [
            tokenise(
                text, block.start, block.end, language.particles, language.suffixes, heads=language.heads
            )
            for block in blocks
        ]
        self.stems = [{_stem(token) for token in words if _is_long(token)} for words in self.words]
        self.shared = Counter(stem for stems in self.stems for stem in stems)
        self.prose = [self._is_prose(block) for block in blocks]
        self.before = list(accumulate(self.prose, initial=0))

    def _is_prose(self, block: Block) -> bool:
        return block.role == "prose" or (
            block.role == "junk" and is_prose(self.text[block.start : block.end])
        )

    def parts(self, number: int) -> Iterator[Part]:
        block = self.blocks[number]
        spans = [(block.start, block.end)]
        if self.prose[number]:
            spans = list(sentences_of(self.text, block.body, block.end, self.language))
        words = self.words[number]
        starts = [token.start for token in words]
        line = dict.fromkeys(self._of_line(number), 1.0)
        for at, (start, end) in enumerate(spans):
            tokens = words[bisect_left(starts, start) : bisect_left(starts, end)]
            features = dict(line)
            features.update(dict.fromkeys(self._of_part(number, start, end, tokens), 1.0))
            features[f"of:{min(len(spans), 5)}"] = 1.0
            features[f"in line:{min(at, 3)}/{min(len(spans) - 1 - at, 3)}"] = 1.0
            yield Part(number, start, end, features)

    def _of_line(self, number: int) -> Iterator[str]:
        block = self.blocks[number]
        back = len(self.blocks) - 1 - number
        role = "prose" if self.prose[number] else "headline" if block.role == "headline" else "heading"
        yield f"back:{min(back, 5)}"
        yield f"front:{min(number, 4)}"
        yield f"sentences behind:{min(self.before[-1] - self.before[number + 1], 4)}"
        yield f"sentences before:{min(self.before[number], 3)}"
        yield f"role:{role}"
        yield f"role:{role}/{min(back, 3)}"
        yield f"line:{min((block.end - block.start) // 60, 8)}"
        line = self.text[block.start : block.end]
        match = _HEAD.match(line)
        if match:
            head = match.group(1)
            yield f"head:{min(len(head.split()), 4)}/{head.isupper()}"
            yield f"head back:{min(back, 3)}"
            yield f"head words:{head.casefold()}"
        for name in _signs(line):
            yield f"line sign:{name}"
        if _CLOCK.search(line):
            yield "line sign:clock"

    def _of_part(self, number: int, start: int, end: int, tokens: Sequence[Token]) -> Iterator[str]:
        said = self.text[start:end]
        back = min(len(self.blocks) - 1 - number, 3)
        size = len(tokens)
        yield f"place:{10 * start // max(len(self.text), 1)}"
        yield f"long:{min(size // 3, 10)}"
        yield f"long:{min(size // 5, 5)}/{back}"
        yield f"ends:{said[-1] in '.!?…؟'}/{self.prose[number]}"
        for name in _signs(said):
            yield f"sign:{name}"
        if any(token.text[0].isdigit() for token in tokens):
            yield "sign:number"
        if any(token.text.isupper() and len(token.text) >= _STEMMED for token in tokens):
            yield "sign:capitals"
        capitals = sum(token.capital for token in tokens[1:])
        yield f"capitals:{5 * capitals // max(size, 1)}"
        yield from self._shares(number, tokens, back)
        language = self.language.code
        for token in tokens[:_MOST_WORDS]:
            word = token.forms[-1]
            yield f"w:{word}"
            if len(word) > _STEM:
                yield f"t:{word[:_STEM]}"
            for concept in page_concepts(token, language):
                yield f"c:{concept}"
                yield f"c:{concept}/{back}"
        if tokens:
            yield f"first:{tokens[0].forms[-1]}"

    def _shares(self, number: int, tokens: Sequence[Token], back: int) -> Iterator[str]:
        """Say how many of its longer words, and of those with a capital, stand in other lines too."""
        words = [token for token in tokens if _is_long(token)]
        for name, own in (("shared", words), ("names shared", [one for one in words if one.capital])):
            if not own:
                yield f"{name}:none"
                continue
            share = sum(self.shared[_stem(token)] > 1 for token in own) / len(own)
            yield f"{name}:{int(8 * share)}"
            yield f"{name}:{int(4 * share)}/{back}"
            yield f"{name}:{int(4 * share)}/{self.prose[number]}"


def _signs(said: str) -> list[str]:
    """Name the signs of a text, always in one order."""
    return sorted({_SIGNS[sign] for sign in _MARK.findall(said)})


def _is_long(token: Token) -> bool:
    return len(token.forms[-1]) >= _STEMMED and token.text[0].isalpha()


def _stem(token: Token) -> str:
    return token.forms[-1][:_STEM]
