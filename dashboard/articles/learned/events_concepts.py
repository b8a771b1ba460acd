"""What words of a clause say is done, and by whom: signing, buying, officers. One list for six languages.

It stands beside the concepts of sites, which say what an event is about.
"""

import json
from collections import defaultdict
from functools import cache, lru_cache
from importlib.resources import files

from dashboard.articles.finding.tokens import Token, fold
from dashboard.articles.learned.sites_concepts import concepts_of_forms, parts_of

__all__ = ["event_concepts"]


@cache
def _words(language: str) -> dict[str, frozenset[str]]:
    """Give the words of a language, folded, with their concepts."""
    source = files("dashboard.articles.learned").joinpath("events_concepts.json")
    table: dict[str, dict[str, str]] = json.loads(source.read_text(encoding="utf-8"))
    found: defaultdict[str, set[str]] = defaultdict(set)
    for concept, lists in table.items():
        for word in lists.get(language, "").split():
            found[fold(word)].add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


def event_concepts(token: Token, language: str) -> frozenset[str]:
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
        Names of concepts, those of sites among them; most words have none.
    """
    return _concepts(token.forms, language)


@lru_cache(maxsize=32_768)
def _concepts(forms: tuple[str, ...], language: str) -> frozenset[str]:
    words = _words(language)
    none: frozenset[str] = frozenset()
    about = {f"a:{name}" for name in concepts_of_forms(forms, language)}
    done = (words.get(part, none) for form in forms for part in parts_of(form, language))
    return frozenset(about.union(*done))
