"""Who takes part in events with whom, as a symmetric matrix of actors."""

import altair as alt
import pandas as pd

from dashboard.charts.looks import accent, names_axis, picker, shaded

__all__ = ["matrix_chart", "matrix_words"]

_STEP = 28
# A cell holds a number of three digits; a narrow screen scrolls sideways rather than squeeze it.
_WIDTH = 44
_MARGIN = 40
_LABEL = 170


def matrix_chart(
    frame: pd.DataFrame, chosen: "pd.Series[bool] | None" = None, *, theme: str = "light"
) -> alt.LayerChart | alt.FacetChart:
    """Draw pairs of actors as cells, darker for more shared events.

    Parameters
    ----------
    frame
        ``a_name``, ``b_name``, ``pair``, ``events``, ``certain``, both ways round; may be empty.
    chosen
        Rows of what is chosen, None when nothing is.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    altair.LayerChart or altair.FacetChart
        Its selection gives ``pair``.
    """
    data = frame.assign(shade=shaded(frame, chosen))
    data["words"] = [
        f"{row.a_name} and {row.b_name}: {row.events} shared events" for row in data.itertuples(index=False)
    ]
    names = list(dict.fromkeys(data["a_name"]))
    most = max(data["events"].max(), 2) if len(data) else 2
    # Few events stay visible on either background, and the number is readable on its cell.
    ends = ["#cfe6e8", "#0b6e78"] if theme == "light" else ["#1f3d42", "#4fb3bf"]
    ink = {"low": "#14343a", "high": "#ffffff"} if theme == "light" else {"low": "#e6e6e1", "high": "#0b1520"}
    base = alt.Chart(data).encode(
        x=alt.X(
            "b_name:N",
            title=None,
            sort=names,
            axis=names_axis(labelAngle=-40, labelLimit=_LABEL, orient="top", domain=False),
        ),
        y=alt.Y(
            "a_name:N",
            title=None,
            sort=names,
            axis=names_axis(labelLimit=_LABEL, domain=False),
        ),
        opacity=alt.Opacity("shade:Q", scale=None),
        description=alt.Description("words:N"),
        tooltip=[
            alt.Tooltip("a_name:N", title="Actor"),
            alt.Tooltip("b_name:N", title="with"),
            alt.Tooltip("events:Q", title="Shared events"),
            alt.Tooltip("certain:Q", title="surely in the window"),
        ],
    )
    cells = (
        base.mark_rect(cursor="pointer", cornerRadius=2, stroke=accent(theme), strokeWidth=0.5)
        .encode(
            color=alt.Color(
                "events:Q", scale=alt.Scale(domain=[1, int(most)], range=ends, type="sqrt"), legend=None
            ),
        )
        .add_params(picker("pair"))
    )
    numbers = base.mark_text(fontSize=11, cursor="pointer", aria=False).encode(
        text=alt.Text("events:Q"),
        color=alt.condition(
            f"datum.events > {int(most) * 0.45}", alt.value(ink["high"]), alt.value(ink["low"])
        ),
        detail=["pair:N"],
    )
    height = max(len(names), 1) * _STEP + _MARGIN
    return alt.layer(cells, numbers).properties(width=alt.Step(_WIDTH), height=height)


def matrix_words(frame: pd.DataFrame) -> str:
    """Say what the matrix shows, for those who cannot see it.

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
        return "Matrix of actors without any shared event."
    top = frame.nlargest(1, "events").iloc[0]
    actors = frame["a_name"].nunique()
    return (
        f"Shared events of {actors} actors. Most of them, {int(top['events'])}, "
        f"join {top['a_name']} and {top['b_name']}."
    )
