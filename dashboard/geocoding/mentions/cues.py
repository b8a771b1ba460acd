"""The words that speak for or against a place, per language, as data (`languages/*.json`).

Each list is a string of phrases separated by commas, compared case-folded (Arabic and Hebrew: folded). What a
list means is said once, here.
"""

import json
import re
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Final

from dashboard.geocoding.names import fold

__all__ = ["LANGUAGES", "UNCASED", "Cues", "adjectives", "cues_of", "first_names"]

LANGUAGES: Final = ("en", "fr", "es", "de", "ar", "he", "ru", "uk", "tr")

UNCASED: Final = frozenset({"ar", "he"})
"""Languages of a script without capitals."""

_AND: Final = {"ar": "وف", "he": "וש"}
"""What Arabic and Hebrew glue to the front of any word: and, so, that."""

_CUTS: Final = re.compile("['\u2019\\-]")
_AS_WRITTEN: Final = frozenset({"junk_heading", "seats"})

_MAY_FOLLOW_AND: Final = ("locative", "weak", "place_before", "org_before", "person")

_FOLDER: Final = files("dashboard.geocoding.mentions") / "languages"


@dataclass(frozen=True, slots=True)
class Cues:
    """The word lists of one language; a phrase has at most four words.

    Parameters
    ----------
    stop_words
        The commonest words: they tell the language, and a name made of one is none.
    locative
        What is said only before places: in, near, north of.
    weak
        What is often said before places, and before others: from, to, of.
    skipped
        What may stand between these and the name: the, nearby, northern, city of.
    place_before
        Nouns that a place name follows at once: city, region, gouvernorat.
    place_after
        Nouns and endings that follow a place name: plant, airport, -based.
    generic_after
        Generic words that belong to the name when they follow it: County, Air Base.
    generic_before
        Generic words that belong to the name when they stand before it: Landkreis, base aérienne de.
    inner
        Lower-case words inside names: de, upon, al.
    person
        Titles and callings that a person's name follows.
    org_before
        What makes an organisation of the name behind it: University of, Bank of.
    org_after
        What makes an organisation or a product of the name before it: Times, Engineering.
    office_after
        Capitalised words that may follow a place name that stays one: Mayor, Police.
    saying
        Verbs whose subject speaks or decides.
    state_subject
        Auxiliaries and adverbs that follow a capital standing for its government.
    relations
        Nouns that make governments of the capitals they join: ties between, talks with.
    with_government
        Prepositions whose capital is a government: with, by, for.
    calendar
        Months and weekdays.
    never
        Other capitalised words that are never places.
    common
        Names that are also words or persons, which need a cue.
    junk_heading
        Headings of link lists and other junk.
    loose
        Those locatives that other nouns follow as often: at, around.
    definite
        Articles that a town never has, but a ship or a club named after it.
    indefinite
        The like, but met before towns too: "a Lancaster man".
    with_article
        Names of towns that do have an article.
    foreign_inner
        Words of other languages inside names: the second part of "Jerez de X" is none by itself.
    eras
        Nouns that make something else of a name before them: era, class.
    joiners
        What joins the names of a list.
    conjunctions
        Those of them that mean "and".
    between
        The preposition of "between X and Y".
    of
        The preposition of "the needs of X".
    relative
        What begins a relative clause about who acts: ", which", ", for its part".
    leaving
        Verbs and nouns of travel, behind which "for X" is a destination.
    sided
        Participles behind a hyphen that make a government of a capital: -backed.
    suffered
        What is said of a city, not of a government: shelled, quiet.
    seats
        Seats of government that are no capitals, or stand in the gazetteer under another name.
    verb_endings
        Endings of verbs that a capital as government is the subject of.
    reported
        Verbs of hearsay: "aus Berlin hieß es".
    suffix_in
        Endings behind an apostrophe that mean in, to, from.
    suffix_other
        Other endings behind an apostrophe.
    visiting
        Verbs of visiting that stand before subject and place.
    facilities
        Generic words that belong to the name of a known facility.
    settlement_of
        What is said before the name of a settlement or range, even of one that no gazetteer has.
    sites
        Nouns that the name of a works, base or range follows, or that are part of it.
    """

    stop_words: frozenset[str]
    locative: frozenset[str]
    weak: frozenset[str]
    skipped: frozenset[str]
    place_before: frozenset[str]
    place_after: frozenset[str]
    generic_after: frozenset[str]
    generic_before: frozenset[str]
    inner: frozenset[str]
    person: frozenset[str]
    org_before: frozenset[str]
    org_after: frozenset[str]
    office_after: frozenset[str]
    saying: frozenset[str]
    state_subject: frozenset[str]
    relations: frozenset[str]
    with_government: frozenset[str]
    calendar: frozenset[str]
    never: frozenset[str]
    common: frozenset[str]
    junk_heading: frozenset[str]
    loose: frozenset[str]
    definite: frozenset[str]
    indefinite: frozenset[str]
    with_article: frozenset[str]
    foreign_inner: frozenset[str]
    eras: frozenset[str]
    joiners: frozenset[str]
    conjunctions: frozenset[str]
    between: frozenset[str]
    of: frozenset[str]
    relative: frozenset[str]
    leaving: frozenset[str]
    sided: frozenset[str]
    suffered: frozenset[str]
    seats: frozenset[str]
    verb_endings: frozenset[str]
    reported: frozenset[str]
    suffix_in: frozenset[str]
    suffix_other: frozenset[str]
    visiting: frozenset[str]
    facilities: frozenset[str]
    settlement_of: frozenset[str]
    sites: frozenset[str]


def _words(listed: str, *, folded: bool = False) -> frozenset[str]:
    # Arabic and Hebrew without vowel signs and letter variants; in French à is not a.
    form = fold if folded else str.casefold
    return frozenset(form(word.strip()) for word in listed.split(",") if word.strip())


def _phrases(listed: str, *, folded: bool) -> frozenset[str]:
    """Read phrases as the words that a text is cut into: "à l'est de" has four."""
    return frozenset(" ".join(_CUTS.sub(" ", phrase).split()) for phrase in _words(listed, folded=folded))


def _read(name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return read


@cache
def cues_of(language: str) -> Cues:
    """Give the cues of a language.

    Parameters
    ----------
    language
        ISO 639-1 code of one of `LANGUAGES`.

    Returns
    -------
    Cues
        Its word lists; a list that the language has no use for is empty.
    """
    read = _read(f"{language}.json")
    folded = language in UNCASED
    lists = {
        field.name: (_words if field.name in _AS_WRITTEN else _phrases)(
            read.get(field.name, ""), folded=folded
        )
        for field in fields(Cues)
    }
    for name in _MAY_FOLLOW_AND:
        lists[name] |= {glued + phrase for glued in _AND.get(language, "") for phrase in lists[name]}
    return Cues(**lists)


@cache
def first_names() -> frozenset[str]:
    """Give first names in all scripts that are not also well-known places.

    Returns
    -------
    frozenset of str
        Case-folded.
    """
    read = _read("first_names.json")
    return frozenset().union(
        *(_words(names, folded=group in {"arabic", "hebrew"}) for group, names in read.items())
    )


@cache
def adjectives() -> frozenset[str]:
    """Give adjectives and peoples made of place names: Moroccan, European.

    Returns
    -------
    frozenset of str
        Case-folded.
    """
    return frozenset().union(*(_words(words) for words in _read("adjectives.json").values()))
