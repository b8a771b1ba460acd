"""A word on other pages that layers wait to be published."""

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerState
from dashboard.ui.readings import as_read
from dashboard.workflows.layers.review import layers_of

__all__ = ["show_waiting_layers"]


def show_waiting_layers(person: Person) -> None:
    """Draw the way to layers that nobody has published yet, if there are any.

    Parameters
    ----------
    person
        A reviewer.
    """
    try:
        layers = as_read("layers", person.id, lambda: layers_of(runtime().store, person))
    except AtlasError:
        return  # the page itself says that the store is away
    drafts = sum(one.state is LayerState.DRAFT for one in layers)
    if drafts:
        st.page_link(
            "app_pages/layers.py",
            label="1 layer is a draft" if drafts == 1 else f"{drafts} layers are drafts",
            icon=":material/layers:",
        )
