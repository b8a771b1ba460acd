"""The import itself, what it did, the way to the map and the way back."""

import uuid
from typing import Final

import streamlit as st

from dashboard.domain.window import Window
from dashboard.errors import AtlasError, LayerError
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerAbout, LayerState, Stored
from dashboard.ui import address
from dashboard.ui.importing.bring import another
from dashboard.ui.importing.desk import Desk, LookedAt, ReadTable, clear_desk
from dashboard.ui.importing.layer import named_layer
from dashboard.ui.importing.steps import importing, stored_layer
from dashboard.ui.importing.watching import show_work
from dashboard.ui.person import current_person
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.layers.review import undo_import
from dashboard.workflows.views.datasets import LAYER
from dashboard.workflows.views.selection import Filters
from dashboard.workflows.views.spots import Spot, SpotMap

__all__ = ["show_import", "show_importing", "show_outcome_of_import"]

_FAILED: Final = "import_failed"
_ATLAS: Final = "app_pages/atlas.py"


def show_importing(desk: Desk) -> bool:
    """Draw an import that is under way, and nothing else: what was changed now would not be in it.

    Parameters
    ----------
    desk
        The table.

    Returns
    -------
    bool
        Whether one is under way.
    """
    if desk.importing is None:
        return False
    if not show_work(desk.importing, desk.key("importing")):
        return True
    _ended(desk)
    return False


def show_import(desk: Desk, read: ReadTable, found: LookedAt, about: LayerAbout | None) -> None:
    """Draw the way to import what was tried.

    Parameters
    ----------
    desk
        The table.
    read
        The table as it was read.
    found
        The trial.
    about
        What the layer is called; None when that is not settled.
    """
    if failed := st.session_state.pop(_FAILED, ""):
        st.error(plain(failed), icon=":material/error:")
    rows = found.trial.counts.rows

    def begin(_once: str) -> bool:
        if desk.importing is not None or desk.looked_at is not found or not desk.is_fresh():
            return False  # the columns were changed before the page was drawn anew
        try:
            # As it stands in the fields at the click: who types and clicks at once is faster than a drawing.
            said = named_layer(desk, read, person)
            if desk.about != said:
                desk.about, desk.operation_id = said, uuid.uuid4().hex
            desk.importing = importing(desk, said, person)
        except AtlasError as error:
            st.session_state[_FAILED] = str(error)  # said here: the head of the page is out of sight
        return desk.importing is not None

    person = current_person()
    with st.container(horizontal=True, vertical_alignment="center"):
        wish_button(
            f"Import {rows:,} row{'' if rows == 1 else 's'}",
            desk.key("import"),
            begin,
            "",
            key=desk.key("import"),
            type="primary",
            icon=":material/database_upload:",
            disabled=about is None or not rows,
        )
        st.caption("All of it or nothing: one step, which can be undone as one.")


def _ended(desk: Desk) -> None:
    work, desk.importing = desk.importing, None
    if work is None:
        return
    if (stored := work.result) is not None:
        desk.stored = stored
        desk.read, desk.source = None, b""  # a session may stand open for hours, and a table is long
        runtime().refresh()
        st.rerun()
    st.session_state[_FAILED] = "" if work.is_stopped else work.error


def show_outcome_of_import(desk: Desk, stored: Stored) -> None:
    """Draw what an import did.

    Parameters
    ----------
    desk
        The table.
    stored
        What was done.
    """
    title = desk.about.title if desk.about else stored.layer
    with st.container(border=True, key=desk.key("outcome")):
        st.markdown(f"#### {plain(title)}")
        st.success(_words(stored), icon=":material/check_circle:")
        layer = stored_layer(runtime().store, stored.layer)
        is_draft = layer is not None and layer.state is LayerState.DRAFT
        if is_draft:
            st.info(
                "The layer is a draft: you and the reviewers see it, until a reviewer publishes it.",
                icon=":material/visibility_lock:",
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            if not is_draft and st.button(
                "Show on the map", key=desk.key("show"), type="primary", icon=":material/map:"
            ):
                _bring_to_map(desk, stored.layer)
            st.page_link(
                "app_pages/layers.py",
                label="Its page among the layers" if is_draft else "All layers",
                icon=":material/layers:",
                query_params={"layer": LAYER + stored.layer},
            )
            st.button("Another file", key=desk.key("next"), icon=":material/upload_file:", on_click=another)
            if layer is not None and layer.can_undo and layer.number == stored.number:
                wish_button(
                    "Undo this import",
                    f"undo import {stored.layer} {stored.number}",
                    lambda once: _undo(stored, once),
                    f"Undone: {title} is as it was before.",
                    key=desk.key("undo"),
                    icon=":material/undo:",
                )


def _words(stored: Stored) -> str:
    changes = (
        f"{stored.added:,} records added, {stored.changed:,} changed, {stored.unchanged:,} unchanged, "
        f"{stored.removed:,} removed."
    )
    same = not (stored.added or stored.changed or stored.removed)
    return f"{changes} Nothing is different from before." if same else changes


def _bring_to_map(desk: Desk, layer_id: str) -> None:
    """Go to the map with the layer in sight, whatever it was narrowed to before."""
    address.set_filters(Filters())
    address.set_window(Window())
    address.show_layer(LAYER + layer_id)
    address.fit_view()
    if view := _view_of(desk):
        address.change(view=view)
    st.switch_page(_ATLAS)


def _view_of(desk: Desk) -> str:
    """Say which part of Earth holds the first rows; empty when none has a point."""
    frames = desk.looked_at.preview if desk.looked_at else None
    if frames is None or not frames.placements.geometry.notna().any():
        return ""
    west, south, east, north = map(float, frames.placements.total_bounds)
    corners = (
        Spot("", "", "", "", lat, lon, "none", None, chosen=False)
        for lat, lon in ((south, west), (north, east))
    )
    found = SpotMap("", tuple(corners), {}).view
    return str(address.View(found["lat"], found["lng"], found["zoom"]))


def _undo(stored: Stored, once: str) -> None:
    store = runtime().store
    now = stored_layer(store, stored.layer)
    if now is not None and now.number > stored.number:
        raise LayerError(stored.layer, "somebody imported into it meanwhile: look at it among the layers")
    why = "Undone right after the import"
    undo_import(store, current_person(), stored.layer, why=why, operation_id=once, number=stored.number)
    runtime().refresh()
    clear_desk()
