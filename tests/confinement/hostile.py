"""What hostile bytes may bring a reader to do; run in confined processes by the tests."""

import faulthandler
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

from dashboard.errors import ArticleError


def echo(raw, **options):
    return {"bytes": len(raw), **options}


def plain(raw):
    return raw


def refuse(raw):
    raise ArticleError("a.txt is not text: give it its own suffix")


def stumble(raw):
    raise KeyError("words of the file")


def eat_memory(raw):
    return len(bytearray(4_000_000_000))


def hide_memory_error(raw):
    try:
        bytearray(4_000_000_000)
    except MemoryError as error:
        raise ValueError("broken") from error


def spin(raw):
    while True:
        pass


def wait(raw):
    signal.pause()


def crash(raw):
    faulthandler._sigsegv()


def leave(raw):
    sys.exit(0)


def vanish(raw):
    os._exit(3)


def talk(raw, length):
    return "x" * length


def ticket():
    """Find the ticket of the task that is under way, as code that took the process over could."""
    frame = sys._getframe()
    while "task" not in frame.f_locals or isinstance(frame.f_locals["task"], dict):
        frame = frame.f_back
    return frame.f_locals["task"][0]


def write_to_pipes(written):
    for number in range(3, 10):
        try:
            os.write(number, written)
        except OSError:
            continue


def lie(raw):
    """Claim a petabyte."""
    write_to_pipes(b"J" + ticket() + (10**15).to_bytes(8, "big"))
    signal.pause()


def garble(raw):
    write_to_pipes(b"J" + ticket() + (3).to_bytes(8, "big") + b"[[[")
    signal.pause()


def babble(raw):
    write_to_pipes(b"no frame at all, but long enough for one")
    signal.pause()


def answer_twice(raw):
    write_to_pipes(b"J" + ticket() + (6).to_bytes(8, "big") + b'"mine"')
    return "mine too"


def recurse(raw):
    return recurse(raw)


def print_much(raw):
    os.write(1, b"x" * 50_000)
    sys.stdout.write("x" * 50_000)
    sys.stderr.write("x" * 50_000)
    return "done"


def environment(raw):
    return {**os.environ, "cwd": str(Path.cwd())}


def fetch(raw, port):
    socket.create_connection(("127.0.0.1", port), timeout=5)


def fetch_natively(raw, port):
    """Pass the hook as native code would: with a socket that nobody had to be asked for."""
    import ctypes

    libc = (
        ctypes.pythonapi
    )  # the hook lets no other library be loaded; libc's functions are reached through it
    libc.socket.restype = libc.connect.restype = ctypes.c_int
    number = libc.socket(2, 1, 0)
    address = (2).to_bytes(2, sys.byteorder) + port.to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return libc.connect(number, address, len(address))


def start(raw):
    subprocess.run(["/bin/true"], check=True)


def fork(raw):
    os.fork()


def read(raw, path):
    return Path(path).read_text()


def write(raw, path):
    Path(path).write_text("x")


def database(raw):
    sqlite3.connect(":memory:")


def number(raw):
    return os.getpid()
