"""What all charts share: the selection's name, colours for groups without one of their own, light and shade.

Axes, grids and type are Streamlit's theme, so that light and dark follow by themselves.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import altair as alt
import pandas as pd

from dashboard.domain.symbols import kind_colour

__all__ = ["PICK", "accent", "group_colours", "names_axis", "picker", "shaded", "top_legend"]

PICK: Final = "pick"
"""Name of the selection in every chart."""

_PALETTE: Final = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#882255",
    "#999933",
    "#5B6770",
)
_REST: Final = "#A9AFB6"
_ACCENTS: Final = {"light": "#0b6e78", "dark": "#4fb3bf"}
_POSSIBLE: Final = 0.45
_NOT_CHOSEN: Final = 0.28
_DARKER: Final = 0.6


def picker(*fields: str) -> alt.Parameter:
    """Make the selection of a chart.

    Parameters
    ----------
    *fields
        Columns whose values say what was chosen.

    Returns
    -------
    altair.Parameter
        One mark at a time; a click beside the marks chooses nothing.
    """
    return alt.selection_point(name=PICK, fields=list(fields), toggle=False)


def accent(theme: str) -> str:
    """Give the colour of the theme's one accent.

    Parameters
    ----------
    theme
        ``light`` or ``dark``.

    Returns
    -------
    str
        ``#RRGGBB``.
    """
    return _ACCENTS.get(theme, _ACCENTS["light"])


def group_colours(codes: Iterable[str], by: str) -> list[str]:
    """Give each group its colour, and none the same as another.

    Parameters
    ----------
    codes
        Codes in drawing order; the empty one is the rest.
    by
        ``kind`` for the map's colours, anything else for the palette in order.

    Returns
    -------
    list of str
        ``#RRGGBB`` for each code.
    """
    colours: list[str] = []
    given = Counter[str]()
    for number, code in enumerate(codes):
        own = kind_colour("event", code) if by == "kind" else _PALETTE[number % len(_PALETTE)]
        # On the map kinds of one colour have signs of their own; a bar has none. Faint would mean possible.
        colours.append(_darker(own, given[own]) if code else _REST)
        given[own] += 1
    return colours


def _darker(colour: str, times: int) -> str:
    if not times:
        return colour
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part * _DARKER**times):02X}" for part in parts)


def shaded(frame: pd.DataFrame, chosen: "pd.Series[bool] | None") -> "pd.Series[float]":
    """Work out how opaque each mark is.

    Parameters
    ----------
    frame
        Rows of a chart; ``fit`` says which are only possible, and may be missing.
    chosen
        Rows of what is chosen, None when nothing is.

    Returns
    -------
    pandas.Series of float
        From 0 to 1.
    """
    solid = pd.Series(1.0, index=frame.index)
    if "fit" in frame.columns:
        solid = solid.where(frame["fit"] == "certain", _POSSIBLE)
    return solid if chosen is None else solid.where(chosen, solid * _NOT_CHOSEN)


def names_axis(**options: Any) -> alt.Axis:  # noqa: ANN401  # Altair's own options, checked by Altair
    """Make an axis of names: each of them is written, beside its own row.

    Parameters
    ----------
    **options
        More options of the axis.

    Returns
    -------
    altair.Axis
        The axis.
    """
    # Streamlit's theme moves the first and the last label inwards, away from their rows.
    return alt.Axis(labelOverlap=False, labelFlush=False, grid=False, **options)


def top_legend() -> alt.Legend:
    """Make a legend above the chart that wraps on a narrow screen.

    Returns
    -------
    altair.Legend
        The legend.
    """
    columns = alt.ExprRef("width < 450 ? 2 : width < 900 ? 5 : 0")
    return alt.Legend(orient="top", title=None, columns=columns, symbolType="square")
