"""Records of a layer that may be the same fact as another, side by side with why; a person decides."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.domain.date_words import date_words
from dashboard.domain.records import Event, Site
from dashboard.domain.vocabulary import label
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui import address
from dashboard.ui.readings import as_read, forget_readings
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.layers.promote import add_source
from dashboard.workflows.layers.twins import Twin, cited_pairs, open_twins, tell_apart, told_apart
from dashboard.workflows.views.datasets import Dataset, join_record
from dashboard.workflows.views.evidence import Library

__all__ = ["show_twins"]

_PAGE: Final = 5
_ATLAS: Final = ""


def show_twins(dataset: Dataset, others: tuple[Dataset, ...], atlas: AtlasView, person: Person) -> None:
    """Draw them.

    Parameters
    ----------
    dataset
        The layer.
    others
        Other layers that the person may see.
    atlas
        The atlas, as the person may see it.
    person
        Who looks.
    """
    titles = {_ATLAS: "the atlas"} | {one.layer: one.title for one in others if one.layer != dataset.layer}
    beside = st.selectbox(
        "Compare with", list(titles), format_func=titles.__getitem__, key=f"twins_with_{dataset.layer}"
    )
    other = next((one for one in others if one.layer == beside), None)
    library = other.library if other else atlas.library()
    try:
        twins = _suggested(dataset, other, atlas)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if not twins:
        st.success(
            f"No record of it looks like one of {plain(titles[beside])} that nobody has decided about.",
            icon=":material/task_alt:",
        )
        return
    st.caption(
        f"{len(twins):,} to look at: the same name in the same time, or the same kind, time and region. "
        "Nothing is merged by itself."
    )
    pages = -(-len(twins) // _PAGE)
    page = st.pagination(pages, key=f"twins_page_{dataset.layer}_{beside}") if pages > 1 else 1
    for twin in twins[(page - 1) * _PAGE : page * _PAGE]:
        with st.container(border=True, key=f"twin_{twin.layer_record}_{twin.record}"):
            _pair(twin, dataset, other, library, atlas, person)


def _suggested(dataset: Dataset, other: Dataset | None, atlas: AtlasView) -> tuple[Twin, ...]:
    apart = as_read("told_apart", dataset.layer, lambda: told_apart(runtime().store, dataset.layer))
    frames = other.frames if other else atlas.frames()
    prefix = join_record(other.layer, "") if other else ""
    with st.spinner("Comparing …"):
        found = open_twins(dataset, frames, prefix, apart)
    if other is not None:
        return found
    cited = cited_pairs(dataset, found, atlas.library())
    return tuple(one for one in found if (one.layer_record, one.record) not in cited)


def _pair(  # noqa: PLR0917  # two records, where each is from, who looks
    twin: Twin, dataset: Dataset, other: Dataset | None, library: Library, atlas: AtlasView, person: Person
) -> None:
    st.markdown(f"**{plain(twin.reason)}**")
    left, right = st.columns(2, gap="medium")
    with left:
        _side(
            dataset.library, twin.layer_record, dataset.title, join_record(dataset.layer, twin.layer_record)
        )
    with right:
        where = join_record(other.layer, twin.record) if other else twin.record
        _side(library, twin.record, other.title if other else "The atlas", where)
    if not may(person, Right.PROPOSE, runtime().mode):
        return
    with st.container(horizontal=True, gap="small"):
        if other is None and st.button(
            "The same fact: add as a source",
            icon=":material/link:",
            key=f"same_{twin.layer_record}_{twin.record}",
            help="Begins a draft of the atlas's record that cites the dataset too; a reviewer decides.",
        ):
            _add(twin, dataset, atlas, person)
        pair = (twin.layer_record, where)

        def apart(once: str) -> None:
            tell_apart(runtime().store, person, dataset.layer, pair, why="", operation_id=once)

        wish_button(
            "Not the same",
            f"apart {dataset.layer} {pair}",
            apart,
            "Kept: they are not the same.",
            icon=":material/call_split:",
            key=f"apart_{twin.layer_record}_{twin.record}",
        )


def _side(library: Library, record_id: str, origin: str, where: str) -> None:
    found = library.evidence.get(record_id)
    if found is None:
        st.markdown(plain(record_id))
        return
    record = found.record
    st.caption(plain(origin))
    lines = [f"**{plain(library.name(record_id))}**"]
    if isinstance(record, Event):
        lines.append(plain(f"{label('event_kinds', record.kind)}, {date_words(record.date)}"))
    elif isinstance(record, Site):
        statuses = [
            f"{label('site_statuses', one.status)}, {date_words(one.date)}" for one in found.statuses[-1:]
        ]
        lines.append(plain("; ".join([label("site_kinds", record.kind), *statuses])))
    places = dict.fromkeys(filter(None, (one.place_as_written for one in found.locations)))
    lines.append(plain(", ".join(places)) or "no place named")
    source = library.sources.get(found.citations[0].source_id) if found.citations else None
    if source is not None:
        lines.append(f":gray[{plain(source.title or source.publisher)}]")
    st.markdown("  \n".join(lines))
    st.button(
        "Open", key=f"open_{where}_{origin}", type="tertiary", on_click=address.select_record, args=(where,)
    )


def _add(twin: Twin, dataset: Dataset, atlas: AtlasView, person: Person) -> None:
    try:
        draft = add_source(
            runtime().store, person, dataset, twin.layer_record, to=twin.record, seen=atlas.seen
        )
    except AtlasError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    forget_readings()
    st.switch_page("app_pages/edit.py", query_params={"draft": draft.id})
