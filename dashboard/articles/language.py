"""The word lists of each language that the engine reads, as data (`languages/*.json`), loaded once.

A list is one string of phrases separated by commas, in the writing of `finding.phrases`. What each list means
is said at the field. A language that lacks a list simply finds less; adding one is editing data.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from dashboard.articles.finding.phrases import PhraseTable, split_list
from dashboard.articles.finding.tokens import fold

__all__ = ["LANGUAGES", "Language", "TriggerRule", "language_of"]

LANGUAGES: Final = ("en", "fr", "es", "de", "ar", "he")
_FALLBACK: Final = "en"
_REACH: Final = 2.6
_LEAST_VERB: Final = 5
_FOLDER: Final = files("dashboard.articles") / "languages"


@dataclass(frozen=True, slots=True)
class TriggerRule:
    """Words that speak of one kind of event.

    Parameters
    ----------
    kind
        Code of the event vocabulary.
    needs
        Classes of words of which one must stand near; none when empty.
    anchored
        Whether the sentence must name a day, month or year, or a place.
    reach
        How far the word may stand that is needed.
    fallback
        Whether any other reading of the words is better.
    setting
        Whether the words name an occasion, which is only an event where the sentence tells no other.
    also
        Classes of words of which one must stand anywhere in the sentence; none when empty.
    priority
        Whether this reading is better than any other of the same words.
    """

    kind: str
    needs: frozenset[str]
    anchored: bool
    reach: float = 2.6
    fallback: bool = False
    setting: bool = False
    also: frozenset[str] = frozenset()
    priority: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """The tables of one language.

    Parameters
    ----------
    code
        ISO 639-1 code.
    particles
        What is glued to the front of words.
    suffixes
        What is glued to their end.
    heads
        Folded words that end compounds, the longest first.
    abbreviations
        Folded words whose dot ends no sentence.
    ordinal_dot
        Whether a dot behind a number of two digits makes an ordinal.
    junk_headings
        Folded headings of link lists, share buttons and the like.
    junk_phrases
        What a cookie banner, an advertisement or a form says.
    captions
        Folded first words of captions.
    dates
        Months, weekdays, numbers, units and the words around dates.
    status
        Cues of planned, denied, postponed and unconfirmed.
    clauses
        Words that begin a clause.
    triggers
        Words of events; labels are the numbers of `rules`.
    rules
        What the labels of `triggers` mean.
    weak
        Words that only hint at a kind of event, for dates that no trigger is near.
    objects
        Classes of words that trigger rules may need.
    sites
        Words for sites, by kind; with `noise` those that only look so.
    cues
        Small words: locatives, makers, definite articles.
    future_endings
        How verbs in the future end.
    future_beginnings
        How they begin.
    names
        Words beside the names of persons with offices, ministries, forces, companies and institutes.
    inner
        Folded small words inside names: of, bin, de la.
    status_reach
        How many words a verb may stand behind its auxiliary.
    """

    code: str
    particles: tuple[str, ...]
    suffixes: tuple[str, ...]
    heads: tuple[str, ...]
    abbreviations: frozenset[str]
    ordinal_dot: bool
    junk_headings: frozenset[str]
    junk_phrases: PhraseTable
    captions: frozenset[str]
    dates: PhraseTable
    status: PhraseTable
    clauses: PhraseTable
    triggers: PhraseTable
    rules: tuple[TriggerRule, ...]
    weak: PhraseTable
    objects: PhraseTable
    sites: PhraseTable
    cues: PhraseTable
    future_endings: tuple[str, ...]
    future_beginnings: tuple[str, ...]
    names: PhraseTable
    inner: frozenset[str]
    status_reach: int

    def is_future(self, word: str) -> bool:
        """Tell whether a word has the form of a verb in the future.

        Parameters
        ----------
        word
            A word as written.

        Returns
        -------
        bool
            Whether it has, as far as its form says.
        """
        if len(word) < _LEAST_VERB:
            return False
        return word.endswith(self.future_endings) or word.startswith(self.future_beginnings)


@cache
def language_of(code: str) -> Language:
    """Load the tables of a language.

    Parameters
    ----------
    code
        ISO 639-1 code; English stands in for a language without tables.

    Returns
    -------
    Language
        Its tables.
    """
    known = code if code in LANGUAGES else _FALLBACK
    data = json.loads((_FOLDER / f"{known}.json").read_text(encoding="utf-8"))
    triggers = json.loads((_FOLDER / f"{known}.triggers.json").read_text(encoding="utf-8"))
    rules, trigger_table = _triggers(triggers, split_list(data["noise"]))
    return Language(
        code=known,
        particles=tuple(fold(part) for part in split_list(data["particles"])),
        suffixes=tuple(fold(part) for part in split_list(data["suffixes"])),
        heads=tuple(sorted(map(fold, split_list(data.get("heads", ""))), key=len, reverse=True)),
        abbreviations=_folded(data["abbreviations"]),
        ordinal_dot=bool(data["ordinal_dot"]),
        junk_headings=_folded(data["junk_headings"]),
        junk_phrases=_table({"junk": data["junk_phrases"]}),
        captions=_folded(data["captions"]),
        dates=_dates(data),
        status=_table(data["status"]),
        clauses=_table({"clause": data["clause"], "and": data["and"]}),
        triggers=trigger_table,
        rules=rules,
        weak=_table(data["weak"]),
        objects=_table(data["objects"]),
        sites=_table({**data["sites"], "noise": data["site_noise"]}),
        cues=_table({name: data[name] for name in _CUES if name in data}),
        future_endings=tuple(split_list(data["future_endings"])),
        future_beginnings=tuple(split_list(data["future_beginnings"])),
        names=_table(data["names"]),
        inner=_folded(data["inner"]),
        status_reach=int(data.get("status_reach", "6")),
    )


_CUES: Final = (
    "locative",
    "at_place",
    "making",
    "making_after",
    "infinitive",
    "again",
    "part_of_site",
    "partner",
    "made_where",
    "own_state",
    "there",
    "here",
    "basing",
    "seating",
    "recipient",
    "capital_of",
    "definite",
    "indefinite",
    "testing",
    "where",
    "when",
    "origin",
    "said",
    "pronoun",
    "away",
    "new_date",
    "moved_to",
    "home",
    "occasion",
    "servicing",
    "storing",
)


def _folded(listed: str) -> frozenset[str]:
    return frozenset(" ".join(fold(word) for word in phrase.split()) for phrase in split_list(listed))


def _table(lists: Mapping[str, str]) -> PhraseTable:
    table = PhraseTable()
    for label, listed in lists.items():
        table.add(split_list(listed), label)
    return table


def _dates(data: Mapping[str, Any]) -> PhraseTable:
    table = PhraseTable()
    for group in ("months", "weekdays", "numbers", "units", "seasons"):
        for value, listed in data[group].items():
            table.add(split_list(listed), f"{group}:{value}")
    for name, listed in data["date_words"].items():
        table.add(split_list(listed), f"word:{name}")
    return table


def _triggers(entries: list[dict[str, Any]], noise: list[str]) -> tuple[tuple[TriggerRule, ...], PhraseTable]:
    table = PhraseTable()
    rules = []
    for number, entry in enumerate(entries):
        needs = frozenset(split_list(entry.get("needs", "")))
        rules.append(
            TriggerRule(
                entry["kind"],
                needs,
                anchored=bool(entry.get("anchored")),
                reach=float(entry.get("reach", _REACH)),
                fallback=bool(entry.get("fallback")),
                setting=bool(entry.get("setting")),
                also=frozenset(split_list(entry.get("also", ""))),
                priority=bool(entry.get("priority")),
            )
        )
        table.add(split_list(entry["words"]), str(number))
    table.add(noise, "noise")
    return tuple(rules), table
