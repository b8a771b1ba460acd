"""One layer on a map of its own, under the clock, whether or not it is published."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.layers.about import show_on_atlas
from dashboard.ui.layers.listing import ShownLayer
from dashboard.ui.layers.records import show_card
from dashboard.ui.map_alone import show_map_alone
from dashboard.workflows.layers.finding import tally
from dashboard.workflows.views.datasets import Dataset, join_record, split_record

__all__ = ["show_layer_map"]

_KEY: Final = "layer_map"
_HEIGHT: Final = 560


@st.fragment
def show_layer_map(one: ShownLayer, dataset: Dataset, atlas: AtlasView, person: Person) -> None:
    """Draw it.

    Parameters
    ----------
    one
        The layer.
    dataset
        Its records, with the signs and colours of their kinds: the clock spans them and nothing else.
    atlas
        The atlas, as the person may see it.
    person
        Who looks.
    """
    if not tally(dataset.frames)[1]:
        st.info("No record of it has a point.", icon=":material/location_off:")
        return
    version = dataset.frames.version
    if one.is_draft and one.stored is not None:
        st.caption(
            "A draft: you see it because it is yours, or because you review. Nobody else does before it "
            "is published."
        )
        version = runtime().draft_version(person, one.stored.id)
    else:
        show_on_atlas(one)
    show_map_alone(
        atlas,
        version,
        f"{_KEY}_{one.layer}",
        _HEIGHT,
        selected=_selected(one.layer),
        adopt=lambda own_id: address.select_record(join_record(one.layer, own_id) if own_id else ""),
    )
    if _selected(one.layer):
        show_card(dataset)


def _selected(layer: str) -> str:
    of, own_id = split_record(address.selected_record())
    return own_id if of == layer else ""
