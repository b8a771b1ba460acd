import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.places import NamedPlace
from dashboard.articles.reading import Article
from dashboard.confinement import Confinement
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import ActorRole, Event, Location, Site
from dashboard.errors import ArticleError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import load_settings
from dashboard.workflows.articles.extract import actor_table, as_evaluation, extract_article, named_places
from dashboard.workflows.articles.extract_files import ArticleExtractor, day_of, same_stems
from dashboard.workflows.articles.match_records import RecordMatcher

FOUNDING = Path(__file__).parents[2] / "articles" / "texts" / "founding.txt"
MONDAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file):
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.fixture(scope="module")
def extractor(gazetteer):
    with Confinement() as confinement:
        yield ArticleExtractor.of(load_settings().package, gazetteer, confinement)


def test_the_founding_article_is_read_from_end_to_end(extractor):
    found = extractor.read(FOUNDING, published=MONDAY)
    dated = {(event.kind, event.date.text) for event in found.events}
    assert {("agreement", "2026-01-02"), ("meeting", "2026-01-02"), ("visit", "2021-11")} <= dated
    (site,) = found.sites
    assert site.place.lat == pytest.approx(33.6, abs=0.1)
    assert site.place.lon == pytest.approx(-7.1, abs=0.1)
    assert any(actor.record for event in found.events for actor in event.actors)


def test_offsets_and_surfaces_of_places_agree(gazetteer):
    text = FOUNDING.read_text(encoding="utf-8")
    for place in named_places(text, "en", gazetteer=gazetteer):
        assert text[place.start : place.end] == place.surface


def test_a_name_nobody_knows_takes_the_town_beside_it_and_is_doubtful(gazetteer):
    text = "A rocket was tried out at Qwxyzville, near Lyon, on Friday. A plant stands in Lyon."
    places = {place.surface: place for place in named_places(text, "en", gazetteer=gazetteer)}
    if "Qwxyzville" in places:
        assert places["Qwxyzville"].doubtful
        assert places["Qwxyzville"].precision != "exact"


def test_the_answer_has_the_form_of_the_evaluation(extractor, tmp_path):
    extractor.write(FOUNDING, tmp_path, published=MONDAY)
    answer = json.loads((tmp_path / "founding.json").read_text(encoding="utf-8"))
    text = FOUNDING.read_text(encoding="utf-8")
    assert set(answer) == {"events", "sites", "toponyms"}
    assert all(event["evidence"] in text for event in answer["events"])
    assert all(text[top["start"] : top["end"]] == top["surface"] for top in answer["toponyms"])


def test_hand_decided_places_win(gazetteer):
    decided = HandDecidedPlaces.from_csv(load_settings().package / "places.csv")
    article = Article("A plant was opened in Ben Slimane on Friday.", "", MONDAY)
    found = extract_article(article, gazetteer=gazetteer, hand_decided=decided, actors=actor_table(()))
    assert as_evaluation(found)["sites"][0]["country"] == "MA"


def test_an_answer_never_overwrites_its_article(extractor, tmp_path):
    article = tmp_path / "a.json"
    article.write_text(json.dumps({"text": "A plant was opened in Lyon on Friday."}), encoding="utf-8")
    with pytest.raises(ArticleError, match="article itself"):
        extractor.write(article, tmp_path)


def test_a_day_of_publication_is_a_day():
    assert day_of("2026-01-05") == MONDAY
    assert day_of("") is None
    with pytest.raises(ArticleError, match="YYYY-MM-DD"):
        day_of("yesterday")


def test_files_of_one_name_are_told():
    assert same_stems([Path("a/x.txt"), Path("b/x.html"), Path("y.txt")]) == ["x"]


def _matcher(status="happened"):
    rabat = {"role": "at", "place_as_written": "Rabat", "country": "MA", "lat": 34.01, "lon": -6.83}
    event = Event(
        id="ev-1",
        kind="visit",
        title="Visit",
        date=UncertainDate.parse("2021-11-23/2021-11-25"),
        status=status,
        actors=(ActorRole("ac-gantz", "visitor"),),
    )
    site = Site(id="si-1", name="Plant", kind="factory", operators=("ac-bluebird",))
    locations = [
        Location(id="lo-1", record_id="ev-1", precision="locality", method="gazetteer", **rabat),
        Location(id="lo-2", record_id="si-1", precision="locality", method="gazetteer", **rabat),
    ]
    return RecordMatcher([event], [site], locations)


@pytest.fixture
def proposed(gazetteer):
    from dashboard.articles.finding.names import ActorTable, KnownActor

    actors = ActorTable([KnownActor("ac-gantz", ("Benny Gantz",), "person")])
    text = "In November 2021 Benny Gantz visited Rabat. A plant in Rabat makes drones."
    return extract_article(Article(text, "en", MONDAY), gazetteer=gazetteer, actors=actors)


def test_a_fact_the_atlas_has_gains_a_source(proposed):
    (event,) = proposed.events
    (site,) = proposed.sites
    assert str(_matcher().event(event)) == "adds a source to ev-1"
    assert str(_matcher().site(site)) == "adds a source to si-1"


def test_what_the_atlas_has_as_cancelled_is_contradicted(proposed):
    (event,) = proposed.events
    assert str(_matcher("cancelled").event(event)) == "contradicts ev-1 (status)"


def test_what_the_atlas_does_not_have_is_new(proposed):
    (event,) = proposed.events
    other_day = replace(event, date=UncertainDate.parse("2019-05"))
    elsewhere = replace(event, place=NamedPlace("Lyon", 0, 4, "place", "city", "Lyon", "FR", 45.7, 4.8))
    assert _matcher().event(other_day) is None
    assert _matcher().event(elsewhere) is None
    assert _matcher().event(replace(event, place=None)) is None
