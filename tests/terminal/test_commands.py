"""The command line as its users meet it: what it prints, how it ends, and no traceback whatever happens."""

import shutil
import socket
from pathlib import Path

import pytest

from dashboard.settings import starter_path

DATA = starter_path("data")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "copy"))


def test_check_counts_the_starter_data_and_lists_contradictions(atlas_process):
    done = atlas_process("check", str(DATA))
    assert done.returncode == 0
    assert "\n0 errors" in done.stdout
    counts = {
        word: int(n)
        for n, word in (p.split(" ") for p in done.stdout.split("(")[-1].split(")")[0].split(", "))
    }
    assert counts["events"] >= 74
    assert counts["sites"] >= 63
    assert counts["actors"] >= 24
    assert "st-bluebird-benslimane" in done.stdout


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        ("events.csv", (",2021-11-24,", ",2021-11-31,"), ["events.csv", "row", "date", "2021-11-31"]),
        ("events.csv", (",meeting,", ",meting,"), ["events.csv", "kind", "meting", "meeting"]),
        ("locations.csv", (",33.61601,-7.12153,", ",-7.12153,133.61601,"), ["locations.csv", "row"]),
        ("sites.csv", ("st-kirya,", "st-hatzor,"), ["sites.csv", "id", "st-hatzor"]),
        (
            "site_status.csv",
            ("st-bluebird-benslimane,planned", "st-no-such-site,planned"),
            ["st-no-such-site"],
        ),
        ("sources.csv", ("https://", "htps://"), ["sources.csv", "url"]),
        ("actors.csv", ("ac-iai,", 'ac-iai,"'), ["actors.csv"]),
    ],
)
def test_check_names_file_row_field_and_value(atlas, copy, file, change, named):
    path, (old, new) = copy / file, change
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    done = atlas("check", str(copy))
    assert done.returncode == 1
    for word in named:
        assert word in done.stdout


def test_check_of_a_folder_that_is_none(atlas, tmp_path):
    done = atlas("check", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stdout + done.stderr


def test_check_blind_says_where_every_place_lands(atlas, gazetteer_file):
    done = atlas("check", str(DATA), "--blind", ARSENAL_ATLAS_GAZETTEER=str(gazetteer_file))
    assert done.returncode == (1 if "\nopen " in done.stdout else 0)
    assert "explained lo-tanger-med-1: 'Tanger Med'" in done.stdout
    assert "land within their radius" in done.stdout


def test_the_package_comes_back_as_it_was(atlas_process, tmp_path):
    done = atlas_process("export", "--package", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    for file in sorted(DATA.glob("*.csv")):
        assert (tmp_path / "out" / file.name).read_bytes() == file.read_bytes(), file.name


def test_a_port_in_use_is_said_with_another(atlas_process):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = atlas_process("run", "--port", str(port), "--no-browser")
    assert done.returncode == 1
    assert f"Port {port} cannot be used" in done.stderr


def test_a_corrupt_database_is_left_alone(atlas, tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all " * 300)
    done = atlas("db", "init", "--db", f"sqlite:///{broken}")
    assert done.returncode == 1
    assert "database" in done.stderr
    assert broken.read_bytes() == b"no database at all " * 300


def test_a_folder_that_cannot_be_written_is_a_sentence(atlas, tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    done = atlas("db", "init", ARSENAL_ATLAS_DATA_FOLDER=str(tmp_path / "file" / "inside"))
    assert done.returncode == 1
    assert "Error" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("run",),
        ("check",),
        ("geocode",),
        ("export",),
        ("db",),
        ("db", "gazetteer"),
        ("bench", "map"),
        ("bench", "geocode"),
    ],
)
def test_help_answers_everywhere(atlas, command):
    done = atlas(*command, "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
