"""Decide which trigger words of a sentence speak of an event, and which of them of the same one."""

from dataclasses import dataclass
from typing import Final

from dashboard.articles.finding.phrases import Hit
from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.tokens import Token
from dashboard.articles.language import Language, TriggerRule

__all__ = ["Mention", "find_event_mentions"]

_MAKERS: Final = frozenset({"stake", "company"})
"""A product word before one of these only says what the company makes: "the ammunition maker"."""
_LAST_RESORT: Final = 9.0
"""Distance of what a fallback rule needs: any other reading is nearer."""
_LONGEST_DESIGNATION: Final = 8
_LONGEST_SERIES: Final = 3
_LONGEST_NUMBER: Final = 3
_SERIES: Final = frozenset({"Mi", "Su", "Il", "An", "Ka", "Tu", "Yak", "MiG", "Mirage", "Typhoon", "Tejas"})
_ANCHOR_REACH: Final = 3.2
_SAME_EVENT: Final = 2.2
_SAME_INCIDENT: Final = 3.6
"""The same for an explosion and those it hurt, which are told farther apart."""
_SUBJECT_COST: Final = 0.15
"""What a needed word before the trigger costs: what is launched stands behind "launched" more often."""
_SIGNED_REACH: Final = 3.2
_HELD: Final = frozenset({"exercise", "test", "visit", "opening", "delivery", "closure"})
"""Kinds of what takes place."""
_COMMA: Final = 1.0
_RELATIVE_GAP: Final = 4
_RELATIVE_WORDS: Final = 3
_TWIN: Final = 1.0
_TWIN_UNNAMED: Final = 4.0
"""How far a contract may be told from an agreement that is the same; farther where no order is named."""
_OWN_CLAUSE: Final = 2.0
_HINT_REACH: Final = 1.6
_LEAST_WEIGHT: Final = 0.85
_LEAST_OF_YEAR: Final = 1.1
"""How much must hint at an event of a date: a year alone is often that of a quantity or a rule."""


@dataclass(slots=True)
class Mention:
    """Words of a sentence that speak of one event.

    Parameters
    ----------
    kind
        Code of the event vocabulary.
    first
        Index of the first trigger's first token.
    last
        Index of the last trigger's last token.
    hits
        The trigger words.
    guessed
        Whether they only hint at the kind.
    """

    kind: str
    first: int
    last: int
    hits: list[Hit]
    guessed: bool = False

    @property
    def head(self) -> int:
        """Index of the token that arguments are measured from."""
        return self.hits[0].first


def find_event_mentions(sentence: Sentence, language: Language) -> list[Mention]:
    """Find the events that a sentence speaks of.

    Parameters
    ----------
    sentence
        A sentence.
    language
        Tables of its language.

    Returns
    -------
    list of Mention
        In order; several words for one event are one mention.
    """
    chosen = _with_subjects(sentence, language, _chosen(sentence, language))
    if any(not language.rules[int(hit.label)].setting for hit, _ in chosen):
        told = [pair for pair in chosen if not language.rules[int(pair[0].label)].setting]
        sentence.occasion = len(told) < len(chosen)
        chosen = told
    own = _own_dates(sentence, [hit for hit, _ in chosen])
    anchors = _anchors(sentence, chosen, own)
    mentions: list[Mention] = []
    for hit, kind in chosen:
        same = next(
            (
                mention
                for mention in reversed(mentions)
                if mention.kind == kind and _same(sentence, mention, hit, anchors)
            ),
            None,
        )
        if same is not None:
            same.hits.append(hit)
            same.last = max(same.last, hit.last)
        else:
            mentions.append(Mention(kind, hit.first, hit.last, [hit]))
    mentions = _signed_contracts(sentence, mentions)
    mentions = [mention for mention in mentions if not _is_twin(sentence, mention, mentions)]
    return mentions + hinted(sentence, language, mentions)


def _signed_contracts(sentence: Sentence, mentions: list[Mention]) -> list[Mention]:
    """Join "was signed" to the contract that was, where the sentence names no other kind of agreement."""
    if any(hit.label == "pact" for hit in sentence.objects):
        return mentions
    kept: list[Mention] = []
    for mention in mentions:
        contract = kept[-1] if kept and kept[-1].kind == "contract" else None
        signed = mention.kind == "agreement" and contract is not None
        if signed and contract is not None and sentence.apart(contract.last, mention.first) <= _SIGNED_REACH:
            contract.hits.extend(mention.hits)
            contract.last = max(contract.last, mention.last)
        else:
            kept.append(mention)
    return kept


def hinted(sentence: Sentence, language: Language, mentions: list[Mention]) -> list[Mention]:
    """Guess what happened on a date that no trigger is near, from words that only hint at it.

    Parameters
    ----------
    sentence
        A sentence.
    language
        Tables of its language.
    mentions
        The events found by their triggers.

    Returns
    -------
    list of Mention
        One for each such date with hints in its own clause.
    """
    hits = [hit for mention in mentions for hit in mention.hits]
    orphans = [
        date
        for date in sentence.dates
        if all(sentence.date_apart(h.first, h.last, date) > _OWN_CLAUSE for h in hits)
    ]
    if not orphans or (mentions and len(sentence.dates) < 2):  # noqa: PLR2004 - the one date is the event's
        return []
    hints = [hint for hint in language.weak.hits(sentence.tokens) if not _taken(hint, hits, sentence)]
    guessed = []
    for date in orphans:
        near = [hint for hint in hints if sentence.date_apart(hint.first, hint.last, date) <= _HINT_REACH]
        weights: dict[str, float] = {}
        for hint in near:
            gain = 1.0 / (1.0 + sentence.date_apart(hint.first, hint.last, date))
            weights[hint.label] = weights.get(hint.label, 0.0) + gain
        if not weights:
            continue
        kind = max(weights, key=lambda label: weights[label])
        words = [hint for hint in near if hint.label == kind]
        if weights[kind] >= (_LEAST_OF_YEAR if date.when.kind == "year" else _LEAST_WEIGHT):
            guessed.append(Mention(kind, words[0].first, words[-1].last, words, guessed=True))
    return guessed


def _taken(hint: Hit, hits: list[Hit], sentence: Sentence) -> bool:
    if any(hint.first <= hit.last and hit.first <= hint.last for hit in hits):
        return True
    named = [(name.first, name.last) for name in sentence.places]
    named.extend((date.first - 1, date.last) for date in sentence.dates)
    return any(first <= hint.first <= last for first, last in named)


def _is_twin(sentence: Sentence, mention: Mention, mentions: list[Mention]) -> bool:
    """Whether a contract is an agreement beside it, "signed contracts and memoranda", or part of a policy.

    "The ban on the sale of jets was lifted" tells no sale.
    """
    if mention.kind not in ("contract", "delivery"):
        return False
    if any(other.kind == "policy" and other.first < mention.first < other.last for other in mentions):
        return True
    if mention.kind != "contract":
        return False
    named = any(hit.label == "order" for hit in sentence.objects)
    reach = _TWIN if named else _TWIN_UNNAMED
    return any(
        other.kind == "agreement" and sentence.apart(mention.last, other.first) <= reach for other in mentions
    )


def _same(sentence: Sentence, mention: Mention, hit: Hit, anchors: dict[int, int]) -> bool:
    """Whether a trigger speaks of the event that others do: near, and of the same of two dates."""
    reach = _SAME_INCIDENT if mention.kind == "incident" else _SAME_EVENT
    if sentence.apart(mention.last, hit.first) > reach or sentence.is_cut(mention.last, hit.first):
        return False
    theirs = {anchors[other.first] for other in mention.hits if other.first in anchors}
    return hit.first not in anchors or not theirs or anchors[hit.first] in theirs


def _anchors(sentence: Sentence, chosen: list[tuple[Hit, str]], own: dict[int, set[int]]) -> dict[int, int]:
    """Give each trigger the nearest of its kind that has a date of its own, where two of them have one."""
    anchors: dict[int, int] = {}
    for kind in {kind for _, kind in chosen}:
        hits = [hit for hit, other in chosen if other == kind]
        dated = [hit for hit in hits if own[hit.first]]
        if len(dated) > 1:
            for hit in hits:
                nearest = min(dated, key=lambda one, hit=hit: sentence.apart(one.first, hit.first))  # type: ignore[misc]
                anchors[hit.first] = nearest.first
    return anchors


def _own_dates(sentence: Sentence, hits: list[Hit]) -> dict[int, set[int]]:
    """Give each date of the sentence to the trigger that is nearest."""
    own: dict[int, set[int]] = {hit.first: set() for hit in hits}
    for date in sentence.dates:
        nearest = min(hits, key=lambda hit: sentence.date_apart(hit.first, hit.last, date), default=None)
        if nearest is not None:
            own[nearest.first].add(date.first)
    return own


def _with_subjects(
    sentence: Sentence, language: Language, chosen: list[tuple[Hit, str]]
) -> list[tuple[Hit, str]]:
    """Give "will take place" the kind of what was named before it: "the exercise will take place"."""
    read: list[tuple[Hit, str]] = []
    for hit, kind in chosen:
        rule = language.rules[int(hit.label)]
        subject = read[-1] if read and rule.fallback and not rule.needs and kind == "meeting" else None
        held = subject is not None and subject[1] in _HELD
        if subject is not None and held and not sentence.is_cut(subject[0].last, hit.first):
            read.append((hit, subject[1]))
        else:
            read.append((hit, kind))
    return read


def _chosen(sentence: Sentence, language: Language) -> list[tuple[Hit, str]]:
    """Give for each place of the sentence the best reading of its trigger words."""
    options: list[tuple[int, float, int, Hit, str]] = []
    blocked: list[tuple[int, int]] = [(s.first, s.last) for s in sentence.sites if s.last > s.first]
    blocked.extend((hit.first, hit.last) for hit in sentence.triggers if hit.label == "noise")
    for hit in sentence.triggers:
        if hit.label == "noise" or any(a <= hit.last and hit.first <= b for a, b in blocked):
            continue
        rule = language.rules[int(hit.label)]
        near = _needed(sentence, hit, rule) if _is_together(sentence, hit, rule) else None
        if near is None or (rule.anchored and not _anchored(sentence, hit)):
            continue
        near -= _LAST_RESORT if rule.priority else 0.0
        options.append((hit.first - hit.last, near, int(hit.label), hit, rule.kind))
    kept: list[tuple[Hit, str]] = []
    for _, _, _, hit, kind in sorted(options, key=lambda option: option[:3]):
        if all(hit.last < other.first or other.last < hit.first for other, _ in kept):
            kept.append((hit, kind))
    return sorted(kept, key=lambda pair: pair[0].first)


def _is_together(sentence: Sentence, hit: Hit, rule: TriggerRule) -> bool:
    """Whether no comma stands in a trigger with a gap, and the sentence holds what the rule wants of it."""
    if sentence.costs[hit.last] - sentence.costs[hit.first] >= _COMMA:
        return False
    return not rule.also or any(other.label in rule.also for other in sentence.objects)


def _relative(sentence: Sentence, first: int, hit: Hit) -> float:
    """Give what the comma and the pronoun of "X, which burned" cost, if a trigger stands in such a clause."""
    for clause in sentence.clauses:
        behind = 0 <= clause.first - first <= _RELATIVE_GAP and clause.last < hit.first
        if clause.label == "clause" and behind and hit.first - clause.last <= _RELATIVE_WORDS:
            return sentence.costs[clause.first] - sentence.costs[first]
    return 0.0


def _needed(sentence: Sentence, hit: Hit, rule: TriggerRule) -> float | None:
    """Give the distance of the nearest word that a trigger needs; 0 when it needs none, None without one."""
    needs = rule.needs
    if not needs:
        return _LAST_RESORT if rule.fallback else 0.0
    best: float | None = None
    for first, last, label in _classes(sentence):
        if label not in needs or _covers(first, last, hit):
            continue
        distance = min(sentence.apart(hit.last, first), sentence.apart(hit.first, last))
        if last < hit.first:
            distance += _SUBJECT_COST - _relative(sentence, last, hit)
        if distance <= rule.reach and (best is None or distance < best):
            best = distance
    return best


def _covers(first: int, last: int, hit: Hit) -> bool:
    """Whether words are those of the trigger itself, and not only in the gap of "put ... into"."""
    return first <= hit.first <= last or first <= hit.last <= last


def _classes(sentence: Sentence) -> list[tuple[int, int, str]]:
    makers = {hit.first for hit in sentence.objects if hit.label in _MAKERS} | {
        index for hit in sentence.sites for index in range(hit.first, hit.last + 2)
    }
    classes = [
        (hit.first, hit.last, hit.label)
        for hit in sentence.objects
        if not (hit.label == "product" and hit.last + 1 in makers)
    ]
    classes.extend((hit.first, hit.last, "site") for hit in sentence.sites)
    classes.extend((date.first, date.last, "date") for date in sentence.dates)
    classes.extend(
        (name.first, name.last, "site" if name.place.kind == "facility" else "place")
        for name in sentence.places
    )
    if sentence.after_site:
        classes.extend((cue.first, cue.last, "site") for cue in sentence.cues if cue.label == "pronoun")
    classes.extend((first, last, "product") for first, last in designations(sentence.tokens))
    return classes


def designations(tokens: list[Token]) -> list[tuple[int, int]]:
    """Find words that look like designations of products: K2, S-400, Mi-28, 8x8.

    Parameters
    ----------
    tokens
        Words of a sentence.

    Returns
    -------
    list of (int, int)
        First and last token of each.
    """
    found = []
    for n, token in enumerate(tokens):
        word = token.text
        mixed = any(map(str.isdigit, word)) and any(map(str.isupper, word))
        if mixed and 1 < len(word) <= _LONGEST_DESIGNATION and word.isalnum():
            found.append((n, n))
        elif n + 1 < len(tokens) and _is_series(word) and tokens[n + 1].start == token.end + 1:
            number = tokens[n + 1].text
            if number[0].isdigit() and len(number) <= _LONGEST_NUMBER:
                found.append((n, n + 1))
    return found


def _is_series(word: str) -> bool:
    """Whether a word may be the letters of a designation: F, KC, Mi, Su."""
    return word in _SERIES or (len(word) <= _LONGEST_SERIES and word.isupper() and word.isalpha())


def _anchored(sentence: Sentence, hit: Hit) -> bool:
    dated = any(sentence.apart(date.first, hit.first) <= _ANCHOR_REACH for date in sentence.dates)
    if dated:
        return True
    local = (name for name in sentence.places if name.place.is_local)
    return any(sentence.apart(name.first, hit.first) <= _ANCHOR_REACH for name in local)
