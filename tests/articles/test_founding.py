"""The article the atlas began with, in other words: who met whom, what was signed, where the factory is."""

import pytest


@pytest.fixture
def found(propose, founding_text):
    return propose(founding_text)


@pytest.mark.parametrize(
    ("kind", "edtf", "country"),
    [
        ("agreement", "2026-01-02", "IL"),
        ("meeting", "2026-01-02", "IL"),
        ("policy", "2020-12", "MA"),
        ("agreement", "2020-12-22", "MA"),
        ("visit", "2021-11", "MA"),
        ("agreement", "2021-11-24", "MA"),
        ("visit", "2022-07", "MA"),
        ("meeting", "2023-01", "MA"),
        ("exercise", "2023-06", "MA"),
        ("contract", "2022-02", "MA"),
        ("test", "2025-10", "MA"),
        ("opening", "2025-11", "MA"),
    ],
)
def test_its_events_are_proposed_with_date_and_place(found, kind, edtf, country):
    alike = [event for event in found.events if event.kind == kind and event.date.text == edtf]
    assert alike
    assert alike[0].status == "happened"
    assert alike[0].place is not None
    assert alike[0].place.country == country


def test_the_factory_is_proposed_with_its_town_and_quote(found, founding_text):
    (site,) = found.sites
    assert (site.kind, site.place.surface, site.place.country) == ("factory", "Ben Slimane", "MA")
    assert "opened a factory for the SpyX in Ben Slimane" in site.quote.text
    assert founding_text[site.quote.start : site.quote.end] == site.quote.text


def test_nothing_of_the_page_around_it_is_proposed(found, founding_text):
    end = founding_text.index("Share this article")
    for proposal in (*found.events, *found.sites):
        assert proposal.quote.end <= end
    assert not {"Agadir", "Tangier", "Casablanca"} & {place.surface for place in found.places}


def test_history_is_told_from_news(found):
    background = {event.date.text: event.background for event in found.events}
    assert background["2021-11"]
    assert not background["2026-01-02"]
