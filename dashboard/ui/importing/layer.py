"""What the layer is called, under which terms it is, and in which colour it is drawn."""

from dataclasses import replace

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.runtime import runtime
from dashboard.store.layers.layer import LayerAbout, StoredLayer
from dashboard.ui.importing.desk import Desk, ReadTable
from dashboard.ui.importing.steps import stored_layer
from dashboard.ui.words import plain
from dashboard.workflows.layers.review import may_import
from dashboard.workflows.views.datasets import short_name

__all__ = ["named_layer", "show_layer"]

_MOST_LINE = 500
_MOST_TEXT = 4_000


def show_layer(desk: Desk, read: ReadTable, person: Person) -> LayerAbout | None:
    """Draw what is known of the layer besides its rows.

    Parameters
    ----------
    desk
        The table.
    read
        The table as it was read.
    person
        Who imports.

    Returns
    -------
    LayerAbout or None
        None when it cannot be imported under this name; the page has said why.
    """
    st.subheader("Layer", anchor=False)
    about = read.about
    first, second, third = st.columns([5, 4, 1], vertical_alignment="bottom")
    first.text_input("Title", about.title, key=desk.key("title"), max_chars=_MOST_LINE)
    second.text_input(
        "Short name",
        about.id,
        key=desk.key("name"),
        max_chars=40,
        help="Small letters, digits and hyphens. Importing under it again replaces the layer's rows.",
    )
    third.color_picker("Colour", about.colour, key=desk.key("colour"))
    left, right = st.columns(2)
    left.text_input(
        "Licence",
        about.licence,
        key=desk.key("licence"),
        max_chars=_MOST_LINE,
        placeholder="Such as CC BY 4.0",
    )
    right.text_input(
        "How to cite it",
        about.citation,
        key=desk.key("citation"),
        max_chars=_MOST_TEXT,
        placeholder="Who made it, when, where it stands",
    )
    try:
        said = named_layer(desk, read, person)
        _show_before(stored_layer(runtime().store, said.id), said)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/edit:")
        return None
    return said


def named_layer(desk: Desk, read: ReadTable, person: Person) -> LayerAbout:
    """Give what the layer is called and so on, as it stands in the fields now.

    Parameters
    ----------
    desk
        The table.
    read
        The table as it was read.
    person
        Who imports.

    Returns
    -------
    LayerAbout
        Of the layer.

    Raises
    ------
    AtlasError
        It cannot be imported under this name.
    """
    fields = ("title", "name", "colour", "licence", "citation")
    title, name, colour, licence, citation = (
        str(st.session_state[desk.key(field)] or "").strip() for field in fields
    )
    said = replace(
        read.about,
        id=short_name(name).strip("-"),
        title=title,
        colour=colour.upper(),
        licence=licence,
        citation=citation,
        mapping=desk.yaml(),
        file_name=read.raw.name,
        sha256=read.raw.sha256,
    )
    may_import(runtime().store, person, said.id)
    return said


def _show_before(before: StoredLayer | None, said: LayerAbout) -> None:
    if before is None:
        return
    when = f"{before.at[:10]} by {before.who}"
    if before.about.sha256 == said.sha256:
        st.caption(plain(f"This very file was imported into this layer on {when}."))
    else:
        words = f"Takes the place of the {before.rows:,} rows that were imported into this layer on {when}."
        st.caption(plain(words))
