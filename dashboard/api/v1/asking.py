"""What a request to the API asks for, read strictly: what a page would pass over is an error here.

A program that is answered with other rows than it asked for would not notice. So every parameter that is
unknown, given twice or not understood is named with its value, all of them at once.
"""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.domain.window import Window
from dashboard.errors import ParameterProblem, RequestError
from dashboard.workflows.sharing.link import NAMES, Link, read_link
from dashboard.workflows.sharing.link_values import LISTS

__all__ = ["Asked", "Box", "Limits", "read_asked", "read_bbox", "read_datetime"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

_TURN: Final = 360.0
_HALF_TURN: Final = 180.0
_MAX_LAT: Final = 90.0
_MOST_PARAMETERS: Final = 600
_MOST_DIGITS: Final = 15
_NUMBER: Final = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,3})?")
_DAY: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)")
_OPEN: Final = ("", "..")


@dataclass(frozen=True, slots=True)
class Box:
    """A box between two meridians and two parallels.

    Parameters
    ----------
    west, south, east, north
        Degrees; west is greater than east where it crosses the antimeridian.
    """

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Floats, lat: Floats) -> Bools:
        """Say which points lie inside, its edge included.

        Parameters
        ----------
        lon, lat
            Degrees, longitudes in -180 to 180.

        Returns
        -------
        numpy.ndarray of bool
            One value for each point.
        """
        within = (lat >= self.south) & (lat <= self.north)
        if self.west <= self.east:
            return within & (lon >= self.west) & (lon <= self.east)
        return within & ((lon >= self.west) | (lon <= self.east))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many rows one answer has.

    Parameters
    ----------
    default
        How many when nobody asks.
    most
        How many at most.
    """

    default: int
    most: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Parameters
    ----------
    link
        What the address of a page would say; the window is that of ``datetime`` where that is given.
    box
        Box that a point has to lie in.
    span
        What ``datetime`` said, None for nothing.
    limit, offset
        The page.
    extras
        Values of further parameters that the route takes, such as ``f``.
    given
        Every parameter as it was given, for links to other pages of the same rows.
    notes
        What was put right, for people.
    """

    link: Link
    box: Box | None
    span: Window | None
    limit: int
    offset: int
    extras: Mapping[str, str]
    given: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


class _Problems:
    """What is wrong with a request, gathered so that it can be said all at once."""

    def __init__(self) -> None:
        self.found: list[ParameterProblem] = []

    def add(self, name: str, value: str, detail: str) -> None:
        self.found.append(ParameterProblem.of(name, value, detail))

    def raise_any(self) -> None:
        if self.found:
            names = ", ".join(dict.fromkeys(problem.parameter for problem in self.found[:5]))
            raise RequestError(
                f"These parameters cannot be used as they are given: {names}. Mend them or leave them out.",
                problems=self.found[:20],
            )


def read_asked(
    pairs: Iterable[tuple[str, str]],
    *,
    taken: Collection[str],
    limits: Limits = Limits(1, 1),
    actors: Mapping[str, str] | None = None,
    choices: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Asked:
    """Read the parameters of a request.

    Parameters
    ----------
    pairs
        Names and values, decoded.
    taken
        Names of the parameters that the route takes.
    limits
        How many rows an answer has.
    actors
        Names of actors by id; any other id is refused then.
    choices
        Words that further parameters may be.

    Returns
    -------
    Asked
        What is asked for.

    Raises
    ------
    RequestError
        If anything cannot be used; it names every parameter with its value.
    """
    given, problems = tuple(pairs), _Problems()
    _check_names(given, taken, problems)
    single = {name: value for name, value in given if name in taken and name not in NAMES}
    for name, words in choices.items():
        if single.get(name, "") not in ("", *words):
            problems.add(name, single[name], f"Write one of {', '.join(words)}.")
    link = _read_link([pair for pair in given if pair[0] in NAMES and pair[0] in taken], actors, problems)
    box, span = _read_box(single, problems), _read_span(single, problems)
    limit, notes = _read_limit(single.get("limit", ""), limits, problems)
    offset = _read_offset(single.get("offset", ""), problems)
    if span is not None and link.window != Window():
        problems.add(
            "datetime",
            single["datetime"],
            "It says the window, as from and to do: give the one or the other.",
        )
    problems.raise_any()
    extras = {name: value for name, value in single.items() if name not in _OWN}
    link = link if span is None else replace(link, window=span)
    return Asked(link, box, span, limit, offset, extras, given, notes)


_OWN: Final = frozenset(("bbox", "datetime", "limit", "offset"))


def _check_names(given: tuple[tuple[str, str], ...], taken: Collection[str], problems: _Problems) -> None:
    if len(given) > _MOST_PARAMETERS:
        problems.add(given[-1][0], given[-1][1], f"An address has at most {_MOST_PARAMETERS} parameters.")
        problems.raise_any()
    seen: dict[str, str] = {}
    for name, value in given:
        if name not in taken:
            problems.add(name, value, "There is no parameter of this name here; the description lists them.")
        elif name in seen and name not in LISTS:
            problems.add(name, value, "It is given more than once: give one value.")
        elif not value:
            problems.add(name, value, "It is empty: give a value or leave it out.")
        elif "\0" in value:
            problems.add(name, value, "It holds a NUL character, which no value has.")
        seen[name] = value


def _read_link(
    pairs: Sequence[tuple[str, str]], actors: Mapping[str, str] | None, problems: _Problems
) -> Link:
    # Each by itself first: what is said of it names it then.
    known = {(problem.parameter, problem.value) for problem in problems.found}
    faults = 0
    for name, value in pairs:
        _, said = read_link([(name, value)], actors)
        for sentence in said:
            faults += 1
            if (name[:200], value[:200]) not in known:
                problems.add(name, value, f"{_refused(sentence)} {_HINTS.get(name, '')}".strip())
    link, said = read_link(pairs, actors)
    if said and not faults and not problems.found:
        names = ", ".join(dict.fromkeys(name for name, _ in pairs))
        for sentence in said:
            problems.add(names, "", _refused(sentence))
    return link


def _refused(sentence: str) -> str:
    # A page puts these right and says so; here they are refused.
    if sentence.startswith("The search was shortened"):
        return "A search has fewer characters, and no control characters."
    return sentence.replace(" and was ignored", "").replace(": the two were swapped", "")


_HINTS: Final = {
    "actor": "Give the id of an actor, as /api/v1/actors lists them.",
    "from": "Write a date such as 2020, 2020-03 or 2020-03-01.",
    "to": "Write a date such as 2020, 2020-03 or 2020-03-01.",
    "area": "Write box:south,west,north,east, circle:lat,lon,km or poly:lat,lon;lat,lon;lat,lon.",
    "contested": "Write true or false.",
}


def _read_box(single: Mapping[str, str], problems: _Problems) -> Box | None:
    text = single.get("bbox", "")
    try:
        return read_bbox(text) if text else None
    except ValueError as error:
        problems.add("bbox", text, str(error))
        return None


def _read_span(single: Mapping[str, str], problems: _Problems) -> Window | None:
    text = single.get("datetime", "")
    try:
        return read_datetime(text) if text else None
    except ValueError as error:
        problems.add("datetime", text, str(error))
        return None


def _read_limit(text: str, limits: Limits, problems: _Problems) -> tuple[int, tuple[str, ...]]:
    if not text:
        return limits.default, ()
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdecimal() and digits):
        problems.add("limit", text, f"Write a whole number from 1 to {limits.most:,}.")
        return limits.default, ()
    if len(digits) > _MOST_DIGITS or int(digits) > limits.most:
        asked = digits if len(digits) <= _MOST_DIGITS else f"{digits[:_MOST_DIGITS]}…"
        return limits.most, (f"limit={asked} is more than is given at once: {limits.most:,} rows at most.",)
    return int(digits), ()


def _read_offset(text: str, problems: _Problems) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        problems.add("offset", text, "Write a whole number, 0 or more.")
        return 0
    return int(text)


def read_bbox(text: str) -> Box:
    """Read a box as OGC API - Features writes it.

    Parameters
    ----------
    text
        Four numbers, or six with heights, with commas between them.

    Returns
    -------
    Box
        Longitudes in -180 to 180.

    Raises
    ------
    ValueError
        If it is no box; the message says what would be one.
    """
    parts = [part.strip() for part in text[:400].split(",")]
    numbers = [float(part) if _NUMBER.fullmatch(part) else math.nan for part in parts]
    if len(numbers) == 6:  # noqa: PLR2004  # with two heights, which no record has
        numbers = [*numbers[:2], *numbers[3:5]] if all(map(math.isfinite, numbers)) else []
    if len(numbers) != 4 or not all(map(math.isfinite, numbers)):  # noqa: PLR2004  # the four sides
        raise ValueError("Write four numbers, west,south,east,north, in degrees.")
    west, south, east, north = numbers
    if south > north:
        raise ValueError("Its south lies north of its north: write west,south,east,north.")
    if south > _MAX_LAT or north < -_MAX_LAT:
        raise ValueError("It lies beyond the poles: latitudes run from -90 to 90.")
    if east - west >= _TURN:
        return Box(-_HALF_TURN, south, _HALF_TURN, north)
    return Box(_wrapped(west), south, _wrapped(east), north)


def _wrapped(lon: float) -> float:
    return lon if abs(lon) <= _HALF_TURN else (lon + _HALF_TURN) % _TURN - _HALF_TURN


def read_datetime(text: str) -> Window:
    """Read a time as OGC API - Features writes it.

    Parameters
    ----------
    text
        A day, month, year or date-time, or two of them with a slash between; ``..`` or nothing for an open
        end.

    Returns
    -------
    Window
        From the first day of the start to the last of the end. Of a date-time the day counts as written.

    Raises
    ------
    ValueError
        If it is no time; the message says what would be one.
    """
    start, slash, end = text[:200].partition("/")
    first, last = (start, end) if slash else (start, start)
    if first in _OPEN and last in _OPEN:
        raise ValueError("One end at least has to be a date, such as 2020-01-01/..")
    opens = Window() if first in _OPEN else _day(first)
    closes = Window() if last in _OPEN else _day(last)
    if opens.first > closes.last:
        raise ValueError("It ends before it begins.")
    return Window(opens.first, closes.last)


def _day(text: str) -> Window:
    day = text
    if _MOMENT.fullmatch(text):
        try:
            day = datetime.fromisoformat(text.upper()).date().isoformat()
        except ValueError:
            day = ""
    day = day.removesuffix("T")  # GDAL writes a field that is a day as a time of which nothing is known
    found = Window.parse(day, day) if _DAY.fullmatch(day) else Window()
    if found == Window():
        raise ValueError(
            "Write a date such as 2020-03-01, a date-time such as 2020-03-01T00:00:00Z, or two of them with "
            "a slash between."
        )
    return found
