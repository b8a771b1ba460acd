"""Which extractor works is what the settings say, and by default nothing but the rules."""

import socket
import subprocess
import sys
from datetime import date
from types import SimpleNamespace

import pytest

from dashboard.articles.engine import extract
from dashboard.articles.extractors.protocol import RulesExtractor
from dashboard.articles.extractors.registry import build_extractor
from dashboard.articles.extractors.spacy_pipeline import SpacyExtractor
from dashboard.articles.reading import Article
from dashboard.errors import ExtractorError
from dashboard.settings import Settings


def test_the_rules_are_the_default_and_ask_nobody(monkeypatch, story, places):
    def refuse(*args, **options):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    extractor = build_extractor(Settings())
    assert isinstance(extractor, RulesExtractor)
    article = Article(story, "en", date(2026, 1, 5))
    assert extractor.extract(article, places(story)) == extract(article, places(story))


def test_what_is_not_set_is_not_imported():
    code = (
        "import sys; from dashboard.articles.extractors.registry import build_extractor; "
        "from dashboard.settings import Settings; build_extractor(Settings()); "
        "print(any(name in sys.modules for name in ('requests', 'spacy', 'urllib3')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_endpoint_is_built_without_asking_it(set_to, model):
    extractor = build_extractor(set_to())
    assert (extractor.name, extractor.version) == ("endpoint", "stub, prompt 1")
    assert model.asked == []


def test_variables_set_it(monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_EXTRACTOR", "endpoint")
    monkeypatch.setenv("ARSENAL_ATLAS_ENDPOINT_URL", "https://models.example/v1")
    monkeypatch.setenv("ARSENAL_ATLAS_ENDPOINT_MODEL", "m")
    monkeypatch.setenv("ARSENAL_ATLAS_ENDPOINT_KEY", "planted")
    monkeypatch.setenv("ARSENAL_ATLAS_ENDPOINT_NETWORKS", "10.0.0.0/8, fc00::/7")
    settings = Settings()
    assert settings.endpoint_networks == ("10.0.0.0/8", "fc00::/7")
    assert "planted" not in repr(settings)
    assert build_extractor(settings).name == "endpoint"


def test_spacy_that_is_not_there_is_told(monkeypatch):
    with pytest.raises(ExtractorError, match="ARSENAL_ATLAS_SPACY_PIPELINE"):
        build_extractor(Settings(extractor="spacy"))
    monkeypatch.setitem(sys.modules, "spacy", None)
    with pytest.raises(ExtractorError, match="pip install spacy") as caught:
        build_extractor(Settings(extractor="spacy", spacy_pipeline="xx_ent_wiki_sm"))
    assert caught.value.reason == "missing"


def _entity(text, words, label):
    start = text.index(words)
    return SimpleNamespace(label_=label, start_char=start, end_char=start + len(words))


def test_a_pipeline_adds_actors_and_nothing_else(places):
    text = "Keller and Danube opened a shell factory in Linz on Friday. Graz waited for Berger."

    def pipeline(read):
        assert read == text
        pairs = [
            ("Keller", "PERSON"),
            ("Danube", "ORG"),
            ("Linz", "ORG"),
            ("Friday", "DATE"),
            ("Berger", "PER"),
        ]
        return SimpleNamespace(ents=[_entity(text, words, label) for words, label in pairs])

    article = Article(text, "en", date(2026, 1, 5))
    found = SpacyExtractor(pipeline, "en_stub 1").extract(article, places(text))
    (plain,) = extract(article, places(text)).events
    (event,) = found.events
    assert [(one.value, one.kind) for one in event.actors] == [("Keller", "person"), ("Danube", "")]
    assert all(text[one.quote.start : one.quote.end] == one.value for one in event.actors)
    assert (event.kind, event.date, event.place) == (plain.kind, plain.date, plain.place)
    assert [one.value for one in found.sites[0].operators] == ["Keller", "Danube"]


def test_a_name_the_rules_found_is_not_taken_again(places):
    text = "Minister Anna Keller opened a shell factory in Linz on Friday."
    article = Article(text, "en", date(2026, 1, 5))
    rules = extract(article, places(text)).events[0].actors
    assert [one.value for one in rules] == ["Anna Keller"]

    def pipeline(read):
        return SimpleNamespace(ents=[_entity(read, "Minister Anna Keller", "PERSON")])

    assert SpacyExtractor(pipeline, "x").extract(article, places(text)).events[0].actors == rules
