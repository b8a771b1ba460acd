import pytest

from dashboard.errors import FrameError
from dashboard.frames import check_placements, check_segments


def test_reports_every_failure_at_once(frames):
    broken = frames.placements.copy()
    broken.loc[0, "kind"] = "castle"
    broken.loc[1, "name"] = ""
    with pytest.raises(FrameError) as caught:
        check_placements(broken)
    text = str(caught.value)
    assert "castle" in text
    assert "name" in text


def test_refuses_another_crs(frames):
    with pytest.raises(FrameError, match="EPSG:4326"):
        check_placements(frames.placements.to_crs(3857))


def test_refuses_a_point_off_earth(frames):
    moved = frames.placements.copy()
    moved["geometry"] = moved.geometry.translate(xoff=400)
    with pytest.raises(FrameError, match="outside Earth"):
        check_placements(moved)


def test_refuses_a_segment_that_ends_before_it_begins(frames):
    broken = frames.segments.assign(last=frames.segments["first"] - 1)
    with pytest.raises(FrameError, match="ends before"):
        check_segments(broken)


def test_a_record_with_two_places_is_one_row(frames):
    row = frames.records.set_index("record_id").loc["ev-b"]
    assert row["countries"] == "|IL|MA|"
    assert row["places"] == "IL · MA"
    assert len(frames.records) == frames.placements["record_id"].nunique()
