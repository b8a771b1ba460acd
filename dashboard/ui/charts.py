"""Below the map: the table, or one chart of the same rows; only the one that is looked at is worked out.

A chart's own choice does not narrow that chart, or there would be nothing left to choose instead; everything
else follows it. Each chart has its numbers as a table too, for keyboards and screen readers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import pandas as pd
import pyarrow as pa
import streamlit as st

from dashboard.charts import (
    PICK,
    Specification,
    matrix_chart,
    matrix_words,
    ranking_chart,
    ranking_words,
    specify,
    timeline_chart,
    timeline_words,
)
from dashboard.domain.records import Actor
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.ui import address
from dashboard.ui.counts import choose_rows
from dashboard.ui.ordering import choose_order
from dashboard.ui.screen import is_phone
from dashboard.ui.tables import show_records
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.picks import Pick
from dashboard.workflows.views.rows import Rows
from dashboard.workflows.views.selection import Filters, Selection, select
from dashboard.workflows.views.tallies import bins_for, pairs, ranking, timeline

__all__ = ["show_below"]

_By = Literal["kind", "country"]

_VIEWS: Final = {"Table": "", "Timeline": "timeline", "Actors": "actors", "Places": "places"}
_COMPANIES: Final = ("company", "state_company", "joint_venture")
_WHO: Final = ("States and companies", "Companies", "Persons", "Everyone")
_RANKED: Final = {"Places": "place", "Countries": "country", "Products": "product"}
_GROUPS: Final = {"kind": 14, "country": 9}  # all kinds; as many countries as there are colours
_HEIGHT_ON_PHONE: Final = 460  # its legend takes half of what is enough on a wide screen
_TYPE: Final = {"light": "#4a5358", "dark": "#c3c8cb"}
_NOTHING: Final = "Nothing to draw here. Widen the clock or clear the filters."


def show_below(
    selection: Selection,
    frames: AtlasFrames,
    library: Library,
    filters: Filters,
    beside: Mapping[Dataset, Selection] | None = None,
) -> None:
    """Draw the table, or the chart chosen instead of it.

    Parameters
    ----------
    selection
        The rows of the view.
    frames
        The atlas.
    library
        Names of actors.
    filters
        What the rows were selected by.
    beside
        Rows of the imported datasets that the map shows.
    """
    chosen = st.segmented_control(
        "Below the map",
        list(_VIEWS),
        default="Table",
        key="below",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    if chosen == "Timeline":
        _show_timeline(_rows(selection, frames, filters, "timeline"), selection.window)
    elif chosen == "Actors":
        _show_actors(_rows(selection, frames, filters, "actors"), library)
    elif chosen == "Places":
        _show_places(_rows(selection, frames, filters, "places"))
    else:
        with st.container(horizontal=True, vertical_alignment="center", key="rows"):
            rows, layer = choose_rows(selection, beside)
            ordered = choose_order(rows)
        show_records(ordered, key="atlas_table", layer=layer)


def _rows(selection: Selection, frames: AtlasFrames, filters: Filters, chart: str) -> Rows:
    pick = address.pick()
    if pick is None or pick.chart != chart:
        return selection.shown
    return select(frames, replace(filters, chart=None), selection.window).shown


def _option(title: str, options: tuple[str, ...], key: str) -> str:
    chosen = st.segmented_control(
        title,
        list(options),
        default=options[0],
        key=key,
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    return chosen or options[0]


def _show_timeline(rows: Rows, window: Window) -> None:
    by: _By = (
        "country"
        if _option("Colour by", ("By kind", "By country"), "timeline_by") == "By country"
        else "kind"
    )
    pick = address.pick()
    chosen = pick if pick is not None and pick.during else None
    drawn = rows.derive("timeline", lambda: _timeline(rows, window, by, chosen), by=by, chosen=chosen)
    if drawn is None:
        st.info(_NOTHING, icon=":material/search_off:")
        return

    def picked(marks: Mapping[str, str]) -> Pick:
        during = f"{marks['start']}/{marks['end']}"
        code = marks.get("code", "")
        return Pick(during=during, country=code) if by == "country" else Pick(during=during, kind=code)

    drawn.show(picked)
    st.caption(
        "Solid: the date lies wholly in that time. Faint: it only may, so one event can stand in several "
        "bars. Choose a piece of a bar to narrow map and table."
    )


def _timeline(rows: Rows, window: Window, by: _By, pick: Pick | None) -> "_Drawn | None":
    shown = rows.frame()
    bins = bins_for(shown, window)
    if bins is None:
        return None
    frame = timeline(shown, bins, by, _GROUPS[by])
    chosen = None
    if pick is not None:
        chosen = (frame["start"] + "/" + frame["end"]) == pick.during
        chosen &= (frame["code"] == getattr(pick, by)) if getattr(pick, by) else True
    words = [bins.words(number) for number in range(len(bins.starts) - 1)]
    table = frame.rename(columns={"bin": "Time", "group": by.title(), "fit": "Date", "events": "Events"})
    return _Drawn(
        "timeline",
        specify(timeline_chart(frame, words, by, chosen)),
        timeline_words(frame, bins.unit),
        pa.Table.from_pandas(table[["Time", by.title(), "Date", "Events"]], preserve_index=False),
        _texts(frame[["start", "end", "code"]]),
        height_on_phone=_HEIGHT_ON_PHONE,
    )


def _show_actors(rows: Rows, library: Library) -> None:
    who = _option("Who", _WHO, "actors_who")
    pick, theme = address.pick(), st.context.theme.type or "light"
    pair = pick.pair if pick is not None else ""
    drawn = rows.derive(
        "actors", lambda: _actors(rows, _names(library, who), pair, theme), who=who, pair=pair, theme=theme
    )
    if drawn is None:
        st.info(_NOTHING, icon=":material/search_off:")
        return
    drawn.show(lambda marks: Pick(pair=marks["pair"]))
    st.caption(
        "How many events of the window two actors both take part in, whatever their roles. "
        "Choose a cell to see them on the map and in the table."
    )


def _actors(rows: Rows, names: Mapping[str, str], pair: str, theme: str) -> "_Drawn | None":
    frame = pairs(rows.frame(), names)
    if frame.empty:
        return None
    chosen = frame["pair"] == pair if pair else None
    once = frame[frame["a"] < frame["b"]].sort_values("events", ascending=False, kind="stable")
    table = once.rename(columns={"a_name": "Actor", "b_name": "With", "events": "Events"})
    return _Drawn(
        "actors",
        specify(matrix_chart(frame, chosen, theme=theme)),
        matrix_words(frame),
        pa.Table.from_pandas(table[["Actor", "With", "Events"]], preserve_index=False),
        _texts(once[["pair"]]),
        own_width=True,
    )


def _names(library: Library, who: str) -> dict[str, str]:
    kinds = {i: e.record.kind for i, e in library.evidence.items() if isinstance(e.record, Actor)}
    if who == _WHO[0]:
        kinds = {i: kind for i, kind in kinds.items() if kind != "person"}
    elif who == _WHO[1]:
        kinds = {i: kind for i, kind in kinds.items() if kind in _COMPANIES}
    elif who == _WHO[2]:
        kinds = {i: kind for i, kind in kinds.items() if kind == "person"}
    return {i: library.name(i) for i in kinds}


def _show_places(rows: Rows) -> None:
    by = _RANKED[_option("Rank", tuple(_RANKED), "ranked")]
    pick = address.pick()
    value = str(getattr(pick, by)) if pick is not None and not pick.during else ""
    drawn = rows.derive("ranking", lambda: _places(rows, by, value), by=by, value=value)
    if drawn is None:
        st.info(_NOTHING, icon=":material/search_off:")
        return
    drawn.show(lambda marks: Pick(**{by: marks["code"]}))
    st.caption("Records of the window by place, country or product. Choose a bar to narrow map and table.")


def _places(rows: Rows, by: str, value: str) -> "_Drawn | None":
    frame = ranking(rows.frame(), rows.frames.placements, by)  # type: ignore[arg-type]  # one of the three
    if frame.empty:
        return None
    chosen = frame["code"] == value if value else None
    table = frame.rename(columns={"name": "Name", "type": "Type", "records": "Records", "total": "In all"})
    return _Drawn(
        f"ranked_{by}",
        specify(ranking_chart(frame, chosen)),
        ranking_words(frame),
        pa.Table.from_pandas(table[["Name", "Type", "Records", "In all"]], preserve_index=False),
        _texts(frame[["code"]]),
    )


@dataclass(frozen=True)
class _Drawn:
    """A chart, its words, its numbers as a table, and what each row of the table would choose.

    Everybody who looks at the same rows shares one.
    """

    key: str
    chart: Specification
    words: str
    table: pa.Table
    marks: Sequence[Mapping[str, str]]
    own_width: bool = False
    height_on_phone: int = 0

    def show(self, picked: Callable[[Mapping[str, str]], Pick]) -> None:
        chart_key, table_key = f"chart_{self.key}", f"chart_table_{self.key}"

        def by_mark() -> None:
            marks = _marks(st.session_state[chart_key])
            address.set_pick(picked(marks[0]) if marks else None)

        def by_row() -> None:
            rows = st.session_state[table_key]["selection"]["rows"]
            known = [row for row in rows if row < len(self.marks)]
            address.set_pick(picked(self.marks[known[0]]) if known else None)

        st.vega_lite_chart(
            spec=self._spec(),
            key=chart_key,
            width="content" if self.own_width else "stretch",
            theme="streamlit",
            on_select=by_mark,
            selection_mode=PICK,
            alt=self.words,
        )
        with st.expander("The same as a table", icon=":material/table:"):
            st.dataframe(
                self.table,
                key=table_key,
                hide_index=True,
                height=280,
                selection_mode="single-row",
                on_select=by_row,
            )

    def _spec(self) -> dict[str, Any]:
        own = {"height": self.height_on_phone} if self.height_on_phone and is_phone() else {}
        return self.chart.whole() | {"config": _type_config()} | own


def _type_config() -> dict[str, Any]:
    """Colour small type so that everybody can read it: Streamlit's own grey is too faint on a light page."""
    colour = _TYPE.get(st.context.theme.type or "light", _TYPE["light"])
    return {"axis": {"labelColor": colour, "titleColor": colour}, "legend": {"labelColor": colour}}


def _texts(marks: pd.DataFrame) -> list[dict[str, str]]:
    return [{str(key): str(value) for key, value in row.items()} for row in marks.to_dict("records")]


def _marks(state: Any) -> list[dict[str, str]]:  # noqa: ANN401  # Streamlit's own mapping
    marks = state["selection"].get(PICK, [])
    return [{k: str(v) for k, v in mark.items()} for mark in marks] if isinstance(marks, list) else []
