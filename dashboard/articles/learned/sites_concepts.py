"""What words around a place speak of: repairing, storing, soldiers, ships. One list for six languages.

A feature that names a concept is learned from articles of all languages together; one that names a word would
have to be learned again for each.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from dashboard.articles.finding.tokens import Token, fold

__all__ = [
    "KIND_OF_CONCEPT",
    "concept_words",
    "concepts_of",
    "concepts_of_forms",
    "listed_concepts",
    "parts_of",
]

KIND_OF_CONCEPT: Final = {
    "repair": "maintenance",
    "workshop": "maintenance",
    "train": "training",
    "test": "test_range",
    "store": "depot",
    "unit": "base",
    "based": "base",
    "shipbuild": "shipyard",
    "make": "factory",
    "seat": "headquarters",
    "office": "office",
    "research": "laboratory",
    "launch": "launch_site",
}
"""The kind of site that a concept speaks for."""

_STEM: Final = 4
_SHORT_STEM: Final = 3
_INNER: Final = 5
"""Letters from which a German word is looked for inside compounds."""
_GLUING: Final = frozenset({"ar", "he"})
"""Languages whose stems are short."""


@cache
def concept_words(lists_name: str, language: str) -> dict[str, frozenset[str]]:
    """Give the words of a language, folded, with their concepts.

    Parameters
    ----------
    lists_name
        File of the concepts, beside this module.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    dict of str to frozenset of str
        Names of concepts by word.
    """
    source = files("dashboard.articles.learned").joinpath(lists_name)
    table: dict[str, dict[str, str]] = json.loads(source.read_text(encoding="utf-8"))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for concept, lists in table.items():
        for word in lists.get(language, "").split():
            found[fold(word)].add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


def concepts_of(token: Token, language: str) -> frozenset[str]:
    """Say what a word speaks of.

    Parameters
    ----------
    token
        A word.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    frozenset of str
        Names of concepts; most words have none.
    """
    return concepts_of_forms(token.forms, language)


@lru_cache(maxsize=32_768)
def concepts_of_forms(forms: tuple[str, ...], language: str) -> frozenset[str]:
    """Say what a word speaks of, by the forms it may have.

    Parameters
    ----------
    forms
        The folded word, and what remains of it without glued particles.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    frozenset of str
        Names of concepts.
    """
    return listed_concepts("sites_concepts.json", forms, language)


def listed_concepts(lists_name: str, forms: tuple[str, ...], language: str) -> frozenset[str]:
    """Look up in lists of words what a word speaks of; whoever asks keeps the answer.

    Parameters
    ----------
    lists_name
        Name of the file of lists.
    forms
        The folded word, and what remains of it without glued particles.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    frozenset of str
        Names of concepts.
    """
    words = concept_words(lists_name, language)
    none: frozenset[str] = frozenset()
    return frozenset(
        concept for form in forms for part in parts_of(form, language) for concept in words.get(part, none)
    )


def parts_of(form: str, language: str) -> Iterator[str]:
    """Give the word and the beginnings of it that may be a stem; of a German one the inner parts too.

    Parameters
    ----------
    form
        A folded word.
    language
        ISO 639-1 code of the text.

    Yields
    ------
    str
        The parts, the word itself first.
    """
    yield form
    length = len(form)
    least = _SHORT_STEM if language in _GLUING or length <= _STEM else _STEM
    for end in range(least, length):
        yield form[:end]
    if language == "de":
        for start in range(1, length - _INNER + 1):
            for end in range(start + _INNER, length + 1):
                yield form[start:end]
