from typing import Any

import pytest
from sqlalchemy import event

from dashboard.domain.access import Mode, Role
from dashboard.errors import DossierError, RecordNotFoundError
from dashboard.store.people.people import Meeting
from dashboard.store.records.repository import Repository
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation


def by(why: str = "a test") -> Operation:
    return Operation.new("ana", "set", "x", why)


def test_the_atlas_is_open_until_somebody_closes_it(store: Store) -> None:
    assert store.control.mode() is Mode.NORMAL
    for mode in (Mode.READ_ONLY, Mode.MAINTENANCE, Mode.NORMAL):
        store.control.set_mode(mode, by())
        assert store.control.mode() is store.control.state().mode is mode
    assert [e.details["after"] for e in store.trail.list()] == ["normal", "maintenance", "read-only"]


def test_one_query_says_all_that_caches_depend_on(store: Store, filled: Repository) -> None:
    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    state = store.control.state()
    questions = [statement for statement in seen if statement.startswith("SELECT")]
    assert len([statement for statement in questions if "FROM meta" in statement]) == 1
    assert not [statement for statement in questions if "FROM audit" in statement]
    assert state.data_version == filled.data_version()
    assert state.head == store.trail.head()


def test_every_change_that_matters_shows_in_the_state(store: Store, filled: Repository, url: str) -> None:
    other = open_store(url)  # another process sees it too
    person = store.people.meet(Meeting("issuer", "1", "Ana"), Role.READER, by())
    before = other.control.state()
    store.people.set_role(person.id, Role.ADMIN, by())
    store.protections.set("st-yard", 0.5, by())
    filled.delete_record("ev-order", 1, by())
    after = other.control.state()
    assert after.people_version == before.people_version + 1
    assert after.protections_version == before.protections_version + 1
    assert after.data_version != before.data_version
    assert after.head.sequence == before.head.sequence + 3
    other.close()


def test_a_record_is_protected_otherwise_and_no_longer(store: Store, filled: Repository) -> None:
    assert (store.protections.all(), store.protections.version()) == ({}, 0)
    store.protections.set("st-yard", 0.5, by("people live there"))
    changed = store.protections.set("st-yard", 1, by("many people"))
    assert store.protections.list() == (changed,)
    assert (changed.cell, changed.why, changed.who) == (1.0, "many people", "ana")
    assert store.protections.all() == {"st-yard": 1.0}
    store.protections.remove("st-yard", by())
    assert (store.protections.all(), store.protections.version()) == ({}, 3)
    with pytest.raises(RecordNotFoundError):
        store.protections.remove("st-yard", by())


@pytest.mark.parametrize("cell", [0, -1, 10.5, float("nan"), float("inf")])
def test_a_cell_that_is_none_is_refused(store: Store, filled: Repository, cell: Any) -> None:
    with pytest.raises(DossierError, match="cell size"):
        store.protections.set("st-yard", cell, by())
    with pytest.raises(DossierError, match="Say why"):
        store.protections.set("st-yard", 1, by(""))
    with pytest.raises(RecordNotFoundError):
        store.protections.set("st-none", 1, by())
    assert store.protections.all() == {}


def test_a_protection_outlives_the_deletion_of_its_record(store: Store, filled: Repository) -> None:
    store.protections.set("ev-order", 0.5, by())
    filled.delete_record("ev-order", 1, by())
    filled.restore_record("ev-order", by())
    assert store.protections.all() == {"ev-order": 0.5}
