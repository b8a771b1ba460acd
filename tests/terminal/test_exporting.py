import csv
import os
import signal
import subprocess
import sys
import time
import zipfile

import pytest


def test_what_a_link_shows_is_written_in_the_format_asked_for(atlas, tmp_path):
    address = "https://atlas.example/atlas?country=MA&from=2020&to=2022&bogus=1"
    done = atlas("export", "--format", "csv", "--output", "ma.csv", "--link", address, "--title", "Morocco")
    assert done.returncode == 0, done.stderr
    assert "“bogus” is no parameter of the atlas and was ignored." in done.stderr
    assert "Credit, for which CSV has no place" in done.stderr
    with (tmp_path / "ma.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert f"Wrote ma.csv: {len(rows)} records" in done.stderr
    assert rows
    assert all("MA" in row["countries"].split("|") for row in rows)
    assert all(row["url"] == f"https://atlas.example/atlas?record={row['id']}" for row in rows)
    events = [row for row in rows if row["type"] == "event"]
    assert all(row["latest"] >= "2020-01-01" and row["earliest"] <= "2022-12-31" for row in events)


def test_a_link_may_be_its_query_alone_and_a_map_comes_with_it(atlas, tmp_path):
    done = atlas(
        "export", "--map", "out", "--format", "package", "-o", "a.zip", "--link", "?type=event&kind=visit"
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "atlas.html").stat().st_size > 100_000
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        kinds = [row["kind"] for row in csv.DictReader(archive.read("events.csv").decode().splitlines())]
    assert f"Wrote a.zip: {kinds.count('visit')} records" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "xslx", "--output", "a.xlsx"), "did you mean 'xlsx'"),
        (("--format", "csv"), "name the file to write to"),
        (("--package",), "name the folder to write to"),
        ((), "say what to write"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(atlas, tmp_path, arguments, said):
    before = {one.name for one in tmp_path.iterdir()}
    done = atlas("export", *arguments)
    assert done.returncode != 0
    assert said in " ".join(done.stderr.split())
    made = {one.name for one in tmp_path.iterdir()} - before
    assert not {name for name in made if name.startswith((".writing", "a.", "nowhere"))}


def test_an_interrupted_export_leaves_nothing(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    command = [sys.executable, "-c", "from dashboard.cli import main; main()"]
    with subprocess.Popen(
        [*command, "export", "--format", "pdf", "--output", str(folder / "a.pdf")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=os.environ,
    ) as running:
        end = time.monotonic() + 60
        while not [*folder.iterdir()]:
            assert running.poll() is None
            assert time.monotonic() < end
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert "Stopped: nothing of a.pdf was kept." in said
    assert "Traceback" not in said
    assert [*folder.iterdir()] == []
