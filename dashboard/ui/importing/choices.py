"""What no column says: constants for all rows, questions with their answers, and how cells are read."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import streamlit as st

from dashboard.domain.countries import country_name, country_names
from dashboard.domain.vocabulary import codes, label
from dashboard.importers.mapping.columns import with_answer, with_constant
from dashboard.importers.mapping.questions import Question
from dashboard.ui.importing.desk import Desk, show_in
from dashboard.ui.words import plain

__all__ = ["show_choices", "show_constants", "show_questions"]

_WIDE: Final = 310  # pixels; a phone shows one beside the other no more
_NOBODY: Final = "Nobody knows: leave such rows out"
_CONSTANTS: Final = ("kind", "status", "country")
_CHOICES: Final[dict[str, tuple[str, dict[Any, str]]]] = {
    "date.unreadable": (
        "A row whose date cannot be read",
        {"refuse": "is left out", "undated": "is kept without a date"},
    ),
    "country.form": (
        "Countries are written as",
        {
            "name": "names or ISO codes",
            "iso2": "ISO codes of two letters",
            "iso3": "ISO codes of three letters",
            "fips": "FIPS codes, as in GDELT",
            "ending": "the end of a place: Tan-Tan, Morocco",
        },
    ),
    "date.on_going": (
        "An empty last day means",
        {False: "the first day is all there is", True: "it goes on"},
    ),
}


def show_constants(desk: Desk) -> None:
    """Draw what may be said of all rows, where no column says it.

    Parameters
    ----------
    desk
        The table and its mapping, which is changed.
    """
    free = [field for field in _CONSTANTS if _is_free(desk, field)]
    with st.container(horizontal=True):
        for field in free:
            if field == "country":
                countries = ["", *sorted(country_names(), key=country_name)]
                _constant(desk, field, countries, _country_words)
            else:
                vocabulary = f"{desk.mapping.record_type}_{field}{'es' if field == 'status' else 's'}"
                _constant(desk, field, codes(vocabulary), _words_of(vocabulary))


def _is_free(desk: Desk, field: str) -> bool:
    rule = getattr(desk.mapping, field)
    return not (rule.columns or rule.like or "{" in rule.text)


def _country_words(code: str) -> str:
    return country_name(code) if code else "As the places say"


def _words_of(vocabulary: str) -> Callable[[str], str]:
    return lambda code: label(vocabulary, code)


def _constant(desk: Desk, field: str, options: Sequence[str], words: Callable[[str], str]) -> None:
    key = desk.key(f"all_{field}_{desk.mapping.record_type}")

    def choose() -> None:
        desk.mapping = with_constant(desk.mapping, field, str(st.session_state[key] or ""))

    now = getattr(desk.mapping, field).text
    show_in(key, now if now in options else options[-1])
    title = f"{field.capitalize()} of all rows"
    st.selectbox(title, options, key=key, format_func=words, on_change=choose, width=_WIDE)


def show_questions(desk: Desk) -> None:
    """Ask what only a person can know.

    Parameters
    ----------
    desk
        The table and its mapping, which is changed.
    """
    asked = desk.asked()
    if not asked:
        return
    with st.container(border=True, key=desk.key("questions")):
        st.markdown("**What only a person can know**")
        for question in asked:
            _ask(desk, question)


def _ask(desk: Desk, question: Question) -> None:
    key = desk.key(f"asked_{question.key}")
    answers: dict[Any, str] = {**question.answers, _NOBODY: _NOBODY}

    def choose() -> None:
        chosen = st.session_state[key]
        desk.unanswerable.discard(question.key)
        if chosen == _NOBODY:
            desk.unanswerable.add(question.key)
        desk.mapping = with_answer(desk.mapping, question.key, None if chosen == _NOBODY else chosen)

    now = desk.answer(question.key)
    show_in(key, _NOBODY if now is None and question.key in desk.unanswerable else now)
    st.radio(
        plain(question.words),
        list(answers),
        index=None,
        key=key,
        format_func=answers.__getitem__,
        on_change=choose,
    )


def show_choices(desk: Desk) -> None:
    """Draw how dates, countries and empty cells are read.

    Parameters
    ----------
    desk
        The table and its mapping, which is changed.
    """
    mapping = desk.mapping
    there = {
        "date.unreadable": bool(mapping.date.columns),
        "country.form": bool(mapping.country.columns),
        "date.on_going": bool(mapping.date.start and mapping.date.end),
    }
    keys = [key for key, offered in there.items() if offered]
    with st.container(horizontal=True):
        for key in keys:
            _choice(desk, key)
    empty = ", ".join(mapping.empty)
    st.caption(plain(f"Cells that stand for nothing: {empty}. A mapping file can say more."))


def _choice(desk: Desk, key: str) -> None:
    title, options = _CHOICES[key]
    field = desk.key(key)

    def choose() -> None:
        desk.mapping = with_answer(desk.mapping, key, st.session_state[field])

    show_in(field, desk.answer(key))
    st.selectbox(
        title, list(options), key=field, format_func=options.__getitem__, on_change=choose, width=_WIDE
    )
