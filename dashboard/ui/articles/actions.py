"""What becomes of a proposal, one key each: accept, reject, edit, merge, split, next, previous."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.ui.articles.card import headline
from dashboard.ui.wishes import attempt, reason, wish
from dashboard.ui.words import plain
from dashboard.workflows.articles.changes import can_split, merge, split
from dashboard.workflows.articles.items import Item, OpenArticle
from dashboard.workflows.articles.review import Wish, accept, edit, reject

__all__ = ["show_actions"]

_REASONS: Final = (
    "The article does not say so",
    "It is no matter of the atlas",
    "It is told twice",
    "The place or date is wrong",
    "The source is not good enough",
)


def show_actions(
    atlas: AtlasView, person: Person, opened: OpenArticle, item: Item, look_at: Callable[[str], None]
) -> None:
    """Draw what may be done with the proposal that is looked at.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who looks.
    opened
        The article.
    item
        The proposal.
    look_at
        Called with the id of the draft to look at next.
    """
    if item.is_open:
        _decisions(atlas, person, opened, item, look_at)
    with st.container(horizontal=True, gap="small"):
        for label, key, icon, step in (
            ("Previous", "K", "arrow_upward", -1),
            ("Next", "J", "arrow_downward", 1),
        ):
            st.button(
                label,
                shortcut=key,
                icon=f":material/{icon}:",
                type="tertiary",
                key=f"article_{label.lower()}",
                on_click=look_at,
                args=(_beside(opened, item, step),),
            )


def _decisions(
    atlas: AtlasView, person: Person, opened: OpenArticle, item: Item, look_at: Callable[[str], None]
) -> None:
    own, mode = item.draft.author_id == person.id, runtime().mode
    reviews = may(person, Right.REVIEW, mode)
    if not (reviews or (own and may(person, Right.PROPOSE, mode))):
        st.info("A reviewer decides about it.", icon=":material/person:")
        return
    decides = reviews and (not own or person.is_local)
    if not decides:
        st.caption(":material/person_off: It is your own: another reviewer accepts it.")
    why = _ask_why(item)
    following = _beside(opened, item, 1, waiting=True)
    name = headline(item)
    submitted = item.draft.state is DraftState.SUBMITTED

    def wanted(once: str, said: str = "") -> Wish:
        return Wish(runtime().store, person, said, once)

    def accepted(once: str) -> None:
        accept(wanted(once, reason(why)), item, atlas.library(), atlas.seen)
        runtime().refresh()
        look_at(following)

    def rejected(once: str) -> None:
        reject(wanted(once, reason(why) or _REASONS[0]), item)
        look_at(following)

    stamp = f"{item.draft.id} {item.draft.version}"
    with st.container(horizontal=True, gap="small", key="article_actions"):
        if decides:
            st.button(
                "Accept",
                type="primary",
                icon=":material/check:",
                shortcut="A",
                key="article_accept",
                disabled=not submitted,
                on_click=attempt,
                args=(f"accept {stamp}", accepted, f"{name}: accepted and on the map."),
            )
        st.button(
            "Reject" if decides else "Take back",
            icon=":material/close:",
            shortcut="X",
            key="article_reject",
            on_click=attempt,
            args=(f"reject {stamp}", rejected, f"{name}: {'rejected' if decides else 'taken back'}."),
        )
        edits = st.button("Edit", icon=":material/edit:", shortcut="E", key="article_edit")
        _changing(atlas, opened, item, wanted, look_at)
    if edits:
        _edit(wanted(wish(f"edit {stamp}")), item)


def _changing(
    atlas: AtlasView,
    opened: OpenArticle,
    item: Item,
    wanted: Callable[..., Wish],
    look_at: Callable[[str], None],
) -> None:
    stamp = f"{item.draft.id} {item.draft.version}"
    others = [one for one in opened.open if one is not item and one.draft.table == item.draft.table]
    if others:
        ids = {one.draft.id: one for one in others}

        def chosen() -> Item:
            return ids.get(reason("article_merge_with")) or others[0]

        def merge_them() -> None:
            other = chosen()

            def merged(once: str) -> None:
                look_at(merge(wanted(once, "they tell the same"), item, other, atlas.seen).id)

            attempt(f"merge {stamp} {other.draft.id}", merged, f"Merged with {headline(other)}.")

        st.button(
            "Merge",
            icon=":material/merge:",
            shortcut="M",
            key="article_merge",
            help=f"With: {plain(headline(chosen()))}",
            on_click=merge_them,
        )

    def parted(once: str) -> None:
        look_at(split(wanted(once, "they are two facts"), item, atlas.library())[0].id)

    st.button(
        "Split" if item.added is None else "Not the same",
        icon=":material/call_split:",
        shortcut="S",
        key="article_split",
        disabled=not can_split(item),
        help="Make two of it" if item.added is None else "Make it a record of its own",
        on_click=attempt,
        args=(f"split {stamp}", parted, "Split: edit the two so that each says one thing."),
    )
    if others:
        st.selectbox(
            "Merge with",
            list(ids),
            format_func=lambda one: headline(ids[one]),
            key="article_merge_with",
        )


def _ask_why(item: Item) -> str:
    """Draw the field for a reason; gives its key, for what stands in it at the moment of the click."""
    key = f"article_why_{item.draft.id}"
    st.selectbox(
        "Why",
        _REASONS,
        index=None,
        key=key,
        placeholder="Why (may be empty; rejecting without one says “the article does not say so”)",
        accept_new_options=True,
        label_visibility="collapsed",
    )
    return key


def _edit(wanted: Wish, item: Item) -> None:
    try:
        draft_id = edit(wanted, item)
    except AtlasError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.switch_page("app_pages/edit.py", query_params={"draft": draft_id})


def _beside(opened: OpenArticle, item: Item, step: int, *, waiting: bool = False) -> str:
    """Give the id of the next or previous proposal, or of the next that waits."""
    items = list(opened.items)
    at = next((n for n, one in enumerate(items) if one is item), 0)
    if waiting:
        behind = [*items[at + 1 :], *items[:at]]
        return next((one.draft.id for one in behind if one.is_open), item.draft.id)
    return items[(at + step) % len(items)].draft.id
