"""What a view shows must be what the domain says, record by record."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.dates import Bounds, day_number, fit
from dashboard.domain.status import DatedStatus, status_at
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import starter_path
from dashboard.workflows.views.frames import build_frames, statuses_of
from dashboard.workflows.views.selection import Filters, mask_bits, matching, select, window_showing

FIRST, LAST = (day_number(date(year, 1, 1)) for year in (2000, 2030))


@pytest.fixture(scope="module")
def package() -> DataPackage:
    return read_package(starter_path("data"))


@pytest.fixture(scope="module")
def frames(package: DataPackage) -> AtlasFrames:
    return build_frames(package.tables, package.version)


windows = st.builds(Window, st.integers(FIRST, LAST), st.integers(FIRST, LAST)).map(
    lambda w: Window(min(w.first, w.last), max(w.first, w.last))
)


@given(windows)
def test_events_are_those_that_fit(package, frames, window):
    rows = select(frames, Filters(), window).rows
    shown = rows[rows["record_type"] == "event"].set_index("record_id")["fit"].to_dict()
    expected = {}
    for event in package.tables["events"]:
        if not event.date.is_undated:
            how = fit(Bounds(event.date.start.first, event.date.end.last), window.first, window.last)
            if how != "outside":
                expected[event.id] = how
    assert shown == expected


@pytest.fixture(scope="module")
def statuses(package: DataPackage) -> dict[str, tuple[DatedStatus, ...]]:
    rows = package.tables["site_status"]
    return {s.id: statuses_of(r for r in rows if r.site_id == s.id) for s in package.tables["sites"]}


@given(windows)
def test_sites_stand_as_at_the_windows_end(statuses, frames, window):
    rows = select(frames, Filters(), window).rows
    sites = rows[rows["record_type"] == "site"].set_index("record_id")
    shown = {i: (row["status"], row["fit"] == "certain") for i, row in sites.iterrows()}
    held = {site_id: status_at(dated, window.last) for site_id, dated in statuses.items()}
    assert shown == {site_id: status for site_id, status in held.items() if status}


def test_a_record_with_several_places_matches_by_any_of_them(frames):
    hits = frames.records["record_id"][matching(frames, Filters(countries=("EH",)))]
    assert "ev-2023-african-lion" in set(hits)


@pytest.mark.parametrize(
    "filters",
    [
        Filters(kinds=("factory",)),
        Filters(actors=("ac-bluebird",)),
        Filters(products=("loitering_munition",)),
        Filters(precisions=("country",)),
        Filters(text="spyx ben slimane"),
        Filters(contested=True),
        Filters(types=("event",), countries=("MA",), text="lion"),
    ],
)
def test_every_filter_narrows_and_finds_something(frames, filters):
    found = matching(frames, filters)
    assert 0 < found.sum() < len(found)


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"', "--", ";", ".*", "(", "|", "["])
def test_signs_in_a_search_part_words_and_mean_nothing_else(frames, sign):
    first, second = (matching(frames, Filters(text=word)) for word in ("bluebird", "slimane"))
    assert (first & second).any()
    assert not np.array_equal(first, second)
    assert np.array_equal(matching(frames, Filters(text=f"bluebird{sign}slimane")), first & second)
    assert matching(frames, Filters(text=sign)).all()


def test_filters_add_up(frames):
    both = matching(frames, Filters(countries=("MA",), kinds=("factory",)))
    one, other = matching(frames, Filters(countries=("MA",))), matching(frames, Filters(kinds=("factory",)))
    assert np.array_equal(both, one & other)


def test_no_filter_sends_no_mask(frames):
    assert mask_bits(frames, Filters()) is None


def test_mask_bits_are_the_matching_records(frames):
    filters = Filters(countries=("MA",))
    bits = np.unpackbits(np.frombuffer(mask_bits(frames, filters), "u1"), bitorder="little")
    assert np.array_equal(bits[: len(frames.records)].astype(bool), matching(frames, filters))


@pytest.mark.parametrize("record_type", ["site", "event"])
def test_a_widened_window_shows_the_record(frames, record_type):
    narrow = Window.parse("2012", "2012")
    rows = frames.records[(frames.records["record_type"] == record_type) & frames.records["dated"]]
    for record_id in rows["record_id"]:
        window = window_showing(frames, record_id, narrow)
        assert record_id in set(select(frames, Filters(), window).rows["record_id"])


def test_a_window_that_shows_the_record_already_stays(frames):
    window = Window.parse("2021", "2022")
    assert window_showing(frames, "ev-2021-gantz-visit", window) == window
