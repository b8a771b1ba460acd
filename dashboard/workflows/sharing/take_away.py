"""Taking away what a view shows: the same rows in the same order, in the format of one's choice.

A view is made of what its audience sees and of nothing else, and a file of its view and of nothing else: no
format can hold a row that the page did not show, or hold it more exactly.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from dashboard.errors import UnknownFormatError
from dashboard.exports.registry import FORMATS, Format
from dashboard.exports.view import ExportView, LayerTables
from dashboard.exports.writing import Cancelled, Pace, Progress, Written
from dashboard.frames import AtlasFrames
from dashboard.workflows.sharing.export_rows import (
    Part,
    actor_frame,
    citation_frame,
    place_frame,
    record_frame,
    source_frame,
    status_frame,
)
from dashboard.workflows.sharing.export_tables import ClosedTables
from dashboard.workflows.sharing.export_terms import NOT_STATED, credit_of, licence_of
from dashboard.workflows.sharing.link import Link, describe_link
from dashboard.workflows.versions.published import PublishedVersion
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.ordering import in_order
from dashboard.workflows.views.selection import Selection, select

__all__ = ["FORMATS", "Atlas", "Format", "Written", "view_for", "view_of", "write_take_away"]

_TITLE: Final = "Arsenal Atlas"


class Atlas(Protocol):
    """The atlas as an audience sees it, as `dashboard.runtime.AtlasView` gives it."""

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Imported datasets."""

    @property
    def published(self) -> PublishedVersion:
        """The version by its public name, which a file keeps for good."""

    def frames(self) -> AtlasFrames:
        """Give the frames."""

    def library(self) -> Library:
        """Give the records with their evidence."""


def view_for(atlas: Atlas, link: Link, *, made_on: date, title: str = "", address: str = "") -> ExportView:
    """Put together what a link shows.

    Parameters
    ----------
    atlas
        The atlas as an audience sees it.
    link
        What is asked for; imported datasets are shown when ``layers`` names them.
    made_on
        The day.
    title
        Title of the file; the atlas's own when empty.
    address
        Link that reopens the view, may be empty.

    Returns
    -------
    ExportView
        What `view_of` makes of it.
    """
    frames = atlas.frames()
    shown = [one for one in atlas.datasets if one.layer in link.layers.split(",")]
    return view_of(
        frames,
        atlas.library(),
        select(frames, link.filters, link.window),
        link,
        made_on=made_on,
        version=atlas.published.version,
        title=title,
        address=address,
        datasets=shown,
    )


def view_of(  # noqa: PLR0913  # what is shown, by which link, and what a file says of itself
    frames: AtlasFrames,
    library: Library,
    selection: Selection,
    link: Link,
    *,
    made_on: date,
    version: str = "",
    title: str = "",
    address: str = "",
    datasets: Sequence[Dataset] = (),
) -> ExportView:
    """Put together what a selection shows.

    Parameters
    ----------
    frames, library
        The atlas as an audience sees it.
    selection
        What of it is shown.
    link
        By which filters and window.
    made_on
        The day.
    version
        Public name of the version; that of the frames when empty.
    title
        Title of the file; the atlas's own when empty.
    address
        Link that reopens the view, may be empty.
    datasets
        Imported datasets that are shown beside, by the same filters and window.

    Returns
    -------
    ExportView
        The rows of ``selection.shown`` in the order of ``link.sort``, then those of the datasets.
    """
    beside = [(one, select(one.frames, link.filters, link.window)) for one in datasets]
    shown = in_order(selection.shown, link.sort)
    licence = licence_of(library.descriptor)
    parts = [Part(library, shown, licence)]
    parts += [
        Part(one.library, in_order(chosen.shown, link.sort), one.licence or NOT_STATED, one.layer, one.title)
        for one, chosen in beside
    ]
    layers = tuple(
        LayerTables(
            one.layer,
            one.title,
            one.licence or NOT_STATED,
            ClosedTables(one.library, chosen.shown.ids()),
            one.library.descriptor,
        )
        for one, chosen in beside
    )
    credits_ = [credit_of(library.descriptor), *(f"{one.title}: {one.licence}" for one in layers)]
    return ExportView(
        title=_encodable(title) or _TITLE,
        records=record_frame(parts, _opener(address, link.version)),
        places=place_frame(parts),
        citations=citation_frame(parts),
        sources=source_frame(parts),
        actors=actor_frame(parts),
        statuses=status_frame(parts),
        described=describe_link(link, library),
        window=link.window,
        version=version or frames.version,
        mode=link.mode,
        made_on=made_on,
        address=address,
        licence=licence,
        credit=". ".join(credits_),
        tables=ClosedTables(library, shown.ids()),
        descriptor=library.descriptor,
        layers=layers,
        notes=tuple(_absent([selection, *(chosen for _, chosen in beside)])),
    )


def _encodable(text: str) -> str:
    # What a terminal hands over may hold halves of pairs, which no file can carry.
    return text.encode("utf-8", "replace").decode("utf-8")


def _opener(address: str, version: str) -> Callable[[str], str]:
    """Make the link to a record: the address of the view without anything that could hide it."""
    if not address:
        return lambda _record_id: ""
    base = urlunsplit((*urlsplit(address)[:3], "", ""))
    tail = f"&{urlencode({'version': version})}" if version else ""
    return lambda record_id: f"{base}?record={quote(record_id, safe=':/')}{tail}"


def _absent(selections: Iterable[Selection]) -> Iterable[str]:
    undated = sum(len(one.undated) for one in selections)
    if undated:
        yield (
            f"Events without any date that match the filters too: {undated:,}. They are not among the rows, "
            "because no window holds them"
        )


def write_take_away(
    view: ExportView,
    format_id: str,
    path: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Written:
    """Write a view to a file, whole or not at all.

    Parameters
    ----------
    view
        What to write.
    format_id
        One of `FORMATS`.
    path
        The file; one that is there is replaced when the new one is whole.
    progress
        Called with (done, total) as rows are written.
    cancelled
        Asked often; True stops the export.

    Returns
    -------
    Written
        The file, its records, and what it could not carry.

    Raises
    ------
    UnknownFormatError
        If there is no such format; carries the nearest one.
    TooManyRowsError
        If the format holds fewer rows.
    ExportStoppedError
        If ``cancelled`` said so; nothing is left then.
    ExportError
        If the disk refuses; nothing is left then.
    """
    from dashboard.workflows.sharing.export_writers import writer_of

    if format_id not in FORMATS:
        raise UnknownFormatError(format_id, FORMATS)
    write = writer_of(format_id)
    return write(view, path, lambda total: Pace(total, progress, cancelled))
