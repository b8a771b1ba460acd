"""An export that is stopped, or cannot go on, leaves nothing of itself, and what was there stays."""

import os

import pytest

from dashboard.errors import ExportError, ExportStoppedError
from dashboard.exports.writing import Pace, whole_file
from dashboard.workflows.sharing.take_away import FORMATS, write_take_away

WRITTEN_IN_PIECES = [
    "csv", "xlsx", "geojson", "gpkg", "parquet", "kml", "fgb", "package", "html", "plover", "ucdp",
    "linked-places",
]  # fmt: skip


@pytest.mark.parametrize("format_id", WRITTEN_IN_PIECES)
@pytest.mark.parametrize("looks", [0, 1])
def test_a_stopped_export_leaves_what_was_there(format_id, looks, hostile_view, no_leftovers):
    path = no_leftovers / f"view{FORMATS[format_id].extension}"
    path.write_text("before")
    asked = []

    def cancelled():
        asked.append(len([*no_leftovers.iterdir()]))
        return len(asked) > looks

    with pytest.raises(ExportStoppedError, match="nothing of it was kept"):
        write_take_away(hostile_view, format_id, path, cancelled=cancelled)
    assert path.read_text() == "before"
    assert [one.name for one in no_leftovers.iterdir()] == [path.name]


@pytest.mark.parametrize("format_id", WRITTEN_IN_PIECES)
def test_progress_ends_where_it_said_it_would(format_id, hostile_view, no_leftovers):
    told = []
    path = no_leftovers / f"view{FORMATS[format_id].extension}"
    write_take_away(hostile_view, format_id, path, progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 0
    assert told == sorted(told)
    assert len({total for _, total in told}) == 1
    assert [one.name for one in no_leftovers.iterdir()] == [path.name]


@pytest.mark.parametrize("format_id", ["gpkg", "csv", "xlsx"])
def test_an_interrupted_export_leaves_nothing(format_id, hostile_view, no_leftovers):
    def interrupt(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_take_away(
            hostile_view, format_id, no_leftovers / f"view{FORMATS[format_id].extension}", progress=interrupt
        )
    assert [*no_leftovers.iterdir()] == []


@pytest.mark.parametrize("format_id", ["csv", "gpkg", "xlsx", "package"])
def test_a_folder_that_is_none_is_a_sentence(format_id, hostile_view, tmp_path):
    with pytest.raises(ExportError, match="cannot be written"):
        write_take_away(hostile_view, format_id, tmp_path / "nowhere" / f"view{FORMATS[format_id].extension}")


@pytest.mark.parametrize("format_id", ["csv", "gpkg", "fgb", "xlsx", "parquet", "package", "kml"])
def test_a_full_disk_is_a_sentence_and_leaves_nothing(format_id, starter_view, no_leftovers):
    resource = pytest.importorskip("resource")
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = no_leftovers / f"view{FORMATS[format_id].extension}"
    try:
        # What the system says of a disk that is full: no file may grow beyond a few kilobytes.
        resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, before[1]))
        with pytest.raises(ExportError):
            write_take_away(starter_view, format_id, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert [*no_leftovers.iterdir()] == []


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "view.txt"
    with whole_file(path) as part:
        part.write_text("half")
        assert not path.exists()
        assert part.name == path.name
    assert path.read_text() == "half"
    assert [one.name for one in tmp_path.iterdir()] == ["view.txt"]
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_a_pace_counts_and_stops():
    pace = Pace(10, cancelled=lambda: False)
    pace.advance(4)
    assert pace.done == 4
    stopping = iter([False, True])
    pace = Pace(10, cancelled=lambda: next(stopping))
    with pytest.raises(ExportStoppedError, match="after 3 rows") as caught:
        pace.advance(3)
    assert caught.value.done == 3
