"""A sentence that reads like a rumour must be surer of its facts; one that surely is one tells none."""

import math

import pytest

from dashboard.articles.finding.sentence import UNDOUBTED
from dashboard.articles.finding.tokens import tokenise
from dashboard.articles.language import LANGUAGES, language_of
from dashboard.articles.learned.doubts import caution
from dashboard.articles.learned.page_concepts import page_concepts

FACT = "The group opened a drone factory in Linz on 12 January 2026."
RUMOUR = "Rumours that the group would open a drone factory in Linz could not be confirmed by anyone."
REST = (
    "The defence minister opened an ammunition plant in Graz on Monday.\n\n"
    "Some 200 people will work there, said the director.\n\n"
    "The plant cost 40 million euros. The state paid a third of it.\n\n"
    "{}\n\n"
    "The director will not say who has ordered the shells."
)
DENIED = {
    "en": "denied", "fr": "démentie", "es": "desmintió", "de": "bestritten", "ar": "نفت", "he": "הכחיש",
}  # fmt: skip


def concepts(word, code):
    language = language_of(code)
    (token,) = tokenise(word, 0, len(word), language.particles, language.suffixes, heads=language.heads)
    return page_concepts(token, code)


def in_linz(found):
    return [one for one in (*found.events, *found.sites) if one.place and one.place.surface == "Linz"]


def test_a_fact_is_told_and_a_rumour_of_the_same_is_not(propose):
    assert in_linz(propose(REST.format(FACT)))
    told = [one for one in in_linz(propose(REST.format(RUMOUR))) if one.status != "unconfirmed"]
    assert told == []


def test_nothing_is_asked_of_a_sentence_that_nobody_doubts():
    assert caution(UNDOUBTED) == 0


def test_the_more_a_sentence_is_doubted_the_surer_its_facts_must_be():
    assert 0 < caution(-1.5) < caution(-1.0) < caution(0.0) == math.inf


@pytest.mark.parametrize("code", DENIED)
def test_denying_has_one_name_in_every_language(code):
    assert "deny" in concepts(DENIED[code], code)


def test_every_language_with_tables_has_words_for_denying():
    assert set(DENIED) == set(LANGUAGES)


def test_a_word_that_means_nothing_has_no_concept():
    assert concepts("blue", "en") == ()
