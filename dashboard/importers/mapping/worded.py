"""Dates in words: 24 novembre 2021, March 8 2001, the twelfth of November of two thousand and one."""

import re
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.importers.mapping.folding import fold

__all__ = ["read_words"]

_WORDS: Final = re.compile(r"[^\W\d_]+|\d+")
_HEBREW_PREFIXES: Final = ("\u05d1", "\u05dc")  # in, of
_LAST_DAY: Final = 31
_YEAR_DIGITS: Final = 4
_DAY_DIGITS: Final = 2


def read_words(text: str) -> str:
    """Read a month in words with a year, and perhaps a day, in any order.

    Parameters
    ----------
    text
        As written.

    Returns
    -------
    str
        EDTF; empty when it is something else.
    """
    words = _with_months([fold(word) for word in _WORDS.findall(text)])
    months = {word for word in words if word.startswith("month ")}
    numbers = _numbers([word for word in words if not word.startswith("month ")])
    if len(months) != 1 or numbers is None:
        return ""
    years = [number for number in numbers if len(number) == _YEAR_DIGITS]
    days = [number for number in numbers if len(number) <= _DAY_DIGITS]
    if len(years) != 1 or len(days) > 1 or len(years) + len(days) != len(numbers):
        return ""
    month = f"{years[0]}-{int(months.pop().removeprefix('month ')):02}"
    return f"{month}-{int(days[0]):02}" if days else month


@cache
def _table() -> dict[str, dict[str, int]]:
    text = files("dashboard.importers.mapping").joinpath("months.txt").read_text(encoding="utf-8")
    tables: dict[str, dict[str, int]] = {"months": {}, "numbers": {}, "small": {}}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        key, _, words = line.partition(":")
        kind = "small" if key == "small" else "numbers" if key[0] == "n" else "months"
        number = 0 if kind == "small" else int(key.removeprefix("n"))
        tables[kind].update(dict.fromkeys(map(fold, words.split(",")), number))
    return tables


def _with_months(words: list[str]) -> list[str]:
    """Put ``month 11`` where a month is named, in one word or two."""
    months, read, at = _table()["months"], list[str](), 0
    while at < len(words):
        word, two = words[at], "".join(words[at : at + 2])
        if word[:1] in _HEBREW_PREFIXES and word[1:] in months:
            word = word[1:]
        if word not in months and two in months and len(two) > len(word):
            read.append(f"month {months[two]}")
            at += 1
        else:
            read.append(f"month {months[word]}" if word in months else word)
        at += 1
    return read


def _numbers(words: list[str]) -> list[str] | None:
    """Read digits and number words; None when any other word is there."""
    table, small = _table()["numbers"], _table()["small"]
    numbers: list[str] = []
    spelled: list[str] = []
    for word in [*words, ""]:
        is_number = word in table or word in ("hundred", "thousand")
        if is_number or (word == "and" and spelled):
            spelled.append(word)
            continue
        if spelled:
            numbers.append(_written(spelled, table))
            spelled = []
        if word.isdigit():
            numbers.append(word)
        elif word and word not in small:
            return None
    return numbers


def _written(words: list[str], table: dict[str, int]) -> str:
    total, current = 0, 0
    for word in words:
        if word == "thousand":
            total, current = total + current * 1000, 0
        elif word == "hundred":
            current *= 100
        else:
            current += table.get(word, 0)
    value = total + current
    return str(value) if value <= _LAST_DAY else f"{value:04}"
