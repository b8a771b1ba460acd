"""``arsenal-atlas ingest`` and ``review``: a folder into the queue, its rows out again."""

import csv
import json
import shutil
from pathlib import Path

import pytest

FOUNDING = Path(__file__).parents[1] / "articles" / "texts" / "founding.txt"


@pytest.fixture
def folder(tmp_path, gazetteer_file, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_GAZETTEER", str(gazetteer_file))
    made = tmp_path / "clippings"
    made.mkdir()
    shutil.copy(FOUNDING, made / "a.txt")
    (made / "b.txt").write_bytes(b"\x00\x01\x02\xff\xfe" * 300)
    return made


def test_a_folder_goes_into_the_queue_once(atlas, atlas_process, folder):
    first = atlas_process("ingest", str(folder), "--publisher", "The Example Daily")
    assert first.returncode == 1
    assert "b.txt is not text" in first.stderr
    assert "1 articles read, 0 known before, 1 passed over" in first.stderr
    again = atlas("ingest", str(folder))
    assert "0 articles read, 1 known before, 1 passed over · 0 proposals wait" in again.stderr


def test_the_queue_is_listed_and_exported(atlas, folder, tmp_path):
    assert "Nothing waits" in atlas("review").stderr
    atlas("ingest", str(folder), "--publisher", "The Example Daily")
    assert "Tel Aviv" in atlas("review").stdout
    rows = json.loads(atlas("review", "--format", "json").stdout)
    atlas("review", "--format", "csv", "--output", "queue.csv")
    with (tmp_path / "queue.csv").open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [row["draft"] for row in written] == [row["draft"] for row in rows]
    text = FOUNDING.read_text(encoding="utf-8")
    assert all(part in text for row in rows for part in row["quote"].split(" … "))
    assert {row["publisher"] for row in rows} == {"The Example Daily"}


def test_workers_or_a_scheduler_but_not_both(atlas, folder):
    done = atlas("ingest", str(folder), "--workers", "1", "--scheduler", "tcp://127.0.0.1:1")
    assert done.returncode == 2
    assert "give one of them" in done.stderr
