"""A mapping: which column of somebody's table is which field of ours, as data that can be kept and shared."""

import re
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from dashboard.domain.vocabulary import codes
from dashboard.importers.mapping.days import DayOrder
from dashboard.importers.mapping.degrees import Order
from dashboard.importers.mapping.nations import CountryForm

__all__ = ["CountryRule", "DateRule", "Mapping", "PointRule", "TextRule"]

_SENTINELS: Final = (
    "NA",
    "N/A",
    "n/a",
    "NULL",
    "null",
    "None",
    "NaN",
    "nan",
    "-9",
    "-99",
    "-999",
    "-9999",
    "7777",
    "[null]",
)


_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_MOST_IN_TEXT: Final = 1_000
_MOST_IN_VALUE: Final = 500
_MOST_IN_JOIN: Final = 20
_MOST_PATTERNS: Final = 100
_MOST_FIELDS: Final = 30
"""Columns in one sentence: what a mapping repeats is made for fifty thousand rows at once."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


_Value = Annotated[str, Field(max_length=_MOST_IN_VALUE)]


class TextRule(_Part):
    """How a text field is made.

    Parameters
    ----------
    columns
        Columns that give it; the first one that says something, or all with `join`.
    like
        Further columns by pattern, such as ``State?`` and ``State??``; they come in the order of the table.
    join
        What stands between several columns; None takes the first that is not empty.
    text
        A constant, or a sentence with ``{column}`` in it.
    values
        Ours by theirs, met without regard to case.
    otherwise
        Ours for a value that `values` does not have; None keeps theirs.
    split
        Characters of which any stands between several values of one cell; the values are then taken as
        several columns are: the first, or all with `join`.
    """

    columns: tuple[str, ...] = ()
    like: tuple[str, ...] = Field(default=(), max_length=_MOST_PATTERNS)
    join: str | None = Field(default=None, max_length=_MOST_IN_JOIN)
    text: str = Field(default="", max_length=_MOST_IN_TEXT)
    values: dict[str, _Value] = Field(default_factory=dict)
    otherwise: _Value | None = None
    split: str = Field(default="", max_length=_MOST_IN_JOIN)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if isinstance(value, str):
            return {"columns": [value]}
        if isinstance(value, dict) and "column" in value:
            rest = {key: given for key, given in value.items() if key != "column"}
            return rest | {"columns": [value["column"]]}
        return value

    @field_validator("values", mode="before")
    @classmethod
    def _keys(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        # YAML reads the codes 1 and 2 as numbers.
        return {str(key): str(given) for key, given in value.items()} if isinstance(value, dict) else value

    @field_validator("text")
    @classmethod
    def _few_fields(cls, text: str) -> str:
        if len(_FIELD.findall(text)) > _MOST_FIELDS:
            raise ValueError(f"a sentence names at most {_MOST_FIELDS} columns")
        return text

    def of(self, table: tuple[str, ...]) -> tuple[str, ...]:
        """List the columns that it reads.

        Parameters
        ----------
        table
            Columns of the table.

        Returns
        -------
        tuple of str
            Named ones first.
        """
        met = (name for name in table if any(fnmatchcase(name, pattern) for pattern in self.like))
        return tuple(dict.fromkeys((*self.columns, *met)))

    def in_text(self) -> tuple[str, ...]:
        """List the columns that its sentence names.

        Returns
        -------
        tuple of str
            As they come in the sentence.
        """
        return tuple(_FIELD.findall(self.text))


class CountryRule(TextRule):
    """How the country is read.

    Parameters
    ----------
    form
        How the column names countries.
    """

    form: CountryForm = "name"


class DateRule(_Part):
    """How the date is read.

    Parameters
    ----------
    start, end
        Columns with a whole date.
    year, month, day, end_year, end_month, end_day
        Columns with the parts of one; they win over `start` and `end`.
    order
        Which number comes first in 3/4/2021; asked when it matters.
    pivot
        Two-digit years above it belong to the 1900s; without it they are refused.
    serials
        Year from which spreadsheet day numbers count; without it they are refused.
    precision
        Column with the dataset's code of how precise the date is.
    precisions
        Its codes: ``day``, ``week`` (three days on both sides), ``month``, ``year``, ``range`` (as written).
    on_going
        Whether an empty end is open, as with sites, and not the same day.
    added
        Column with the day on which the row was made; dates long before it are listed.
    several
        Whether a cell may hold several dates with semicolons between them; they give the time from the first
        to the last of them.
    unreadable
        What becomes of rows whose date cannot be read.
    """

    start: str = ""
    end: str = ""
    year: str = ""
    month: str = ""
    day: str = ""
    end_year: str = ""
    end_month: str = ""
    end_day: str = ""
    order: DayOrder | None = None
    pivot: int | None = Field(default=None, ge=0, le=99)
    serials: Literal[1900, 1904] | None = None
    precision: str = ""
    precisions: dict[str, Literal["day", "week", "month", "year", "range"]] = Field(default_factory=dict)
    on_going: bool = False
    added: str = ""
    several: bool = False
    unreadable: Literal["refuse", "undated"] = "refuse"

    @field_validator("precisions", mode="before")
    @classmethod
    def _keys(cls, value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        return {str(key): given for key, given in value.items()} if isinstance(value, dict) else value

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it reads."""
        names = (self.start, self.end, self.year, self.month, self.day, self.end_year, self.end_month)
        return tuple(name for name in (*names, self.end_day, self.precision, self.added) if name)


class PointRule(_Part):
    """How the point is read.

    Parameters
    ----------
    lat, lon
        Columns with one number each.
    pair
        Column with both: decimals, degrees or WKT.
    order
        What comes first in a pair of decimals; asked when it is not stated.
    geometry
        Whether the file's own geometry wins over columns; without columns it is read anyway.
    zone
        Column with the UTM zone; `lat` and `lon` are then northing and easting in metres.
    radius
        Column with the radius in metres within which the place lies; it wins over that of the precision.
    """

    lat: str = ""
    lon: str = ""
    pair: str = ""
    order: Order | None = None
    geometry: bool = False
    zone: str = ""
    radius: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that say where the point is."""
        return tuple(name for name in (self.zone, self.lat, self.lon, self.pair) if name)


_NOTHING: Final = TextRule()


class Mapping(_Part):
    """A whole mapping.

    Parameters
    ----------
    title
        What it is for.
    record_type
        What a row is.
    type_column
        Column that says of each row whether it is a site or an event; `record_type` where it says neither.
    id, kind, name, status
        How these fields are made.
    date
        How the date is read.
    place
        How the place as written is made.
    country
        How the country is read.
    point
        How the point is read.
    precision
        How precise the place is, in our codes.
    actors, products, source, source_url, notes
        How these fields are made.
    empty
        Cells that stand for nothing.
    guarded
        Whether an apostrophe stands before cells of a CSV file that a spreadsheet would compute, as in ours.
    """

    title: str = ""
    record_type: Literal["site", "event"] = "event"
    type_column: str = ""
    id: TextRule = _NOTHING
    kind: TextRule = TextRule(text="unknown")
    name: TextRule = _NOTHING
    status: TextRule = TextRule(text="unknown")
    date: DateRule = DateRule()
    place: TextRule = _NOTHING
    country: CountryRule = CountryRule()
    point: PointRule = PointRule()
    precision: TextRule = _NOTHING
    actors: TextRule = _NOTHING
    products: TextRule = _NOTHING
    source: TextRule = _NOTHING
    source_url: TextRule = _NOTHING
    notes: TextRule = _NOTHING
    empty: tuple[str, ...] = _SENTINELS
    guarded: bool = False

    @model_validator(mode="after")
    def _codes(self) -> "Mapping":
        kinds = codes("site_kinds" if self.record_type == "site" else "event_kinds")
        statuses = codes("site_statuses" if self.record_type == "site" else "event_statuses")
        for field, rule, known in (
            ("kind", self.kind, kinds),
            ("status", self.status, statuses),
            ("precision", self.precision, codes("precisions")),
            ("products", self.products, codes("product_categories")),
        ):
            ours = {*rule.values.values(), rule.otherwise or "", "" if rule.columns else rule.text} - {""}
            unknown = {code for value in ours for code in value.split("|")} - set(known)
            if unknown:
                message = (
                    f"{field}: {', '.join(sorted(unknown))} is no code of ours (one of {', '.join(known)})"
                )
                raise ValueError(message)
        return self

    def texts(self) -> dict[str, TextRule]:
        """List the rules of text fields.

        Returns
        -------
        dict of str to TextRule
            By field.
        """
        return {
            name: rule
            for name in type(self).model_fields
            if isinstance(rule := getattr(self, name), TextRule)
        }

    def used(self, table: tuple[str, ...]) -> tuple[str, ...]:
        """List the columns that it reads.

        Parameters
        ----------
        table
            Columns of the table.

        Returns
        -------
        tuple of str
            Each once.
        """
        names = [name for rule in self.texts().values() for name in (*rule.of(table), *rule.in_text())]
        names += [name for name in (self.type_column, self.point.radius) if name]
        return tuple(dict.fromkeys((*names, *self.date.columns, *self.point.columns)))

    def missing(self, table: tuple[str, ...]) -> tuple[str, ...]:
        """List the columns that it reads and the table does not have.

        Parameters
        ----------
        table
            Columns of the table.

        Returns
        -------
        tuple of str
            In the order of the fields.
        """
        return tuple(name for name in self.used(table) if name not in table)
