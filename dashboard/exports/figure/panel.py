"""One rectangle of a page, drawn in points from its lower left corner.

All parts of a figure draw through a `Panel`, so that sizes mean the same on paper and on a slide, and no
text is ever taken for a formula (a ``$`` in a name would otherwise start one).
"""

from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from dashboard.exports.figure.lettering import Face, face

__all__ = ["INK", "LINE", "MUTED", "PAPER", "Box", "Panel", "circle", "rounded_square"]

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, width and height in points."""

# The light theme of frontend/src/atlas-map.css; text a little darker for print.
PAPER: Final = "#ffffff"
"""Colour of the page and of halos."""
INK: Final = "#1b2733"
"""Colour of text."""
MUTED: Final = "#4a5763"
"""Colour of small text."""
LINE: Final = "#c4ccd3"
"""Colour of rules and frames."""


class Panel:
    """A rectangle of a figure.

    Parameters
    ----------
    figure
        The figure it is part of.
    box
        Where it lies on the page.
    name
        Id of the group in an SVG.
    clip
        Whether what runs out of it is cut off.
    """

    def __init__(self, figure: Figure, box: Box, name: str, *, clip: bool = False) -> None:
        across, up = figure.get_size_inches() * 72
        left, bottom, self.width, self.height = box
        self.axes = figure.add_axes((left / across, bottom / up, self.width / across, self.height / up))
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(0, self.height)
        self.axes.set_axis_off()
        self.axes.set_gid(name)
        self._clip = clip

    def areas(  # noqa: PLR0913  # looks of an area, each with a default
        self,
        rings: Sequence[Floats],
        *,
        fill: str | None = None,
        edge: str | None = None,
        width: float = 0.0,
        alpha: float = 1.0,
        dash: tuple[float, ...] = (),
        hatch: str | None = None,
        level: float = 1,
    ) -> None:
        """Draw rings as one area.

        Parameters
        ----------
        rings
            Rings in points; holes run the other way around.
        fill, edge
            Colours; None leaves it out.
        width
            Points of the edge.
        alpha
            How opaque.
        dash
            Lengths of dashes and gaps of the edge, in points.
        hatch
            A hatch of matplotlib's, in the edge's colour.
        level
            What lies above what.
        """
        if not len(rings):
            return
        outline = Outline.make_compound_path(*[Outline(_closed(ring), closed=True) for ring in rings])
        patch = PathPatch(
            outline,
            facecolor=fill or "none",
            edgecolor=edge or "none",
            linewidth=width,
            alpha=alpha,
            hatch=hatch,
            zorder=level,
            joinstyle="round",
            clip_on=self._clip,
        )
        if dash:
            patch.set_linestyle((0, tuple(length / max(width, 0.1) for length in dash)))
        # Not add_patch, which works out limits that are set already.
        self.axes.add_artist(patch)

    def lines(
        self,
        lines: Sequence[Floats],
        colour: str,
        width: float,
        *,
        alpha: float = 1.0,
        dash: tuple[float, ...] = (),
        level: float = 1,
    ) -> None:
        """Draw lines.

        Parameters
        ----------
        lines
            Points of each line.
        colour
            Their colour.
        width
            Their width in points.
        alpha
            How opaque.
        dash
            Lengths of dashes and gaps in points.
        level
            What lies above what.
        """
        if not len(lines):
            return
        style = (0, tuple(length / width for length in dash)) if dash else "solid"
        collection = LineCollection(
            [np.asarray(line) for line in lines],
            colors=colour,
            linewidths=width,
            linestyles=[style],
            alpha=alpha,
            zorder=level,
            clip_on=self._clip,
            capstyle="butt",
        )
        self.axes.add_collection(collection, autolim=False)

    def text(  # noqa: PLR0913  # looks of a text, each with a default
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        colour: str = INK,
        kind: Face = "regular",
        ha: Literal["left", "center", "right"] = "left",
        va: Literal["baseline", "center_baseline", "top", "bottom", "center"] = "baseline",
        level: float = 5,
        url: str = "",
    ) -> None:
        """Write one line.

        Parameters
        ----------
        x, y
            Where, in points.
        text
            The line, already made settable.
        size
            Size of the letters in points.
        colour
            Their colour.
        kind
            The font.
        ha, va
            Which point of the text stands there.
        level
            What lies above what.
        url
            Where a click goes in an SVG or PDF.
        """
        self.axes.text(
            x,
            y,
            text,
            fontproperties=face(kind),
            fontsize=size,
            color=colour,
            horizontalalignment=ha,
            verticalalignment=va,
            zorder=level,
            parse_math=False,
            clip_on=self._clip,
            url=url or None,
        )


def _closed(ring: Floats) -> Floats:
    # matplotlib takes the last point of a closed outline for the first one again, whatever it is.
    return ring if np.array_equal(ring[0], ring[-1]) else np.vstack([ring, ring[:1]])


def circle(x: float, y: float, radius: float, part: tuple[float, float] = (0.0, 1.0)) -> Floats:
    """Make a circle or a slice of one, from the top clockwise.

    Parameters
    ----------
    x, y
        Its middle.
    radius
        Its radius.
    part
        Where it begins and ends, of one turn.

    Returns
    -------
    numpy.ndarray
        A closed ring.
    """
    begin, end = part
    steps = max(int(48 * (end - begin)), 3)
    turn = np.pi / 2 - 2 * np.pi * np.linspace(begin, end, steps + 1)
    ring = np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)])
    if end - begin < 1:
        ring = np.vstack([[x, y], ring, [x, y]])
    return ring


def rounded_square(x: float, y: float, half: float, corner: float = 1.0) -> Floats:
    """Make a square with round corners.

    Parameters
    ----------
    x, y
        Its middle.
    half
        Half of its side.
    corner
        Radius of its corners.

    Returns
    -------
    numpy.ndarray
        A closed ring.
    """
    turn = np.linspace(0, np.pi / 2, 4)
    inner = half - corner
    out = []
    for quarter, (across, up) in enumerate([(1, 1), (-1, 1), (-1, -1), (1, -1)]):
        angle = turn + quarter * np.pi / 2
        out.append(
            np.column_stack(
                [x + across * inner + corner * np.cos(angle), y + up * inner + corner * np.sin(angle)]
            )
        )
    ring = np.vstack(out)
    return np.vstack([ring, ring[:1]])
