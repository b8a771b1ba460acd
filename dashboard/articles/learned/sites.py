"""Which sites a page speaks of: the rules' finds and every town weighed by what was learned from articles.

For each town in each sentence a model says how likely it is that a site of each kind is told there. In an
article another model chooses among these once all are weighed; of a line or two, what is likely enough is
told. Each is proposed once for each town and kind, with the sentence that tells it best.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from dashboard.articles.assembling.merging import merged_sites
from dashboard.articles.assembling.sites import FoundSite, is_new_site, kind_of_cue, site_status
from dashboard.articles.assembling.story import Story, is_article
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.sites_choice import Told, chosen_kinds, is_same, tells_nothing
from dashboard.articles.learned.sites_features import KINDS, Features, page_features
from dashboard.articles.learned.sites_statuses import STATUSES, status_features
from dashboard.articles.learned.sites_units import Unit, read_grounds

__all__ = ["SiteModels", "Told", "learned_sites", "site_in", "told_kinds"]

_FIRST: Final = 0.45
"""How likely it must be that a town has a site at all."""
_MORE: Final = 0.5
"""The same for a further sentence about a town that has one: it may tell of another kind."""
_SECOND: Final = 0.4
"""How likely a second kind in one sentence must be."""
_MOST_UNITS: Final = 2_000
"""Towns in sentences that are weighed; a page with more is no article, and the rules answer alone."""
_BESIDE: Final = 2.4


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
    choice
        Which kinds an article tells of its towns; None to take what is likely enough.
    """

    kinds: LinearModel
    relation: LinearModel
    status: LinearModel
    choice: LinearModel | None = None

    @staticmethod
    @cache
    def shipped() -> "SiteModels":
        """Load the models of the package.

        Returns
        -------
        SiteModels
            Read once.
        """
        names = ("kinds", "relation", "status", "choice")
        return SiteModels(*(LinearModel.load(f"site-{name}") for name in names))

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


def learned_sites(
    stories: Sequence[Story],
    found: Sequence[FoundSite],
    language: str,
    published_year: int | None,
    models: SiteModels,
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
    published_year
        Year in which the text was published, if that is known.
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
    choice = models.choice if is_article(stories) else None
    told = chosen_kinds(weighed, choice) if choice is not None else told_kinds(weighed)
    sites = []
    for one in told:
        unit, site = _as_site(one, features_of)
        scores = models.status.scores(status_features(unit, site, language, published_year))
        site.status = max(STATUSES, key=scores.__getitem__)
        sites.append(site)
    return sorted(sites, key=lambda site: (site.sentence.start, site.first))


def told_kinds(
    weighed: Iterable[tuple[Unit, dict[str, float]]],
    first: float = _FIRST,
    second: float = _SECOND,
    more: float = _MORE,
) -> list[Told]:
    """Choose what a line or two tell.

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
        if tells_nothing(unit):
            continue
        if sum(likely.values()) < (more if told else first):
            continue
        order = sorted(KINDS, key=lambda kind: -likely[kind])
        _tell(told, unit, order[0], sum(likely.values()), likely[order[0]])
        if likely[order[1]] >= second:
            _tell(told, unit, order[1], likely[order[1]], likely[order[1]])
    chosen: list[Told] = []
    for one in sorted((one for told in kinds_of.values() for one in told), key=lambda one: -one.score):
        same = next((other for other in chosen if is_same(other, one)), None)
        if same is None:
            chosen.append(one)
        else:
            same.units.extend(one.units)
    return chosen


def _tell(told: list[Told], unit: Unit, kind: str, score: float, likely: float) -> None:
    same = next((one for one in told if one.kind == kind), None)
    if same is None:
        told.append(Told(unit.ground, kind, score, [(likely, unit)]))
    else:
        same.units.append((likely, unit))


def _as_site(told: Told, features_of: Mapping[int, Features]) -> tuple[Unit, FoundSite]:
    """Make the site of the sentence that tells it best; the others are its further quotes."""
    unit, *others = told.in_order
    site = site_in(unit, features_of[id(unit)], told.kind)
    for other in others:
        if other.sentence is not site.sentence and other.sentence not in site.more:
            site.more.append(other.sentence)
    return unit, site


def site_in(unit: Unit, features: Features, kind: str) -> FoundSite:
    """Make a site of the words of a sentence.

    Parameters
    ----------
    unit
        The town in the sentence.
    features
        Features of that.
    kind
        The kind that is told.

    Returns
    -------
    FoundSite
        As the rules found it there, else of its words; with the status that the rules give it.
    """
    return _by_rules(unit, kind) or _from_words(unit, features, kind)


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
