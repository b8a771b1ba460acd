"""The hand-decided places: who decided what and why, and taking one back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from dashboard.domain.countries import country_name
from dashboard.domain.records import Change, Place
from dashboard.domain.vocabulary import label
from dashboard.errors import PlaceDecisionError, RecordNotFoundError, StoreError
from dashboard.geocoding import Gazetteer
from dashboard.runtime import Runtime
from dashboard.ui.geocoding.candidates import distance_words
from dashboard.ui.words import plain
from dashboard.workflows.decide_places import take_back

__all__ = ["ask_who", "keep_who", "say", "show_place", "show_places", "show_said"]

_WHO: Final = "geo_who"
_SAID: Final = "geo_said"
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


def show_said() -> None:
    """Show the sentence that the last run left, once."""
    if text := st.session_state.pop(_SAID, ""):
        st.success(plain(text), icon=":material/check_circle:")


def ask_who(key: str) -> str:
    """Ask who decides, unless the sign-in says it.

    Parameters
    ----------
    key
        Key of the field.

    Returns
    -------
    str
        Name for the audit trail, empty when nobody said.
    """
    signed_in = _signed_in()
    return st.text_input(
        "Your name",
        signed_in or st.session_state.get(_WHO, ""),
        key=key,
        max_chars=100,
        disabled=bool(signed_in),
        help="It stands in the audit trail, and in what is exported.",
    )


def keep_who(who: str) -> None:
    """Remember who decides for the rest of the session.

    Parameters
    ----------
    who
        Name as given.
    """
    st.session_state[_WHO] = who.strip()


def _signed_in() -> str:
    user = st.user.to_dict()
    return next((str(user[key]) for key in ("email", "preferred_username", "name") if user.get(key)), "")


def show_place(
    atlas: Runtime, gazetteer: Gazetteer | None, place_id: str, key: str, *, reason: bool = True
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
    st.markdown(_story(place, atlas.repository.changes(place_id), reason=reason))
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
    with st.popover("Take back", icon=":material/undo:"), st.form(f"{key}_{place_id}_back", border=False):
        st.markdown("The gazetteer decides again. The audit trail keeps what was decided.")
        why = st.text_input("Why", key=f"{key}_{place_id}_why", max_chars=2_000)
        who = ask_who(f"{key}_{place_id}_who")
        pressed = st.form_submit_button("Take it back", icon=":material/undo:")
    if pressed:
        _take_back(atlas, place, who, why)


def _take_back(atlas: Runtime, place: Place, who: str, why: str) -> None:
    try:
        take_back(atlas.repository, place.id, who, why)
    except (PlaceDecisionError, RecordNotFoundError, StoreError) as error:
        problems = error.problems if isinstance(error, PlaceDecisionError) else (str(error),)
        st.error("  \n".join(map(plain, problems)), icon=":material/error:")
    else:
        keep_who(who)
        say(f"Taken back: {place.name} ({place.id}) is decided by the gazetteer again.")
        st.rerun()


def _story(place: Place, changes: Sequence[Change], *, reason: bool) -> str:
    last = changes[-1] if changes else None
    by = f"by {last.who}, {last.when.replace('T', ' ').removesuffix('Z')} UTC" if last else f"in {_PACKAGE}"
    words = f"  \n{plain(place.reason)}" if reason else ""
    return f":material/push_pin: **Decided by hand** {plain(by)}{words}"


def show_places(atlas: Runtime, gazetteer: Gazetteer | None) -> None:
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


def _table(atlas: Runtime, places: Sequence[Place]) -> pd.DataFrame:
    used = Counter(
        location.place_id for evidence in atlas.library().evidence.values() for location in evidence.locations
    )
    last = _last_changes(atlas)
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


def _last_changes(atlas: Runtime) -> Mapping[str, Change]:
    return {change.record_id: change for change in atlas.repository.read_table(Change)}
