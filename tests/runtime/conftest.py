"""A runtime over a small real store, and a way to take its database away."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from dashboard.runtime import Runtime
from dashboard.settings import Settings
from dashboard.store.trail.operations import Operation

SMALL = Path(__file__).parents[1] / "importers" / "small"


class Wire:
    """The line to the database: what goes over it, and whether anything does."""

    def __init__(self, engine: Any) -> None:
        self.queries: list[str] = []
        self.is_cut = False
        event.listen(engine, "before_cursor_execute", self._seen)

    def _seen(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self.is_cut:
            raise OperationalError(statement, {}, ConnectionError("connection refused"))
        if statement.split(maxsplit=1)[0] not in ("BEGIN", "PRAGMA", "COMMIT"):
            self.queries.append(statement)


@pytest.fixture
def make_runtime(tmp_path: Path) -> Iterator[Callable[..., Runtime]]:
    made: list[Runtime] = []

    def make(**values: Any) -> Runtime:
        own = {"package": SMALL, "data_folder": tmp_path / "data", "cache_folder": tmp_path / "cache"}
        made.append(Runtime(Settings(**own | values)))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def atlas(make_runtime: Callable[..., Runtime]) -> Any:
    return make_runtime()


@pytest.fixture
def wire(atlas: Runtime) -> Any:
    return Wire(atlas.store.engine)


@pytest.fixture
def rename() -> Any:
    def renamed(atlas: Runtime, record_id: str, name: str) -> None:
        dossier, revision = atlas.repository.dossier(record_id)
        record = replace(dossier.record, name=name)  # type: ignore[call-arg]
        operation = Operation.new("ann", "save", record_id, "a better name")
        atlas.repository.save_dossier(replace(dossier, record=record), revision, operation)

    return renamed


@pytest.fixture
def wait_until() -> Any:
    def wait(condition: Callable[[], bool], seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it did not come about in time"
            time.sleep(0.02)

    return wait
