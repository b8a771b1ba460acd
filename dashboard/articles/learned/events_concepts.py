"""What words of a clause say is done, and by whom: signing, buying, officers. One list for six languages.

It stands beside the concepts of sites, which say what an event is about.
"""

from functools import lru_cache

from dashboard.articles.finding.tokens import Token
from dashboard.articles.learned.sites_concepts import concepts_of_forms, listed_concepts

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
    about = {f"a:{name}" for name in concepts_of_forms(forms, language)}
    return listed_concepts("events_concepts.json", forms, language) | about
