"""The timeline of a figure: few events one by one, many as bars; dates only as sharp as they are known."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.symbols import kind_colour
from dashboard.domain.window import Window
from dashboard.exports.figure.panel import INK, LINE, MUTED, Panel, circle
from dashboard.exports.figure.ticks import Tick, span_bins, ticks_of

__all__ = ["draw_timeline"]

Floats = npt.NDArray[np.float64]

_AXIS: Final = 15.0  # points below the bars
_HEAD: Final = 13.0  # points above them
_DOT: Final = 2.7
_LANE: Final = 7.4
_SINGLY: Final = 220
_BARS: Final = 90
_LEAST_SPAN: Final = 120.0  # days
_WINDOW_FILL: Final = "#eef3f7"


@dataclass(frozen=True)
class _Events:
    kind: npt.NDArray[np.str_]
    first: Floats
    last: Floats
    certain: npt.NDArray[np.bool_]


def draw_timeline(panel: Panel, records: pd.DataFrame, window: Window) -> None:
    """Draw when the events of a view happened.

    Parameters
    ----------
    panel
        Where it is drawn.
    records
        Records of the view; only events with a date are drawn.
    window
        The clock's window.
    """
    events, undated = _events_of(records)
    span = _span(events, window)
    high = panel.height - _AXIS - _HEAD
    ground = np.array([[0, _AXIS], [panel.width, _AXIS], [panel.width, _AXIS + high], [0, _AXIS + high]])
    panel.areas([ground], fill=_WINDOW_FILL, level=0)
    panel.lines([ground[:2]], LINE, 0.8, level=3)
    if span is None:
        words = "No dated events in this view" if not undated else f"{undated:,} events, none with a date"
        panel.text(panel.width / 2, _AXIS + high / 2, words, 7.5, colour=MUTED, ha="center", va="center")
        return
    scale = panel.width / (span[1] - span[0])
    _draw_axis(panel, ticks_of(span, panel.width), span, scale)
    lanes = _lanes(events, span, scale, int(high // _LANE)) if len(events.first) <= _SINGLY else None
    if lanes is not None:
        _draw_singly(panel, events, lanes, span, scale)
        note = "each mark one event; a bar spans the days on which it may have happened"
    else:
        unit, top = _draw_bars(panel, events, span, scale, high)
        note = (
            f"events a {unit}, up to {top:,.0f}; pale: spread over the days on which they may have happened"
        )
    if undated:
        note += f"; {undated:,} without a date are not drawn"
    panel.text(0, panel.height - 8, "When", 7.5, kind="bold")
    panel.text(28, panel.height - 8, note, 6.6, colour=MUTED)


def _events_of(records: pd.DataFrame) -> tuple[_Events, int]:
    events = records[records["type"] == "event"]
    first = _days(events["earliest"], DAY_PAST)
    last = _days(events["latest"], DAY_FUTURE)
    dated = (first > DAY_PAST) | (last < DAY_FUTURE)
    kept = events[dated]
    return (
        _Events(
            kept["kind"].to_numpy(dtype=str),
            first[dated],
            last[dated] + 1,
            (kept["fit"] == "certain").to_numpy(),
        ),
        int((~dated).sum()),
    )


def _days(texts: "pd.Series[str]", instead: int) -> Floats:
    values = texts.to_numpy(dtype=str)
    out = np.full(len(values), float(instead))
    known = values != ""
    out[known] = values[known].astype("datetime64[D]").astype(np.int64)
    return out


def _span(events: _Events, window: Window) -> tuple[float, float] | None:
    """Find what the axis shows: the window where it is closed, the events where it is open."""
    known = np.concatenate([events.first[events.first > DAY_PAST], events.last[events.last < DAY_FUTURE]])
    if not len(known):
        return None
    first = float(window.first) if window.first > DAY_PAST else float(known.min())
    last = float(window.last) + 1 if window.last < DAY_FUTURE else float(known.max())
    room = max((last - first) * 0.012, (_LEAST_SPAN - last + first) / 2, 3.0)
    return (first - room, max(last, first + 1) + room)


def _draw_axis(panel: Panel, ticks: Sequence[Tick], span: tuple[float, float], scale: float) -> None:
    end = 0.0
    for tick in ticks:
        x = (tick.day - span[0]) * scale
        panel.lines([np.array([[x, _AXIS - 2.5], [x, panel.height - _HEAD]])], LINE, 0.5, level=0.5)
        wide = len(tick.label) * 4.2
        left = min(max(x + 2, end + 3), panel.width - wide)
        if left <= x + 3:
            panel.text(left, _AXIS - 9, tick.label, 6.8, colour=MUTED)
            end = left + wide


def _lanes(
    events: _Events, span: tuple[float, float], scale: float, most: int
) -> npt.NDArray[np.int64] | None:
    """Give each event a lane so that none covers another; None when there are not enough of them."""
    left = (np.maximum(events.first, span[0]) - span[0]) * scale - _DOT
    right = np.maximum((np.minimum(events.last, span[1]) - span[0]) * scale, left + 2 * _DOT) + 1.0
    ends: list[float] = []
    lanes = np.zeros(len(left), dtype=np.int64)
    for row in np.lexsort((right, left)):
        lane = next((k for k, end in enumerate(ends) if end <= left[row]), len(ends))
        if lane == len(ends):
            if lane >= most:
                return None
            ends.append(0.0)
        ends[lane] = right[row]
        lanes[row] = lane
    return lanes


def _draw_singly(
    panel: Panel, events: _Events, lanes: npt.NDArray[np.int64], span: tuple[float, float], scale: float
) -> None:
    for row, lane in enumerate(lanes):
        colour = kind_colour("event", str(events.kind[row]))
        begin = (max(events.first[row], span[0]) - span[0]) * scale
        end = (min(events.last[row], span[1]) - span[0]) * scale
        y = _AXIS + _LANE * (lane + 0.5)
        faint = 1.0 if events.certain[row] else 0.45
        if end - begin <= 2 * _DOT:
            panel.areas([circle((begin + end) / 2, y, _DOT)], fill=colour, alpha=faint, level=4)
            panel.areas([circle((begin + end) / 2, y, _DOT)], edge=INK, width=0.35, alpha=0.7, level=4)
            continue
        bar = np.array([[begin, y - 1.6], [end, y - 1.6], [end, y + 1.6], [begin, y + 1.6], [begin, y - 1.6]])
        panel.areas([bar], fill=colour, alpha=0.55 * faint, level=4)
        panel.areas([bar], edge=colour, width=0.5, level=4)


def _draw_bars(
    panel: Panel, events: _Events, span: tuple[float, float], scale: float, high: float
) -> tuple[str, float]:
    unit, edges = span_bins(span, _BARS)
    first = np.clip(events.first, edges[0], edges[-1])
    last = np.clip(events.last, edges[0], edges[-1])
    begin = np.clip(np.searchsorted(edges, first, side="right") - 1, 0, len(edges) - 2)
    end = np.clip(np.searchsorted(edges, last, side="left") - 1, begin, len(edges) - 2)
    sharp = (begin == end) & events.certain
    sure = np.bincount(begin[sharp], minlength=len(edges) - 1).astype(float)
    weight = 1.0 / (end[~sharp] - begin[~sharp] + 1)
    steps = np.zeros(len(edges))
    np.add.at(steps, begin[~sharp], weight)
    np.add.at(steps, end[~sharp] + 1, -weight)
    spread = np.maximum(np.cumsum(steps)[:-1], 0)
    spread[spread < 1e-9] = 0  # noqa: PLR2004  # what adding up leaves over
    top = float((sure + spread).max())
    grow = (high - 3) / top
    left = np.clip((edges[:-1] - span[0]) * scale, 0, panel.width)
    right = np.clip((edges[1:] - span[0]) * scale, 0, panel.width)
    for low, up, colour in ((0 * sure, sure, "#2b6cb0"), (sure, sure + spread, "#a9c3dd")):
        bars = [
            np.array([[a, b], [c, b], [c, d], [a, d], [a, b]])
            for a, b, c, d in zip(left + 0.4, _AXIS + low * grow, right - 0.4, _AXIS + up * grow, strict=True)
            if d - b > 0.01 and c > a  # noqa: PLR2004  # too low to be seen
        ]
        panel.areas(bars, fill=colour, level=4)
    return unit, top
