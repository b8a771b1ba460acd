"""The log of changes: newest first, a page at a time, each with its reason and what it changed."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard.runtime import AtlasView
from dashboard.ui.words import plain
from dashboard.workflows.versions.change_log import (
    KINDS,
    FieldChange,
    LogFilter,
    LoggedChange,
    select_changes,
)
from dashboard.workflows.versions.published import day_words

__all__ = ["show_log"]

_PAGE: Final = 20
_WIDE: Final = 340  # CSS pixels
_NARROW: Final = 160
# Without them Streamlit takes no day but those of ten years around today.
_FIRST_DAY: Final = date(1970, 1, 1)
_LAST_DAY: Final = date(2100, 12, 31)
_ANYTHING: Final = "anything"
_COLOURS: Final = {
    "added": "green", "restored": "green", "changed": "blue", "merged": "orange", "deleted": "red",
}  # fmt: skip
_OPENS: Final = {"st": "atlas", "ev": "atlas", "ac": "actors"}
_FEW_FIELDS: Final = 4
_MOST_FIELDS: Final = 60
_MOST_OF_CELL: Final = 400
_PARTS: Final = {"lo": "place", "ss": "status", "ci": "citation"}


def show_log(atlas: AtlasView) -> None:
    """Draw the filters, the changes that pass them, and where to subscribe.

    Parameters
    ----------
    atlas
        The atlas as whoever looks at the page may see it.
    """
    log = atlas.change_log()
    wanted = _filters()
    found = select_changes(log, wanted)
    number = _head(len(found), wanted)
    if not found:
        since = f" since {day_words(atlas.published.at)}" if atlas.published.at and not log else ""
        words = "No change matches." if log else f"Nothing has changed{since}."
        st.info(words, icon=":material/search_off:" if log else ":material/history:")
        return
    for place, one in enumerate(found[(number - 1) * _PAGE : number * _PAGE]):
        _entry(one, atlas, f"{number}_{place}")


def _filters() -> LogFilter:
    # In one row that breaks where a screen is narrow, so that the first change is seen without scrolling.
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="change_filters"):
        record = st.text_input(
            "Record",
            key="of",
            bind="query-params",
            placeholder="id, or name in any script or spelling",
            width=_WIDE,
        )
        kind = st.selectbox(
            "What was done", (_ANYTHING, *KINDS), key="change", bind="query-params", width=_NARROW
        )
        since, until = (
            st.date_input(
                title,
                value=None,
                min_value=_FIRST_DAY,
                max_value=_LAST_DAY,
                key=key,
                bind="query-params",
                format="YYYY-MM-DD",
                width=_NARROW,
            )
            for title, key in (("From", "since"), ("To", "until"))
        )
    return LogFilter(record.strip(), "" if kind == _ANYTHING else str(kind), _day(since), _day(until))


def _day(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else ""


def _head(count: int, wanted: LogFilter) -> int:
    """Draw the choice of a page, and where to have the same as a file; give the page."""
    pages = -(-count // _PAGE)
    given = {"of": wanted.record, "change": wanted.kind, "since": wanted.since, "until": wanted.until}
    asked = urlencode({name: value for name, value in given.items() if value})
    query = f"?{asked}" if asked else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="change_files"):
        # Other changes are another list, which begins at its beginning.
        number = st.pagination(pages, key=f"changes_page_{count}") if pages > 1 else 1
        st.caption(f"{count:,} change{'s' if count != 1 else ''}", width="content")
        st.link_button("Table (CSV)", f"/changes.csv{query}", icon=":material/table:", type="tertiary")
        st.link_button(
            "Subscribe (Atom)", f"/changes.atom{query}", icon=":material/rss_feed:", type="tertiary"
        )
    return int(number)


def _entry(one: LoggedChange, atlas: AtlasView, place: str) -> None:
    by = f" by {plain(one.who)}" if one.who else ""
    head = (
        f":{_COLOURS[one.kind]}-badge[{one.kind}] **{plain(one.name)}**  \n"
        f":small[{_when_words(one)}{by} · `{one.record_id}` · version `{one.version}`]"
    )
    parts = [head]
    if one.why:
        parts.append(f"*{plain(one.why)}*")
    is_told = one.kind in ("changed", "restored")
    if is_told and len(one.fields) <= _FEW_FIELDS:
        parts.append(_lines(one.fields, _change_words))
    with st.container(border=True, key=f"change_{place}", gap="small"):
        st.markdown("\n\n".join(parts))
        if is_told and len(one.fields) > _FEW_FIELDS:
            with st.expander(f"{len(one.fields)} fields"):
                st.markdown(_lines(one.fields, _change_words))
        elif one.kind in ("deleted", "merged"):
            with st.expander("What was there"):
                st.markdown(_lines(one.fields, _before_words))
        _links(one, atlas, place)


def _when_words(one: LoggedChange) -> str:
    published = f"{day_words(one.at)}, {one.at[11:16]} UTC"
    if not one.brought:
        return published
    return f"{plain(day_words(one.when))}, published with a package on {published}"


def _lines(fields: Iterable[FieldChange], words: Callable[[FieldChange], str]) -> str:
    given = tuple(fields)
    lines = [f"- {words(field)}" for field in given[:_MOST_FIELDS]]
    if len(given) > _MOST_FIELDS:
        lines.append(f"- … and {len(given) - _MOST_FIELDS} more; the table (CSV) has them all")
    return "\n".join(lines)


def _change_words(field: FieldChange) -> str:
    part = _PARTS.get(field.row_id[:2], "")
    if field.field == "id":
        what = part or field.table.removesuffix("s")
        return f"{what} `{field.row_id}` {'was taken away' if field.before else 'was added'}"
    before = f":red[{_cell(field.before)}]" if field.before else "*nothing*"
    after = f":green[{_cell(field.after)}]" if field.after else "*nothing*"
    return f"{_label(field)}: {before} → {after}"


def _before_words(field: FieldChange) -> str:
    return f"{_label(field)}: {_cell(field.before)}"


def _label(field: FieldChange) -> str:
    part = _PARTS.get(field.row_id[:2], "")
    return f"**{part + ' ' if part else ''}{plain(field.field.replace('_', ' '))}**"


def _cell(text: str) -> str:
    more = "…" if len(text) > _MOST_OF_CELL else ""
    return plain(text[:_MOST_OF_CELL]) + more


def _links(one: LoggedChange, atlas: AtlasView, place: str) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"change_links_{place}"):
        for record_id, label in ((one.record_id, "Open"), (one.into, "Open what it was merged into")):
            page = _OPENS.get(record_id[:2])
            if page and record_id in atlas.library().evidence:
                st.page_link(
                    f"app_pages/{page}.py",
                    label=label,
                    icon=":material/open_in_new:",
                    query_params={"record": record_id},
                )
        if st.session_state.get("of") != one.record_id:
            st.button(
                "All changes of it",
                key=f"change_of_{place}",
                type="tertiary",
                icon=":material/filter_alt:",
                on_click=_only,
                args=(one.record_id,),
            )


def _only(record_id: str) -> None:
    st.session_state["of"] = record_id
