"""The names of a document, each once, and how they follow one another in its text.

One sense per document: all mentions of a name are decided together, unless the text itself tells them apart
("Springfield, Illinois" here and "Springfield, Ohio" there).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.geocoding.names import fold
from dashboard.geocoding.resolution.evidence import Adjacency
from dashboard.geocoding.resolution.views import COUNTRY, DISTRICT, DIVISION, NameView, narrowed

__all__ = ["Unit", "adjacency_of", "units_of"]

_COMMA: Final = range(1, 4)
"""So many characters lie between X and Y of "X, Y", "X (Y" or "X Y"."""

_BESIDE: Final = 60.0
"""After so many characters two mentions have little to do with each other."""

_SHORTEST_DATELINE: Final = 4
"""Shorter capitals are abbreviations."""

_Key = tuple[str, str]


@dataclass(slots=True)
class Unit:
    """A name of the document with the mentions that mean the same by it.

    Parameters
    ----------
    view
        Its candidates.
    mentions
        Positions in the list of names.
    """

    view: NameView
    mentions: list[int] = field(default_factory=list)


def units_of(
    names: Sequence[str], views: Sequence[NameView | None], starts: Sequence[int] | None
) -> list[Unit]:
    """Put the mentions of each name together.

    Parameters
    ----------
    names
        The mentions in the order of the text.
    views
        The candidates of each mention; None or without rows when there are none.
    starts
        Character offset of each mention, or None when they do not come from one text.

    Returns
    -------
    list of Unit
        In order of their first mention.
    """
    units: dict[tuple[_Key, str], Unit] = {}
    latest: dict[_Key, str] = {}
    containers = _containers(names, views, starts)
    for position, (name, view) in enumerate(zip(names, views, strict=True)):
        if view is None or not view.candidates:
            continue
        key = _key(name, view)
        told_apart = containers.get(key, {})
        container = told_apart.get(position, latest.get(key, "")) if len(set(told_apart.values())) > 1 else ""
        latest[key] = container
        if (key, container) not in units:
            units[key, container] = Unit(_held(view, views[position + 1]) if container else view)
        units[key, container].mentions.append(position)
    return list(units.values())


def adjacency_of(units: Sequence[Unit], names: Sequence[str], starts: Sequence[int]) -> Adjacency:
    """Measure how closely units follow one another.

    Parameters
    ----------
    units
        The units of the document.
    names
        The mentions in the order of the text.
    starts
        Character offset of each mention.

    Returns
    -------
    Adjacency
        Matrices over units.
    """
    comma = np.zeros((len(units), len(units)))
    beside = np.zeros_like(comma)
    unit_of = {position: number for number, unit in enumerate(units) for position in unit.mentions}
    for position, first in unit_of.items():
        second = unit_of.get(position + 1)
        if second is None or first == second:
            continue
        gap = starts[position + 1] - starts[position] - len(names[position])
        if gap in _COMMA:
            comma[first, second] = 1.0
        closeness = float(np.exp(-max(gap, 0) / _BESIDE)) if gap >= 0 else 0.0
        beside[first, second] = beside[second, first] = max(closeness, beside[first, second])
    opens, dateline = np.zeros(len(units)), np.zeros(len(units))
    if 0 in unit_of:
        opens[unit_of[0]] = 1.0
        dateline[unit_of[0]] = float(len(names[0]) >= _SHORTEST_DATELINE and names[0].isupper())
    return Adjacency(comma, beside, opens, dateline)


def _key(name: str, view: NameView) -> _Key:
    # "US" and "us" fold alike and do not mean the same: the one is an abbreviation.
    return fold(name), view.candidates[0].entry.place_id if view.candidates else ""


def _containers(
    names: Sequence[str], views: Sequence[NameView | None], starts: Sequence[int] | None
) -> dict[_Key, dict[int, str]]:
    """Give for each name which mention is followed by which country or division that can hold it."""
    found: dict[_Key, dict[int, str]] = {}
    if starts is None:
        return found
    for position in range(len(names) - 1):
        gap = starts[position + 1] - starts[position] - len(names[position])
        view, after = views[position], views[position + 1]
        if gap in _COMMA and view is not None and after is not None and _within(view, after).any():
            found.setdefault(_key(names[position], view), {})[position] = fold(names[position + 1])
    return found


def _held(view: NameView, container: NameView | None) -> NameView:
    """Keep the candidates that lie in what stands behind the comma."""
    return view if container is None else narrowed(view, np.flatnonzero(_within(view, container)))


def _within(view: NameView, container: NameView) -> npt.NDArray[np.bool_]:
    """Tell which candidates a country, division or district among those of another name can hold."""
    inside = np.zeros(len(view.candidates), dtype=bool)
    for column, level in enumerate((COUNTRY, DIVISION, DISTRICT)):
        groups = view.groups[:, column]
        holders = container.groups[container.levels == level, column]
        inside |= np.isin(groups, holders) & (groups > 0) & (view.levels < level)
    return inside
