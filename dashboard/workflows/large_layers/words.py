"""What is searched of the rows of a large layer, and by whom.

Who sees places on a grid searches what they are shown: names without the points that were written into them,
no words of a place that was known better, and no id that may tell a point. The name that such an id is shown
under is no word either: it means nothing, and would be found by any two letters of it.
"""

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from dashboard.store.layers.beside import Lists
from dashboard.store.layers.choice import Words
from dashboard.store.layers.large import WindowedRows
from dashboard.workflows.access.audience import Audience
from dashboard.workflows.layers.coarsening import coarse_rows
from dashboard.workflows.layers.frames import search_texts

__all__ = ["DECIDING", "SEARCHED", "lists_for", "texts_seen", "words_for"]

SEARCHED: Final = ("external_id", "name", "actors", "place")
"""Columns that are searched."""

DECIDING: Final = ("lat", "lon", "precision", "precision_m")
"""Columns that decide what of these somebody may know."""

_NO_KEY: Final = b"names of ids are no words"


def texts_seen(rows: pa.Table, cell: float) -> pa.Array:
    """Give what is searched of rows.

    Parameters
    ----------
    rows
        Rows as they are stored, with what is searched and what decides who may know it.
    cell
        Degrees of the grid that whoever searches sees; 0 for none.

    Returns
    -------
    pyarrow.Array
        One text for each: folded words with single spaces between.
    """
    if cell <= 0:
        return search_texts(rows)
    seen = coarse_rows(rows, cell, _NO_KEY)
    ids = rows.column("external_id")
    known = pc.if_else(pc.equal(ids, seen.column("external_id")), ids, "")
    return search_texts(seen.set_column(seen.schema.get_field_index("external_id"), "external_id", known))


def words_for(words: tuple[str, ...], audience: Audience) -> Words | None:
    """Say what words ask of rows.

    Parameters
    ----------
    words
        The words, folded.
    audience
        Who asks.

    Returns
    -------
    Words or None
        None for no words.
    """
    cell = max(0.0, audience.cell)

    def said(rows: pa.Table) -> pa.Array:
        return texts_seen(rows, cell)

    return Words(words, cell, (*SEARCHED, *DECIDING) if cell else SEARCHED, said) if words else None


def lists_for(rows: WindowedRows, audience: Audience) -> Lists:
    """Say whether the words of a layer are looked up for an audience, and not read row by row.

    Parameters
    ----------
    rows
        The rows of the layer, which are not read.
    audience
        Who searches.

    Returns
    -------
    Lists
        `Lists.NONE` for a layer that was added before words were kept, or on a grid that came to the settings
        later.
    """
    return rows.beside.lists(words_for(("any",), audience))
