import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.bench.commands import bench
from dashboard.bench.table import BEGIN, END, into_page, tables

ROW = {
    "variant": "deckgl", "points": 1_000_000, "window": "tenth", "build_ms": 12.3,
    "payload_bytes": 16_000_000, "first_paint_ms": 61_303, "after_payload_ms": 60_000,
    "fps": 0.03, "step_ms": 0.9,
    "gap_p95_ms": 29_698.8, "gap_max_ms": 30_000.0, "heap_mb": 3.6, "steps": 2, "webgl": "software",
    "note": "", "at": "2026-11-24T12:00:00+00:00", "load": 1.2, "cpus": 2, "python": "3.11.0",
    "browser": "Chromium 156",
}  # fmt: skip
LINE = (
    "| deck.gl, no GPU: WebGL in software | 1,000,000 | 12.3 | 16.00 | 61,303 | 60,000 | 0.03 | 0.9 | 29,699 "
    "| 30,000 | 3.6 | 2 |  |"
)


def test_a_table_says_what_was_measured_where_and_without_a_gpu() -> None:
    written = tables([ROW])
    assert LINE in written.splitlines()
    assert "2 cores, Chromium 156 (headless, `--disable-gpu`)" in written
    assert "load 1.2 to 1.2" in written
    assert "DataFilterExtension" in written


def test_what_was_skipped_keeps_its_reason() -> None:
    empty = dict.fromkeys(("build_ms", "fps", "gap_max_ms", "steps"))
    written = tables([ROW | empty | {"variant": "geojson", "webgl": "", "note": "building | too long"}])
    assert "building \\| too long |" in written


def test_a_page_gets_its_tables_between_the_marks(tmp_path: Path) -> None:
    results, page = tmp_path / "results.jsonl", tmp_path / "page.md"
    results.write_text(json.dumps(ROW) + "\n", "utf-8")
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    assert CliRunner().invoke(bench, ["table", str(results), "--page", str(page)]).exit_code == 0
    once = page.read_text("utf-8")
    assert once.startswith("before\n")
    assert once.endswith(f"{END}\nafter\n")
    assert LINE in once
    assert "old" not in once
    assert CliRunner().invoke(bench, ["table", str(results), "--page", str(page)]).exit_code == 0
    assert page.read_text("utf-8") == once


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="no place for tables"):
        into_page("a page", "tables")


CROWD = {
    "variant": "sessions", "records": 0, "sessions": 50, "admitted": 50, "refused": 0, "told": 0,
    "open_p95_ms": 189.2, "reruns": 4_910, "rerun_p50_ms": 31.4, "rerun_p95_ms": 127.6, "cpu_ms": 20.3,
    "rerun_kb": 30.1, "session_mb": 0.45, "server_rss_mb": 342.8, "errors": 0, "note": "",
}  # fmt: skip


def test_visitors_have_tables_of_their_own_beside_the_rival() -> None:
    when = {key: ROW[key] for key in ("at", "load", "cpus", "python", "browser")}
    rival = CROWD | {"variant": "sessions_geojson", "cpu_ms": 104.0}
    spent = {"variant": "actions", "records": 0, "clock": 18.3, "pan": 4.7}
    written = tables([row | when for row in (CROWD, rival, spent)])
    assert "| **atlas** | 50 | 50 | 0 | 189 | 4,910 | 31.4 | 128 | 20.3 |" in written
    assert "| folium.GeoJson in Streamlit | 50 | 50 | 0 | 189 | 4,910 | 31.4 | 128 | 104 |" in written
    assert "| **atlas** | 18.3 | 4.7 |" in written
