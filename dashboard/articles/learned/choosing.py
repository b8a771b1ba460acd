"""Which candidates are proposed: likely ones that no likelier candidate tells already."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from dashboard.articles.assembling.events import FoundEvent
from dashboard.articles.assembling.merging import same_place
from dashboard.articles.learned.candidates import Candidate
from dashboard.articles.learned.doubts import caution
from dashboard.articles.learned.linear import LinearModel

__all__ = ["choice_features", "chosen_events", "in_order"]

_LEAST: Final = 1e-3
_LEVELS: Final = (0.2, 0.4, 0.6, 0.8, 0.95)
_BY_RULES: Final = 1.5
_NEAR: Final = 1
_NEWS_DAYS: Final = 10
_MOST_BEFORE: Final = 100
"""Likelier candidates that one is held against."""


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Put the likeliest first.

    Parameters
    ----------
    candidates
        Candidates of a page, with their arguments.

    Returns
    -------
    list of Candidate
        The same, ordered; ties as they stand in the text.
    """
    return sorted(candidates, key=lambda one: (-_first_guess(one), one.telling.sentence.start, one.clause))


def _first_guess(candidate: Candidate) -> float:
    sure = sum(math.log(max(candidate.sure.get(name, _LEAST), _LEAST)) for name in ("place", "date"))
    return candidate.score + sure + (_BY_RULES if candidate.by_rules else 0.0)


def choice_features(candidate: Candidate, before: Sequence[Candidate]) -> dict[str, float]:
    """Say what the model sees of a candidate and of those that are likelier.

    Parameters
    ----------
    candidate
        The candidate.
    before
        Those that come before it in order.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    event, sentence = candidate.event, candidate.telling.sentence
    features = {
        "kind_score": max(-4.0, min(candidate.score, 4.0)),
        "margin": max(
            -4.0,
            min(candidate.score - max(s for k, s in candidate.scores.items() if k != candidate.kind), 4.0),
        ),
    }
    for name in ("place", "date", "status"):
        likely = candidate.sure.get(name, 0.0)
        features[name] = math.log(max(likely, _LEAST))
        features[f"{name}:{sum(likely > level for level in _LEVELS)}"] = 1.0
    own = list(_about(candidate))
    features.update(dict.fromkeys(own, 1.0))
    features.update((f"{candidate.kind}|{name}", 1.0) for name in own)
    features[f"at:{min(sentence.position, 5)}"] = 1.0
    features[f"level:{math.floor(max(-4.0, min(candidate.score, 4.0)))}"] = 1.0
    if event.place is not None:
        features[f"placed:{event.basis}/{event.place.rank}"] = 1.0
    features.update(dict.fromkeys(_beside(candidate, before), 1.0))
    return features


def _about(candidate: Candidate) -> Iterator[str]:
    event = candidate.event
    yield "rules" if candidate.by_rules else "learned"
    if candidate.by_rules:
        yield "repeat" if candidate.repeat else "first"
        yield "guessed" if event.mention.guessed else "trigger"
        yield f"rules/level:{math.floor(max(-2.0, min(candidate.score, 2.0)))}"
    yield event.status
    yield "dated" if event.when is not None else "undated"
    yield f"{event.status}/{'dated' if event.when is not None else 'undated'}"
    yield from (name for name in candidate.sure if name.startswith("dated:"))
    yield f"basis:{event.basis}"
    finds = candidate.telling.finds
    clause = finds.clauses[candidate.clause]
    if event.date_mention is not None:
        own = clause.meets(event.date_mention.first, event.date_mention.last)
        yield f"date_in:{'clause' if own else 'sentence'}"
    if event.here is not None:
        own = clause.meets(event.here.first, event.here.last)
        yield f"place_in:{'clause' if own else 'sentence'}"
    yield f"clauses:{min(len(finds.clauses), 5)}"
    yield f"events_here:{min(len(finds.mentions), 4)}"
    others = (kind for kind in candidate.scores if kind != candidate.kind)
    rival = max(others, key=candidate.scores.__getitem__)
    lead = math.floor(max(-2.0, min(candidate.score - candidate.scores[rival], 2.0)))
    yield f"rival:{rival}/{lead}"
    if event.anaphoric:
        yield "anaphoric"
    if event.fresh:
        yield "fresh"
    if event.hanging:
        yield "hanging"


def _beside(candidate: Candidate, before: Sequence[Candidate]) -> Iterator[str]:
    """Say how it stands to the candidates before it."""
    for other in before[:_MOST_BEFORE]:
        relation = _relation(other, candidate)
        if relation:
            yield relation
            yield f"{relation}/{min(2, max(-2, math.floor(other.score)))}"
            if other.kind == candidate.kind:
                yield f"{relation}/{candidate.event.basis}/{'d' if candidate.event.when else 'u'}"
                yield f"{candidate.kind}|{relation}"


def _relation(other: Candidate, candidate: Candidate) -> str:
    """Name what two candidates have in common; nothing when they have too little."""
    same_kind = other.kind == candidate.kind
    near = _nearness(other, candidate)
    if not same_kind:
        if near not in ("clause", "next"):
            return ""
        return f"other:{near}" + ("" if same_time(other.event, candidate.event) else ":apart")
    time = same_time(other.event, candidate.event)
    undated = other.event.when is None or candidate.event.when is None
    place = _same_spot(other.event, candidate.event)
    return f"same:{near}:{'u' if undated else 't' if time else '-'}:{'p' if place else '-'}"


def _nearness(other: Candidate, candidate: Candidate) -> str:
    if other.telling is candidate.telling:
        step = abs(other.clause - candidate.clause)
        return "clause" if step == 0 else "next" if step <= _NEAR else "sentence"
    same = other.telling.sentence.paragraph == candidate.telling.sentence.paragraph
    return "paragraph" if same else "page"


def same_time(first: FoundEvent, second: FoundEvent) -> bool:
    """Tell whether two events may be of the same day.

    Parameters
    ----------
    first
        An event.
    second
        Another.

    Returns
    -------
    bool
        Whether their dates overlap, or one has none.
    """
    one, other = first.when, second.when
    return one is None or other is None or (one.first <= other.last and other.first <= one.last)


def _same_spot(first: FoundEvent, second: FoundEvent) -> bool:
    if first.place is None or second.place is None:
        return True
    countries = first.place.country == second.place.country
    return same_place(first.place, second.place) or (
        countries and "country" in (first.place.kind, second.place.kind)
    )


def chosen_events(candidates: Sequence[Candidate], model: LinearModel, least: float) -> list[FoundEvent]:
    """Choose the candidates that are proposed, and join to each those that tell the same.

    Parameters
    ----------
    candidates
        Candidates of a page, with their arguments.
    model
        The model of the choice.
    least
        Score that a candidate must reach.

    Returns
    -------
    list of FoundEvent
        In order of the text.
    """
    ordered = in_order(candidates)
    chosen: list[FoundEvent] = []
    for number, candidate in enumerate(ordered):
        sure = model.sums(choice_features(candidate, ordered[:number]))[0]
        if sure - caution(candidate.telling.sentence.doubt) >= least:
            chosen.append(candidate.event)
        elif candidate.by_rules:
            _join(chosen, candidate.event)
    return sorted(_told_once(chosen), key=lambda event: (event.sentence.start, event.mention.first))


def _told_once(events: Sequence[FoundEvent]) -> list[FoundEvent]:
    """Join what is told with the news and again with its day: the lead of a story and what follows."""
    kept: list[FoundEvent] = []
    for event in sorted(events, key=_is_guessed):
        same = next((other for other in kept if _tells_again(other, event)), None)
        if same is None:
            kept.append(event)
        elif event.sentence is not same.sentence and event.sentence not in same.more:
            same.more.append(event.sentence)
    return kept


def _is_guessed(event: FoundEvent) -> bool:
    return event.when is None or event.when.edtf.endswith("~")


def _tells_again(kept: FoundEvent, event: FoundEvent) -> bool:
    """Whether an event without a day of its own is one that is kept, at the same place a few days before."""
    if not _is_guessed(event) or event.fresh or (kept.kind, kept.status) != (event.kind, event.status):
        return False
    if kept.place is None or event.place is None or not same_place(kept.place, event.place):
        return False
    if kept.when is None or event.when is None:
        return _is_guessed(kept)
    return kept.when.first <= event.when.last and (event.when.first - kept.when.last).days <= _NEWS_DAYS


def _join(chosen: list[FoundEvent], event: FoundEvent) -> None:
    """Quote what is not proposed itself with the fact that it tells again."""
    for other in chosen:
        if other.sentence is event.sentence or other.kind != event.kind:
            continue
        if same_time(other, event) and _same_spot(other, event) and event.sentence not in other.more:
            other.more.append(event.sentence)
            return
