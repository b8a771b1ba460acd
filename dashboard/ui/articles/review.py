"""An article beside its proposals: text on the left, the one that is looked at on the right, map below."""

from collections.abc import Sequence
from typing import Final, Literal

import streamlit as st

from dashboard.domain.access import Person
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.store.drafts.articles import ArticleState, StoredArticle
from dashboard.store.drafts.drafts import DraftState
from dashboard.ui.articles.actions import show_actions
from dashboard.ui.articles.card import headline, item_line, show_card
from dashboard.ui.articles.listing import choose_article, day_words
from dashboard.ui.articles.text import show_text
from dashboard.ui.geocoding.map import show_spots_map
from dashboard.ui.words import plain
from dashboard.workflows.articles.items import Item, OpenArticle, open_article
from dashboard.workflows.views.spots import Spot, spots_of

__all__ = ["show_article"]

_AT: Final = "article_item"
_LIST_HEIGHT: Final = 250
_MANY: Final = 7
_ICONS: Final = {
    DraftState.SUBMITTED: "radio_button_unchecked",
    DraftState.WORKING: "edit_note",
    DraftState.ACCEPTED: "check_circle",
    DraftState.REJECTED: "cancel",
    DraftState.WITHDRAWN: "undo",
}


def show_article(atlas: AtlasView, person: Person, article_id: str) -> None:
    """Draw an article with what was proposed from it.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who looks.
    article_id
        Id of the article.
    """
    st.button(
        "All articles", icon=":material/arrow_back:", type="tertiary", on_click=choose_article, args=("",)
    )
    try:
        opened = open_article(runtime().store, person, article_id, atlas.seen)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/error:")
        return
    _head(opened)
    item = _looked_at(opened)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        show_text(opened.article, opened.items, item.draft.id if item else "")
    with right:
        _side(atlas, person, opened, item)
    _map(atlas, opened.items, item)


def _head(opened: OpenArticle) -> None:
    article = opened.article
    st.markdown(f"#### {plain(article.title or 'Without a title')}")
    st.caption(plain(_where_from(article)))
    if article.state is ArticleState.REFUSED:
        st.error(f"It could not be read: {plain(article.reason)}", icon=":material/block:")
    if opened.newer:
        st.warning(
            "The text at its address was changed since: look again before you accept what waits here.",
            icon=":material/history:",
        )
        st.button("See the changed text", on_click=choose_article, args=(opened.newer,))
    for warning in article.warnings:
        st.caption(f":material/info: {plain(warning)}")


def _where_from(article: StoredArticle) -> str:
    published = day_words(article.published)
    parts = (
        article.publisher or "publisher not stated",
        f"published {published}" if published else "day of publication not stated",
        article.url,
        f"brought by {article.who}",
    )
    return " · ".join(part for part in parts if part)


def _looked_at(opened: OpenArticle) -> Item | None:
    """Give the proposal that is looked at: the chosen one, else the first that waits."""
    wanted = st.session_state.get(_AT, "")
    chosen = next((item for item in opened.items if item.draft.id == wanted), None)
    return chosen or next(iter(opened.open or opened.items), None)


def _look_at(draft_id: str) -> None:
    st.session_state[_AT] = draft_id


def _side(atlas: AtlasView, person: Person, opened: OpenArticle, item: Item | None) -> None:
    if item is None:
        if opened.article.state is ArticleState.READ:
            st.info("Nothing is proposed from it.", icon=":material/inbox:")
        return
    waiting = len(opened.open)
    if not waiting:
        st.success("Everything is decided: this article is done.", icon=":material/task_alt:")
    with st.container(border=True, key="article_card"):
        show_card(item, atlas.library())
        show_actions(atlas, person, opened, item, _look_at)
        _show_steps([one.draft.id for one in opened.items], item.draft.id)
    if waiting:
        st.caption(f"{waiting} of {len(opened.items)} wait · J next · K previous")
    else:
        st.caption(f"{len(opened.items)} proposals")
    height: int | Literal["content"] = _LIST_HEIGHT if len(opened.items) > _MANY else "content"
    with st.container(height=height, border=len(opened.items) > _MANY, key="article_items"):
        for one in opened.items:
            st.button(
                f"{'**' if one is item else ''}{plain(headline(one))}{'**' if one is item else ''} "
                f":gray[{plain(item_line(one))}]",
                icon=f":material/{_ICONS[one.draft.state]}:",
                type="tertiary",
                key=f"item_{one.draft.id}",
                on_click=_look_at,
                args=(one.draft.id,),
            )


def _show_steps(ids: Sequence[str], drawn: str) -> None:
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
                on_click=_move,
                args=(ids, drawn, step),
            )


def _move(ids: Sequence[str], drawn: str, step: int) -> None:
    """Go on from what is looked at by now: two presses are two steps, however fast they come."""
    now = st.session_state.get(_AT, drawn)
    at = ids.index(now if now in ids else drawn)
    _look_at(ids[(at + step) % len(ids)])


def _map(atlas: AtlasView, items: Sequence[Item], item: Item | None) -> None:
    spots: list[Spot] = []
    ids: dict[str, str] = {}
    for one in items:
        if one.shown is None or one.draft.state in (DraftState.REJECTED, DraftState.WITHDRAWN):
            continue
        found = spots_of(one.shown, headline(one), proposed=one is item)
        spots += found
        ids |= {spot.id: one.draft.id for spot in found}

    def choose(spot_id: str) -> None:
        if spot_id in ids:
            _look_at(ids[spot_id])

    if spots:
        show_spots_map(atlas, spots, "This proposal", "The other proposals", choose)
