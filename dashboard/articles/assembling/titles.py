"""Titles of events and names of sites, in our words: what it is, who, which product, where.

A title is no cutting from the article: cuttings end anywhere and shout where a headline shouts. What is known
is named in the order of the atlas's own titles, "Contract: Denel, 155 mm shells, Boksburg".
"""

from collections.abc import Iterable, Sequence
from typing import Final

from dashboard.articles.assembling.events import FoundEvent
from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.tokens import Token
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Cited

__all__ = ["event_title", "place_name", "site_name"]

_HEADS: Final = {
    "meeting": "meeting", "visit": "visit", "agreement": "agreement", "contract": "contract",
    "delivery": "delivery", "opening": "opening", "closure": "closure", "exercise": "exercise",
    "test": "test", "corporate": "company deal", "incident": "incident", "policy": "policy decision",
}  # fmt: skip
_STATUS: Final = {
    "planned": "planned", "postponed": "postponed", "denied": "denied", "cancelled": "cancelled",
    "unconfirmed": "unconfirmed",
}  # fmt: skip
_SITES: Final = {
    "factory": "factory", "shipyard": "shipyard", "headquarters": "headquarters", "laboratory": "laboratory",
    "test_range": "test range", "maintenance": "maintenance centre", "depot": "depot", "base": "base",
    "training": "training centre", "launch_site": "launch site", "office": "office",
}  # fmt: skip
_ABOUT_PRODUCTS: Final = frozenset({"contract", "delivery", "test", "agreement", "opening"})
_OWNERS: Final = frozenset({"company", "armed_force", "research"})
_MOST: Final = 2
_NEAR: Final = 1.5
_OPERATOR_REACH: Final = 1.0
_SHOUT: Final = 5
"""Letters from which a word in capitals is shouted: "BERRECHID", and no abbreviation."""
_NAME_WORDS: Final = 4
_MEASURES: Final = frozenset({"mm", "cm", "kg", "km", "kiloton", "tonne", "ton"})
_LONGEST_PRODUCT: Final = 3
_ARTICLES: Final = frozenset({
    "the", "le", "la", "les", "el", "los", "las", "der", "die", "das", "a", "an", "its", "in",
})  # fmt: skip
_FILLERS: Final = frozenset({
    "batch", "batches", "lot", "lots", "more", "them", "first", "last", "two", "three", "four", "ones",
    "system", "systems", "equipment", "unit", "units", "version", "versions", "model", "models", "variant",
    "example", "examples", "kit", "kits", "parts", "components", "gear", "hardware",
})  # fmt: skip
"""Words for products that tell nothing in a title."""


def event_title(event: FoundEvent, actors: Sequence[Cited], products: Sequence[Cited]) -> str:
    """Make the title of an event.

    Parameters
    ----------
    event
        The event.
    actors
        Who takes part, the nearest first.
    products
        What it is about, the nearest first.

    Returns
    -------
    str
        Such as "Planned opening: Tata Advanced Systems, Berrechid".
    """
    status = _STATUS.get(event.status, "")
    head = f"{status} {_HEADS.get(event.kind, event.kind)}".strip()
    people = _names(actor.value for actor in actors if actor.kind != "person") or _names(
        actor.value for actor in actors
    )
    parts = [people, _products(event, products), _site(event), place_name(event.place)]
    told: list[str] = []
    for part in parts:
        if part and not any(part in other for other in told):
            told.append(part)
    head = head[0].upper() + head[1:]
    if not told and event.when is not None:
        return f"{head}, {event.when.edtf}"
    return f"{head}: {', '.join(told)}" if told else head


def site_name(text: str, site: FoundSite, operators: Sequence[Cited]) -> str:
    """Make the name of a site: its own, else whose it is, what it is and where.

    Parameters
    ----------
    text
        The whole text.
    site
        The site.
    operators
        Actors near it, the nearest first.

    Returns
    -------
    str
        Such as "Upinniemi Naval Base" or "Tata Advanced Systems factory, Berrechid".
    """
    place = place_name(site.place)
    if site.place.kind == "facility" or _is_inside(site):
        return place
    own = _own_name(text, site)
    if own:
        return own if place in own else f"{own}, {place}"
    operator = next((actor for actor in operators if _may_own(actor, site)), None)
    noun = _SITES.get(site.kind, site.kind)
    if operator is None:
        noun = noun[0].upper() + noun[1:]
        return f"{noun}, {place}"
    return f"{_calm(operator.value)} {noun}, {place}"


def place_name(place: NamedPlace | None) -> str:
    """Give the name of a place as it is written where nobody shouts.

    Parameters
    ----------
    place
        The place, or None.

    Returns
    -------
    str
        Its name; empty without one.
    """
    if place is None:
        return ""
    return _calm(place.name if place.sense == "demonym" and place.name else place.surface)


def _calm(name: str) -> str:
    """Write a name without shouting, which datelines and headlines do: "BERRECHID" becomes "Berrechid"."""
    if "(" in name and ")" not in name:
        name = name.partition("(")[0]
    words = name.split()
    shouted = name.isupper() and len(words) > 1
    return " ".join(
        word.capitalize() if word.isupper() and word.isalpha() and (shouted or len(word) >= _SHOUT) else word
        for word in words
    )


def _names(values: Iterable[str]) -> str:
    found: list[str] = []
    for value in values:
        name = _calm(value)
        if not any(name in other or other in name for other in found):
            found.append(name)
    return " and ".join(found[:_MOST])


def _products(event: FoundEvent, products: Sequence[Cited]) -> str:
    if event.kind not in _ABOUT_PRODUCTS:
        return ""
    named = _names(product.value for product in products if not product.value.islower())
    return named or ("" if event.kind == "opening" and event.sentence.sites else _product_words(event))


def _product_words(event: FoundEvent) -> str:
    """Give the product word nearest to the event, with its calibre: "155 mm shells"."""
    sentence = event.sentence
    near = [
        hit
        for hit in sentence.objects
        if hit.label in ("product", "ship") and sentence.apart(hit.first, event.mention.head) <= _NEAR
    ]
    near = [hit for hit in near if sentence.tokens[hit.last].folded not in _FILLERS]
    if not near:
        return ""
    hit = min(near, key=lambda one: sentence.apart(one.first, event.mention.head))
    first = hit.first
    while first > 0 and hit.last - first < _LONGEST_PRODUCT and _measures(sentence.tokens[first - 1]):
        first -= 1
    return " ".join(token.text for token in sentence.tokens[first : hit.last + 1])


def _measures(token: Token) -> bool:
    return token.text.isdecimal() or token.folded in _MEASURES


def _site(event: FoundEvent) -> str:
    """Give what was opened, closed or hit, where the sentence tells one site only."""
    if event.kind not in ("opening", "closure", "incident"):
        return ""
    kinds = {hit.label for hit in event.sentence.sites}
    return _SITES.get(kinds.pop(), "") if len(kinds) == 1 else ""


def _is_inside(site: FoundSite) -> bool:
    """Whether the name of the place holds the word for the site: "base aérienne de Mont-de-Marsan"."""
    here = site.here
    return here is not None and here.first <= site.first and site.last <= here.last


def _own_name(text: str, site: FoundSite) -> str:
    """Give the proper name that the words for a site end: "Heydar Aliyev Academy"; empty without one."""
    sentence, tokens = site.sentence, site.sentence.tokens
    if site.first == 0 or not all(tokens[n].capital for n in range(site.first, site.last + 1)):
        return ""
    first = site.first
    while first > 0 and site.first - first < _NAME_WORDS and _goes_on(sentence, first):
        first -= 1
    if first == site.first or tokens[first].folded in _ARTICLES:
        return ""
    return _calm(text[slice(*sentence.offsets(first, site.last))])


def _goes_on(sentence: Sentence, first: int) -> bool:
    before = sentence.tokens[first - 1]
    joined = sentence.tokens[first].start - before.end == 1
    return joined and before.capital and before.folded not in _ARTICLES and first - 1 > 0


def _may_own(actor: Cited, site: FoundSite) -> bool:
    """Whether an actor beside a site may be the one that runs it."""
    sentence = site.sentence
    if actor.kind not in _OWNERS:
        return False
    inside = [n for n, token in enumerate(sentence.tokens) if token.start >= actor.quote.start]
    return bool(inside) and sentence.apart(inside[0], site.first) <= _OPERATOR_REACH
