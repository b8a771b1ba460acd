"""A client of the routes as they stand, on a copy of the starter data."""

import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import routes
from dashboard.runtime import Runtime


@pytest.fixture
def own_api(starter_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Everything that a local session may ask for, on data of one's own."""
    file = tmp_path / "starter.sqlite"
    shutil.copyfile(starter_file, file)
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{file}")
    return TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1", follow_redirects=False)


@pytest.fixture
def api(read_only: Runtime) -> TestClient:
    """The same on data that all such tests read."""
    return TestClient(Starlette(routes=routes()), base_url="http://127.0.0.1")
