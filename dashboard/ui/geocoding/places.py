"""The hand-decided places: who decided what and why, and taking one back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.domain.countries import country_name
from dashboard.domain.records import Change, Place
from dashboard.domain.vocabulary import label
from dashboard.errors import AtlasError, ConflictError, PlaceDecisionError
from dashboard.geocoding import Gazetteer
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.geocoding.candidates import distance_words
from dashboard.ui.person import current_person
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.decide_places import take_back

__all__ = [
    "ask_who",
    "given_who",
    "keep_who",
    "may_decide",
    "say",
    "say_failed",
    "show_place",
    "show_places",
    "show_said",
]

_WHO: Final = "geo_who"
_SAID: Final = "geo_said"
_FAILED: Final = "geo_failed"
_ROW: Final = 35
_MOST_ROWS: Final = 10
_PACKAGE: Final = "the data package"


def say(text: str) -> None:
    """Keep a sentence for the next run, after which it is gone.

    Parameters
    ----------
    text
        The sentence, not Markdown.
    """
    st.session_state[_SAID] = text
    st.session_state.pop(_FAILED, None)  # of a try before


def say_failed(*lines: str) -> None:
    """Keep for the next run why something was not done.

    Parameters
    ----------
    *lines
        Sentences, not Markdown.
    """
    st.session_state[_FAILED] = lines


def show_said() -> None:
    """Show what the last run left to be said, once."""
    if text := st.session_state.pop(_SAID, ""):
        st.success(plain(text), icon=":material/check_circle:")
    if lines := st.session_state.pop(_FAILED, ()):
        st.error("  \n".join(map(plain, lines)), icon=":material/error:")


def given_who(key: str) -> Person:
    """Say who decided, at the click.

    Parameters
    ----------
    key
        Key of the field that `ask_who` drew.

    Returns
    -------
    Person
        Who acts, with the name for the audit trail.
    """
    person = current_person()
    return replace(person, name=st.session_state.get(key, "")) if person.is_local else person


def ask_who(key: str) -> None:
    """Draw who decides: whoever is signed in; in a local session the person may give a name.

    Parameters
    ----------
    key
        Key of the field; `given_who` reads it.
    """
    person = current_person()
    if not person.is_local:
        st.text_input("Your name", str(person), key=key, disabled=True, help="As you are signed in.")
        return
    st.text_input(
        "Your name",
        st.session_state.get(_WHO, ""),
        key=key,
        max_chars=100,
        help="It stands in the audit trail, and in what is exported.",
    )


def keep_who(person: Person) -> None:
    """Remember who decides for the rest of the session.

    Parameters
    ----------
    person
        Who decided, with the name as given.
    """
    st.session_state[_WHO] = person.name.strip()


def may_decide() -> bool:
    """Say whether whoever looks may decide places by hand now.

    Returns
    -------
    bool
        True for reviewers while the atlas is open; the workflow asks again.
    """
    return may(current_person(), Right.REMOVE, runtime().mode)


def show_place(
    atlas: AtlasView, gazetteer: Gazetteer | None, place_id: str, key: str, *, reason: bool = True
) -> None:
    """Draw one hand-decided place with its story, and the way to take it back.

    Parameters
    ----------
    atlas
        The atlas.
    gazetteer
        The gazetteer, which may carry the place too; None when it cannot be opened.
    place_id
        Id of the place.
    key
        Begins the keys of its fields.
    reason
        Whether to give the reason; not where it stands already.
    """
    place = atlas.library().places.get(place_id)
    if place is None:
        return
    st.markdown(_story(place, atlas.changes(place_id), reason=reason))
    used = sum(
        location.place_id == place_id
        for evidence in atlas.library().evidence.values()
        for location in evidence.locations
    )
    if used:
        stand = "1 location of a record stands" if used == 1 else f"{used} locations of records stand"
        st.caption(f"{stand} on it: it is corrected together with them, in {_PACKAGE}.")
        return
    if gazetteer is not None and gazetteer.get(place_id) is not None:
        st.caption(f"It came with {_PACKAGE} and is built into the gazetteer: correct it there.")
        return
    if not may_decide():
        return
    with st.popover("Take back", icon=":material/undo:"), st.form(f"{key}_{place_id}_back", border=False):
        st.markdown("The gazetteer decides again. The audit trail keeps what was decided.")
        st.text_input("Why", key=f"{key}_{place_id}_why", max_chars=2_000)
        ask_who(f"{key}_{place_id}_who")
        wish_button(
            "Take it back",
            f"take back {key} {place_id}",
            lambda _once: _take_back(place, f"{key}_{place_id}"),
            "",
            key=f"{key}_{place_id}_take_back",
            draw=st.form_submit_button,
            icon=":material/undo:",
        )


def _take_back(place: Place, key: str) -> bool:
    """Take a place back as it was when the form was drawn; say whether it was."""
    who, why = given_who(f"{key}_who"), str(st.session_state[f"{key}_why"])
    try:
        take_back(runtime().store, who, place.id, why, seen=place)
    except ConflictError as error:
        runtime().refresh()
        say_failed(
            f"{error.who} changed the decision about {place.name} meanwhile. It stays, and is shown as it is."
        )
    except AtlasError as error:
        say_failed(*(error.problems if isinstance(error, PlaceDecisionError) else (str(error),)))
    else:
        runtime().refresh()
        keep_who(who)
        say(f"Taken back: {place.name} ({place.id}) is decided by the gazetteer again.")
        return True
    return False


def _story(place: Place, changes: Sequence[Change], *, reason: bool) -> str:
    last = changes[-1] if changes else None
    by = f"by {last.who}, {last.when.replace('T', ' ').removesuffix('Z')} UTC" if last else f"in {_PACKAGE}"
    words = f"  \n{plain(place.reason)}" if reason else ""
    return f":material/push_pin: **Decided by hand** {plain(by)}{words}"


def show_places(atlas: AtlasView, gazetteer: Gazetteer | None) -> None:
    """List all hand-decided places; only worked out when somebody looks.

    Parameters
    ----------
    atlas
        The atlas.
    gazetteer
        The gazetteer, None when it cannot be opened.
    """
    show_said()
    places = list(atlas.library().places.values())
    section = st.expander(
        f"Hand-decided places ({len(places)})",
        key="geo_places_open",
        on_change="rerun",
        icon=":material/push_pin:",
    )
    if not section.open:
        return
    with section:
        if not places:
            st.info("Nobody has decided a place by hand yet.", icon=":material/push_pin:")
            return
        st.caption(
            "They win over the gazetteer, and `arsenal-atlas export --package` writes them to places.csv."
        )
        key = f"geo_places_{atlas.version}"
        st.dataframe(
            _table(atlas, places),
            key=key,
            hide_index=True,
            height=_ROW * (min(len(places), _MOST_ROWS) + 1) + 3,
            selection_mode="single-row",
            on_select="rerun",
            column_config={"Why": st.column_config.TextColumn(width="large")},
            placeholder="",
            alt="Hand-decided places",
        )
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(places):
            with st.container(border=True):
                st.markdown(f"**{plain(places[rows[0]].name)}**")
                show_place(atlas, gazetteer, places[rows[0]].id, key="geo_listed")
        else:
            st.caption("Choose a row to see who decided it, and to take it back.")


def _table(atlas: AtlasView, places: Sequence[Place]) -> pd.DataFrame:
    used = Counter(
        location.place_id for evidence in atlas.library().evidence.values() for location in evidence.locations
    )
    last = _last_changes(atlas, places)
    return pd.DataFrame(
        {
            "Name": [place.name for place in places],
            "Also written": [" · ".join(place.names) for place in places],
            "Country": [country_name(place.country) if place.country else "" for place in places],
            "Known to": [label("precisions", place.precision) for place in places],
            "Within": [distance_words(place.precision_m) if place.precision_m else "" for place in places],
            "Decided by": [last[place.id].who if place.id in last else _PACKAGE for place in places],
            "When": [last[place.id].when[:10] if place.id in last else "" for place in places],
            "Records": [used[place.id] for place in places],
            "Why": [place.reason for place in places],
            "Lat": [place.lat for place in places],
            "Lon": [place.lon for place in places],
            "Id": [place.id for place in places],
        }
    )


def _last_changes(atlas: AtlasView, places: Sequence[Place]) -> Mapping[str, Change]:
    return {place.id: changes[-1] for place in places if (changes := atlas.changes(place.id))}
