"""What only a person can know about a table, asked with an example of it and the answers there are."""

from collections.abc import Callable
from collections.abc import Mapping as Names
from dataclasses import dataclass
from typing import Final

from dashboard.importers.mapping.days import DateFault, Reading, read_day
from dashboard.importers.mapping.degrees import PointFault, read_pair
from dashboard.importers.mapping.model import Mapping

__all__ = ["DAY_FAULTS", "Answer", "Question", "questions"]

Answer = str | int

_ORDER, _PIVOT, _SERIALS = DAY_FAULTS = ("two ways", "two digits", "day number")
"""Words in the faults of dates that an answer would mend."""

_NO_ORDER: Final = "which number"
_DAY_ANSWERS: Final[dict[str, tuple[str, str, dict[Answer, str]]]] = {
    "date.order": (
        _ORDER,
        "Does the day or the month come first in dates such as {}?",
        {"day month": "The day, then the month", "month day": "The month, then the day"},
    ),
    "date.pivot": (
        _PIVOT,
        "Which century is meant by years of two digits, as in {}?",
        {49: "1950 to 2049", 29: "1930 to 2029", 99: "2000 to 2099", 0: "1901 to 2000"},
    ),
    "date.serials": (
        _SERIALS,
        "Is {} a day number of a spreadsheet, counted from 1900 or 1904?",
        {1900: "From 1900, as Excel does", 1904: "From 1904, as old Excel for Mac did"},
    ),
}
_POINT_ANSWERS: Final[dict[Answer, str]] = {
    "lat lon": "The first one is the latitude (north and south)",
    "lon lat": "The first one is the longitude (east and west)",
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Parameters
    ----------
    key
        Key of the mapping that the answer is written to, such as ``date.order``.
    words
        The question, with an example from the table.
    answers
        What may be answered, each in words.
    """

    key: str
    words: str
    answers: Names[Answer, str]


def questions(mapping: Mapping, values: Names[str, tuple[str, ...]]) -> tuple[Question, ...]:
    """Find what a mapping leaves open although the table needs it.

    Parameters
    ----------
    mapping
        Any; what it answers already is asked all the same, so that the answer can be changed.
    values
        What stands in the columns.

    Returns
    -------
    tuple of Question
        None when nothing could be read in two ways.
    """
    rule = mapping.date
    texts = dict.fromkeys(text for name in (rule.start, rule.end) for text in values.get(name, ()))
    faults = {text: _fault(text) for text in texts}
    asked = []
    for key, (words, question, answers) in _DAY_ANSWERS.items():
        example = next((text for text, fault in faults.items() if words in fault), "")
        if example:
            asked.append(Question(key, question.format(example), answers))
    for text in values.get(mapping.point.pair, ()):
        if _NO_ORDER in _point_fault(text):
            words = f"Which number is the latitude in {text}?"
            asked.append(Question("point.order", words, _POINT_ANSWERS))
            break
    return tuple(asked)


def _said(read: Callable[[], object], kind: type[ValueError]) -> str:
    try:
        read()
    except kind as error:
        return str(error)
    return ""


def _fault(text: str) -> str:
    return _said(lambda: read_day(text, Reading()), DateFault)


def _point_fault(text: str) -> str:
    return _said(lambda: read_pair(text, None), PointFault)
