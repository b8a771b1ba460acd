# ruff: noqa: RUF001 - letters that look alike in several scripts are what this module is about
"""Looser keys, for when a name is in no list: romanisation, consonant skeletons, glued prefixes.

Nouaceur and Nouasseur are two French hearings of one Arabic name, and בן סלימאן is a Hebrew one. A *loose*
key irons out how Arabic and Hebrew names are written in Latin letters; a *skeleton* keeps only the consonants
that Arabic, Hebrew, Cyrillic and Latin script all write. Both confuse names that are really different, so
they are for the last resort: the gazetteer asks them only when no list knows a name.
"""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["LOOSE_COUNTRIES", "loose", "skeleton", "without_prefix"]

LOOSE_COUNTRIES: Final = frozenset(
    (
        *("AE", "BH", "DZ", "EG", "EH", "IL", "IQ", "IR", "JO", "KW", "LB", "LY"),
        *("MA", "MR", "OM", "PS", "QA", "SA", "SD", "SY", "TN", "YE"),
    )
)
"""ISO codes of the countries whose names get these keys: those of Arabic, Hebrew and Persian script."""

_LEAST_CONSONANTS: Final = 4
_SHORTEST_STEM: Final = 3

_LOOSE: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"(?<=..)e\b", ""),
        (r"c(?=[eiy])", "s"),
        (r"tch|sch", "sh"),
        (r"ts|tz|dz", "s"),
        (r"ch", "h"),
        (r"sh", "s"),
        (r"kh|gh", "h"),
        (r"ph", "f"),
        (r"dh", "d"),
        (r"th", "t"),
        (r"qu|[ckq]", "k"),
        (r"ou|w|o", "u"),
        (r"v", "b"),
        (r"y", "i"),
        (r"j", "g"),
        (r"z", "s"),
        (r"e", "a"),
        (r"(.)\1+", r"\1"),
        (r"i(?=[au])|(?<=[au])i", ""),
        (r"h\b", ""),
    )
)

_SKELETON_LETTERS: Final = {
    letter: sound
    for letters, sound in (
        ("bpvבפبپбпв", "b"),
        ("fفф", "b"),
        ("gjגجگгж", "g"),
        ("dדدذضд", "d"),
        ("hחהهحخхכ", "h"),
        ("zsזסצץשزسصشثظзсшщц", "s"),
        ("tטתطتт", "t"),
        ("kqcקךكقکк", "k"),
        ("lלلл", "l"),
        ("mמםمм", "m"),
        ("nנןنн", "n"),
        ("rרرр", "r"),
        ("غ", "g"),
        ("ףפּ", "b"),
    )
    for letter in letters
}
_SOUNDS: Final = frozenset(sound.upper() for sound in _SKELETON_LETTERS.values())
_DIGRAPHS: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"tz|ts|sch|sh|ch(?=[aeiou]?$)", "s"),
        (r"kh", "h"),
        (r"gh", "g"),
        (r"ph", "b"),
        (r"c(?=[eiy])", "s"),
    )
)

_PREFIXES: Final = (
    (re.compile("^[וש]?[בלמכהש]?(?=[א-ת])"), "א", "ת"),
    (re.compile("^[وف]?[بكل]?(?=[ء-ي])"), "ء", "ي"),
)


def loose(folded: str) -> str:
    """Iron out the romanisations of Arabic and Hebrew names.

    Parameters
    ----------
    folded
        A key made by `dashboard.geocoding.names.fold`.

    Returns
    -------
    str
        The loose key without spaces: the same for ``nouaceur`` and ``nouasseur``; empty for names that are
        not in Latin letters.
    """
    if not folded.isascii() or not folded:
        return ""
    before = ""
    while folded != before:  # one rule makes work for another; each shortens the key or settles a letter
        before = folded
        for pattern, by in _LOOSE:
            folded = pattern.sub(by, folded)
        folded = folded.replace(" ", "")
    return folded


def skeleton(folded: str) -> str:
    """Keep the consonants that four scripts share.

    Parameters
    ----------
    folded
        A key made by `dashboard.geocoding.names.fold`, in Latin, Arabic, Hebrew or Cyrillic script.

    Returns
    -------
    str
        Capital letters, the same for ``benslimane``, ``بن سليمان`` and ``בן סלימאן``; empty when fewer than
        four are left. The skeleton of a skeleton is itself.
    """
    if folded.isupper() and _SOUNDS.issuperset(folded):
        return folded
    if folded.isascii():
        for pattern, by in _DIGRAPHS:
            folded = pattern.sub(by, folded)
    found: list[str] = []
    for word in folded.split():
        if word == "ال":
            continue
        letters = [_SKELETON_LETTERS.get(letter, "") for letter in word.removeprefix("ال")]
        if word[-1] in "ههה" or (word[-1] == "h" and len(word) > 1):
            letters[-1] = ""
        found += [letter for letter in letters if letter]
    return "".join(found).upper() if len(found) >= _LEAST_CONSONANTS else ""


def without_prefix(folded: str) -> Iterator[str]:
    """Take off what Hebrew and Arabic glue to the front of a name: and, in, to, from, that, as, the.

    Parameters
    ----------
    folded
        A key made by `dashboard.geocoding.names.fold`.

    Yields
    ------
    str
        Each shorter reading of at least three letters, the longest first.
    """
    for pattern, first, last in _PREFIXES:
        if folded and first <= folded[0] <= last:
            match = pattern.match(folded)
            for length in range(1, (match.end() if match else 0) + 1):
                stem = folded[length:]
                if folded[length - 1] == "ل" and stem.startswith("ل"):  # للرباط is to-the-Rabat
                    stem = "ال" + stem[1:]
                if len(stem) >= _SHORTEST_STEM:
                    yield stem
