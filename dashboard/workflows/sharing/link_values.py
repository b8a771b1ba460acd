"""What one value of an address may be: a code, the word that older addresses held, or nothing.

An address is written by anybody. Each reader here takes the text of one value and gives what it stands for,
or nothing; none of them raises, and none of them takes more text than a person would write.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from dashboard.domain.countries import country_names
from dashboard.domain.vocabulary import codes, label
from dashboard.geocoding.names import fold

__all__ = [
    "ACTOR",
    "LISTS",
    "MODES",
    "SORTS",
    "TYPE_WORDS",
    "VOCABULARIES",
    "View",
    "clean_text",
    "code_readers",
    "read_layers",
    "read_name",
    "read_record",
    "read_sort",
    "safe_words",
]

LISTS: Final = {
    "type": "types",
    "country": "countries",
    "involving": "involved",
    "kind": "kinds",
    "actor": "actors",
    "product": "products",
    "precision": "precisions",
    "status": "statuses",
}
"""Parameters that may be given several times, and the field of `Filters` that each one fills."""

MODES: Final = ("cumulative", "window", "asof")
"""What the clock's ends do when it moves; the browser's words (docs/clock.md)."""

SORTS: Final = ("date", "name", "kind", "status", "place", "country", "sources")
"""What a table may be sorted by; with a minus before it, the other way round."""

TYPE_WORDS: Final = {"site": "Sites", "event": "Events"}
"""Types of records, as a filter names them."""

VOCABULARIES: Final = {
    "kind": ("event_kinds", "site_kinds"),
    "product": ("product_categories",),
    "precision": ("precisions",),
    "status": ("event_statuses", "site_statuses"),
}
"""Lists of the vocabulary that a parameter's codes are of."""

ACTOR: Final = re.compile(r"[a-z]{2}-[a-z0-9]+(?:-[a-z0-9]+)*")
"""Form of an actor's id."""

_MOST_TEXT: Final = 200
_MOST_CODE: Final = 120
# The atlas's own ids; those of other people's tables, which are as they wrote them.
_RECORD: Final = re.compile(
    r"[^\x00-\x20\x7f/?#&%<>\"'`\\]{1,140}|data:[a-z0-9-]{1,60}/(?! )[^\x00-\x1f\x7f<>\"'`\\]{1,140}(?<! )"
)
_LAYERS: Final = re.compile(r"[a-z0-9:_-]{1,60}(,[a-z0-9:_-]{1,60}){0,19}")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_JOINERS: Final = "\u200c\u200d"  # they part and join letters of Persian and Indic scripts


@dataclass(frozen=True, slots=True)
class View:
    """What part of Earth the map shows.

    Parameters
    ----------
    lat, lng
        Centre in degrees, EPSG:4326.
    zoom
        Web map zoom.
    """

    lat: float
    lng: float
    zoom: float

    @classmethod
    def parse(cls, text: str) -> "View | None":
        """Read a view as an address gives it.

        Parameters
        ----------
        text
            ``lat,lng,zoom``.

        Returns
        -------
        View or None
            Clamped to Earth and to zoom 1 to 18; None when it cannot be read.
        """
        try:
            lat, lng, zoom = (float(part) for part in text[:60].split(","))
        except ValueError:
            return None
        if not (abs(lat) <= 90 and abs(lng) <= 360 and 0 <= zoom <= 30):  # noqa: PLR2004  # Earth; NaN fails too
            return None
        return cls(_rounded(lat, 4), _rounded(lng, 4), _rounded(min(max(zoom, 1.0), 18.0), 2))

    def __str__(self) -> str:
        """Write it as an address does, with every digit that `parse` keeps."""
        return ",".join(
            f"{round(value, 4)!r}".removesuffix(".0") for value in (self.lat, self.lng, self.zoom)
        )


def _rounded(number: float, digits: int) -> float:
    return round(number, digits) + 0.0 if math.isfinite(number) else number  # no negative zero


def clean_text(text: str, most: int = _MOST_TEXT) -> str:
    """Take from a text what no person types: control characters, halves of characters, runs of blanks.

    Parameters
    ----------
    text
        Text of an address.
    most
        How many characters are kept.

    Returns
    -------
    str
        One line, without blanks at its ends.
    """
    kept = "".join(one if one.isprintable() or one in _JOINERS else " " for one in text[: 4 * most])
    return " ".join(kept.split())[:most].strip()


def safe_words(text: str, most: int = 40) -> str:
    """Shorten a value so that a sentence can quote it.

    Parameters
    ----------
    text
        Anything.
    most
        How many characters are kept.

    Returns
    -------
    str
        One printable line, with an ellipsis where it was cut. Not escaped for HTML or Markdown.
    """
    line = clean_text(text, most + 1)
    return line if len(line) <= most else f"{line[:most]}…"


CodeReader = Callable[[str], tuple[str, ...]]
"""Gives the codes that a value stands for; none when it is neither a code nor a known word."""


def code_readers(names: Mapping[str, str] | None = None, *, former: bool = False) -> dict[str, CodeReader]:
    """Give the reader of each parameter that holds codes.

    Parameters
    ----------
    names
        Names of all actors by id. Without them any id of the right form is taken, and no name is understood.
    former
        Whether ids of actors who are not among the names are taken all the same.

    Returns
    -------
    dict of str to callable
        By the parameters of `LISTS`.
    """
    readers = {name: _vocabulary_reader(name) for name in LISTS if name != "actor"}
    return readers | {"actor": _actor_reader(names or {}, anybody=former or names is None)}


def _vocabulary_reader(name: str) -> CodeReader:
    return lambda value: _spelled(name).get(value[:_MOST_CODE].strip().casefold(), ())


@cache
def _spelled(name: str) -> dict[str, tuple[str, ...]]:
    """Give the codes by every spelling: themselves, and the words that older addresses held."""
    known = _known(name)
    spelled: dict[str, tuple[str, ...]] = {}
    for code, word in known:
        spelled[word.casefold()] = tuple(dict.fromkeys((*spelled.get(word.casefold(), ()), code)))
    return spelled | {code.casefold(): (code,) for code, _ in known}


def _known(name: str) -> list[tuple[str, str]]:
    if name == "type":
        return list(TYPE_WORDS.items())
    if name in ("country", "involving"):
        return list(country_names().items())
    return [(code, label(one, code)) for one in VOCABULARIES[name] for code in codes(one)]


def _actor_reader(names: Mapping[str, str], *, anybody: bool) -> CodeReader:
    by_name: dict[str, tuple[str, ...]] = {}

    def read(value: str) -> tuple[str, ...]:
        text = value[: 4 * _MOST_CODE].strip()
        if text in names or (anybody and len(text) <= _MOST_CODE and ACTOR.fullmatch(text)):
            return (text,)
        if not by_name:
            for actor, name in names.items():
                by_name[fold(name)] = (*by_name.get(fold(name), ()), actor)
        return by_name.get(fold(text), ())

    return read


def read_record(value: str) -> str:
    """Read the id of a record as an address gives it.

    Parameters
    ----------
    value
        The id, of an imported dataset with its layer before it.

    Returns
    -------
    str
        The same, empty when no record can have it.
    """
    return value if _RECORD.fullmatch(value) and value.isprintable() else ""


def read_layers(value: str) -> str:
    """Read the map's visible layers.

    Parameters
    ----------
    value
        Ids from top to bottom with commas between them.

    Returns
    -------
    str
        The same, empty when they cannot be read.
    """
    return value if _LAYERS.fullmatch(value) else ""


def read_sort(value: str) -> str:
    """Read the order of a table.

    Parameters
    ----------
    value
        One of `SORTS`, perhaps with a minus before it.

    Returns
    -------
    str
        The same, empty when there is no such order.
    """
    return value if value.removeprefix("-") in SORTS else ""


def read_name(value: str) -> str:
    """Read the name of a version.

    Parameters
    ----------
    value
        The name.

    Returns
    -------
    str
        The same, empty when no version can have it.
    """
    return value if _NAME.fullmatch(value) else ""
