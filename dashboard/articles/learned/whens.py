"""Which date is that of an event: those of its sentence, what the story spoke of before, or none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from dashboard.articles.assembling.events import extent_of
from dashboard.articles.finding.dates import DateMention
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.when import Extent
from dashboard.articles.learned.candidates import Candidate

__all__ = ["DateOption", "date_features", "date_options"]

_YEAR: Final = re.compile(r"19[4-9][0-9]|20[0-4][0-9]", re.ASCII)
_STEPS: Final = (0.3, 0.8, 1.3, 2.0, 3.0, 4.5)
_INITIAL: Final = 3
_SAID: Final = 3
_NEWS_DAYS: Final = 10
_YEAR_DAYS: Final = 330


@dataclass(frozen=True, slots=True)
class DateOption:
    """A date that may be that of an event.

    Parameters
    ----------
    source
        ``said`` in the sentence, ``news``, ``carried``, ``recent`` in sentences before, ``year``, ``month``
        of publication, ``rules`` or ``none``.
    extent
        The days; None for no date.
    mention
        The words for it, where the sentence has them.
    """

    source: str
    extent: Extent | None
    mention: DateMention | None = None


def date_options(candidate: Candidate) -> list[DateOption]:
    """List the dates that may be that of an event.

    Parameters
    ----------
    candidate
        The event.

    Returns
    -------
    list of DateOption
        None of them twice; the last is that it has none.
    """
    sentence, memory, event = candidate.telling.sentence, candidate.telling.memory, candidate.event
    options: list[DateOption] = []
    if event.when is not None:
        source = "rules" if event.date_mention is None else "said"
        options.append(DateOption(source, event.when, event.date_mention))
    for mention in sentence.dates:
        for future in (False, True):
            extent = extent_of(mention, sentence, memory, future=future)
            if extent is not None:
                _add(options, DateOption("said", extent, mention))
    for source, extent in (("news", memory.news), ("carried", memory.when)):
        if extent is not None:
            _add(options, DateOption(source, extent))
    for number, (paragraph, extent) in enumerate(candidate.telling.recent):
        here = "paragraph" if paragraph == sentence.paragraph else "page"
        _add(options, DateOption(f"recent:{here}:{min(number, 1)}", extent))
    for extent in _years(sentence):
        _add(options, DateOption("year", extent))
    if memory.published is not None and memory.news is None:
        published = memory.published
        month = f"{published.year:04}-{published.month:02}~"
        _add(options, DateOption("month", Extent(month, published.replace(day=1), published)))
    options.append(DateOption("none", None))
    return options


def _years(sentence: Sentence) -> Iterator[Extent]:
    """Give the years that stand in a sentence outside of its dates: "the 2021 edition"."""
    dated = {n for found in sentence.dates for n in range(found.first, found.last + 1)}
    for number, token in enumerate(sentence.tokens):
        if number not in dated and _YEAR.fullmatch(token.text):
            year = int(token.text)
            yield Extent(token.text, date(year, 1, 1), date(year, 12, 31))


def _add(options: list[DateOption], option: DateOption) -> None:
    if not any(
        other.extent is not None
        and option.extent is not None
        and (other.extent.first, other.extent.last) == (option.extent.first, option.extent.last)
        and (other.mention is option.mention or option.mention is None)
        for other in options
    ):
        options.append(option)


def date_features(candidate: Candidate, option: DateOption, options: list[DateOption]) -> dict[str, float]:
    """Say what the model sees of a date beside an event.

    Parameters
    ----------
    candidate
        The event.
    option
        The date.
    options
        All that it is weighed against.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    return dict.fromkeys(_about_both(candidate, option, options), 1.0)


def _about_both(candidate: Candidate, option: DateOption, options: list[DateOption]) -> Iterator[str]:
    event, sentence = candidate.event, candidate.telling.sentence
    side = _side(candidate, option.extent)
    words = [name for name in candidate.telling.finds.bags[candidate.clause] if name[:2] == "w:"]
    yield from (f"{side}|{word}" for word in words)
    if option.mention is None:
        yield from (f"{option.source}|{word}" for word in words)
    said = sum(other.source == "said" for other in options)
    yield option.source
    yield f"{option.source}/{min(said, 2)}"
    yield f"{option.source}/at:{min(sentence.position, 3)}"
    yield f"{option.source}/{event.status}"
    yield f"{option.source}/{candidate.kind}"
    yield f"{option.source}/{said}/{candidate.kind}"
    if option.extent is event.when:
        yield f"rule/{option.source}"
        yield f"rule/{event.status}"
        yield f"rule/{'rules' if candidate.by_rules else 'learned'}"
    if event.when is None and option.extent is not None:
        yield f"against_rules/{option.source}"
    if option.extent is not None:
        yield from _against_publication(candidate, option.extent, option.source)
    if option.mention is not None:
        yield from _in_sentence(candidate, option.mention)


def _side(candidate: Candidate, extent: Extent | None) -> str:
    """Say on which side of the day of publication a date lies."""
    published = candidate.telling.memory.published
    if extent is None:
        return "never"
    if published is None:
        return "unpublished"
    if extent.first > published:
        return "ahead"
    if extent.last > published:
        return "around"
    return "news" if (published - extent.last).days <= _NEWS_DAYS else "before"


def _against_publication(candidate: Candidate, extent: Extent, source: str) -> Iterator[str]:
    published, status = candidate.telling.memory.published, candidate.event.status
    if published is None:
        yield "unpublished"
        return
    side = _side(candidate, extent)
    days = (extent.first - published).days
    yield f"{source}/{side}/days:{sum(abs(days) > limit for limit in (0, 3, 7, 14, 31, 92, 183, 366, 800))}"
    clause = candidate.telling.finds.bags[candidate.clause]
    own = any(name in ("future", "status:planned") for name in clause)
    yield f"{side}/own:{'plan' if own else 'fact'}/{status}"
    yield f"{side}/{status}"
    yield f"{side}/{source}"
    future = any("future" in bag or "status:planned" in bag for bag in candidate.telling.finds.bags)
    yield f"{side}/{'plan' if future else 'fact'}"
    if (extent.last - extent.first).days > _YEAR_DAYS:
        yield "year_long"


def _in_sentence(candidate: Candidate, mention: DateMention) -> Iterator[str]:
    finds = candidate.telling.finds
    sentence, clause = finds.sentence, finds.clauses[candidate.clause]
    if clause.meets(mention.first, mention.last):
        step = "in"
    else:
        behind = mention.first > clause.last
        edge = (
            sentence.apart(clause.last, mention.first)
            if behind
            else sentence.apart(mention.last, clause.first)
        )
        step = f"{'>' if behind else '<'}{sum(edge > limit for limit in _STEPS)}"
    yield f"step:{step}"
    yield f"step:{step}/{min(len(sentence.dates), 3)}"
    yield f"kind:{mention.when.kind}"
    if mention.when.deadline:
        yield "deadline"
    if mention.first <= _INITIAL:
        yield "opens"
    if any(cue.label == "said" and -_SAID < cue.first - mention.last < _SAID + 1 for cue in sentence.cues):
        yield "said_then"
    if mention.first:
        yield f"before:{sentence.tokens[mention.first - 1].folded}"
    distance = _distance(candidate, mention)
    others = [_distance(candidate, other) for other in sentence.dates if other is not mention]
    if all(distance <= other for other in others):
        yield "nearest"
    rivals = [other for other in finds.mentions if not clause.meets(other.first, other.last)]
    if any(
        sentence.date_apart(hit.first, hit.last, mention) < distance for rival in rivals for hit in rival.hits
    ):
        yield "nearer_another"


def _distance(candidate: Candidate, mention: DateMention) -> float:
    sentence = candidate.telling.sentence
    return min(sentence.date_apart(hit.first, hit.last, mention) for hit in candidate.event.mention.hits)
