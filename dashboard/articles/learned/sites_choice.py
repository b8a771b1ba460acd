"""Which kinds of sites an article tells of each town, once all of its sentences are weighed.

What one sentence says of a town is held against what others say of it, and against the other towns of that
sentence: a kind that two sentences speak of is likelier, one that the town beside has as well is less likely.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from dashboard.articles.assembling.merging import same_place
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.learned.doubts import caution
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.sites_features import KINDS
from dashboard.articles.learned.sites_units import Ground, Unit

__all__ = ["SiteCandidate", "Told", "chosen_kinds", "is_same", "site_candidates", "tells_nothing"]

Weighed: TypeAlias = Sequence[tuple[Unit, Mapping[str, float]]]
"""Towns in sentences, with how likely each kind of site is."""

_LEAST: Final = 0.12
"""How likely a kind must be in some sentence to be a candidate."""
_TELLS: Final = 0.4
"""How likely it must be in a further sentence for that to be quoted."""
_LEVELS: Final = (0.2, 0.35, 0.5, 0.7, 0.9)
_BELIEVED: Final = 0.4
_RIVAL: Final = 0.3
_SURE: Final = 0.999
_MOST: Final = 4
_MOST_CANDIDATES: Final = 1_000
"""Candidates that are held against each other; what is less likely is no site of an article."""
_NAME_WORDS: Final = 2


@dataclass(slots=True)
class Told:
    """A kind of site that is told of a town.

    Parameters
    ----------
    ground
        The town.
    kind
        Code of the site vocabulary.
    score
        How likely it is.
    units
        Sentences that tell it, with how likely each is.
    """

    ground: Ground
    kind: str
    score: float
    units: list[tuple[float, Unit]] = field(default_factory=list)

    @property
    def in_order(self) -> list[Unit]:
        """The sentences, the one that tells it best first."""
        return [unit for _, unit in sorted(self.units, key=lambda one: (-one[0], one[1].sentence.start))]


@dataclass(slots=True)
class SiteCandidate:
    """A kind of site that an article may tell of a town.

    Parameters
    ----------
    told
        The site.
    features
        What the model of the choice sees of it.
    """

    told: Told
    features: dict[str, float]


def is_same(first: Told, second: Told) -> bool:
    """Tell whether two towns with a site of that kind are one.

    Parameters
    ----------
    first
        A site.
    second
        Another.

    Returns
    -------
    bool
        Whether they are one.
    """
    return first.kind == second.kind and same_place(first.ground.place, second.ground.place)


def tells_nothing(unit: Unit) -> bool:
    """Tell whether a sentence only brings up a site that will not be, or names a firm called after the town.

    Parameters
    ----------
    unit
        The town in the sentence.

    Returns
    -------
    bool
        Whether it tells no site.
    """
    here = [site for site in unit.ground.rules if site.sentence is unit.sentence]
    if here:
        return all(site.fresh and site.status == "cancelled" for site in here)
    return bool(unit.names) and all(_is_in_longer_name(unit.sentence, name) for name in unit.names)


def _is_in_longer_name(sentence: Sentence, name: LocatedName) -> bool:
    """Whether two words in capitals follow a name, and none of them is a word for a site."""
    behind = range(name.last + 1, name.last + 1 + _NAME_WORDS)
    if sentence.headline or behind[-1] >= len(sentence.tokens):
        return False
    words = {n for hit in sentence.sites for n in range(hit.first, hit.last + 1)}
    words.update(n for other in sentence.places for n in range(other.first, other.last + 1))
    tokens = sentence.tokens
    return all(
        tokens[n].capital and n not in words and tokens[n].start - tokens[n - 1].end == 1 for n in behind
    )


def chosen_kinds(weighed: Iterable[tuple[Unit, Mapping[str, float]]], model: LinearModel) -> list[Told]:
    """Choose what an article tells.

    Parameters
    ----------
    weighed
        Towns in sentences, with how likely each kind is.
    model
        The model of the choice.

    Returns
    -------
    list of Told
        The likeliest first; a kind once for each place.
    """
    candidates = site_candidates(weighed)
    return [
        one.told
        for one in candidates
        if model.sums(one.features)[0] >= caution(one.told.in_order[0].sentence.doubt)
    ]


def site_candidates(weighed: Iterable[tuple[Unit, Mapping[str, float]]]) -> list[SiteCandidate]:
    """List the kinds of sites that an article may tell of its towns.

    Parameters
    ----------
    weighed
        Towns in sentences, with how likely each kind is.

    Returns
    -------
    list of SiteCandidate
        The likeliest first; a kind once for each place.
    """
    page = _Page.of([one for one in weighed if not tells_nothing(one[0])])
    found = [one for ground in page.grounds for one in _of_ground(ground, page)]
    kept: list[SiteCandidate] = []
    for one in sorted(found, key=lambda candidate: -candidate.told.score)[:_MOST_CANDIDATES]:
        same = next((other for other in kept if is_same(other.told, one.told)), None)
        if same is None:
            kept.append(one)
        else:
            same.told.units.extend(one.told.units)
    return kept


@dataclass(slots=True)
class _Page:
    grounds: list[Weighed]
    of_sentence: Mapping[int, Weighed]
    best: Mapping[str, list[float]]
    """For each kind how likely it is at each town, the likeliest first."""
    believed: Mapping[str, int]
    """For each kind at how many towns it is believed."""

    @staticmethod
    def of(weighed: Weighed) -> "_Page":
        grounds: defaultdict[int, list[tuple[Unit, Mapping[str, float]]]] = defaultdict(list)
        sentences: defaultdict[int, list[tuple[Unit, Mapping[str, float]]]] = defaultdict(list)
        for unit, likely in weighed:
            grounds[id(unit.ground)].append((unit, likely))
            sentences[id(unit.sentence)].append((unit, likely))
        best = {
            kind: sorted(
                (max(likely[kind] for _, likely in units) for units in grounds.values()), reverse=True
            )
            for kind in KINDS
        }
        believed = {kind: sum(share > _BELIEVED for share in shares) for kind, shares in best.items()}
        return _Page(list(grounds.values()), sentences, best, believed)


@dataclass(slots=True)
class _Case:
    """A kind at a town with the sentence that tells it best, and the likeliest other kind of the town."""

    kind: str
    unit: Unit
    likely: Mapping[str, float]
    units: Weighed
    best: Mapping[str, float]
    other: str
    rival: float

    @property
    def score(self) -> float:
        return self.best[self.kind]


def _of_ground(units: Weighed, page: _Page) -> Iterator[SiteCandidate]:
    best = {kind: max(likely[kind] for _, likely in units) for kind in KINDS}
    ground = units[0][0].ground
    for kind in KINDS:
        if best[kind] < _LEAST:
            continue
        unit, likely = max(units, key=lambda one: (one[1][kind], -one[0].sentence.start))
        beside = page.of_sentence[id(unit.sentence)]
        rival = max((others[kind] for one, others in beside if one.ground is not ground), default=0.0)
        other = max((name for name in KINDS if name != kind), key=best.__getitem__)
        case = _Case(kind, unit, likely, units, best, other, rival)
        features = dict(_numbers(case))
        features.update(dict.fromkeys(_flags(case, page), 1.0))
        tellers = [(shares[kind], one) for one, shares in units if shares[kind] >= _TELLS or one is unit]
        yield SiteCandidate(Told(ground, kind, best[kind], tellers), features)


def _numbers(case: _Case) -> Iterator[tuple[str, float]]:
    kind = case.kind
    totals = [sum(likely.values()) for _, likely in case.units]
    own = sum(likely[kind] for _, likely in case.units)
    beside = max(share for name, share in case.likely.items() if name != kind)
    yield "best", _logit(case.score)
    yield "here", _logit(sum(case.likely.values()))
    yield "most", _logit(max(totals))
    yield "sum", math.log(own)
    yield "sums", math.log(sum(totals))
    yield "share", own / sum(totals)
    yield "any", _logit(1 - math.prod(1 - likely[kind] for _, likely in case.units))
    yield "margin", _logit(case.score) - _logit(beside)
    yield "other", _logit(case.best[case.other])
    if case.rival:
        yield "rival", _logit(case.rival)


def _flags(case: _Case, page: _Page) -> Iterator[str]:
    unit, ground = case.unit, case.unit.ground
    yield f"kind:{case.kind}"
    yield f"units:{min(len(case.units), _MOST)}"
    yield "named" if unit.names else "unnamed"
    yield "headline" if unit.sentence.headline else f"at:{min(unit.sentence.position, _MOST)}"
    yield f"towns:{min(len(page.of_sentence[id(unit.sentence)]), _MOST)}"
    yield f"page:{min(page.believed[case.kind], _MOST)}"
    yield f"rank of town:{min(page.best[case.kind].index(case.score), _MOST - 1)}"
    if case.rival:
        yield f"rival:{'above' if case.rival > case.score else 'below'}"
    yield from _against_other_kinds(case)
    for name, share in (("best", case.score), ("rival", case.rival), ("other", case.best[case.other])):
        yield from (f"{name}>{level}" for level in _LEVELS if share > level)
    yield from _of_place(ground, case.kind)


def _against_other_kinds(case: _Case) -> Iterator[str]:
    order = sorted(KINDS, key=lambda kind: -case.best[kind])
    yield f"rank:{min(order.index(case.kind), 2)}"
    first = all(case.likely[case.kind] >= share for share in case.likely.values())
    yield "first here" if first else "second here"
    if case.best[case.other] > _RIVAL:
        where = "above" if case.best[case.other] > case.score else "below"
        yield f"with:{where}"
        yield f"with:{where}:{case.other}|{case.kind}"
        teller = max(case.units, key=lambda one: one[1][case.other])[0]
        yield "other in sentence" if teller is case.unit else "other elsewhere"


def _of_place(ground: Ground, kind: str) -> Iterator[str]:
    found = sum(site.kind == kind for site in ground.rules)
    yield f"rules:{min(found, 2)}"
    if ground.rules and not found:
        yield "rules:other"
    yield f"place:{ground.place.kind}"
    yield "home" if ground.home else "abroad"
    if ground.place.doubtful:
        yield "doubtful"
    yield from (word for word in ("main", "dateline") if getattr(ground, word))


def _logit(share: float) -> float:
    inside = min(max(share, 1 - _SURE), _SURE)
    return math.log(inside / (1 - inside))
