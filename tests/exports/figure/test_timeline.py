"""The timeline of a figure: a date is as wide as it is uncertain, and round dates stand at its ticks."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from dashboard.domain.window import Window
from dashboard.exports.figure.panel import Panel
from dashboard.exports.figure.ticks import span_bins, ticks_of
from dashboard.exports.figure.timeline import draw_timeline


def _drawn(rows, window=None):
    panel = Panel(Figure((10, 2)), (0.0, 0.0, 600.0, 78.0), "timeline")
    columns = ["type", "kind", "earliest", "latest", "fit"]
    draw_timeline(panel, pd.DataFrame(rows, columns=columns), window or Window())
    return panel, [text.get_text() for text in panel.axes.texts]


def _widths(panel, colour_alpha):
    return [
        np.ptp(patch.get_path().vertices[:, 0])
        for patch in panel.axes.patches
        if patch.get_alpha() == pytest.approx(colour_alpha)
    ]


def test_an_event_known_to_the_year_spans_the_year():
    panel, _ = _drawn(
        [
            ("event", "visit", "2021-01-01", "2021-12-31", "certain"),
            ("event", "visit", "2022-01-01", "2022-06-30", "certain"),
        ]
    )
    year, half = _widths(panel, 0.55)
    assert year / half == pytest.approx(365 / 181, rel=0.01)


def test_a_day_is_a_dot_and_a_possible_one_is_pale():
    panel, _ = _drawn(
        [
            ("event", "visit", "2020-03-01", "2020-03-01", "certain"),
            ("event", "visit", "2024-03-01", "2024-03-01", "possible"),
        ]
    )
    assert len(_widths(panel, 0.45)) == 1
    assert max(_widths(panel, 0.45)) < 6


def test_open_and_missing_dates_are_told_and_do_no_harm():
    _, words = _drawn(
        [
            ("event", "visit", "", "", "possible"),
            ("event", "visit", "2020-03-01", "", "certain"),
            ("event", "visit", "", "2021-03-01", "possible"),
            ("site", "factory", "", "", "certain"),
        ]
    )
    assert any("1 without a date are not drawn" in text for text in words)
    _, words = _drawn([("event", "visit", "", "", "possible")])
    assert "1 events, none with a date" in words
    _, words = _drawn([])
    assert "No dated events in this view" in words


def test_many_events_become_bars_that_hold_them_all():
    days = np.datetime_as_string(np.datetime64("2020-01-01") + np.arange(900) % 700)
    panel, words = _drawn([("event", "visit", day, day, "certain") for day in days])
    assert any(text.startswith("events a month, up to") for text in words)
    bars = next(
        patch for patch in panel.axes.patches if patch.get_facecolor()[:3] == (43 / 255, 108 / 255, 176 / 255)
    )
    heights = bars.get_path().vertices.reshape(-1, 5, 2)
    areas = np.ptp(heights[:, :, 1], axis=1)
    assert areas.sum() / areas.max() * 62 == pytest.approx(900, rel=0.02)  # the fullest month has 62


def test_a_closed_window_is_the_axis():
    _, words = _drawn(
        [("event", "visit", "2021-05-01", "2021-05-01", "certain")], Window.parse("2019", "2022")
    )
    assert {"2019", "2020", "2021", "2022"} <= {text for text in words if text.isdigit()}


@given(st.integers(-500_000, 2_500_000), st.integers(1, 800_000), st.floats(200, 900))
def test_ticks_stand_inside_the_axis_and_leave_room_for_their_labels(first, days, wide):
    span = (float(first), float(min(first + days, 2_900_000)))
    ticks = ticks_of(span, wide)
    places = [(tick.day - span[0]) / (span[1] - span[0]) * wide for tick in ticks]
    assert all(0 <= place <= wide for place in places)
    assert all(b - a > 20 for a, b in pairwise(places))


@given(st.integers(-500_000, 2_500_000), st.integers(1, 800_000))
def test_bars_cover_the_whole_axis(first, days):
    span = (float(first), float(min(first + days, 2_900_000)))
    _, edges = span_bins(span, 90)
    assert edges[0] <= span[0]
    assert edges[-1] >= span[1]
    assert np.all(np.diff(edges) > 0)
    assert len(edges) < 96
