"""Ports for servers that a test starts.

A port of the system's choice may be somebody else's before a server has come up that takes it: each of the
other test processes, and each connection, is given one from the same range. These are below that range, and
each test process has its own.
"""

import itertools
import os
import random
import socket

HOST = "127.0.0.1"
FIRST, EACH, PROCESSES = 11_000, 2_500, 8


def _own() -> range:
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = FIRST + number % PROCESSES * EACH
    return range(first, first + EACH)


# From anywhere, because another run of the tests may be under way.
_numbers = itertools.islice(itertools.cycle(_own()), random.SystemRandom().randrange(EACH), None)


def free_port() -> int:
    """Find a port that nobody uses and nobody else is given."""
    for port in _numbers:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                continue
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        return port
    raise AssertionError("an endless row has ended")
