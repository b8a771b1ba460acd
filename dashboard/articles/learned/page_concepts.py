"""What words speak of that are no facts: weather, offers, rumours, denials. One list for six languages."""

from functools import lru_cache

from dashboard.articles.finding.tokens import Token
from dashboard.articles.learned.sites_concepts import listed_concepts

__all__ = ["page_concepts"]


def page_concepts(token: Token, language: str) -> tuple[str, ...]:
    """Say what a word speaks of.

    Parameters
    ----------
    token
        A word.
    language
        ISO 639-1 code of the text.

    Returns
    -------
    tuple of str
        Names of concepts in order; most words have none.
    """
    return _concepts(token.forms, language)


@lru_cache(maxsize=32_768)
def _concepts(forms: tuple[str, ...], language: str) -> tuple[str, ...]:
    return tuple(sorted(listed_concepts("page_concepts.json", forms, language)))
