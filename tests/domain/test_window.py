import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.date_words import date_words
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.domain.window import Window


@pytest.mark.parametrize(
    ("start", "end", "texts"),
    [
        ("2020", "2021", ("2020-01-01", "2021-12-31")),
        ("2020-02", "2020-02", ("2020-02-01", "2020-02-29")),
        ("2021", "2020", ("2020-01-01", "2021-12-31")),
        (None, "2020", (None, "2020-12-31")),
        ("never", "", (None, None)),
        ("0001", "9999", ("0001-01-01", "9999-12-31")),
    ],
)
def test_reads_what_an_address_says(start, end, texts):
    window = Window.parse(start, end)
    assert (window.start_text, window.end_text) == texts


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_a_window(start, end):
    window = Window.parse(start, end)
    assert DAY_PAST <= window.first <= window.last <= DAY_FUTURE


@given(st.dates(), st.dates())
def test_days_survive(a, b):
    window = Window.parse(a.isoformat(), b.isoformat())
    assert [window.start_text, window.end_text] == sorted([a.isoformat(), b.isoformat()])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2021", "2021"),
        ("2021-11", "November 2021"),
        ("2026-01-02~", "about 2 January 2026"),
        ("2019?", "possibly 2019"),
        ("2025-09-23/..", "from 23 September 2025"),
        ("/2019", "until 2019"),
        ("202X", "the 2020s"),
        ("2021-23", "autumn 2021"),
        ("2021-11-23/2021-11-25", "23 November 2021 to 25 November 2021"),
        ("", "undated"),
    ],
)
def test_words_never_say_more_than_the_text(text, words):
    assert date_words(UncertainDate.parse(text)) == words
