"""Events over time: how many, of which kind or where, and how sure the date is.

A date that is wider than a bar is counted in every bar it may belong to, faintly: the same rule as the
clock's window, so that choosing a bar shows exactly the events it counts.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from dashboard.charts.looks import group_colours, picker, shaded, top_legend

__all__ = ["timeline_chart", "timeline_words"]

_HEIGHT = 300
_COLUMNS = ["bin", "start", "end", "code", "group", "fit", "events"]


def timeline_chart(
    frame: pd.DataFrame,
    bins: Sequence[str],
    by: str,
    chosen: "pd.Series[bool] | None" = None,
) -> alt.Chart:
    """Draw events as stacked bars.

    Parameters
    ----------
    frame
        ``bin``, ``start``, ``end``, ``code``, ``group``, ``fit``, ``events``; may be empty.
    bins
        Words of all pieces of time in order, also those without events.
    by
        ``kind`` or ``country``: what the colours tell apart.
    chosen
        Rows of what is chosen, None when nothing is.

    Returns
    -------
    altair.Chart
        Its selection gives ``start``, ``end`` and ``code``.
    """
    data = frame.reindex(columns=_COLUMNS).assign(shade=shaded(frame, chosen))
    totals = data.groupby(["code", "group"], as_index=False)["events"].sum()
    totals = totals.assign(rest=totals["code"] == "").sort_values(["rest", "events"], ascending=[True, False])
    data["order"] = data["code"].map({code: n for n, code in enumerate(totals["code"])}).astype(float)
    data["words"] = [
        f"{row.bin}, {row.group}: {row.events} {row.fit}" for row in data.itertuples(index=False)
    ]
    colours = alt.Scale(domain=list(totals["group"]), range=group_colours(totals["code"], by))
    chart: alt.Chart = (
        alt.Chart(data, height=_HEIGHT)
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            x=alt.X(
                "bin:O",
                title=None,
                scale=alt.Scale(domain=list(bins), paddingInner=0.12),
                axis=alt.Axis(labelOverlap="greedy", labelAngle=0, grid=False),
            ),
            y=alt.Y("events:Q", title="Events", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "group:N",
                scale=colours,
                legend=top_legend(),
            ),
            opacity=alt.Opacity("shade:Q", scale=None),
            order=alt.Order("order:Q"),
            description=alt.Description("words:N"),
            tooltip=[
                alt.Tooltip("bin:O", title="Time"),
                alt.Tooltip("group:N", title="Kind" if by == "kind" else "Country"),
                alt.Tooltip("fit:N", title="Date"),
                alt.Tooltip("events:Q", title="Events"),
            ],
        )
        .add_params(picker("start", "end", "code"))
    )
    return chart


def timeline_words(frame: pd.DataFrame, unit: str) -> str:
    """Say what the chart shows, for those who cannot see it.

    Parameters
    ----------
    frame
        What is drawn.
    unit
        Word for one piece of time.

    Returns
    -------
    str
        One or two sentences.
    """
    if frame.empty:
        return "Timeline without any event."
    totals = frame.groupby("bin", sort=False)["events"].sum()
    return (
        f"Events by {unit}, from {frame['bin'].iloc[0]} to {frame['bin'].iloc[-1]}. "
        f"Most of them, {int(totals.max())}, in {totals.idxmax()}."
    )
