"""Which site stands where: words for sites joined to the places that the sentence gives them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from dashboard.articles.assembling.status import is_refuted
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.places import NamedPlace

__all__ = ["FoundSite", "find_sites", "is_listed", "is_new_site", "kind_of_cue", "site_status"]

_AHEAD: Final = 1.9
_BEHIND: Final = 1.6
_LIST_STEP: Final = 2.3
_LIST_WORDS: Final = 4
_FAR: Final = 3.0
_NAME_WORDS: Final = 2
_BESIDE: Final = 0.5
_OPENING_WORDS: Final = 3
_SAME_CLAUSE: Final = 2.0
_TOWN: Final = 1
_CITY_OF: Final = 3
"""Words from "built in" to the town in "built in the city of X"."""
_GLUED_AND: Final = ("\u0648", "\u05d5")
"""The Arabic and the Hebrew "and"."""
_WHERE_WORDS: Final = 7
"""Words from the town to the verb in "Linz, where the company builds"."""
_CLAUSE: Final = 0.5
_KIND_BY_CUE: Final = {
    "making": "factory",
    "making_after": "factory",
    "made_where": "factory",
    "basing": "base",
    "seating": "headquarters",
    "testing": "test_range",
    "servicing": "maintenance",
    "storing": "depot",
}
_DROPPED_REACH: Final = 2.4
_RELATIVE_WORDS: Final = 2
_HOME_WORDS: Final = 10
_NAMED_REACH: Final = 3.6
"""How far the town may stand from a site with a name of its own."""


@dataclass(slots=True)
class FoundSite:
    """A site with its place.

    Parameters
    ----------
    kind
        Code of the site vocabulary.
    sentence
        Where it is spoken of.
    first
        Index of the first token of the words for it.
    last
        Index of the last.
    place
        Where it stands.
    here
        The place in this sentence; None when taken from the dateline.
    status
        Code of the site status vocabulary.
    fresh
        Whether the words bring up a new one: "a plant for optics".
    more
        Other sentences that speak of it.
    """

    kind: str
    sentence: Sentence
    first: int
    last: int
    place: NamedPlace
    here: LocatedName | None
    status: str = "operating"
    fresh: bool = False
    more: list[Sentence] = field(default_factory=list)


def find_sites(story: Story) -> list[FoundSite]:
    """Find the sites of a story.

    Parameters
    ----------
    story
        A story.

    Returns
    -------
    list of FoundSite
        Every mention that has a place, in order; the same site may be among them several times, and one whose
        building was dropped has the status ``cancelled``, which is none of a site.
    """
    found: list[FoundSite] = []
    ground = _Ground()
    for sentence in story.sentences:
        taken: set[int] = set()
        ground.enter(sentence)
        for hit in _one_of_each(sentence):
            names = _places_for(sentence, hit)
            taken.update(name.first for name in names)
            sites = [FoundSite(hit.label, sentence, hit.first, hit.last, name.place, name) for name in names]
            if not taken:
                place = _unsaid(sentence, hit, story, ground)
                sites = [FoundSite(hit.label, sentence, hit.first, hit.last, place, None)] if place else []
            found.extend(sites)
        ground.note(sentence)
        found.extend(_by_cues(sentence, taken))
    for site in found:
        site.fresh = is_new_site(site)
        site.status = site_status(site)
    return found


@dataclass(slots=True)
class _Ground:
    """The towns that a paragraph has named, for sites told without one."""

    opening: NamedPlace | None = None
    town: NamedPlace | None = None
    paragraph: int = -1

    def enter(self, sentence: Sentence) -> None:
        if sentence.paragraph != self.paragraph:
            self.opening, self.town, self.paragraph = None, None, sentence.paragraph

    def note(self, sentence: Sentence) -> None:
        if sentence.headline:
            return
        towns = _towns(sentence)
        if towns:
            self.town = towns[-1].place
        first = [name for name in towns if name.first <= _OPENING_WORDS]
        if not sentence.sites and first and sentence.cue_before(first[0].first, "locative") is not None:
            self.opening = first[0].place

    def place_of(self, sentence: Sentence, hit: Hit) -> NamedPlace | None:
        """Read "the yard" after "In Kaohsiung, the builder …", and "the yard there"."""
        if sentence.cue_before(hit.first, "definite") is None or _towns(sentence):
            return None
        there = any(cue.label == "there" and cue.first - hit.last == 1 for cue in sentence.cues)
        place = self.opening or (self.town if there else None)
        self.opening = None
        return place


def _one_of_each(sentence: Sentence) -> Iterable[Hit]:
    """Give the site words; of two that are one site, "a factory and test facility", the first."""
    before: Hit | None = None
    for hit in sentence.sites:
        if before is None or before.label == hit.label or not _joined(sentence, before, hit):
            yield hit
        before = hit


def _unsaid(sentence: Sentence, hit: Hit, story: Story, ground: _Ground) -> NamedPlace | None:
    if story.dateline is not None and _is_at_dateline(sentence, hit):
        return story.dateline
    return ground.place_of(sentence, hit)


def _is_at_dateline(sentence: Sentence, hit: Hit) -> bool:
    """Whether a site at the beginning of a story, told without a town, stands in that of the dateline."""
    if sentence.position > 1 or any(name.place.is_local for name in sentence.places):
        return False
    if any(
        cue.label == "part_of_site" and cue.first <= hit.last and hit.first <= cue.last
        for cue in sentence.cues
    ):
        return False
    there = any(cue.label == "there" for cue in sentence.cues)
    return hit.last > hit.first or sentence.position == 0 or there


def _towns(sentence: Sentence) -> list[LocatedName]:
    return [name for name in sentence.places if name.place.is_local]


def _places_for(sentence: Sentence, hit: Hit) -> list[LocatedName]:
    inside = [name for name in _towns(sentence) if name.first <= hit.last and hit.first <= name.last]
    if inside:
        return inside
    best: tuple[float, LocatedName] | None = None
    for name in _towns(sentence):
        score = _fit(sentence, hit, name)
        if score is not None and (best is None or score < best[0]):
            best = score, name
    if best is None and sentence.tokens[hit.first].capital and hit.first > 0:
        near = [name for name in _towns(sentence) if sentence.apart(hit.first, name.first) <= _NAMED_REACH]
        return [min(near, key=lambda name: sentence.apart(hit.first, name.first))] if near else []
    if best is None:
        return []
    return [best[1], *_rest_of_list(sentence, hit, best[1])]


def _fit(sentence: Sentence, hit: Hit, name: LocatedName) -> float | None:
    """Say how well a town fits a site word; None when it does not belong to it."""
    others = [site for site in sentence.sites if site is not hit]
    if name.last < hit.first:
        return _fit_before(sentence, hit, name, others)
    if any(
        hit.last < site.first and site.last < name.first
        for site in others
        if not _joined(sentence, hit, site)
    ):
        return None
    distance = sentence.apart(hit.last, name.first)
    if sentence.cue_before(name.first, "locative") is not None:
        return distance if distance <= _FAR else None
    return distance + 0.5 if distance <= _AHEAD else None


def _fit_before(sentence: Sentence, hit: Hit, name: LocatedName, others: list[Hit]) -> float | None:
    """Say how well a town before a site word fits it: "the Gliwice plant", "In Gliwice, the plant"."""
    distance = sentence.apart(name.last, hit.first)
    if hit.first - name.last <= _NAME_WORDS and distance < _BESIDE:
        return 0.1
    if any(name.last < site.first and site.last < hit.first for site in others):
        return None
    if _is_home(sentence, name, hit):
        return 0.3
    located = sentence.cue_before(name.first, "locative", "at_place") is not None
    opening = name.first <= _OPENING_WORDS or distance < 1.0  # else of another clause
    return distance + 0.8 if located and opening and distance <= _BEHIND else None


def _is_home(sentence: Sentence, name: LocatedName, hit: Hit) -> bool:
    """Whether a clause about a town brings up the site: "Jonava, where they run a workshop", "home of"."""
    return any(
        cue.label in ("where", "home")
        and 0 < cue.first - name.last <= _RELATIVE_WORDS
        and cue.last < hit.first
        and hit.first - cue.last <= _HOME_WORDS
        and not any(name.first < town.first < hit.first for town in _towns(sentence))
        for cue in sentence.cues
    )


def _joined(sentence: Sentence, first: Hit, second: Hit) -> bool:
    """Whether two site words are one site: "a drone factory and engine test facility"."""
    return second.first - first.last <= 4 and sentence.apart(first.last, second.first) < 0.8  # noqa: PLR2004


def _rest_of_list(sentence: Sentence, hit: Hit, first: LocatedName) -> Iterable[LocatedName]:
    """Go on through "in A, B in region and C"."""
    if first.last < hit.first:
        return
    before = first
    for name in sentence.places:
        if name.first <= before.last:
            continue
        blocked = any(before.last < site.first < name.first for site in sentence.sites)
        far = name.first - before.last > _LIST_WORDS or sentence.apart(before.last, name.first) > _LIST_STEP
        around = name.place.rank > _TOWN  # "Boksburg in Gauteng, Potchefstroom"
        if blocked or far or not (around or is_listed(sentence, before, name)):
            return
        before = name
        if name.place.is_local and not around:
            yield name


def is_listed(sentence: Sentence, before: LocatedName, name: LocatedName) -> bool:
    """Tell whether a comma or "and", glued to the word or not, joins two names; "X near Y" is no list.

    Parameters
    ----------
    sentence
        Where they stand.
    before
        The first.
    name
        The second.

    Returns
    -------
    bool
        Whether it does.
    """
    if sentence.cue_before(name.first, "away") is not None:
        return False
    comma = sentence.costs[name.first] - sentence.costs[before.last] >= 1.0
    word = any(hit.label == "and" and before.last < hit.first < name.first for hit in sentence.clauses)
    return comma or word or sentence.tokens[name.first].folded.startswith(_GLUED_AND)


def _by_cues(sentence: Sentence, taken: set[int]) -> Iterable[FoundSite]:
    """Find sites told by what is done there: "made in X", "jets fly from Y", "headquartered in Z"."""
    for cue in sentence.cues:
        kind = kind_of_cue(sentence, cue)
        if kind is None:
            continue
        for name in _towns(sentence):
            if name.first not in taken and _belongs(sentence, cue, name):
                taken.add(name.first)
                yield FoundSite(kind, sentence, cue.first, cue.last, name.place, name)


def kind_of_cue(sentence: Sentence, cue: Hit) -> str | None:
    """Say what kind of site words tell of that say what is done there: "made in", "jets fly from".

    Parameters
    ----------
    sentence
        Where they stand.
    cue
        Any cue.

    Returns
    -------
    str or None
        Code of the site vocabulary; None for another cue. Where ships are made is a shipyard.
    """
    kind = _KIND_BY_CUE.get(cue.label)
    if kind != "factory":
        return kind
    ships = [hit for hit in sentence.objects if hit.label == "ship"]
    near = any(sentence.apart(hit.last, cue.first) < _SAME_CLAUSE for hit in ships)
    return "shipyard" if near else kind


def _belongs(sentence: Sentence, cue: Hit, name: LocatedName) -> bool:
    """Whether a town stands where such a cue has it: right behind, or right before a German participle."""
    if cue.label == "making_after":
        return cue.first == name.last + 1
    if cue.label == "made_where":
        where = [hit.first for hit in sentence.cues if hit.label == "where"]
        return name.last + 1 in where and 0 < cue.first - name.last <= _WHERE_WORDS
    return 0 < name.first - cue.last <= _CITY_OF and sentence.apart(cue.last, name.first) < _CLAUSE


def site_status(site: FoundSite) -> str:
    """Say how far a site is: one that stands is not planned because something else about it is.

    Parameters
    ----------
    site
        A site whose ``fresh`` is known.

    Returns
    -------
    str
        Code of the site status vocabulary; ``cancelled`` for one that will not be.
    """
    sentence = site.sentence
    stands = _stands(site)
    if not stands and is_refuted(sentence, site.first, site.last):
        return "cancelled"
    for cue in sentence.status:
        near = sentence.apart(cue.last, site.first) <= 1.4  # noqa: PLR2004 - the same clause
        if cue.last < site.first and near and cue.label == "denied" and not stands:
            return "cancelled"
        behind = site.last < cue.first and sentence.apart(site.last, cue.first) <= _DROPPED_REACH
        if behind and cue.label == "denied" and site.fresh and not stands:
            return "cancelled"
        if cue.last < site.first and near and cue.label in ("planned", "intending") and not stands:
            return "planned"
    return "operating"


def _stands(site: FoundSite) -> bool:
    """Whether the words speak of a site as one that is known: "its plant", "Upinniemi Naval Base"."""
    sentence = site.sentence
    here = site.here
    if here is not None and here.first <= site.last and site.first <= here.last and here.place.rank == 0:
        return True
    pointing = sentence.cue_before(site.first, "definite")
    return pointing is not None and not site.fresh


def is_new_site(site: FoundSite) -> bool:
    """Tell whether a site is brought up as a new one, with "a" or "another" a few words before.

    Parameters
    ----------
    site
        A site.

    Returns
    -------
    bool
        Whether it is.
    """
    near = [cue for cue in site.sentence.cues if 0 <= site.first - cue.last - 1 <= _NAME_WORDS + 2]
    pointing = [cue for cue in near if cue.label in ("definite", "indefinite")]
    return bool(pointing) and max(pointing, key=lambda cue: cue.last).label == "indefinite"
