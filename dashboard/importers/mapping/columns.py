"""A mapping seen from the table's side: what each column becomes, and what follows when that is changed.

A mapping names columns by field; whoever looks at a spreadsheet asks the other way round. What cannot be said
by column, such as sentences and tables of values, stays in the mapping as it is.
"""

from collections.abc import Mapping as Names
from typing import Any, Final

from dashboard.errors.mapping import MappingError
from dashboard.importers.mapping.guessing import coded_rule, country_of_place
from dashboard.importers.mapping.model import CountryRule, DateRule, Mapping, PointRule, TextRule

__all__ = ["FIELDS", "KEPT", "assign", "fields_of", "turn_into", "with_answer", "with_constant"]

KEPT: Final = ""
"""What a column becomes that no field reads: it is kept beside the record, as written."""

FIELDS: Final = {
    "name": "Name",
    "start": "Date, or first day",
    "end": "Last day",
    "place": "Place name",
    "country": "Country",
    "lat": "Latitude",
    "lon": "Longitude",
    "pair": "Latitude and longitude in one cell",
    "kind": "Kind",
    "status": "Status",
    "actors": "Actors",
    "products": "Products",
    "precision": "How well the place is known",
    "source": "Source",
    "source_url": "Link to the source",
    "notes": "Notes",
    "id": "Id in the dataset",
    "year": "Year of the date",
    "month": "Month of the date",
    "day": "Day of the date",
    "end_year": "Year of the last day",
    "end_month": "Month of the last day",
    "end_day": "Day of the last day",
    "date.precision": "How well the date is known",
    "added": "Day on which the row was made",
    "radius": "Metres within which the place lies",
    "zone": "UTM zone of easting and northing",
    "type_column": "Site or event",
}
"""What a column can become, in words."""

_DATE: Final = (
    "start", "end", "year", "month", "day", "end_year", "end_month", "end_day", "date.precision", "added",
)  # fmt: skip
_POINT: Final = ("lat", "lon", "pair", "zone", "radius")
_OTHER_THAN: Final = {"pair": ("lat", "lon", "zone"), "lat": ("pair",), "lon": ("pair",)}
"""Ways to write a point of which a row has one."""

_TYPE: Final = "type_column"
_SINGLE: Final = frozenset({"id", "kind", "status", "country", "precision", "products", "source_url"})
"""Text fields that one column alone gives; others take several."""

_CODED: Final = {"kind": "{}_kinds", "status": "{}_statuses", "precision": "precisions"}
_UNKNOWN: Final = TextRule(text="unknown")
_EMPTY: Final[dict[str, TextRule]] = {"kind": _UNKNOWN, "status": _UNKNOWN, "country": CountryRule()}
_JOINED: Final = {"actors": "; ", "notes": "; "}

_Values = Names[str, tuple[str, ...]]


def fields_of(mapping: Mapping, table: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Say what each column of a table becomes.

    Parameters
    ----------
    mapping
        The mapping.
    table
        Columns of the table.

    Returns
    -------
    dict of str to tuple of str
        Fields of `FIELDS` by column, in their order; none for columns that are kept as written.
    """
    found: dict[str, list[str]] = {name: [] for name in table}
    texts = mapping.texts()
    for field in FIELDS:
        if field in texts:
            names = (*texts[field].of(table), *texts[field].in_text())
        elif field in _DATE:
            names = (getattr(mapping.date, _attribute(field)),)
        elif field == _TYPE:
            names = (mapping.type_column,)
        else:
            names = (getattr(mapping.point, field),)
        for name in dict.fromkeys(names):
            if name in found:
                found[name].append(field)
    return {name: tuple(fields) for name, fields in found.items()}


def assign(mapping: Mapping, column: str, field: str, values: _Values) -> Mapping:
    """Let a column become something else.

    Parameters
    ----------
    mapping
        The mapping as it is.
    column
        Column of the table.
    field
        One of `FIELDS`, or `KEPT`.
    values
        What stands in the first rows, by column: all columns of the table.

    Returns
    -------
    Mapping
        Another column that was this field alone, such as the latitude, is kept as written then.
    """
    parts = _without(mapping, column, tuple(values))
    if field in _DATE:
        parts["date"] = parts["date"].model_copy(update={_attribute(field): column})
    elif field in _POINT:
        update = dict.fromkeys(_OTHER_THAN.get(field, ()), "") | {field: column}
        parts["point"] = parts["point"].model_copy(update=update)
    elif field == _TYPE:
        parts[_TYPE] = column
    elif field != KEPT:
        parts[field] = _with_column(field, parts[field], mapping.record_type, column, values)
    if field == "place" and not (parts["country"].columns or parts["country"].text):
        parts["country"] = country_of_place(column, values)
    return _made(mapping, parts)


def turn_into(mapping: Mapping, record_type: str, values: _Values) -> Mapping:
    """Let the rows become records of the other type: their kinds and states are other ones.

    Parameters
    ----------
    mapping
        The mapping as it is.
    record_type
        ``site`` or ``event``.
    values
        As in `assign`.

    Returns
    -------
    Mapping
        With tables of values made anew from the words in their columns.
    """
    if record_type == mapping.record_type:
        return mapping
    parts: dict[str, Any] = {"record_type": record_type}
    for field in ("kind", "status"):
        rule: TextRule = getattr(mapping, field)
        names = rule.of(tuple(values))
        parts[field] = (
            coded_rule(names[0], values.get(names[0], ()), _CODED[field].format(record_type))
            if names
            else _UNKNOWN
        )
    return _made(mapping, parts)


def with_constant(mapping: Mapping, field: str, code: str) -> Mapping:
    """Say of all rows what no column says.

    Parameters
    ----------
    mapping
        The mapping as it is.
    field
        ``kind``, ``status`` or ``country``.
    code
        Code of ours, or ISO 3166-1 alpha-2; empty for none.

    Returns
    -------
    Mapping
        With that for every row.
    """
    kind = CountryRule if field == "country" else TextRule
    return _made(mapping, {field: kind(text=code) if code else _EMPTY[field]})


def with_answer(mapping: Mapping, key: str, answer: object) -> Mapping:
    """Write one answer into a mapping.

    Parameters
    ----------
    mapping
        The mapping as it is.
    key
        Key of a rule, such as ``date.order``.
    answer
        Its value; None leaves it open.

    Returns
    -------
    Mapping
        The mapping with it.

    Raises
    ------
    MappingError
        If that is no answer.
    """
    part, _, name = key.partition(".")
    rule = getattr(mapping, part).model_dump() | {name: answer}
    return _made(mapping, {part: rule})


def _attribute(field: str) -> str:
    return field.removeprefix("date.")


def _without(mapping: Mapping, column: str, table: tuple[str, ...]) -> dict[str, Any]:
    """Give the rules of a mapping that do not read a column any more."""
    parts: dict[str, Any] = {
        name: _rule_without(name, rule, column, table) for name, rule in mapping.texts().items()
    }
    rules: dict[str, DateRule | PointRule] = {"date": mapping.date, "point": mapping.point}
    for name, rule in rules.items():
        read = map(_attribute, (*_DATE, *_POINT))
        own = [attribute for attribute in read if getattr(rule, attribute, "") == column]
        parts[name] = rule.model_copy(update=dict.fromkeys(own, ""))
    parts[_TYPE] = "" if mapping.type_column == column else mapping.type_column
    return parts


def _rule_without(field: str, rule: TextRule, column: str, table: tuple[str, ...]) -> TextRule:
    update: dict[str, Any] = {}
    if column in rule.of(table):
        update = {"columns": tuple(name for name in rule.of(table) if name != column), "like": ()}
    if column in rule.in_text():
        rest = rule.text.replace(f"{{{column}}}", "").strip(" ,;:-/")
        update["text"] = rest if "{" in rest else ""
    if not update:
        return rule
    changed = rule.model_copy(update=update)
    empty = _EMPTY.get(field, TextRule())
    return changed if changed.columns or changed.text else empty


def _with_column(field: str, rule: TextRule, record_type: str, column: str, values: _Values) -> TextRule:
    if field in _CODED:
        return coded_rule(column, values.get(column, ()), _CODED[field].format(record_type))
    if field == "country":
        return CountryRule(columns=(column,))
    if field in _SINGLE:
        return TextRule(columns=(column,))
    columns = (*rule.of(tuple(values)), column)
    join = rule.join if rule.join is not None else _JOINED.get(field)
    return rule.model_copy(update={"columns": columns, "like": (), "join": join})


def _made(mapping: Mapping, parts: Names[str, Any]) -> Mapping:
    try:
        return Mapping.model_validate(
            {name: getattr(mapping, name) for name in Mapping.model_fields} | dict(parts)
        )
    except ValueError as error:
        raise MappingError([str(error)]) from None
