"""Readers go on while the database is away, are told how old that is, and need no restart after it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from dashboard.errors import StoreError
from dashboard.runtime import Runtime
from dashboard.settings import Settings
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience

pytestmark = pytest.mark.postgres

SMALL = Path(__file__).parents[1] / "importers" / "small"
GRID = Audience(0.1, protected=True)
PAGE_SECONDS = 2.0
BACK_SECONDS = 10.0


@pytest.fixture
def atlas(through_network: str, tmp_path: Path) -> Iterator[Any]:
    atlas = Runtime(Settings(db=through_network, package=SMALL, data_folder=tmp_path, cache_folder=tmp_path))
    atlas.watch()
    for audience in (EXACT, GRID):
        atlas.view(audience)
    yield atlas
    atlas.close()


def wait(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)


def page(atlas: Runtime) -> float:
    """Do what a page does; gives its seconds."""
    began = time.monotonic()
    for audience in (EXACT, GRID):
        view = atlas.view(audience)
        assert view.library().name("st-yard") == "Yard"
        assert view.payload(view.version)
    assert atlas.mode
    return time.monotonic() - began


@pytest.mark.parametrize("fault", ["refuse", "black hole"])
def test_readers_go_on_without_the_database_and_it_comes_back_by_itself(
    atlas: Runtime, network: Any, postgres: Any, through_network: str, fault: str, *, slack: int
) -> None:
    network.set(fault)
    wait(lambda: atlas.stale is not None, BACK_SECONDS * slack)
    assert page(atlas) < PAGE_SECONDS * slack
    assert atlas.stale is not None
    assert "has not answered" in atlas.stale.sentence
    with pytest.raises(StoreError):
        atlas.ask()
    network.set("pass")
    wait(lambda: atlas.stale is None, BACK_SECONDS * slack)
    # Somebody else's change, by a way of their own, is seen without a restart.
    other = open_store(through_network.replace(str(network.port), str(postgres.port)))
    dossier, revision = other.repository.dossier("st-yard")
    renamed = replace(dossier, record=replace(dossier.record, name="New yard"))  # type: ignore[call-arg]
    other.repository.save_dossier(renamed, revision, Operation.new("ann", "save", "st-yard"))
    other.close()
    wait(lambda: atlas.view(GRID).library().name("st-yard") == "New yard", BACK_SECONDS * slack)


def test_a_page_waits_for_no_distant_database(atlas: Runtime, network: Any, slack: int) -> None:
    network.set("pass", delay=0.15)
    asked: list[int] = []
    event.listen(atlas.store.engine, "before_cursor_execute", lambda *_: asked.append(threading.get_ident()))
    assert page(atlas) < PAGE_SECONDS * slack
    assert threading.get_ident() not in asked
