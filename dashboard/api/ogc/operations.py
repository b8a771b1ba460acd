"""What may be asked of the layers: the parameters that the routes read and the description names."""

from typing import Final

from dashboard.api.v1.asking import Limits
from dashboard.api.v1.operations import Operation
from dashboard.api.v1.parameters import BBOX, FILTERS, OFFSET, VERSION, Parameter, choice, limit_parameter

__all__ = ["FEATURE", "ITEMS", "PAGE", "PLAIN"]

PAGE: Final = Limits(default=100, most=10_000)
"""How many features a page has."""

_JSON: Final = choice("f", "Form of the answer: there is JSON only.", ("json",))
_GEOJSON: Final = choice("f", "Form of the answer: there is GeoJSON only.", ("json", "geojson"))
_DATETIME: Final = Parameter(
    "datetime",
    "A date-time (RFC 3339), or two of them with a slash between, either end open as `..`: what is or may be "
    "of that time, and what has no date. Of a date-time its day counts; a day, month or year is taken, too.",
    example="2020-01-01T00:00:00Z/..",
)
_FEATURE_ID: Final = Parameter(
    "featureId", "Id of the feature.", {"type": "string", "minLength": 1}, place="path"
)

PLAIN: Final = Operation("", "", (_JSON,))
"""What describes the layers."""

ITEMS: Final = Operation(
    "Features of a layer",
    "In the order of their ids. Filters narrow them as on the pages; a box selects what has a point inside, "
    "and what has no point at all.",
    (
        limit_parameter(PAGE.default, PAGE.most, stated=True),
        BBOX,
        _DATETIME,
        OFFSET,
        *FILTERS,
        VERSION,
        _GEOJSON,
    ),
)
"""Features."""

FEATURE: Final = Operation("A feature", "One record by its id.", (_FEATURE_ID, VERSION, _GEOJSON))
"""One feature."""
