"""Guess which column is which, by its name and by what stands in it; a person looks before anything is read.

What only a person can know is left open: whether 3/4/2021 is in March or April, which century 80 is, which of
two numbers in a cell is the latitude. `Guess.asked` says what to answer.
"""

import re
from collections.abc import Callable
from collections.abc import Mapping as Names
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.domain.vocabulary import codes, terms
from dashboard.importers.mapping.days import DateFault, Reading, read_day
from dashboard.importers.mapping.degrees import PointFault, one_degree
from dashboard.importers.mapping.folding import fold
from dashboard.importers.mapping.grid_references import read_point
from dashboard.importers.mapping.model import CountryRule, DateRule, Mapping, PointRule, TextRule
from dashboard.importers.mapping.nations import CountryForm, read_country
from dashboard.importers.mapping.questions import DAY_FAULTS, questions
from dashboard.importers.tables.table import RawTable

__all__ = ["Guess", "GuessedColumn", "coded_rule", "country_of_place", "first_values", "guess"]

_LOOKED_AT: Final = 2_000
_SAMPLES: Final = 5
_ENOUGH: Final = 0.3
"""Share of values that must fit the name of their column; a messy one is still what it says."""
_MOSTLY: Final = 0.6
_AGAIN: Final = re.compile(r" \(\d+\)$")
_URL: Final = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class GuessedColumn:
    """One guess.

    Parameters
    ----------
    field
        Field of ours.
    column
        Column of the table.
    confidence
        From 0 to 1: name and values agree, or only one of them speaks for it.
    samples
        Some of its values.
    """

    field: str
    column: str
    confidence: float
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table's columns seem to be.

    Parameters
    ----------
    mapping
        The mapping that follows.
    columns
        Its guesses.
    asked
        Questions that a person must answer, by key of the mapping.
    """

    mapping: Mapping
    columns: tuple[GuessedColumn, ...]
    asked: dict[str, str]


def guess(raw: RawTable) -> Guess:
    """Guess the mapping of a table.

    Parameters
    ----------
    raw
        The table.

    Returns
    -------
    Guess
        With confidence and samples; headers that occur twice are never guessed.
    """
    values = _told_apart(first_values(raw))
    found: dict[str, GuessedColumn] = {}
    taken: set[str] = set()
    for field, names in _names().items():
        column = _by_name(names, values, taken)
        if column:
            _take(field, column, values, found, taken, named=True)
    for field, test in _TESTS.items():
        if field not in found and field in _BY_VALUES and not (field == "pair" and "lat" in found):
            for column in values:
                if column not in taken and _share(values[column], test) >= 0.9:  # noqa: PLR2004  # nearly all
                    _take(field, column, values, found, taken, named=False)
                    break
    if "kind" not in found:
        _take_kinds(values, found, taken)
    if ("lat" in found) != ("lon" in found):
        found.pop("lat", None)
        found.pop("lon", None)
    columns = {field: one.column for field, one in found.items()}
    mapping = Mapping(
        record_type="event" if "start" in columns else "site",
        id=_rule(columns, "id") if _unique(values.get(columns.get("id", ""), ())) else TextRule(),
        name=_rule(columns, "name"),
        kind=_coded(columns, "kind", values, "event_kinds" if "start" in columns else "site_kinds"),
        status=_coded(columns, "status", values, "event_statuses" if "start" in columns else "site_statuses"),
        date=DateRule(start=columns.get("start", ""), end=columns.get("end", "")),
        place=_rule(columns, "place"),
        country=_country(columns, values),
        point=_point(columns),
        precision=_coded(columns, "precision", values, "precisions"),
        actors=_rule(columns, "actors"),
        source=_rule(columns, "source"),
        source_url=_rule(columns, "source_url"),
        notes=_rule(columns, "notes"),
    )
    asked = {question.key: question.words for question in questions(mapping, values)}
    return Guess(mapping, tuple(found.values()), asked)


@cache
def _names() -> dict[str, tuple[str, ...]]:
    text = files("dashboard.importers.mapping").joinpath("headers.txt").read_text(encoding="utf-8")
    rows = [line.partition(":") for line in text.splitlines() if line and not line.startswith("#")]
    return {field: tuple(fold(name) for name in names.split(",")) for field, _, names in rows}


def first_values(raw: RawTable) -> dict[str, tuple[str, ...]]:
    """Take what stands in the first rows of a table.

    Parameters
    ----------
    raw
        The table.

    Returns
    -------
    dict of str to tuple of str
        Cells that hold something, by column.
    """
    few = _first_rows(raw)
    return {name: _filled(few.column(name)) if few else () for name in raw.columns}


def _told_apart(values: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Leave out headers that the file has twice: they say nothing."""
    doubled = {_AGAIN.sub("", name) for name in values if _AGAIN.search(name)}
    return {name: texts for name, texts in values.items() if _AGAIN.sub("", name) not in doubled}


def _first_rows(raw: RawTable) -> Any:  # noqa: ANN401 - Arrow has no types
    batches: list[Any] = []
    for batch in raw.batches():
        batches.append(batch)
        if sum(one.num_rows for one in batches) >= _LOOKED_AT:
            break
    return pa.Table.from_batches(batches).slice(0, _LOOKED_AT) if batches else None


def _filled(column: Any) -> tuple[str, ...]:  # noqa: ANN401 - Arrow has no types
    texts = pc.utf8_trim_whitespace(pc.fill_null(pc.cast(column, pa.string()), ""))
    return tuple(text for text in texts.to_pylist() if text)


def _by_name(names: tuple[str, ...], values: dict[str, tuple[str, ...]], taken: set[str]) -> str:
    spelled = {fold(column): column for column in reversed(values) if column not in taken}
    return next((spelled[name] for name in names if name in spelled), "")


def _take(
    field: str, column: str, values: dict[str, tuple[str, ...]], found: dict[str, GuessedColumn],
    taken: set[str],
    *, named: bool,
) -> None:  # fmt: skip
    test = _TESTS.get(field)
    share = _share(values[column], test) if test else 1.0
    if test and values[column] and share < _ENOUGH:
        return
    confidence = 0.95 * share if named and test else 0.8 if named else 0.6 * share
    samples = tuple(dict.fromkeys(values[column]))[:_SAMPLES]
    found[field] = GuessedColumn(field, column, round(confidence, 2), samples)
    taken.add(column)


def _take_kinds(values: dict[str, tuple[str, ...]], found: dict[str, GuessedColumn], taken: set[str]) -> None:
    """Take a column for the kind that mostly holds kinds of ours, whatever it is called."""
    vocabulary = "event_kinds" if "start" in found else "site_kinds"
    known = {fold(term.label) for term in terms(vocabulary).values()} | {
        fold(one) for one in codes(vocabulary)
    }
    for column, texts in values.items():
        if column not in taken and _share(texts, lambda text: fold(text) in known) >= _MOSTLY:
            _take("kind", column, values, found, taken, named=False)
            return


def _share(texts: tuple[str, ...], test: Callable[[str], bool]) -> float:
    return sum(map(test, texts)) / len(texts) if texts else 0.0


def _unique(texts: tuple[str, ...]) -> bool:
    return bool(texts) and len(set(texts)) == len(texts)


def _is_date(text: str) -> bool:
    try:
        return bool(read_day(text, Reading()))
    except DateFault as error:
        return any(words in str(error) for words in DAY_FAULTS)


def _is_degree(limit: float) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            return abs(one_degree(text)) <= limit
        except PointFault:
            return False

    return test


def _is_pair(text: str) -> bool:
    try:
        read_point(text, "lat lon")
    except PointFault:
        return False
    return True


_TESTS: Final[dict[str, Callable[[str], bool]]] = {
    "lat": _is_degree(180),
    "lon": _is_degree(180),
    "pair": _is_pair,
    "start": _is_date,
    "end": _is_date,
    "country": lambda text: bool(read_country(text, "name")),
    "source_url": lambda text: _URL.match(text) is not None,
}
_BY_VALUES: Final = frozenset({"pair", "country", "source_url"})


def _rule(columns: dict[str, str], field: str) -> TextRule:
    return TextRule(columns=(columns[field],)) if field in columns else TextRule()


def _coded(
    columns: dict[str, str], field: str, values: dict[str, tuple[str, ...]], vocabulary: str
) -> TextRule:
    if field not in columns:
        return TextRule() if field == "precision" else TextRule(text="unknown")
    return coded_rule(columns[field], values[columns[field]], vocabulary)


def coded_rule(column: str, texts: tuple[str, ...], vocabulary: str) -> TextRule:
    """Make the rule of a field whose values are codes of ours.

    Parameters
    ----------
    column
        Column of the table.
    texts
        What stands in it.
    vocabulary
        Our list of codes.

    Returns
    -------
    TextRule
        With a table of the values that are words of ours.
    """
    ours = {fold(term.label): code for code, term in terms(vocabulary).items()}
    ours |= {fold(code): code for code in codes(vocabulary)}
    table = {text: ours[fold(text)] for text in dict.fromkeys(texts) if fold(text) in ours}
    otherwise = "" if vocabulary == "precisions" else "other"
    return TextRule(columns=(column,), values=table, otherwise=otherwise)


def _country(columns: dict[str, str], values: dict[str, tuple[str, ...]]) -> CountryRule:
    if "country" in columns:
        return CountryRule(columns=(columns["country"],))
    return country_of_place(columns.get("place", ""), values)


def country_of_place(place: str, values: Names[str, tuple[str, ...]]) -> CountryRule:
    """Make the rule of the country where no column states it.

    Parameters
    ----------
    place
        Column of places; empty for none.
    values
        What stands in the columns.

    Returns
    -------
    CountryRule
        The end of the place where that is a country, as in "Tan-Tan, Morocco"; else no rule.
    """
    form: CountryForm = "ending"
    ends = any(read_country(text, form) for text in values.get(place, ()))
    return CountryRule(columns=(place,), form=form) if ends else CountryRule()


def _point(columns: dict[str, str]) -> PointRule:
    if "lat" in columns:
        return PointRule(lat=columns["lat"], lon=columns["lon"])
    return PointRule(pair=columns.get("pair", ""))
