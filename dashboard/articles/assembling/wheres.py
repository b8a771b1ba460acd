"""Where an event happened: a place said with it, else the site spoken of, else what the story is about.

Orders, deliveries and the like belong to the country that receives, unless the text puts them in a town.
"""

from typing import Final

from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.finding.triggers import Mention
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import PlaceBasis

__all__ = ["place_of"]

_REACH: Final = {"contract": 1.4, "agreement": 2.4, "policy": 2.0, "corporate": 2.4, "delivery": 2.4}
_USUAL_REACH: Final = 3.0
_BY_COUNTRY: Final = frozenset({"contract", "delivery", "policy", "agreement", "corporate"})
"""Kinds that without a stated place belong to a country rather than to the town of the story."""
_AT_COUNTRY: Final = frozenset({"visit", "meeting", "exercise", "test", "agreement", "corporate"})
"""Kinds that happen in a country that is named with "in" or "to"."""
_AT_SITES: Final = frozenset({"incident", "opening", "closure", "test", "visit"})
_AT_TABLES: Final = frozenset({"meeting", "agreement"})
"""Kinds that happen where the sentence begins: "In Rabat, they signed … on a plant at Casablanca"."""
_INITIAL: Final = 2
_NEAR: Final = 0.2
_GOING_TO: Final = frozenset({"contract", "delivery"})
_MADE: Final = frozenset({"built", "made", "designed", "supplied", "produced"})
_OF_THAT_MAKE: Final = 1.2
"""How much farther a demonym counts that only tells where goods are made."""
_LEAD: Final = 1
_COUNTRY_RANK: Final = 4
_PERSONAL: Final = frozenset({"visit", "meeting"})
_NEXT: Final = 0.8
_TRAVEL: Final = frozenset({"visit", "meeting", "delivery", "contract"})
_TOWN_RANK: Final = 2
_OWNED: Final = 0.3
_UNLED: Final = 1.0
"""How much farther a place counts that no "in" or "at" leads to."""
_AWAY: Final = 2.5
"""How much farther a place counts that another is only north or south of."""
_BEARING_WORDS: Final = 5
_COARSE: Final = 2.0
"""How much farther a town may be named than a province to be the place of what happens at a site."""

_Answer = tuple[NamedPlace | None, LocatedName | None, PlaceBasis]


def place_of(
    mention: Mention, rivals: list[Mention], sentence: Sentence, story: Story, memory: Memory
) -> _Answer:
    """Say where an event happened.

    Parameters
    ----------
    mention
        Its trigger words.
    rivals
        All events of the sentence.
    sentence
        The sentence.
    story
        The story.
    memory
        What was spoken of so far.

    Returns
    -------
    tuple of (NamedPlace or None, LocatedName or None, PlaceBasis)
        The place, the place in this sentence if it is named here, and how it was come by.
    """
    named = _named_place(mention, rivals, sentence)
    if named is not None:
        return named.place, named, "stated"
    capital = _capital(mention, sentence, story)
    if capital is not None:
        return capital, None, "stated"
    if mention.kind in _BY_COUNTRY:
        return _by_country(mention, sentence, story, memory)
    return _by_context(mention, sentence, story, memory)


def _by_context(mention: Mention, sentence: Sentence, story: Story, memory: Memory) -> _Answer:
    if memory.place is not None and memory.paragraph == sentence.paragraph:
        return memory.place, None, "context"
    told = (site for site in memory.sites if site.place.is_local and site.sentence.start <= sentence.start)
    site = next(told, None)
    if site is not None and story.dateline is not None and site.sentence.position > _LEAD:
        site = None
    if site is not None and mention.kind in _AT_SITES:
        return site.place, None, "site"
    return story.main or story.country_place, None, "context"


def _by_country(mention: Mention, sentence: Sentence, story: Story, memory: Memory) -> _Answer:
    found = _recipient(sentence, mention, story)
    at_home = mention.kind == "policy" and any(cue.label == "own_state" for cue in sentence.cues)
    carried = memory.carried(mention.kind, sentence.paragraph) if found is None and not at_home else None
    if carried is not None:
        return carried, None, "context"
    country = found.place.country if found is not None else story.country
    town = story.dateline
    if sentence.position == 0 and town is not None and town.country == country:
        return town, None, "context"
    if found is not None:
        return found.place, found, "recipient"
    return story.country_place, None, "context"


def _named_place(mention: Mention, rivals: list[Mention], sentence: Sentence) -> LocatedName | None:
    best: tuple[float, LocatedName] | None = None
    for name in sentence.places:
        score = _score(mention, rivals, sentence, name)
        if score is not None and (best is None or score < best[0]):
            best = score, name
    return best[1] if best else None


def _score(mention: Mention, rivals: list[Mention], sentence: Sentence, name: LocatedName) -> float | None:
    """Say how well a place fits as that of an event, lower is better; None when it does not."""
    place, kind = name.place, mention.kind
    glued = sentence.tokens[name.first].start < place.start  # an Arabic or Hebrew "in"
    located = glued or sentence.cue_before(name.first, "at_place", "locative") is not None
    distance = min(_apart(sentence, hit.first, hit.last, name) for hit in mention.hits)
    if (
        kind in _AT_TABLES
        and located
        and name.first <= _INITIAL
        and not sentence.is_cut(name.last, mention.head)
    ):
        distance = min(distance, _NEAR)
    others = [hit for rival in rivals if rival is not mention for hit in rival.hits]
    nearest = min((_apart(sentence, hit.first, hit.last, name) for hit in others), default=distance)
    if not _may_be_place(place, kind, distance, located=located) or _is_origin(sentence, name, kind):
        return None
    if kind in _BY_COUNTRY and nearest < distance - _OWNED:
        return None
    score = distance + 0.3 * place.rank + (0.0 if located else _UNLED)
    score += _AWAY if sentence.cue_before(name.first, "away") is not None else 0.0
    score += _COARSE if place.rank > _TOWN_RANK and kind in _AT_SITES else 0.0
    return score + (1.0 if nearest < distance - 1.0 else 0.0)


def _is_origin(sentence: Sentence, name: LocatedName, kind: str) -> bool:
    """Whether somebody or something only comes from there: "a delegation from Turkey"."""
    return kind in _TRAVEL and sentence.cue_before(name.first, "origin") is not None


def _may_be_place(place: NamedPlace, kind: str, distance: float, *, located: bool) -> bool:
    """Whether a named place can be that of an event of a kind at all."""
    if place.sense != "place" or place.kind == "region" or (place.lat is None and not place.country):
        return False
    if place.rank >= _COUNTRY_RANK:
        near = kind not in _PERSONAL or distance <= _NEXT
        return located and near and kind in _AT_COUNTRY and distance <= _REACH.get(kind, _USUAL_REACH)
    return (located or kind not in _BY_COUNTRY) and distance <= _REACH.get(kind, _USUAL_REACH)


def _apart(sentence: Sentence, first: int, last: int, name: LocatedName) -> float:
    return sentence.antecedent_apart(first, last, name.first, _with_bearing(sentence, name), "where")


def _with_bearing(sentence: Sentence, name: LocatedName) -> int:
    """Give the last word of a place, that which only says where it lies included: "X, west of Y, where"."""
    for other in sentence.places:
        bearing = sentence.cue_before(other.first, "away") if other.first > name.last else None
        if bearing is not None and 0 < bearing.first - name.last <= _BEARING_WORDS:
            return other.last
    return name.last


def _capital(mention: Mention, sentence: Sentence, story: Story) -> NamedPlace | None:
    """Read "in the Philippine capital", when the page names that capital somewhere."""
    for cue in sentence.cues:
        if cue.label != "capital_of" or sentence.apart(cue.first, mention.head) > _USUAL_REACH:
            continue
        if sentence.cue_before(cue.first, "definite") is not None and story.country in story.capitals:
            return story.capitals[story.country]
        near = [name for name in sentence.places if name.place.country and abs(name.last - cue.first) <= 2]  # noqa: PLR2004
        for name in near:
            capital = story.capitals.get(name.place.country)
            if capital is not None:
                return capital
    return None


def _is_make(sentence: Sentence, name: LocatedName) -> bool:
    """Whether a demonym only says where goods are made: "Turkish drones", "Israeli-built radars"."""
    if name.place.sense != "demonym":
        return False
    behind = name.last + 1
    made = behind < len(sentence.tokens) and sentence.tokens[behind].folded in _MADE
    return made or any(hit.label == "product" and hit.first == behind for hit in sentence.objects)


def _recipient(sentence: Sentence, mention: Mention, story: Story) -> LocatedName | None:
    """Find whose country it is: the one the words go to, else that of the story, else that of who acts."""
    best: tuple[float, LocatedName] | None = None
    for name in sentence.places:
        place = name.place
        rules = place.sense == "government" and name.first > 1
        if not place.country or rules or sentence.cue_before(name.first, "origin", "partner"):
            continue
        score = sentence.apart(name.first, mention.head)
        if mention.kind in _GOING_TO and _is_make(sentence, name):
            score += _OF_THAT_MAKE
        if sentence.cue_before(name.first, "recipient") is not None:
            score -= 1.5
        elif name.first <= 1:
            score -= 0.5  # the subject of the sentence
        elif place.country != story.country and place.sense == "place":
            continue
        if place.country == story.country:
            score -= 1.0
        if best is None or score < best[0]:
            best = score, name
    return best[1] if best else None
