"""What share of the facts of articles is told that neither the rules nor the models were made with.

The articles of the sets c and d are made up. Nobody may look at them to better a rule, and the models are not
trained on them: their scores are all that is seen of them.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.reading import Article
from dashboard.bench.article_scores import Tally, same_event, tally
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import as_evaluation, extract_article

GOLD = Path(__file__).parents[2] / "articles" / "gold"
BLIND = [path for name in ("c", "d") for path in sorted((GOLD / name).glob("*.json"))]
LEAST_EVENT_F1 = 0.55
"""The rules alone reach 0.47."""
LEAST_STATUS = 0.85


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


def test_more_events_are_told_than_the_rules_alone_would(answers):
    total = sum((tally(gold["events"], found["events"]) for gold, found in answers), Tally())
    assert total.f1 >= LEAST_EVENT_F1


def test_the_status_of_what_is_told_is_right(answers):
    right = [
        found["status"] in {gold["status"], *gold.get("status_alt", ())}
        for article, answer in answers
        for gold in article["events"]
        for found in answer["events"]
        if same_event(gold, found)
    ]
    assert sum(right) >= LEAST_STATUS * len(right)


def test_every_event_quotes_its_article(answers):
    for gold, found in answers:
        assert all(event["evidence"] in gold["text"] for event in found["events"])
