"""A view as a briefing: what was asked, a map, tables, where sources disagree, every source by number.

HTML for a screen and for printing, Word for editing; both say
the same (`dashboard.exports.briefing.content`).
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from dashboard.exports.briefing.content import MOST_RECORDS, briefing_of
from dashboard.exports.briefing.web import html_of
from dashboard.exports.briefing.word import write_word
from dashboard.exports.figure import write_figure
from dashboard.exports.view import ExportView

__all__ = ["MOST_RECORDS", "BriefingKind", "write_briefing"]

BriefingKind = Literal["html", "docx"]

_STEPS = 3


def write_briefing(
    view: ExportView, path: Path, kind: BriefingKind, progress: Callable[[int, int], None] | None = None
) -> None:
    """Write a view as a briefing.

    Equal views give equal bytes; the only date in it is the day on which the view was made.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    kind
        ``html`` or ``docx``.
    progress
        Called with (done, total) after each step; what it raises ends the writing.

    Raises
    ------
    ShapesMissingError
        If the front end was not built.
    OSError
        If the disk refuses.
    """
    tell = progress or (lambda _done, _total: None)
    tell(0, _STEPS)
    briefing = briefing_of(view)
    tell(1, _STEPS)
    with tempfile.TemporaryDirectory(prefix="briefing-") as folder:
        picture = Path(folder) / "map"
        write_figure(view, picture, "svg" if kind == "html" else "png", size="inset")
        drawn = picture.read_bytes()
    tell(2, _STEPS)
    if kind == "html":
        path.write_text(html_of(briefing, drawn), encoding="utf-8", newline="\n")
    else:
        write_word(briefing, drawn, view.made_on, path)
    tell(_STEPS, _STEPS)
