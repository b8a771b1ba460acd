"""The shapes of what the API gives, each field described once; `dashboard.api.v1.records` fills them.

They are stable within version 1: fields are added, never taken away, and none changes its meaning.
"""

from collections.abc import Mapping
from typing import Any, Final

from dashboard.domain.vocabulary import codes
from dashboard.workflows.versions.change_log import KINDS

__all__ = ["ITEMS", "SCHEMAS", "listed", "nullable", "shape", "string"]

Schema = dict[str, Any]


def string(description: str = "", **more: Any) -> Schema:  # noqa: ANN401  # JSON Schema's own words
    """Describe a text.

    Parameters
    ----------
    description
        What it holds.
    **more
        More of JSON Schema, such as ``format``.

    Returns
    -------
    dict
        The schema.
    """
    return {"type": "string", "description": description, **more}


def nullable(schema: Schema) -> Schema:
    """Let a value be missing.

    Parameters
    ----------
    schema
        Schema of the value.

    Returns
    -------
    dict
        The same, or null.
    """
    return schema | {"type": [schema["type"], "null"]}


def listed(schema: Schema, description: str = "") -> Schema:
    """Describe a list.

    Parameters
    ----------
    schema
        Schema of one of its values.
    description
        What it holds.

    Returns
    -------
    dict
        The schema.
    """
    return {"type": "array", "items": schema, "description": description}


def shape(description: str, fields: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """Describe an object.

    Parameters
    ----------
    description
        What it is.
    fields
        Its fields.
    optional
        Those that may be missing.

    Returns
    -------
    dict
        The schema.
    """
    return {
        "type": "object",
        "description": description,
        "properties": dict(fields),
        "required": [name for name in fields if name not in optional],
    }


def _of(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _code(vocabulary: str, description: str) -> Schema:
    return string(
        f"{description} Code of the vocabulary `{vocabulary}`.", examples=list(codes(vocabulary)[:3])
    )


_DAY: Final = nullable(string("ISO 8601 day; null where it is open.", format="date"))
_NUMBER: Final = {"type": "number"}
_WHOLE: Final = {"type": "integer"}
_FLAG: Final = {"type": "boolean"}
_ID: Final = string("Stable id.")
_NAMES: Final = listed({"type": "string"}, "Other scripts and spellings.")
_COUNTRY: Final = string("ISO 3166-1 alpha-2, empty where no source says.")

_DATE: Final = shape(
    "An uncertain date: as written, and the earliest and latest day it allows.",
    {"edtf": string("EDTF level 1, empty where nothing is known."), "earliest": _DAY, "latest": _DAY},
)
_NAMED: Final = shape("A record by id and name.", {"id": _ID, "name": string("Its name.")})
_LINK: Final = shape(
    "A link (RFC 8288).",
    {
        "href": string("Address.", format="uri"),
        "rel": string("What it is to this answer."),
        "type": string("Media type."),
        "title": string("In words."),
    },
    optional=("type", "title"),
)
_LICENCE: Final = shape(
    "Under which the records may be used.",
    {"name": string("Short name."), "url": string("Its text.", format="uri")},
)
_PRODUCT: Final = shape(
    "A product.",
    {"category": _code("product_categories", "What it is."), "designation": string("As written.")},
)
_PLACE: Final = shape(
    "One place of a record.",
    {
        "id": _ID,
        "role": _code("location_roles", "What the place is to the record."),
        "place_as_written": string("The source's words; empty where this audience may not see them."),
        "country": _COUNTRY,
        "lat": nullable(dict(_NUMBER)),
        "lon": nullable(dict(_NUMBER)),
        "precision": _code("precisions", "How well the point is known."),
        "precision_m": nullable(_WHOLE | {"description": "Radius in metres within which it lies."}),
        "method": _code("location_methods", "Who put the point there."),
    },
)
_STATUS: Final = shape(
    "What a source says of a site's life.",
    {
        "id": _ID,
        "status": _code("site_statuses", "The status."),
        "date": _of("Date"),
        "citation_id": string("The citation that says so."),
        "note": string(),
    },
)
_CITATION: Final = shape(
    "One source saying, or denying, one thing about one record.",
    {
        "id": _ID,
        "record_id": string("The record it is about."),
        "field": string("The field it is about; empty for the whole record."),
        "value_as_stated": string("What the source states, where it states something else."),
        "quote": string("Verbatim, or empty."),
        "locator": string("Page, paragraph or section."),
        "retrieved": _of("Date"),
        "stance": _code("stances", "Whether it supports or contradicts."),
        "confidence": string("Of the statement: high, medium, low, or empty."),
        "source_id": string("The source; see /api/v1/sources/{id}."),
        "source": shape("The source in short.", {"publisher": string(), "title": string(), "url": string()}),
    },
)
_RECORD: Final = {
    "id": _ID,
    "type": string("`site` or `event`.", enum=["site", "event"]),
    "url": string("Page that shows it.", format="uri"),
}
_EVIDENCE: Final = {
    "places": listed(_of("Place"), "Where."),
    "citations": listed(_of("Citation"), "How we know, supporting ones first."),
    "sources": _WHOLE | {"description": "How many different sources support it.", "minimum": 0},
    "contradicted": _FLAG | {"description": "Whether some source says otherwise."},
    "linked": listed(_of("Named"), "Records it is linked to."),
}
_FIT: Final = nullable(
    string(
        "How it lies to the window: `certain` inside it, or only `possible`. Null for one record by its id.",
        enum=["certain", "possible", None],
    )
)
_SITE: Final = shape(
    "A place where arms are made, kept, tried or decided on.",
    _RECORD
    | {
        "kind": _code("site_kinds", "What it is."),
        "name": string("Its name."),
        "names": _NAMES,
        "status": _code("site_statuses", "At the window's end; without a window the last one known."),
        "fit": _FIT,
        "statuses": listed(_of("Status"), "What is known of its life."),
        "operators": listed(_of("Named"), "Who runs it."),
        "products": listed(_of("Product"), "What it makes or keeps."),
        "notes": string(),
    }
    | _EVIDENCE,
)
_ACTOR_ROLE: Final = shape(
    "An actor and its part.", {"id": _ID, "name": string(), "role": _code("actor_roles", "Its part.")}
)
_EVENT: Final = shape(
    "Something that happened or is to happen between actors.",
    _RECORD
    | {
        "kind": _code("event_kinds", "What it is."),
        "name": string("Its title."),
        "summary": string(),
        "date": _of("Date"),
        "status": _code("event_statuses", "Whether it happened."),
        "fit": _FIT,
        "actors": listed(_of("ActorRole"), "Who takes part."),
        "products": listed(_of("Product"), "What it is about."),
        "sites": listed(_of("Named"), "Sites it is about."),
        "related": listed(_of("Named"), "Events it belongs with."),
    }
    | _EVIDENCE,
)
_ACTOR: Final = shape(
    "A state, body, force, company or person that acts.",
    {
        "id": _ID,
        "url": _RECORD["url"],
        "kind": _code("actor_kinds", "What it is."),
        "name": string(),
        "names": _NAMES,
        "country": _COUNTRY,
        "parent": listed(_of("Named"), "What it is part of."),
        "founded": _of("Date"),
        "notes": string(),
        "citations": _EVIDENCE["citations"],
        "linked": _EVIDENCE["linked"],
    },
)
_SOURCE: Final = shape(
    "A publication that a citation points to.",
    {
        "id": _ID,
        "publisher": string(),
        "title": string(),
        "url": string(),
        "published": _of("Date"),
        "language": string("BCP 47, or empty."),
        "kind": _code("source_kinds", "What it is."),
        "archived_at": string("Address of an archived copy, or empty."),
        "records": listed({"type": "string"}, "Ids of the records that it is cited for."),
    },
)
_FIELD: Final = shape(
    "One field before and after.",
    {
        "row_id": string("The row: the record, or a place, status or citation of it."),
        "table": string("Table of the row."),
        "field": string("The column."),
        "before": string("Its cell before."),
        "after": string("Its cell after."),
    },
)
_CHANGE: Final = shape(
    "What one operation did to one record. Who did it is not told here.",
    {
        "id": _ID,
        "at": string("When it was published here, ISO 8601, UTC."),
        "when": string("When it was made; long before, perhaps, for what came with a data package."),
        "kind": string("What became of the record.", enum=list(KINDS)),
        "record_id": string("The record."),
        "name": string("What it is called or was."),
        "into": string("Id of the record that it was merged into, if it was."),
        "version": string("The version that came of it."),
        "why": string("The reason given."),
        "fields": listed(_of("FieldChange"), "What was changed, field by field."),
    },
)

ITEMS: Final = {
    "sites": "Site", "events": "Event", "actors": "Actor", "sources": "Source", "citations": "Citation",
    "changes": "Change",
}  # fmt: skip
"""Shape of one row of each list."""

SCHEMAS: Final[Mapping[str, Schema]] = {
    "Date": _DATE,
    "Named": _NAMED,
    "Link": _LINK,
    "Licence": _LICENCE,
    "Product": _PRODUCT,
    "Place": _PLACE,
    "Status": _STATUS,
    "Citation": _CITATION,
    "ActorRole": _ACTOR_ROLE,
    "Site": _SITE,
    "Event": _EVENT,
    "Actor": _ACTOR,
    "Source": _SOURCE,
    "FieldChange": _FIELD,
    "Change": _CHANGE,
}
"""Shapes by name, as the description has them."""
