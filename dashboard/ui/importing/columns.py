"""The columns of a table, each with samples and what it becomes, and the mapping as a file."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.errors import AtlasError, MappingError
from dashboard.importers.mapping import Mapping, mapping_from_yaml
from dashboard.importers.mapping.columns import FIELDS, KEPT, assign, fields_of, turn_into
from dashboard.ui.importing.choices import show_choices, show_constants, show_questions
from dashboard.ui.importing.desk import Desk, ReadTable, show_in
from dashboard.ui.words import as_html, plain

__all__ = ["show_columns"]

_SAMPLES: Final = 3
_LONGEST: Final = 60
_A_PAGE: Final = 15
_KEPT_WORDS: Final = "Kept beside it, as written"
_SEVERAL: Final = "; "
_TYPES: Final = {"event": "Events: something happened", "site": "Sites: something stands there"}
_MOST_MB: Final = 1
_WITH_POINTS: Final = frozenset(
    {"geojson", "kml", "kmz", "gpx", "gpkg", "shapefile", "flatgeobuf", "geoparquet"}
)


def show_columns(desk: Desk, read: ReadTable) -> None:
    """Draw what each column becomes.

    Parameters
    ----------
    desk
        The table and its mapping, which is changed.
    read
        The table.
    """
    _show_origin(read)
    # Another key, another fold: once it was looked at, what would be imported is what to see.
    fresh = desk.is_fresh()
    fold = st.expander(
        "Columns and how they are read",
        expanded=not fresh,
        key=desk.key(f"fold_{'done' if fresh else 'open'}"),
        icon=":material/view_column:",
    )
    with fold:
        _show_type(desk, read)
        names = read.raw.columns
        fields = fields_of(desk.mapping, names)
        for name in _page_of(desk, names):
            _show_column(desk, read, name, names.index(name), fields[name])
        if read.raw.format in _WITH_POINTS and not desk.mapping.point.columns:
            st.caption("The points are those of the file's own geometry.")
        show_constants(desk)
        show_choices(desk)
    show_questions(desk)
    _show_file(desk, read)


def _show_origin(read: ReadTable) -> None:
    if read.warning:
        st.warning(plain(read.warning), icon=":material/report:")
    st.markdown(plain(read.known))
    preset = read.preset
    if preset is None:
        return
    if not preset.on_map:
        st.info(plain(preset.refusal), icon=":material/location_off:")
    with st.expander("What to know about this dataset", icon=":material/menu_book:"):
        for words in (preset.licence, f"Cite: {preset.citation}", *preset.notes):
            st.caption(plain(words))


def _show_type(desk: Desk, read: ReadTable) -> None:
    key = desk.key("type")

    def choose() -> None:
        desk.mapping = turn_into(desk.mapping, str(st.session_state[key]), read.values)

    show_in(key, desk.mapping.record_type)
    st.segmented_control(
        "What a row is",
        list(_TYPES),
        key=key,
        format_func=_TYPES.__getitem__,
        required=True,
        on_change=choose,
    )


def _page_of(desk: Desk, names: tuple[str, ...]) -> Sequence[str]:
    pages = -(-len(names) // _A_PAGE)
    if pages < 2:  # noqa: PLR2004  # one page needs no numbers
        return names
    at = st.pagination(pages, key=desk.key("page"))
    return names[(at - 1) * _A_PAGE : at * _A_PAGE]


def _show_column(desk: Desk, read: ReadTable, name: str, number: int, fields: tuple[str, ...]) -> None:
    left, right = st.columns([3, 2], vertical_alignment="center", gap="small")
    samples = [_shortened(text) for text in dict.fromkeys(read.values[name])][:_SAMPLES]
    shown = " · ".join(f"<bdi>{as_html(text)}</bdi>" for text in samples) or "<i>nothing in it</i>"
    left.html(f'<div class="im-column"><bdi>{as_html(name)}</bdi><span>{shown}</span></div>')
    key = desk.key(f"column_{number}")
    now = _SEVERAL.join(fields)
    options = [KEPT, *([now] if len(fields) > 1 else []), *FIELDS]

    def choose() -> None:
        chosen = str(st.session_state[key])
        # As it is by now: two choices may come before one drawing.
        if chosen != _SEVERAL.join(fields_of(desk.mapping, read.raw.columns)[name]):
            desk.mapping = assign(desk.mapping, name, chosen, read.values)

    show_in(key, now)
    right.selectbox(
        f"What {name} becomes",
        options,
        key=key,
        format_func=_field_words,
        on_change=choose,
        label_visibility="collapsed",
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _field_words(fields: str) -> str:
    if fields == KEPT:
        return _KEPT_WORDS
    return " and ".join(FIELDS[one] for one in fields.split(_SEVERAL))


def _show_file(desk: Desk, read: ReadTable) -> None:
    """Let the mapping be kept as a file, and taken from one."""
    key = desk.key("mapping")

    def load() -> None:
        upload = st.session_state.get(key)
        if upload is None:
            return
        try:
            desk.mapping = _mapping_of(upload.getvalue(), upload.name, read.raw.columns)
        except AtlasError as error:
            st.session_state["outcome_failed"] = str(error)
        else:
            st.session_state["outcome_said"] = f"The columns are read as {upload.name} says."

    with st.expander("Keep these choices as a file, or take them from one", icon=":material/save:"):
        st.caption(
            "A mapping file reads the next edition of the table in the same way, here and in a terminal."
        )
        st.download_button(
            "Download the mapping",
            data=desk.yaml().encode(),
            file_name=f"{read.about.id}.yaml",
            mime="application/yaml",
            key=desk.key("download_mapping"),
            icon=":material/download:",
            on_click="ignore",
        )
        st.file_uploader(
            "A mapping file", type=["yaml", "yml"], key=key, on_change=load, max_upload_size=_MOST_MB
        )


def _mapping_of(source: bytes, name: str, columns: tuple[str, ...]) -> Mapping:
    try:
        mapping = mapping_from_yaml(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MappingError([f"{name} is no text in UTF-8"]) from error
    if missing := mapping.missing(columns):
        raise MappingError([f"the table has no column {column!r}" for column in missing])
    return mapping
