"""What reads an open file and sends pieces; run in confined processes by the tests."""

import os

from dashboard.errors import ArticleError


def copy(file, send, **options):
    raw = file.read()
    send(raw)
    return {"bytes": len(raw), **options}


def count_files(file, send):
    return len([number for number in range(64) if _is_open(number)])


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def refuse_late(file, send):
    send(b"begun")
    raise ArticleError("it is no good")


def endless(file, send):
    while True:
        send(bytes(1_000_000))


def reach_out(file, send):
    found = []
    for try_it in (lambda: os.write(file.fileno(), b"x"), lambda: open("/etc/hostname")):  # noqa: PTH123, SIM115
        try:
            try_it()
        except OSError as error:
            found.append("PermissionError" if isinstance(error, PermissionError) else "OSError")
    return found
