import pytest

from dashboard.articles.finding.tokens import tokenise
from dashboard.articles.language import LANGUAGES, language_of
from dashboard.articles.learned.events_concepts import event_concepts

SIGNED = {
    "en": "signed", "fr": "signé", "es": "firmaron", "de": "unterzeichnet", "ar": "وقعت", "he": "חתמו",
}  # fmt: skip


def concepts(word, code):
    language = language_of(code)
    (token,) = tokenise(word, 0, len(word), language.particles, language.suffixes, heads=language.heads)
    return event_concepts(token, code)


@pytest.mark.parametrize("code", SIGNED)
def test_signing_has_one_name_in_every_language(code):
    assert "sign" in concepts(SIGNED[code], code)


def test_every_language_with_tables_has_words_for_signing():
    assert set(SIGNED) == set(LANGUAGES)


def test_what_a_word_is_about_stands_beside_what_it_does():
    assert "a:repair" in concepts("overhauled", "en")


def test_a_word_that_means_nothing_has_no_concept():
    assert concepts("blue", "en") == frozenset()
