"""``arsenal-atlas diff`` as a script uses it: what it prints, and how it ends."""

import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dashboard.cli import root
from dashboard.settings import Settings
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.package.start import open_atlas

SMALL = Path(__file__).parents[1] / "importers" / "small"


@pytest.fixture
def diff() -> Callable[..., Any]:
    """Runs the command in this process, which starts in no time."""
    return lambda *arguments: CliRunner().invoke(root.cli, ["diff", *arguments])


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    folder = Path(shutil.copytree(SMALL, tmp_path / "changed"))
    sites = folder / "sites.csv"
    sites.write_text(
        sites.read_text(encoding="utf-8").replace("st-yard,Yard,", "st-yard,Dock,"), encoding="utf-8"
    )
    return folder


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    store, _ = open_atlas(Settings(db=url, package=SMALL))
    dossier, revision = store.repository.dossier("st-yard")
    record = replace(dossier.record, name="Dock")  # type: ignore[call-arg]  # a site
    save = Operation.new("ana", "save", "st-yard", "a better name")
    store.repository.save_dossier(replace(dossier, record=record), revision, save)
    store.close()
    monkeypatch.setenv("ARSENAL_ATLAS_DB", url)
    return url


def test_packages_that_are_the_same_differ_in_nothing(diff):
    done = diff(str(SMALL), str(SMALL))
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No differences" in done.stderr


def test_what_differs_is_printed_and_counted(atlas_process, diff, changed):
    # Once as its users run it: a script reads how it ends.
    done = atlas_process("diff", str(SMALL), str(changed))
    assert done.returncode == 1
    assert done.stdout == "~ sites st-yard  Dock\n    name: 'Yard' → 'Dock'\n"
    assert "0 added, 0 removed, 1 changed" in done.stderr
    told = json.loads(diff(str(changed), str(SMALL), "--format", "json").stdout)
    assert told[0]["fields"] == [{"field": "name", "before": "Dock", "after": "Yard"}]
    assert (
        '"changed","sites","st-yard","Dock","name","Yard","Dock"'
        in diff(str(SMALL), str(changed), "--format", "csv").stdout
    )


@pytest.mark.parametrize("inside", ["", "arsenal-atlas/"])
def test_a_zipped_package_is_one_too(diff, changed, tmp_path, inside):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in changed.iterdir():
            archive.write(file, inside + file.name)
    done = diff(str(SMALL), str(path))
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, "~ sites st-yard  Dock")


def test_versions_of_the_store_by_name_and_by_how_it_begins(diff, database, changed):
    listed = diff("--list").stdout.splitlines()
    assert [line.split("  ")[2] for line in listed] == ["seed, seed", "save, ana"]
    first, last = (line.split("  ")[0] for line in listed)
    done = diff(first, last)
    assert (done.exit_code, done.stdout.splitlines()[1]) == (1, "    name: 'Yard' → 'Dock'")
    assert diff(first[:8]).stdout == done.stdout
    assert diff(first, str(SMALL)).exit_code == 0
    assert diff(str(changed), "now").exit_code == 0
    store = open_store(database)
    assert [entry.action for entry in store.trail.list()] == ["save", "seed"]
    store.close()


def test_trouble_is_a_sentence_and_ends_with_two(diff, database, tmp_path):
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"this is no archive")
    empty = tmp_path / "empty.zip"
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("../sites.csv", "id")
    for name, word in (
        ("0123456789abcdef", "cannot show a version"),
        (str(broken), "broken.zip"),
        (str(empty), "empty.zip"),
        (str(tmp_path), "datapackage.json"),
    ):
        done = diff(name, "now")
        assert (done.exit_code, done.stdout) == (2, "")
        assert word in done.stderr
    assert diff().exit_code == 2
