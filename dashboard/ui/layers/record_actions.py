"""What can be done with a record of a layer from its card: read it as the file has it, propose it."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Right, may
from dashboard.errors import AtlasError, GazetteerError
from dashboard.importers.checks import FAULTS
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.person import current_person
from dashboard.ui.pinned import is_past
from dashboard.ui.readings import forget_readings
from dashboard.ui.words import plain
from dashboard.workflows.layers.library import LayerLibrary, LayerRow
from dashboard.workflows.layers.promote import Resolver, promote
from dashboard.workflows.views.datasets import Dataset

__all__ = ["resolver_of", "show_as_written", "show_propose"]

_ROW: Final = 35
_MOST_ROWS: Final = 12


def show_propose(dataset: Dataset, record_id: str) -> None:
    """Draw the way to propose a record for the atlas, for those who may.

    Parameters
    ----------
    dataset
        The layer.
    record_id
        Id of the record there.
    """
    person = current_person()
    if is_past() or not may(person, Right.PROPOSE, runtime().mode):
        return
    if not st.button(
        "Propose for the atlas",
        icon=":material/upload:",
        key=f"promote_{dataset.layer}_{record_id}",
        help="Begins a draft with this record and its source; a reviewer decides about it.",
    ):
        return
    atlas = runtime().view(runtime().audience_of(person))
    try:
        draft = promote(
            runtime().store, person, dataset, record_id, atlas.library(), resolve=resolver_of(atlas)
        )
    except AtlasError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    forget_readings()
    st.switch_page("app_pages/edit.py", query_params={"draft": draft.id})


def resolver_of(atlas: AtlasView) -> Resolver | None:
    """Give what looks names up, if there is a gazetteer.

    Parameters
    ----------
    atlas
        The atlas, as the person may see it.

    Returns
    -------
    Resolver or None
        None without a gazetteer.
    """
    try:
        atlas.gazetteer()
    except GazetteerError:
        return None
    return atlas.resolve


def show_as_written(dataset: Dataset, record_id: str) -> None:
    """Draw the row of the file as it is written there, and what the checks found.

    Parameters
    ----------
    dataset
        The layer.
    record_id
        Id of the record there.
    """
    library = dataset.library
    if not isinstance(library, LayerLibrary):
        return
    try:
        rows = library.as_written(record_id)
    except AtlasError:
        return  # the card says already that there is none
    for row in rows:
        with st.expander(f"Row {row.row} as the file has it", icon=":material/table_rows:"):
            _show_row(row)


def _show_row(row: LayerRow) -> None:
    for flag in row.flags:
        if flag in FAULTS:
            fault = FAULTS[flag]
            st.warning(f"{plain(fault.label)}: {plain(fault.explanation)}", icon=":material/rule:")
    told = [*row.written.items(), *row.extra.items()]
    cells = pd.DataFrame({"Column": [name for name, _ in told], "Value": [str(one) for _, one in told]})
    st.dataframe(
        cells,
        key=f"as_written_{row.row}",
        hide_index=True,
        height=_ROW * (min(len(cells), _MOST_ROWS) + 1) + 3,
        placeholder="",
        alt="Columns of the row, as written",
    )
