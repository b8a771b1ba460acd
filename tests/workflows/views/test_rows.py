"""Rows are made into frames only as far as somebody looks, and what is kept is never another version's."""

import numpy as np
import pandas as pd
import pytest

from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames, Memo
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, matching, record_number, select

WINDOWS = [
    Window(),
    Window.parse("2021", "2022"),
    Window.parse(None, "2025-06"),
    Window.parse("1900", "1901"),
]


@pytest.fixture(scope="module")
def frames():
    package = read_package(starter_path("data"))
    return build_frames(package.tables, package.version)


@pytest.mark.parametrize("window", WINDOWS)
def test_any_stretch_is_that_of_the_whole(frames, window):
    found = select(frames, Filters(), window)
    assert len(found.shown) == len(found.rows)
    for start, stop in ((0, 7), (5, 30), (len(found.shown) - 3, None), (10_000, 20_000)):
        part = slice(max(start, 0), stop)
        pd.testing.assert_frame_equal(found.shown.frame(part.start, part.stop), found.rows.iloc[part])


@pytest.mark.parametrize("window", WINDOWS)
def test_newest_events_come_first_and_sites_last(frames, window):
    found = select(frames, Filters(), window)
    types = found.rows["record_type"].tolist()
    assert types == ["event"] * found.count("event") + ["site"] * found.count("site")
    assert found.rows["first"].iloc[: found.events].is_monotonic_decreasing
    assert found.possible == (found.rows["fit"] == "possible").sum()


@pytest.mark.parametrize("window", WINDOWS)
def test_the_others_are_those_without_point_or_date(frames, window):
    found = select(frames, Filters(), window)
    assert list(found.unplaced.frame()["record_id"]) == list(
        found.rows.loc[~found.rows["placed"], "record_id"]
    )
    undated = found.undated.frame()
    without = frames.records[(frames.records["record_type"] == "event") & ~frames.records["dated"]]
    assert list(undated["record_id"]) == list(without["record_id"])
    assert set(undated["fit"]) <= {"possible"}


def test_columns_keep_their_types(frames):
    found = select(frames, Filters(), Window())
    types = frames.records.dtypes
    assert found.rows.dtypes[types.index].equals(types)
    assert found.rows.index.isin(frames.records.index).all()


def test_another_versions_frames_are_looked_at_anew(frames):
    filters = Filters(countries=("MA",))
    before = select(frames, filters, Window())
    fewer = frames.records.assign(countries="")
    after = AtlasFrames(frames.placements, fewer, frames.segments, "another")
    assert len(before.shown)
    assert not matching(after, filters).any()
    assert not len(select(after, filters, Window()).shown)
    assert len(select(frames, filters, Window()).shown) == len(before.shown)


def test_what_everybody_shares_cannot_be_written_to(frames):
    with pytest.raises(ValueError, match="read-only"):
        matching(frames, Filters(countries=("MA",)))[0] = True


def test_a_memo_builds_once_and_forgets_what_was_longest_unasked_for():
    memo, built = Memo(most=2), []

    def get(key):
        return memo.get(key, lambda: built.append(key) or np.array([len(built)]))

    first = get("a")
    get("b")
    assert get("a") is first
    get("c")
    assert get("a") is first
    get("b")
    assert built == ["a", "b", "c", "b"]


def test_a_memo_keeps_fewer_large_values():
    memo, built = Memo(most=4), []

    def get(key, cost=0):
        return memo.get(key, lambda: built.append(key) or key, cost)

    get("small")
    get("large", 100_000)
    get("small")
    get("large", 100_000)
    assert built == ["small", "large"]
    get("larger", 10_000_000)  # alone it is kept, however large
    get("larger", 10_000_000)
    get("small")
    assert built == ["small", "large", "larger", "small"]


def test_equal_questions_share_one_answer(frames):
    filters, window = Filters(countries=("MA",)), Window.parse("2020", "2021")
    shown = select(frames, filters, window).shown
    assert select(frames, Filters(countries=("MA",)), Window.parse("2020", "2021")).shown is shown
    assert select(frames, filters, Window.parse("2020", "2022")).shown is not shown
    assert shown.derive("count", lambda: [len(shown)], by="kind") is shown.derive("count", list, by="kind")
    assert shown.derive("count", list, by="country") == []


def test_what_was_worked_out_of_other_rows_is_not_taken_for_these(frames):
    selection = select(frames, Filters(), Window())
    asked = [
        rows.derive("size", lambda rows=rows: len(rows)) for rows in (selection.shown, selection.undated)
    ]
    assert asked == [len(selection.shown), len(selection.undated)]
    part = selection.shown.where(selection.shown.certain)
    assert part.derive("size", lambda: len(part)) == int(selection.shown.certain.sum()) < asked[0]


def test_a_record_is_found_by_its_id(frames):
    number = record_number(frames, frames.records["record_id"].iloc[3])
    assert number == 3
    assert record_number(frames, "st-nowhere") is None
