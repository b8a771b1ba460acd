"""The pages, their names and where each stands in the navigation, for whoever looks at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from dashboard.domain.access import Person, Right, may

__all__ = ["ALONE", "PAGES", "Entry", "arrange", "navigate"]

ALONE: Final = ""  # the heading of what stands in the row by itself
_BRING: Final = "Bring in"
_WORK: Final = "Work"
_FIRST: Final = "atlas"
# As Streamlit marks the link of the open page.
_MARKED: Final = "font-weight: 600; background: light-dark(rgb(180 172 156 / 25%), rgb(169 185 193 / 25%))"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the atlas.

    Parameters
    ----------
    name
        Its script, and its address.
    title
        What the navigation calls it.
    icon
        Its sign, from the font that Streamlit brings: names of other icons and emoji would be fetched from a
        foreign host.
    about
        What it is for, told when the pointer rests on it and read out by screen readers.
    section
        Heading it stands under, `ALONE` for none.
    right
        What it takes to be offered the page. It can be reached by its address all the same, and then says why
        it may not be used.
    """

    name: str
    title: str
    icon: str
    about: str
    section: str = ALONE
    right: Right = Right.READ

    def is_offered(self, person: Person) -> bool:
        """Say whether the navigation names the page.

        Parameters
        ----------
        person
            Who looks at the navigation.

        Returns
        -------
        bool
            True for what everybody reads, and for what the person may do.
        """
        return self.right is Right.READ or may(person, self.right)


PAGES: Final = (
    Entry(_FIRST, "Atlas", "map", "Sites and events on the map, under one clock"),
    Entry("sites", "Sites", "factory", "Plants, yards, ranges and laboratories, and their status"),
    Entry("events", "Events", "event", "Visits, contracts, openings: who met whom when"),
    Entry("actors", "Actors", "groups", "Companies, ministries and armed forces"),
    Entry("sources", "Sources", "menu_book", "What every record is cited from"),
    Entry("layers", "Layers", "layers", "Tables of others, beside the atlas"),
    Entry(
        "import_data",
        "Import",
        "upload_file",
        "A spreadsheet or a file becomes a layer",
        _BRING,
        Right.PROPOSE,
    ),
    Entry("articles", "Articles", "newspaper", "A text becomes cited drafts", _BRING, Right.PROPOSE),
    Entry("geocoding", "Geocoding", "travel_explore", "Names become places, and you see why", _BRING),
    Entry("edit", "Edit", "edit", "Write or correct a record, as a draft", _WORK, Right.PROPOSE),
    Entry("review", "Review", "fact_check", "Drafts that wait for a decision", _WORK, Right.REVIEW),
    Entry("changes", "Changes", "history", "What was changed, and every version", _WORK),
    Entry("operations", "Operations", "settings", "People, backups and modes", _WORK, Right.ADMINISTER),
    Entry("about", "About", "info", "How to read the map, method and licences"),
)


def arrange(person: Person) -> dict[str, list[Entry]]:
    """Put the pages under their headings, as one person is offered them.

    Parameters
    ----------
    person
        Who looks at the navigation.

    Returns
    -------
    dict[str, list[Entry]]
        Pages by heading, those without one first; About is the last of these. A heading over a single page
        would be one click more for nothing, so that such a page stands in the row by itself. Pages that are
        not offered are among them, because their addresses are answered all the same.
    """
    offered = [entry.section for entry in PAGES if entry.is_offered(person)]
    sections: dict[str, list[Entry]] = {ALONE: []}
    for entry in PAGES:
        section = entry.section if offered.count(entry.section) > 1 else ALONE
        sections.setdefault(section, []).append(entry)
    return sections


def navigate(person: Person) -> Page:
    """Draw the navigation.

    Parameters
    ----------
    person
        Who looks at it.

    Returns
    -------
    Page
        The page that is asked for, to be run.
    """
    sections = arrange(person)
    page = st.navigation(
        {section: [_page(entry, person) for entry in entries] for section, entries in sections.items()},
        position="top",
        expanded=True,  # where the window is narrow the pages stand in the sidebar, above the filters
    )
    _mark(page, sections, person)
    return page


def _page(entry: Entry, person: Person) -> Page:
    return st.Page(
        f"app_pages/{entry.name}.py",
        title=entry.title,
        icon=f":material/{entry.icon}:",
        url_path=None if entry.name == _FIRST else entry.name,
        default=entry.name == _FIRST,
        visibility="visible" if entry.is_offered(person) else "hidden",
        help=entry.about,
    )


def _mark(page: Page, sections: Mapping[str, Sequence[Entry]], person: Person) -> None:
    """Show which heading the open page stands under: Streamlit marks it in the opened menu only."""
    headings = [name for name in sections if name != ALONE]
    under = [name for name in headings if page.url_path in [entry.name for entry in sections[name]]]
    before = sum(entry.is_offered(person) for entry in sections[ALONE])
    # The same element for every page, so that those that follow it keep their place; no child is number 0.
    place = before + 1 + headings.index(under[0]) if under else 0
    st.html(f"<style>[data-testid='stTopNav'] > :nth-child({place}) > button {{ {_MARKED} }}</style>")
