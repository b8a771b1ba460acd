"""The fields of the record itself: a site's, an event's or an actor's."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.domain.countries import country_name, country_names
from dashboard.domain.records import Actor, Event, Site
from dashboard.errors import DraftProblem
from dashboard.ui.editing.desk import Desk
from dashboard.ui.editing.fields import Fields
from dashboard.ui.editing.pairs import edit_products, edit_roles
from dashboard.workflows.views.evidence import Library

__all__ = ["country_words", "edit_record"]

_NAMES_HELP: Final = "Other spellings and scripts; type one and press Enter"


def country_words(nothing: str) -> dict[str, str]:
    """Give all countries to choose from, by their names.

    Parameters
    ----------
    nothing
        Words for no country.

    Returns
    -------
    dict of str to str
        Names by code; the first is none.
    """
    return {"": nothing} | {code: country_name(code) for code in sorted(country_names(), key=country_name)}


def edit_record(desk: Desk, library: Library, problems: Sequence[DraftProblem]) -> None:
    """Draw the fields of the record.

    Parameters
    ----------
    desk
        The desk.
    library
        All records, to refer to.
    problems
        What is wrong with the draft.
    """
    fields = Fields(desk, desk.form.table, desk.form.record, problems)
    {"sites": _site, "events": _event, "actors": _actor}[desk.form.table](fields, library)
    fields.say(st.container(), "")


def _site(fields: Fields, library: Library) -> None:
    left, right = st.columns([3, 2])
    fields.text(left, "name")
    fields.code(right, "kind", "site_kinds")
    fields.names(st.container(), "names", help=_NAMES_HELP, placeholder="none")
    edit_products(fields)
    actors = [found.record.id for found in library.of_type(Actor)]
    fields.records(st.container(), "operators", actors, library.name)
    fields.area(st.container(), "notes", help="What the site is, in a sentence or two of your own")


def _event(fields: Fields, library: Library) -> None:
    left, right = st.columns([3, 2])
    fields.text(left, "title")
    fields.code(right, "kind", "event_kinds")
    fields.date(left, "date")
    fields.code(right, "status", "event_statuses")
    fields.area(st.container(), "summary", help="What happened, in your own words")
    edit_roles(fields, [found.record.id for found in library.of_type(Actor)], library.name)
    edit_products(fields)
    sites = [found.record.id for found in library.of_type(Site)]
    fields.records(st.container(), "sites", sites, library.name)
    events = [found.record.id for found in library.of_type(Event) if found.record.id != fields.row["id"]]
    fields.records(st.container(), "related", events, library.name)


def _actor(fields: Fields, library: Library) -> None:
    left, right = st.columns([3, 2])
    fields.text(left, "name")
    fields.code(right, "kind", "actor_kinds")
    fields.names(st.container(), "names", help=_NAMES_HELP, placeholder="none")
    fields.choice(left, "country", country_words("not stated"))
    fields.date(right, "founded")
    others = [found.record.id for found in library.of_type(Actor) if found.record.id != fields.row["id"]]
    fields.records(st.container(), "parent", others, library.name)
    fields.area(st.container(), "notes")
