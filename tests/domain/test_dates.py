import calendar
import contextlib
from datetime import date
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UNDATED, Bounds, UncertainDate, day_number, fit
from dashboard.errors import UncertainDateError

days = st.integers(-800_000, 3_000_000)
simple_texts = st.one_of(
    st.dates().map(str),
    st.dates().map(lambda d: f"{d.year:04}-{d.month:02}"),
    st.integers(1, 9999).map(lambda y: f"{y:04}"),
    st.integers(1, 999).map(lambda y: f"{y:03}X"),
    st.tuples(st.integers(1, 9999), st.integers(21, 24)).map(lambda s: f"{s[0]:04}-{s[1]}"),
)
windows = st.tuples(days, days)


def bounds_of(text: str) -> Any:
    parsed = UncertainDate.parse(text)
    return parsed.earliest, parsed.latest


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("2021-02", "2021-02-01", "2021-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2021-11-24", "2021-11-24", "2021-11-24"),
        ("2021-21", "2021-03-01", "2021-05-31"),
        ("2021-24", "2021-12-01", "2022-02-28"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2021-XX", "2021-01-01", "2021-12-31"),
        ("2021-11-XX", "2021-11-01", "2021-11-30"),
        ("2021-XX-XX", "2021-01-01", "2021-12-31"),
        ("2026-01-02~", "2026-01-01", "2026-01-03"),
        ("2026-01-02%", "2025-12-31", "2026-01-04"),
        ("2019?", "2018-01-01", "2020-12-31"),
        ("2021-01~", "2020-12-01", "2021-02-28"),
        ("2018/2021-06", "2018-01-01", "2021-06-30"),
        ("0001", "0001-01-01", "0001-12-31"),
        ("0001~", "0001-01-01", "0002-12-31"),
        ("9999?", "9998-01-01", "9999-12-31"),
        ("9999-24", "9999-12-01", "9999-12-31"),
    ],
)
def test_bounds_are_the_earliest_and_latest_possible_day(text: str, first: Any, last: Any) -> None:
    assert bounds_of(text) == (date.fromisoformat(first), date.fromisoformat(last))


def test_open_and_unknown_ends_have_no_day() -> None:
    assert bounds_of("2024-05-29/..") == (date(2024, 5, 29), None)
    assert bounds_of("/2019") == (None, date(2019, 12, 31))
    assert bounds_of("../2019") == (None, date(2019, 12, 31))
    assert UNDATED.is_undated
    assert UNDATED.bounds == Bounds(DAY_PAST, DAY_FUTURE)


def test_an_open_end_is_beyond_all_days_and_an_unknown_one_may_be_any() -> None:
    assert UncertainDate.parse("2019/..").end == Bounds(DAY_FUTURE, DAY_FUTURE)
    assert UncertainDate.parse("2019/").end == Bounds(day_number(date(2019, 1, 1)), DAY_FUTURE)
    assert UncertainDate.parse("/2019").start == Bounds(DAY_PAST, day_number(date(2019, 12, 31)))


@pytest.mark.parametrize(
    "text",
    [
        "0000", "2021-13", "2021-00", "2021-02-30", "2021-25-01", "2021-21-01", "20211", "21", "2021-1",
        "2021/2020", "../..", "/", "../", "a/b/c", "2021/2022/2023", "202X-01", " 2021", "2021 ",
        "2021-XX-01", "24.11.2021", "today",
        "2021-11-24T10:00", "٢٠٢١", "-2021", "2021~?", "2021\n", "x" * 65, "X021",
    ],
)  # fmt: skip
def test_what_is_no_such_date_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(UncertainDateError) as caught:
        UncertainDate.parse(text)
    assert caught.value.reason


@given(st.text(alphabet="0123456789X-/.~?% T\n\0é", max_size=30))
@example("9" * 10_000)
def test_nothing_but_a_date_error_comes_of_text_like_a_date(text: str) -> None:
    try:
        parsed = UncertainDate.parse(text)
    except UncertainDateError:
        return
    assert parsed.text == str(parsed) == text


@given(st.text())
def test_nothing_but_a_date_error_comes_of_any_text(text: str) -> None:
    with contextlib.suppress(UncertainDateError):
        assert UncertainDate.parse(text).text == text


@given(simple_texts, st.sampled_from(["", "~", "?", "%"]))
def test_the_earliest_day_is_never_after_the_latest(text: str, qualifier: str) -> None:
    parsed = UncertainDate.parse(text + qualifier)
    assert parsed.earliest <= parsed.latest
    assert parsed.start == parsed.end == parsed.bounds


@given(simple_texts)
def test_each_qualifier_widens_at_least_as_far_as_the_one_before(text: str) -> None:
    plain, rough, both = (UncertainDate.parse(text + q).bounds for q in ("", "~", "%"))
    assert both.first <= rough.first <= plain.first <= plain.last <= rough.last <= both.last
    assert UncertainDate.parse(text + "?").bounds == rough


@given(st.integers(2, 9998), st.integers(1, 12))
def test_a_rough_month_is_three_whole_months(year: int, month: int) -> None:
    parsed = UncertainDate.parse(f"{year:04}-{month:02}~")
    assert parsed.earliest.day == 1
    assert parsed.latest.day == calendar.monthrange(parsed.latest.year, parsed.latest.month)[1]
    assert (parsed.latest.year - parsed.earliest.year) * 12 + parsed.latest.month - parsed.earliest.month == 2


@given(simple_texts, simple_texts)
def test_an_interval_runs_from_its_first_to_its_second_date(left: str, right: str) -> None:
    start, end = UncertainDate.parse(left), UncertainDate.parse(right)
    try:
        interval = UncertainDate.parse(f"{left}/{right}")
    except UncertainDateError:
        assert end.latest < start.earliest
    else:
        assert interval.is_interval
        assert (interval.earliest, interval.latest) == (start.earliest, end.latest)


@given(days, days, windows)
def test_certain_and_possible_overlap_and_outside_does_not(
    first: Any, last: Any, window: tuple[int, int]
) -> None:
    first, last = sorted((first, last))
    low, high = sorted(window)
    answer = fit(Bounds(first, last), *window)
    assert (answer != "outside") == (first <= high and last >= low)
    assert (answer == "certain") == (low <= first and last <= high)


@given(days, days, windows)
def test_a_swapped_window_gives_the_same_answer(first: Any, last: Any, window: tuple[int, int]) -> None:
    bounds = Bounds(*sorted((first, last)))
    assert fit(bounds, *window) == fit(bounds, *reversed(window))


@given(windows)
def test_an_undated_record_is_possible_in_every_window_and_certain_in_none(window: tuple[int, int]) -> None:
    assert fit(UNDATED.bounds, *window) == "possible"


def test_day_numbers_count_from_1970() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert day_number(date(1969, 12, 31)) == -1
