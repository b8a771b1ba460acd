import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dashboard.bench import browser
from dashboard.bench.browser import BenchError
from dashboard.bench.maps import clock_windows
from dashboard.bench.plan import map_measurements, run
from dashboard.bench.synthetic import synthetic_frames

KEYS = {
    "variant", "points", "window", "build_ms", "payload_bytes", "first_paint_ms", "fps", "step_ms",
    "gap_p95_ms", "heap_mb",
}  # fmt: skip


@pytest.mark.browser
def test_bench_map_prints_one_object_a_line(chromium_path: str) -> None:
    code = "from dashboard.cli import main; main()"
    options = ["bench", "map", "--points", "1000", "--rivals", "--json"]
    run = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert [result["variant"] for result in results] == [
        name for name in ("atlas", "circle_markers", "geojson") for _ in range(2)
    ]
    assert [result["window"] for result in results] == ["tenth", "cumulative"] * 3
    for result in results:
        assert set(result) == KEYS
        assert result["points"] == 1000
        assert all(value > 0 for name, value in result.items() if name not in ("variant", "window"))


def test_circle_markers_are_left_out_where_they_cannot_follow() -> None:
    made = map_measurements([1_000, 100_000], "atlas", rivals=True, seed=0, window="tenth")
    words = [words for words, _ in made]
    assert words == [
        "atlas, 1,000 points, tenth window",
        "circle_markers, 1,000 points, tenth window",
        "geojson, 1,000 points, tenth window",
        "atlas, 100,000 points, tenth window",
        "geojson, 100,000 points, tenth window",
    ]


def test_an_unknown_variant_names_the_known_ones() -> None:
    with pytest.raises(BenchError, match="atlas, circle_markers, geojson"):
        map_measurements([1], "webgl", rivals=False, seed=0)


def test_both_windows_are_measured_unless_one_is_named() -> None:
    assert len(map_measurements([1], "atlas", rivals=False, seed=0)) == 2
    with pytest.raises(BenchError, match="tenth, cumulative, both"):
        map_measurements([1], "atlas", rivals=False, seed=0, window="all")


def test_the_cumulative_window_grows_until_it_holds_every_event() -> None:
    frames = synthetic_frames(2_000)
    windows = clock_windows("cumulative")
    assert len({start for start, _ in windows}) == 1
    assert [end for _, end in windows] == sorted({end for _, end in windows})
    last = np.datetime64(windows[-1][1]).astype(int)
    assert int(frames.placements["last"].max()) <= last


def test_each_result_is_kept_as_soon_as_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "new" / "results.jsonl"
    results = run([("one", lambda: {"n": 1}), ("two", lambda: {"n": 2})], file)
    assert next(results) == {"n": 1}
    assert file.read_text("utf-8") == '{"n": 1}\n'
    assert list(results) == [{"n": 2}]
    assert [json.loads(line)["n"] for line in file.read_text("utf-8").splitlines()] == [1, 2]


def test_a_missing_browser_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_NAMES", ())
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(BenchError, match="set CHROMIUM"), browser.chromium():
        pytest.fail("there is no browser")
