"""Places, countries or products by how many records they have."""

import altair as alt
import pandas as pd

from dashboard.charts.looks import names_axis, picker, shaded, top_legend

__all__ = ["ranking_chart", "ranking_words"]

_STEP = 24
_MARGIN = 60
_COLOURS = {"Sites": "#E69F00", "Events": "#2A8C97"}


def ranking_chart(frame: pd.DataFrame, chosen: "pd.Series[bool] | None" = None) -> alt.Chart:
    """Draw ranks as lying bars, sites and events one behind the other.

    Parameters
    ----------
    frame
        ``code``, ``name``, ``type``, ``records``, ``total``, highest first; may be empty.
    chosen
        Rows of what is chosen, None when nothing is.

    Returns
    -------
    altair.Chart
        Its selection gives ``code``.
    """
    data = frame.assign(shade=shaded(frame, chosen))
    data["words"] = [f"{row.name}: {row.records} {row.type}" for row in data.itertuples(index=False)]
    names = list(dict.fromkeys(data["name"]))
    chart: alt.Chart = (
        alt.Chart(data, height=max(len(names), 1) * _STEP + _MARGIN)
        .mark_bar(cursor="pointer", cornerRadius=1)
        .encode(
            y=alt.Y(
                "name:N",
                title=None,
                sort=names,
                axis=names_axis(labelLimit=220),
            ),
            x=alt.X("records:Q", title="Records", axis=alt.Axis(tickMinStep=1, format="d")),
            color=alt.Color(
                "type:N",
                scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values())),
                legend=top_legend(),
            ),
            opacity=alt.Opacity("shade:Q", scale=None),
            order=alt.Order("type:N", sort="descending"),
            description=alt.Description("words:N"),
            tooltip=[
                alt.Tooltip("name:N", title="Name"),
                alt.Tooltip("type:N", title="Records"),
                alt.Tooltip("records:Q", title="Number"),
                alt.Tooltip("total:Q", title="In all"),
            ],
        )
        .add_params(picker("code"))
    )
    return chart


def ranking_words(frame: pd.DataFrame) -> str:
    """Say what the ranking shows, for those who cannot see it.

    Parameters
    ----------
    frame
        What is drawn.

    Returns
    -------
    str
        One or two sentences.
    """
    if frame.empty:
        return "Ranking without any record."
    top = frame.drop_duplicates("code").head(3)
    parts = ", ".join(f"{name} ({total})" for name, total in zip(top["name"], top["total"], strict=True))
    return f"Ranking of {frame['code'].nunique()} by records. The first: {parts}."
