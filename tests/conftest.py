"""What every test gets: folders of its own, no saved settings, a browser and a gazetteer when it asks."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

PREFIX = "ARSENAL_ATLAS_"
FOR_TESTS = f"{PREFIX}TEST_"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Time limits of a single example only find busy machines.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "local")


def _isolate(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in list(os.environ):
        if name.startswith(PREFIX) and not name.startswith(FOR_TESTS):
            patch.delenv(name)
    patch.setenv(f"{PREFIX}DATA_FOLDER", str(folder / "atlas-data"))
    patch.setenv(f"{PREFIX}CACHE_FOLDER", str(folder / "atlas-cache"))


def _forget() -> None:
    """Drop what the process caches; by name, because most tests import neither module."""
    if module := sys.modules.get("dashboard.runtime"):
        if module.runtime.cache_info().currsize:
            module.runtime().repository.engine.dispose()
        module.runtime.cache_clear()
    if module := sys.modules.get("dashboard.settings"):
        module.load_settings.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _no_user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        _isolate(patch, tmp_path_factory.mktemp("session"))
        yield


@pytest.fixture(autouse=True)
def _own_folders(_no_user_folders: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    _isolate(monkeypatch, tmp_path)
    _forget()
    yield
    _forget()


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium; skips without one, but fails in CI."""
    for name in (os.environ.get("CHROMIUM"), *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    message = "no Chromium: `make test` installs one where it may, or set CHROMIUM to its path"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def gazetteer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real gazetteer, without hand-decided places, built once a session (about half a minute).

    ARSENAL_ATLAS_TEST_GAZETTEER may name one built before, to save the time while working on something else.
    """
    from dashboard.geocoding.gazetteer.build import build_gazetteer

    if kept := os.environ.get(f"{FOR_TESTS}GAZETTEER"):
        return Path(kept)
    path = tmp_path_factory.mktemp("gazetteer") / "gazetteer.sqlite"
    build_gazetteer(path)
    return path
