"""What a layer is, and everything that was done with it."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.store.layers.layer import StoredLayer
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.layers.actions import show_actions
from dashboard.ui.layers.listing import ShownLayer
from dashboard.ui.layers.notes import lists_note
from dashboard.ui.readings import as_read
from dashboard.ui.words import plain
from dashboard.workflows.layers.finding import tally
from dashboard.workflows.layers.history import LayerStep, history_of, sent_back
from dashboard.workflows.views.datasets import Dataset

__all__ = ["show_about", "show_head", "show_large", "show_on_atlas"]

_ROW: Final = 35
_MOST_ROWS: Final = 10
_HASH: Final = 12
_WORDS: Final = {
    "import layer": "Import",
    "undo import": "Import taken back",
    "publish layer": "Published",
    "send back layer": "Sent back",
    "describe layer": "Described anew",
}
_WITHOUT_LICENCE: Final = "No licence is stated: ask the publisher before you pass it on."


def show_head(one: ShownLayer, dataset: Dataset, person: Person) -> None:
    """Draw what a reader wants to know first.

    Parameters
    ----------
    one
        The layer.
    dataset
        Its records.
    person
        Who looks.
    """
    records, placed, dated = tally(dataset.frames)
    badge = ":orange-badge[draft]" if one.is_draft else ":green-badge[published]"
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"#### {plain(one.title)} {badge}")
        rows = f" · {one.stored.rows:,} rows" if one.stored and one.stored.rows != records else ""
        st.markdown(f"**{records:,}** records · **{placed:,}** with a point · **{dated:,}** dated{rows}")
    with right:
        if one.stored is not None:
            st.markdown(_facts(one.stored, person))
            return
        st.markdown(f"**Licence** {plain(one.licence)}" if one.licence else _WITHOUT_LICENCE)
        st.caption("A data package that the settings of this atlas name; imported, not reviewed here.")


def show_large(one: ShownLayer) -> None:
    """Draw what is known of a layer that is never read whole.

    Parameters
    ----------
    one
        The layer.
    """
    with st.container(border=True, key="layer_head"):
        st.markdown(f"#### {plain(one.title)} :blue-badge[large]")
        st.markdown(f"**{one.large:,}** records on the map")
        st.markdown(f"**Licence** {plain(one.licence)}" if one.licence else _WITHOUT_LICENCE)
        if one.citation:
            st.markdown(f"**Cite** {plain(one.citation)}")
    st.info(
        "It is read by window and never whole: look at its records on the map, where a click opens one.",
        icon=":material/map:",
    )
    if note := lists_note(one.lists, one.layer):
        st.warning(
            f"{note} Until then a search by words reads single records, when you come near enough, and "
            "counts are not narrowed.",
            icon=":material/search_off:",
        )
    show_on_atlas(one)


def show_on_atlas(one: ShownLayer) -> None:
    """Draw the way to a layer on the map of the atlas.

    Parameters
    ----------
    one
        A layer that everybody sees.
    """
    st.page_link(
        "app_pages/atlas.py",
        label="See it on the atlas, in its own colour",
        icon=":material/map:",
        query_params={"layers": f"{one.layer},records"},
    )


def _facts(stored: StoredLayer, person: Person) -> str:
    about = stored.about
    lines = [f"**Licence** {plain(about.licence)}" if about.licence else _WITHOUT_LICENCE]
    if about.citation:
        lines.append(f"**Cite** {plain(about.citation)}")
    # Names of people and of their files are for those who work on the atlas.
    if may(person, Right.PROPOSE):
        source = f"**From** {plain(about.file_name)}" if about.file_name else ""
        by = f"**Imported** {plain(moment_words(stored.at))} by {plain(stored.who)}"
        begun = f", begun by {plain(stored.author)}" if stored.author != stored.who else ""
        read_as = f"**Read as** {plain(about.preset)}" if about.preset else ""
        lines += [line for line in (source, by + begun, read_as) if line]
    else:
        lines.append(f"**Imported** {plain(moment_words(stored.at))}")
    return "  \n".join(lines)


def show_about(one: ShownLayer, atlas: AtlasView, person: Person) -> None:
    """Draw what was done with a layer, and what the person may do with it.

    Parameters
    ----------
    one
        The layer.
    atlas
        The atlas, as the person may see it.
    person
        Who looks.
    """
    stored = one.stored
    if stored is None:
        st.info("It is read when the atlas starts; there is nothing to do here.", icon=":material/folder:")
        return
    coarse = atlas.audience.cell > 0
    anonymous = atlas.settings.anonymous_reading
    try:
        steps = as_read(
            "layer_history",
            (person.id, stored.id, stored.number),
            lambda: history_of(
                runtime().store, person, stored.id, coarse=coarse, anonymous_reading=anonymous
            ),
        )
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if one.is_draft and (back := sent_back(steps)) is not None and back.why:
        st.warning(f"{plain(back.who)} sent it back: *{plain(back.why)}*", icon=":material/reply:")
    show_actions(stored, person)
    st.markdown("**What was done with it**")
    _show_steps(steps, named=may(person, Right.PROPOSE))


def _show_steps(steps: Sequence[LayerStep], *, named: bool) -> None:
    moments = [step.at for step in steps]
    table: dict[str, Sequence[object]] = {
        "What": [_WORDS.get(step.action, step.action) for step in steps],
        "When": [moment[:16].replace("T", " ") for moment in moments],
        "Added": [step.added for step in steps],
        "Changed": [step.changed for step in steps],
        "Removed": [step.removed for step in steps],
        "Unchanged": [step.unchanged for step in steps],
    }
    if named:
        table |= {
            "Who": [step.who for step in steps],
            "Why": [step.why for step in steps],
            "File": [step.file for step in steps],
            "SHA-256": [step.sha256[:_HASH] for step in steps],
        }
    frame = pd.DataFrame(table).astype(dict.fromkeys(("Added", "Changed", "Removed", "Unchanged"), "Int64"))
    st.dataframe(
        frame,
        key="layer_history",
        hide_index=True,
        height=_ROW * (min(len(steps), _MOST_ROWS) + 1) + 3,
        column_config={"When": st.column_config.TextColumn(help="UTC")},
        placeholder="",
        alt="What was done with the layer, newest first",
    )
