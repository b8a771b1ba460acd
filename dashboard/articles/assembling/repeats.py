"""Facts that one sentence tells several of, or tells without a word of its own.

"Explosions were heard on 25 May and again on 9 June" are two; so are "the drills go on in Ghana and in
Senegal"; and "Drones returned on 23 April" in a story of drone attacks is one more attack.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from dashboard.articles.assembling.events import FoundEvent, extent_of
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.dates import DateMention
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.finding.triggers import Mention

__all__ = ["continued", "dropped", "repeated"]

_REPEATED: Final = frozenset({"incident", "exercise", "test", "visit", "meeting"})
_SPREAD: Final = frozenset({"exercise", "visit", "incident"})
_CONTINUED: Final = frozenset({"incident", "exercise", "test"})
_DATED: Final = frozenset({"day", "weekday"})
_LIST_WORDS: Final = 3
_CONTENT: Final = 5
"""Letters that a word needs to tell what a story is about."""


def repeated(event: FoundEvent, rivals: list[Mention], memory: Memory) -> Iterator[FoundEvent]:
    """Give an event and those told with the same words.

    Parameters
    ----------
    event
        An event with its arguments.
    rivals
        All events of the sentence.
    memory
        What was spoken of so far.

    Yields
    ------
    FoundEvent
        The event itself first, then one for each further date and for each further place of a list.
    """
    yield event
    if event.kind in _REPEATED and event.date_mention is not None and event.date_mention.when.kind in _DATED:
        yield from _on_other_days(event, rivals, memory)
    if event.kind in _SPREAD and event.here is not None:
        before = event.here
        for name in event.sentence.places:
            if name.first > before.last and _goes_on(event.sentence, before, name):
                before = name
                yield replace(event, place=name.place, here=name, more=[])


def _on_other_days(event: FoundEvent, rivals: list[Mention], memory: Memory) -> Iterator[FoundEvent]:
    sentence = event.sentence
    for date in sentence.dates:
        if date is event.date_mention or date.when.kind not in _DATED or date.when.deadline:
            continue
        nearest = min(
            rivals,
            key=lambda rival: min(sentence.date_apart(hit.first, hit.last, date) for hit in rival.hits),
        )
        when = extent_of(date, sentence, memory, future=event.status == "planned")
        if (
            nearest is event.mention
            and when is not None
            and _is_told_again(sentence, event.date_mention, date)
        ):
            yield replace(event, date_mention=date, when=when, more=[])


def _is_told_again(sentence: Sentence, first: DateMention | None, second: DateMention) -> bool:
    """Whether a second date is that of a repetition: "and again on 9 June", "on 25 May and 9 June"."""
    if first is None:
        return False
    low, high = min(first.last, second.last), max(first.first, second.first)
    again = any(cue.label == "again" and low < cue.first < high for cue in sentence.cues)
    return again or high - low <= _LIST_WORDS


def _goes_on(sentence: Sentence, before: LocatedName, name: LocatedName) -> bool:
    near = name.first - before.last <= _LIST_WORDS and name.place.sense == "place"
    alike = name.place.rank == before.place.rank
    joined = any(cue.label == "and" and before.last < cue.first < name.first for cue in sentence.clauses)
    return near and alike and (joined or sentence.apart(before.last, name.first) >= 1.0)


def continued(sentence: Sentence, story: Story, kinds: list[str]) -> list[Mention]:
    """Read a dated sentence without a trigger word as one more event of the story's kind.

    Parameters
    ----------
    sentence
        A sentence in which no event was found.
    story
        Its story.
    kinds
        Kinds of the events found in the first sentences of the story.

    Returns
    -------
    list of Mention
        One, anchored at the date, or none.
    """
    kind = next((kind for kind in kinds if kind in _CONTINUED), "")
    dates = [
        date
        for date in sentence.dates
        if (date.when.kind in _DATED or date.until is not None) and not date.when.deadline
    ]
    if not kind or not dates or sentence.position == 0 or not _same_subject(sentence, story):
        return []
    hit = Hit(dates[0].first, dates[0].last, "")
    return [Mention(kind, hit.first, hit.last, [hit])]


def _same_subject(sentence: Sentence, story: Story) -> bool:
    """Whether a telling word of the sentence stands in the headline or the first sentence too."""
    lead = [other for other in story.sentences if other.headline or other.position == 0]
    told = {stem for other in lead for stem in _stems(other)}
    return any(stem in told for stem in _stems(sentence))


def _stems(sentence: Sentence) -> set[str]:
    named = {n for name in sentence.places for n in range(name.first, name.last + 1)}
    dated = {n for date in sentence.dates for n in range(date.first, date.last + 1)}
    return {
        token.forms[-1][:_CONTENT]
        for n, token in enumerate(sentence.tokens)
        if n not in named and n not in dated and len(token.forms[-1]) >= _CONTENT
    }


def dropped(sites: Iterable[FoundSite], found: list[FoundEvent]) -> Iterator[FoundEvent]:
    """Read what was to be built and never will as an opening that was called off.

    Parameters
    ----------
    sites
        Sites of a story whose building was dropped.
    found
        Its events.

    Yields
    ------
    FoundEvent
        One for each such site of which no event of its sentence tells the same.
    """
    told = {event.sentence.start for event in found if event.status == "denied" and event.kind == "opening"}
    for site in sites:
        cue = next((hit for hit in site.sentence.status if hit.label in ("denied", "refuted")), None)
        if site.sentence.headline or site.sentence.start in told or cue is None:
            continue
        told.add(site.sentence.start)
        mention = Mention("opening", site.first, site.last, [Hit(site.first, site.last, "")])
        yield FoundEvent(
            "opening", mention, site.sentence, "denied", cue, None, None, site.place, site.here, "stated"
        )
