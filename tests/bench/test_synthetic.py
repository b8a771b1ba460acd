import numpy as np
import pandas as pd
import pytest

from dashboard.bench.clocks import STEPS, clock_windows
from dashboard.bench.synthetic import FIRST_DAY, LAST_DAY, synthetic_frames, synthetic_package
from dashboard.domain.dates import UncertainDate
from dashboard.domain.validation import validate
from dashboard.frames import check_placements, check_segments
from dashboard.maps.payload import encode_payload
from dashboard.workflows.views.frames import build_frames


def test_synthetic_frames_keep_the_contract() -> None:
    frames = synthetic_frames(2_000, seed=3)
    check_placements(frames.placements)
    check_segments(frames.segments)
    assert len(frames.records) == len(frames.placements) == 2_000
    assert frames.records["record_id"].is_unique
    assert frames.placements.geometry.notna().all()
    assert frames.records["name"].str.startswith("Synthetic").all()


def test_equal_seeds_give_equal_bytes_and_others_do_not() -> None:
    first, again, other = (encode_payload(synthetic_frames(300, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_synthetic_dates_say_what_their_days_say() -> None:
    records = synthetic_frames(500, seed=5).records
    bounds = [UncertainDate.parse(text).bounds for text in records["date"]]
    assert [b.first for b in bounds] == records["first"].tolist()
    assert [b.last for b in bounds] == records["last"].tolist()
    assert (records["first"] < records["last"]).mean() > 0.3, "dates are uncertain"


@pytest.mark.parametrize("events", [1, 45])
def test_a_synthetic_package_holds_together(events: int) -> None:
    package = synthetic_package(events, seed=2)
    assert validate(package.tables) == []
    assert package.version == synthetic_package(events, seed=2).version


def test_frames_of_the_package_are_those_made_at_once() -> None:
    built = build_frames(synthetic_package(60, seed=4).tables, "v")
    direct = synthetic_frames(60, seed=4)
    columns = ["record_id", "kind", "name", "status", "date", "first", "last", "precisions", "sources"]
    pd.testing.assert_frame_equal(built.records[columns], direct.records[columns])
    assert built.placements.geometry.geom_equals_exact(direct.placements.geometry, 0).all()


def test_the_clock_steps_through_the_whole_span() -> None:
    windows = clock_windows()
    assert len(windows) == STEPS
    assert windows[0][0] == str(FIRST_DAY)
    assert windows[-1][1] <= str(LAST_DAY)
    widths = {np.datetime64(end) - np.datetime64(start) for start, end in windows}
    assert len(widths) == 1
