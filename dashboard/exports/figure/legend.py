"""The legend of a figure: only what occurs in it, drawn by the same code as the map."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from dashboard.domain.vocabulary import terms
from dashboard.exports.figure.lettering import wrapped
from dashboard.exports.figure.map_panel import Drawn
from dashboard.exports.figure.panel import INK, MUTED, PAPER, Panel, circle
from dashboard.exports.figure.signs import Sign, draw_sign, style_of

__all__ = ["Entry", "draw_legend", "legend_entries"]

_SIZE: Final = 7.4
_LINE: Final = 9.6
_GAP: Final = 3.2
_HEAD_GAP: Final = 5.0
_SIGN: Final = 17.0  # points that signs take before the words
_BETWEEN: Final = 14.0
_MORE_COLUMNS: Final = 2
_STYLES: Final = {
    "filled": "operating; happened",
    "half": "under construction",
    "dotted": "planned or postponed",
    "hollow": "idle or closed",
    "crossed": "destroyed, cancelled, denied",
    "question": "status not known",
}

Draw = Callable[[Panel, float, float], None]


@dataclass(frozen=True)
class Entry:
    """A line of the legend.

    Parameters
    ----------
    words
        What it says.
    draw
        Draws its sign around a point; None for a heading.
    """

    words: str
    draw: Draw | None = None


def legend_entries(records: pd.DataFrame, drawn: Drawn) -> list[Entry]:
    """List what a legend has to explain.

    Parameters
    ----------
    records
        Records of the view.
    drawn
        What the map used.

    Returns
    -------
    list of Entry
        Headings and lines in reading order.
    """
    entries: list[Entry] = []
    for group, heading in (("site", "Sites"), ("event", "Events")):
        kinds = records.loc[records["type"] == group, "kind"].value_counts()
        if len(kinds):
            entries.append(Entry(heading))
        status = "operating" if group == "site" else "happened"
        for code, term in terms(f"{group}_kinds").items():
            if kinds.get(code, 0):
                sign = Sign(group, code, status)
                entries.append(Entry(f"{term.label}  {int(kinds[code]):,}", _signed(sign)))
    signs = _sign_entries(drawn)
    return [*entries, *([Entry("Signs"), *signs] if signs else [])]


def _sign_entries(drawn: Drawn) -> list[Entry]:
    groups = {style_of(status): group for group, status in sorted(drawn.statuses, reverse=True)}
    status_of = {style_of(status): status for _, status in sorted(drawn.statuses)}
    plain = Sign("site", "other", "operating")
    entries = [
        Entry(words, _signed(Sign(groups[style], "other", status_of[style])))
        for style, words in _STYLES.items()
        if style in groups and style != "filled"
    ]
    if drawn.possible:
        entries.append(
            Entry(
                "pale: perhaps outside the window", _signed(Sign("event", "other", "happened", certain=False))
            )
        )
    if drawn.coarse:
        entries.append(
            Entry(
                "double line: only the province or area is known",
                _signed(Sign(plain.group, plain.kind, plain.status, coarse=True)),
            )
        )
    if drawn.rings:
        entries.append(Entry("ring: the place lies somewhere in it", _draw_ring))
    if drawn.spots:
        entries.append(Entry("several at one spot, by kind", _draw_spot))
    if drawn.regions:
        entries.append(Entry("hatched: only the country is known", _draw_region))
    if drawn.dashed:
        entries.append(Entry("border that many states do not recognise", _draw_dashed))
    return entries


def draw_legend(panel: Panel, entries: list[Entry], columns: int) -> float:
    """Draw the legend in columns, filled one after another.

    Parameters
    ----------
    panel
        Where it is drawn.
    entries
        Its lines.
    columns
        How many columns; more when not all lines fit.

    Returns
    -------
    float
        Points that it takes from the top.
    """
    tried = [_layout(entries, panel, columns + more) for more in range(_MORE_COLUMNS + 1)]
    placed = next((one for one in tried if one[-1:] == [] or one[-1].bottom >= 0), tried[-1])
    for one in placed:
        _draw_entry(panel, one)
    return panel.height - min((one.bottom for one in placed), default=panel.height)


@dataclass(frozen=True)
class _Spot:
    """An entry with its place."""

    entry: Entry
    lines: list[str]
    x: float
    y: float
    bottom: float


def _layout(entries: list[Entry], panel: Panel, columns: int) -> list[_Spot]:
    """Fill columns one after another, about equally; only the last one may run out of the panel."""
    wide = (panel.width - _BETWEEN * (columns - 1)) / columns
    blocks = [_lines(entry, wide) for entry in entries]
    highs = [
        len(lines) * _LINE + (_HEAD_GAP if entry.draw is None else _GAP)
        for entry, lines in zip(entries, blocks, strict=True)
    ]
    share = sum(highs) / columns
    column, y, out = 0, panel.height, list[_Spot]()
    for number, (entry, lines, high) in enumerate(zip(entries, blocks, highs, strict=True)):
        # A heading never stands alone at the foot of a column, and a column ends before one if it can.
        ahead = high + (highs[number + 1] if entry.draw is None and number + 1 < len(highs) else 0)
        used = panel.height - y
        room = share * (0.8 if entry.draw is None else 1.25)
        full = used + ahead > panel.height or used + ahead * 0.6 > room
        below_heading = number > 0 and entries[number - 1].draw is None
        if used > 0 and column < columns - 1 and full and not below_heading:
            column, y = column + 1, panel.height
        out.append(_Spot(entry, lines, column * (wide + _BETWEEN), y, y - high))
        y -= high
    return out


def _lines(entry: Entry, wide: float) -> list[str]:
    room = wide - (_SIGN if entry.draw is not None else 0) - 2
    return wrapped(entry.words, _SIZE, room, "bold" if entry.draw is None else "regular", lines=3)


def _draw_entry(panel: Panel, spot: _Spot) -> None:
    entry = spot.entry
    for number, line in enumerate(spot.lines):
        panel.text(
            spot.x + (_SIGN if entry.draw is not None else 0),
            spot.y - _LINE * (number + 0.8),
            line,
            _SIZE,
            kind="bold" if entry.draw is None else "regular",
        )
    if entry.draw is not None:
        entry.draw(panel, spot.x + 6.2, spot.y - _LINE * 0.53)


def _signed(sign: Sign) -> Draw:
    return lambda panel, x, y: draw_sign(panel, x, y, sign, half=3.9)


def _draw_ring(panel: Panel, x: float, y: float) -> None:
    panel.areas([circle(x, y, 4.6)], fill="#5B6770", alpha=0.1)
    panel.areas([circle(x, y, 4.6)], edge="#5B6770", width=0.8)


def _draw_spot(panel: Panel, x: float, y: float) -> None:
    panel.areas([circle(x, y, 5.2, (0, 0.6))], fill="#0072B2")
    panel.areas([circle(x, y, 5.2, (0.6, 1))], fill="#E69F00")
    panel.areas([circle(x, y, 3.5)], fill=PAPER, edge=INK, width=0.2)
    panel.text(x, y, "4", 5, kind="bold", ha="center", va="center_baseline")


def _draw_region(panel: Panel, x: float, y: float) -> None:
    box = np.array([[x - 5, y - 4], [x + 5, y - 4], [x + 5, y + 4], [x - 5, y + 4], [x - 5, y - 4]])
    panel.areas([box], edge="#7f8b96", width=0.5, hatch="//////")


def _draw_dashed(panel: Panel, x: float, y: float) -> None:
    panel.lines([np.array([[x - 6, y], [x + 6, y]])], MUTED, 0.9, dash=(2.4, 1.8))
