"""A person has so many names geocoded a minute: what is done stays, and the rest goes on by itself."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.domain.access import Role
from dashboard.measures import measures
from dashboard.workflows.geocoding import rates

ROOT = Path(__file__).parents[2] / "dashboard"
TOWNS = ("Tel Aviv", "Haifa", "Ramla", "Ashdod", "Rabat", "Tangier", "Fez", "Meknes")
SITE = "st-bluebird-benslimane"


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch, gazetteer_file):
    """Five names a minute, by a clock that the test turns."""
    clock = Clock()
    rate = rates.Rate(5, clock=clock)
    monkeypatch.setattr(rates, "_geocoding", lambda _: rate)
    monkeypatch.setenv("ARSENAL_ATLAS_GEOCODINGS_PER_MINUTE", "5")
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))
    return clock


@pytest.fixture
def counted():
    before = geocodings()
    return lambda: geocodings() - before


def geocodings() -> int:
    return sum(n for (name, _), n in measures()._counts.items() if name == "geocodings")


def geocode(*towns: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    at.switch_page("app_pages/geocoding.py")
    at.query_params["names"] = "\n".join(towns)
    return run(at)


def run(at: AppTest) -> AppTest:
    at.run()
    assert not at.exception, at.exception
    return at


def decided(at: AppTest) -> list[str]:
    return [found.name for found in at.session_state["geo_job"].decisions]


def told(at: AppTest) -> str:
    return "\n".join(info.value for info in at.info)


def test_a_long_list_is_done_as_far_as_it_may_be_and_goes_on_later(visitors, clock, counted):
    visitors.enter("Ann", Role.READER)
    at = geocode(*TOWNS)
    assert "5 of 8 names are decided, and stay. At most 5 names a minute" in told(at)
    assert "goes on by itself in 36 seconds" in told(at)
    assert len(at.dataframe[0].value) == 5
    assert counted() == 5
    clock.now += 30
    assert "by itself in 6 seconds" in told(run(at))
    assert len(decided(at)) == 5
    clock.now += 6
    assert "by itself" not in told(run(at))
    assert len(decided(at)) == 8
    assert counted() == 8
    run(at)
    assert counted() == 8  # looking again costs nothing


def test_the_rest_can_be_left(visitors, clock):
    visitors.enter("Ann", Role.READER)
    at = geocode(*TOWNS)
    next(button for button in at.button if button.label == "Stop").click()
    run(at)
    assert "Stopped after 5 of 8 names" in at.warning[0].value


def test_a_list_for_which_nothing_is_left_says_when_it_begins(visitors, clock):
    visitors.enter("Ann", Role.READER)
    geocode(*TOWNS[:5])
    at = geocode(*TOWNS[5:])
    assert "0 of 3 names are decided" in told(at)
    assert "No name has this outcome" not in told(at)
    clock.now += 36
    run(at)
    assert len(decided(at)) == 3


def test_somebody_else_is_not_made_to_wait(visitors, clock):
    visitors.enter("Ann", Role.READER)
    geocode(*TOWNS)
    visitors.enter("Bob", Role.READER)
    assert len(decided(geocode(*TOWNS[:5]))) == 5


def test_a_local_session_has_no_limit(own_store, clock):
    assert len(decided(geocode(*TOWNS))) == 8


def test_an_editor_who_looks_a_place_up_is_counted_once_and_told_when_it_is_too_much(
    visitors, opened, clock, counted
):
    visitors.enter("Ann", Role.CONTRIBUTOR)
    page = opened("edit", record=SITE)
    page.section("locations")
    page.press("Find it in the gazetteer")
    page.run()
    assert counted() == 1
    assert page.button("Hide candidates") is not None
    geocode(*TOWNS[:4])
    page.press("Hide candidates")
    page.press("Find it in the gazetteer")
    assert counted() == 5  # the same name again
    page.fill("text_input", "Place as written", "Haifa")
    assert "More than 5 names a minute are not geocoded" in page.words
    clock.now += 12
    page.run()
    assert "More than 5" not in page.words
    assert counted() == 6
