"""The proposals of articles as rows, for a list on a screen and for files."""

from collections.abc import Iterator
from typing import Any, Final

from dashboard.domain.records import Event, Site
from dashboard.store.drafts.articles import ArticleLine
from dashboard.store.store import Store
from dashboard.workflows.articles.items import Item

__all__ = ["COLUMNS", "csv_cell", "queue_rows"]

COLUMNS: Final = (
    "draft",
    "state",
    "relation",
    "record",
    "table",
    "kind",
    "title",
    "date",
    "status",
    "place",
    "country",
    "lat",
    "lon",
    "precision",
    "quote",
    "edited",
    "author",
    "decided_by",
    "decided_why",
    "article",
    "article_title",
    "publisher",
    "published",
    "url",
    "extractor",
)
"""Columns of a row, in the order of a file."""

_PAGE: Final = 200
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def queue_rows(store: Store, *, everything: bool = False) -> Iterator[dict[str, Any]]:
    """List the proposals of all articles, for the local operator.

    Parameters
    ----------
    store
        The store.
    everything
        Whether to list what is decided too.

    Yields
    ------
    dict
        Values by the names of `COLUMNS`; coordinates in degrees, EPSG:4326.
    """
    offset = 0
    while lines := store.articles.list(limit=_PAGE, offset=offset):
        offset += len(lines)
        for line in lines:
            if not (everything or line.open):
                continue
            for link in store.articles.drafts(line.id):
                item = Item(link, link.draft.base_revision)
                if everything or item.is_open:
                    yield _row(item, line)


def csv_cell(value: object) -> str:
    """Write a value so that a spreadsheet takes it for text and not for a formula.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    str
        Its text.
    """
    if value is None:
        return ""
    text = str(value)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"'{text}" if text.startswith(_FORMULA) and not is_number else text


def _row(item: Item, line: ArticleLine) -> dict[str, Any]:
    draft, dossier = item.draft, item.draft.dossier
    record = dossier.record if dossier else None
    place = dossier.locations[0] if dossier and dossier.locations else None
    status = ""
    if isinstance(record, Event):
        status = record.status
    elif isinstance(record, Site) and dossier and dossier.statuses:
        status = dossier.statuses[-1].status
    quotes = dict.fromkeys(span["text"] for span in item.spans if span["role"] == "quote")
    values: tuple[object, ...] = (
        draft.id,
        draft.state.value,
        item.relation,
        draft.record_id,
        draft.table,
        record.kind if record else "",
        dossier.name if dossier else "",
        record.date.text if isinstance(record, Event) else "",
        status,
        place.place_as_written if place else "",
        place.country if place else "",
        place.lat if place else None,
        place.lon if place else None,
        place.precision if place else "",
        " … ".join(quotes),
        item.is_edited,
        draft.author,
        draft.decided_by,
        draft.decided_why,
        line.id,
        line.title,
        line.publisher,
        line.published,
        line.url,
        item.link.extractor,
    )
    return dict(zip(COLUMNS, values, strict=True))
