import json
from importlib.resources import files

import pytest

from dashboard.articles.language import LANGUAGES, language_of
from dashboard.domain.vocabulary import codes

FOLDER = files("dashboard.articles") / "languages"


def tables(language):
    return json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_table(language):
    english, other = tables("en"), tables(language)
    assert set(other) == set(english)
    for group in ("months", "weekdays", "units", "seasons", "sites", "status", "names"):
        assert set(other[group]) == set(english[group]), group


@pytest.mark.parametrize("language", LANGUAGES)
def test_triggers_and_sites_speak_the_vocabulary(language):
    loaded = language_of(language)
    kinds = {rule.kind for rule in loaded.rules}
    assert kinds <= set(codes("event_kinds"))
    assert {"opening", "closure", "incident", "contract", "delivery", "agreement", "visit"} <= kinds
    assert set(tables(language)["sites"]) <= set(codes("site_kinds"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_trigger_needs_is_a_class_of_words(language):
    classes = set(tables(language)["objects"]) | {"site", "date", "place", "product"}
    for rule in language_of(language).rules:
        assert rule.needs <= classes, rule


def test_a_language_without_tables_reads_as_english():
    assert language_of("xx").code == "en"
