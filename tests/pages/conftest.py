"""Pages under test: one seeded store for the whole ring, a fresh script run for each test."""

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard.domain.access import Person, Role
from dashboard.frames import AtlasFrames
from dashboard.importers.package import DataPackage, read_package
from dashboard.runtime import built, runtime
from dashboard.settings import Settings
from dashboard.store.people.people import Meeting
from dashboard.store.trail.operations import Operation
from dashboard.ui import person as person_ui
from dashboard.workflows.access.identity import Identity
from dashboard.workflows.package import start
from dashboard.workflows.package.start import open_atlas
from dashboard.workflows.views.frames import Tables, build_frames

ROOT = Path(__file__).parents[2] / "dashboard"


@dataclass
class Page:
    """One opened page, as a reader sees it."""

    at: AppTest

    @property
    def words(self) -> str:
        kinds = ("markdown", "caption", "info", "warning", "title", "error")
        texts = [str(e.value) for kind in kinds for e in self.at.get(kind)]
        return "\n".join(texts).replace("\\", "")

    @property
    def map(self) -> dict[str, Any]:
        (component,) = (e for e in self.at.main if getattr(e, "key", "") == "atlas_map")
        data: dict[str, Any] = json.loads(component.proto.json)
        return data

    @property
    def counts(self) -> str:
        return next(m.value for m in self.at.markdown if "match the filters" in m.value)

    @property
    def names(self) -> list[str]:
        return list(self.at.dataframe[0].value["Name"])


Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def _components() -> Any:
    return manifest_scanner.scan_component_manifests()


@pytest.fixture(scope="session")
def _packages() -> dict[object, DataPackage]:
    return {}


@pytest.fixture(scope="session")
def _frames() -> dict[str, tuple[Tables, AtlasFrames]]:
    return {}


@pytest.fixture(scope="module", autouse=True)
def _looked_through_once(
    _components: Any, _packages: dict[object, DataPackage], _frames: dict[str, tuple[Tables, AtlasFrames]]
) -> Iterator[None]:
    """What each page would look through again and find the same: components, shipped data, equal frames."""

    def read(folder: Path) -> DataPackage:
        stats = ((file.name, file.stat()) for file in sorted(folder.iterdir()))
        state = (folder, *((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))
        if state not in _packages:
            _packages[state] = read_package(folder)
        return _packages[state]

    def build(tables: Tables, version: str) -> AtlasFrames:
        before, frames = _frames.get(version, (None, None))
        if frames is None or before != tables:
            frames = build_frames(tables, version)
            _frames[version] = (tables, frames)
        return frames

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", lambda: _components)
        patch.setattr(start, "read_package", read)
        patch.setattr(built, "build_frames", build)
        yield


@pytest.fixture(scope="session")
def seeded_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'atlas.sqlite'}"
    store, _ = open_atlas(Settings(db=url))
    store.close()
    return url


@pytest.fixture
def open_page(seeded_store: str, monkeypatch: pytest.MonkeyPatch) -> Opener:
    monkeypatch.setenv("ARSENAL_ATLAS_DB", seeded_store)

    def opened(page: str = "atlas", query: Mapping[str, str] | None = None) -> Page:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        if page != "atlas":
            at.run()
            at.switch_page(f"app_pages/{page}.py")
        for name, value in (query or {}).items():
            at.query_params[name] = value
        at.run()
        assert not at.exception, at.exception
        return Page(at)

    return opened


@pytest.fixture
def own_store(seeded_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a copy that a test may write to."""
    path = tmp_path / "own.sqlite"
    shutil.copy(seeded_store.removeprefix("sqlite:///"), path)
    url = f"sqlite:///{path}"
    monkeypatch.setenv("ARSENAL_ATLAS_DB", url)
    return url


class Visitors:
    """People of a shared atlas: whoever is let in last looks at the pages that run next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._identity: Identity | None = None
        # The gate writes the header of an identity; a page under test has no gate before it.
        monkeypatch.setattr(person_ui, "_identity", lambda: self._identity)

    def known(self, name: str, role: Role = Role.READER) -> Person:
        """Make somebody known with a role."""
        people = runtime().store.people
        stored = people.meet(
            Meeting("issuer", name.lower(), name), Role.READER, Operation.new("test", "sign in", name)
        )
        if stored.role is not role:
            stored = people.set_role(stored.id, role, Operation.new("test", "set role", stored.id, "test"))
        return Person(stored.id, stored.name, stored.role, stored.issuer, stored.subject)

    def enter(self, name: str, role: Role) -> Person:
        """Let somebody in."""
        person = self.known(name, role)
        self._identity = Identity.signed_in(person.id, time.time())
        return person

    def leave(self) -> None:
        """Nobody is signed in from now on."""
        self._identity = Identity("anonymous:browser")


@pytest.fixture
def visitors(own_store: str, monkeypatch: pytest.MonkeyPatch) -> Visitors:
    """A shared atlas with a store of its own."""
    monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", "header")
    return Visitors(monkeypatch)


class Opened:
    """A page in one tab, as somebody uses it."""

    def __init__(self, page: str, query: Mapping[str, str]) -> None:
        self.at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        self.at.run()
        self.go(page, **query)

    def go(self, page: str, **query: str) -> None:
        self.at.switch_page(f"app_pages/{page}.py")
        for name, value in query.items():
            self.at.query_params[name] = value
        self.run()

    def run(self) -> None:
        self.at.run()
        assert not self.at.exception, self.at.exception

    def texts(self, *kinds: str) -> str:
        return "\n".join(str(e.value) for kind in kinds for e in self.at.get(kind)).replace("\\", "")

    @property
    def words(self) -> str:
        return self.texts("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")

    def button(self, label: str) -> Any:
        return next((b for b in self.at.button if b.label == label), None)

    def press(self, label: str) -> None:
        button = self.button(label)
        assert button is not None, [b.label for b in self.at.button]
        button.click()
        self.run()

    def field(self, kind: str, label: str, nth: int = 0) -> Any:
        return [e for e in self.at.get(kind) if e.label == label][nth]

    def fill(self, kind: str, label: str, value: object, nth: int = 0) -> None:
        self.field(kind, label, nth).set_value(value)
        self.run()

    def section(self, name: str) -> None:
        self.at.segmented_control[0].set_value(name)
        self.run()

    def row(self, key: str, at: int) -> None:
        table = next(d.key for d in self.at.dataframe if (d.key or "").startswith(key))
        self.at.session_state[table] = {"selection": {"rows": [at], "columns": [], "cells": []}}
        self.run()


@pytest.fixture
def opened() -> Callable[..., Opened]:
    """Opens a page in a new tab: ``opened("edit", record="st-x")``."""
    return lambda page, **query: Opened(page, query)
