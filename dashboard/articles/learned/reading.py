"""From what the rules made of a page to the events that are proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from dashboard.articles.assembling.events import FoundEvent
from dashboard.articles.learned.arguments import give_arguments
from dashboard.articles.learned.candidates import Candidate, Telling, candidates_of, kind_scores
from dashboard.articles.learned.choosing import chosen_events
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.wheres import PlaceTable

__all__ = ["EventModels", "candidates_of_story", "learned_events"]

_UNCONFIRMED: Final = "unconfirmed"
_LEAST: Final = 0.0
"""The bar that tells most of the articles left out in training, as the file of the choice is written."""
_MOST_CANDIDATES: Final = 300
"""Candidates of one story that the models weigh; what is behind them is no article."""


@dataclass(frozen=True, slots=True)
class EventModels:
    """The models of events.

    Parameters
    ----------
    kinds
        What kind a clause tells of.
    places
        Which place.
    dates
        Which date.
    statuses
        Whether it happened.
    choice
        Which candidates are proposed.
    least
        Score that a candidate must reach.
    """

    kinds: LinearModel
    places: LinearModel
    dates: LinearModel
    statuses: LinearModel
    choice: LinearModel
    least: float = _LEAST

    @staticmethod
    @cache
    def shipped() -> "EventModels":
        """Load the models of the package.

        Returns
        -------
        EventModels
            Read once.
        """
        return EventModels(
            kinds=LinearModel.load("event-kinds"),
            places=LinearModel.load("event-places"),
            dates=LinearModel.load("event-dates"),
            statuses=LinearModel.load("event-statuses"),
            choice=LinearModel.load("event-choice"),
        )


def candidates_of_story(tellings: Sequence[Telling], models: EventModels) -> list[Candidate]:
    """Gather the candidates of a story and give them their arguments.

    Parameters
    ----------
    tellings
        Its sentences, headlines too.
    models
        The models.

    Returns
    -------
    list of Candidate
        In order of the text.
    """
    table = PlaceTable.of(list(tellings))
    found: list[Candidate] = []
    for telling in tellings:
        if telling.sentence.headline:
            continue
        if len(found) > _MOST_CANDIDATES:
            break
        for candidate in candidates_of(telling, kind_scores(telling, models.kinds)):
            give_arguments(candidate, table, models.places, models.dates, models.statuses)
            found.append(candidate)
    return found


def learned_events(candidates: Sequence[Candidate], models: EventModels) -> list[FoundEvent]:
    """Choose the events of a page.

    Parameters
    ----------
    candidates
        Candidates of all its stories.
    models
        The models.

    Returns
    -------
    list of FoundEvent
        In order of the text; rumours that the rules found are among them.
    """
    sound = [one for one in candidates if one.event.status != _UNCONFIRMED]
    rumours = [one.event for one in candidates if one.event.status == _UNCONFIRMED and one.by_rules]
    events = [*chosen_events(sound, models.choice, models.least), *rumours]
    return sorted(events, key=lambda event: (event.sentence.start, event.mention.first))
