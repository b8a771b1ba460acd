# ruff: noqa: RUF001 - Turkish letters
"""Guess the language of a text by its script and its commonest words; enough to choose a list of cues."""

import re
from typing import Final

from dashboard.geocoding.mentions.cues import LANGUAGES, UNCASED, cues_of
from dashboard.geocoding.mentions.tokens import Tokens

__all__ = ["guess_language"]

_READ_WORDS: Final = 200
_SCRIPTS: Final = (
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u05d0-\u05ea]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f]")),
)
_READ_FOR_SCRIPT: Final = 300
_READ_CHARACTERS: Final = 1000
_LETTERS: Final = {"tr": "ışğİ", "de": "ßäöü", "fr": "èêçœù", "es": "ñ¿¡íáú"}
_MOST_LETTERS: Final = 4
"""Letters count little beside words: "Kırıkkale" and "Brașov" stand in English texts too."""

_CYRILLIC: Final = ("ru", "uk")
_UKRAINIAN: Final = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN: Final = re.compile("[ыэъёЫЭЪЁ]")


def guess_language(text: str, tokens: Tokens) -> str:
    """Guess which of the known languages a text is in.

    Parameters
    ----------
    text
        The text.
    tokens
        Its words.

    Returns
    -------
    str
        ISO 639-1 code of one of `LANGUAGES`; ``en`` when nothing speaks for any.
    """
    head = text[:_READ_CHARACTERS]
    first = head[:_READ_FOR_SCRIPT]
    letters = {name: len(script.findall(first)) for name, script in _SCRIPTS}
    if not any(letters.values()):
        letters = {name: len(script.findall(text)) for name, script in _SCRIPTS}
    script = max(letters, key=lambda name: letters[name])
    if letters[script] == 0:
        return "en"
    if script == "cyrillic":
        return "uk" if len(_UKRAINIAN.findall(head)) > len(_RUSSIAN.findall(head)) else "ru"
    if script != "latin":
        return script
    words = {word.lower() for word in tokens.words[:_READ_WORDS]}
    latin = [code for code in LANGUAGES if code not in UNCASED and code not in _CYRILLIC]
    told = {code: len(words & cues_of(code).stop_words) for code in latin}
    for code, signs in _LETTERS.items():
        told[code] += min(_MOST_LETTERS, sum(head.count(sign) for sign in signs))
    return max(latin, key=lambda code: told[code])
