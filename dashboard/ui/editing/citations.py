"""The citations of a record: which source says, or denies, which field, in which words."""

from collections.abc import Sequence
from dataclasses import fields as dataclass_fields
from typing import Final

import streamlit as st

from dashboard.domain.cells import write_cells
from dashboard.domain.records import Actor, Event, Location, Site
from dashboard.errors import DraftProblem
from dashboard.ui.editing.desk import Desk
from dashboard.ui.editing.fields import Fields
from dashboard.ui.record_card import source_link
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_differences import field_label
from dashboard.workflows.editing.dossier_form import Cells
from dashboard.workflows.views.evidence import Library

__all__ = ["citation_words", "edit_citations", "source_is_new"]

_NEW: Final = "+"
_SAID: Final = 80
_RECORDS: Final = {"sites": Site, "events": Event, "actors": Actor}
_PLACE_FIELDS: Final = tuple(f.name for f in dataclass_fields(Location) if f.name not in ("id", "record_id"))


def edit_citations(desk: Desk, library: Library, problems: Sequence[DraftProblem]) -> None:
    """Draw the citations of the record with their sources.

    Parameters
    ----------
    desk
        The desk.
    library
        All records, with the sources to choose from.
    problems
        What is wrong with the draft.
    """
    rows = desk.form.rows["citations"]
    if not rows:
        st.info("No source yet. A record needs one that supports it.", icon=":material/menu_book:")
    for row in rows:
        # Each has a list of all sources: only those that are open are drawn.
        section = st.expander(
            citation_words(desk, row["id"], library),
            expanded=not row["source_id"] or source_is_new(row, library),
            key=f"citation_{desk.key}_{row['id']}",
            on_change="rerun",
        )
        if section.open:
            with section:
                _citation(desk, Fields(desk, "citations", row, problems), library, problems)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Add a citation", icon=":material/add:", on_click=_add, args=(desk,), key="edit_add_citation"
        )


def _add(desk: Desk) -> None:
    desk.form.add("citations")
    desk.touch()


def source_is_new(row: Cells, library: Library) -> bool:
    """Say whether a citation brings a source that the atlas does not have yet.

    Parameters
    ----------
    row
        Cells of the citation.
    library
        All records.

    Returns
    -------
    bool
        True when the source is part of the draft only.
    """
    return bool(row["source_id"]) and row["source_id"] not in library.sources


def citation_words(desk: Desk, citation_id: str, library: Library) -> str:
    """Say in a line what a citation is.

    Parameters
    ----------
    desk
        The desk.
    citation_id
        Id of the citation.
    library
        All records, for the names of sources.

    Returns
    -------
    str
        Markdown.
    """
    row = desk.form.row("citations", citation_id) or {}
    source = library.sources.get(row.get("source_id", ""))
    own = desk.form.row("sources", row.get("source_id", "")) or {}
    who = source.publisher if source else own.get("publisher", "")
    what = (source.title if source else own.get("title", "")) or row.get("quote", "")
    field = field_label(row["field"]).lower() if row.get("field") else "the record"
    verb = "against" if row.get("stance") == "contradicts" else "on"
    said = f": {what[:_SAID]}{'…' if len(what) > _SAID else ''}" if what else ""
    return plain(f"{who or 'No source yet'}{said} ({verb} {field})")


def _citation(desk: Desk, fields: Fields, library: Library, problems: Sequence[DraftProblem]) -> None:
    row = fields.row
    left, right = st.columns([6, 1], vertical_alignment="bottom")
    with left:
        _choose_source(desk, fields, library)
    right.button(
        "✕",
        key=desk.key_of(row, "remove"),
        help="Take this citation out",
        type="tertiary",
        on_click=_remove,
        args=(desk, row["id"]),
    )
    citing = next(one["id"] for one in desk.form.rows["citations"] if one["source_id"] == row["source_id"])
    if citing == row["id"]:  # a source that several citations share has its fields once
        _source(desk, row["source_id"], library, problems)
    first, second, third = st.columns(3)
    fields.choice(first, "stance", {"supports": "supports it", "contradicts": "says otherwise"})
    fields.choice(second, "field", _fields_of(desk, row["record_id"]), "On which field")
    fields.code(third, "confidence", "confidences")
    if row["stance"] == "contradicts" or row["value_as_stated"]:
        fields.text(st.container(), "value_as_stated", max_chars=2_000)
    fields.area(st.container(), "quote", "Quote, word for word", height=70)
    first, second, third = st.columns(3)
    fields.text(first, "locator", placeholder="page, paragraph, minute")
    fields.date(second, "retrieved")
    about = {desk.form.record_id: "the record"} | {
        place["id"]: f"the place {place['place_as_written'] or place['id']}"
        for place in desk.form.rows["locations"]
    }
    about |= {one["id"]: f"the status {one['status']} {one['date']}" for one in desk.form.rows["site_status"]}
    fields.choice(third, "record_id", about, "Speaks of")
    fields.say(st.container(), "")


def _fields_of(desk: Desk, about: str) -> dict[str, str]:
    table = desk.form.table
    columns = [f.name for f in dataclass_fields(_RECORDS[table]) if f.name != "id"]
    if about != desk.form.record_id:
        columns = list(_PLACE_FIELDS) if about.startswith("lo-") else ["status", "date", "note"]
    else:
        columns += _PLACE_FIELDS
        columns += ["status", "date"] if table == "sites" else []
    return {"": "the whole record"} | {column: field_label(column) for column in dict.fromkeys(columns)}


def _choose_source(desk: Desk, fields: Fields, library: Library) -> None:
    row = fields.row
    own = [one["id"] for one in desk.form.rows["sources"] if one["id"] not in library.sources]

    def words(source_id: str) -> str:
        if source_id == _NEW:
            return "+ a source the atlas does not have"
        found = library.sources.get(source_id)
        cells = desk.form.row("sources", source_id)
        if found is None and cells is None:
            return "choose …"
        publisher = found.publisher if found else (cells or {})["publisher"]
        title = found.title if found else (cells or {})["title"]
        return f"{publisher or 'new source'}{f': {title}' if title else ''}"

    known = fields.narrowed(st.container(), "source_id", list(library.sources), words, "source")
    key = desk.key_of(row, "source_id")
    st.session_state.setdefault(key, row["source_id"])
    now = [] if row["source_id"] in known or row["source_id"] in own else [row["source_id"]]
    st.selectbox(
        "Source",
        [*now, _NEW, *own, *known],
        format_func=words,
        key=key,
        on_change=_take_source,
        args=(desk, row["id"], key, library),
    )
    fields.say(st.container(), "source_id")


def _take_source(desk: Desk, row_id: str, key: str, library: Library) -> None:
    row = desk.form.row("citations", row_id)
    chosen = str(st.session_state.get(key) or "")
    if row is None:
        return
    if chosen == _NEW:
        # The field alone: somebody may be typing into another one of the citation already.
        chosen = st.session_state[key] = desk.form.add("sources")
    elif chosen in library.sources and desk.form.row("sources", chosen) is None:
        desk.form.rows["sources"].append(write_cells(library.sources[chosen]))
    row["source_id"] = chosen
    desk.touch()


def _source(desk: Desk, source_id: str, library: Library, problems: Sequence[DraftProblem]) -> None:
    found = library.sources.get(source_id)
    if found is not None:
        when = f" · {plain(found.published.text)}" if found.published.text else ""
        st.caption(f"{source_link(found.title or found.publisher, found.url)}{when}")
        return
    cells = desk.form.row("sources", source_id)
    if cells is None:
        return
    with st.container(border=True):
        st.caption("A new source; it is published together with this record.")
        fields = Fields(desk, "sources", cells, problems)
        first, second = st.columns(2)
        fields.text(first, "publisher", placeholder="who publishes it")
        fields.text(second, "title")
        fields.text(first, "url", max_chars=2_000, placeholder="https://…")
        fields.code(second, "kind", "source_kinds")
        fields.date(first, "published")
        fields.text(second, "language", "Language, two letters", max_chars=2, placeholder="fr")
        fields.text(first, "archived_at", max_chars=2_000, placeholder="https://web.archive.org/…")


def _remove(desk: Desk, row_id: str) -> None:
    desk.form.remove("citations", row_id)
    for status in desk.form.rows["site_status"]:
        if status["citation_id"] == row_id:
            status["citation_id"] = ""
            desk.turn(status["id"])
    desk.touch()
