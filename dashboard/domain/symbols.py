"""The colour of each kind, the same on the map and in every chart.

Colours are data (``symbols.json``): they are chosen by eye, checked for colour-blind readers, and shared by
views that may not import one another.
"""

import json
from functools import cache
from importlib.resources import files

__all__ = ["kind_colour", "kind_colours"]

_FALLBACK = "#8A8F98"


@cache
def kind_colours(group: str) -> dict[str, str]:
    """List the colours of the kinds of one record type.

    Parameters
    ----------
    group
        ``site`` or ``event``.

    Returns
    -------
    dict of str to str
        Colour as ``#RRGGBB`` by kind.
    """
    data = json.loads(files("dashboard.domain").joinpath("symbols.json").read_text(encoding="utf-8"))
    colours: dict[str, str] = data[f"{group}_kinds"]
    return colours


def kind_colour(group: str, code: str) -> str:
    """Give the colour of one kind.

    Parameters
    ----------
    group
        ``site`` or ``event``.
    code
        Code of a kind; an unknown one gets grey, so that old data stays visible.

    Returns
    -------
    str
        ``#RRGGBB``.
    """
    return kind_colours(group).get(code, _FALLBACK)
