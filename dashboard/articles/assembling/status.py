"""Whether an event happened: auxiliaries, verbs of planning, denial and delay, weighed by where they stand.

An auxiliary belongs to the verb a few words behind it ("will be opened"), or to the noun before it ("the
opening will"). A denial or a delay reaches farther and wins: "the ministry denied that a plant had exploded".
What refutes a report reaches through all that the report says: "denied a story according to which the firm".
"""

from typing import Final

from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.triggers import Mention

__all__ = ["is_refuted", "status_of"]

_REACH: Final = 1.5
_UNDONE_REACH: Final = 2.0
_INFINITIVE_REACH: Final = 3.0
_NOUN_REACH: Final = 2.4
_UNDONE_NOUN_REACH: Final = 3.0
_COMMA: Final = 1.0
_RUMOUR_REACH: Final = 1.4
_VERB_REACH: Final = 0.45
_REPORT_REACH: Final = 7.0
_REPORT_WORDS: Final = 30
_UNDONE: Final = frozenset({"denied", "postponed", "missed"})
_OWN: Final = _UNDONE | {"fact"}
_STATUS: Final = {"not": "denied", "missed": "postponed", "intending": "planned"}
_NOT_FIRST: Final = 0.05
"""How much a "no" wins over the auxiliary of its own sentence: "no contract has been signed"."""
_OPENING_WORDS: Final = 2
_NOUN_ENDINGS: Final = (
    "ing", "ings", "tion", "tions", "sion", "sions", "ment", "ments", "cion", "ciones", "miento", "ung",
    "ungen", "eries", "ery", "tests", "talks", "trials", "drills", "exercises", "launch", "closure", "merger",
    "handover",
)  # fmt: skip
"""How nouns of doing end; what follows "is to" behind them is said of them."""
_NOUN_WORDS: Final = 2
_WORDS: Final = {"fact": 2, "not": 3, "denied": 10, "postponed": 8, "missed": 8}
"""Most words between a cue and the verb behind it; for the others the language says."""
_FORWARD: Final = frozenset({"not", "intending"})
"""Cues that are only said of the verb behind them: "the contract foresees"."""
_OF_REPORTS: Final = frozenset({"refuted", "report", "confirmed"})
"""Cues that speak of what others said, weighed by `_refutes` alone."""
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
    refuted = _refutation(mention, sentence)
    if refuted is not None:
        return "denied", refuted
    for cue in sentence.status:
        if cue.label in _OF_REPORTS:
            continue
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
    return _STATUS.get(label, label), best[2]


def is_refuted(sentence: Sentence, first: int, last: int) -> bool:
    """Tell whether some words are part of a report that the sentence says is wrong.

    Parameters
    ----------
    sentence
        The sentence.
    first
        Index of the first word.
    last
        Index of the last.

    Returns
    -------
    bool
        Whether they are.
    """
    return any(_refutes(cue, first, last, sentence) for cue in sentence.status if cue.label == "refuted")


def _refutation(mention: Mention, sentence: Sentence) -> Hit | None:
    return next(
        (
            cue
            for cue in sentence.status
            if cue.label == "refuted" and _refutes(cue, mention.first, mention.last, sentence)
        ),
        None,
    )


def _refutes(cue: Hit, first: int, last: int, sentence: Sentence) -> bool:
    """Whether a refutation before some words, or behind a report of them, is one of them."""
    if cue.last < first:
        low, high = cue.last, first
    elif last < cue.first and any(
        other.label in ("unconfirmed", "report") and other.first <= first for other in sentence.status
    ):
        low, high = last, cue.first
    else:
        return False
    if high - low > _REPORT_WORDS or sentence.apart(low, high) > _REPORT_REACH or sentence.is_cut(low, high):
        return False
    return not any(other.label == "confirmed" and low < other.first < high for other in sentence.status)


def _is_future(mention: Mention, sentence: Sentence) -> bool:
    """Whether a trigger itself is a verb in the future: "inaugurera", "entregarán"."""
    return any(sentence.tokens[n].future for hit in mention.hits for n in (hit.first, hit.last))


def _apart(cue: Hit, hit: Hit, sentence: Sentence) -> float:
    return min(sentence.apart(cue.last, hit.first), sentence.apart(hit.last, cue.first))


def _distance(cue: Hit, hit: Hit, sentence: Sentence, reach: int) -> float | None:
    """Say how near a cue is to a trigger, before or behind it; None when it belongs to something else."""
    if cue.first > hit.last:
        return _behind(cue, hit, sentence)
    if hit.first <= cue.first and cue.last <= hit.last and cue.label in _OWN:
        return None  # "aufgegeben" of a depot is the event itself
    words = hit.first - cue.last
    infinitive = (
        cue.label in ("planned", "intending") and sentence.cue_before(hit.first, "infinitive") is not None
    )
    if words > (_INFINITIVE_WORDS if infinitive else _WORDS.get(cue.label, reach)):
        return None
    distance = sentence.apart(cue.last, hit.first)
    far = _INFINITIVE_REACH if infinitive else _UNDONE_REACH if cue.label in _UNDONE else _REACH
    if distance > far:
        return None
    # "was to be opened": the longer of two phrases that end together says more.
    return distance - 0.01 * (cue.last - cue.first) - (_NOT_FIRST if cue.label == "not" else 0.0)


def _behind(cue: Hit, hit: Hit, sentence: Sentence) -> float | None:
    most = _UNDONE_WORDS_BEHIND if cue.label in _UNDONE else _WORDS_BEHIND
    if cue.label in _FORWARD or cue.first - hit.last > most:
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
    if hit.last <= _OPENING_WORDS or any(
        sentence.tokens[n].folded == "s" for n in range(max(0, hit.first - 1), hit.last)
    ):
        return True
    word = sentence.tokens[hit.first]
    begins = hit.first > 1 and sentence.costs[hit.first] > sentence.costs[hit.first - 2]
    if begins and (word.folded.endswith(_NOUN_ENDINGS)):
        return True
    return any(
        cue.label in ("definite", "indefinite")
        and (0 <= hit.first - cue.last - 1 <= _NOUN_WORDS or hit.first <= cue.first <= hit.last)
        and sentence.apart(cue.last, max(hit.first, cue.last)) < _COMMA
        for cue in sentence.cues
    )
