"""Bringing an article: pasted, as a file or by its address; what it does not say of itself is asked."""

from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.articles.extractors.registry import build_extractor
from dashboard.articles.reading import Reading
from dashboard.articles.reading.files import read_confined
from dashboard.articles.reading.forms import SUFFIXES, kind_of_name
from dashboard.domain.access import Person, Right, may, require
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.articles.listing import choose_article
from dashboard.ui.wishes import wish_button
from dashboard.workflows.articles.facts import Facts, guess_facts, read_pasted, with_facts
from dashboard.workflows.articles.ingest import Finder, Ingested, ingest
from dashboard.workflows.articles.ingest_files import ingest_all
from dashboard.workflows.articles.read_articles import ArticleReader

__all__ = ["show_bringing"]

_TEXT: Final = "bring_text"
_FILE: Final = "bring_file"
_READ: Final = "bring_read"
_GUESSED: Final = "bring_guessed"
_FIELDS: Final = ("title", "publisher", "published", "url")


def show_bringing(atlas: AtlasView, person: Person) -> None:
    """Draw the way to bring an article.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who brings it.
    """
    st.subheader("A new article", anchor=False)
    st.text_area(
        "Text of the article",
        key=_TEXT,
        height=260,
        placeholder="Paste the article, or the whole page: menus, weather and related links are passed over.",
        on_change=_guess,
    )
    if may(person, Right.UPLOAD, runtime().mode):
        forms = [suffix[1:] for suffix in SUFFIXES]
        st.file_uploader("Or a file", type=forms, key=_FILE, on_change=_guess_file)
    _ask()
    told: list[str] = []
    wish_button(
        "Find what it tells",
        "bring article",
        lambda _once: told.append(_bring(atlas, person)),
        lambda: told[-1],
        type="primary",
        icon=":material/search_insights:",
        shortcut="Mod+Enter",
        key="bring_go",
    )
    st.caption(
        "Nothing is published: each fact becomes a proposal with its exact words, for a person to decide."
    )


def _ask() -> None:
    first, second = st.columns(2)
    first.text_input("Title", key="bring_title")
    second.text_input("Publisher", key="bring_publisher", placeholder="Who published it")
    third, fourth = st.columns(2)
    third.text_input(
        "Published",
        key="bring_published",
        placeholder="2026-01-31",
        help="The day it was published; “on Monday” in the text is reckoned from it.",
    )
    fourth.text_input(
        "Address",
        key="bring_url",
        placeholder="https://…",
        help="Where it stands. Without a text and a file it is fetched from there.",
    )
    said = {name: str(st.session_state.get(f"bring_{name}") or "") for name in ("published", "publisher")}
    given = st.session_state.get(_TEXT) or st.session_state.get(_READ)
    missing = [name for name, value in said.items() if not value]
    if given and missing:
        words = {"published": "when it was published", "publisher": "who published it"}
        st.caption(
            ":material/help: The text does not say "
            + " and ".join(words[name] for name in missing)
            + (". Relative dates stay open without it." if "published" in missing else ".")
        )


def _fill(facts: Facts) -> None:
    """Write what was found into fields that nobody has typed in."""
    before: dict[str, str] = st.session_state.get(_GUESSED, {})
    found = {name: str(getattr(facts, name)) for name in _FIELDS}
    for name, value in found.items():
        now = str(st.session_state.get(f"bring_{name}") or "")
        # Written to without need, a field would lose what somebody is typing into it.
        if now == before.get(name, "") and now != value:
            st.session_state[f"bring_{name}"] = value
    st.session_state[_GUESSED] = found


def _guess() -> None:
    text = str(st.session_state.get(_TEXT) or "")
    st.session_state.pop(_READ, None)
    _fill(guess_facts(text) if text.strip() else Facts())


def _guess_file() -> None:
    upload = st.session_state.get(_FILE)
    st.session_state.pop(_READ, None)
    if upload is None:
        return
    try:
        kind = kind_of_name(upload.name)
        reading = read_confined(upload.getvalue(), kind, upload.name, confinement=runtime().confinement)
    except AtlasError as error:
        st.session_state["outcome_failed"] = str(error)
        return
    article = reading.article
    guessed = guess_facts(article.text) if kind == "text" else Facts()
    _fill(
        Facts(
            article.title or guessed.title,
            article.publisher,
            article.url,
            reading.published or guessed.published,
        )
    )
    st.session_state[_READ] = reading


def _facts() -> Facts:
    said = {name: str(st.session_state.get(f"bring_{name}") or "").strip() for name in _FIELDS}
    return Facts(**said)


def _bring(atlas: AtlasView, person: Person) -> str:
    """Bring what stands in the fields at the click; says what came of it."""
    text = str(st.session_state.get(_TEXT) or "")
    facts = _facts()
    if not text and st.session_state.get(_READ) is None and facts.url:
        return _fetch(atlas, person, facts)
    made = ingest(runtime().store, person, _reading(text, facts), _finder(atlas))
    _forget()
    choose_article(made.article.id)
    return _said(made)


def _reading(text: str, facts: Facts) -> Reading:
    kept: Reading | None = st.session_state.get(_READ)
    if kept is not None and not text:
        return with_facts(kept, facts)
    # Who pastes and clicks at once is faster than the fields are filled: what is empty is found again.
    own = guess_facts(text)
    title, published = facts.title or own.title, facts.published or own.published
    return read_pasted(text, replace(facts, title=title, published=published, language=own.language))


def _fetch(atlas: AtlasView, person: Person, facts: Facts) -> str:
    """Fetch the address that was given; a feed brings its newest articles."""
    require(person, Right.UPLOAD, runtime().mode)
    reader = ArticleReader.of(atlas.settings, runtime().confinement)
    told = ingest_all(runtime().store, person, reader.read_all([facts.url]), _finder(atlas), facts=facts)
    refused = [one.reason for one in told if one.state == "refused"]
    if refused:
        st.session_state["outcome_failed"] = "; ".join(refused[:3])
    kept = [one for one in told if one.state != "refused"]
    if not kept:
        return ""
    _forget()
    choose_article(kept[0].article if len(kept) == 1 else "")
    return f"{sum(one.made for one in kept)} proposals wait."


def _finder(atlas: AtlasView) -> Finder:
    return Finder(
        atlas.library(),
        atlas.gazetteer(),
        atlas.hand_decided(),
        atlas.seen,
        build_extractor(atlas.settings),
    )


def _said(found: Ingested) -> str:
    if found.known and not found.made:
        return f"This article was brought before, by {found.article.who}: nothing is added."
    if not found.made:
        return "Nothing was found in it that the atlas would keep, or it is all there already."
    return f"{found.made} proposals wait."


def _forget() -> None:
    for name in (*(f"bring_{name}" for name in _FIELDS), _TEXT):
        st.session_state[name] = ""
    for name in (_READ, _GUESSED):
        st.session_state.pop(name, None)
