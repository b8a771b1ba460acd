"""A view as a figure for a report or a slide: PNG, SVG or PDF, drawn on the server without a browser.

matplotlib's objects are used and never ``pyplot``, whose figures are global. Its settings are global too, so
drawing takes its turn: one figure at a time in a process, whatever a notebook or a settings file has changed.
"""

import threading
from pathlib import Path
from typing import Any, Final, Literal

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from dashboard.exports.figure.lettering import settable
from dashboard.exports.figure.page import SIZES, Size, compose
from dashboard.exports.figure.world import world
from dashboard.exports.view import ExportView

__all__ = ["SIZES", "FigureKind", "Size", "write_figure"]

FigureKind = Literal["png", "svg", "pdf"]

_TURN: Final = threading.Lock()
_DPI: Final = 200
_CANVASES: Final = {"png": FigureCanvasAgg, "svg": FigureCanvasSVG, "pdf": FigureCanvasPdf}
_SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "arsenal-atlas",  # or the ids within an SVG differ each time
    "svg.fonttype": "path",  # looks the same where the fonts are missing
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.5,
    "path.simplify": False,
    "agg.path.chunksize": 0,
}


def write_figure(
    view: ExportView,
    path: Path,
    kind: FigureKind,
    *,
    size: Size = "slide",
    basemap_land: bool = True,
) -> None:
    """Draw a view and write it to a file.

    Equal views give equal bytes.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    kind
        ``png``, ``svg`` or ``pdf``.
    size
        ``slide``, ``a4`` (upright), ``a4-landscape``, or ``inset``: without a title, for a text.
    basemap_land
        Whether land and borders are drawn.

    Raises
    ------
    ShapesMissingError
        If land is to be drawn and the front end was not built.
    OSError
        If the disk refuses.
    """
    shapes = world() if basemap_land else None
    with _TURN, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        figure = Figure(facecolor="white")
        canvas = _CANVASES[kind](figure)
        compose(figure, view, size, shapes)
        canvas.print_figure(
            path, format=kind, dpi=_DPI if kind == "png" else 72, metadata=_metadata(view, kind)
        )


def _metadata(view: ExportView, kind: FigureKind) -> dict[str, Any]:
    """Say in the file itself what it is; without a time, so that equal views give equal bytes."""
    title = settable(view.title)
    words = settable("; ".join([*view.described, f"data version {view.version}", view.licence]))
    if kind == "png":
        return {"Title": title, "Description": words, "Software": "Arsenal Atlas"}
    if kind == "svg":
        return {"Title": title, "Description": words, "Date": None, "Creator": "Arsenal Atlas"}
    return {
        "Title": title,
        "Subject": words,
        "Creator": "Arsenal Atlas",
        "Producer": "matplotlib",
        "CreationDate": None,
    }
