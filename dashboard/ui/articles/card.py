"""One proposal: what it says, on which words, and what became of the machine's version."""

from typing import Final

import streamlit as st

from dashboard.domain.date_words import date_words
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Event, Location, Site
from dashboard.domain.vocabulary import label
from dashboard.ui.editing.differences import names_in, show_differences
from dashboard.ui.words import plain
from dashboard.workflows.articles.items import Item
from dashboard.workflows.editing.dossier_differences import form_differences
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.spots import known_words

__all__ = ["headline", "item_line", "show_card"]

_COLOURS: Final = {"new": "green", "adds a source to": "blue", "contradicts": "red"}
_STATES: Final = {
    "submitted": "waits",
    "working": "being edited",
    "accepted": "accepted",
    "rejected": "rejected",
    "withdrawn": "taken back",
}


def headline(item: Item) -> str:
    """Name a proposal in a few words.

    Parameters
    ----------
    item
        The proposal.

    Returns
    -------
    str
        Its title, or that of the record it adds to.
    """
    dossier = item.shown
    return dossier.name if dossier is not None else item.draft.record_id


def item_line(item: Item) -> str:
    """Say in one line what a proposal is.

    Parameters
    ----------
    item
        The proposal.

    Returns
    -------
    str
        Its kind, date and place; that it adds to a record.
    """
    parts = [_STATES[item.draft.state]] if item.draft.state != "submitted" else []
    parts += [item.relation.removesuffix(" to")] if item.relation != "new" else []
    if item.shown is not None:
        parts += _kind_and_date(item.shown)[:2]
    return " · ".join(parts)


def show_card(item: Item, library: Library) -> None:
    """Draw a proposal.

    Parameters
    ----------
    item
        The proposal.
    library
        All records, for names.
    """
    dossier = item.shown
    colour = _COLOURS.get(item.relation, "gray")
    badges = [f":{colour}-badge[{item.relation.removesuffix(' to')}]"]
    if item.draft.state != "submitted":
        badges.append(f":gray-badge[{_STATES[item.draft.state]}]")
    if item.is_edited:
        badges.append(":orange-badge[edited]")
    if any(one.get("background") for one in item.machine):
        badges.append(":gray-badge[told as history]")
    if any(one.get("guessed") for one in item.machine):
        badges.append(":orange-badge[look twice]")
    st.markdown(f"{' '.join(badges)}  \n**{plain(headline(item))}**")
    if dossier is not None:
        st.caption(plain(" · ".join(_kind_and_date(dossier))))
        _places(dossier)
    _names(item, library)
    if reason := item.origin.get("reason"):
        reasons = dict.fromkeys(str(reason).split("; "))  # older drafts say one as often as it was told
        st.caption(plain(f"Taken for the same: {'; '.join(reasons)}"))
    _quotes(item)
    _decided(item)
    _edited(item, library)


def _kind_and_date(dossier: Dossier) -> list[str]:
    record = dossier.record
    if isinstance(record, Event):
        date = "" if record.date.is_undated else date_words(record.date)
        parts = [label("event_kinds", record.kind), date, label("event_statuses", record.status)]
    elif isinstance(record, Site):
        statuses = [label("site_statuses", row.status) for row in dossier.statuses]
        parts = [label("site_kinds", record.kind), *statuses[-1:]]
    else:
        parts = [label("actor_kinds", record.kind)]
    return [part for part in parts if part]


def _places(dossier: Dossier) -> None:
    for row in dossier.locations[:3]:
        known = _place_words(row)
        reason = f"  \n:gray[{plain(row.reason)}]" if row.reason else ""
        st.markdown(f":material/location_on: {plain(row.place_as_written)} :gray[{plain(known)}]{reason}")


def _place_words(row: Location) -> str:
    if row.lat is None:
        return "not placed"
    return known_words(row.precision, row.precision_m, row.country)


def _names(item: Item, library: Library) -> None:
    """Name who and what the text names; what the atlas has no record of is said to be unlinked."""
    linked: dict[str, str] = {}
    unlinked: dict[str, None] = {}
    for one in item.machine:
        for actor in one.get("actors", ()):
            if actor["record"]:
                linked[actor["record"]] = library.name(actor["record"])
            else:
                unlinked[actor["value"]] = None
    products = dict.fromkeys(product["value"] for one in item.machine for product in one.get("products", ()))
    if linked or products:
        names = [*linked.values(), *products]
        st.markdown(f":material/groups: {plain(' · '.join(names))}")
    if unlinked:
        words = " · ".join(unlinked)
        st.caption(f":material/link_off: Named, but not in the atlas: {plain(words)}")


def _quotes(item: Item) -> None:
    quotes = dict.fromkeys(span["text"] for span in item.spans if span["role"] == "quote")
    st.markdown("\n\n".join(f"> {plain(quote)}" for quote in quotes))
    added = item.added
    for row in added.citations if added else ():
        if row.stance == "contradicts":
            said = f"Here {row.field} is {row.value_as_stated}"
            st.caption(f":material/compare_arrows: {plain(said)}")


def _decided(item: Item) -> None:
    draft = item.draft
    if draft.decided_by:
        why = f": {draft.decided_why}" if draft.decided_why else ""
        said = f"{_STATES.get(draft.state, draft.state)} by {draft.decided_by}{why}"
        st.caption(f":material/gavel: {plain(said)}")


def _edited(item: Item, library: Library) -> None:
    """Put the machine's version beside what a person made of it."""
    if not item.is_edited or item.shown is None:
        return
    made, now = item.versions
    name = names_in(library, made, now)
    with st.expander("What the machine said, and what it is now"):
        show_differences(form_differences(made, now, name), name, narrow=True)
