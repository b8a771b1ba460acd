"""A short list of records in the room that a legend leaves: the first of the view, each with its date."""

from typing import Any, Final

import pandas as pd

from dashboard.exports.figure.lettering import isolated, settable, wrapped
from dashboard.exports.figure.panel import INK, MUTED, Panel
from dashboard.exports.figure.signs import Sign, draw_sign

__all__ = ["list_records"]

_SIZE: Final = 6.8
_LINE: Final = 8.8
_GAP: Final = 4.0
_INDENT: Final = 17.0
_HEAD: Final = 14.0
_LEAST: Final = 60.0  # points of height that are worth a list


def list_records(panel: Panel, records: pd.DataFrame, room: float) -> int:
    """List the first records of a view at the foot of a panel.

    Parameters
    ----------
    panel
        Where they are written.
    records
        Records of the view, in its order.
    room
        Points from the panel's foot that are free.

    Returns
    -------
    int
        How many were listed.
    """
    if room < _LEAST or not len(records):
        return 0
    y, listed = room - _HEAD, 0
    panel.text(0, room - 9, "Records" if len(records) > 1 else "Record", 7.4, kind="bold")
    for _, record in records.head(60).iterrows():
        lines = wrapped(settable(str(record["name"])), _SIZE, panel.width - _INDENT, lines=2)
        dated = wrapped(_second_line(record), _SIZE, panel.width - _INDENT, lines=1)
        high = (len(lines) + len(dated)) * _LINE + _GAP
        spare = _LINE if listed + 1 < len(records) else 0.0
        if y - high < spare:
            break
        sign = Sign(
            str(record["type"]), str(record["kind"]), str(record["status"]), record["fit"] == "certain"
        )
        draw_sign(panel, 6.2, y - _LINE * 0.55, sign, half=3.9)
        for number, line in enumerate([*lines, *dated]):
            muted = number >= len(lines)
            text = line if muted else isolated(line)
            panel.text(_INDENT, y - _LINE * (number + 0.8), text, _SIZE, colour=MUTED if muted else INK)
        y -= high
        listed += 1
    if listed < len(records):
        panel.text(_INDENT, y - _LINE * 0.8, f"and {len(records) - listed:,} more", _SIZE, colour=MUTED)
    return listed


def _second_line(record: "pd.Series[Any]") -> str:
    if record["type"] == "event":
        return settable(str(record["date_words"]))
    status = str(record["status_label"])
    return settable(f"{record['kind_label']}, {'status ' if status == 'unknown' else ''}{status}")
