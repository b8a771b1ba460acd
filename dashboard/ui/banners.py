"""What everybody should know first: the atlas is read only, closed, out of touch, or not whole."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Mode, Person, Right, may
from dashboard.errors import StoreError
from dashboard.runtime import runtime
from dashboard.ui.words import plain
from dashboard.workflows.views.undrawn import not_drawn

__all__ = ["show_banners"]

_NAMED: Final = 10


def show_banners(person: Person) -> None:
    """Draw a line at the head of the page when the atlas is not as usual.

    Parameters
    ----------
    person
        Who looks at the page.
    """
    atlas = runtime()
    if (stale := atlas.stale) is not None:
        st.warning(plain(stale.sentence), icon=":material/cloud_off:")
    short = atlas.shortage
    if short is not None and (short.refuses or may(person, Right.PROPOSE)):
        st.warning(plain(short.sentence), icon=":material/hard_drive:")
    if atlas.mode is Mode.READ_ONLY:
        st.info(
            "The atlas is read only for now: drafts, reviews and decisions wait until it opens again.",
            icon=":material/lock:",
        )
    elif atlas.mode is Mode.MAINTENANCE:
        st.warning(
            "Maintenance: only admins see the atlas, and nothing is written but what they administer.",
            icon=":material/construction:",
        )
    _show_not_drawn(person)


def _show_not_drawn(person: Person) -> None:
    atlas = runtime()
    try:
        broken = atlas.view(atlas.audience_of(person)).broken
    except StoreError:
        return  # the page says what is wrong with the store
    if not broken:
        return
    words = plain(not_drawn(broken))
    if may(person, Right.REVIEW):
        named = "\n".join(f"- {plain(one.sentence)}" for one in broken[:_NAMED])
        rest = (
            f"\n- and {len(broken) - _NAMED} more: run `arsenal-atlas db verify`" if broken[_NAMED:] else ""
        )
        words = f"{words}\n{named}{rest}"
    st.warning(words, icon=":material/location_off:")
