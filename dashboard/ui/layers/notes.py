"""What the filters of a page do with large layers, said where the page counts what it shows."""

from collections.abc import Sequence

from dashboard.runtime.large_layers import OfferedLayer
from dashboard.store.layers.beside import Lists, mending
from dashboard.ui import address
from dashboard.ui.words import plain
from dashboard.workflows.large_layers.narrowing import narrowing_of
from dashboard.workflows.large_layers.payloads import MOST_RECOUNTED
from dashboard.workflows.views.datasets import LAYER
from dashboard.workflows.views.selection import Filters

__all__ = ["large_notes", "lists_note"]


def large_notes(layers: Sequence[OfferedLayer], filters: Filters) -> tuple[str, ...]:
    """Say what filters cannot do with the large layers that the map shows.

    Parameters
    ----------
    layers
        Large layers that there are.
    filters
        The filters of the page.

    Returns
    -------
    tuple of str
        Sentences as Markdown; none where there is nothing to say.
    """
    shown = [one for one in layers if address.shows_layer(one.layer)]
    narrowing = narrowing_of(filters)
    if not shown or narrowing.is_empty:
        return ()
    names = " and ".join(plain(one.title) for one in shown)
    if narrowing.without:
        return (f"{names}: no record of a large layer has {narrowing.without}, so none is shown.",)
    notes = []
    if narrowing.words:
        notes += [_of_words(one) for one in shown]
    if narrowing.of_singles:
        asked = ", ".join(narrowing.of_singles)
        notes.append(
            f"{names}: counts are not narrowed by {asked}; single records are, when you come near enough."
        )
    if narrowing.takes_days:
        notes.append(f"{names}: counts hold the whole months, or longer stretches, that the days touch.")
    if narrowing.filters.area is not None:
        notes.append(f"{names}: an area holds what has its point in it, and counts by where they are drawn.")
    return tuple(notes)


def _of_words(one: OfferedLayer) -> str:
    title = plain(one.title)
    if one.lists is Lists.WHOLE:
        return (
            f"{title}: its names, ids, actors and places are searched. Words that more than "
            f"{MOST_RECOUNTED:,} records have narrow single records only."
        )
    return (
        f"{title}: words narrow single records only, when you come near enough. "
        f"{lists_note(one.lists, one.layer)}"
    )


def lists_note(lists: Lists, layer: str) -> str:
    """Say what is missing for searching a large layer by words.

    Parameters
    ----------
    lists
        How it stands with what words are looked up in.
    layer
        Id of the layer on the map.

    Returns
    -------
    str
        Sentences as Markdown; empty where nothing is missing.
    """
    builds = f"whoever runs the atlas builds them by `{mending(layer.removeprefix(LAYER))}`."
    if lists is Lists.DAMAGED:
        return f"Its lists of words are damaged; {builds}"
    if lists is Lists.NONE:
        return f"It has no lists of words; {builds}"
    return ""
