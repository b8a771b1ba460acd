"""The layers that somebody may see, and the one that is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import RecordNotFoundError
from dashboard.runtime import AtlasView, runtime
from dashboard.store.layers.beside import Lists
from dashboard.store.layers.layer import LayerState, StoredLayer
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.readings import as_read
from dashboard.workflows.layers.review import layers_of
from dashboard.workflows.views.datasets import LAYER, Dataset

__all__ = ["ShownLayer", "choose_layer", "layers_for_person"]

_ROW: Final = 35
_MOST_ROWS: Final = 8
_AT: Final = "layer"
_SWATCH: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='24' height='24'%3E"
    "%3Ccircle cx='12' cy='12' r='9' fill='%23{}'/%3E%3C/svg%3E"
)


@dataclass(frozen=True)
class ShownLayer:
    """One layer of the page.

    Parameters
    ----------
    layer
        Its id on the map.
    title, colour, licence
        As shown.
    stored
        The layer as it is stored; None for a data package that the settings name.
    package
        The data package; None for other layers.
    large
        Records of a layer that is read by window and never whole; 0 for other layers.
    citation
        How such a layer wants to be cited.
    lists
        How it stands with what words of such a layer are looked up in.
    """

    layer: str
    title: str
    colour: str
    licence: str
    stored: StoredLayer | None = None
    package: Dataset | None = None
    large: int = 0
    citation: str = ""
    lists: Lists = Lists.WHOLE

    @property
    def is_draft(self) -> bool:
        """Whether nobody has published it yet."""
        return self.stored is not None and self.stored.state is LayerState.DRAFT

    def dataset(self, atlas: AtlasView, person: Person) -> Dataset:
        """Give its records.

        Parameters
        ----------
        atlas
            The atlas, as the person may see it.
        person
            Who looks.

        Returns
        -------
        Dataset
            As the person may see it; read now unless it is here.

        Raises
        ------
        RecordNotFoundError
            If it was taken away meanwhile.
        StoreError
            If the store does not answer.
        """
        if self.package is not None:
            return self.package
        if self.stored is None:
            raise RecordNotFoundError(self.layer)
        if not self.is_draft and (found := atlas.dataset(self.layer)) is not None:
            return found
        return runtime().draft_layer(person, self.stored.id)


def layers_for_person(atlas: AtlasView, person: Person) -> tuple[ShownLayer, ...]:
    """List the layers that somebody may see.

    Parameters
    ----------
    atlas
        The atlas, as the person may see it.
    person
        Who looks.

    Returns
    -------
    tuple of ShownLayer
        Drafts first, because somebody waits for these, then by title.

    Raises
    ------
    StoreError
        If the store does not answer.
    """
    anonymous = atlas.settings.anonymous_reading
    stored = as_read(
        "layers", person.id, lambda: layers_of(runtime().store, person, anonymous_reading=anonymous)
    )
    shown = [
        ShownLayer(LAYER + one.id, one.about.title, one.about.colour, one.about.licence, one)
        for one in stored
    ]
    known = {one.layer for one in shown}
    shown += [
        ShownLayer(one.layer, one.title, one.colour, one.licence, package=one)
        for one in atlas.packages
        if one.layer not in known
    ]
    shown += [
        ShownLayer(
            one.layer, one.title, one.colour, one.licence, large=one.records, citation=one.citation,
            lists=one.lists,
        )
        for one in atlas.large_layers
    ]  # fmt: skip
    return tuple(sorted(shown, key=lambda one: (not one.is_draft, one.title.casefold())))


def choose_layer(shown: Sequence[ShownLayer]) -> ShownLayer:
    """Draw the list.

    Parameters
    ----------
    shown
        The layers; at least one.

    Returns
    -------
    ShownLayer
        The one that the address names, else the first.
    """
    key = f"layers_table_{hash(tuple(one.layer for one in shown))}"

    def choose() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(shown):
            st.query_params[_AT] = shown[rows[0]].layer

    st.dataframe(
        _table(shown),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(shown), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select=choose,
        column_config={
            "Colour": st.column_config.ImageColumn(width="small"),
            "Rows": st.column_config.NumberColumn(format="localized", width="small"),
        },
        placeholder="",
        alt="Layers, drafts first",
    )
    at = st.query_params.get(_AT, "")
    return next((one for one in shown if at in {one.layer, one.layer.removeprefix(LAYER)}), shown[0])


def _table(shown: Sequence[ShownLayer]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Colour": [_SWATCH.format(one.colour.removeprefix("#")) for one in shown],
            "Layer": [one.title for one in shown],
            "State": [_state(one) for one in shown],
            "Rows": [_rows(one) for one in shown],
            "Licence": [one.licence or "not stated" for one in shown],
            "Imported": [_when(one) for one in shown],
        }
    )


def _when(one: ShownLayer) -> str:
    if one.stored is not None:
        return moment_words(one.stored.at)
    return "by the operator" if one.large else "at the start"


def _state(one: ShownLayer) -> str:
    if one.stored is not None:
        return one.stored.state.value
    return "large" if one.large else "data package"


def _rows(one: ShownLayer) -> int:
    if one.stored is not None:
        return one.stored.rows
    return len(one.package.frames.placements) if one.package is not None else one.large
