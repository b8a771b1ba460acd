"""The columns of an export, each with its type and what it means: one list for every format."""

from dataclasses import dataclass
from typing import Final, Literal

__all__ = ["ACTORS", "CITATIONS", "FEATURES", "PLACES", "RECORDS", "SOURCES", "STATUSES", "Column", "names"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        Its name.
    description
        What it means, a sentence without its stop.
    type
        ``text`` (never missing), ``number`` (missing is NaN), ``count`` or ``flag``.
    """

    name: str
    description: str
    type: Literal["text", "number", "count", "flag"] = "text"


def names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Give the names of columns.

    Parameters
    ----------
    columns
        Columns.

    Returns
    -------
    tuple of str
        In the same order.
    """
    return tuple(column.name for column in columns)


RECORDS: Final = (
    Column("id", "Stable id of the record; <layer>/<id> for a record of an imported dataset"),
    Column("type", "site or event"),
    Column("kind", "Code of the kind"),
    Column("kind_label", "The kind in words"),
    Column("name", "Name of the site, title of the event"),
    Column("other_names", "Other spellings and scripts, joined by |"),
    Column("status", "Code of the status: of a site, the one at the end of the window"),
    Column("status_label", "The status in words"),
    Column("date", "EDTF level 1; of a site, the dates of its statuses, joined by ;"),
    Column("date_words", "The date in words"),
    Column("earliest", "Earliest possible day, ISO 8601; empty when open or unknown"),
    Column("latest", "Latest possible day, ISO 8601; empty when open or unknown"),
    Column("fit", "certain: surely in the window; possible: its date only overlaps it"),
    Column("places", "Places as written"),
    Column("countries", "ISO 3166-1 codes of its places, joined by |"),
    Column("country_names", "The countries in words"),
    Column("lat", "Latitude of its main place, WGS 84; empty without a point", "number"),
    Column("lon", "Longitude of its main place, WGS 84; empty without a point", "number"),
    Column("precision", "How well the main place is known: code of the vocabulary precisions"),
    Column("precision_m", "Radius in metres around the point in which the place lies", "number"),
    Column("place_count", "How many places it has; all of them are in the table of places", "count"),
    Column("actors", "Ids of its actors, joined by |"),
    Column("actor_names", "Their names, in the same order"),
    Column("actor_roles", "Codes of their roles, in the same order; a site's are operators"),
    Column("actor_countries", "ISO codes of their countries, in the same order"),
    Column("products", "Codes of product categories, joined by |"),
    Column("product_names", "Products in words: category: designation as written"),
    Column("text", "Summary of the event, notes of the site"),
    Column("linked", "Ids of the sites and events it refers to, joined by |"),
    Column("source_count", "Distinct sources that support it", "count"),
    Column("source_ids", "Ids of the sources that support it, joined by |"),
    Column("source_urls", "Their web addresses, joined by |, those that have one"),
    Column("contradicted", "Whether a source says otherwise", "flag"),
    Column("dataset", "Title of the imported dataset it is of; empty for the atlas's own"),
    Column("licence", "Licence of this record"),
    Column("url", "Link that opens the record"),
)
"""Columns of ``ExportView.records``."""

PLACES: Final = (
    Column("id", "Stable id of the location"),
    Column("record_id", "Id of the record"),
    Column("role", "at: where it is; about, from, to: code of the vocabulary location_roles"),
    Column("place", "The place as written in the source"),
    Column("place_id", "Id in the gazetteer or among the hand-decided places"),
    Column("country", "ISO 3166-1 code, empty when unknown"),
    Column("country_name", "The country in words"),
    Column("lat", "Latitude, WGS 84; empty without a point", "number"),
    Column("lon", "Longitude, WGS 84; empty without a point", "number"),
    Column("precision", "How well the place is known: code of the vocabulary precisions"),
    Column("precision_m", "Radius in metres around the point in which the place lies", "number"),
    Column("method", "How the point was found: code of the vocabulary location_methods"),
)
"""Columns of ``ExportView.places``, besides ``geometry``."""

CITATIONS: Final = (
    Column("id", "Stable id of the citation"),
    Column("record_id", "Id of the record it speaks of"),
    Column("field", "Column it speaks of; empty for the whole record"),
    Column("stance", "supports or contradicts"),
    Column("value_as_stated", "The value as the source states it"),
    Column("quote", "The words of the source"),
    Column("locator", "Where in the source"),
    Column("retrieved", "EDTF date on which it was read"),
    Column("source_id", "Id of the source"),
)
"""Columns of ``ExportView.citations``."""

SOURCES: Final = (
    Column("id", "Stable id of the source"),
    Column("publisher", "Who published it"),
    Column("title", "Its title"),
    Column("url", "Its web address"),
    Column("published", "EDTF date of publication"),
    Column("language", "Two-letter language code"),
    Column("kind", "Code of the vocabulary source_kinds"),
)
"""Columns of ``ExportView.sources``."""

ACTORS: Final = (
    Column("id", "Stable id of the actor"),
    Column("name", "Its name"),
    Column("other_names", "Other spellings and scripts, joined by |"),
    Column("kind", "Code of the vocabulary actor_kinds"),
    Column("country", "ISO 3166-1 code, empty when unknown"),
    Column("parent", "Ids of the actors it belongs to, joined by |"),
)
"""Columns of ``ExportView.actors``."""

STATUSES: Final = (
    Column("id", "Stable id of the dated status"),
    Column("record_id", "Id of the site"),
    Column("status", "Code of the vocabulary site_statuses"),
    Column("date", "EDTF date since which it holds"),
    Column("earliest", "Earliest possible day, ISO 8601; empty when open or unknown"),
    Column("latest", "Latest possible day, ISO 8601; empty when open or unknown"),
    Column("citation_id", "Id of the citation that says so"),
    Column("note", "Anything else"),
)
"""Columns of ``ExportView.statuses``."""

_OF_A_PLACE: Final = frozenset(
    {"places", "countries", "country_names", "lat", "lon", "precision", "precision_m", "place_count"}
)

FEATURES: Final = (
    *(one for one in RECORDS if one.name not in _OF_A_PLACE),
    Column("location_id", "Stable id of the location; empty for a record without any place"),
    *(one for one in PLACES if one.name not in ("id", "record_id")),
)
"""Columns of a feature: one record at one location, or a record without any place."""
