"""When somebody else decided about the same name meanwhile: both decisions, and the person chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.access import Person
from dashboard.domain.countries import country_name
from dashboard.domain.records import Place
from dashboard.domain.vocabulary import label
from dashboard.errors import ConflictError
from dashboard.geocoding import Candidate
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.geocoding.candidates import distance_words
from dashboard.ui.wishes import wish_button
from dashboard.ui.words import plain
from dashboard.workflows.geocoding.decide_places import HandDecision

__all__ = ["Clash", "is_kept", "keep_clash", "show_clash"]

_CLASH: Final = "geo_clash"


@dataclass(frozen=True, slots=True)
class Clash:
    """A decision that was not saved, and what is there instead.

    Parameters
    ----------
    decision
        What the person decided.
    person
        Who, with the name as given.
    candidates
        What the name might have meant.
    theirs
        The place that is there now; None when it was taken back.
    who, when
        Who changed it last, and when (ISO 8601, UTC).
    """

    decision: HandDecision
    person: Person
    candidates: tuple[Candidate, ...]
    theirs: Place | None
    who: str
    when: str

    @classmethod
    def of(
        cls, error: ConflictError, decision: HandDecision, person: Person, candidates: tuple[Candidate, ...]
    ) -> "Clash":
        """Make it of what the store said.

        Parameters
        ----------
        error
            The conflict.
        decision, person, candidates
            What was to be saved.

        Returns
        -------
        Clash
            Both.
        """
        theirs = error.theirs if isinstance(error.theirs, Place) else None
        return cls(decision, person, candidates, theirs, error.who, error.when)


def keep_clash(clash: Clash | None) -> None:
    """Keep a clash until the person has chosen.

    Parameters
    ----------
    clash
        The clash; None when there is none any more.
    """
    st.session_state[_CLASH] = clash


def is_kept(clash: Clash) -> bool:
    """Say whether the person has yet to choose about a clash.

    Parameters
    ----------
    clash
        The clash.

    Returns
    -------
    bool
        False once it is settled.
    """
    return st.session_state.get(_CLASH) is clash


def show_clash(save_mine: Callable[[Clash], bool]) -> None:
    """Draw both decisions side by side, if the last one met another.

    Parameters
    ----------
    save_mine
        Saves the person's own in place of what is there, which they have seen now; says whether it did.
    """
    clash: Clash | None = st.session_state.get(_CLASH)
    if clash is None:
        return
    with st.container(border=True, key="geo_clash"):
        what = "took back the decision" if clash.theirs is None else "decided"
        st.warning(
            f"{plain(clash.who)} {what} about {plain(clash.decision.name)} {moment_words(clash.when)}, after "
            "this page was drawn. Nothing of yours was saved: here are both.",
            icon=":material/call_split:",
        )
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**What you decided**")
            st.markdown(_decision_words(clash.decision))
        with right:
            st.markdown("**What is there now**")
            st.markdown(
                "Nothing: the gazetteer decides." if clash.theirs is None else _place_words(clash.theirs)
            )
        with st.container(horizontal=True, gap="small"):
            wish_button(
                "Save mine in its place",
                f"save mine {clash.decision.name} {clash.who} {clash.when}",
                lambda _once: save_mine(clash),
                "",
                key="geo_clash_mine",
                icon=":material/push_pin:",
            )
            st.button("Keep what is there", key="geo_clash_theirs", on_click=keep_clash, args=(None,))


def _decision_words(decision: HandDecision) -> str:
    return _words(decision.point, decision.precision, decision.precision_m, decision.country, decision.reason)


def _place_words(place: Place) -> str:
    point = None if place.lat is None or place.lon is None else (place.lat, place.lon)
    return _words(point, place.precision, place.precision_m or 0, place.country, place.reason)


def _words(point: tuple[float, float] | None, precision: str, radius: int, country: str, reason: str) -> str:
    where = f"{point[0]:.4f}, {point[1]:.4f}" if point else "no point"
    known = f"{label('precisions', precision)}, within {distance_words(radius)}" if radius else precision
    lines = (where, known, country_name(country) if country else "no country", reason)
    return "  \n".join(plain(line) for line in lines if line)
