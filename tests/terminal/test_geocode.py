"""`arsenal-atlas geocode` in all its ways: names, tables, texts, lists of mentions."""

import csv
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest


@pytest.fixture
def geocode(atlas, gazetteer_file):
    def run(*arguments, **environment):
        return atlas(
            "geocode", *arguments, **({"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file)} | environment)
        )

    return run


def test_geocode_prints_a_table_with_its_reasons(atlas_process, gazetteer_file):
    done = atlas_process("geocode", "Ben Slimane", "Tel Aviv", ARSENAL_ATLAS_GAZETTEER=str(gazetteer_file))
    assert done.returncode == 0
    assert "Benslimane, MA" in done.stdout
    assert "population" in done.stdout


def test_geocode_prints_geojson(geocode):
    done = geocode("Tel Aviv", "--format", "geojson")
    (feature,) = json.loads(done.stdout)["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([34.78, 32.08], abs=0.05)
    assert feature["properties"]["status"] == "resolved"


def test_geocode_prints_csv_and_never_places_the_unknown(geocode):
    names = ("Tel Aviv", "Nowhereville Xyz")
    done = geocode(*names, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["status"] for row in rows] == ["resolved", "unknown"]
    assert rows[1]["lat"] == rows[1]["lon"] == ""
    assert done.returncode == 1


@pytest.mark.parametrize(("option", "shown"), [((), "=SUM(A1)"), (("--spreadsheet",), "'=SUM(A1)")])
def test_a_name_that_is_a_formula_is_kept_to_the_letter_or_guarded_for_a_spreadsheet(
    geocode, tmp_path, option, shown
):
    done = geocode("=SUM(A1)", "--format", "csv", *option)
    assert next(csv.DictReader(io.StringIO(done.stdout)))["name"] == shown
    (tmp_path / "names.csv").write_text("@id,place\n=2+2,Rabat\n-1.5,=SUM(A1)\n", encoding="utf-8")
    geocode("names.csv", "--column", "place", *option)
    with (tmp_path / "names.geocoded.csv").open(encoding="utf-8") as file:
        header, rabat, formula = csv.reader(file)
    guard = "'" if option else ""
    assert (header[0], rabat[0], formula[:2]) == (f"{guard}@id", f"{guard}=2+2", ["-1.5", shown])
    assert float(rabat[header.index("lon")]) < 0
    with (tmp_path / "names.review.csv").open(encoding="utf-8") as file:
        (review,) = csv.DictReader(file)
    assert review["name"] == shown


def test_a_guard_that_would_guard_nothing_is_refused(geocode):
    done = geocode("Rabat", "--spreadsheet")
    assert done.returncode == 2
    assert "is for CSV" in done.stderr


def test_a_damaged_gazetteer_is_a_sentence(atlas, tmp_path):
    (tmp_path / "g.sqlite").write_bytes(b"no gazetteer" * 500)
    done = atlas("geocode", "Tel Aviv", ARSENAL_ATLAS_GAZETTEER=str(tmp_path / "g.sqlite"))
    assert done.returncode == 1
    assert "db gazetteer" in done.stderr


def test_geocode_prints_json(geocode):
    (place,) = json.loads(geocode("Tel Aviv", "--format", "json").stdout)
    assert (place["status"], place["country"]) == ("resolved", "IL")
    assert place["candidates"][0]["place_id"] == place["place_id"]


def test_a_table_is_geocoded_beside_itself(geocode, tmp_path):
    (tmp_path / "sites.csv").write_text("id;place;land\n1;Rabat;MA\n2;Xyzzyville;\n", encoding="utf-8")
    done = geocode("sites.csv", "--column", "place", "--country-column", "land")
    assert done.returncode == 0, done.stderr
    assert "2 rows: 1 resolved, 1 unknown" in done.stderr
    assert "sites.geocoded.csv" in done.stderr
    with (tmp_path / "sites.geocoded.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["id"], row["status"], row["country"]) for row in rows] == [
        ("1", "resolved", "MA"),
        ("2", "unknown", ""),
    ]
    assert "Xyzzyville" in (tmp_path / "sites.review.csv").read_text()


def test_files_go_where_they_are_wanted(geocode, tmp_path):
    (tmp_path / "t.csv").write_bytes("place\nMálaga\n".encode("cp1252"))
    done = geocode(
        "t.csv", "--column", "place", "--output", "out/o.csv", "--review", "look/r.csv", "--country", "ES"
    )
    assert "1 of 2 lines are not UTF-8" in done.stderr
    assert "Málaga" in (tmp_path / "out" / "o.csv").read_text(encoding="utf-8")
    assert (tmp_path / "look" / "r.csv").read_text().count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "give place names"),
        (("t.csv",), "names: n, place"),
        (("t.csv", "--column", "town"), "it has: n, place"),
        (("t.csv", "u.csv", "--column", "place"), "the one table"),
        (("none.csv", "--column", "place"), "none.csv cannot be read"),
        (("t.csv", "--column", "place", "--text", "a.txt"), "give one of them"),
        (("Rabat", "--text", "a.txt"), "give no names beside --text"),
        (("Rabat", "--output", "o.jsonl", "--workers", "2"), "for a table: give --column"),
        (("t.csv", "--column", "place", "--workers", "2", "--scheduler", "tcp://x:1"), "one of them"),
        (("--mentions", "m.jsonl"), "--output"),
        (("--mentions", "m.jsonl", "--output", "o.jsonl"), "line 2"),
        (("--text", "none.txt"), "none.txt cannot be read"),
        (("Rabat", "--online"), "ARSENAL_ATLAS_ONLINE_GEOCODERS"),
        (("t.csv", "--column", "place", "--online", "--workers", "2"), "one process"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(geocode, tmp_path, arguments, says):
    (tmp_path / "t.csv").write_text("n,place\n1,Rabat\n")
    (tmp_path / "m.jsonl").write_text('{"doc": 1, "mentions": []}\n{"doc": 2}\n')
    done = geocode(*arguments)
    assert done.returncode in {1, 2}
    assert says in " ".join(done.stderr.replace("\u2502", " ").split())
    assert not (tmp_path / "o.jsonl").exists()


def test_mentions_of_a_document_are_placed_in_order(geocode, tmp_path):
    documents = [
        {"doc": "a", "mentions": [{"surface": "Rabat", "start": 0}, {"surface": "Xyzzyville", "start": 9}]},
        {"doc": 7, "mentions": []},
    ]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    done = geocode("--mentions", "m.jsonl", "--output", "o.jsonl")
    assert done.returncode == 0, done.stderr
    first, second = map(json.loads, (tmp_path / "o.jsonl").read_text().splitlines())
    assert (first["doc"], first["places"][1]) == ("a", None)
    assert abs(first["places"][0]["lat"] - 34.0) < 0.2
    assert second == {"doc": 7, "places": []}
    assert "1 of 2 mentions in 2 documents" in done.stderr


def test_places_of_a_text_are_shown_with_their_offsets(geocode, tmp_path):
    text = "A drone plant opened in Rabat."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (place,) = json.loads(geocode("--text", "a.txt", "--format", "json").stdout)
    assert text[place["start"] : place["end"]] == place["name"] == "Rabat"
    assert place["country"] == "MA"
    assert "24-29" in geocode("--text", "a.txt").stdout


def test_a_gazetteer_that_somebody_has_locked_answers_all_the_same(geocode, gazetteer_file):
    with closing(sqlite3.connect(gazetteer_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert geocode("Tel Aviv").returncode == 0


def test_a_gazetteer_with_a_damaged_page_is_a_sentence(geocode, gazetteer_file, tmp_path):
    (tmp_path / "t.csv").write_text("place\n" + "".join(f"Rabat {n}\n" for n in range(50)) + "Rabat\nHaifa\n")
    broken = Path(shutil.copy(gazetteer_file, tmp_path / "g.sqlite"))
    with broken.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * (broken.stat().st_size - 4096 * 4))
    done = geocode("t.csv", "--column", "place", ARSENAL_ATLAS_GAZETTEER=str(broken))
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert "db gazetteer" in done.stderr


# Interrupts itself when it has written down how far it is: nobody outside could always be quick enough.
INTERRUPTED = """
import os, signal, sys, threading

written = []

def interrupt(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith(".state.json"):
        written.append(1)
        if len(written) == 3:
            threading.Timer(0, os.kill, (os.getpid(), signal.SIGINT)).start()

from dashboard.workflows.geocoding import geocode_table
geocode_table.CHUNK_ROWS = 500
sys.addaudithook(interrupt)
from dashboard.cli import main
main()
"""


def test_an_interrupted_table_goes_on_where_it_was(geocode, gazetteer_file, tmp_path):
    names = [f"Springfield {n}" for n in range(6_000)]
    (tmp_path / "t.csv").write_text("\n".join(["place", *names]) + "\n")
    running = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, "geocode", "t.csv", "--column", "place"],
        cwd=tmp_path,
        env=os.environ | {"ARSENAL_ATLAS_GAZETTEER": str(gazetteer_file)},
        stderr=subprocess.PIPE,
        text=True,
    )
    state = tmp_path / "t.geocoded.csv.state.json"
    said = running.communicate(timeout=60)[1]
    assert (running.returncode, "Traceback" in said) == (130, False), said
    assert "the same command goes on" in said
    done_before = json.loads(state.read_text())["progress"]["rows"]
    done = geocode("t.csv", "--column", "place")
    assert f"{done_before:,} rows were done" in done.stderr
    with (tmp_path / "t.geocoded.csv").open(newline="") as file:
        assert [row["place"] for row in csv.DictReader(file)] == names
