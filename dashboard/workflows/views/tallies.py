"""Counts for the charts: events by time, actors by pairs, places by rank.

Each takes the rows that a view shows, so a chart can never say more or less than the table and the map.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Final, Literal

import numpy as np
import pandas as pd

from dashboard.domain.countries import country_name
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, day_number
from dashboard.domain.vocabulary import label
from dashboard.domain.window import Window

__all__ = ["Bins", "bins_for", "pairs", "ranking", "timeline"]

Unit = Literal["year", "quarter", "month"]

_MONTHS: Final = {"year": 12, "quarter": 3, "month": 1}
_EPOCH: Final = date(1970, 1, 1)
_MONTH_DAYS: Final = 365 * 2
_QUARTER_DAYS: Final = 365 * 6
_MOST_BINS: Final = 120
_LAST_YEAR: Final = 9999
_OTHERS: Final = "Others"


@dataclass(frozen=True)
class Bins:
    """Equal pieces of the calendar that cover a window.

    Parameters
    ----------
    unit
        Year, quarter or month.
    starts
        First day of each piece, and of the one after the last.
    """

    unit: Unit
    starts: tuple[date, ...]

    def words(self, number: int) -> str:
        """Name one piece.

        Parameters
        ----------
        number
            Its number, from 0.

        Returns
        -------
        str
            Such as 2024, 2024 Q1 or 2024-03.
        """
        start = self.starts[number]
        if self.unit == "year":
            return f"{start.year}"
        if self.unit == "quarter":
            return f"{start.year} Q{(start.month + 2) // 3}"
        return f"{start.year}-{start.month:02}"


def bins_for(rows: pd.DataFrame, window: Window) -> Bins | None:
    """Choose pieces of the calendar that suit what is shown.

    Parameters
    ----------
    rows
        Rows of a selection; only dated events count.
    window
        The clock's window; an open end stops where the events do.

    Returns
    -------
    Bins or None
        Months up to two years, quarters up to six, years beyond; None without any dated event.
    """
    events = rows[(rows["record_type"] == "event") & rows["dated"]]
    days = np.concatenate([events["first"].to_numpy(), events["last"].to_numpy()])
    days = days[(days != DAY_PAST) & (days != DAY_FUTURE)]
    if not len(days):
        return None
    first = int(days.min()) if window.first == DAY_PAST else window.first
    last = int(days.max()) if window.last == DAY_FUTURE else window.last
    first, last = min(first, last), max(first, last)
    length = last - first
    unit: Unit = "month" if length <= _MONTH_DAYS else "quarter" if length <= _QUARTER_DAYS else "year"
    # A window of centuries has as many years; the latest are the ones that a screen can hold.
    first = max(first, last - 366 * _MOST_BINS)
    step, at = _MONTHS[unit], _EPOCH + timedelta(days=first)
    month = at.year * 12 + (at.month - 1) // step * step
    starts = [_month(month)]
    while day_number(starts[-1]) <= last and starts[-1].year < _LAST_YEAR:
        month += step
        starts.append(_month(month))
    return Bins(unit, tuple(starts[-_MOST_BINS - 1 :]))


def _month(number: int) -> date:
    year, month = divmod(number, 12)
    return date(min(max(year, 1), _LAST_YEAR), month + 1, 1)


def timeline(rows: pd.DataFrame, bins: Bins, by: Literal["kind", "country"], most: int = 9) -> pd.DataFrame:
    """Count events by piece of the calendar.

    Parameters
    ----------
    rows
        Rows of a selection; only dated events count.
    bins
        Pieces of the calendar.
    by
        What to tell apart.
    most
        Keep at most this many groups; the rest is one group that cannot be chosen.

    Returns
    -------
    pandas.DataFrame
        ``bin``, ``start``, ``end`` (ISO days), ``code`` (empty for the rest), ``group`` (words), ``fit``
        (``certain``: the whole date lies in the piece; ``possible``: it only overlaps it), ``events``.
    """
    events = rows[(rows["record_type"] == "event") & rows["dated"]]
    edges = np.array([day_number(start) for start in bins.starts])
    first = np.clip(np.searchsorted(edges, events["first"], side="right") - 1, 0, len(edges) - 2)
    last = np.clip(np.searchsorted(edges, events["last"], side="right") - 1, 0, len(edges) - 2)
    outside = (events["last"].to_numpy() < edges[0]) | (events["first"].to_numpy() >= edges[-1])
    times = np.where(outside, 0, last - first + 1)
    row = np.repeat(np.arange(len(events)), times)
    # Each event's pieces one after another: its first one, and how far this row is from its own first row.
    number = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    inside = (events["first"].to_numpy()[row] >= edges[number]) & (
        events["last"].to_numpy()[row] < edges[number + 1]
    )
    counted = pd.DataFrame(
        {
            "number": number,
            "code": events["kind" if by == "kind" else "countries"].to_numpy()[row],
            "fit": np.where(inside, "certain", "possible"),
        }
    )
    if by == "country":
        counted["code"] = counted["code"].str.strip("|").str.split("|")
        counted = counted.explode("code")
        counted["code"] = counted["code"].fillna("")
    kept = set(counted["code"].value_counts().head(most).index) - {""}
    counted["code"] = counted["code"].where(counted["code"].isin(kept), "")
    counted = counted.groupby(["number", "code", "fit"], as_index=False).size()
    words = {code: label("event_kinds", code) if by == "kind" else country_name(code) for code in kept}
    return pd.DataFrame(
        {
            "bin": [bins.words(n) for n in counted["number"]],
            "start": [bins.starts[n].isoformat() for n in counted["number"]],
            "end": [(bins.starts[n + 1] - timedelta(days=1)).isoformat() for n in counted["number"]],
            "code": counted["code"],
            "group": [words.get(code, _OTHERS) for code in counted["code"]],
            "fit": counted["fit"],
            "events": counted["size"],
        }
    )


def pairs(rows: pd.DataFrame, names: Mapping[str, str], most: int = 14) -> pd.DataFrame:
    """Count the events that two actors share.

    Parameters
    ----------
    rows
        Rows of a selection; only events count.
    names
        Name of each actor that may be shown, by id.
    most
        Keep at most this many actors: those that share the most events with others.

    Returns
    -------
    pandas.DataFrame
        ``a``, ``b`` (ids), ``a_name``, ``b_name``, ``pair`` (as an address has it), ``events``, ``certain``;
        both ways round, actors with the most shared events first.
    """
    columns = ["a", "b", "a_name", "b_name", "pair", "events", "certain"]
    events = rows[(rows["record_type"] == "event") & (rows["actors"] != "")]
    shared: dict[tuple[str, str], list[int]] = {}
    for actors, fit in zip(events["actors"], events["fit"], strict=True):
        known = sorted(actor for actor in actors.strip("|").split("|") if actor in names)
        for pair in combinations(known, 2):
            counts = shared.setdefault(pair, [0, 0])
            counts[0] += 1
            counts[1] += fit == "certain"
    weight: dict[str, int] = {}
    for pair, (number, _) in shared.items():
        for actor in pair:
            weight[actor] = weight.get(actor, 0) + number
    kept = sorted(weight, key=lambda actor: (-weight[actor], names[actor]))[:most]
    words = _distinct({actor: names[actor] for actor in kept})
    table = [
        (a, b, words[a], words[b], "|".join(sorted((a, b))), *shared[min(a, b), max(a, b)])
        for a in kept
        for b in kept
        if (min(a, b), max(a, b)) in shared
    ]
    return pd.DataFrame(table, columns=columns)


def _distinct(names: Mapping[str, str]) -> dict[str, str]:
    seen = list(names.values())
    return {i: name if seen.count(name) == 1 else f"{name} ({i})" for i, name in names.items()}


def ranking(
    rows: pd.DataFrame,
    placements: pd.DataFrame,
    by: Literal["place", "country", "product"],
    most: int = 15,
) -> pd.DataFrame:
    """Rank places, countries or products by their records.

    Parameters
    ----------
    rows
        Rows of a selection.
    placements
        The placements frame of the same atlas.
    by
        What to rank.
    most
        Keep at most this many.

    Returns
    -------
    pandas.DataFrame
        ``code``, ``name``, ``type`` (``Sites`` or ``Events``), ``records``, ``total``; the highest first.
    """
    if by == "product":
        parts = rows[["record_id", "record_type", "products"]].rename(columns={"products": "code"})
        parts = parts.assign(code=parts["code"].str.strip("|").str.split("|")).explode("code")
    else:
        there = placements[placements["record_id"].isin(rows["record_id"])]
        parts = pd.DataFrame(there[["record_id", "record_type", by]]).rename(columns={by: "code"})
    parts = parts[parts["code"].fillna("") != ""].drop_duplicates(["record_id", "code"])
    counted = parts.groupby(["code", "record_type"], as_index=False).size()
    counted["total"] = counted.groupby("code")["size"].transform("sum")
    order = counted.drop_duplicates("code").sort_values(["total", "code"], ascending=[False, True])
    kept = counted[counted["code"].isin(order["code"].head(most))]
    kept = kept.sort_values(["total", "code", "record_type"], ascending=[False, True, False])
    return pd.DataFrame(
        {
            "code": kept["code"].to_numpy(),
            "name": [_ranked_words(by, code) for code in kept["code"]],
            "type": kept["record_type"].map({"site": "Sites", "event": "Events"}).to_numpy(),
            "records": kept["size"].to_numpy(),
            "total": kept["total"].to_numpy(),
        }
    )


def _ranked_words(by: str, code: str) -> str:
    if by == "country":
        return country_name(code)
    return label("product_categories", code) if by == "product" else code
