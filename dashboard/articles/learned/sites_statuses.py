"""How far a site is that is told: what the words around it speak of, in six languages, weighed by a model.

Most sites that an article names are at work, so that what says otherwise must be looked for by itself: ground
that is broken, a plant that shall come, one that shut, stands idle or burned.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.tokens import Token, fold
from dashboard.articles.learned.sites_concepts import parts_of
from dashboard.articles.learned.sites_units import Unit

__all__ = ["STATUSES", "status_features"]

STATUSES: Final = ("operating", "planned", "construction", "closed", "idle", "destroyed")

_BOUNDS: Final = (0.3, 0.8, 1.4, 2.2)
"""Distances that are told apart, as `Sentence.apart` measures them."""
_CLAUSE: Final = 1.4
_GAP: Final = 3
"""Words that a word of a phrase may be behind the one before: "ground was broken"."""
_WHOLE: Final = "="
"""Before a word that is no beginning of others: "plan" begins "plane" and "plant"."""
_YEAR: Final = 4
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2060
_RECENT_YEARS: Final = 2


@dataclass(frozen=True, slots=True)
class _Found:
    """Words that speak of a status.

    Parameters
    ----------
    concept
        What they speak of.
    hit
        Where they stand.
    """

    concept: str
    hit: Hit

    @property
    def is_phrase(self) -> bool:
        return self.hit.last > self.hit.first


def status_features(
    unit: Unit, site: FoundSite, language: str, published_year: int | None
) -> dict[str, float]:
    """Give what the model of statuses sees of a site that is told.

    Parameters
    ----------
    unit
        The town in the sentence that tells it.
    site
        The site as the words of that sentence give it.
    language
        ISO 639-1 code of the text.
    published_year
        Year in which the text was published, if that is known.

    Returns
    -------
    dict of str to float
        Features, each with the value 1.
    """
    sentence = unit.sentence
    spans = [(site.first, site.last), *((name.first, name.last) for name in unit.names)]
    found = _spoken(sentence, language)
    near = [one for one in found if _apart(sentence, one.hit, spans) <= _CLAUSE]
    made = {f"kind:{site.kind}", f"rules:{site.status}", "fresh" if site.fresh else "known"}
    made.add("headline" if sentence.headline else "body")
    if not unit.names:
        made.add("unnamed")
    for one in found:
        made.update(_by_distance(one.concept, _apart(sentence, one.hit, spans)))
    for one in near:
        made.add(f"{one.concept}:{'before' if one.hit.last < site.first else 'behind'}")
        if one.is_phrase:
            made.add(f"{one.concept}:phrase")
    for cue in sentence.status:
        made.update(_by_distance(f"cue:{cue.label}", _apart(sentence, cue, spans)))
    concepts = sorted({one.concept for one in near})
    made.update(f"{first}&{second}" for first in concepts for second in concepts if first < second)
    if published_year is not None:
        made.update(_years(sentence, spans, concepts, published_year))
    made.update(_elsewhere(unit, language))
    return dict.fromkeys(sorted(made), 1.0)


def _by_distance(name: str, apart: float) -> Iterator[str]:
    yield f"{name}:any"
    yield from (f"{name}:{bound}" for bound in _BOUNDS if apart <= bound)


def _apart(sentence: Sentence, hit: Hit, spans: Iterable[tuple[int, int]]) -> float:
    """Measure how far words are from the nearest of the spans that name the site or its town."""
    return min(
        sentence.apart(hit.last, first)
        if hit.last < first
        else sentence.apart(last, hit.first)
        if hit.first > last
        else 0.0
        for first, last in spans
    )


def _years(
    sentence: Sentence, spans: Sequence[tuple[int, int]], concepts: Sequence[str], published: int
) -> Iterator[str]:
    for n, token in enumerate(sentence.tokens):
        digits = token.forms[-1]
        if len(digits) != _YEAR or not digits.isdecimal() or not _FIRST_YEAR < int(digits) < _LAST_YEAR:
            continue
        when = _relative_year(int(digits), published)
        yield f"year:{when}:any"
        if _apart(sentence, Hit(n, n, ""), spans) <= _CLAUSE:
            yield f"year:{when}:near"
            yield from (f"year:{when}&{concept}" for concept in concepts)


def _relative_year(year: int, published: int) -> str:
    if year > published:
        return "later"
    if year == published:
        return "now"
    return "last" if year >= published - _RECENT_YEARS else "old"


def _elsewhere(unit: Unit, language: str) -> Iterator[str]:
    """Give what is said of the town in other sentences: beside its name, or right before or behind."""
    here = unit.sentence
    for other in unit.ground.units:
        sentence = other.sentence
        if sentence is here:
            continue
        for one in _spoken(sentence, language):
            if other.names:
                spans = [(name.first, name.last) for name in other.names]
                if _apart(sentence, one.hit, spans) <= _CLAUSE:
                    yield f"elsewhere:{one.concept}"
            elif abs(sentence.position - here.position) <= 1:
                yield f"beside:{one.concept}"


def _spoken(sentence: Sentence, language: str) -> list[_Found]:
    """Find the words of a sentence that speak of a status."""
    table = _phrases(language)
    parts = [_parts(token, language) for token in sentence.tokens]
    found = []
    for n, mine in enumerate(parts):
        for part in mine & table.keys():
            for concept, rest in table[part]:
                last = _end_of(rest, parts, n)
                if last is not None:
                    found.append(_Found(concept, Hit(n, last, concept)))
    return found


def _end_of(rest: Sequence[str], parts: Sequence[frozenset[str]], first: int) -> int | None:
    """Give the last word of a phrase that begins with a word, or None if it does not go on there."""
    last = first
    for word in rest:
        ahead = range(last + 1, min(last + 1 + _GAP, len(parts)))
        found = next((n for n in ahead if word in parts[n]), None)
        if found is None:
            return None
        last = found
    return last


def _parts(token: Token, language: str) -> frozenset[str]:
    parts = {part for form in token.forms for part in parts_of(form, language)}
    return frozenset(parts.union(f"{_WHOLE}{form}" for form in token.forms))


@cache
def _phrases(language: str) -> Mapping[str, Sequence[tuple[str, tuple[str, ...]]]]:
    """Read the phrases of a language: the beginning of their first word, the concept and the other words."""
    source = files("dashboard.articles.learned").joinpath("sites_statuses.json")
    table: dict[str, dict[str, str]] = json.loads(source.read_text(encoding="utf-8"))
    found: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for concept, lists in table.items():
        for phrase in lists.get(language, "").split():
            first, *rest = map(fold, phrase.split("+"))
            found[first].append((concept, tuple(rest)))
    return found
