"""The stories of a page: its sentences in order, and what each story is about as a whole.

A page may hold several stories ("in brief"), each begun by a dateline. What a sentence leaves unsaid is taken
from its own story only.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.articles.finding.sentence import Sentence, read_sentence
from dashboard.articles.finding.sentences import sentences_of
from dashboard.articles.language import Language
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading.article import Block

__all__ = ["Story", "is_article", "stories_of"]

_ARTICLE = 4  # sentences
_LEAD_WEIGHT = 2.0
_DATELINE_WEIGHT = 1.5
_WEIGHTS = {"place": 1.0, "actor": 1.0, "demonym": 0.6, "government": 0.3}


@dataclass(slots=True)
class Story:
    """One story of a page.

    Parameters
    ----------
    sentences
        Its sentences; the headline first, if there is one.
    dateline
        The town of its dateline, or None.
    country
        Code of the country it is mostly about; empty when none is named.
    country_place
        A place of that country to quote for it, or None.
    main
        The town it is about, or None.
    capitals
        The capitals that the page names, by country.
    """

    sentences: list[Sentence] = field(default_factory=list)
    dateline: NamedPlace | None = None
    country: str = ""
    country_place: NamedPlace | None = None
    main: NamedPlace | None = None
    capitals: dict[str, NamedPlace] = field(default_factory=dict)


def is_article(stories: Sequence[Story]) -> bool:
    """Tell whether a page is long enough for what was learned from whole articles.

    Parameters
    ----------
    stories
        Its stories.

    Returns
    -------
    bool
        Whether it has enough sentences besides its headlines.
    """
    return sum(not sentence.headline for story in stories for sentence in story.sentences) >= _ARTICLE


def stories_of(
    text: str, blocks: Sequence[Block], language: Language, places: Sequence[NamedPlace]
) -> list[Story]:
    """Read the stories of a page.

    Parameters
    ----------
    text
        The whole text.
    blocks
        Its lines, told apart.
    language
        Tables of its language.
    places
        Its places, in order.

    Returns
    -------
    list of Story
        In order.
    """
    stories = [Story()]
    position = 0
    datelines = 0
    for number, block in enumerate(blocks):
        if block.role in ("junk", "heading"):
            continue
        if block.has_dateline:
            datelines += 1
            if datelines > 1:
                stories.append(Story())
                position = 0
            stories[-1].dateline = _dateline_place(block, places)
        for span in sentences_of(text, block.body, block.end, language):
            sentence = read_sentence(text, span, language, places, (number, len(stories) - 1, position))
            sentence.headline = block.role == "headline"
            position += 0 if sentence.headline else 1
            if stories[-1].sentences:
                sentence.after_site = bool(stories[-1].sentences[-1].sites)
            if sentence.tokens:
                stories[-1].sentences.append(sentence)
    capitals = {place.country: place for place in places if place.kind == "capital"}
    for story in stories:
        story.capitals = capitals
        _settle(story)
    return stories


def _dateline_place(block: Block, places: Sequence[NamedPlace]) -> NamedPlace | None:
    inside = [place for place in places if block.start <= place.start < block.body]
    return next((place for place in inside if place.is_local), None)


def _settle(story: Story) -> None:
    votes: defaultdict[str, float] = defaultdict(float)
    quotable: dict[str, NamedPlace] = {}
    towns: defaultdict[str, float] = defaultdict(float)
    town_of: dict[str, NamedPlace] = {}
    for sentence in story.sentences:
        lead = sentence.headline or sentence.position == 0
        for name in sentence.places:
            place = name.place
            if place.country:
                votes[place.country] += _WEIGHTS[place.sense] * (_LEAD_WEIGHT if lead else 1.0)
                before = quotable.get(place.country)
                if before is None or (place.kind == "country" != before.kind):
                    quotable[place.country] = place
            if place.is_local:
                key = place.place_id or place.name or place.surface
                towns[key] += 2 if lead else 1
                town_of.setdefault(key, place)
    if story.dateline is not None:
        if story.dateline.country:
            votes[story.dateline.country] += 1.5
            quotable.setdefault(story.dateline.country, story.dateline)
        key = story.dateline.place_id or story.dateline.name or story.dateline.surface
        towns[key] += _DATELINE_WEIGHT
        town_of.setdefault(key, story.dateline)
    if votes:
        story.country = max(votes, key=lambda code: votes[code])
        story.country_place = quotable.get(story.country)
    if towns:
        story.main = town_of[max(towns, key=lambda key: towns[key])]
