"""What share of the facts of whole articles is proposed with its kind, date and place.

The articles are made up. Each was written, with its records, before the engine had seen it.
"""

import json
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.reading import Article
from dashboard.domain.dates import UncertainDate
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.geocoding.candidates import distance_m
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import as_evaluation, extract_article

ARTICLES = sorted((Path(__file__).parent / "records").glob("*.json"))
LEAST_EVENT_F1 = 0.8
LEAST_SITE_F1 = 0.75
LEAST_STATUS = 0.9


@pytest.fixture(scope="module")
def answers(gazetteer_file):
    decided = HandDecidedPlaces.from_csv(load_settings().package / "places.csv")
    pairs = []
    with Gazetteer.open(gazetteer_file) as gazetteer:
        for path in ARTICLES:
            wanted = json.loads(path.read_text(encoding="utf-8"))
            article = Article(wanted["text"], wanted["language"], date.fromisoformat(wanted["published"]))
            found = extract_article(article, gazetteer=gazetteer, hand_decided=decided)
            pairs.append((wanted, as_evaluation(found)))
    return pairs


def near(wanted, found, limit):
    if wanted.get("precision") == "country":
        return wanted["country"] == found["country"]
    if found["lat"] is None:
        return False
    return distance_m((wanted["lat"], wanted["lon"]), (found["lat"], found["lon"])) <= limit


def same_time(wanted, found):
    if wanted is None:
        return True
    if not found:
        return False
    one, other = UncertainDate.parse(wanted).bounds, UncertainDate.parse(found).bounds
    return one.first <= other.last and other.first <= one.last


def same_kind(wanted, found):
    return found["type"] in {wanted["type"], *wanted.get("type_alt", ())}


def same_event(wanted, found):
    return (
        same_kind(wanted, found) and same_time(wanted["date"], found["date"]) and near(wanted, found, 50_000)
    )


def same_site(wanted, found):
    return same_kind(wanted, found) and near(wanted, found, 25_000)


def matched(wanted, found, same):
    """Match each find with at most one wanted record, demanded ones first."""
    left, pairs = list(found), []
    for record in sorted(wanted, key=lambda record: bool(record.get("optional"))):
        hit = next((one for one in left if same(record, one)), None)
        if hit is not None:
            left.remove(hit)
            pairs.append((record, hit))
    return pairs, left


def f1(answers, key, same):
    right = wrong = missed = 0
    for wanted, found in answers:
        pairs, extra = matched(wanted[key], found[key], same)
        demanded = [record for record in wanted[key] if not record.get("optional")]
        hits = sum(not record.get("optional") for record, _ in pairs)
        right, wrong, missed = right + hits, wrong + len(extra), missed + len(demanded) - hits
    return 2 * right / (2 * right + wrong + missed)


def test_events_are_found_with_kind_date_and_place(answers):
    assert f1(answers, "events", same_event) >= LEAST_EVENT_F1


def test_sites_are_found_with_kind_and_place(answers):
    assert f1(answers, "sites", same_site) >= LEAST_SITE_F1


def test_what_is_planned_or_denied_is_told_from_what_happened(answers):
    pairs = [
        pair
        for wanted, found in answers
        for pair in matched(wanted["events"], found["events"], same_event)[0]
    ]
    right = sum(record["status"] == hit["status"] for record, hit in pairs)
    assert right >= LEAST_STATUS * len(pairs)


def test_every_record_quotes_its_article(answers):
    for wanted, found in answers:
        assert all(one["evidence"] in wanted["text"] for one in (*found["events"], *found["sites"]))
