import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dashboard.bench import browser
from dashboard.bench.browser import BenchError
from dashboard.bench.clocks import clock_windows
from dashboard.bench.maps import measure_map, measure_rival
from dashboard.bench.plan import map_measurements, run
from dashboard.bench.synthetic import synthetic_frames
from dashboard.bench.variants import VARIANTS

FIGURES = {
    "build_ms", "payload_bytes", "first_paint_ms", "after_payload_ms", "fps", "step_ms", "gap_p95_ms",
    "gap_max_ms", "heap_mb", "steps",
}  # fmt: skip
KEYS = FIGURES | {"variant", "points", "window", "webgl", "note"}


@pytest.mark.browser
@pytest.mark.parametrize(
    "windows", [["tenth"], pytest.param(["tenth", "cumulative"], marks=pytest.mark.soak)], ids=len
)
def test_bench_map_prints_one_object_a_line(chromium_path: str, windows: list[str]) -> None:
    code = "from dashboard.cli import main; main()"
    options = ["bench", "map", "--points", "1000", "--json"]
    options += ["--window", *windows] if len(windows) == 1 else []
    run = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert [result["window"] for result in results] == windows
    for result in results:
        assert set(result) == KEYS
        assert (result["variant"], result["points"], result["note"]) == ("atlas", 1000, "")
        assert all(result[name] > 0 for name in FIGURES)


def test_every_rival_has_a_row_at_every_size() -> None:
    made = map_measurements([1_000, 1_000_000], "atlas", rivals=True, seed=0, window="tenth")
    rivals = [name for name in VARIANTS if name not in {"layer", "large_layer"}]
    assert [words for words, _ in made] == [
        f"{name}, {points} points, tenth window" for points in ("1,000", "1,000,000") for name in rivals
    ]


def test_what_is_not_tried_says_why() -> None:
    row = measure_rival("circle_markers", 1_000_000)
    assert set(row) == KEYS
    assert row["note"].startswith("not tried: ")
    assert all(row[name] is None for name in FIGURES)
    with pytest.raises(BenchError, match="not tried"):
        measure_map("circle_markers", 1_000_000)


def test_an_unknown_variant_names_the_known_ones() -> None:
    with pytest.raises(BenchError, match="atlas, circle_markers, geojson"):
        map_measurements([1], "mapbox", rivals=False, seed=0)


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


def test_each_result_is_kept_with_its_circumstances_as_soon_as_it_is_there(tmp_path: Path) -> None:
    file = tmp_path / "new" / "results.jsonl"
    measurements = [(name, lambda name=name: {"variant": name, "n": 1}) for name in ("one", "two")]
    results = run(measurements, file)
    assert next(results) == {"variant": "one", "n": 1}
    (line,) = file.read_text("utf-8").splitlines()
    assert json.loads(line).items() >= {"variant": "one", "n": 1, "cpus": os.cpu_count()}.items()
    assert list(results) == [{"variant": "two", "n": 1}]
    assert [json.loads(line)["variant"] for line in file.read_text("utf-8").splitlines()] == ["one", "two"]
    assert "cores" in file.with_suffix(".md").read_text("utf-8")


def test_a_missing_browser_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_NAMES", ())
    monkeypatch.delenv("CHROMIUM", raising=False)
    with pytest.raises(BenchError, match="set CHROMIUM"), browser.chromium():
        pytest.fail("there is no browser")
