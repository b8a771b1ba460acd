"""Parts of a year or a month in words: early 2022, mid-March 2021, summer 2020.

They are the same months and days as in articles: early is the first third, and a season stays a season.
"""

import re
from calendar import monthrange
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.importers.mapping.folding import fold
from dashboard.importers.mapping.worded import read_words

__all__ = ["read_part"]

_YEAR: Final = re.compile(r"(\D+?)[\s,-]*(\d{4})")
_MONTH: Final = re.compile(r"\d{4}-(\d{2})")
_MONTHS: Final = {
    "early": (1, 4), "mid": (5, 8), "late": (9, 12), "first_half": (1, 6), "second_half": (7, 12),
}  # fmt: skip
_DAYS: Final = {
    "early": (1, 10),
    "mid": (11, 20),
    "late": (21, 31),
    "first_half": (1, 15),
    "second_half": (16, 31),
}


def read_part(text: str) -> str:
    """Read a part of a year or of a month.

    Parameters
    ----------
    text
        As written.

    Returns
    -------
    str
        EDTF; empty when it is something else.
    """
    found = _YEAR.fullmatch(text.strip())
    if found is None:
        return ""
    words, year = re.split(r"[\s-]+", found[1].strip()), found[2]
    for count in range(len(words), 0, -1):
        part = _parts().get(fold("".join(words[:count])))
        if part:
            return _told(part, words[count:], year)
    return ""


@cache
def _parts() -> dict[str, str]:
    text = files("dashboard.importers.mapping").joinpath("parts.txt").read_text(encoding="utf-8")
    lines = [line.partition(":") for line in text.splitlines() if line and not line.startswith("#")]
    return {fold(name): part for part, _, names in lines for name in names.split(",")}


def _told(part: str, rest: list[str], year: str) -> str:
    if not rest:
        if part.isdigit():
            return f"{year}-{part}"
        first, last = _MONTHS[part]
        return f"{year}-{first:02}/{year}-{last:02}"
    month = read_words(f"{' '.join(rest)} {year}")
    if part.isdigit() or not (found := _MONTH.fullmatch(month)):
        return ""
    first, last = _DAYS[part]
    last = min(last, monthrange(int(year), int(found[1]))[1])
    return f"{month}-{first:02}/{month}-{last:02}"
