"""What the atlas does when its database server is slow, gone, or swallowed by the network."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text

from dashboard.errors import AwayError, StoreError, UnsureError
from dashboard.importers.package import read_package
from dashboard.store.database import deadlines
from dashboard.store.database.deadlines import Limits
from dashboard.store.database.engine import open_engine, reading, writing
from dashboard.store.store import Store, open_store
from dashboard.store.trail.operations import Operation

pytestmark = pytest.mark.postgres

SMALL = Path(__file__).parents[1] / "importers" / "small"
READ_LIMIT = 3.0
AGAIN = 10.0
FIRST_ANSWER = 2.0


@pytest.fixture
def engine(through_network: str) -> Iterator[Any]:
    engine = open_engine(through_network)
    yield engine
    engine.dispose()


def ask(engine: Engine) -> Any:
    with reading(engine) as connection:
        return connection.execute(text("SELECT 1")).scalar_one()


def timed(call: Any, *arguments: Any) -> tuple[float, Any]:
    """How long a call took, and what came of it: its answer or its StoreError."""
    began = time.monotonic()
    try:
        result = call(*arguments)
    except StoreError as error:
        result = error
    return time.monotonic() - began, result


def fill_pool(engine: Engine, count: int) -> None:
    connections = [engine.connect() for _ in range(count)]
    for connection in connections:
        connection.close()


def write(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS t (n integer)"))
        connection.execute(text("INSERT INTO t VALUES (1)"))


def answers_again(engine: Engine, slack: int) -> float:
    """Seconds until the database is read again."""
    began = time.monotonic()
    while isinstance(timed(ask, engine)[1], StoreError):
        assert time.monotonic() - began < AGAIN * slack, "not back in time"
        time.sleep(0.05)
    return time.monotonic() - began


def test_the_first_question_after_all_connections_broke_is_answered(
    engine: Engine, network: Any, slack: int
) -> None:
    fill_pool(engine, 5)
    network.reset_all()
    asked, answer = timed(ask, engine)
    assert answer == 1
    network.reset_all()
    wrote, answer = timed(write, engine)
    assert answer is None
    assert max(asked, wrote) < FIRST_ANSWER * slack


@pytest.mark.parametrize("transaction", [reading, writing])
def test_a_connection_that_broke_in_the_middle_keeps_nobody_else_out(
    engine: Engine, network: Any, transaction: Any
) -> None:
    def broken() -> None:
        with transaction(engine) as connection:
            network.reset_all()
            connection.execute(text("SELECT 1"))

    assert isinstance(timed(broken)[1], AwayError)
    assert timed(ask, engine)[1] == 1
    assert timed(write, engine)[1] is None


def test_a_server_that_refuses_is_named_and_found_again(engine: Engine, network: Any, slack: int) -> None:
    network.set("refuse")
    _, answer = timed(ask, engine)
    assert isinstance(answer, AwayError)
    assert "does not answer" in str(answer)
    assert isinstance(timed(write, engine)[1], AwayError)
    network.set("pass")
    answers_again(engine, slack)
    write(engine)


def test_nobody_waits_long_in_a_black_hole(engine: Engine, network: Any, report: Any, slack: int) -> None:
    fill_pool(engine, 5)
    network.set("black hole")
    took: list[tuple[float, Any]] = []
    threads = [
        threading.Thread(target=lambda: took.append(timed(ask, engine)), daemon=True) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20 * slack)
    assert len(took) == len(threads)
    assert all(isinstance(answer, StoreError) for _, answer in took)
    longest = max(seconds for seconds, _ in took)
    network.set("pass")
    back = answers_again(engine, slack)
    report(f"black hole: the longest of 20 readers waited {longest:.2f} s; read again after {back:.2f} s")
    assert longest < (READ_LIMIT + 0.5) * slack


def test_while_the_server_is_away_the_next_are_refused_without_waiting(
    engine: Engine, network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, "_HOLD_OFF", 600.0)  # no second in which one of them tries is over
    fill_pool(engine, 1)
    network.set("black hole")
    assert isinstance(timed(ask, engine)[1], AwayError)
    tried = network.connected
    answers = [timed(ask, engine)[1] for _ in range(50)]
    assert all(isinstance(answer, AwayError) for answer in answers)
    assert network.connected == tried


def test_a_connection_that_falls_into_a_black_hole_is_given_up(
    engine: Engine, network: Any, slack: int
) -> None:
    def cut_in_the_middle() -> None:
        with reading(engine) as connection:
            connection.execute(text("SELECT 1"))
            network.set("black hole")
            connection.execute(text("SELECT 1"))

    took, answer = timed(cut_in_the_middle)
    assert isinstance(answer, AwayError)
    assert took < (READ_LIMIT + 0.5) * slack
    network.set("pass")
    answers_again(engine, slack)
    assert engine.pool.checkedout() == 0


def test_a_save_into_a_black_hole_is_refused_before_anything_is_sent(
    engine: Engine, network: Any, slack: int
) -> None:
    write(engine)
    network.set("black hole")
    took, answer = timed(write, engine)
    assert isinstance(answer, AwayError)
    network.set("pass")
    answers_again(engine, slack)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM t")).scalar_one() == 1
    assert took < (READ_LIMIT + 0.5) * slack


def test_a_slow_network_is_no_outage(engine: Engine, network: Any, report: Any) -> None:
    fill_pool(engine, 1)
    network.set("pass", delay=0.15)
    took = [timed(ask, engine) for _ in range(3)]
    assert [answer for _, answer in took] == [1, 1, 1]
    wrote, answer = timed(write, engine)
    assert answer is None
    report(f"150 ms each way: one question {max(took)[0]:.2f} s, one write {wrote:.2f} s")


def test_a_single_question_is_one_journey(engine: Engine, network: Any) -> None:
    fill_pool(engine, 1)
    before = network.journeys
    with reading(engine, single=True) as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
    assert network.journeys == before + 1
    with reading(engine) as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "repeatable read"


def test_a_question_that_never_ends_is_stopped(engine: Engine, slack: int) -> None:
    def never() -> None:
        with reading(engine) as connection:
            connection.execute(text("SELECT pg_sleep(60)"))

    took, answer = timed(never)
    assert "took too long" in str(answer)
    assert not isinstance(answer, AwayError)
    assert took < READ_LIMIT * slack
    assert ask(engine) == 1


def test_a_full_pool_is_said_within_a_second(through_network: str) -> None:
    engine = open_engine(through_network, Limits(pool_size=1))
    with reading(engine):
        _, answer = timed(ask, engine)
    assert "all the visitors" in str(answer)
    assert ask(engine) == 1
    engine.dispose()


def test_a_writer_whose_client_vanished_does_not_hold_the_others_for_ever(
    engine: Engine, through_network: str, network: Any
) -> None:
    other = open_engine(through_network)

    def vanish() -> None:
        with writing(engine) as connection:
            network.reset_all()
            connection.execute(text("SELECT 1"))

    assert isinstance(timed(vanish)[1], AwayError)
    write(other)
    other.dispose()


def test_a_server_that_acknowledges_too_early_is_refused(postgres: Any) -> None:
    try:
        for name in ("synchronous_commit", "fsync"):
            postgres.reload(**{name: "off"})
            wait_for_setting(postgres.address, name, "off")
            with pytest.raises(StoreError, match=f"Set {name} = on"):
                open_engine(postgres.address)
    finally:
        postgres.reload()
        wait_for_setting(postgres.address, "fsync", "on")
        wait_for_setting(postgres.address, "synchronous_commit", "on")
    open_engine(postgres.address).dispose()


def saving(url: str) -> tuple[Store, Operation, Any]:
    """A store with the small package in it, an operation, and a call that saves a record with it."""
    store = open_store(url)
    package = read_package(SMALL)
    store.repository.replace_all(package.tables, Operation.new("seed", "seed", "", "first"))
    dossier, number = store.repository.dossier("st-yard")
    changed = replace(dossier, record=replace(dossier.record, notes="changed"))
    operation = Operation.new("ana", "edit", "st-yard")
    return store, operation, lambda: store.repository.save_dossier(changed, number, operation)


def kept(store: Store, operation: Operation) -> tuple[int, int]:
    """How often an operation is in the trail, and the revision of the record."""
    entries = store.trail.list(limit=100)
    return sum(entry.operation_id == operation.id for entry in entries), store.repository.dossier("st-yard")[
        1
    ]


def test_a_save_whose_answer_is_lost_is_kept_once_and_answered(through_network: str, network: Any) -> None:
    store, operation, save = saving(through_network)
    network.set("cut one commit")
    assert save().revision == 2
    assert network.mode == "pass"
    assert kept(store, operation) == (1, 2)
    store.close()


def test_a_save_that_nobody_answers_can_be_tried_again_and_is_kept_once(
    through_network: str, network: Any, slack: int
) -> None:
    store, operation, save = saving(through_network)
    network.set("cut commits")
    with pytest.raises(UnsureError, match="Save once more"):
        save()
    network.set("pass")
    answers_again(store.engine, slack)
    assert save().revision == 2
    assert kept(store, operation) == (1, 2)
    assert store.trail.verify() == ()
    store.close()


def test_a_server_that_takes_no_writing_is_named_and_readers_go_on(postgres: Any) -> None:
    address = postgres.new_database()
    engine = open_engine(address)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE t (n integer)"))
        name = make_url(address).database
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    engine.dispose()
    _, answer = timed(write, engine)
    assert "takes no writing now" in str(answer)
    assert not isinstance(answer, AwayError)
    assert ask(engine) == 1
    engine.dispose()


def test_every_commit_waits_for_the_disk_whatever_the_session_says(engine: Engine) -> None:
    with writing(engine) as connection:
        shown = connection.execute(text("SHOW synchronous_commit")).scalar_one()
    assert shown == "on"


def wait_for_setting(address: str, name: str, value: str) -> None:
    import psycopg

    for _ in range(1_000):
        with psycopg.connect(address.replace("+psycopg", "")) as connection:
            if connection.execute(f"SHOW {name}").fetchone() == (value,):
                return
        time.sleep(0.02)
    raise AssertionError(f"{name} never became {value}")
