"""Long tables, a page at a time: a browser takes a tenth of a second for 1,000 rows, seconds for 100,000."""

from typing import Final

import streamlit as st

__all__ = ["PAGE", "choose_page", "page_bounds"]

PAGE: Final = 1_000
"""Rows that a table sends at once."""


def choose_page(count: int, key: str) -> int:
    """Draw the choice of a page; a table that fits on one page has none.

    Parameters
    ----------
    count
        Rows of the whole table.
    key
        Key of the table.

    Returns
    -------
    int
        Number of the page, 0 for all of them.
    """
    if count <= PAGE:
        return 1
    pages = -(-count // PAGE)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        # Other rows are another list, which begins at its beginning.
        everything = st.session_state.get(f"{key}_all", False)
        number = 0 if everything else st.pagination(pages, key=f"{key}_page_{count}")
        st.toggle(
            "All on one page",
            key=f"{key}_all",
            help="Sorting, search and download in the table then cover all rows. Slow with very many.",
        )
        st.caption(_page_words(count, number))
    return number


def page_bounds(count: int, number: int) -> tuple[int, int]:
    """Give the rows of a page.

    Parameters
    ----------
    count
        Rows of the whole table.
    number
        Number of the page, 0 for all of them.

    Returns
    -------
    tuple of (int, int)
        The first row, and the one behind the last.
    """
    return ((number - 1) * PAGE, min(number * PAGE, count)) if number else (0, count)


def _page_words(count: int, number: int) -> str:
    if not number:
        return f"All {count:,} rows."
    first, last = page_bounds(count, number)
    return (
        f"Rows {first + 1:,} to {last:,} of {count:,}: {count - (last - first):,} more on other pages. "
        "Sorting, search and download in the table cover this page."
    )
