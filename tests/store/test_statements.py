"""How many journeys to the database a look takes: each of them is a wait where it is far away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from dashboard.domain.dossier import dossiers
from dashboard.importers.package import read_package
from dashboard.store.store import Store, open_store

SMALL = Path(__file__).parents[1] / "importers" / "small"


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """Statements that are sent, but the beginnings of transactions."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "SET", "select set_config")):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def small(small_url: str) -> Iterator[Store]:
    store = open_store(small_url)
    yield store
    store.close()


LOOKS: dict[str, tuple[Callable[[Store], Any], int]] = {
    "a site": (lambda store: store.repository.dossier("st-yard"), 6),
    "an event": (lambda store: store.repository.dossier("ev-order"), 5),
    "an actor": (lambda store: store.repository.dossier("ac-maker"), 5),
    "a revision": (lambda store: store.repository.revision("st-yard"), 1),
    "the state, every second": (lambda store: store.control.state(), 1),
}


@pytest.mark.parametrize("name", LOOKS)
def test_a_look_takes_few_journeys(small: Store, name: str) -> None:
    look, most = LOOKS[name]
    with counted(small.engine) as sent:
        look(small)
    assert 1 <= len(sent) <= most, sent


def test_what_comes_in_few_journeys_is_whole(small: Store) -> None:
    expected = dossiers(read_package(SMALL).tables)
    assert {record_id: small.repository.dossier(record_id)[0] for record_id in expected} == expected
