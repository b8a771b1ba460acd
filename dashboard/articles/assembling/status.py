"""Whether an event happened: auxiliaries, verbs of planning, denial and delay, weighed by where they stand.

An auxiliary belongs to the verb a few words behind it ("will be opened"), or to the noun before it ("the
opening will"). A denial or a delay reaches farther and wins: "the ministry denied that a plant had exploded".
"""

from typing import Final

from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention

__all__ = ["status_of"]

_REACH: Final = 1.5
_UNDONE_REACH: Final = 2.0
_INFINITIVE_REACH: Final = 3.0
_NOUN_REACH: Final = 2.4
_UNDONE_NOUN_REACH: Final = 3.0
_COMMA: Final = 1.0
_RUMOUR_REACH: Final = 1.4
_VERB_REACH: Final = 0.9
_UNDONE: Final = frozenset({"denied", "postponed"})
_WORDS: Final = {"fact": 2, "not": 3, "denied": 10, "postponed": 8}
"""Most words between a cue and the verb behind it; for the others the language says."""
_INFINITIVE_WORDS: Final = 16
"""The same before an infinitive: "will visit the town on Sunday to inaugurate"."""
_WORDS_BEHIND: Final = 12
_UNDONE_WORDS_BEHIND: Final = 16


def status_of(mention: Mention, sentence: Sentence, reach: int) -> tuple[str, Hit | None]:
    """Say whether an event happened.

    Parameters
    ----------
    mention
        Its trigger words.
    sentence
        The sentence.
    reach
        How many words a verb may stand behind its auxiliary in the language.

    Returns
    -------
    tuple of (str, Hit or None)
        Code of the event status vocabulary, and the words for it.
    """
    best: tuple[bool, float, Hit] | None = None
    rumoured: Hit | None = None
    for cue in sentence.status:
        if cue.label == "unconfirmed":
            if min(_apart(cue, hit, sentence) for hit in mention.hits) <= _RUMOUR_REACH:
                rumoured = cue
            continue
        distances = [
            distance for hit in mention.hits if (distance := _distance(cue, hit, sentence, reach)) is not None
        ]
        if distances:
            found = (cue.label not in _UNDONE, min(distances), cue)
            if best is None or found[:2] < best[:2]:
                best = found
    if _is_future(mention, sentence) and (best is None or best[2].label not in _UNDONE):
        return "planned", mention.hits[0]
    if best is None or best[2].label == "fact":
        return ("unconfirmed", rumoured) if rumoured is not None else ("happened", None)
    label = best[2].label
    return ("denied" if label == "not" else label), best[2]


def _is_future(mention: Mention, sentence: Sentence) -> bool:
    """Whether a trigger itself is a verb in the future: "inaugurera", "entregarán"."""
    return any(sentence.tokens[n].future for hit in mention.hits for n in (hit.first, hit.last))


def _apart(cue: Hit, hit: Hit, sentence: Sentence) -> float:
    return min(sentence.apart(cue.last, hit.first), sentence.apart(hit.last, cue.first))


def _distance(cue: Hit, hit: Hit, sentence: Sentence, reach: int) -> float | None:
    """Say how near a cue is to a trigger, before or behind it; None when it belongs to something else."""
    if cue.first > hit.last:
        return _behind(cue, hit, sentence)
    if hit.first <= cue.first and cue.last <= hit.last and cue.label in _UNDONE:
        return None  # "aufgegeben" of a depot is the event itself
    words = hit.first - cue.last
    infinitive = cue.label == "planned" and sentence.cue_before(hit.first, "infinitive") is not None
    if words > (_INFINITIVE_WORDS if infinitive else _WORDS.get(cue.label, reach)):
        return None
    distance = sentence.apart(cue.last, hit.first)
    far = _INFINITIVE_REACH if infinitive else _UNDONE_REACH if cue.label in _UNDONE else _REACH
    if distance > far:
        return None
    # "was to be opened": the longer of two phrases that end together says more.
    return distance - 0.01 * (cue.last - cue.first)


def _behind(cue: Hit, hit: Hit, sentence: Sentence) -> float | None:
    most = _UNDONE_WORDS_BEHIND if cue.label in _UNDONE else _WORDS_BEHIND
    if cue.label == "not" or cue.first - hit.last > most:
        return None
    distance = sentence.apart(hit.last, cue.first)
    if _is_noun(hit, sentence):
        if distance > (_UNDONE_NOUN_REACH if cue.label in _UNDONE else _NOUN_REACH):
            return None
        # "The drill is planned": what stands behind "is" says more than "is".
        return distance + (2.0 if cue.label == "fact" else 1.0)
    return distance if cue.label in _UNDONE and distance <= _VERB_REACH else None


def _is_noun(hit: Hit, sentence: Sentence) -> bool:
    """Whether a trigger is the subject of what follows: "The exercise will", "Deliveries are to"."""
    if hit.first == hit.last == 0:
        return True
    return any(
        cue.label in ("definite", "indefinite")
        and 0 <= hit.first - cue.last - 1 <= 1
        and sentence.apart(cue.last, hit.first) < _COMMA
        for cue in sentence.cues
    )
