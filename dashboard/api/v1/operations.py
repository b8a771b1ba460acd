"""What may be asked for: each operation with its parameters, for the routes and for the description alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from dashboard.api.v1.asking import Limits
from dashboard.api.v1.parameters import (
    BBOX,
    CLOCK,
    DATETIME,
    FILTERS,
    OF_PAGES,
    OFFSET,
    SORT,
    TYPE,
    VERSION,
    Parameter,
    choice,
    limit_parameter,
)
from dashboard.exports.registry import FORMATS

__all__ = ["EXPORT", "ITEM", "LISTS", "PAGE", "Operation"]

PAGE: Final = Limits(default=100, most=1_000)
"""How many rows a page of a list has."""

_ID: Final = Parameter("id", "Id of the row.", {"type": "string", "minLength": 1}, place="path")
_WITH_POINTS: Final = ("json", "geojson", "csv")
_WITHOUT: Final = ("json", "csv")


@dataclass(frozen=True)
class Operation:
    """One thing that may be asked for.

    Parameters
    ----------
    summary
        What it gives, in a few words.
    description
        More of it, for those who want to know.
    parameters
        What it takes.
    """

    summary: str
    description: str
    parameters: tuple[Parameter, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the parameters in its query."""
        return frozenset(one.name for one in self.parameters if one.place == "query")

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """Words of the parameters that the API adds to those of the pages."""
        return {one.name: tuple(one.schema["enum"]) for one in self.parameters if one.name in ("f", "format")}


def _form(offered: tuple[str, ...]) -> Parameter:
    return choice("f", "Form of the answer; without it the Accept header decides.", offered)


def _list(summary: str, description: str, offered: tuple[str, ...], *more: Parameter) -> Operation:
    paging = (limit_parameter(PAGE.default, PAGE.most), OFFSET)
    asked = (*more, *FILTERS, *CLOCK, DATETIME, BBOX, SORT, VERSION)
    return Operation(summary, description, (*asked, *paging, _form(offered), *OF_PAGES))


_NAMED_BY: Final = (
    "Those that the sites and events shown {}; all there are where no filter, window or box is given."
)

LISTS: Final = {
    "sites": _list(
        "Sites", "As they stood at the end of the window, the same rows as the page shows.", _WITH_POINTS
    ),
    "events": _list(
        "Events",
        "Events in the window, newest first, the same rows as the page shows. Events without any date are in "
        "no window: `counts.undated` says how many match.",
        _WITH_POINTS,
    ),
    "actors": _list("Actors", _NAMED_BY.format("name"), _WITHOUT, TYPE),
    "sources": _list("Sources", _NAMED_BY.format("cite"), _WITHOUT, TYPE),
    "citations": _list("Citations", _NAMED_BY.format("have"), _WITHOUT, TYPE),
    "changes": _list(
        "Changes", f"Newest first. {_NAMED_BY.format('went through')}", _WITHOUT, TYPE
    ),
}  # fmt: skip
"""Lists by their names."""


def _item(name: str) -> Operation:
    one = LISTS[name].summary.removesuffix("s").lower()
    offered = tuple(form for form in LISTS[name].choices["f"] if form != "csv")
    return Operation(
        f"One {one}",
        f"One {one} by its id, whatever its date; 404 for one that never was, or was merged or deleted.",
        (_ID, VERSION, _form(offered)),
    )


ITEM: Final = {name: _item(name) for name in LISTS}
"""Single rows by the names of their lists."""

EXPORT: Final = Operation(
    "A file to take away",
    "Exactly the rows that the page of the same address shows, in its order. The file is written whole "
    "before it is sent.",
    (
        choice("format", "Format of the file.", tuple(FORMATS), default="csv"),
        *(TYPE, *FILTERS, *CLOCK, DATETIME, SORT, VERSION, *OF_PAGES),
    ),
)
"""Files."""
