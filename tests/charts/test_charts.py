"""Charts count what the rows say, say it in words, and are specifications that load nothing."""

import json
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import (
    PICK,
    matrix_chart,
    matrix_words,
    ranking_chart,
    ranking_words,
    timeline_chart,
    timeline_words,
)
from dashboard.charts.looks import group_colours
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, day_number
from dashboard.domain.symbols import kind_colour
from dashboard.domain.vocabulary import codes
from dashboard.domain.window import Window
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.picks import Pick, parse_pick
from dashboard.workflows.views.selection import Filters, matching, select
from dashboard.workflows.views.tallies import bins_for, pairs, ranking, timeline


@pytest.fixture(scope="module")
def frames():
    package = read_package(starter_path("data"))
    return build_frames(package.tables, package.version)


@pytest.fixture(scope="module")
def rows(frames):
    return select(frames, Filters(), Window()).rows


def events(*dates, kind="meeting", countries="|MA|", actors="|ac-a|ac-b|"):
    return pd.DataFrame(
        [
            {
                "record_id": f"ev-{n}", "record_type": "event", "kind": kind, "dated": True, "fit": "certain",
                "first": day_number(first), "last": day_number(last), "countries": countries,
                "actors": actors, "products": "",
            }
            for n, (first, last) in enumerate(dates)
        ]
    )  # fmt: skip


NONE = events((date(2020, 1, 1), date(2020, 1, 1))).head(0)


def test_an_event_with_a_wide_date_is_possible_in_each_bin_it_touches():
    some = events((date(2020, 5, 1), date(2022, 2, 1)), (date(2021, 3, 3), date(2021, 3, 3)))
    bins = bins_for(some, Window.parse("2015", "2024"))
    frame = timeline(some, bins, "kind")
    counted = frame.set_index(["bin", "fit"])["events"].to_dict()
    assert counted == {
        ("2020", "possible"): 1, ("2021", "possible"): 1, ("2021", "certain"): 1, ("2022", "possible"): 1,
    }  # fmt: skip
    assert set(zip(frame["start"], frame["end"], strict=True)) >= {("2021-01-01", "2021-12-31")}


@pytest.mark.parametrize(
    ("window", "unit", "last"),
    [
        (Window.parse("2020", "2020"), "month", "2020-12"),
        (Window.parse("2020", "2023"), "quarter", "2023 Q4"),
        (Window.parse("2001", "2024"), "year", "2024"),
        (Window.parse("0001", "9999"), "year", "9998"),
        (Window(), "year", "2026"),
    ],
)
def test_bins_suit_the_window(rows, window, unit, last):
    bins = bins_for(rows, window)
    words = [bins.words(n) for n in range(len(bins.starts) - 1)]
    assert (bins.unit, words[-1]) == (unit, last)
    assert len(words) == len(set(words)) <= 120


@given(st.integers(2000, 2026), st.integers(1, 12))
@settings(max_examples=30)  # of 324 windows there are, and every bar of each is chosen
def test_a_bar_counts_the_events_that_choosing_it_shows(frames, year, month):
    window = Window.parse(f"{year}-{month:02}", None)
    rows = select(frames, Filters(), window).rows
    bins = bins_for(rows, window)
    if bins is None:
        return
    frame = timeline(rows, bins, "kind", 14)
    for mark in frame.groupby(["start", "end", "code"], as_index=False)["events"].sum().itertuples():
        pick = Pick(during=f"{mark.start}/{mark.end}", kind=mark.code)
        assert len(select(frames, Filters(chart=pick.filters), window).rows) == mark.events


def test_every_event_is_in_some_bar(frames, rows):
    frame = timeline(rows, bins_for(rows, Window()), "kind", 14)
    dated = (frames.records["record_type"] == "event") & frames.records["dated"]
    assert frame["events"].sum() >= dated.sum()
    assert (timeline(rows, bins_for(rows, Window()), "country", 2)["group"] == "Others").any()


def test_a_pair_counts_the_events_that_choosing_it_shows(frames, rows):
    actors = {a for cell in rows["actors"] for a in cell.strip("|").split("|") if a}
    frame = pairs(rows, {a: a for a in actors})
    assert len(frame)
    lookup = frame.set_index(["a", "b"])["events"].to_dict()
    assert all(lookup[b, a] == n for (a, b), n in lookup.items())
    for mark in frame.itertuples():
        pick = parse_pick(f"pair:{mark.pair}")
        assert len(select(frames, Filters(chart=pick.filters), Window()).rows) == mark.events


@pytest.mark.parametrize("by", ["place", "country", "product"])
def test_a_rank_counts_the_records_that_choosing_it_shows(frames, rows, by):
    frame = ranking(rows, frames.placements, by)
    assert list(frame["total"]) == sorted(frame["total"], reverse=True)
    for mark in frame.drop_duplicates("code").itertuples():
        pick = Pick(**{by: mark.code})
        assert len(select(frames, Filters(chart=pick.filters), Window()).rows) == mark.total


def test_a_choice_narrows_what_the_filters_leave(frames):
    both = matching(frames, Filters(countries=("IL",), chart=Filters(countries=("MA",))))
    assert (
        both.sum()
        == (matching(frames, Filters(countries=("IL",))) & matching(frames, Filters(countries=("MA",)))).sum()
    )
    assert both.sum() > 0


@given(st.text(max_size=60))
def test_any_text_is_a_choice_or_none(text):
    found = parse_pick(text)
    assert found is None or parse_pick(str(found)) == found


@given(st.text(st.characters(min_codepoint=32), min_size=1, max_size=200))
def test_a_place_of_any_spelling_survives_the_address(place):
    pick = Pick(place=place)
    if len(str(pick)) <= 600:
        assert parse_pick(str(pick)) == pick


@pytest.mark.parametrize(
    "text", ["kind:meeting;kind:visit", "during:2020", "during:9/9", "pair:a|b|c", "x:y"]
)
def test_half_a_choice_is_none(text):
    assert parse_pick(text) is None


def charts(frames, rows):
    bins = bins_for(rows, Window())
    words = [bins.words(n) for n in range(len(bins.starts) - 1)] if bins else []
    frame = timeline(rows, bins, "kind") if bins else pd.DataFrame()
    matrix = pairs(rows, {"ac-far": "FAR", "ac-idf": "IDF", "ac-iai": "IAI"})
    ranks = ranking(rows, frames.placements, "country")
    return {
        "timeline": (timeline_chart(frame, words, "kind"), timeline_words(frame, "year")),
        "matrix": (matrix_chart(matrix), matrix_words(matrix)),
        "ranking": (ranking_chart(ranks), ranking_words(ranks)),
    }


def test_charts_are_whole_specifications_that_load_nothing(frames, rows):
    for chart, words in charts(frames, rows).values():
        spec = chart.to_dict()
        names = [p["name"] for p in spec.get("params", [])]
        assert PICK in names
        assert "url" not in json.dumps({k: v for k, v in spec.items() if k not in ("$schema", "datasets")})
        assert len(words) > 20


def test_empty_frames_give_charts_too(frames):
    for chart, words in charts(frames, NONE).values():
        assert chart.to_dict()
        assert "without" in words


def test_colours_are_those_of_the_map(frames, rows):
    chart, _ = charts(frames, rows)["timeline"]
    scale = chart.to_dict()["encoding"]["color"]["scale"]
    assert scale["range"][scale["domain"].index("Agreement")] == kind_colour("event", "agreement")


def test_open_ends_do_not_stretch_the_axis():
    some = events((date(2020, 5, 1), date(2020, 6, 1)), (date(2021, 3, 3), date(2021, 3, 3)))
    some.loc[0, "first"] = DAY_PAST
    some.loc[1, "last"] = DAY_FUTURE
    bins = bins_for(some, Window())
    assert bins.starts[0].year == 2020
    assert timeline(some, bins, "kind")["fit"].unique().tolist() == ["possible"]


def test_no_two_kinds_of_a_bar_have_one_colour() -> None:
    kinds = codes("event_kinds")
    assert len(set(group_colours(kinds, "kind"))) == len(kinds)
