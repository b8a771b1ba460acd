"""Which sites a page speaks of: the rules' finds and every town weighed by what was learned from articles.

For each town in each sentence a model says how likely it is that a site of each kind is told there. What is
likely enough is proposed, once for each town and kind, with the sentence that tells it best.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from dashboard.articles.assembling.merging import merged_sites, same_place
from dashboard.articles.assembling.sites import FoundSite, is_new_site, kind_of_cue, site_status
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.sites_features import KINDS, Features, page_features
from dashboard.articles.learned.sites_units import Ground, Unit, read_grounds

__all__ = ["STATUSES", "SiteModels", "Told", "learned_sites", "status_features", "told_kinds"]

STATUSES: Final = ("operating", "planned", "construction", "closed", "idle", "destroyed")

_FIRST: Final = 0.45
"""How likely it must be that a town has a site at all."""
_MORE: Final = 0.5
"""The same for a further sentence about a town that has one: it may tell of another kind."""
_SECOND: Final = 0.4
"""How likely a second kind in one sentence must be."""
_MOST_UNITS: Final = 2_000
"""Towns in sentences that are weighed; a page with more is no article, and the rules answer alone."""
_BESIDE: Final = 2.4
_NAME_WORDS: Final = 2


@dataclass(frozen=True, slots=True)
class SiteModels:
    """The models of sites.

    Parameters
    ----------
    kinds
        Weights of the features of a unit, for each kind.
    relation
        Weights of the features of a kind, the same for all kinds.
    status
        How far a site is that is told.
    """

    kinds: LinearModel
    relation: LinearModel
    status: LinearModel

    @staticmethod
    @cache
    def shipped() -> "SiteModels":
        """Load the models of the package.

        Returns
        -------
        SiteModels
            Read once.
        """
        return SiteModels(*(LinearModel.load(f"site-{name}") for name in ("kinds", "relation", "status")))

    def likely(self, features: Features) -> dict[str, float]:
        """Say how likely each kind of site is.

        Parameters
        ----------
        features
            Features of a unit.

        Returns
        -------
        dict of str to float
            By kind; together less than 1, since there may be no site.
        """
        scores = self.kinds.scores(dict.fromkeys(sorted(features.unit), 1.0))
        for kind in KINDS:
            scores[kind] += self.relation.sums(dict.fromkeys(sorted(features.kinds[kind]), 1.0))[0]
        highest = max(0.0, *scores.values())
        powers = {kind: math.exp(score - highest) for kind, score in scores.items()}
        total = math.exp(-highest) + sum(powers.values())
        return {kind: power / total for kind, power in powers.items()}


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


def learned_sites(
    stories: Sequence[Story], found: Sequence[FoundSite], language: str, models: SiteModels
) -> list[FoundSite]:
    """Say which sites a page speaks of.

    Parameters
    ----------
    stories
        Stories of the page.
    found
        What the rules found, cancelled ones too.
    language
        ISO 639-1 code of the text.
    models
        The models.

    Returns
    -------
    list of FoundSite
        One for each kind and place, in order of the text.
    """
    grounds = read_grounds(stories, found)
    if sum(len(ground.units) for ground in grounds) > _MOST_UNITS:
        return merged_sites([site for site in found if site.status != "cancelled"])
    read = page_features(grounds, language)
    weighed = [(unit, models.likely(features)) for unit, features in read]
    features_of = {id(unit): features for unit, features in read}
    sites = [_as_site(told, features_of, models.status) for told in told_kinds(weighed)]
    return sorted(sites, key=lambda site: (site.sentence.start, site.first))


def told_kinds(
    weighed: Iterable[tuple[Unit, dict[str, float]]],
    first: float = _FIRST,
    second: float = _SECOND,
    more: float = _MORE,
) -> list[Told]:
    """Choose what is told.

    Parameters
    ----------
    weighed
        Towns in sentences, with how likely each kind is.
    first
        How likely it must be that a town has a site.
    second
        How likely a second kind in one sentence must be.
    more
        How likely it must be that a further sentence tells of one.

    Returns
    -------
    list of Told
        The likeliest first; a kind once for each place.
    """
    kinds_of: dict[int, list[Told]] = {}
    for unit, likely in sorted(weighed, key=lambda one: -sum(one[1].values())):
        told = kinds_of.setdefault(id(unit.ground), [])
        if _tells_nothing(unit):
            continue
        if sum(likely.values()) < (more if told else first):
            continue
        order = sorted(KINDS, key=lambda kind: -likely[kind])
        _tell(told, unit, order[0], sum(likely.values()), likely[order[0]])
        if likely[order[1]] >= second:
            _tell(told, unit, order[1], likely[order[1]], likely[order[1]])
    chosen: list[Told] = []
    for one in sorted((one for told in kinds_of.values() for one in told), key=lambda one: -one.score):
        same = next((other for other in chosen if _is_same(other, one)), None)
        if same is None:
            chosen.append(one)
        else:
            same.units.extend(one.units)
    return chosen


def _tells_nothing(unit: Unit) -> bool:
    """Whether a sentence only brings up a site that will not be, or names a firm called after the town."""
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


def _tell(told: list[Told], unit: Unit, kind: str, score: float, likely: float) -> None:
    same = next((one for one in told if one.kind == kind), None)
    if same is None:
        told.append(Told(unit.ground, kind, score, [(likely, unit)]))
    else:
        same.units.append((likely, unit))


def _is_same(first: Told, second: Told) -> bool:
    return first.kind == second.kind and same_place(first.ground.place, second.ground.place)


def _as_site(told: Told, features_of: Mapping[int, Features], statuses: LinearModel) -> FoundSite:
    """Make the site of the sentence that tells it best; the others are its further quotes."""
    order = sorted(told.units, key=lambda one: (-one[0], one[1].sentence.start))
    unit = order[0][1]
    features = features_of[id(unit)]
    site = _by_rules(unit, told.kind) or _from_words(unit, features, told.kind)
    scores = statuses.scores(status_features(unit, features, told.kind))
    site.status = max(STATUSES, key=scores.__getitem__)
    for _, other in order[1:]:
        if other.sentence is not site.sentence and other.sentence not in site.more:
            site.more.append(other.sentence)
    return site


def status_features(unit: Unit, features: Features, kind: str) -> dict[str, float]:
    """Give what the model of statuses sees of a site that is told.

    Parameters
    ----------
    unit
        The town in the sentence that tells it.
    features
        Features of that.
    kind
        The kind that is told.

    Returns
    -------
    dict of str to float
        Features with their values.
    """
    found = (*features.unit, *(f"kind/{name}" for name in features.kinds[kind]))
    made = dict.fromkeys(sorted(found), 1.0)
    made[f"kind:{kind}"] = 1.0
    site = _by_rules(unit, kind) or _from_words(unit, features, kind)
    made[f"rules say:{site.status}"] = 1.0
    if site.fresh:
        made["fresh"] = 1.0
    return made


def _by_rules(unit: Unit, kind: str) -> FoundSite | None:
    found = (site for site in unit.ground.rules if site.sentence is unit.sentence and site.kind == kind)
    site = next(found, None)
    return replace(site, more=list(site.more)) if site is not None else None


def _from_words(unit: Unit, features: Features, kind: str) -> FoundSite:
    """Make a site of the words that tell it: a noun for it, else what is done there, else the name."""
    sentence = unit.sentence
    name = unit.names[0] if unit.names else None
    words = [hit for hit in sentence.sites if hit.label == kind]
    words.extend(cue for cue in sentence.cues if kind_of_cue(sentence, cue) == kind)
    if name is None:
        hit = next(iter(words or sentence.sites), Hit(0, 0, kind))
    else:
        near = [hit for hit in words if sentence.apart(hit.first, name.first) <= _BESIDE]
        spoken = features.speakers.get(kind)
        other = Hit(name.first, name.last, kind) if spoken is None else Hit(spoken, spoken, kind)
        hit = min(near, key=lambda one: sentence.apart(one.first, name.first), default=other)
    place = unit.ground.place if name is None else name.place
    site = FoundSite(kind, sentence, hit.first, hit.last, place, name)
    site.fresh = is_new_site(site)
    site.status = site_status(site)
    return site
