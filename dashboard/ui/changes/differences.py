"""Two versions side by side, and the list of the versions there are."""

from collections.abc import Sequence
from typing import Final

import pyarrow as pa
import streamlit as st

from dashboard.errors import BusyError, VersionGoneError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.pinned import version_words
from dashboard.ui.words import plain
from dashboard.workflows.versions.differences_between import (
    RowDifference,
    count_words,
    differences_between,
    differences_csv,
)
from dashboard.workflows.versions.published import PublishedVersion

__all__ = ["show_differences", "show_versions"]

_NOW: Final = ""
_MOST_OFFERED: Final = 500
_MOST_ROWS: Final = 1_000
_ROW: Final = 35
_MOST_SHOWN: Final = 16


def show_differences(atlas: AtlasView) -> None:
    """Draw the choice of two versions and what differs between them, field by field.

    Parameters
    ----------
    atlas
        The atlas as it is now, as whoever looks at the page may see it.
    """
    known = runtime().all_published()
    versions = {one.version: one for one in known[-_MOST_OFFERED:][::-1]}
    earlier = [name for name in versions if name != atlas.published.version]
    pinned = address.link().version
    left, right = st.columns(2)
    with left:
        before = _choose("From", "before", earlier, versions, pinned or next(iter(earlier), _NOW))
    with right:
        after = _choose("To", "after", [_NOW, *versions], versions, _NOW)
    if before == after or not before:
        st.info("There is one version only: nothing to compare." if not earlier else "Choose two versions.")
        return
    try:
        with st.spinner("Putting the versions together …", show_time=True):
            found = _compare(atlas, before, after)
    except VersionGoneError as error:
        st.warning(
            f"This atlas has no version {plain(error.version[:80])} to show you.",
            icon=":material/history_toggle_off:",
        )
        return
    except BusyError as error:
        st.warning(plain(str(error)), icon=":material/hourglass_empty:")
        return
    if not found:
        st.info("Between them nothing differs that you may see.", icon=":material/drag_handle:")
        return
    _table(found, before, after or atlas.published.version)


def show_versions(atlas: AtlasView) -> None:
    """Draw the versions that there are, with the way to each.

    Parameters
    ----------
    atlas
        The atlas as it is now, as whoever looks at the page may see it.
    """
    known = runtime().all_published()[::-1][:_MOST_ROWS]
    counts: dict[str, int] = {}
    for one in atlas.change_log():
        counts[one.version] = counts.get(one.version, 0) + 1
    st.caption("Choose a row to look at the atlas as it was then.")
    chosen = st.dataframe(
        pa.table(
            {
                "Since (UTC)": [f"{one.at[:10]} {one.at[11:19]}" for one in known],
                "Version": [one.version for one in known],
                "Records changed": [counts.get(one.version, 0) for one in known],
            }
        ),
        key=f"versions_table_{known[0].version if known else ''}",  # rows move when there is a newer one
        hide_index=True,
        height=_ROW * (min(len(known), _MOST_SHOWN) + 1) + 3,
        selection_mode="single-row",
        on_select="rerun",
        column_config={"Records changed": st.column_config.NumberColumn(width="small")},
        placeholder="",
        alt="Versions, newest first",
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(known):
        _ways(known[rows[0]])


def _ways(version: PublishedVersion) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"Version {version_words(version)}")
        st.page_link(
            "app_pages/atlas.py",
            label="Look at the atlas as it was",
            icon=":material/history:",
            query_params={"version": version.version},
        )
        st.button(
            "Differences to the present",
            key="version_differences",
            type="tertiary",
            icon=":material/difference:",
            on_click=_go_to_differences,
            args=(version.version,),
        )


def _go_to_differences(version: str) -> None:
    st.session_state["show"] = "Differences"
    st.query_params["before"] = version
    st.query_params.pop("after", None)


def _choose(
    label: str, name: str, offered: Sequence[str], versions: dict[str, PublishedVersion], otherwise: str
) -> str:
    wanted, key = st.query_params.get(name, otherwise), f"version_{name}"
    if st.session_state.get(key) != wanted:
        st.session_state[key] = wanted

    def adopt() -> None:
        st.query_params[name] = st.session_state[key]

    options = list(offered) if wanted in offered else [wanted, *offered]
    chosen = st.selectbox(
        label, options, key=key, on_change=adopt, format_func=lambda one: _version_label(one, versions)
    )
    return str(chosen or "")


def _version_label(name: str, versions: dict[str, PublishedVersion]) -> str:
    if not name:
        return "now"
    found = versions.get(name)
    return f"{found.at[:10]} {found.at[11:16]} UTC · {name}" if found else name


def _compare(atlas: AtlasView, before: str, after: str) -> tuple[RowDifference, ...]:
    old = runtime().view(atlas.audience, before)
    new = runtime().view(atlas.audience, after) if after else atlas
    key = ("differences", old.version)
    return new.library().memo.get(key, lambda: tuple(differences_between(old.tables(), new.tables())))


def _table(found: Sequence[RowDifference], before: str, after: str) -> None:
    rows = [(one, field) for one in found[:_MOST_ROWS] for field in one.fields][:_MOST_ROWS]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="difference_files"):
        st.markdown(f"**{count_words(found)}**")
        st.download_button(
            "Table (CSV)",
            data=lambda: "".join(differences_csv(found)),
            file_name=f"arsenal-atlas-{before}-{after}.csv",
            mime="text/csv",
            icon=":material/table:",
            type="tertiary",
            on_click="ignore",
        )
    if sum(len(one.fields) for one in found) > len(rows):
        st.caption(f"The first {len(rows):,} fields; the table (CSV) has them all.")
    st.dataframe(
        pa.table(
            {
                "What": [one.kind for one, _ in rows],
                "Row": [one.name or one.id for one, _ in rows],
                "Field": [field.field.replace("_", " ") for _, field in rows],
                "Before": [field.before for _, field in rows],
                "After": [field.after for _, field in rows],
                "Table": [one.table.replace("_", " ") for one, _ in rows],
                "Id": [one.id for one, _ in rows],
                "Of": [one.belongs_to for one, _ in rows],
            }
        ),
        hide_index=True,
        height=_ROW * (min(len(rows), _MOST_SHOWN) + 1) + 3,
        width="stretch",
        column_config={
            "Row": st.column_config.TextColumn(width="medium"),
            "Before": st.column_config.TextColumn(width="medium"),
            "After": st.column_config.TextColumn(width="medium"),
        },
        alt="Fields that differ, row by row",
    )
