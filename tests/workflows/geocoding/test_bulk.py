"""A table spread over processes comes out as from one; what is missing is said in a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.errors import BulkError, GazetteerError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import starter_path
from dashboard.workflows.geocoding import bulk
from dashboard.workflows.geocoding.bulk import dask_runner
from dashboard.workflows.geocoding.geocode_table import TableJob, geocode_table
from dashboard.workflows.geocoding.table_files import Chunk
from dashboard.workflows.geocoding.table_rows import RowGeocoder, RowPlan

# Small portions, so that both workers get some of them.
CODE = """
from dashboard.workflows.geocoding import geocode_table
geocode_table.CHUNK_ROWS = 100
from dashboard.cli import main
main()
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    names = ("Rabat", "Springfield", '"Fort Worth, Texas"', "Xyzzyville", "חיפה", '"two\nlines"')
    path.write_text("n,place\n" + "".join(f"{n},{names[n % 6]}\n" for n in range(1_000)), encoding="utf-8")
    return path


def test_two_workers_answer_as_one_process(table: Path, gazetteer_file: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with Gazetteer.open(gazetteer_file) as gazetteer:
        alone = geocode_table(
            TableJob(table, "place"),
            gazetteer=gazetteer,
            hand_decided=HandDecidedPlaces.from_csv(starter_path("data") / "places.csv"),
        )
    command = [
        "geocode",
        str(table),
        "--column",
        "place",
        "--workers",
        "2",
        "--output",
        "o.csv",
        "--review",
        "r.csv",
    ]
    done = subprocess.run(
        [sys.executable, "-c", CODE, *command],
        cwd=tmp_path,
        env=os.environ | {"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.csv").read_bytes() == alone.output.read_bytes()
    assert (tmp_path / "r.csv").read_bytes() == alone.review.read_bytes()


def test_without_dask_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BulkError, match=r"arsenal-atlas\[bulk\]"):
        dask_runner(workers=2)


def plan_for(path: Path, content: str) -> RowPlan:
    return RowPlan(path, content, HandDecidedPlaces(), "", ",", ",", 2, 1, None, "")


def test_a_worker_opens_the_gazetteer_once(gazetteer_file: Path) -> None:
    with Gazetteer.open(gazetteer_file) as gazetteer:
        plan, same = (plan_for(gazetteer_file, gazetteer.meta["content_sha256"]) for _ in range(2))
        assert plan == same  # though their hand-decided places are two objects
        chunk = Chunk(2, 1, "1,Rabat\n")
        assert bulk._decide(plan, chunk) == RowGeocoder(plan, gazetteer).chunk(chunk)
    opened = bulk._geocoder(plan)
    assert bulk._geocoder(same) is opened
    opened.close()
    bulk._geocoder.cache_clear()


def test_a_worker_with_another_gazetteer_says_so(gazetteer_file: Path, tmp_path: Path) -> None:
    for path in (gazetteer_file, tmp_path / "none.sqlite"):
        with pytest.raises(GazetteerError, match="db gazetteer --again"):
            bulk._geocoder(plan_for(path, "another content"))
