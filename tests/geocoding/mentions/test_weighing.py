import json
from dataclasses import replace
from importlib.resources import files

import pytest

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.mentions import find_mentions, weighing
from dashboard.geocoding.mentions.clues import POOLED, QUESTIONS
from dashboard.geocoding.mentions.known import known_names
from dashboard.geocoding.mentions.recognise import page_of, propose
from dashboard.geocoding.mentions.weighing import NameModel, chosen, lead_of, ruled

LARGEST = 500_000


def surfaces(text: str, gazetteer: Gazetteer, language: str) -> list[str]:
    return [mention.surface for mention in find_mentions(text, gazetteer=gazetteer, language=language)]


def model_of(weights: dict[str, dict[str, int]], slopes: tuple[float, float] = (0.0, 0.0)) -> NameModel:
    empty = {name: {} for name in QUESTIONS if name not in POOLED}
    kept = {
        "step": 0.5,
        "start": -1.0,
        "slopes": slopes,
        "languages": ["en"],
        "weights": {**empty, **weights},
    }
    return NameModel.parse(json.dumps(kept))


def test_the_shipped_model_is_small_and_answers_every_question() -> None:
    text = files("dashboard.geocoding.mentions").joinpath("names.json").read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST
    model = NameModel.shipped()
    assert len(model.tables) == len(QUESTIONS)
    assert all(table for table in model.tables)
    assert model.languages == {"ar", "de", "en", "es", "fr", "he"}


def test_weights_for_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="train_names"):
        model_of({"colour": {}})


def test_weights_are_added_up_in_steps_and_unknown_clues_count_nothing() -> None:
    model = model_of({"word before": {"at": 6}, "second before": {"plant": 2}}, (2.0, 0.25))
    clues = ["?"] * len(QUESTIONS)
    assert model.weigh(tuple(clues), 0.0) == -1.0
    clues[QUESTIONS.index("word before")] = "at"
    clues[QUESTIONS.index("third before")] = "plant"  # weighs what it weighs for the second word
    assert model.weigh(tuple(clues), 0.0) == 3.0
    assert model.weigh(tuple(clues), 2.0) == 3.5
    assert model.weigh(tuple(clues), -2.0) == -1.0


def test_the_likelier_of_two_borders_is_chosen(real_gazetteer: Gazetteer) -> None:
    page = page_of("Auf dem Fliegerhorst Laupheim wurde geübt.", "de")
    proposed = propose(page, known_names(real_gazetteer))
    spans = [*proposed.spans, *proposed.others]
    assert {page.tokens.text[one.start : one.end] for one in spans} == {"Fliegerhorst Laupheim", "Laupheim"}
    for better, other in (("has", "less"), ("less", "has")):
        model = model_of({"border word": {f"{better} fliegerhorst": 20, f"{other} fliegerhorst": 10}})
        (place,) = chosen(spans, proposed.surroundings(page), model)
        assert place.border.startswith(better)


def test_what_surely_is_an_organisation_is_not_asked_about(real_gazetteer: Gazetteer) -> None:
    page = page_of("Shares in the Bank of Cyprus fell.", "en")
    proposed = propose(page, known_names(real_gazetteer))
    (span,) = (one for one in proposed.spans if one.reading == "Cyprus")
    span = replace(span, score=9.0)  # however well known the place
    assert ruled(span, proposed.surroundings(page)) is False
    assert not chosen([span], proposed.surroundings(page), model_of({"word before": {"of": 90}}))


def test_words_that_only_the_model_knows_have_no_lead(real_gazetteer: Gazetteer) -> None:
    page = page_of("Boats are kept at Zqwertholm and at Portsmouth.", "en")
    proposed = propose(page, known_names(real_gazetteer))
    (unlisted,) = (one for one in proposed.others if one.reading == "Zqwertholm")
    (listed,) = (one for one in proposed.spans if one.reading == "Portsmouth")
    assert lead_of(unlisted) == 0.0
    assert lead_of(listed) == pytest.approx(listed.score - weighing.THRESHOLD)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "Spare parts are stored at Zqwertholm, near Portsmouth.", ["Zqwertholm", "Portsmouth"]),
        (
            "en",
            "Guns are made at Zqwertholm, near Leeds. Zqwertholm is quiet.",
            ["Zqwertholm", "Leeds", "Zqwertholm"],
        ),
        ("de", "Geübt wurde auf dem Fliegerhorst Laupheim.", ["Laupheim"]),
        ("de", "Die Boote liegen in Zqwertholm bei Kiel.", ["Zqwertholm", "Kiel"]),
        ("fr", "L'usine de Zqwertville, près de Bourges, recrute.", ["Zqwertville", "Bourges"]),
        ("es", "La planta de Zqwertilla, en Sevilla, cierra.", ["Zqwertilla", "Sevilla"]),
    ],
)
def test_places_that_no_gazetteer_has_are_found_by_what_stands_around(
    real_gazetteer: Gazetteer, language: str, text: str, wanted: list[str]
) -> None:
    assert surfaces(text, real_gazetteer, language) == wanted


def test_a_capital_that_the_model_takes_for_its_government_is_still_told(real_gazetteer: Gazetteer) -> None:
    text = "The plant in Gdynia opened in May. Warsaw wants more, but Stockholm has yet to decide."
    found = find_mentions(text, gazetteer=real_gazetteer, language="en", governments=True)
    assert {mention.surface: mention.sense for mention in found} == {
        "Gdynia": "place",
        "Warsaw": "government",
        "Stockholm": "government",
    }


def test_languages_that_were_not_taught_go_by_the_rules(
    real_gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Завод в Туле построили вместе с Минском."  # noqa: RUF001 - Cyrillic
    expected = surfaces(text, real_gazetteer, "ru")
    assert expected
    nothing = model_of({})
    monkeypatch.setattr(NameModel, "shipped", staticmethod(lambda: nothing))
    assert surfaces(text, real_gazetteer, "ru") == expected
    assert surfaces("A plant opened in Gdynia.", real_gazetteer, "en") == []
