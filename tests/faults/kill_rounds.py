"""Kills a writing atlas again and again, and sees whether anything it had acknowledged is gone.

Not a test but a program, because every round needs a fresh process: ``kill_rounds.py URL ROUNDS SEED``. It
prints what it found as JSON. With ``--early`` the writer acknowledges before it has written: the figures must
show losses then, or they prove nothing.
"""

import json
import os
import random
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable

from workload import RECORDS, Writer, fill, look

from dashboard.errors import AwayError
from dashboard.store.store import open_store

WHOLE_EVERY = 100
LONGEST = 0.06
WHILE_OPENING = 0.2
MOST = 65_536
TRIES = 5


def in_child(work: Callable[[int], None]) -> tuple[int, int]:
    """Fork a process that does some work with the writing end of a pipe; gives its id and the reading end."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return pid, read
    status = 1
    try:
        os.close(read)
        work(write)
        status = 0
    except BaseException:
        traceback.print_exc()  # the process ends without looking back
        raise
    finally:
        os._exit(status)


def drain(pipe: int) -> bytes:
    with os.fdopen(pipe, "rb") as opened:
        return opened.read()


def ask(work: Callable[[], object]) -> object:
    """Have something done in a process of its own and give its answer."""
    pid, pipe = in_child(lambda write: os.write(write, json.dumps(work()).encode()) and None)
    answer = drain(pipe)
    os.waitpid(pid, 0)
    return json.loads(answer)


def write_for_ever(url: str, pipe: int, *, early: bool) -> None:
    store = open_store(url)

    def write(record_id: str) -> None:
        writer = Writer(store, record_id)
        while True:
            if early:
                os.write(pipe, f"{record_id} {writer.revision + 1}\n".encode())
                time.sleep(0.002)
            revision = writer.write()
            if not early:
                os.write(pipe, f"{record_id} {revision}\n".encode())

    threads = [threading.Thread(target=write, args=(record_id,)) for record_id in RECORDS]
    for thread in threads:
        thread.start()
    threads[0].join()  # it writes until it is killed; a fault of its own ends the process


def begin(url: str) -> None:
    """Fill the database; here and not in a child, so that the children need not import everything again."""
    store = open_store(url)
    fill(store)
    Writer(store, RECORDS[0]).write()
    store.close()


def see(url: str, *, whole: bool) -> dict[str, object]:
    """Open the database as a new process does and look; a busy machine may need more than one try."""
    for _ in range(TRIES):
        began = time.monotonic()
        try:
            store = open_store(url)
            opened = time.monotonic() - began
            found = look(store, whole=whole)
        except AwayError as error:
            sys.stderr.write(f"{error}; trying again\n")
            time.sleep(1)
            continue
        store.close()
        return {"opened": opened, "revisions": found.revisions, "problems": found.problems}
    raise TimeoutError("the database cannot be opened")


def main(url: str, rounds: int, seed: int, *, early: bool) -> dict[str, object]:
    chance = random.Random(seed)  # noqa: S311  # chance, not secrets
    begin(url)
    before = ask(lambda: see(url, whole=True))["revisions"]
    result = {"rounds": rounds, "acknowledged": 0, "lost": 0, "problems": [], "slowest_start": 0.0}
    for number in range(1, rounds + 1):
        pid, pipe = in_child(lambda write: write_for_ever(url, write, early=early))
        told = b"" if chance.random() < WHILE_OPENING else os.read(pipe, MOST)
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(pid, signal.SIGKILL)
        if os.waitpid(pid, 0)[1] != signal.SIGKILL:
            result["problems"].append(f"round {number}: the writer stopped by itself")
        acknowledged = dict(before)
        for line in (told + drain(pipe)).decode().splitlines():
            record_id, revision = line.split()
            acknowledged[record_id] = int(revision)
            result["acknowledged"] += 1
        seen = ask(lambda whole=number % WHOLE_EVERY == 0 or number == rounds: see(url, whole=whole))
        result["slowest_start"] = max(result["slowest_start"], seen["opened"])
        result["problems"] += [f"round {number}: {problem}" for problem in seen["problems"]]
        for record_id, revision in seen["revisions"].items():
            result["lost"] += max(0, acknowledged[record_id] - revision)
            if revision > acknowledged[record_id] + 1:  # one may be kept and not acknowledged, never two
                result["problems"].append(f"round {number}: {record_id} is ahead of what was acknowledged")
        before = seen["revisions"]
    return result


if __name__ == "__main__":
    address, count, start = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sys.stdout.write(json.dumps(main(address, count, start, early="--early" in sys.argv)))
