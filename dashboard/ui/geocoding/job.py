"""One list of names on its way through the Geocoding page, kept in the session between reruns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from dashboard.errors import Problem
from dashboard.geocoding import Resolution
from dashboard.workflows.geocoding.name_lists import WrittenName

__all__ = ["Job", "current_job", "start_job"]

_KEY: Final = "geo_job"
_COUNT: Final = "geo_jobs"


@dataclass
class Job:
    """A list of names and what was decided about them so far.

    Parameters
    ----------
    number
        Counts the lists of a session, so that the tables of one are not taken for those of the next.
    names
        The names.
    problems
        What could not be read.
    together
        Whether they are of one text.
    made_for
        Gazetteer and data version that the decisions were made with.
    revision
        Counts how often they were made anew.
    decisions
        For the first names of the list, in order.
    stopped
        Whether the person stopped it.
    """

    number: int
    names: tuple[WrittenName, ...]
    problems: tuple[Problem, ...] = ()
    together: bool = False
    made_for: str = ""
    revision: int = 0
    decisions: list[Resolution] = field(default_factory=list)
    stopped: bool = False

    @property
    def key(self) -> str:
        """What the keys of its tables end with: other decisions, other tables."""
        return f"{self.number}_{self.revision}"

    @property
    def is_done(self) -> bool:
        """Whether every name was decided about."""
        return len(self.decisions) == len(self.names)

    def begin(self, made_for: str, *, together: bool) -> None:
        """Begin anew when what the decisions depend on has changed.

        Parameters
        ----------
        made_for
            Gazetteer and data version now.
        together
            Whether the names are of one text.
        """
        if (made_for, together) != (self.made_for, self.together):
            self.made_for, self.together = made_for, together
            self.decisions, self.stopped = [], False
            self.revision += 1

    def stop(self) -> None:
        """Leave the rest of the names undecided."""
        self.stopped = True

    def go_on(self) -> None:
        """Decide about the rest after all."""
        self.stopped = False


def current_job() -> Job | None:
    """Give the session's list.

    Returns
    -------
    Job or None
        None before the first one.
    """
    job: Job | None = st.session_state.get(_KEY)
    return job


def start_job(names: Sequence[WrittenName], problems: Sequence[Problem]) -> None:
    """Put a new list in place of the session's last one.

    Parameters
    ----------
    names
        The names.
    problems
        What could not be read.
    """
    number = st.session_state.get(_COUNT, 0) + 1
    st.session_state[_COUNT] = number
    st.session_state[_KEY] = Job(number, tuple(names), tuple(problems))
