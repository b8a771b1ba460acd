"""The articles that were brought, each with how much of it waits, and the one that is looked at."""

from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.errors import AtlasError, UncertainDateError
from dashboard.runtime import runtime
from dashboard.store.drafts.articles import ArticleLine, ArticleState
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.words import plain
from dashboard.workflows.articles.items import articles_of

__all__ = ["choose_article", "chosen_article", "day_words", "show_articles"]

_QUERY: Final = "article"
_ROW: Final = 35
_MOST_ROWS: Final = 14


def chosen_article() -> str:
    """Say which article is looked at.

    Returns
    -------
    str
        Its id; empty for none.
    """
    return str(st.query_params.get(_QUERY, ""))


def choose_article(article_id: str) -> None:
    """Look at an article, or at the list.

    Parameters
    ----------
    article_id
        Its id; empty for the list.
    """
    if article_id:
        st.query_params[_QUERY] = article_id
    elif _QUERY in st.query_params:
        del st.query_params[_QUERY]


def day_words(text: str) -> str:
    """Say a date in words.

    Parameters
    ----------
    text
        EDTF.

    Returns
    -------
    str
        The words; the text itself when it is no date.
    """
    try:
        return date_words(UncertainDate.parse(text)) if text else ""
    except UncertainDateError:
        return text


def show_articles(person: Person) -> None:
    """Draw the list; a click opens an article.

    Parameters
    ----------
    person
        Who looks.
    """
    st.subheader("Brought so far", anchor=False)
    try:
        lines = articles_of(runtime().store, person)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    if not lines:
        st.info("None yet. Paste one to begin.", icon=":material/newspaper:")
        return
    waiting = sum(line.open for line in lines)
    st.caption(f"{_counted(len(lines), 'article')} · {_counted(waiting, 'proposal')} waiting")
    key = f"articles_{hash(tuple(line.id for line in lines))}"

    def opened() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(lines):
            choose_article(lines[rows[0]].id)

    st.dataframe(
        _table(lines),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(lines), _MOST_ROWS) + 1) + 3,
        selection_mode="single-row",
        on_select=opened,
        placeholder="",
        alt="Articles, latest first",
    )


def _table(lines: tuple[ArticleLine, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Article": [line.title or line.url or line.id for line in lines],
            "State": [_state(line) for line in lines],
            "Published": [day_words(line.published) for line in lines],
            "Publisher": [line.publisher for line in lines],
            "By": [line.who for line in lines],
            "Brought": [moment_words(line.at) for line in lines],
        }
    )


def _state(line: ArticleLine) -> str:
    if line.state is ArticleState.REFUSED:
        return f"refused: {line.reason}"
    if line.state is ArticleState.QUEUED:
        return "waits to be read"
    if line.open:
        return f"{line.open} open"
    return "done" if line.drafts else "nothing found"


def _counted(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"
