"""Sites that are told without a word for one: the models, what they are made of and what they answer."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from dashboard.articles.finding.sentence import Sentence
from dashboard.articles.finding.tokens import tokenise
from dashboard.articles.language import LANGUAGES
from dashboard.articles.learned.linear import ALWAYS, LinearModel
from dashboard.articles.learned.sites import STATUSES, SiteModels, told_kinds
from dashboard.articles.learned.sites_concepts import KIND_OF_CONCEPT, concepts_of
from dashboard.articles.learned.sites_features import KINDS, Features
from dashboard.articles.learned.sites_units import Ground, Unit
from dashboard.domain.vocabulary import codes

SEEDED = """
from dashboard.articles.learned.sites import SiteModels
from dashboard.articles.learned.sites_features import Features
features = Features()
features.unit.update(list(SiteModels.shipped().kinds.weights)[:400])
features.kinds["depot"].update(SiteModels.shipped().relation.weights)
print({kind: share.hex() for kind, share in SiteModels.shipped().likely(features).items()})
"""


def concepts(word, language):
    return concepts_of(tokenise(word, 0, len(word))[0], language)


def sites(found):
    return [(site.kind, site.place.surface) for site in found.sites]


def test_the_models_know_the_kinds_and_statuses_of_the_vocabulary():
    models = SiteModels.shipped()
    assert set(models.kinds.labels) == set(KINDS) <= set(codes("site_kinds"))
    assert set(models.status.labels) == set(STATUSES) <= set(codes("site_statuses"))
    assert len(models.relation.labels) == 1
    assert ALWAYS in models.kinds.weights


def test_every_concept_that_speaks_for_a_kind_has_words_in_each_language():
    assert set(KIND_OF_CONCEPT.values()) == set(KINDS)
    for language in LANGUAGES:
        words = {
            "en": "repairs", "fr": "réparation", "es": "reparación", "de": "Panzerreparatur", "ar": "إصلاح",
            "he": "תיקון",
        }  # fmt: skip
        assert "repair" in concepts(words[language], language), language


def test_a_short_stem_is_no_beginning_of_a_long_word():
    assert "research" in concepts("labs", "en")
    assert concepts("labels", "en") == frozenset()


@pytest.mark.parametrize(
    ("language", "text", "kind", "town"),
    [
        ("en", "Linz, where helicopters are overhauled, hired forty mechanics.", "maintenance", "Linz"),
        ("en", "The frigate's hull was laid down in Linz in March.", "shipyard", "Linz"),
        ("en", "Recruits learn to drive tanks in Graz.", "training", "Graz"),
        ("en", "Old shells are kept in bunkers near Graz.", "depot", "Graz"),
        ("fr", "À Lyon, l'entreprise répare les hélicoptères de l'armée.", "maintenance", "Lyon"),
        ("es", "En Sevilla se reparan los motores de los aviones militares.", "maintenance", "Sevilla"),
        ("de", "Das Geschwader in Graz fliegt seit Montag die neuen Jets.", "base", "Graz"),
        ("ar", "يجري في الرباط إصلاح الطائرات العسكرية.", "maintenance", "الرباط"),
    ],
)
def test_what_is_done_somewhere_tells_the_site(propose, language, text, kind, town):
    assert sites(propose(text, language=language)) == [(kind, town)]


@pytest.mark.parametrize(
    "text",
    [
        "The mayor of Linz met the minister on Friday.",
        "A protest was held in Graz on Sunday.",
        "The firm scrapped plans for a plant in Linz on Friday.",
        "",
    ],
)
def test_a_town_without_a_site_has_none(propose, text):
    assert propose(text).sites == ()


def test_a_firm_called_after_a_town_is_no_site_of_it(propose):
    assert sites(propose("Graz Defence Systems runs a powder mill in Linz.")) == [("factory", "Linz")]


def test_a_site_without_a_word_for_it_has_a_name_and_a_quote(propose):
    text = "The fair ended. Linz, where helicopters are overhauled, hired forty mechanics."
    (site,) = propose(text).sites
    assert site.name == "Maintenance centre, Linz"
    assert site.quote.text == "Linz, where helicopters are overhauled, hired forty mechanics."
    assert text[site.place_quote.start : site.place_quote.end] == "Linz"


def test_what_two_sentences_tell_of_a_town_is_one_site_with_two_quotes(propose):
    text = "The army opened a shell plant in Linz.\n\nThe plant in Linz employs 300 workers."
    (site,) = propose(text).sites
    assert (site.kind, len(site.more)) == ("factory", 1)


def test_what_is_said_of_a_site_tells_its_status(propose):
    def status(text):
        return [site.status for site in propose(text).sites]

    assert status("The company will build a shell plant in Linz next year.") == ["planned"]
    assert status("The shell plant in Linz was closed for good in 2015.") == ["closed"]
    assert status("The shell plant in Linz employs 300 workers.") == ["operating"]


def test_the_order_of_features_and_the_seed_of_hashes_change_nothing():
    def run(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(  # our own interpreter
            [sys.executable, "-c", SEEDED], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert run("1") == run("2") != ""


def test_a_model_decides_by_its_weights():
    told = json.dumps({"labels": list(KINDS), "step": 1, "weights": {"x": [9] + [0] * 10}})
    relation = json.dumps({"labels": ["kind"], "step": 1, "weights": {"y": [20]}})
    models = SiteModels(LinearModel.parse(told), LinearModel.parse(relation), SiteModels.shipped().status)
    features = Features(unit={"x"})
    assert max(models.likely(features), key=models.likely(features).get) == KINDS[0]
    features.kinds["depot"].add("y")
    assert max(models.likely(features), key=models.likely(features).get) == "depot"
    assert sum(models.likely(features).values()) < 1


def test_a_town_is_told_once_for_each_kind_and_only_when_likely_enough(propose):
    (place,) = propose("A protest was held in Graz on Sunday.").places
    ground, twin = Ground(place), Ground(replace(place, place_id="another", surface="GRAZ"))
    likely = dict.fromkeys(KINDS, 0.0)

    sentence = Sentence(0, 1, 0, 0, 0, headline=False, tokens=[])

    def unit(of, **shares):
        return Unit(of, sentence), {**likely, **shares}

    told = told_kinds([unit(ground, depot=0.9), unit(twin, depot=0.8), unit(ground, base=0.3)])
    assert [(one.kind, len(one.units)) for one in told] == [("depot", 2)]
    assert [one.kind for one in told_kinds([unit(ground, depot=0.5, base=0.45)])] == ["depot", "base"]
    assert told_kinds([unit(ground, depot=0.2, base=0.2)]) == []


def test_a_page_of_too_many_towns_is_left_to_the_rules(propose, monkeypatch):
    text = "The army opened a shell plant in Linz. Recruits learn to drive tanks in Graz."
    assert sites(propose(text)) == [("factory", "Linz"), ("training", "Graz")]
    monkeypatch.setattr("dashboard.articles.learned.sites._MOST_UNITS", 1)
    assert sites(propose(text)) == [("factory", "Linz")]
