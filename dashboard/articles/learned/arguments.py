"""Give each candidate the place, the date and the status that the models find likeliest."""

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from dashboard.articles.learned.candidates import Candidate
from dashboard.articles.learned.linear import LinearModel
from dashboard.articles.learned.statuses import status_features
from dashboard.articles.learned.whens import DateOption, date_features, date_options
from dashboard.articles.learned.wheres import PlaceOption, PlaceTable, place_features, place_options

if TYPE_CHECKING:
    from dashboard.articles.proposals import PlaceBasis

__all__ = ["give_arguments"]

_KEPT: Final = frozenset({"unconfirmed"})
"""Statuses that no article of the lessons has: what the rules say holds."""
_UNDONE: Final = frozenset({"denied", "postponed"})
_UNDOING: Final = frozenset({"denied", "not", "refuted", "postponed", "missed"})
"""Cues of which a sentence must hold one for what it tells to be undone."""


def give_arguments(
    candidate: Candidate, table: PlaceTable, places: LinearModel, dates: LinearModel, statuses: LinearModel
) -> None:
    """Choose the place, the date and the status of a candidate.

    Parameters
    ----------
    candidate
        It is brought up to date.
    table
        Places of its story.
    places
        The model of places.
    dates
        The model of dates.
    statuses
        The model of statuses.
    """
    _choose_place(candidate, table, places)
    _choose_date(candidate, dates)
    _choose_status(candidate, statuses)


def _choose_place(candidate: Candidate, table: PlaceTable, model: LinearModel) -> None:
    options = place_options(candidate, table)
    if not options:
        return
    sums = [model.sums(place_features(candidate, option, table))[0] for option in options]
    best = max(range(len(options)), key=sums.__getitem__)
    chosen = candidate.event.place if candidate.repeat else options[best].place
    likely = _softmax(sums)
    if chosen is None:
        return
    alike = [
        p
        for p, option in zip(likely, options, strict=True)
        if (option.place.lat, option.place.lon, option.place.country)
        == (chosen.lat, chosen.lon, chosen.country)
    ]
    candidate.sure["place"] = sum(alike)
    if not candidate.repeat and chosen is not candidate.event.place:
        _put(candidate, options[best])


def _put(candidate: Candidate, option: PlaceOption) -> None:
    here = option.name if option.telling is candidate.telling else None
    stated = here is not None and option.place.sense == "place"
    basis: PlaceBasis = "stated" if stated else "context"
    candidate.event = replace(candidate.event, place=option.place, here=here, basis=basis)


def _choose_date(candidate: Candidate, model: LinearModel) -> None:
    options = date_options(candidate)
    sums = [model.sums(date_features(candidate, option, options))[0] for option in options]
    likely = _softmax(sums)
    best = max(range(len(options)), key=sums.__getitem__)
    if candidate.repeat:
        best = next((n for n, option in enumerate(options) if option.extent is candidate.event.when), best)
    candidate.sure["date"] = likely[best]
    chosen: DateOption = options[best]
    candidate.sure[f"dated:{chosen.source}"] = 1.0
    if chosen.extent is not candidate.event.when:
        event = replace(candidate.event, when=chosen.extent, date_mention=chosen.mention)
        candidate.event = event


def _choose_status(candidate: Candidate, model: LinearModel) -> None:
    if candidate.repeat or candidate.event.status in _KEPT:
        return
    scores = model.scores(status_features(candidate))
    if not any(cue.label in _UNDOING for cue in candidate.telling.sentence.status):
        scores = {status: scores[status] for status in scores if status not in _UNDONE} or scores
    best = max(scores, key=scores.__getitem__)
    candidate.sure["status"] = dict(zip(scores, _softmax(list(scores.values())), strict=True))[best]
    if best != candidate.event.status:
        hit = candidate.event.status_hit if best != "happened" else None
        candidate.event = replace(candidate.event, status=best, status_hit=hit)


def _softmax(sums: list[float]) -> list[float]:
    most = max(sums)
    powers = [math.exp(one - most) for one in sums]
    total = sum(powers)
    return [power / total for power in powers]
