"""The Layers page as a whole: the list, what the chosen layer is, and one part of it at a time."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.errors import RecordNotFoundError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.layers.about import show_about, show_head, show_large
from dashboard.ui.layers.faults import show_faults
from dashboard.ui.layers.listing import ShownLayer, choose_layer, layers_for_person
from dashboard.ui.layers.map import show_layer_map
from dashboard.ui.layers.records import show_records_of
from dashboard.ui.layers.take_large import show_take_large
from dashboard.ui.layers.twins import show_twins
from dashboard.ui.record_card import show_record, show_selected
from dashboard.workflows.views.datasets import Dataset

__all__ = ["show_layers"]

_ABOUT, _MAP, _RECORDS, _FAULTS, _TWINS = "About", "Map", "Records", "Faults", "Twins"
_CAPTION: Final = (
    "Tables of others, each with its own licence and colour. They stand beside the atlas on the map and are "
    "not reviewed record by record."
)
_LARGER: Final = (
    "A page takes a table of up to 50 MB. Larger ones are imported on the host: `arsenal-atlas import FILE` "
    "(CSV up to 2 GB, other formats up to 200 MB, a million rows), or `arsenal-atlas layers add-folder DIR` "
    "(a folder of Parquet of any size)."
)


def show_layers(atlas: AtlasView, person: Person) -> None:
    """Draw the page.

    Parameters
    ----------
    atlas
        The atlas, as the person may see it.
    person
        Who looks.

    Raises
    ------
    StoreError
        If the store does not answer.
    """
    st.caption(_CAPTION)
    if may(person, Right.PROPOSE, runtime().mode):
        st.page_link("app_pages/import_data.py", label="Import a table", icon=":material/upload_file:")
        st.caption(_LARGER)
    shown = layers_for_person(atlas, person)
    if not shown:
        st.info("There is no layer yet.", icon=":material/layers_clear:")
        return
    one = choose_layer(shown)
    if one.large:
        show_large(one)
        show_take_large(one, atlas, person)
        return
    try:
        dataset = one.dataset(atlas, person)
    except RecordNotFoundError:
        st.info("The layer was changed or removed a moment ago.", icon=":material/sync:")
        return
    with st.container(border=True, key="layer_head"):
        show_head(one, dataset, person)
    parts = [_ABOUT, _MAP, _RECORDS, *([_FAULTS] if one.stored else []), _TWINS]
    part = st.segmented_control(
        "Part", parts, default=_ABOUT, key="part", required=True, label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    if part == _ABOUT:
        show_about(one, atlas, person)
    elif part == _MAP:
        show_layer_map(one, dataset, atlas, person)
    elif part == _RECORDS:
        show_records_of(dataset)
    elif part == _FAULTS and one.stored is not None:
        show_faults(one.stored, dataset, person, atlas.audience)
    else:
        _compare(shown, one, dataset, atlas, person)


def _compare(  # which of which, for whom
    shown: tuple[ShownLayer, ...], one: ShownLayer, dataset: Dataset, atlas: AtlasView, person: Person
) -> None:
    others = tuple(
        other.dataset(atlas, person)
        for other in shown
        if other.layer != one.layer and not (other.is_draft or other.large)
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_twins(dataset, others, atlas, person)
    with right:
        if selected := address.selected_record():
            if selected.startswith(f"{dataset.layer}/"):
                show_record(dataset.library, selected.removeprefix(f"{dataset.layer}/"), dataset=dataset)
            else:
                show_selected(atlas, selected)
