"""Find the dates of a sentence, and join what belongs together: ranges, deadlines, a year said once for all.

The grammar is one for all languages; the tables say which words are months, units and relations.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dashboard.articles.finding.date_reader import RANGE_SIGN, DateReader
from dashboard.articles.finding.date_rules import read_date, read_days
from dashboard.articles.finding.tokens import Token
from dashboard.articles.finding.when import When
from dashboard.articles.language import Language

__all__ = ["DateMention", "find_dates"]

_OPENING: Final = 2
"""A year before this word opens the sentence and holds for its days: "Last year it opened on 29 April"."""


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a sentence.

    Parameters
    ----------
    first
        Index of its first token.
    last
        Index of its last token.
    when
        What the words mean.
    until
        Where the words give an interval, its end.
    """

    first: int
    last: int
    when: When
    until: When | None = None


def find_dates(text: str, tokens: Sequence[Token], language: Language) -> list[DateMention]:
    """Find the dates of a sentence.

    Parameters
    ----------
    text
        The whole text.
    tokens
        Words of the sentence.
    language
        Tables of its language.

    Returns
    -------
    list of DateMention
        In order, without overlaps.
    """
    reader = DateReader(text, tokens, language)
    mentions: list[DateMention] = []
    at = 0
    while at < len(tokens):
        days = read_days(reader, at)
        if days is not None:
            mentions.append(DateMention(at, days[2] - 1, days[0], days[1]))
            at = days[2]
            continue
        found = read_date(reader, at)
        if found is None:
            at += 1
            continue
        when, end = found
        mentions.append(DateMention(at, end - 1, _with_deadline(reader, at, when)))
        at = end
    mentions = _joined_ranges(reader, _joined_shifts(mentions))
    mentions = _with_year_before(mentions)
    return [mention for mention in mentions if not _is_anniversary(reader, mention)]


def _with_year_before(mentions: list[DateMention]) -> list[DateMention]:
    """Give the days of "last year it opened on 29 April and ended on 10 May" their year."""
    given: list[DateMention] = []
    year: When | None = None
    for mention in mentions:
        when = mention.when
        if (
            when.kind in ("year", "unit")
            and not when.deadline
            and (when.kind == "year" or when.unit == "year")
        ):
            opens = mention.first <= _OPENING and mention.until is None
            year = when if opens else None
        elif (
            year is not None
            and when.kind in ("day", "month")
            and not (when.year or when.relation or when.unit or when.years is not None)
        ):
            when = replace(when, year=year.year, unit="" if year.year else "year", relation=year.relation)
        given.append(replace(mention, when=when))
    return given


def _with_deadline(reader: DateReader, at: int, when: When) -> When:
    """Note "by", "before", "until" in front of a date, articles between them skipped."""
    for before in range(max(0, at - 3), at):
        found = reader.word(before, "until")
        if found and at - 1 <= found[1] <= at + 1:
            return replace(when, deadline=True)
    return when


def _is_anniversary(reader: DateReader, mention: DateMention) -> bool:
    """Whether a date is what an anniversary counts from, no date of what is told."""
    for before in range(max(0, mention.first - 3), mention.first):
        if reader.word(before, "anniversary"):
            return True
    return False


def _joined_shifts(mentions: list[DateMention]) -> list[DateMention]:
    """Read "a year before, on October 12" as one date."""
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        shifted = before is not None and before.when.kind == "shift" and before.when.unit == "year"
        bare = mention.when.kind in ("day", "month") and not mention.when.year and mention.when.years is None
        if before is not None and shifted and bare and mention.first - before.last <= 3:  # noqa: PLR2004 - ", on the"
            years = before.when.month if before.when.relation == "after" else -before.when.month
            joined[-1] = DateMention(
                before.first, mention.last, replace(mention.when, years=years, deadline=False)
            )
        else:
            joined.append(mention)
    return joined


def _joined_ranges(reader: DateReader, mentions: list[DateMention]) -> list[DateMention]:
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        if before is not None and before.until is None and _is_range(reader, before, mention):
            joined[-1] = replace(before, last=mention.last, until=mention.when)
        else:
            joined.append(mention)
    return joined


def _is_range(reader: DateReader, first: DateMention, second: DateMention) -> bool:
    tokens = reader.tokens
    between = reader.text[tokens[first.last].end : tokens[second.first].start]
    if RANGE_SIGN.fullmatch(between):
        return True
    link = reader.word(first.last + 1, "to")
    if link is None or link[1] != second.first:
        return False
    if first.when.kind == second.when.kind == "year":
        return True
    opening = range(max(0, first.first - 2), first.first)
    return any(reader.word(before, "from") for before in opening)
