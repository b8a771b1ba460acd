from types import SimpleNamespace
from typing import Any

import pytest

from dashboard.store.database import deadlines
from dashboard.store.database.deadlines import Breaker, Limits


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    clock = SimpleNamespace(now=100.0)
    monkeypatch.setattr(deadlines, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def test_a_breaker_admits_everybody_while_the_server_answers() -> None:
    breaker = Breaker()
    assert [breaker.admits() for _ in range(3)] == [True] * 3
    breaker.heard()
    assert breaker.admits()


def test_after_a_loss_one_caller_tries_and_the_others_are_refused(clock: Any) -> None:
    breaker = Breaker()
    breaker.lost()
    assert not breaker.admits()
    clock.now += 1
    assert [breaker.admits() for _ in range(3)] == [True, False, False]
    breaker.heard()
    assert [breaker.admits() for _ in range(3)] == [True] * 3


def test_a_try_that_never_comes_back_does_not_close_the_door_for_ever(clock: Any) -> None:
    breaker = Breaker()
    breaker.lost()
    clock.now += 1
    assert breaker.admits()
    clock.now += 4
    assert breaker.admits()


def test_a_page_waits_three_seconds_in_all_and_a_thorough_look_as_long_as_it_hears_something() -> None:
    limits = Limits()
    page, thorough = limits.reading(thorough=False), limits.reading(thorough=True)
    assert (page.statement, page.silence, page.total) == (2, 3, 3)
    assert thorough.total is None
    assert thorough.statement > 60 > thorough.silence


def test_settings_move_the_limits_but_never_below_what_whole_tables_need() -> None:
    limits = Limits(read_seconds=300, write_seconds=5)
    assert limits.reading(thorough=True).statement == limits.reading(thorough=False).statement == 300
    assert limits.writing(thorough=False).statement == 5
    assert limits.writing(thorough=True).statement > 60
