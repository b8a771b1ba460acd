"""What words of a clause say is done, and by whom: signing, buying, officers. One list for six languages.

It stands beside the concepts of sites, which say what an event is about.
"""

from functools import lru_cache

from dashboard.articles.finding.tokens import Token
from dashboard.articles.learned.sites_concepts import concept_words, concepts_of_forms, parts_of

__all__ = ["event_concepts"]


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
    words = concept_words("events_concepts.json", language)
    none: frozenset[str] = frozenset()
    about = {f"a:{name}" for name in concepts_of_forms(forms, language)}
    done = (words.get(part, none) for form in forms for part in parts_of(form, language))
    return frozenset(about.union(*done))
