"""What share of the sites of articles is told that neither the rules nor the models were made with."""

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.reading import Article
from dashboard.bench.article_scores import Tally, tally
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import as_evaluation, extract_article

GOLD = Path(__file__).parents[2] / "articles" / "gold"
BLIND = [path for name in ("c", "d") for path in sorted((GOLD / name).glob("*.json"))]
LEAST_F1 = 0.6
"""The rules alone tell 0.54."""


@pytest.fixture(scope="module")
def answers(gazetteer_file):
    decided = HandDecidedPlaces.from_csv(load_settings().package / "places.csv")
    pairs = []
    with Gazetteer.open(gazetteer_file) as gazetteer:
        for path in BLIND:
            gold = json.loads(path.read_text(encoding="utf-8"))
            article = Article(gold["text"], gold["language"], date.fromisoformat(gold["published"]))
            found = extract_article(article, gazetteer=gazetteer, hand_decided=decided)
            pairs.append((gold, as_evaluation(found)))
    return pairs


def test_more_sites_are_told_than_the_rules_alone_would(answers):
    total = sum((tally(gold["sites"], found["sites"], sites=True) for gold, found in answers), Tally())
    assert total.right >= 50
    assert total.f1 >= LEAST_F1


def test_every_site_quotes_its_article(answers):
    for gold, found in answers:
        assert all(site["evidence"] in gold["text"] for site in found["sites"])
