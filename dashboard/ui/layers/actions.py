"""What somebody may do with a layer: publish it, send it back, describe it, undo its import, remove it."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerState, StoredLayer
from dashboard.ui.wishes import ask_why, reason, wish_button
from dashboard.workflows.layers.review import (
    describe_layer,
    may_change,
    publish_layer,
    remove_layer,
    send_back_layer,
    undo_import,
)

__all__ = ["show_actions"]

_OWN: Final = "This layer is your own: another reviewer has to publish it."
_FIELDS: Final = ("title", "colour", "licence", "citation")
_MOST_IN_LINE: Final = 500
_MOST_IN_CITATION: Final = 5_000


def show_actions(layer: StoredLayer, person: Person) -> None:
    """Draw what the person may do with a stored layer.

    Parameters
    ----------
    layer
        The layer as it is looked at.
    person
        Who looks.
    """
    mode = runtime().mode
    if not may_change(layer, person, mode):
        return
    reviews, is_draft = may(person, Right.REVIEW, mode), layer.state is LayerState.DRAFT
    if reviews and is_draft:
        _decide(layer, person)
    with st.container(horizontal=True, gap="small", key="layer_actions"):
        if reviews and not is_draft:
            with st.popover("Take off the map", icon=":material/reply:", key=f"layer_hide_{layer.id}"):
                _hide(layer, person)
        with st.popover("Describe", icon=":material/edit:", key=f"layer_describe_{layer.id}"):
            _describe(layer, person)
        if layer.can_undo:
            with st.popover("Undo the last import", icon=":material/undo:", key=f"layer_undo_{layer.id}"):
                _undo(layer, person)
        with st.popover("Remove", icon=":material/delete:", key=f"layer_remove_{layer.id}"):
            _remove(layer, person)


def _decide(layer: StoredLayer, person: Person) -> None:
    if layer.author_id == person.id and not person.is_local:
        st.info(_OWN, icon=":material/person_off:")
        return
    field = f"layer_why_{layer.id}"
    ask_why(field, placeholder="What you looked at, or what has to be mended")

    def publish(once: str) -> None:
        publish_layer(
            runtime().store, person, layer.id, why=reason(field), operation_id=once, number=layer.number
        )

    with st.container(horizontal=True, gap="small"):
        _button(
            "Publish", "check", f"publish {layer.id} {layer.number}", publish,
            f"{layer.about.title}: everybody sees it on the map.", primary=True,
        )  # fmt: skip
        _send_back(layer, person, field, "Send back")


def _hide(layer: StoredLayer, person: Person) -> None:
    st.markdown("It becomes a draft again: nobody sees it but its author and reviewers. Nothing is lost.")
    field = f"layer_hide_why_{layer.id}"
    ask_why(field)
    _send_back(layer, person, field, "Take it off")


def _send_back(layer: StoredLayer, person: Person, field: str, label: str) -> None:
    def back(once: str) -> None:
        send_back_layer(runtime().store, person, layer, why=reason(field), operation_id=once)

    _button(
        label, "reply", f"send back {layer.id} {layer.number} {layer.state}", back,
        f"{layer.about.title}: given back to {layer.author}; it is a draft.",
    )  # fmt: skip


def _button(
    label: str, icon: str, name: str, act: Callable[[str], object], done: str, *, primary: bool = False
) -> None:
    def acted(once: str) -> None:
        act(once)
        runtime().refresh()

    wish_button(
        label,
        name,
        acted,
        done,
        icon=f":material/{icon}:",
        key="layer_" + label.lower().replace(" ", "_"),
        type="primary" if primary else "secondary",
    )


def _describe(layer: StoredLayer, person: Person) -> None:
    about = layer.about
    # Another import, or another hand, and the fields begin anew.
    keys = {name: f"layer_{name}_{layer.id}_{layer.number}_{hash(about)}" for name in _FIELDS}
    st.text_input("Title", about.title, key=keys["title"], max_chars=_MOST_IN_LINE)
    st.color_picker("Colour of its marks", about.colour, key=keys["colour"])
    st.text_input("Licence", about.licence, key=keys["licence"], max_chars=_MOST_IN_LINE)
    st.text_area("How to cite it", about.citation, key=keys["citation"], max_chars=_MOST_IN_CITATION)

    def describe(once: str) -> None:
        described = {name: reason(key) for name, key in keys.items()}
        describe_layer(runtime().store, person, layer, operation_id=once, **described)

    _button("Save", "save", f"describe {layer.id} {hash(about)}", describe, "The layer is described anew.")


def _undo(layer: StoredLayer, person: Person) -> None:
    st.markdown(
        "The layer is again what it was before its last import. If that was its first, the layer is gone."
    )
    field = f"layer_undo_why_{layer.id}"
    ask_why(field, needed=False)

    def undo(once: str) -> None:
        undo_import(
            runtime().store, person, layer.id, why=reason(field), operation_id=once, number=layer.number
        )

    _button("Undo it", "undo", f"undo {layer.id} {layer.number}", undo, "The import is taken back.")


def _remove(layer: StoredLayer, person: Person) -> None:
    st.markdown(
        "All its records leave map, tables and files at once, and for good. "
        "What was promoted into the atlas stays there."
    )
    field = f"layer_remove_why_{layer.id}"
    ask_why(field, needed=False)

    def remove(once: str) -> None:
        remove_layer(
            runtime().store, person, layer.id, why=reason(field), operation_id=once, number=layer.number
        )

    _button(
        "Remove the layer", "delete", f"remove {layer.id} {layer.number}", remove,
        f"{layer.about.title} is removed.", primary=True,
    )  # fmt: skip
