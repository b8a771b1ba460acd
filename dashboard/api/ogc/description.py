"""The description of the layers by OpenAPI 3.0, which OGC API - Features Part 1 asks for."""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.api.ogc.features import COLLECTIONS, PROPERTIES, Collection
from dashboard.api.ogc.operations import FEATURE, ITEMS, PLAIN
from dashboard.api.v1.negotiation import GEOJSON, JSON
from dashboard.api.v1.openapi import responses, schemas, security
from dashboard.api.v1.operations import Operation
from dashboard.api.v1.schemas import listed, nullable, shape, string

__all__ = ["DESCRIPTION_TYPE", "described"]

DESCRIPTION_TYPE: Final = "application/vnd.oai.openapi+json;version=3.0"
"""Media type of the description."""

Json = dict[str, Any]

_TYPES: Final = {"text": "string", "number": "number", "count": "integer", "flag": "boolean"}
_OPEN: Final = frozenset(("earliest", "latest", "precision_m"))


def described(base: str) -> Json:
    """Describe the layers.

    Parameters
    ----------
    base
        Address that the paths begin at.

    Returns
    -------
    dict
        OpenAPI 3.0.
    """
    schemes, needed = security()
    paths: Json = {
        "/": _get("landing", "What there is", PLAIN, {JSON: _ref("Landing")}),
        "/conformance": _get("conformance", "What it conforms to", PLAIN, {JSON: _ref("Conformance")}),
        "/api": _get("description", "This description", PLAIN, {DESCRIPTION_TYPE: {"type": "object"}}),
        "/collections": _get("collections", "The layers", PLAIN, {JSON: _ref("Collections")}),
    }
    for one in COLLECTIONS.values():
        paths |= _paths(one)
    description: Json = _older(
        {
            "openapi": "3.0.3",
            "info": {
                "title": "Arsenal Atlas as OGC API - Features",
                "version": "1",
                "description": "Sites and events as two layers of multipoints (CRS84).",
            },
            "servers": [{"url": base}],
            "security": needed,
            "paths": paths,
            "components": {"schemas": _schemas(), "securitySchemes": schemes},
        }
    )
    return description


def _paths(one: Collection) -> Json:
    place = f"/collections/{one.id}"
    return {
        place: _get(f"describe_{one.id}", f"The layer of {one.id}", PLAIN, {JSON: _ref("Collection")}),
        f"{place}/items": _get(f"list_{one.id}", f"{one.title}", ITEMS, {GEOJSON: _ref("Features")}, "410"),
        f"{place}/items/{{featureId}}": _get(
            f"get_{one.type}", f"One of the {one.id}", FEATURE, {GEOJSON: _ref("Feature")}, "404", "410"
        ),
    }


def _get(name: str, summary: str, operation: Operation, content: Mapping[str, Json], *also: str) -> Json:
    told = {"description": operation.description} if operation.description else {}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            **told,
            "parameters": [one.described for one in operation.parameters],
            "responses": responses(content, *also),
        }
    }


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> Json:
    known = schemas()
    links = listed(_ref("Link"))
    crs = listed(string(format="uri"), "Coordinate reference systems.")
    extent: Json = {
        "type": "object",
        "description": "Where and when: `spatial.bbox` and `temporal.interval`.",
    }
    properties = {
        column.name: _property(column.name, column.type, column.description) for column in PROPERTIES
    }
    feature = {
        "type": string(enum=["Feature"]),
        "id": string("Stable id."),
        "geometry": {"allOf": [_ref("Points")], "nullable": True},
        "properties": shape("What is known of it; the columns that files have.", properties),
        "links": links,
    }
    page = {
        "type": string(enum=["FeatureCollection"]),
        "features": listed(_ref("Feature")),
        "links": links,
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
        "version": string("Data version."),
        "licence": _ref("Licence"),
        "notes": listed({"type": "string"}, "What was put right, in sentences."),
    }
    collection = {
        "id": string(),
        "title": string(),
        "description": string(),
        "links": links,
        "extent": extent,
        "itemType": string(enum=["feature"]),
        "crs": crs,
    }
    return {name: known[name] for name in ("Link", "Licence", "Points", "Problem", "Refusal")} | {
        "Landing": shape("What there is.", {"title": string(), "description": string(), "links": links}),
        "Conformance": shape("Classes of the standard.", {"conformsTo": listed(string(format="uri"))}),
        "Collection": shape("A layer.", collection),
        "Collections": shape("The layers.", {"links": links, "collections": listed(_ref("Collection"))}),
        "Feature": shape("A record.", feature, optional=("links",)),
        "Features": shape("A page of features.", page),
    }


def _property(name: str, kind: str, description: str) -> Json:
    schema = {"type": _TYPES[kind], "description": description}
    return nullable(schema) if name in _OPEN else schema


def _older(value: Any) -> Any:  # noqa: ANN401  # any value of JSON
    """Say the same in OpenAPI 3.0, which has another word for null and one example only."""
    if isinstance(value, list):
        return [_older(one) for one in value]
    if not isinstance(value, dict):
        return value
    older = {name: _older(one) for name, one in value.items() if name != "examples"}
    types = value.get("type")
    if isinstance(types, list):
        older |= {"type": next(one for one in types if one != "null"), "nullable": True}
    return older
