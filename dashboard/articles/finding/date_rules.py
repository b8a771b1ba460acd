"""The grammar of dates: how months, days, years and units may follow each other in any language."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from dashboard.articles.finding.date_reader import DateReader
from dashboard.articles.finding.when import When

__all__ = ["Found", "read_date", "read_days"]

Found: TypeAlias = tuple[When, int] | None
"""What the words mean, and the index of the token behind them."""

_ISO: Final = re.compile(r"(?<![\w-])((?:19|20)\d\d)-(\d\d)-(\d\d)(?![\w-])")
_DOTTED: Final = re.compile(r"(?<![\w./])(\d{1,2})[./](\d{1,2})[./]((?:19|20)\d\d)(?![\w/])")
_DECADE: Final = re.compile(r"((?:19|20)\d0)(?:s|er|ern)")
_WITH_PARTS: Final = frozenset({"month", "year"})
"""Units of which "the end of the" is a date."""
_DAYS_AGO: Final = {"today": 0, "yesterday": 1, "tomorrow": -1, "before_yesterday": 2, "after_tomorrow": -2}
_ENTRY_SIGNS: Final = frozenset({":", "\u2013", "\u2014"})
"""What stands behind the year in a list of dates: "2019: first flight"."""
_UNLED_YEARS: Final = frozenset({"de"})
"""Languages that name a year without a preposition: "2012 geschlossen"."""


def read_date(reader: DateReader, at: int) -> Found:
    """Read the date that begins at a token.

    Parameters
    ----------
    reader
        The words of a sentence.
    at
        Index of the token.

    Returns
    -------
    tuple of (When, int) or None
        What the words mean and the index behind them.
    """
    for rule in _RULES:
        found = rule(reader, at)
        if found is not None:
            return found
    return None


def _numeric(reader: DateReader, at: int) -> Found:
    token = reader.tokens[at]
    match = _ISO.match(reader.text, token.start) or _DOTTED.match(reader.text, token.start)
    if match is None:
        return None
    year, month, day = (int(part) for part in match.groups())
    if match.re is _DOTTED:
        year, day = day, year
        if day <= 12 and month <= 12 and day != month and reader.language.code == "en":  # noqa: PLR2004
            return None  # the third of April or the fourth of March: the text does not say
    end = at
    while end < len(reader.tokens) and reader.tokens[end].start < match.end():
        end += 1
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - a calendar
        return None
    return When("day", year, month, day), end


def read_days(reader: DateReader, at: int) -> tuple[When, When, int] | None:
    """Read several days at a token: "du 3 au 15 mai", "3-15 May", "June 9-10".

    Parameters
    ----------
    reader
        The words of a sentence.
    at
        Index of the token.

    Returns
    -------
    tuple of (When, When, int) or None
        First and last day, and the index behind the words.
    """
    first = reader.day(at)
    if first:
        link = reader.word(at + 1, "to")
        second_at = link[1] if link else at + 1
        if not link and not reader.dashed(second_at):
            return None
        found = _day_month(reader, second_at) if reader.day(second_at) else None
        if found is None or found[0].kind != "day":
            return None
        return replace(found[0], day=first), found[0], found[1]
    month = reader.take(at, "months")
    second_at = month[1] + 1 if month else 0
    if month is None or not reader.day(month[1]) or not reader.dashed(second_at) or not reader.day(second_at):
        return None
    year, end = _year_behind(reader, second_at + 1)
    when, end = _of_that_year(reader, When("day", year, int(month[0]), reader.day(month[1])), end)
    return when, replace(when, day=reader.day(second_at)), end


def _day_month(reader: DateReader, at: int) -> Found:
    day = reader.day(at)
    month = reader.take(reader.skip(at + 1), "months") if day else None
    if not day or month is None:
        return None
    value, end = month
    end = _twin_month(reader, end, value)
    year, end = _year_behind(reader, end)
    relation, last = ("", end) if year else _relation_behind(reader, end)
    if relation:
        return When("day", 0, int(value), day, relation=relation), last
    return _of_that_year(reader, When("day", year, int(value), day), end)


def _twin_month(reader: DateReader, end: int, value: str) -> int:
    """Step over the second name of an Arabic month, written behind a stroke."""
    again = reader.take(end, "months")
    return again[1] if again and again[0] == value else end


def _year_behind(reader: DateReader, at: int) -> tuple[int, int]:
    for end in (at, reader.skip(at)):
        year = reader.year(end)
        if year and reader.joined(end):
            return year, end + 1
    return 0, at


def _month_first(reader: DateReader, at: int) -> Found:
    month = reader.take(at, "months")
    if month is None:
        return None
    value, end = month
    end = _twin_month(reader, end, value)
    day = reader.day(end) if reader.joined(end) and not reader.year(end) else 0
    if day and not reader.take(end + 1, "units"):
        year, last = _year_behind(reader, end + 1)
        return _of_that_year(reader, When("day", year, int(value), day), last)
    year, last = _year_behind(reader, end)
    if year:
        return When("month", year, int(value)), last
    hanging, last = _of_that_year(reader, When("month", 0, int(value)), end)
    if last > end:
        return hanging, last
    relation, last = _relation_behind(reader, end)
    if relation:
        return When("month", 0, int(value), relation=relation), last
    return (When("month", 0, int(value)), end) if _stands_alone(reader, at) else None


def _of_that_year(reader: DateReader, when: When, end: int) -> tuple[When, int]:
    """Read "of that year", "of the following year" or "last year" behind a month or day."""
    if not when.year:
        for at in (end, end + 1, reader.skip(end)):
            beside = reader.word(at, "year_before", "year_after")
            if beside:
                return replace(when, years=-1 if beside[0] == "year_before" else 1), beside[1]
        told = reader.word(reader.skip(end), "last_year", "this_year", "next_year")
        if told:
            return replace(when, unit="year", relation=told[0].removesuffix("_year")), told[1]
        related = _related_unit(reader, reader.skip(end))
        if related and related[0].unit == "year":
            return replace(when, unit="year", relation=related[0].relation), related[1]
    same = reader.word(reader.skip(end), "same") if not when.year else None
    unit = reader.take(same[1], "units") if same else None
    return (replace(when, years=0), unit[1]) if unit and unit[0] == "year" else (when, end)


def _stands_alone(reader: DateReader, at: int) -> bool:
    """Whether a month without day and year is a date: "Jan" may be a man, and "May" a verb."""
    return len(reader.tokens[at].forms) > 1 or (at > 0 and _led(reader, at))


def _relation_behind(reader: DateReader, at: int) -> tuple[str, int]:
    found = reader.word(at, "last_behind", "this_behind", "next_behind")
    return (found[0].removesuffix("_behind"), found[1]) if found else ("", at)


def _relation(reader: DateReader, at: int) -> tuple[str, int] | None:
    return reader.word(at, "last", "this", "next")


def _part_of(reader: DateReader, at: int) -> Found:
    part = reader.word(
        at,
        "early",
        "mid",
        "late",
        "first_half",
        "second_half",
        "quarter_1",
        "quarter_2",
        "quarter_3",
        "quarter_4",
    )
    if part is None:
        return None
    inner = reader.skip(part[1])
    month = reader.take(inner, "months")
    if month is not None and not reader.year(month[1]):
        when, end = _of_that_year(reader, When("month", 0, int(month[0])), month[1])
        return replace(when, part=part[0]), end
    found = next((hit for rule in _WHOLE if (hit := rule(reader, inner)) is not None), None)
    unit = reader.take(inner, "units")
    if found is None and unit is not None and unit[0] in _WITH_PARTS:
        return When("unit", unit=unit[0], relation="this", part=part[0]), unit[1]
    year = reader.year(inner)
    if found is None and year:
        found = When("year", year), inner + 1
    if found is None or found[0].kind in ("day", "weekday"):
        return None
    return replace(found[0], part=part[0]), found[1]


def _season(reader: DateReader, at: int) -> Found:
    relation = _relation(reader, at)
    season = reader.take(relation[1] if relation else at, "seasons")
    if season is None:
        return None
    year, end = _year_behind(reader, season[1])
    behind, end = (relation[0], end) if relation else _relation_behind(reader, end)
    if not (year or behind):
        hanging, last = _of_that_year(reader, When("season", 0, int(season[0])), end)
        if last > end:
            return hanging, last
    if at and not (year or behind or _is_led_season(reader, at)):
        return None
    return When("season", year, int(season[0]), relation=behind), end


def _is_led_season(reader: DateReader, at: int) -> bool:
    """Whether "in" or "until" stands before a season, an article between them or not."""
    if reader.word(at - 1, "in", "until"):
        return True
    article = at > 1 and reader.word(at - 1, "of") is not None
    return article and reader.word(at - 2, "in", "until", "to", "from", "of") is not None


def _related_unit(reader: DateReader, at: int) -> Found:
    relation = _relation(reader, at)
    if relation is not None:
        for group in ("units", "weekdays", "months"):
            found = reader.take(relation[1], group)
            if found:
                return _named(group, found[0], relation[0]), found[1]
        return None
    for group in ("units", "weekdays", "months"):
        found = reader.take(at, group)
        if found:
            behind, end = _relation_behind(reader, found[1])
            if behind:
                return _named(group, found[0], behind), end
    return None


def _named(group: str, value: str, relation: str) -> When:
    if group == "units":
        return When("unit", unit=value, relation=relation)
    return When("weekday" if group == "weekdays" else "month", 0, int(value), relation=relation)


def _ago(reader: DateReader, at: int) -> Found:
    before = reader.word(at, "ago_before")
    number = reader.number(before[1] if before else at)
    unit = reader.take(number[1], "units") if number else None
    if number is None or unit is None:
        return None
    if before:
        return When("ago", 0, number[0], unit=unit[0]), unit[1]
    behind = reader.word(unit[1], "ago_after", "later", "after", "before")
    if behind is None:
        return None
    if behind[0] == "ago_after":
        return When("ago", 0, number[0], unit=unit[0]), behind[1]
    # "two days after the first had come": what follows happened two days before
    ends = not reader.runs_on(behind[1])
    relation = "after" if (behind[0] in ("later", "after")) == (ends or behind[0] == "later") else "before"
    return When("shift", 0, number[0], unit=unit[0], relation=relation), behind[1]


def _same(reader: DateReader, at: int) -> Found:
    same = reader.word(at, "same")
    unit = reader.take(same[1], "units") if same else None
    return (When("same", unit=unit[0]), unit[1]) if unit else None


def _single_word(reader: DateReader, at: int) -> Found:
    found = reader.word(
        at,
        "today",
        "yesterday",
        "tomorrow",
        "before_yesterday",
        "after_tomorrow",
        "eve",
        "morrow",
        "this_year",
        "last_year",
        "next_year",
        "year_end",
        "year_before",
        "year_after",
    )
    if found is None:
        return None
    name, end = found
    if name in ("eve", "morrow"):
        return When("shift", 0, 1, unit="day", relation="before" if name == "eve" else "after"), end
    if name == "year_end":
        return When("unit", unit="year", relation="this", part="late"), end
    if name in ("year_before", "year_after"):
        return When("shift", 0, 1, unit="year", relation=name.removeprefix("year_")), end
    if name.endswith("_year"):
        return When("unit", unit="year", relation=name.removesuffix("_year")), end
    return When("ago", 0, _DAYS_AGO[name], unit="day"), end


def _weekday(reader: DateReader, at: int) -> Found:
    weekday = reader.take(at, "weekdays")
    if weekday is None:
        return None
    value, end = weekday
    for rule in (_day_month, _month_first):
        dated = rule(reader, reader.skip(end)) if reader.joined(end) else None
        if dated is not None and dated[0].kind == "day":
            return dated
    relation, end = _relation_behind(reader, end)
    return When("weekday", 0, int(value), relation=relation), end


def _decade(reader: DateReader, at: int) -> Found:
    match = _DECADE.fullmatch(reader.tokens[at].folded)
    return (When("year", int(match.group(1)), unit="decade"), at + 1) if match else None


def _bare_year(reader: DateReader, at: int) -> Found:
    year = reader.year(at)
    if not year or reader.take(at + 1, "units"):
        return None
    text, token = reader.text, reader.tokens[at]
    if text[token.end : token.end + 1] in ("-", "/", ",") and text[token.end + 1 : token.end + 2].isdecimal():
        return None
    if reader.language.code in _UNLED_YEARS:
        return (When("year", year), at + 1) if not _counts(reader, at) else None
    led = len(reader.tokens[at].forms) > 1 or (at > 0 and _led(reader, at))
    bracketed = text[token.start - 1 : token.start] == "(" if token.start else False
    heads_entry = at <= 1 and text[token.end : token.end + 2].lstrip()[:1] in _ENTRY_SIGNS
    return (When("year", year), at + 1) if led or bracketed or heads_entry else None


def _counts(reader: DateReader, at: int) -> bool:
    """Whether a number counts what follows: "2000 Soldaten"."""
    if at + 1 >= len(reader.tokens) or not reader.runs_on(at + 1):
        return False
    return reader.tokens[at + 1].capital


def _led(reader: DateReader, at: int) -> bool:
    """Whether a word stands before that years follow, or another year."""
    if reader.year(at - 1):
        return True
    for before in range(max(0, at - 3), at):
        found = reader.word(before, "in", "until", "from", "to", "since", "same")
        if found and found[1] == at:
            return True
    return False


_Rule: TypeAlias = Callable[[DateReader, int], Found]
_WHOLE: Final[tuple[_Rule, ...]] = (_month_first, _related_unit, _single_word, _season)
_RULES: Final[tuple[_Rule, ...]] = (
    _numeric, _day_month, _single_word, _part_of, _related_unit, _month_first, _ago, _same, _season, _weekday,
    _decade,
    _bare_year,
)  # fmt: skip
