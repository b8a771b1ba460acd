"""Everything in a story that may be an event: what the rules found and every clause that reads like one.

Each candidate has the arguments that the rules give it; the models weigh them against all others.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from dashboard.articles.assembling.events import FoundEvent, build_event
from dashboard.articles.assembling.memory import Memory
from dashboard.articles.assembling.story import Story
from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention
from dashboard.articles.finding.when import Extent
from dashboard.articles.learned.clauses import SentenceFinds, clause_features
from dashboard.articles.learned.linear import LinearModel

__all__ = ["Candidate", "Telling", "candidates_of", "kind_scores"]

_FLOOR: Final = -3.0
"""Score under which a clause is no candidate for a kind: one in twenty."""
_MOST_PER_KIND: Final = 3
_NEXT: Final = 1


@dataclass(slots=True)
class Telling:
    """A sentence with what the rules made of it.

    Parameters
    ----------
    finds
        The sentence and what the models see of it.
    story
        Its story.
    memory
        What the story had spoken of before it.
    events
        The events that the rules tell of it, before facts told twice are merged.
    lead
        Kinds of event in the headline and the first sentence.
    names
        Its capitalised words that are no places, folded: who and what it speaks of.
    recent
        Days that the sentences before it told of, the latest first, each with its paragraph.
    """

    finds: SentenceFinds
    story: Story
    memory: Memory
    events: list[FoundEvent]
    lead: list[str]
    names: frozenset[str] = frozenset()
    recent: tuple[tuple[int, Extent], ...] = ()

    @property
    def sentence(self) -> Sentence:
        """The sentence."""
        return self.finds.sentence


@dataclass(slots=True)
class Candidate:
    """What may be an event.

    Parameters
    ----------
    kind
        Code of the event vocabulary.
    clause
        Number of the clause that tells it.
    scores
        How much the clause reads like each kind.
    telling
        Its sentence.
    event
        The event with arguments.
    by_rules
        Whether the rules found it.
    repeat
        Whether the rules found it as a further day or place of another.
    sure
        How sure the models are of its place, date and status, by name.
    """

    kind: str
    clause: int
    scores: dict[str, float]
    telling: Telling
    event: FoundEvent
    by_rules: bool = False
    repeat: bool = False
    sure: dict[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """How much its clause reads like its kind."""
        return self.scores[self.kind]


def kind_scores(telling: Telling, model: LinearModel) -> list[dict[str, float]]:
    """Say how much each clause of a sentence reads like each kind of event.

    Parameters
    ----------
    telling
        The sentence.
    model
        The model of kinds.

    Returns
    -------
    list of dict of str to float
        For each clause its scores by kind.
    """
    finds = telling.finds
    return [
        model.scores(clause_features(finds, number, telling.lead)) for number in range(len(finds.clauses))
    ]


def candidates_of(telling: Telling, scores: list[dict[str, float]]) -> list[Candidate]:
    """Gather the candidates of a sentence.

    Parameters
    ----------
    telling
        The sentence.
    scores
        What `kind_scores` gives.

    Returns
    -------
    list of Candidate
        Those of the rules first.
    """
    found: list[Candidate] = []
    taken: dict[int, int] = {}
    for event in telling.events:
        number = _clause_at(telling.finds, event)
        key = id(event.mention)
        taken[key] = taken.get(key, 0) + 1
        own = replace(event, more=list(event.more))
        repeat = taken[key] > 1
        found.append(
            Candidate(event.kind, number, scores[number], telling, own, by_rules=True, repeat=repeat)
        )
    for kind in next(iter(scores), ()):
        ranked = sorted(
            (n for n in range(len(scores)) if scores[n][kind] > _FLOOR), key=lambda n: -scores[n][kind]
        )
        for number in ranked[:_MOST_PER_KIND]:
            if not any(_same_telling(other, kind, number) for other in found):
                event = _synthetic(telling, kind, number)
                found.append(Candidate(kind, number, scores[number], telling, event))
    return found


def _same_telling(other: Candidate, kind: str, number: int) -> bool:
    """Whether a candidate of that kind is in the clause, or beside it without a date of its own."""
    if other.kind != kind:
        return False
    finds = other.telling.finds
    clause = finds.clauses[number]
    if other.clause == number or any(clause.meets(hit.first, hit.last) for hit in other.event.mention.hits):
        return True
    both_dated = _dated(finds, number) and _dated(finds, other.clause)
    return abs(other.clause - number) <= _NEXT and not both_dated


def _dated(finds: SentenceFinds, number: int) -> bool:
    return any(finds.clauses[number].meets(date.first, date.last) for date in finds.sentence.dates)


def _clause_at(finds: SentenceFinds, event: FoundEvent) -> int:
    head = event.mention.head
    return next((n for n, clause in enumerate(finds.clauses) if clause.meets(head, head)), 0)


def _synthetic(telling: Telling, kind: str, number: int) -> FoundEvent:
    """Give a clause the arguments that the rules would give it if it held a trigger."""
    finds = telling.finds
    mention = mention_of(finds, kind, number)
    rivals = [mention]
    rivals += [other for other in finds.mentions if other.last < mention.first or mention.last < other.first]
    return build_event(mention, rivals, finds.sentence, telling.story, replace(telling.memory))


def mention_of(finds: SentenceFinds, kind: str, number: int) -> Mention:
    """Read the words of a clause, but for its places and dates, as a trigger.

    Parameters
    ----------
    finds
        The sentence.
    kind
        Code of the event vocabulary.
    number
        Number of the clause.

    Returns
    -------
    Mention
        At the triggers of that kind in the clause if it has any, else at its words.
    """
    clause, sentence = finds.clauses[number], finds.sentence
    named = {n for name in sentence.places for n in range(name.first, name.last + 1)}
    named |= {n for date in sentence.dates for n in range(date.first, date.last + 1)}
    words = [n for n in range(clause.first, clause.last + 1) if n not in named]
    words = words or [clause.first]
    hits = [Hit(n, n, "") for n in words]
    return Mention(kind, words[0], words[-1], hits, guessed=True)
