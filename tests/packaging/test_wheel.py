"""The wheel carries all that a user without Node and without a checkout needs, and nothing else."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = [
    "dashboard/py.typed",
    "dashboard/domain/vocabulary.json",
    "dashboard/starter/streamlit.toml",
    "dashboard/starter/data/datapackage.json",
    "dashboard/static/atlas-map.js",
    "dashboard/static/atlas-map.css",
    "dashboard/static/atlas-land.js",
    "dashboard/static/leaflet.js",
    "dashboard/static/component/index.js",
    "dashboard/static/component/focus.js",
]
NEVER = ["node_modules", "frontend/", "tests/", "scripts/", ".sqlite", "secrets.toml", ".map", "__pycache__"]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    assert (ROOT / "dashboard/static/atlas-map.js").exists(), "the front end is not built: run `make test`"
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize("name", NEEDED)
def test_it_carries(names: list[str], name: str) -> None:
    assert name in names


@pytest.mark.parametrize("part", NEVER)
def test_it_leaves_out(names: list[str], part: str) -> None:
    assert [name for name in names if part in name] == []


def test_it_carries_every_file_of_the_starter_dataset(names: list[str]) -> None:
    tables = {path.name for path in (ROOT / "data").glob("*.csv")}
    assert tables
    assert {f"dashboard/starter/data/{table}" for table in tables} <= set(names)


def test_it_carries_the_migrations(names: list[str]) -> None:
    migrations = sorted((ROOT / "dashboard/store/database/migrations").rglob("*.py"))
    assert migrations
    assert {path.relative_to(ROOT).as_posix() for path in migrations} <= set(names)


def test_it_carries_the_data_files_beside_the_code(names: list[str]) -> None:
    package = ROOT / "dashboard"
    left_out = {"frontend", "static", "__pycache__"}
    expected = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and not left_out & set(path.relative_to(package).parts)
    }
    assert expected <= set(names)


def test_it_carries_the_licence_and_the_command(names: list[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert any(name.endswith(".dist-info/entry_points.txt") for name in names)
