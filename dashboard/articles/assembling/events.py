"""Which event happened where and when, and whether it happened at all: arguments for the trigger words."""

from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.status import status_of
from dashboard.articles.assembling.story import Story
from dashboard.articles.assembling.wheres import place_of
from dashboard.articles.finding.dates import DateMention
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import LocatedName, Sentence
from dashboard.articles.finding.triggers import Mention
from dashboard.articles.finding.when import Extent, between, resolve
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import PlaceBasis

__all__ = ["FoundEvent", "build_event", "extent_of", "is_told"]

_OF_THE_NEWS: Final = frozenset({"opening", "incident", "exercise", "test", "closure"})
"""Kinds that, told without a date in the first sentences, are what the news is about."""
_LEAD: Final = 2
_GOING_TO: Final = frozenset({"contract", "delivery"})
_DATE_REACH: Final = 4.2
_OWN_REACH: Final = 0.4
_BEFORE: Final = 0.3
"""How much farther a date counts before the words: "that left in January was unloaded on 3 March"."""
_SETTLING: Final = frozenset({"agreement", "contract"})
_INITIAL: Final = 3
"""A date before this word begins the sentence and dates all of it: "On the last Monday"."""
_OWNED: Final = 0.9
"""How much nearer to another event a date must be to be that one's alone; less for what is planned."""
_OWNED_PLAN: Final = 0.15
_SAID: Final = 3
_NEWS_DAYS: Final = 60
_WITH_THE_NEWS: Final = frozenset({"visit", "meeting"})
"""Kinds that, told without a date, are part of the news itself."""


@dataclass(slots=True)
class FoundEvent:
    """An event with its arguments.

    Parameters
    ----------
    kind
        Code of the event vocabulary.
    mention
        The trigger words.
    sentence
        Where it is told.
    status
        Code of the event status vocabulary.
    status_hit
        The cue for it, or None.
    when
        The date, or None.
    date_mention
        The words for it, or None.
    place
        Where, or None.
    here
        The place in this sentence, or None.
    basis
        How the place was come by.
    anaphoric
        Whether the words point back to an event told before: "the blast".
    fresh
        Whether they bring up a new one: "another blast".
    background
        Whether it is told as earlier history: dated more than two months before the text.
    more
        Other sentences that tell it.
    hanging
        Whether its date hangs on a day that nobody stated: "on Sunday" without a day of publication.
    """

    kind: str
    mention: Mention
    sentence: Sentence
    status: str
    status_hit: Hit | None
    when: Extent | None
    date_mention: DateMention | None
    place: NamedPlace | None
    here: LocatedName | None
    basis: PlaceBasis
    anaphoric: bool = False
    fresh: bool = False
    background: bool = False
    more: list[Sentence] = field(default_factory=list)
    hanging: bool = False


def build_event(
    mention: Mention, rivals: list[Mention], sentence: Sentence, story: Story, memory: Memory
) -> FoundEvent:
    """Give an event its date, place and status.

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
        What was spoken of so far; it is brought up to date.

    Returns
    -------
    FoundEvent
        The event.
    """
    status, status_hit = status_of(mention, sentence, memory.status_reach)
    agreed = status == "happened" and _is_agreed_on(mention, rivals, sentence)
    status = "planned" if agreed else status
    date_mention = _date_of(mention, rivals, sentence, planned=status == "planned")
    date_mention = _behind_only(date_mention, mention) if agreed else date_mention
    when = None
    if date_mention is not None:
        when = extent_of(date_mention, sentence, memory, future=status == "planned")
    if when is not None and memory.published is not None:
        if status == "happened" and when.first > memory.published:
            status = "planned"
        elif status == "planned" and when.last < memory.published:
            status, status_hit = "happened", None
    if date_mention is not None and _is_not_before(status_hit, date_mention, memory):
        status = "planned"
        when = resolve(replace(date_mention.when, deadline=False), memory.published, future=True)
    hanging = date_mention is not None and when is None and memory.published is None
    place, here, basis = place_of(mention, rivals, sentence, story, memory)
    if when is None and status == "happened":
        when, date_mention = _implied(mention, rivals, sentence, memory)
    elif when is not None and memory.news is None and sentence.position <= 1 and status == "happened":
        memory.news = when
    if place is not None and mention.kind in _GOING_TO and basis in ("recipient", "stated"):
        memory.recipient, memory.recipient_paragraph = place, sentence.paragraph
    if place is not None and place.is_local and basis == "stated":
        memory.place, memory.paragraph = place, sentence.paragraph
        memory.placed_by_event = True
    pointing = sentence.cue_before(mention.first, "definite", "indefinite")
    label = pointing.label if pointing is not None else ""
    return FoundEvent(
        mention.kind,
        mention,
        sentence,
        status,
        status_hit,
        when,
        date_mention if when else None,
        place,
        here,
        basis,
        anaphoric=label == "definite" and date_mention is None,
        fresh=label == "indefinite",
        background=_is_history(when, memory),
        hanging=hanging,
    )


def _is_not_before(cue: Hit | None, found: DateMention, memory: Memory) -> bool:
    """Whether "not" and "before" together tell a day ahead: "will not land before 2028"."""
    if cue is None or cue.label != "not" or not found.when.deadline or memory.published is None:
        return False
    ahead = resolve(replace(found.when, deadline=False), memory.published, future=True)
    return ahead is not None and ahead.last > memory.published


def _behind_only(found: DateMention | None, mention: Mention) -> DateMention | None:
    """Give a date unless it stands before the words: "agreed in 2019 to build" dates the agreement."""
    return found if found is not None and found.last >= mention.head else None


def _is_agreed_on(mention: Mention, rivals: list[Mention], sentence: Sentence) -> bool:
    """Whether an event is only what was agreed on: "agreed to build", "a contract to deliver"."""
    leads = sentence.cue_before(mention.head, "infinitive") is not None
    return leads and any(
        rival.kind in _SETTLING
        and rival.last < mention.head
        and sentence.apart(rival.last, mention.head) < 1.0
        for rival in rivals
    )


def _is_history(when: Extent | None, memory: Memory) -> bool:
    return (
        when is not None and memory.published is not None and (memory.published - when.last).days > _NEWS_DAYS
    )


def _implied(
    mention: Mention, rivals: list[Mention], sentence: Sentence, memory: Memory
) -> tuple[Extent | None, DateMention | None]:
    """Date what is told without a date of its own but belongs to something dated, always approximately."""
    published = memory.published
    gathered = (
        mention.kind in _WITH_THE_NEWS
        or sentence.occasion
        or any(rival.kind in _WITH_THE_NEWS for rival in rivals)
    )
    if gathered and len(sentence.dates) == 1:
        found = sentence.dates[0]
        return _about(extent_of(found, sentence, memory, future=False)), found
    if gathered and not sentence.dates:
        return _about(memory.news), None
    if not sentence.dates and any(cue.label == "occasion" for cue in sentence.cues):
        return _about(memory.when or memory.news), None
    still_news = 0 < sentence.position <= _LEAD and memory.when == memory.news
    if mention.kind in _OF_THE_NEWS and still_news and not sentence.dates:
        return _about(memory.news), None
    if sentence.position == 0 and not sentence.dates and published is not None and memory.news is None:
        edtf = f"{published.year:04}-{published.month:02}"
        return Extent(f"{edtf}~", published.replace(day=1), published), None
    return None, None


def _about(extent: Extent | None) -> Extent | None:
    """Give a date as an approximate one: the words do not say that it was the same day."""
    if extent is None or not extent.edtf[-1].isdecimal() or "/" in extent.edtf:
        return extent
    return Extent(f"{extent.edtf}~", extent.first, extent.last)


def _date_of(
    mention: Mention, rivals: list[Mention], sentence: Sentence, *, planned: bool
) -> DateMention | None:
    best: tuple[float, DateMention] | None = None
    alone = len(sentence.dates) == 1 and len(rivals) == 1
    for found in sentence.dates:
        distance = _distance(sentence, mention, found)
        owner = min((_distance(sentence, rival, found) for rival in rivals), default=distance)
        if _is_anothers(sentence, mention, rivals, found) or _is_parted(sentence, mention, rivals, found):
            continue
        if found.first <= _INITIAL and not sentence.is_cut(found.last, mention.head):
            distance = min(distance, 1.5)
        elif owner < distance - (_OWNED_PLAN if planned else _OWNED):
            continue
        if found.last < mention.head:
            distance += _BEFORE
        if (alone or distance <= _DATE_REACH) and (best is None or distance < best[0]):
            best = distance, found
    return best[1] if best else None


def _is_anothers(sentence: Sentence, mention: Mention, rivals: list[Mention], found: DateMention) -> bool:
    """Whether a date is that of words behind the event: "received four of the tanks bought in 2023"."""
    for rival in rivals:
        between = rival is not mention and mention.last < rival.head and rival.last < found.first
        if not between or sentence.apart(rival.last, found.first) > _OWN_REACH:
            continue
        if sentence.costs[rival.head] == sentence.costs[mention.last]:
            return True
    return False


def _is_parted(sentence: Sentence, mention: Mention, rivals: list[Mention], found: DateMention) -> bool:
    """Whether a semicolon and words of another event part an event from a date."""
    low, high = min(mention.last, found.first), max(mention.head, found.first)
    return len(rivals) > 1 and low < high and sentence.is_cut(low, high)


def _distance(sentence: Sentence, mention: Mention, found: DateMention) -> float:
    return min(sentence.date_apart(hit.first, hit.last, found) for hit in mention.hits)


def _is_said(found: DateMention, sentence: Sentence) -> bool:
    """Whether the date tells when something was announced: "said in July that it would"."""
    return any(
        cue.label == "said"
        and (0 < found.first - cue.last <= _SAID or 0 < cue.first - found.last <= _SAID - 1)
        for cue in sentence.cues
    )


def extent_of(found: DateMention, sentence: Sentence, memory: Memory, *, future: bool) -> Extent | None:
    """Say which days a date of a sentence means.

    Parameters
    ----------
    found
        The words for it.
    sentence
        The sentence.
    memory
        What was spoken of so far.
    future
        Whether they speak of what is to come.

    Returns
    -------
    Extent or None
        The days; None when they hang on something unknown.
    """
    reference = memory.when
    if found.when.kind in ("shift", "same") or found.when.years is not None:
        for other in sentence.dates:
            if other.first < found.first and other.when.kind not in ("shift", "same"):
                reference = resolve(other.when, memory.published, future=future) or reference
    future = future and not _is_said(found, sentence)
    first = resolve(found.when, memory.published, future=future, reference=reference)
    if first is None or found.until is None:
        return first
    last = resolve(found.until, memory.published, future=future, reference=reference)
    return (between(first, last) if last is not None else None) or first


def is_told(event: FoundEvent) -> bool:
    """Tell whether enough is said of an event to propose it.

    Parameters
    ----------
    event
        An event.

    Returns
    -------
    bool
        Not for a mere intention without a date, unless the story begins with it, nor for what "no" is said of
        without one.
    """
    negated = event.status_hit is not None and event.status_hit.label == "not"
    if event.status == "denied" and negated and event.when is None:
        return False
    return event.status != "planned" or event.when is not None or event.sentence.position == 0
