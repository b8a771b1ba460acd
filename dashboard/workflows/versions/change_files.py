"""The log of changes as files: CSV for spreadsheets, Atom for those who subscribe to it."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from dashboard.exports.cells import guard_cell
from dashboard.exports.xml_text import xml_text
from dashboard.workflows.versions.change_log import FieldChange, LoggedChange
from dashboard.workflows.versions.published import PublishedVersion

__all__ = ["CSV_COLUMNS", "Feed", "changes_atom", "changes_csv", "feed_moment", "record_address"]

CSV_COLUMNS: Final = (
    "published", "version", "kind", "record_id", "name", "merged_into", "row_id", "table", "field", "before",
    "after", "changed", "who", "why",
)  # fmt: skip
"""Columns of the file, one line a field."""

_MOST_FIELDS: Final = 30
_MOST_OF_CELL: Final = 300
_BEGINNING: Final = "1970-01-01T00:00:00Z"
_DEFAULT_HOST: Final = "localhost"
_PAGES: Final = {"st": "", "ev": "", "ac": "actors"}


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself.

    Parameters
    ----------
    base
        Address of the atlas, without a slash at its end.
    here
        Address of the feed.
    page
        Address of the page that shows the same.
    version
        The version that it belongs to.
    """

    base: str
    here: str
    page: str
    version: PublishedVersion


def changes_csv(log: Iterable[LoggedChange]) -> Iterator[str]:
    """Write changes for spreadsheets, in which nothing is a formula.

    Parameters
    ----------
    log
        Changes, newest first.

    Yields
    ------
    str
        Lines of CSV with a header; one for each field that was changed.
    """
    yield _line(CSV_COLUMNS)
    for one in log:
        for field in one.fields:
            yield _line(
                (
                    one.at, one.version, one.kind, one.record_id, one.name, one.into, field.row_id,
                    field.table, field.field, field.before, field.after, one.when, one.who, one.why,
                )
            )  # fmt: skip


def changes_atom(log: Sequence[LoggedChange], feed: Feed) -> Iterator[str]:
    """Write changes as an Atom feed, RFC 4287.

    Parameters
    ----------
    log
        Changes, newest first.
    feed
        What the feed says of itself.

    Yields
    ------
    str
        Parts of the document.
    """
    host = urlsplit(feed.base).hostname or _DEFAULT_HOST
    updated = feed_moment(log[0].at if log else feed.version.at)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield _element("id", _tag(host, _BEGINNING, "changes"))
    yield _element("title", "Arsenal Atlas: changes")
    yield _element("subtitle", "What was added, changed, merged and deleted, and why.")
    yield _element("updated", updated)
    yield "  <author>\n  " + _element("name", "Arsenal Atlas") + "  </author>\n"
    yield _link("self", feed.here, "application/atom+xml")
    yield _link("alternate", feed.page, "text/html")
    for one in log:
        yield from _entry(one, host, feed.base)
    yield "</feed>\n"


def feed_moment(at: str) -> str:
    """Write a moment as RFC 3339 wants it.

    Parameters
    ----------
    at
        Moment of the store, ISO 8601, UTC; empty for none.

    Returns
    -------
    str
        To the second.
    """
    return f"{at[:19]}Z" if at else _BEGINNING


def record_address(base: str, record_id: str, *, is_there: bool = True) -> str:
    """Give the address at which a record can be seen, or its changes if it cannot.

    Parameters
    ----------
    base
        Address of the atlas, without a slash at its end.
    record_id
        Id of the record.
    is_there
        Whether it has not been deleted.

    Returns
    -------
    str
        The address.
    """
    page = _PAGES.get(record_id[:2]) if is_there else None
    if page is None:
        return f"{base}/changes?{urlencode({'of': record_id})}"
    return f"{base}/{page}?{urlencode({'record': record_id})}"


def _entry(one: LoggedChange, host: str, base: str) -> Iterator[str]:
    is_there = one.kind not in ("deleted", "merged")
    yield "  <entry>\n"
    own = f"changes/{one.sequence}/{quote(one.record_id)}"
    # Packages bring changes of many moments, of one record too, in one entry of the trail.
    if one.brought:
        own += f"/{quote(one.when)}/{quote(one.fields[0].field)}/{quote(one.fields[0].row_id)}"
    yield "  " + _element("id", _tag(host, one.at, own))
    yield "  " + _element("title", f"{one.kind.capitalize()}: {one.name}")
    yield "  " + _element("updated", feed_moment(one.at))
    if one.who:
        yield "    <author>\n    " + _element("name", one.who) + "    </author>\n"
    yield f'    <category term="{xml_text(one.kind)}"/>\n'
    yield "  " + _link("alternate", record_address(base, one.record_id, is_there=is_there), "text/html")
    yield f'    <content type="text">{xml_text(_words(one))}</content>\n'
    yield "  </entry>\n"


def _words(one: LoggedChange) -> str:
    lines = [one.why] if one.why else []
    if one.into:
        lines.append(f"Merged into {one.into}.")
    if one.kind in ("changed", "restored"):
        lines += map(_field_words, one.fields[:_MOST_FIELDS])
        if len(one.fields) > _MOST_FIELDS:
            lines.append(f"… and {len(one.fields) - _MOST_FIELDS} more fields.")
    lines.append(f"Version {one.version}.")
    return "\n".join(lines)


def _field_words(field: FieldChange) -> str:
    if field.field == "id":
        return f"{field.row_id} {'is gone' if field.before else 'is new'}"
    before, after = (cell[:_MOST_OF_CELL] or "nothing" for cell in (field.before, field.after))
    return f"{field.row_id}, {field.field}: {before} → {after}"


def _tag(host: str, at: str, name: str) -> str:
    # RFC 4151: the day makes sure that whoever has the host later names nothing the same.
    return f"tag:{host},{at[:10]}:arsenal-atlas/{name}"


def _element(name: str, text: str) -> str:
    return f"  <{name}>{xml_text(text)}</{name}>\n"


def _link(relation: str, address: str, media: str) -> str:
    return f'  <link rel="{relation}" type="{media}" href="{xml_text(address)}"/>\n'


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(map(guard_cell, cells))
    return out.getvalue()
