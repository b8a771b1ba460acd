"""The record card: what a record says, and sentence by sentence how we know."""

import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.records import Actor, Citation, Event, Location, Product, Site
from dashboard.domain.vocabulary import label
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView
from dashboard.ui import address
from dashboard.ui.geocoding.audit import show_how_placed
from dashboard.ui.geocoding.candidates import distance_words
from dashboard.ui.layers.record_actions import show_as_written, show_propose
from dashboard.ui.reviewing.card_actions import show_card_actions
from dashboard.ui.words import plain
from dashboard.workflows.views.datasets import Dataset, join_record
from dashboard.workflows.views.evidence import Evidence, Library

__all__ = ["show_actor", "show_record", "show_selected"]

_CONFIDENCE = {"high": "green", "medium": "orange", "low": "red"}
_STATUS_COLOUR = {
    "operating": "green", "happened": "green", "construction": "orange", "planned": "blue",
    "unconfirmed": "orange", "denied": "red", "destroyed": "red", "cancelled": "red",
}  # fmt: skip


def show_record(
    library: Library, record_id: str, *, height: int | None = None, dataset: Dataset | None = None
) -> None:
    """Draw the card of a site or an event.

    Parameters
    ----------
    library
        All records.
    record_id
        Id of the record.
    height
        Height in CSS pixels after which the card scrolls; as high as it needs when None.
    dataset
        The imported dataset that the record is of, None for the atlas's own.
    """
    found = library.evidence.get(record_id)
    if found is None:
        st.warning(
            "No record has this address. It may have been merged or deleted.", icon=":material/search_off:"
        )
        st.button("Close", on_click=address.select_record, args=("",))
        return
    with st.container(border=True, key="record_card", height=height or "content"):
        _head(found)
        if dataset is not None:
            licence = f", {dataset.licence}" if dataset.licence else ""
            st.caption(f":material/database: {plain(dataset.title + licence)}; imported, not reviewed here")
            show_propose(dataset, record_id)
        else:
            show_card_actions(found.record.id)
        _facts(found, library)
        _evidence(found, library)
        if dataset is not None:
            show_as_written(dataset, record_id)
        _links(found, library, dataset.layer if dataset else "")


def show_selected(atlas: AtlasView, record_id: str, height: int | None = None) -> None:
    """Draw the card of the record that is selected, of the atlas or of any layer.

    Parameters
    ----------
    atlas
        The atlas, as the person may see it.
    record_id
        Id as an address has it.
    height
        Height in CSS pixels after which the card scrolls; as high as it needs when None.
    """
    try:
        home, own_id, dataset = atlas.home_of(record_id)
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        st.button("Close", on_click=address.select_record, args=("",))
        return
    show_record(home, own_id, height=height, dataset=dataset)


def show_actor(library: Library, record_id: str) -> None:
    """Draw the card of an actor.

    Parameters
    ----------
    library
        All records.
    record_id
        Id of the actor.
    """
    found = library.evidence.get(record_id)
    if found is None or not isinstance(found.record, Actor):
        st.warning(
            "No actor has this address. It may have been merged or deleted.", icon=":material/search_off:"
        )
        return
    show_record(library, record_id)


def _head(found: Evidence) -> None:
    record = found.record
    left, right = st.columns([6, 1], vertical_alignment="top")
    if isinstance(record, Event):
        kind, title = label("event_kinds", record.kind), record.title
        badges = [(label("event_statuses", record.status), _STATUS_COLOUR.get(record.status, "gray"))]
    elif isinstance(record, Site):
        kind, title, badges = label("site_kinds", record.kind), record.name, []
    else:
        kind, title, badges = label("actor_kinds", record.kind), record.name, []
    if found.contradicting:
        badges.append(("sources disagree", "red"))
    with left:
        st.caption(plain(kind))
        st.markdown(f"#### {plain(title)}")
        if badges:
            st.markdown(" ".join(f":{colour}-badge[{plain(text)}]" for text, colour in badges))
    right.button(
        "✕",
        key="close_card",
        help="Close this record",
        on_click=address.select_record,
        args=("",),
        type="tertiary",
    )


def _facts(found: Evidence, library: Library) -> None:
    record = found.record
    if not isinstance(record, Event) and record.names:
        st.caption(plain(" · ".join(record.names)))
    text = record.summary if isinstance(record, Event) else record.notes
    if text:
        st.markdown(plain(text))
    lines: list[str] = []
    if isinstance(record, Event):
        lines.append(f"**When** {plain(date_words(record.date))}")
    if isinstance(record, Actor):
        if record.country:
            lines.append(f"**Country** {plain(country_name(record.country))}")
        if not record.founded.is_undated:
            lines.append(f"**Founded** {plain(date_words(record.founded))}")
        if record.parent:
            lines.append(f"**Part of** {plain(', '.join(map(library.name, record.parent)))}")
    lines += [f"**Status** {_status_line(s.status, date_words(s.date), s.note)}" for s in found.statuses]
    lines += [f"**{_role_words(place)}** {_place_line(place, library)}" for place in found.locations]
    if not isinstance(record, Actor) and record.products:
        lines.append(f"**Products** {plain(', '.join(map(_product_words, record.products)))}")
    st.markdown("  \n".join(lines))
    show_how_placed(found.locations, record.id)


def _status_line(status: str, when: str, note: str) -> str:
    words = f"{label('site_statuses', status)}, {when}"
    return plain(words) + (f" — *{plain(note)}*" if note else "")


def _role_words(place: Location) -> str:
    return {"at": "Where", "about": "About", "from": "From", "to": "To"}.get(place.role, "Where")


def _place_line(place: Location, library: Library) -> str:
    name = place.place_as_written or "place not named"
    country = country_name(place.country) if place.country else ""
    parts = [name if country in ("", name) else f"{name}, {country}"]
    if place.precision == "none":
        parts.append("not placed")
    else:
        parts.append(f"known to {label('precisions', place.precision)}")
        if place.precision_m:
            parts.append(f"within {distance_words(place.precision_m)}")
    chosen = {"gazetteer": "by gazetteer", "hand": "placed by hand", "source": "coordinates from the source"}
    if place.method in chosen:
        by = place.chosen_by.removeprefix(f"{place.method} ")
        parts.append(f"{chosen[place.method]} ({by})" if by else chosen[place.method])
    line = plain(", ".join(parts))
    decided = library.places.get(place.place_id)
    reasons = dict.fromkeys([place.reason, decided.reason if decided else ""])
    return line + "".join(f" — *{plain(reason)}*" for reason in reasons if reason)


def _product_words(product: Product) -> str:
    words = label("product_categories", product.category)
    return f"{product.designation} ({words.lower()})" if product.designation else words


def _links(found: Evidence, library: Library, layer: str) -> None:
    record = found.record
    if isinstance(record, Event) and record.actors:
        st.markdown("**Who**")
        with st.container(horizontal=True, gap="small"):
            for role in record.actors:
                _actor_link(library, role.actor_id, label("actor_roles", role.role), layer)
    elif isinstance(record, Site) and record.operators:
        st.markdown("**Operators**")
        with st.container(horizontal=True, gap="small"):
            for actor_id in record.operators:
                _actor_link(library, actor_id, "", layer)
    linked = [i for i in found.linked if i in library.evidence]
    if not linked:
        return
    with st.expander(f"Linked records ({len(linked)})", expanded=len(linked) <= 6):  # noqa: PLR2004  # fits a card
        for other in linked:
            _record_link(library, other, layer)


def _actor_link(library: Library, actor_id: str, role: str, layer: str) -> None:
    words = plain(library.name(actor_id)) + (f" · *{plain(role)}*" if role else "")
    if layer:  # the page of actors lists the atlas's own
        st.markdown(words)
        return
    st.page_link("app_pages/actors.py", label=words, query_params={"record": actor_id})


def _record_link(library: Library, record_id: str, layer: str) -> None:
    record = library.evidence[record_id].record
    if isinstance(record, Actor):
        _actor_link(library, record_id, "", layer)
        return
    icon = ":material/factory:" if isinstance(record, Site) else ":material/event:"
    when = f" · {date_words(record.date)}" if isinstance(record, Event) else ""
    st.button(
        plain(library.name(record_id) + when),
        key=f"link_{record_id}",
        icon=icon,
        type="tertiary",
        on_click=address.open_record,
        args=(join_record(layer, record_id),),
    )


def _evidence(found: Evidence, library: Library) -> None:
    if found.contradicting:
        st.markdown("**Sources that say otherwise**")
        for citation in found.contradicting:
            with st.container(border=True):
                field = citation.field.replace("_", " ") or "the record"
                said = f": {plain(citation.value_as_stated)}" if citation.value_as_stated else ""
                st.markdown(f":red-badge[on {plain(field)}]{said}")
                _citation(citation, library)
    st.markdown(f"**Sources** ({len({c.source_id for c in found.supporting})})")
    for citation in found.supporting:
        with st.container(border=True):
            if citation.field:
                said = f": {citation.value_as_stated}" if citation.value_as_stated else ""
                st.caption(plain(f"on {citation.field.replace('_', ' ')}{said}"))
            _citation(citation, library)


def _citation(citation: Citation, library: Library) -> None:
    source = library.sources[citation.source_id]
    words = source.title or source.publisher
    parts = [plain(source.publisher)] if source.title else []
    if not source.published.is_undated:
        parts.append(plain(date_words(source.published)))
    parts.append(plain(label("source_kinds", source.kind).lower()))
    if citation.locator:
        parts.append(plain(citation.locator))
    badge = ""
    if citation.confidence:
        colour = _CONFIDENCE.get(citation.confidence, "gray")
        badge = f" :{colour}-badge[{plain(citation.confidence)} confidence]"
    st.markdown(f"{source_link(words, source.url)}  \n{' · '.join(parts)}{badge}")
    if citation.quote:
        st.markdown(f"> {plain(citation.quote)}")


def source_link(words: str, url: str) -> str:
    """Write a link to a source, or just its words when the address is none a browser should open.

    Parameters
    ----------
    words
        Text of the link.
    url
        Address from a record.

    Returns
    -------
    str
        Markdown.
    """
    if not url.startswith(("http://", "https://")):
        return plain(words)
    safe = (
        url.replace(" ", "%20")
        .replace("(", "%28")
        .replace(")", "%29")
        .replace("<", "%3C")
        .replace(">", "%3E")
    )
    return f"[{plain(words)}]({safe})"
