import json
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.bench import browser
from dashboard.bench.browser import BenchError
from dashboard.bench.plan import map_measurements, run

KEYS = {
    "variant", "points", "build_ms", "payload_bytes", "first_paint_ms", "fps", "step_ms", "gap_p95_ms",
    "heap_mb",
}  # fmt: skip


@pytest.mark.browser
def test_bench_map_prints_one_object_a_line(chromium_path: str) -> None:
    code = "from dashboard.cli import main; main()"
    options = ["bench", "map", "--points", "1000", "--rivals", "--json"]
    run = subprocess.run([sys.executable, "-c", code, *options], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    results = [json.loads(line) for line in run.stdout.splitlines()]
    assert [result["variant"] for result in results] == ["atlas", "circle_markers", "geojson"]
    for result in results:
        assert set(result) == KEYS
        assert result["points"] == 1000
        assert all(value > 0 for name, value in result.items() if name != "variant")


def test_circle_markers_are_left_out_where_they_cannot_follow() -> None:
    words = [words for words, _ in map_measurements([1_000, 100_000], "atlas", rivals=True, seed=0)]
    assert words == [
        "atlas, 1,000 points",
        "circle_markers, 1,000 points",
        "geojson, 1,000 points",
        "atlas, 100,000 points",
        "geojson, 100,000 points",
    ]


def test_an_unknown_variant_names_the_known_ones() -> None:
    with pytest.raises(BenchError, match="atlas, circle_markers, geojson"):
        map_measurements([1], "webgl", rivals=False, seed=0)


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
