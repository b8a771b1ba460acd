"""What becomes of a proposal, one key each: accept, reject, edit, merge, split."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.runtime import AtlasView, runtime
from dashboard.store.drafts.drafts import DraftState
from dashboard.ui.articles.card import headline
from dashboard.ui.wishes import reason, wish_button
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
_IN_HAND: Final = "article_in_hand"


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
    if draft_id := st.session_state.pop(_IN_HAND, ""):
        st.switch_page("app_pages/edit.py", query_params={"draft": draft_id})
    if item.is_open:
        _decisions(atlas, person, opened, item, look_at)


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
    following = _next_waiting(opened, item)
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

    def taken_in_hand(once: str) -> None:
        st.session_state[_IN_HAND] = edit(wanted(once), item)

    stamp = f"{item.draft.id} {item.draft.version}"
    with st.container(horizontal=True, gap="small", key="article_actions"):
        if decides:
            wish_button(
                "Accept",
                f"accept {stamp}",
                accepted,
                f"{name}: accepted and on the map.",
                type="primary",
                icon=":material/check:",
                shortcut="A",
                key="article_accept",
                disabled=not submitted,
            )
        wish_button(
            "Reject" if decides else "Take back",
            f"reject {stamp}",
            rejected,
            f"{name}: {'rejected' if decides else 'taken back'}.",
            icon=":material/close:",
            shortcut="X",
            key="article_reject",
        )
        wish_button(
            "Edit",
            f"edit {stamp}",
            taken_in_hand,
            "",
            icon=":material/edit:",
            shortcut="E",
            key="article_edit",
        )
        _changing(atlas, opened, item, wanted, look_at)


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

        def merged(once: str) -> None:
            other = chosen()
            wish = wanted(f"{once} {other.draft.id}", "they tell the same")
            look_at(merge(wish, item, other, atlas.seen).id)

        wish_button(
            "Merge",
            f"merge {stamp}",
            merged,
            lambda: f"Merged with {headline(chosen())}.",
            icon=":material/merge:",
            shortcut="M",
            key="article_merge",
            help=f"With: {plain(headline(chosen()))}",
        )

    def parted(once: str) -> None:
        look_at(split(wanted(once, "they are two facts"), item, atlas.library())[0].id)

    wish_button(
        "Split" if item.added is None else "Not the same",
        f"split {stamp}",
        parted,
        "Split: edit the two so that each says one thing.",
        icon=":material/call_split:",
        shortcut="S",
        key="article_split",
        disabled=not can_split(item),
        help="Make two of it" if item.added is None else "Make it a record of its own",
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


def _next_waiting(opened: OpenArticle, item: Item) -> str:
    """Give the id of the next proposal that waits; of this one when none does."""
    items = list(opened.items)
    at = next((n for n, one in enumerate(items) if one is item), 0)
    behind = [*items[at + 1 :], *items[:at]]
    return next((one.draft.id for one in behind if one.is_open), item.draft.id)
