"""What the checks found in a layer: kinds of faults with their counts, and the rows of the chosen one."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError, PermissionDeniedError
from dashboard.runtime import runtime
from dashboard.store.layers.layer import StoredLayer
from dashboard.ui import address
from dashboard.ui.layers.records import show_card
from dashboard.ui.readings import as_read
from dashboard.ui.words import plain
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.layers.faults import (
    PAGE,
    FaultCount,
    FlaggedRow,
    fault_rows,
    faults_of,
)
from dashboard.workflows.views.datasets import Dataset, join_record

__all__ = ["show_faults"]

_ROW: Final = 35
_MOST_ROWS: Final = 12
_ENDS: Final = "layer_fault_ends"


def show_faults(stored: StoredLayer, dataset: Dataset, person: Person, audience: Audience) -> None:
    """Draw them.

    Parameters
    ----------
    stored
        The layer.
    dataset
        Its records.
    person
        Who looks.
    audience
        How the person sees the layer.
    """
    try:
        found = as_read(
            "layer_faults",
            (person, stored.id, stored.number, audience),
            lambda: faults_of(runtime().store, person, stored, coarse=audience.cell > 0),
        )
    except PermissionDeniedError:
        st.info(
            "What the checks found would say more of the places than the grid that you see them on.",
            icon=":material/grid_on:",
        )
        return
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if not found:
        st.success("The checks found nothing.", icon=":material/task_alt:")
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _one_kind(found, stored, dataset, person, audience)
    with right:
        show_card(dataset)


def _one_kind(  # of which layer, for whom
    found: tuple[FaultCount, ...], stored: StoredLayer, dataset: Dataset, person: Person, audience: Audience
) -> None:
    by_code = {one.fault.code: one for one in found}
    code = st.radio(
        "What was found",
        list(by_code),
        format_func=lambda one: f"{by_code[one].fault.label} ({by_code[one].rows:,})",
        key=f"layer_fault_{stored.id}",
    )
    chosen = by_code[str(code)]
    st.caption(plain(f"{chosen.fault.explanation} {chosen.fault.fix}"))
    ends = _ends_of(f"{stored.id} {stored.version} {chosen.fault.code}")
    after = ends[-1] if ends else -1
    rows = as_read(
        "layer_fault_rows",
        (person, stored.id, stored.number, audience, chosen.fault.code, after),
        lambda: fault_rows(runtime().store, person, stored, chosen.fault.code, audience, after=after),
    )
    _list(rows, dataset, f"layer_fault_rows_{stored.id}_{code}_{after}")
    if chosen.rows > PAGE:
        first = len(ends) * PAGE + 1
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(f"{first:,} to {first + len(rows) - 1:,} of {chosen.rows:,} rows")
            st.button(
                "Before",
                key="layer_fault_before",
                type="tertiary",
                disabled=not ends,
                on_click=_go,
                args=(ends[:-1],),
            )
            st.button(
                "After",
                key="layer_fault_after",
                type="tertiary",
                disabled=len(rows) < PAGE,
                on_click=_go,
                args=([*ends, rows[-1][0] if rows else -1],),
            )


def _ends_of(name: str) -> list[int]:
    """Give the keys that the pages before ended with; another list begins with its first page."""
    of, ends = st.session_state.get(_ENDS, (name, []))
    if of != name:
        ends = []
    st.session_state[_ENDS] = (name, ends)
    return list(ends)


def _go(ends: list[int]) -> None:
    """Go to the page after these ends: the same one, however often it is asked for."""
    st.session_state[_ENDS] = (st.session_state[_ENDS][0], ends)


def _list(rows: tuple[FlaggedRow, ...], dataset: Dataset, key: str) -> None:
    def choose() -> None:
        chosen = st.session_state[key]["selection"]["rows"]
        if chosen and chosen[0] < len(rows):
            address.select_record(join_record(dataset.layer, rows[chosen[0]][2]))

    st.dataframe(
        pd.DataFrame(
            {
                "Row": [row for _, row, _, _ in rows],
                "Name": [name for _, _, _, name in rows],
                "Id": [own_id for _, _, own_id, _ in rows],
            }
        ),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(rows), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select=choose,
        placeholder="",
        alt="Rows that show it",
    )
