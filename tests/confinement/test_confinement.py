import contextlib
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from dashboard.confinement import Confinement, Limits, pool
from dashboard.errors import ConfinementError

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _hostile_code_can_be_imported(monkeypatch):
    monkeypatch.syspath_prepend(str(HERE))


@pytest.fixture
def confined():
    with Confinement(Limits(memory_bytes=600_000_000, cpu_s=1, wall_s=3, output_bytes=100_000)) as one:
        yield one


@pytest.fixture
def why(confined):
    def run(name, **options):
        with pytest.raises(ConfinementError) as caught:
            confined.run(f"hostile:{name}", b"x", **options)
        return caught.value

    return run


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_bytes_and_options_go_in_and_a_result_comes_out(confined):
    assert confined.run("hostile:echo", b"abc", word="é", more=[1, None]) == {
        "bytes": 3,
        "word": "é",
        "more": [1, None],
    }
    assert confined.run("hostile:plain", b"\0\xff" * 40_000) == b"\0\xff" * 40_000


def test_a_process_serves_many_tasks(confined):
    assert len({confined.run("hostile:number", b"") for _ in range(5)}) == 1


def test_a_process_makes_way_for_a_new_one():
    with Confinement(Limits(lives=2)) as confined:
        served = [confined.run("hostile:number", b"") for _ in range(4)]
    assert served[0] == served[1] != served[2] == served[3]
    assert not any(map(is_alive, served))


def test_a_refusal_comes_back_in_its_own_words(why):
    error = why("refuse")
    assert (error.reason, error.reference) == ("refused", "")
    assert str(error) == "a.txt is not text: give it its own suffix"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("eat_memory", "memory"),
        ("hide_memory_error", "memory"),
        ("spin", "time"),
        ("wait", "time"),
        ("crash", "crash"),
        ("vanish", "crash"),
        ("leave", "fault"),
        ("stumble", "fault"),
        ("recurse", "fault"),
        ("garble", "fault"),
        ("lie", "output"),
        ("babble", "stray"),
        ("missing", "fault"),
    ],
)
def test_every_bad_end_is_one_error_and_the_next_task_is_served(confined, why, name, reason):
    error = why(name, called="a.pdf")  # the same word for every file of the batch
    assert error.reason == reason
    assert str(error).startswith("a.pdf ")
    assert f"(reference {error.reference})" in str(error)
    assert confined.run("hostile:echo", b"abc") == {"bytes": 3}


def test_processor_time_ends_long_before_the_clock():
    began = time.monotonic()
    with Confinement(Limits(cpu_s=1, wall_s=45)) as confined, pytest.raises(ConfinementError) as caught:
        confined.run("hostile:spin", b"")
    assert caught.value.reason == "time"
    assert time.monotonic() - began < 40


def test_what_a_file_says_is_not_in_the_log(why, caplog):
    error = why("stumble")
    assert error.reference in caplog.text
    assert "KeyError" in caplog.text
    assert "words of the file" not in caplog.text


def test_a_long_result_is_refused(why, confined):
    assert confined.run("hostile:talk", b"", length=90_000) == "x" * 90_000
    first = confined.run("hostile:number", b"")
    assert why("talk", length=200_000).reason == "output"
    assert confined.run("hostile:number", b"") == first  # no harm was done


def test_what_a_library_prints_does_not_get_between(confined):
    assert confined.run("hostile:print_much", b"") == "done"


def test_no_secret_is_inherited(confined, monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_DB", "postgresql://user:secret@db/atlas")
    monkeypatch.setenv("HOME", "/home/somebody")  # a path on purpose
    found = confined.run("hostile:environment", b"")
    assert not [name for name in found if name.startswith("ARSENAL")]
    assert "HOME" not in found
    assert found["cwd"] == "/"


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("start", {}),
        ("fork", {}),
        ("database", {}),
        ("read", {"path": "/etc/passwd"}),
        ("read", {"path": f"{sys.prefix}/../../../../../../etc/passwd"}),
    ],
)
def test_doors_are_closed(why, caplog, name, options):
    assert why(name, **options).reason == "fault"
    assert "PermissionError" in caplog.text


def test_nothing_is_written(why, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))  # a folder that may be read
    assert why("write", path=str(tmp_path / "a.txt")).reason == "fault"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def listening():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def nobody_came(server):
    try:
        server.accept()
    except BlockingIOError:
        return True
    return False


def test_no_connection_is_made(why, listening):
    assert why("fetch", port=listening.getsockname()[1]).reason == "fault"
    assert nobody_came(listening)


def test_native_code_finds_no_network_where_the_kernel_takes_it_away(confined, listening):
    if confined.network != "none":
        pytest.skip("this kernel lets no ordinary user leave the network")
    assert confined.run("hostile:fetch_natively", b"", port=listening.getsockname()[1]) == -1
    assert nobody_came(listening)


def test_threads_take_turns_and_get_their_own_answers(confined):
    answers = {}

    def ask(number):
        answers[number] = confined.run("hostile:echo", b"x" * number, number=number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: {"bytes": number, "number": number} for number in range(8)}


def test_an_answer_too_many_is_not_taken_for_the_next(confined):
    for _ in range(20):
        with contextlib.suppress(ConfinementError):
            confined.run("hostile:answer_twice", b"")
        assert confined.run("hostile:echo", b"abc") == {"bytes": 3}


def test_a_process_that_was_killed_meanwhile_is_replaced(confined):
    first = confined.run("hostile:number", b"")
    os.kill(first, signal.SIGKILL)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert confined.run("hostile:number", b"") != first


def test_another_thread_ends_what_is_under_way():
    told = []

    def ask():
        try:
            confined.run("hostile:wait", b"", called="a.pdf")
        except ConfinementError as error:
            told.append(error)

    with Confinement(Limits(wall_s=60)) as confined:
        confined.stop()
        first = confined.run("hostile:number", b"")
        thread = threading.Thread(target=ask)
        thread.start()
        while thread.is_alive():
            confined.stop()
            thread.join(0.05)
        assert not is_alive(first)
        assert confined.run("hostile:echo", b"abc") == {"bytes": 3}
    assert told[0].reason == "stopped"
    assert str(told[0]).startswith("a.pdf ")


def test_what_is_stopped_while_its_process_starts_is_not_begun(monkeypatch):
    start = pool.ConfinedProcess

    def stopped_meanwhile(limits):
        process = start(limits)
        confined.stop()
        return process

    monkeypatch.setattr(pool, "ConfinedProcess", stopped_meanwhile)
    with Confinement(Limits(wall_s=5)) as confined, pytest.raises(ConfinementError) as caught:
        confined.run("hostile:wait", b"")
    assert caught.value.reason == "stopped"


def test_closing_ends_the_process_and_another_may_follow():
    confined = Confinement()
    first = confined.run("hostile:number", b"")
    confined.close()
    assert not is_alive(first)
    assert confined.run("hostile:number", b"") != first
    confined.close()
