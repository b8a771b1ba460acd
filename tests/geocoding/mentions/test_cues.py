"""The word lists are whole."""

import json
from dataclasses import fields
from importlib.resources import files

import pytest

from dashboard.geocoding.mentions.cues import LANGUAGES, Cues, adjectives, cues_of, first_names

FOLDER = files("dashboard.geocoding.mentions") / "languages"
NEEDED = ("stop_words", "locative", "calendar", "never", "person", "saying", "junk_heading")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_is_one_that_is_read(language: str) -> None:
    read = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    assert set(read) <= {field.name for field in fields(Cues)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_short_enough_to_be_found(language: str) -> None:
    cues = cues_of(language)
    phrases = {
        phrase
        for field in fields(Cues)
        if field.name != "junk_heading"
        for phrase in getattr(cues, field.name)
    }
    assert [phrase for phrase in phrases if len(phrase.split()) > 4] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_list_that_every_language_needs_is_empty(language: str) -> None:
    cues = cues_of(language)
    if language == "tr":  # Turkish says "in" behind the name
        assert cues.suffix_in
        cues = cues_of("en")
    assert [name for name in NEEDED if not getattr(cues, name)] == []


def test_a_phrase_is_cut_as_a_text_is() -> None:
    assert "à l est de" in cues_of("fr").locative


def test_shared_lists_hold_all_scripts() -> None:
    assert {"john", "محمد", "דוד", "владимир"} <= first_names()
    assert {"moroccan", "welsh", "european"} <= adjectives()
