import pytest

from dashboard.domain.access import LOCAL, Person, Role
from dashboard.errors import BusyError
from dashboard.workflows.geocoding import rates
from dashboard.workflows.geocoding.rates import Rate, limit_geocoding


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_of_a_minutes_worth_is_allowed_and_no_more(clock):
    rate = Rate(3, clock=clock)
    assert [rate.take("a") for _ in range(3)] == [0, 0, 0]
    assert rate.take("a") == pytest.approx(20)


def test_what_is_refused_takes_nothing_and_after_the_wait_there_is_one(clock):
    rate = Rate(3, clock=clock)
    for _ in range(3):
        rate.take("a")
    wait = rate.take("a")
    assert rate.take("a") == wait
    clock.now += wait
    assert rate.take("a") == 0


def test_a_pause_saves_up_no_more_than_may_be_taken_at_once(clock):
    rate = Rate(60, at_once=2, clock=clock)
    clock.now += 3_600
    assert [rate.take("a") for _ in range(3)] == [0, 0, 1]


def test_one_visitor_does_not_use_up_anothers(clock):
    rate = Rate(1, clock=clock)
    assert rate.take("a") == 0
    assert rate.take("a") > 0
    assert rate.take("b") == 0


def test_more_than_a_minutes_worth_passes_when_the_whole_is_there(clock):
    rate = Rate(10, clock=clock)
    assert rate.take("a", 1_000) == 0
    assert rate.take("a", 1) == pytest.approx(6)


def test_a_flood_of_names_does_not_fill_the_memory(clock, monkeypatch):
    monkeypatch.setattr(rates, "_REMEMBERED", 50)
    rate = Rate(1, clock=clock)
    for number in range(500):
        rate.take(str(number))
    assert len(rate) == 50


def test_geocoding_is_limited_by_person_and_says_when_to_try_again():
    ana, rev = Person("geo-a", "Ana", Role.READER), Person("geo-b", "Rev", Role.READER)
    limit_geocoding(ana, 60, 60)
    with pytest.raises(BusyError, match="try again in") as caught:
        limit_geocoding(ana, 30, 60)
    assert 25 <= caught.value.retry_after <= 30
    limit_geocoding(rev, 60, 60)


def test_the_one_person_of_a_local_session_geocodes_without_limit():
    for _ in range(3):
        limit_geocoding(LOCAL, 1_000_000, 1)
