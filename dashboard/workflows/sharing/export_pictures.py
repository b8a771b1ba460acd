"""Figures and briefings as formats among others: whole or not at all, stopped when somebody asks."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

from dashboard.exports.notes import counted
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file
from dashboard.workflows.sharing.export_writers import Writer

__all__ = ["write_briefing_docx", "write_briefing_html", "write_pdf", "write_png", "write_svg"]

_STEPS: Final = 100


class _Followed:
    """A progress callback that moves a pace, and so stops what calls it."""

    def __init__(self, pace: Callable[[int], Pace]) -> None:
        self._pace = pace(_STEPS)

    def __call__(self, done: int, total: int) -> None:
        reached = _STEPS * done // max(total, 1)
        self._pace.advance(max(reached - self._pace.done, 0))

    def finish(self) -> None:
        """Say that all is written."""
        self._pace.advance(_STEPS - self._pace.done)


def _drawn(kind: Literal["png", "svg", "pdf"]) -> Writer:
    """Make what draws a view as a picture, as a drawing that can be edited, or as a page."""

    def write(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
        from dashboard.exports.figure import write_figure

        return _kept(view, path, _Followed(pace), lambda part: write_figure(view, part, kind))

    return write


def _told(kind: Literal["html", "docx"]) -> Writer:
    """Make what writes the briefing of a view to be read and printed, or to be edited."""

    def write(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
        from dashboard.exports.briefing import write_briefing

        steps = _Followed(pace)
        return _kept(view, path, steps, lambda part: write_briefing(view, part, kind, progress=steps))

    return write


def _kept(view: ExportView, path: Path, steps: _Followed, write: Callable[[Path], None]) -> Written:
    with whole_file(path) as part:
        write(part)
        steps.finish()
    pointless = int(view.records["lat"].isna().sum())
    notes = counted(
        pointless,
        "1 record has no point and is counted, not drawn",
        "{n} records have no point and are counted, not drawn",
    )
    return Written(path, len(view.records), (*view.notes, *notes))


write_png: Final = _drawn("png")
write_svg: Final = _drawn("svg")
write_pdf: Final = _drawn("pdf")
write_briefing_html: Final = _told("html")
write_briefing_docx: Final = _told("docx")
