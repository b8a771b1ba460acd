from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.domain.status import DatedStatus, life, status_at

CODES = ("planned", "construction", "operating", "closed")
years = st.integers(2000, 2030)


def _interval(pair: Any) -> Any:
    low, high = sorted(pair)
    return f"{low}/{high}"


dates = st.one_of(
    st.just(""),
    st.dates(min_value=date(2000, 1, 1)).map(str),
    years.map(str),
    years.map(lambda y: f"{y}~"),
    years.map(lambda y: f"{y}/.."),
    years.map(lambda y: f"{y}/"),
    years.map(lambda y: f"/{y}"),
    years.map(lambda y: f"../{y}"),
    st.tuples(years, years).map(_interval),
).map(UncertainDate.parse)
lives = st.lists(st.builds(DatedStatus, st.sampled_from(CODES), dates), max_size=6)
days = st.integers(-10_000, 40_000) | st.sampled_from([DAY_PAST, DAY_FUTURE])


def day_of(text: str) -> Any:
    return UncertainDate.parse(text).start.first


def statuses(*pairs: Any) -> Any:
    return [DatedStatus(code, UncertainDate.parse(text)) for code, text in pairs]


@given(lives)
def test_segments_are_ordered_and_never_overlap(site: list[DatedStatus]) -> None:
    segments = life(site)
    assert all(segment.first <= segment.last for segment in segments)
    assert all(left.last < right.first for left, right in pairwise(segments))


@given(lives)
def test_neighbouring_segments_differ(site: list[DatedStatus]) -> None:
    for left, right in pairwise(life(site)):
        if left.last + 1 == right.first:
            assert (left.status, left.certain) != (right.status, right.certain)


@given(lives, st.lists(days, max_size=10))
def test_a_life_agrees_with_the_status_on_every_day(site: list[DatedStatus], some_days: list[int]) -> None:
    segments = life(site)
    edges = [edge for s in segments for edge in (s.first, s.last)]
    for day in [*some_days, *edges]:
        held = [(s.status, s.certain) for s in segments if s.first <= day <= s.last]
        expected = status_at(site, day)
        assert held == ([] if expected is None else [expected])


@given(lives, days)
def test_what_is_certain_is_possible(site: list[DatedStatus], day: int) -> None:
    assert all(status.holds_possibly(day) for status in site if status.holds_certainly(day))


def test_a_status_seen_on_a_day_is_only_possible_before_it() -> None:
    site = statuses(("operating", "2020-01-02"))
    assert status_at(site, day_of("2020-01-01")) == ("operating", False)
    assert status_at(site, day_of("2020-01-02")) == ("operating", True)
    assert status_at(site, day_of("2030-01-01")) == ("operating", True)


def test_a_site_is_not_there_before_a_stated_beginning_nor_after_a_stated_end() -> None:
    site = statuses(("operating", "2018/2021-06"))
    assert status_at(site, day_of("2017-12-31")) is None
    assert status_at(site, day_of("2018-06-01")) == ("operating", False)
    assert status_at(site, day_of("2019-01-01")) == ("operating", True)
    assert status_at(site, day_of("2021-07-01")) is None


def test_the_status_that_began_last_wins() -> None:
    site = statuses(("construction", "2020/.."), ("operating", "2022/.."))
    assert status_at(site, day_of("2021-06-01")) == ("construction", True)
    assert status_at(site, day_of("2023-01-01")) == ("operating", True)


@pytest.mark.parametrize("day", [DAY_PAST, 0, DAY_FUTURE])
def test_an_undated_status_is_possible_always_and_certain_never(day: int) -> None:
    assert status_at(statuses(("closed", "")), day) == ("closed", False)


def test_a_site_without_statuses_has_no_life() -> None:
    assert life([]) == ()
