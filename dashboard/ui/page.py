"""What every page starts with: the address, the looks, the atlas as its visitor may see it."""

from dataclasses import replace
from importlib.resources import files

import streamlit as st

from dashboard.domain.access import Person, Right, require
from dashboard.errors import PermissionDeniedError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.components import focus_component
from dashboard.ui.person import current_person
from dashboard.ui.pinned import pinned_view
from dashboard.ui.wishes import show_outcome
from dashboard.ui.words import plain
from dashboard.workflows.sharing.link import actor_names

__all__ = ["open_page", "person_who_may"]


def open_page(name: str, title: str = "") -> AtlasView:
    """Begin a page.

    Parameters
    ----------
    name
        Name of the page, as its address has it.
    title
        Heading, empty for none.

    Returns
    -------
    AtlasView
        The atlas, as whoever looks at the page may see it.
    """
    st.html(f"<style>{files('dashboard.ui').joinpath('page.css').read_text(encoding='utf-8')}</style>")
    focus_component()(key="focus", height="content")
    atlas = runtime()
    view = atlas.view(atlas.audience_of(current_person()))
    address.sync(name, lambda: actor_names(view.library()))
    if title:
        st.title(title, anchor=False)
    # Always there, so that a message that comes or goes lets everything below stand as it is.
    with st.container(key="outcome"):
        show_outcome()
        _show_ignored()
    return pinned_view(name, view)


def _show_ignored() -> None:
    if said := address.ignored():
        with st.container(horizontal=True, vertical_alignment="center", key="ignored"):
            st.info(plain(" ".join(said)), icon=":material/link_off:")
            st.button("Good", key="dismiss_ignored", on_click=address.dismiss_ignored)


def person_who_may(right: Right, *, while_away: bool = False) -> Person | None:
    """Give who looks at a page that not everybody may use.

    Parameters
    ----------
    right
        What the page is for. What a step of it writes is asked again by its workflow.
    while_away
        Whether the page stays while the store is silent, because something typed stands on it.

    Returns
    -------
    Person or None
        None when the person may not use it; the page has said so then.
    """
    person = current_person()
    asked = replace(person, scopes=None) if while_away and person.remembered else person
    try:
        require(asked, right)
    except PermissionDeniedError as error:
        st.warning(plain(str(error)), icon=":material/lock:")
        return None
    return person
