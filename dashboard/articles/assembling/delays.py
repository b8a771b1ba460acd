"""What was put off: one fact told with its old day, and one with its new day.

"The opening, due in June, has slipped to the autumn" are an opening in June that was postponed and one that
is planned for the autumn. So is "it was to be handed over in May and will be in July".
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from dashboard.articles.assembling.events import FoundEvent, extent_of
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.finding.dates import DateMention
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention
from dashboard.articles.finding.when import Extent, When, resolve

__all__ = ["put_off_again", "rescheduled"]

_LINK_WORDS: Final = 3
_REACH: Final = 6.0
_OPENING: Final = 2


def rescheduled(event: FoundEvent, memory: Memory) -> Iterator[FoundEvent]:
    """Give an event, and where it was put off to a day that is named, the event on that day.

    Parameters
    ----------
    event
        An event with its arguments.
    memory
        What was spoken of so far.

    Yields
    ------
    FoundEvent
        The event with its old date, then the one with its new date.
    """
    cue = event.status_hit
    if event.status != "postponed" or cue is None:
        yield event
        return
    old, new = _dates(event.sentence, cue, event.mention)
    when = _nearest(old, memory.published) if old else None
    if new is not None:
        new = replace(new, when=replace(new.when, deadline=False))
    ahead = extent_of(new, event.sentence, memory, future=True) if new else None
    if when is not None and ahead is not None and ahead.first < when.first:
        when = None
    if ahead is None and cue.label == "missed" and not _is_past(when, memory.published):
        yield replace(event, status="planned", when=when or event.when)
        return
    if old or new:
        event = replace(event, when=when)
    yield event
    if ahead is not None:
        yield replace(event, status="planned", when=ahead, more=[], fresh=True)


def put_off_again(sentence: Sentence, before: FoundEvent | None, memory: Memory) -> FoundEvent | None:
    """Read "Now May 2026 is spoken of" behind a sentence that told of a delay.

    Parameters
    ----------
    sentence
        A sentence in which no event was found.
    before
        The last event told.
    memory
        What was spoken of so far.

    Returns
    -------
    FoundEvent or None
        The event on its new day.
    """
    if before is None or before.status != "postponed" or before.sentence.paragraph != sentence.paragraph:
        return None
    now = any(cue.label == "new_date" and cue.first <= _OPENING for cue in sentence.cues)
    if not now or len(sentence.dates) != 1:
        return None
    found = sentence.dates[0]
    ahead = resolve(found.when, memory.published, future=True)
    if ahead is None or (memory.published is not None and ahead.last < memory.published):
        return None
    hit = Hit(found.first, found.last, "")
    return replace(
        before,
        mention=Mention(before.kind, hit.first, hit.last, [hit]),
        sentence=sentence,
        status="planned",
        status_hit=None,
        when=ahead,
        date_mention=found,
        here=None,
        more=[],
        fresh=True,
    )


def _dates(sentence: Sentence, cue: Hit, mention: Mention) -> tuple[When | None, DateMention | None]:
    """Tell the old date of a delay from the new one."""
    near = [
        date
        for date in sentence.dates
        if min(sentence.apart(date.first, cue.last), sentence.apart(date.first, mention.head)) <= _REACH
        and not sentence.is_cut(min(date.first, cue.first), max(date.first, cue.first))
    ]
    ahead = next((date for date in near if _is_ahead(sentence, cue, date)), None)
    joined = next((date for date in near if date.until is not None and _follows(cue, date)), None)
    if joined is not None and joined.until is not None and joined is not ahead:
        return joined.when, replace(joined, when=joined.until, until=None)
    if cue.label == "missed":
        behind = [date for date in near if date.first > cue.last and date is not ahead] or near
        new = ahead or (behind[1] if len(behind) > 1 else None)
        return (behind[0].when if behind and behind[0] is not new else None), new
    new = ahead or next((date for date in near if _is_new(sentence, cue, date)), None)
    old = next((date for date in near if date is not new), None)
    return (old.when if old else None), new


def _follows(cue: Hit, date: DateMention) -> bool:
    """Whether a range stands behind the words for a delay, or right before them as in German."""
    return date.first > cue.last or 0 < cue.first - date.last <= _LINK_WORDS


def _is_ahead(sentence: Sentence, cue: Hit, date: DateMention) -> bool:
    """Whether the date is that of a plan told behind the delay: "put off twice, will run from 3 May"."""
    return any(
        other.label in ("planned", "intending") and cue.last < other.first < date.first
        for other in sentence.status
    )


def _is_new(sentence: Sentence, cue: Hit, date: DateMention) -> bool:
    """Whether "to" or "until" leads to a date behind the words for the delay."""
    if date.first <= cue.first:
        led = sentence.cue_before(date.first, "moved_to") is not None
        return led and 0 < cue.first - date.last <= _LINK_WORDS  # "auf Juni verschoben"
    if any(
        other.label == "new_date" and cue.last < other.first and 0 <= date.first - other.last <= _LINK_WORDS
        for other in sentence.cues
    ):
        return True
    token = sentence.tokens[date.first]
    return bool(token.forms[1:]) and token.folded.startswith(_GLUED_TO) and date.first > cue.last


_GLUED_TO: Final = ("\u0644", "\u05dc")
"""The Arabic and the Hebrew "to", written as one word with what follows."""


def _nearest(when: When, published: date | None) -> Extent | None:
    """Give a date the meaning that is nearest to the day of publication."""
    readings = [
        extent for future in (False, True) if (extent := resolve(when, published, future=future)) is not None
    ]
    if not readings or published is None:
        return readings[0] if readings else None
    return min(readings, key=lambda one: abs((one.first - published).days))


def _is_past(when: Extent | None, published: date | None) -> bool:
    return when is not None and published is not None and when.last < published
