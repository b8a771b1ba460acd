"""Pages under test: one seeded store for the whole ring, a fresh script run for each test."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.settings import Settings
from dashboard.workflows.start import open_atlas

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
def seeded_store(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'atlas.sqlite'}"
    repository, _ = open_atlas(Settings(db=url))
    repository.engine.dispose()
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
