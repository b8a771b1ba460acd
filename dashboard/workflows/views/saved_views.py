"""Views that the atlas offers to begin with: questions, written as filters and a window.

They are data, ``saved_views.csv``: one row a view, codes as in the address with ``|`` between several.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.workflows.views.selection import Filters, select

__all__ = ["SavedView", "count_shown", "saved_views"]

_FILE: Final = "saved_views.csv"


@dataclass(frozen=True, slots=True)
class SavedView:
    """A question worth beginning with.

    Parameters
    ----------
    id
        Stable name.
    title
        What it shows, in a few words.
    why
        What is to be seen there, in a sentence.
    filters
        What it asks for.
    window
        The clock's window.
    """

    id: str
    title: str
    why: str
    filters: Filters
    window: Window


@cache
def saved_views() -> tuple[SavedView, ...]:
    """Read the saved views.

    Returns
    -------
    tuple of SavedView
        In the order in which they are offered.
    """
    text = (files(__package__) / _FILE).read_text(encoding="utf-8")
    return tuple(_view(row) for row in csv.DictReader(text.splitlines()))


def _view(row: dict[str, str]) -> SavedView:
    def codes(column: str) -> tuple[str, ...]:
        return tuple(filter(None, row[column].split("|")))

    filters = Filters(
        types=codes("type"),
        countries=codes("country"),
        involved=codes("involving"),
        kinds=codes("kind"),
        actors=codes("actor"),
        products=codes("product"),
        text=row["q"],
    )
    return SavedView(row["id"], row["title"], row["why"], filters, Window.parse(row["from"], row["to"]))


def count_shown(frames: AtlasFrames, view: SavedView) -> int:
    """Count the records that a saved view shows.

    Parameters
    ----------
    frames
        The atlas.
    view
        The view.

    Returns
    -------
    int
        Events and sites in its window.
    """

    def build() -> int:
        return len(select(frames, view.filters, view.window).shown)

    return frames.memo.get(("saved view", view.id), build)
