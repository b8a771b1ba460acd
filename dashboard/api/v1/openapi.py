"""The description of the API by OpenAPI 3.1, written from the parameters and shapes that the routes use."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard import __version__
from dashboard.api.v1.negotiation import CSV, GEOJSON, JSON, MEDIA_TYPES
from dashboard.api.v1.operations import EXPORT, ITEM, LISTS, Operation
from dashboard.api.v1.problems import PROBLEM
from dashboard.api.v1.schemas import ITEMS, SCHEMAS, listed, shape, string
from dashboard.exports.registry import FORMATS

__all__ = ["DESCRIPTION_TYPE", "described", "responses", "schemas", "security"]

DESCRIPTION_TYPE: Final = "application/vnd.oai.openapi+json;version=3.1"
"""Media type of the description."""

Json = dict[str, Any]

_ABOUT: Final = """Sites and events of the defence industry with their places, dates and sources.

The same filters as on the pages, the same rows in the same order. Dates are EDTF with the earliest and latest
day they allow; places come with their precision; a citation stands beside what it supports or contradicts.
Whoever sees coarser points on the pages sees coarser points here. Unknown parameters are refused."""

_PROBLEM: Final = shape(
    "What is wrong (RFC 9457).",
    {
        "type": string("Always `about:blank`: title and status say it all."),
        "title": string("In a few words."),
        "status": {"type": "integer"},
        "detail": string("What is wrong and what to do."),
        "errors": listed(
            shape("A parameter at fault.", {"parameter": string(), "value": string(), "detail": string()}),
            "Every parameter that cannot be used.",
        ),
    },
    optional=("errors",),
)
_REFUSAL: Final = shape(
    "What the gate in front says.",
    {"error": string("Why, and what to do."), "reference": string()},
    ("reference",),
)
_REFUSALS: Final = {
    "400": "A parameter is unknown or cannot be used; each is named with its value.",
    "401": "Nobody is signed in, and the atlas is for people who are.",
    "403": "The role or the token does not include this.",
    "404": "There is nothing of this id.",
    "406": "It is not given in any form that the Accept header names.",
    "410": "The atlas cannot show this version any more.",
    "421": "The atlas does not answer by this name.",
    "429": "Too often in one minute; Retry-After says when to try again.",
    "503": "The database does not answer, or too much is being made; Retry-After says when to try again.",
}
_HEADERS: Final = {
    "ETag": {"description": "Names the answer; send it as If-None-Match.", "schema": {"type": "string"}},
    "Link": {"description": "Pages before and after, and the licence.", "schema": {"type": "string"}},
    "Atlas-Version": {"description": "Data version of the answer.", "schema": {"type": "string"}},
}


def responses(content: Mapping[str, Json], *also: str) -> Json:
    """Describe what an operation answers.

    Parameters
    ----------
    content
        Schemas of what it gives, by media type.
    *also
        Statuses of refusals that not every operation has.

    Returns
    -------
    dict
        Responses by status.
    """
    given = {media: {"schema": schema} for media, schema in content.items()}
    found: Json = {
        "200": {"description": "What was asked for.", "headers": _HEADERS, "content": given},
        "304": {"description": "Nothing has changed since the answer that If-None-Match names."},
    }
    refused = {PROBLEM: {"schema": _ref("Problem")}, JSON: {"schema": _ref("Refusal")}}
    for status in sorted(("400", "401", "403", "421", "429", "503", *also)):
        found[status] = {"description": _REFUSALS[status], "content": refused}
    return found


def security() -> tuple[Json, list[Json]]:
    """Describe how somebody says who asks.

    Returns
    -------
    tuple of (dict, list of dict)
        The schemes, and which of them is needed: none where anybody may read.
    """
    token = {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of the operations page, made for reading; for files one made to export, too.",
    }
    return {"token": token}, [{}, {"token": []}]


def described(base: str) -> Json:
    """Describe the API.

    Parameters
    ----------
    base
        Address that the paths begin at.

    Returns
    -------
    dict
        OpenAPI 3.1.
    """
    schemes, needed = security()
    paths: Json = {
        "/": {"get": _plain("landing", "What there is", {JSON: _ref("Landing")})},
        "/openapi.json": {
            "get": _plain("description", "This description", {DESCRIPTION_TYPE: {"type": "object"}})
        },
    }
    paths |= {f"/{name}": {"get": _list(name, one)} for name, one in LISTS.items()}
    paths |= {f"/{name}/{{id}}": {"get": _item(name, one)} for name, one in ITEM.items()}
    files: Json = {one.media_type: {} for one in FORMATS.values()}
    paths["/export"] = {"get": _operation("export", EXPORT, responses(files, "406", "410"))}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Arsenal Atlas", "version": "1", "summary": f"arsenal-atlas {__version__}",
                 "description": _ABOUT},
        "servers": [{"url": base}],
        "security": needed,
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": schemes},
    }  # fmt: skip


def _plain(name: str, summary: str, content: Mapping[str, Json]) -> Json:
    return {"operationId": name, "summary": summary, "responses": responses(content)}


def _operation(name: str, operation: Operation, answers: Json) -> Json:
    return {
        "operationId": name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [one.described for one in operation.parameters],
        "responses": answers,
    }


def _list(name: str, operation: Operation) -> Json:
    return _operation(
        f"list_{name}", operation, responses(_content(operation, f"{ITEMS[name]}List"), "406", "410")
    )


def _item(name: str, operation: Operation) -> Json:
    content = _content(operation, f"{ITEMS[name]}Item")
    return _operation(f"get_{ITEMS[name].lower()}", operation, responses(content, "404", "406", "410"))


def _content(operation: Operation, name: str) -> Json:
    shapes = {JSON: _ref(name), GEOJSON: _ref(f"{name}Features"), CSV: {"type": "string"}}
    return {MEDIA_TYPES[form]: shapes[MEDIA_TYPES[form]] for form in operation.choices["f"]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


_WHOLE: Final = {"type": "integer", "minimum": 0}
_COMMON: Final = {
    "version": string("Data version, as this audience knows it."),
    "licence": _ref("Licence"),
    "links": listed(_ref("Link"), "This answer in other forms, and what is near it."),
}
_PAGE: Final = {
    "described": listed({"type": "string"}, "Filters and window in words."),
    "matched": _WHOLE | {"description": "How many rows there are in all."},
    "returned": _WHOLE | {"description": "How many of them are here."},
    "limit": _WHOLE,
    "offset": _WHOLE,
    "counts": {
        "type": "object",
        "description": "Of sites and events: `matching` at any time; `undated` events, in no window.",
        "additionalProperties": _WHOLE,
    },
    "notes": listed({"type": "string"}, "What was put right, in sentences."),
}
_POINTS: Final = shape(
    "All points of the record (RFC 7946), longitude first.",
    {
        "type": string(enum=["MultiPoint"]),
        "coordinates": listed(listed({"type": "number"})),
    },
)


def schemas() -> Json:
    """Give the shapes of all answers by name.

    Returns
    -------
    dict
        JSON Schemas.
    """
    found: Json = dict(SCHEMAS) | {"Problem": _PROBLEM, "Refusal": _REFUSAL, "Points": _POINTS}
    found["Landing"] = shape("What there is.", {"title": string(), "software": string(), **_COMMON})
    for name, item in ITEMS.items():
        found[f"{item}List"] = shape(f"A page of {name}.", _COMMON | _PAGE | {"items": listed(_ref(item))})
        found[f"{item}Item"] = shape(f"One of the {name}.", _COMMON | {"item": _ref(item)})
        if "geojson" in LISTS[name].choices["f"]:
            found |= _features(name, item)
    return found


def _features(name: str, item: str) -> Json:
    feature = {
        "type": string(enum=["Feature"]),
        "id": string("Stable id."),
        "geometry": {"oneOf": [_ref("Points"), {"type": "null"}]},
        "properties": _ref(item),
    }
    page = (
        _COMMON
        | _PAGE
        | {
            "type": string(enum=["FeatureCollection"]),
            "features": listed(_ref(f"{item}Feature")),
        }
    )
    return {
        f"{item}Feature": shape(f"One of the {name} as GeoJSON (RFC 7946).", feature),
        f"{item}ListFeatures": shape(f"A page of {name} as GeoJSON.", page),
        f"{item}ItemFeatures": shape(f"One of the {name} as GeoJSON.", _COMMON | feature),
    }
