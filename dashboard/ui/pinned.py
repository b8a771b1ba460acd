"""A link that names a version: the pages show that one, say so, and let nobody edit what is past."""

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.errors import BusyError, VersionGoneError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.words import plain
from dashboard.workflows.versions.published import PublishedVersion, day_words

__all__ = ["is_past", "pinned_view", "version_words"]

_IS_PAST: Final = "looks_at_past"
_MOST_IN_NAME: Final = 80
_EDITED: Final = ("articles", "geocoding", "review")
_PRESENT: Final = (*_EDITED, "about", "changes", "edit", "operations")


def is_past() -> bool:
    """Say whether this page shows a past version, in which nothing is edited.

    Returns
    -------
    bool
        True on pages of a link that names one.
    """
    return bool(st.session_state.get(_IS_PAST))


def version_words(version: PublishedVersion) -> str:
    """Name a version for people.

    Parameters
    ----------
    version
        The version.

    Returns
    -------
    str
        Markdown, such as ``1f0a… of 3 March 2026``.
    """
    of = f" of {day_words(version.at)}" if version.at else ""
    return f"`{version.version}`{of}" if version.version.isalnum() else plain(version.version) + of


def pinned_view(page: str, present: AtlasView) -> AtlasView:
    """Give the version that the address names, and say above the page which one it is.

    Parameters
    ----------
    page
        Name of the page.
    present
        The atlas as it is now, as whoever looks at the page may see it.

    Returns
    -------
    AtlasView
        The present where no version is named, where it cannot be shown, and on pages that only know that.
    """
    version = address.link().version
    st.session_state[_IS_PAST] = False
    # Always there, so that the map below keeps its place.
    with st.container(key="pinned"):
        if not version:
            return present
        if page in _PRESENT:
            _say_present(page, version)
            return present
        try:
            with st.spinner("Putting that version together …", show_time=True):
                view = runtime().view(present.audience, version)
        except VersionGoneError as error:
            _say_gone(error)
            return present
        except BusyError as error:
            _say_busy(error)
            return present
        if view.is_past:
            st.session_state[_IS_PAST] = True
            _say_past(view, present)
    return view


def _row(key: str) -> DeltaGenerator:
    return st.container(horizontal=True, gap="small", vertical_alignment="center", key=key)


def _say_past(view: AtlasView, present: AtlasView) -> None:
    with _row("pinned_past"):
        st.warning(
            f"You see version {version_words(view.published)}; the current one is "
            f"{version_words(present.published)}. Nothing can be edited in a past version.",
            icon=":material/history:",
        )
        st.page_link(
            "app_pages/changes.py",
            label="Differences",
            icon=":material/difference:",
            query_params={"show": "Differences", "before": view.published.version},
        )
        _go_to_present()


def _say_gone(error: VersionGoneError) -> None:
    with _row("pinned_gone"):
        st.warning(
            f"This atlas has no version {plain(error.version[:_MOST_IN_NAME])} to show you. "
            "You see it as it is now.",
            icon=":material/history_toggle_off:",
        )
        _go_to_present("Stay with the present")
    with _row("pinned_nearest"):
        for name in error.nearest:
            st.button(
                f"Version {name}", key=f"nearest_{name}", type="tertiary", on_click=_go_to, args=(name,)
            )


def _say_busy(error: BusyError) -> None:
    st.warning(f"{plain(str(error))}. You see the atlas as it is now.", icon=":material/hourglass_empty:")


def _say_present(page: str, version: str) -> None:
    if page == "edit":
        with _row("pinned_edit"):
            st.warning(
                f"You were looking at version {plain(version)}, which is past: only the present is edited.",
                icon=":material/edit_off:",
            )
            _go_to_present()
        st.stop()
    if page in _EDITED:
        st.info(
            "This page works with the present, not with the version of your link.", icon=":material/history:"
        )


def _go_to_present(label: str = "Go to the present") -> None:
    st.button(label, key="go_to_present", icon=":material/update:", on_click=_go_to, args=("",))


def _go_to(version: str) -> None:
    address.change(version=version)
