"""The controlled vocabulary: every code the atlas stores, with its label, definition and crosswalks.

The codes are data (``vocabulary.json``), because adding one is an editorial decision, not a change of code.
"""

import difflib
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dashboard.errors import VocabularyError

__all__ = ["Term", "check_code", "codes", "crosswalk", "label", "terms"]


@dataclass(frozen=True, slots=True)
class Term:
    """One code of a vocabulary list.

    Parameters
    ----------
    code
        Lower-case word as stored.
    label
        Word as shown.
    definition
        What it covers, or the empty string where the label says it all.
    """

    code: str
    label: str
    definition: str = ""


@cache
def _data() -> dict[str, dict[str, dict[str, object]]]:
    text = files("dashboard.domain").joinpath("vocabulary.json").read_text(encoding="utf-8")
    data: dict[str, dict[str, dict[str, object]]] = json.loads(text)
    return data


@cache
def terms(vocabulary: str) -> dict[str, Term]:
    """List the terms of one vocabulary in their display order.

    Parameters
    ----------
    vocabulary
        Name of the list, such as ``site_kinds``.

    Returns
    -------
    dict of str to Term
        Terms by code.

    Raises
    ------
    KeyError
        If there is no list of that name.
    """
    rows: list[dict[str, str]] = _data()["lists"][vocabulary]  # type: ignore[assignment]  # JSON
    return {row["code"]: Term(**row) for row in rows}


def codes(vocabulary: str) -> tuple[str, ...]:
    """List the codes of one vocabulary in their display order.

    Parameters
    ----------
    vocabulary
        Name of the list.

    Returns
    -------
    tuple of str
        Codes.
    """
    return tuple(terms(vocabulary))


def label(vocabulary: str, code: str) -> str:
    """Give the word to show for a code.

    Parameters
    ----------
    vocabulary
        Name of the list.
    code
        A code; an unknown one is shown as it is, so that old data stays readable.

    Returns
    -------
    str
        Label.
    """
    term = terms(vocabulary).get(code)
    return term.label if term else code


def check_code(vocabulary: str, code: str) -> str:
    """Return a code if the vocabulary has it.

    Parameters
    ----------
    vocabulary
        Name of the list.
    code
        The code to check.

    Returns
    -------
    str
        The same code.

    Raises
    ------
    VocabularyError
        If it is unknown; carries the nearest valid code.
    """
    known = codes(vocabulary)
    if code in known:
        return code
    near = difflib.get_close_matches(code.strip().lower().replace(" ", "_"), known, n=1, cutoff=0.5)
    raise VocabularyError(vocabulary, code, near[0] if near else None)


def crosswalk(vocabulary: str, scheme: str) -> dict[str, tuple[str | int, ...]]:
    """Give the codes of another scheme that correspond to ours.

    Parameters
    ----------
    vocabulary
        Name of our list, such as ``precisions``.
    scheme
        Name of the other scheme, such as ``ucdp``, ``acled``, ``gdelt``, ``gem``, ``cameo``.

    Returns
    -------
    dict of str to tuple
        Their codes by ours; several where the crosswalk is not one to one.
    """
    table: dict[str, list[str | int]] = _data()["crosswalks"][vocabulary][scheme]  # type: ignore[assignment]  # JSON
    return {ours: tuple(theirs) for ours, theirs in table.items()}
