"""The parameters of the API, each defined once: what a request is read by is what the description says.

Filters are those of the pages' addresses and are read by `dashboard.workflows.sharing.link.read_link`; what
the API adds to them is read in `dashboard.api.v1.asking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dashboard.domain.countries import country_names
from dashboard.domain.vocabulary import codes
from dashboard.workflows.sharing.link_values import LISTS, MODES, SORTS, TYPE_WORDS

__all__ = [
    "BBOX",
    "CLOCK",
    "DATETIME",
    "FILTERS",
    "OFFSET",
    "OF_PAGES",
    "SORT",
    "TYPE",
    "VERSION",
    "Parameter",
    "choice",
    "limit_parameter",
]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a request.

    Parameters
    ----------
    name
        Its name.
    description
        What it asks for, in plain words.
    schema
        JSON Schema of one value; where the parameter may be given several times, of each.
    place
        ``query`` or ``path``.
    example
        A value that works, for people who read the description.
    """

    name: str
    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    place: str = "query"
    example: Any = None

    @property
    def repeats(self) -> bool:
        """Whether it may be given several times."""
        return self.name in LISTS

    @property
    def described(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        schema = dict(self.schema)
        description: dict[str, Any] = {"name": self.name, "in": self.place, "description": self.description}
        if self.place == "path":
            description["required"] = True
        if self.repeats:
            description |= {"style": "form", "explode": True}
            schema = {"type": "array", "items": schema}
        elif schema.get("type") == "array":
            description |= {"style": "form", "explode": False}
        description["schema"] = schema
        if self.example is not None:
            description["example"] = self.example
        return description


def _codes(*vocabularies: str) -> dict[str, Any]:
    return {
        "type": "string",
        "enum": list(dict.fromkeys(code for one in vocabularies for code in codes(one))),
    }


_COUNTRY: Final = {"type": "string", "enum": sorted(country_names())}

TYPE: Final = Parameter("type", "Only sites, or only events.", {"type": "string", "enum": list(TYPE_WORDS)})
"""Which types of records; where a list is of one type, it is not offered."""

FILTERS: Final = (
    Parameter("country", "A place of the record lies there (ISO 3166-1 alpha-2).", _COUNTRY, example=["MA"]),
    Parameter("involving", "Each of them is the country of a place or of an actor.", _COUNTRY),
    Parameter("kind", "Kind of site or event.", _codes("site_kinds", "event_kinds")),
    Parameter("actor", "Id of an actor; any of them takes part.", example=["ac-iai"]),
    Parameter("product", "Product category.", _codes("product_categories")),
    Parameter("precision", "Any place is known to this precision.", _codes("precisions")),
    Parameter("status", "Status of the event; of a site the last one known.",
              _codes("event_statuses", "site_statuses")),
    Parameter("q", "Words that all occur in names, places, actors, products or notes, in any script."),
    Parameter("contested", "Only what some source contradicts.", {"type": "boolean"}),
    Parameter("area", "`box:south,west,north,east`, `circle:lat,lon,km` or `poly:lat,lon;lat,lon;…`; places "
              "that are known roughly count where they may lie inside.", example="box:20,-20,40,0"),
    Parameter("chart", "A choice made in a chart, as the address of a page has it."),
)  # fmt: skip
"""What records are narrowed by, the same as on the pages."""

CLOCK: Final = (
    Parameter("from", "First day of the window, EDTF: `2020`, `2020-03` or `2020-03-01`.", example="2020"),
    Parameter("to", "Last day of the window. Events are inside it; sites are as they stood on it.",
              example="2021-12-31"),
)  # fmt: skip
"""The clock's window."""

DATETIME: Final = Parameter(
    "datetime",
    "The window as one value: a day, a date-time (RFC 3339; its day counts), or two of them with a slash "
    "between, either end open as `..`. In place of `from` and `to`.",
    example="2020-01-01/..",
)
"""The clock's window as OGC writes it."""

BBOX: Final = Parameter(
    "bbox",
    "`west,south,east,north` in degrees (CRS84): only what has a point inside. West is greater than east "
    "where the box crosses the antimeridian. Six numbers are taken too, the heights without effect.",
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
    example=[-17.0, 20.0, 0.0, 36.0],
)
"""A box on Earth."""

OFFSET: Final = Parameter(
    "offset",
    "How many rows to leave out before the first one.",
    {"type": "integer", "minimum": 0, "default": 0},
)
"""Where a page begins."""

SORT: Final = Parameter(
    "sort",
    "Order of the rows; with a minus before it, backwards. Else newest events first, then sites by name.",
    {"type": "string", "enum": [*SORTS, *(f"-{one}" for one in SORTS)]},
)
"""Order of rows."""

VERSION: Final = Parameter("version", "Name of a published version; without it the newest.")
"""A pinned version."""

OF_PAGES: Final = (
    Parameter("record", "The record that is selected on the page; changes nothing here."),
    Parameter("view", "What part of Earth the page shows; changes nothing here."),
    Parameter("layers", "Layers that the page shows; changes nothing here."),
    Parameter("basemap", "Basemap of the page; changes nothing here."),
    Parameter("mode", "What moves with the clock; changes nothing here.",
              {"type": "string", "enum": list(MODES)}),
)  # fmt: skip
"""What the address of a page holds besides: taken, so that such an address can be put to use as it is."""


def limit_parameter(default: int, most: int, *, stated: bool = False) -> Parameter:
    """Describe how many rows one answer may have.

    Parameters
    ----------
    default
        How many there are when nobody asks.
    most
        How many there are at most.
    stated
        Whether the schema names the most, too, as clients of OGC APIs read it.

    Returns
    -------
    Parameter
        The parameter.
    """
    stating = {"maximum": most} if stated else {}
    return Parameter(
        "limit",
        f"How many rows at most. More than {most:,} are not given at once: the answer says so and has a link "
        "to those that follow.",
        {"type": "integer", "minimum": 1, "default": default} | stating,
    )


def choice(name: str, description: str, values: tuple[str, ...], *, default: str = "") -> Parameter:
    """Describe a parameter that is one word of a list.

    Parameters
    ----------
    name
        Its name.
    description
        What it asks for.
    values
        The words.
    default
        What counts when nobody asks; empty for nothing.

    Returns
    -------
    Parameter
        The parameter.
    """
    schema = {"type": "string", "enum": list(values)} | ({"default": default} if default else {})
    return Parameter(name, description, schema)
