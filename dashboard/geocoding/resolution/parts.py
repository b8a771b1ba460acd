"""The part of a name that may be known when the whole is not: South Los Angeles, Jerome Township.

Nobody lists every quarter, valley and township, but most are called after a place nearby. What is found so is
close, not exact: a part of an area or of a large city may stand for it; the rest is shown and never taken.
The words that come off are data (``parts.json``).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

__all__ = ["Part", "parts_of"]

_KINDS: Final = ("designator", "direction", "feature")
"""From what says least about the place to what says most."""

_WORDS: Final = "parts.json"
_ELISION: Final = re.compile("(?<=\\b[dlDL])['\u2019]")
_MOST_STEPS: Final = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A shorter name inside a name.

    Parameters
    ----------
    name
        The shorter name, as written.
    kind
        ``direction`` for what a word such as "northern" was taken from, ``designator`` for "Township" and
        "City of", ``feature`` for "River" and the like.
    """

    name: str
    kind: str


def parts_of(name: str) -> Iterator[Part]:
    """Take words off a name, one at a time, that say what sort of thing it is or which part of it.

    Parameters
    ----------
    name
        The toponym as written.

    Yields
    ------
    Part
        Shorter and shorter names. The kind is that of the word taken off so far that says most.
    """
    words = _ELISION.sub("' ", name).split()
    most = 0
    for _ in range(_MOST_STEPS):
        if len(words) < 2:  # noqa: PLR2004 - nothing would be left
            return
        words, kind = _without_one(words)
        if kind is None:
            return
        while len(words) > 1 and _plain(words[0]) in _words()["particle"]:
            words = words[1:]
        most = max(most, _KINDS.index(kind))
        yield Part(" ".join(words), _KINDS[most])


def _without_one(words: list[str]) -> tuple[list[str], str | None]:
    first, last = _plain(words[0]), _plain(words[-1])
    for kind in _KINDS:
        known = _words()[kind]
        if last in known and kind != "direction":
            return words[:-1], kind
        if first in known:
            return words[1:], kind
    return (words[1:], _KINDS[0]) if first in _words()["particle"] else (words, None)


def _plain(word: str) -> str:
    return word.casefold().strip(".,'\u2019")


@cache
def _words() -> Mapping[str, frozenset[str]]:
    text = resources.files(__package__ or "").joinpath(_WORDS).read_text(encoding="utf-8")
    return {kind: frozenset(words) for kind, words in json.loads(text).items()}
