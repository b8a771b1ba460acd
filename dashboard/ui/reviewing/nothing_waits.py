"""What a reviewer reads when nothing waits: what comes here, from where, and the way there."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person

__all__ = ["show_nothing_waits"]

_LINK: Final = 110  # pixels
# page, its name, its sign, what it brings here
_FROM: Final = (
    (
        "edit",
        "Edit",
        "edit",
        "a record that somebody writes or corrects, or proposes to delete from its card",
    ),
    ("articles", "Articles", "newspaper", "facts found in a text, each with the words it was found in"),
    ("layers", "Layers", "layers", "records of imported tables that somebody proposes for the atlas"),
    ("import_data", "Import", "upload_file", "a table, which becomes a layer and is published there"),
)


def show_nothing_waits(person: Person) -> None:
    """Say what will be decided here, and lead to where it comes from.

    Parameters
    ----------
    person
        Who reviews.
    """
    with st.container(border=True, key="nothing_waits"):
        st.markdown("#### What comes here")
        st.markdown(
            "Drafts that were handed in and wait for a decision, oldest first. Each is shown beside what is "
            "published now, and is accepted, sent back or rejected. Nothing is published before that, and "
            + (
                "in this local session you decide alone: what you hand in yourself is published with it."
                if person.is_local
                else "nobody decides about a draft of their own."
            )
        )
        for page, name, icon, brings in _FROM:
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.page_link(f"app_pages/{page}.py", label=name, icon=f":material/{icon}:", width=_LINK)
                st.markdown(brings)
