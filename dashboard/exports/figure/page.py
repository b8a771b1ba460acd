"""The page of a figure: title, map, timeline, legend, and the lines that say what it is and whence."""

from dataclasses import dataclass
from typing import Final, Literal

from matplotlib.figure import Figure

from dashboard.exports.figure.fitting import fit_marks
from dashboard.exports.figure.land import Ground
from dashboard.exports.figure.legend import draw_legend, legend_entries
from dashboard.exports.figure.lettering import Face, isolated, settable, width, wrapped
from dashboard.exports.figure.listing import list_records
from dashboard.exports.figure.map_panel import draw_map
from dashboard.exports.figure.marks import marks_of
from dashboard.exports.figure.panel import INK, MUTED, Box, Panel
from dashboard.exports.figure.timeline import draw_timeline
from dashboard.exports.figure.words import (
    count_words,
    day_words,
    missing_words,
    publishers,
    source_words,
    window_words,
)
from dashboard.exports.figure.world import World
from dashboard.exports.view import ExportView

__all__ = ["SIZES", "Size", "compose"]

Size = Literal["slide", "a4", "a4-landscape", "inset"]
"""``slide``: 16:9 for a screen. ``a4``, ``a4-landscape``: a page. ``inset``: map, legend and timeline without
a title, as a briefing sets them into its text."""


@dataclass(frozen=True)
class _Sheet:
    """Measures of one size of page, in points."""

    width: float
    height: float
    margin: float
    title: float
    legend: float
    """Width of the legend beside the map; 0: below it."""
    columns: int
    timeline: float
    words: float
    """Size of the letters of small text."""


SIZES: Final[dict[str, _Sheet]] = {
    "slide": _Sheet(960, 540, 26, 20, 226, 2, 78, 7.4),
    "a4": _Sheet(595.3, 841.9, 34, 17, 0, 3, 78, 7.0),
    "a4-landscape": _Sheet(841.9, 595.3, 28, 18, 190, 1, 78, 7.0),
    "inset": _Sheet(680, 470, 2, 0, 0, 4, 70, 7.0),
}
"""Measures by size."""

_LEADING: Final = 1.38
_MOST_LINES: Final = 3
_GAP: Final = 10.0
_SIGN_ENTRIES: Final = 8  # lines of a legend besides its kinds, at most and about
_ENTRY: Final = 13.0


def compose(figure: Figure, view: ExportView, size: Size, world: World | None) -> None:
    """Draw a view onto a figure.

    Parameters
    ----------
    figure
        An empty figure; it is given its size.
    view
        What to draw.
    size
        Which page.
    world
        Shapes of the land; None leaves the ground empty.
    """
    sheet = SIZES[size]
    figure.set_size_inches(sheet.width / 72, sheet.height / 72)
    page = Panel(figure, (0, 0, sheet.width, sheet.height), "words")
    top = _write_head(page, sheet, view) if sheet.title else sheet.height - 1
    bottom = _write_foot(page, sheet, view)
    map_box, time_box, legend_box = _boxes(sheet, view, bottom, top)
    marks = marks_of(view)
    panel = Panel(figure, map_box, "map", clip=True)
    frame = fit_marks(marks, panel.width / panel.height)
    drawn = draw_map(panel, Ground(panel, frame, world), marks)
    draw_timeline(Panel(figure, time_box, "timeline"), view.records, view.window)
    legend = Panel(figure, legend_box, "legend")
    used = draw_legend(legend, legend_entries(view.records, drawn), sheet.columns)
    if sheet.legend:
        list_records(legend, view.records, legend.height - used - _GAP)


def _boxes(sheet: _Sheet, view: ExportView, bottom: float, top: float) -> tuple[Box, Box, Box]:
    """Share what is left between map, timeline and legend."""
    left, room = sheet.margin, sheet.width - 2 * sheet.margin
    if sheet.legend:
        wide = room - sheet.legend - _GAP
        low = bottom + sheet.timeline + _GAP
        legend = (left + wide + _GAP + 6, bottom, sheet.legend - 6, top - bottom)
        return (left, low, wide, top - low), (left, bottom, wide, sheet.timeline), legend
    kinds = len(view.records[["type", "kind"]].drop_duplicates())
    high = -(-(kinds + _SIGN_ENTRIES) // sheet.columns) * _ENTRY + _ENTRY
    low = bottom + high + _GAP
    legend = (left, bottom, room, high)
    time = (left, low, room, sheet.timeline)
    low += sheet.timeline + _GAP
    return (left, low, room, top - low), time, legend


def _write_head(page: Panel, sheet: _Sheet, view: ExportView) -> float:
    """Write the title and what the view is; give the height that is left."""
    y = sheet.height - sheet.margin + 4
    y = _write(page, sheet, settable(view.title) or "Arsenal Atlas", sheet.title, y, kind="bold")
    asked = "; ".join(isolated(settable(line)) for line in _asked(view))
    y = _write(page, sheet, asked, sheet.words + 2, y - 2)
    counts, missing = count_words(view), missing_words(view)
    return (
        _write(
            page, sheet, f"{counts}; {missing}" if missing else counts, sheet.words + 2, y - 1, kind="bold"
        )
        - 7
    )


def _write(page: Panel, sheet: _Sheet, text: str, size: float, y: float, *, kind: Face = "regular") -> float:
    for line in wrapped(text, size, sheet.width - 2 * sheet.margin, kind, lines=2):
        y -= size * 1.12
        page.text(sheet.margin, y, line, size, kind=kind, colour=INK if kind == "bold" else MUTED)
        y -= size * 0.22
    return y


def _write_foot(page: Panel, sheet: _Sheet, view: ExportView) -> float:
    """Write sources, version, licence and credits at the foot; give the height above them."""
    size, room = sheet.words - 0.4, sheet.width - 2 * sheet.margin
    lines = _source_lines(view, size, room) if sheet.title else []
    made = f"Arsenal Atlas, data version {view.version}, taken on {day_words(view.made_on.isoformat())}"
    lines += wrapped(settable(f"{made}. Licence: {view.licence}. {view.credit}."), size, room, lines=4)
    address = settable(view.address)
    if address and sheet.title and width(address, size) <= room:
        lines.append(address)
    y = sheet.margin - 6 if sheet.title else 3.0
    for line in reversed(lines):
        page.text(
            sheet.margin, y, line, size, colour=MUTED, url=_web(view.address) if line == address else ""
        )
        y += size * _LEADING
    return y + 4


def _source_lines(view: ExportView, size: float, room: float) -> list[str]:
    """Name as many publishers as three lines hold."""
    ranked = publishers(view)
    named = [isolated(settable(name)) + (f" ({count:,})" if count > 1 else "") for name, count in ranked[:60]]
    for most in range(len(named), -1, -1):
        text = source_words(named[:most], len(ranked) - most, len(view.sources))
        lines = wrapped(text, size, room)
        if len(lines) <= _MOST_LINES:
            return lines
    return []


def _asked(view: ExportView) -> list[str]:
    return list(view.described) or ["All records", window_words(view.window)]


def _web(address: str) -> str:
    return address if address.startswith(("https://", "http://")) else ""
