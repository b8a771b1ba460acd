"""Read a story sentence by sentence with the rules, and keep what each sentence was read with.

What a sentence tells hangs on what the story spoke of before it; the models look at both.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dashboard.articles.assembling.delays import put_off_again, rescheduled
from dashboard.articles.assembling.events import FoundEvent, build_event, extent_of
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.repeats import continued, dropped, repeated
from dashboard.articles.assembling.sites import FoundSite
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention, find_event_mentions
from dashboard.articles.finding.when import Extent
from dashboard.articles.language import Language
from dashboard.articles.learned.candidates import Telling
from dashboard.articles.learned.clauses import read_finds

__all__ = ["read_tellings"]

_MOST_FACTS: Final = 1_000
"""Facts of one story that are weighed against each other; what is behind them is no article."""
_MOST_RECENT: Final = 4
"""Days told before that an event without a date of its own may be of."""
_ROUNDS: Final = frozenset({"exercise", "test"})
"""Kinds that are held again."""
_OF_AN_EXERCISE: Final = frozenset({"opening", "closure"})
"""What an exercise does too: in a story about one, "opened" and "closed" speak of it."""


def read_tellings(
    story: Story, memory: Memory, named: Sequence[FoundSite], language: Language
) -> list[Telling]:
    """Read a story with the rules.

    Parameters
    ----------
    story
        The story.
    memory
        What is known before its first sentence.
    named
        Its sites, cancelled ones too.
    language
        Tables of its language.

    Returns
    -------
    list of Telling
        One for each sentence, headlines too.
    """
    tellings: list[Telling] = []
    found: list[FoundEvent] = []
    lead: list[str] = []
    seen: list[str] = []
    recent: list[tuple[int, Extent]] = []
    for sentence in story.sentences:
        before = replace(memory)
        if sentence.headline or len(found) > _MOST_FACTS:
            seen.extend(mention.kind for mention in find_event_mentions(sentence, language))
            tellings.append(
                Telling(read_finds(sentence, [], language), story, before, [], [], _names(sentence))
            )
            continue
        mentions = find_event_mentions(sentence, language) or continued(sentence, story, lead)
        if sentence.position <= 1:
            lead.extend(mention.kind for mention in mentions)
        if sentence.position == 0:
            seen.extend(mention.kind for mention in mentions)
        events = _events_of(mentions, sentence, story, memory, found, lead, language)
        found.extend(events)
        later = None if mentions else put_off_again(sentence, found[-1] if found else None, memory)
        if later is not None:
            events.append(later)
            found.append(later)
        memory.note(sentence)
        finds = read_finds(sentence, mentions, language)
        spoken_of = tuple(recent[:_MOST_RECENT])
        tellings.append(Telling(finds, story, before, events, sorted(set(seen)), _names(sentence), spoken_of))
        recent = _with_dates_of(sentence, before, events, recent)
    for event in dropped((site for site in named if site.status == "cancelled"), found):
        next(telling for telling in tellings if telling.sentence is event.sentence).events.append(event)
    return tellings


def _events_of(  # noqa: PLR0913, PLR0917  # all that the rules read a sentence with
    mentions: list[Mention],
    sentence: Sentence,
    story: Story,
    memory: Memory,
    found: Sequence[FoundEvent],
    lead: Sequence[str],
    language: Language,
) -> list[FoundEvent]:
    events: list[FoundEvent] = []
    for mention in mentions:
        if _is_next_round(mention, [*found[-1:], *events], sentence, language):
            mention.kind = (events[-1] if events else found[-1]).kind
        if lead[:1] == ["exercise"] and mention.kind in _OF_AN_EXERCISE:
            mention.kind = "exercise"
        event = build_event(mention, mentions, sentence, story, memory)
        if _is_dropped_plan(event, memory):
            event.kind, event.status = "opening", "denied"
        for told in rescheduled(event, memory):
            events.extend(repeated(told, mentions, memory))
    return events


def _with_dates_of(
    sentence: Sentence, memory: Memory, events: Sequence[FoundEvent], recent: list[tuple[int, Extent]]
) -> list[tuple[int, Extent]]:
    """Put the days that a sentence tells of before those told earlier; the events' own reading counts."""
    mine = {id(event.date_mention): event.when for event in events if event.date_mention is not None}
    days = [
        mine.get(id(found)) or extent_of(found, sentence, memory, future=False) for found in sentence.dates
    ]
    fresh = [(sentence.paragraph, day) for day in reversed(days) if day is not None]
    return (fresh + recent)[: 2 * _MOST_RECENT]


def _names(sentence: Sentence) -> frozenset[str]:
    named = {n for name in sentence.places for n in range(name.first, name.last + 1)}
    named |= {n for date in sentence.dates for n in range(date.first, date.last + 1)}
    return frozenset(
        token.folded for n, token in enumerate(sentence.tokens) if n and n not in named and token.capital
    )


def _is_next_round(mention: Mention, found: list[FoundEvent], sentence: Sentence, language: Language) -> bool:
    """Whether "is to be held" is said of what the paragraph told before: the next round of an exercise."""
    if not found or found[-1].kind not in _ROUNDS or found[-1].sentence.paragraph != sentence.paragraph:
        return False
    rules = [language.rules[int(hit.label)] for hit in mention.hits if hit.label.isdecimal()]
    return bool(rules) and all(rule.fallback and not rule.needs for rule in rules)


def _is_dropped_plan(event: FoundEvent, memory: Memory) -> bool:
    """Whether "abandoned" is said of the plan for a site, not of a site that stood."""
    if event.kind != "closure":
        return False
    planned = any(site.sentence is event.sentence and site.status == "planned" for site in memory.sites)
    return planned and any(
        cue.label == "denied" and cue.first <= hit.last and hit.first <= cue.last
        for cue in event.sentence.status
        for hit in event.mention.hits
    )
