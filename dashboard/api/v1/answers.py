"""Answers of the API: one envelope with version, licence, counts and links; ETags, formats and pages."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from starlette.requests import Request
from starlette.responses import Response

from dashboard import __version__
from dashboard.api.reading import PRIVATE, base_of
from dashboard.api.v1.asking import Asked
from dashboard.api.v1.lists import Listing
from dashboard.api.v1.negotiation import CSV, GEOJSON, JSON, MEDIA_TYPES
from dashboard.api.v1.records import Json, geometry_of
from dashboard.api.v1.schemas import ITEMS, SCHEMAS
from dashboard.errors import StoreError
from dashboard.exports.cells import guarded_csv
from dashboard.runtime import AtlasView
from dashboard.workflows.sharing.export_terms import licence_of
from dashboard.workflows.sharing.link import describe_link
from dashboard.workflows.views.evidence import Library

__all__ = [
    "Letter",
    "feature_of",
    "licence_json",
    "link",
]


def licence_json(library: Library) -> Json:
    """Say on what terms the records may be used.

    Parameters
    ----------
    library
        The records.

    Returns
    -------
    dict
        ``name``, and ``url`` where the data package gives one.
    """
    try:
        rows = json.loads(library.descriptor or "{}").get("licenses") or [{}]
        path = str(rows[0].get("path", ""))
    except (ValueError, AttributeError, KeyError, TypeError):
        path = ""
    url = {"url": path} if path.startswith(("https://", "http://")) and path.isascii() else {}
    return {"name": licence_of(library.descriptor)} | url


def _version_of(atlas: AtlasView) -> str:
    """Give the public name, by which the version can be asked for again; while the store is away, ours."""
    try:
        return atlas.published.version
    except StoreError:
        return atlas.version


class Letter:
    """What the answers to one request have in common.

    Parameters
    ----------
    request
        The request.
    atlas
        The atlas as the person may see it, of the version that is asked for.
    """

    def __init__(self, request: Request, atlas: AtlasView) -> None:
        self.request = request
        self.library = atlas.library()
        self.version = _version_of(atlas)
        self.base = base_of(request)
        self.path = f"{self.base}{request.url.path}"
        self.licence = licence_json(self.library)

    @property
    def here(self) -> str:
        """Address of this answer."""
        query = self.request.url.query
        return f"{self.path}?{query}" if query else self.path

    @property
    def etag(self) -> str:
        """Name of the answer: it follows from version, address and wishes, and so from nothing secret."""
        told = (
            __version__,
            self.library.version,
            self.base,
            self.request.url.path,
            self.request.url.query,
            self.request.headers.get("accept", "") if "f" not in self.request.query_params else "",
        )
        # Weak, because the server may pack the same rows differently.
        return f'W/"{hashlib.sha256(chr(0).join(told).encode("utf-8", "replace")).hexdigest()[:32]}"'

    def headers(self, links: Sequence[Json] = ()) -> dict[str, str]:
        """Give the headers of an answer.

        Parameters
        ----------
        links
            Links of the answer, of which the header names those to other pages.

        Returns
        -------
        dict of str to str
            ETag, what may keep the answer, version and links.
        """
        named = [f'<{one["href"]}>; rel="{one["rel"]}"' for one in links if one["rel"] in ("next", "prev")]
        if "url" in self.licence:
            named.append(f'<{self.licence["url"]}>; rel="license"')
        linked = {"Link": ", ".join(named)} if named else {}
        return {
            "ETag": self.etag,
            "Cache-Control": PRIVATE,
            "Vary": "Accept",
            "Atlas-Version": self.version,
        } | linked

    def not_modified(self) -> Response:
        """Say that nothing has changed.

        Returns
        -------
        Response
            304, without a body.
        """
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=self.headers())

    def json(self, body: Mapping[str, Any], links: Sequence[Json] = (), media_type: str = JSON) -> Response:
        """Answer with JSON.

        Parameters
        ----------
        body
            What to say.
        links
            Links of the answer.
        media_type
            Media type.

        Returns
        -------
        Response
            The answer.
        """
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        content = text.encode("utf-8", "replace")
        return Response(content, media_type=media_type, headers=self.headers(links))

    def address_of(self, asked: Asked, offset: int, limit: int) -> str:
        """Give the address of another page of the same rows.

        Parameters
        ----------
        asked
            What was asked for.
        offset, limit
            The page.

        Returns
        -------
        str
            Its address.
        """
        kept = [(name, value) for name, value in asked.given if name not in ("offset", "limit")]
        return f"{self.path}?{urlencode([*kept, ('limit', limit), ('offset', offset)])}"

    def links(self, asked: Asked, total: int, media_type: str, others: Mapping[str, str]) -> list[Json]:
        """Give the links of a list.

        Parameters
        ----------
        asked
            What was asked for.
        total
            How many rows there are.
        media_type
            Media type of this answer.
        others
            Media types of the other forms, by their words of ``f``.

        Returns
        -------
        list of dict
            This page, the ones before and after, and this page in other forms.
        """
        links = [link(self.here, "self", media_type)]
        following = asked.offset + asked.limit
        if following < total:
            links.append(link(self.address_of(asked, following, asked.limit), "next", media_type))
        if asked.offset > 0:
            before = max(0, min(asked.offset, total) - asked.limit)
            links.append(link(self.address_of(asked, before, asked.limit), "prev", media_type))
        bare = [(name, value) for name, value in asked.given if name != "f"]
        for word, media in others.items():
            links.append(link(f"{self.path}?{urlencode([*bare, ('f', word)])}", "alternate", media))
        if "url" in self.licence:
            links.append({"href": self.licence["url"], "rel": "license", "title": self.licence["name"]})
        return links

    def many(self, asked: Asked, listing: Listing, form: str, offered: Sequence[str]) -> Response:
        """Answer with a page of a list.

        Parameters
        ----------
        asked
            What was asked for.
        listing
            The rows.
        form
            In what form, one of ``offered``.
        offered
            Forms that the list has.

        Returns
        -------
        Response
            The page.
        """
        others = {one: MEDIA_TYPES[one] for one in offered if one != form}
        links = self.links(asked, listing.total, MEDIA_TYPES[form], others)
        start, stop = asked.offset, asked.offset + asked.limit
        if form == "csv":
            made = listing.table or (lambda *page: self._table(listing.give(*page), listing.name))
            table = made(start, stop).assign(version=self.version)
            headers = self.headers(links) | {"Atlas-Matched": str(listing.total)}
            return Response(
                guarded_csv(table), media_type=f"{CSV}; charset=utf-8; header=present", headers=headers
            )
        items = listing.give(start, stop)
        body: Json = {
            "version": self.version,
            "licence": self.licence,
            "described": list(describe_link(asked.link, self.library)),
            "matched": listing.total,
            "returned": len(items),
            "limit": asked.limit,
            "offset": asked.offset,
            "counts": dict(listing.counts),
            "notes": list(asked.notes),
            "links": links,
        }
        if form == "geojson":
            features = [feature_of(item) for item in items]
            return self.json({"type": "FeatureCollection"} | body | {"features": features}, links, GEOJSON)
        return self.json(body | {"items": items}, links)

    def one(self, item: Json, form: str, offered: Sequence[str]) -> Response:
        """Answer with one row.

        Parameters
        ----------
        item
            The row.
        form
            In what form, one of ``offered``.
        offered
            Forms that it has.

        Returns
        -------
        Response
            The row.
        """
        links = [link(self.here, "self", MEDIA_TYPES[form])]
        links += [
            link(f"{self.path}?f={one}", "alternate", MEDIA_TYPES[one]) for one in offered if one != form
        ]
        links.append(link(self.path.rpartition("/")[0], "collection", JSON))
        body: Json = {"version": self.version, "licence": self.licence, "links": links}
        if form == "geojson":
            return self.json(feature_of(item) | body, links, GEOJSON)
        return self.json(body | {"item": item}, links)

    def _table(self, items: list[Json], name: str) -> pd.DataFrame:
        return pd.DataFrame([_flat(item) for item in items], columns=_columns(name)).assign(
            licence=self.licence["name"]
        )


def link(href: str, rel: str, media_type: str = "", title: str = "") -> Json:
    """Write a link.

    Parameters
    ----------
    href
        Address.
    rel
        What it is to the answer.
    media_type
        Media type of what is there.
    title
        In words.

    Returns
    -------
    dict
        The link as JSON has it.
    """
    told = {"type": media_type, "title": title}
    return {"href": href, "rel": rel} | {name: value for name, value in told.items() if value}


def feature_of(item: Json) -> Json:
    """Write a site or event as a GeoJSON feature.

    Parameters
    ----------
    item
        The row.

    Returns
    -------
    dict
        The feature; its geometry is null where no place has a point.
    """
    return {"type": "Feature", "id": item["id"], "geometry": geometry_of(item), "properties": item}


def _flat(item: Json) -> Json:
    """Write a row for a spreadsheet: dates as they are written, lists in one cell."""
    row: Json = {}
    for name, value in item.items():
        if isinstance(value, dict) and "edtf" in value:
            row[name] = value["edtf"]
        elif isinstance(value, dict):
            row |= {f"{name}_{part}": inner for part, inner in value.items()}
        elif isinstance(value, list):
            row[name] = "|".join(map(_in_a_cell, value))
        else:
            row[name] = value
    return row


def _in_a_cell(value: Any) -> str:  # noqa: ANN401  # a text, or a part of a row
    if not isinstance(value, dict):
        return str(value)
    # A record or part by its id; a field before and after as somebody reads it.
    return value["id"] if "id" in value else "{row_id} {field}: {before} → {after}".format_map(value)


def _columns(name: str) -> list[str]:
    """List the columns of such rows, which an empty table has, too."""
    columns: list[str] = []
    for field, schema in SCHEMAS[ITEMS[name]]["properties"].items():
        columns += [f"{field}_{part}" for part in schema["properties"]] if "properties" in schema else [field]
    return columns
