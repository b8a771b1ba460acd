"""Case endings undone."""

import pytest

from dashboard.geocoding.mentions.inflection import nominatives


@pytest.mark.parametrize(
    ("language", "written", "nominative"),
    [
        ("ru", "Москве", "Москва"),
        ("ru", "Киевом", "Киев"),
        ("ru", "Казани", "Казань"),
        ("ru", "Нижнем Тагиле", "Нижний Тагил"),
        ("ru", "Саратовской области", "Саратовская область"),
        ("ru", "России", "Россия"),
        ("uk", "Харкові", "Харків"),
        ("uk", "Києві", "Київ"),
        ("uk", "Празі", "Прага"),
        ("uk", "Одесі", "Одеса"),
        ("uk", "Україні", "Україна"),
    ],
)
def test_the_nominative_is_among_the_forms(language: str, written: str, nominative: str) -> None:
    forms = [" ".join(words) for words in nominatives(tuple(written.split()), language)]
    assert forms[0] == written
    assert nominative in forms
    assert len(forms) <= 24


def test_other_languages_have_one_form() -> None:
    assert list(nominatives(("Rabat",), "en")) == [("Rabat",)]
