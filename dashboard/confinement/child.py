"""The confined process: takes a function's name and bytes, gives a result, a refusal or an end.

Everything is caught, because what a hostile file makes a library raise is never the documented list
(13 kinds of exception were counted from two spreadsheet readers).
"""

import gc
import json
import os
import socket
import sys
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any, BinaryIO, Final

from dashboard.confinement import frames
from dashboard.confinement.doors import close_doors, leave_network, limit_task, set_limits
from dashboard.confinement.limits import Limits
from dashboard.errors import AtlasError

__all__ = ["main"]

Sending = Callable[[bytes | memoryview], None]
_FRAMES_SHOWN: Final = 12
_DEEPEST: Final = 1_000


def main(limits: Limits, files: int) -> None:
    """Serve tasks until the other side closes the pipe.

    Parameters
    ----------
    limits
        Limits of each task.
    files
        Number of the socket through which open files come.
    """
    with (
        os.fdopen(os.dup(0), "rb") as tasks,
        os.fdopen(os.dup(1), "wb") as replies,
        socket.socket(fileno=files) as handed,
    ):
        _deafen()
        alone = leave_network()
        sys.setrecursionlimit(_DEEPEST)
        set_limits(limits)
        close_doors()
        _send(
            replies,
            frames.READY,
            frames.FIRST,
            json.dumps({"network": "none" if alone else "refused"}).encode(),
        )
        while (task := frames.read_frame(tasks)) and (raw := frames.read_frame(tasks)):
            limit_task(limits)
            sending = partial(_send_pieces, replies, task[0])
            tag, body = _answer(json.loads(task[1]), raw[1], limits, handed, sending)
            _send(replies, tag, task[0], body)
            if tag == frames.NO_MEMORY:
                os._exit(0)  # what is left of the heap is in pieces


def _deafen() -> None:
    """Keep what libraries print out of the pipes."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def _send(replies: BinaryIO, tag: bytes, ticket: bytes, body: bytes) -> None:
    replies.write(frames.pack(tag, ticket, body))
    replies.flush()


def _send_pieces(replies: BinaryIO, ticket: bytes, piece: bytes | memoryview) -> None:
    whole = memoryview(piece)
    for start in range(0, len(whole), frames.PIECE_LENGTH):
        part = whole[start : start + frames.PIECE_LENGTH]
        replies.write(frames.HEAD.pack(frames.PIECE, ticket, len(part)))
        replies.write(part)


def _answer(
    task: dict[str, Any], raw: bytes, limits: Limits, handed: socket.socket, sending: Sending
) -> tuple[bytes, bytes]:
    try:
        tag, body = _streamed(task, handed, sending) if task["file"] else _done(task, raw)
    except AtlasError as error:
        tag, body = frames.REFUSED, str(error).encode("utf-8", "replace")
    except MemoryError:
        gc.collect()
        return frames.NO_MEMORY, b""
    except BaseException as error:  # noqa: BLE001 - whatever a hostile file makes a library raise
        if _is_out_of_memory(error):
            return frames.NO_MEMORY, b""
        tag, body = frames.UNFORESEEN, _where(error).encode("utf-8", "replace")
    if len(body) > limits.output_bytes:
        return frames.TOO_LONG, b""
    return tag, body


def _done(task: dict[str, Any], raw: bytes) -> tuple[bytes, bytes]:
    module, _, name = task["function"].partition(":")
    result = getattr(import_module(module), name)(raw, **task["options"])
    if isinstance(result, bytes):
        return frames.PLAIN, result
    return frames.RESULT, json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")


def _streamed(task: dict[str, Any], handed: socket.socket, sending: Sending) -> tuple[bytes, bytes]:
    """Read an open file that is handed over, and send what comes of it piece by piece."""
    _, numbers, _, _ = socket.recv_fds(handed, 1, 1)
    with os.fdopen(numbers[0], "rb") as file:
        file.seek(0)
        module, _, name = task["function"].partition(":")
        result = getattr(import_module(module), name)(file, sending, **task["options"])
    return frames.RESULT, json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")


def _is_out_of_memory(error: BaseException) -> bool:
    """Whether a library caught a MemoryError and raised something of its own."""
    seen = 0
    cause: BaseException | None = error
    while cause is not None and seen < _FRAMES_SHOWN:
        if isinstance(cause, MemoryError):
            return True
        cause, seen = cause.__cause__ or cause.__context__, seen + 1
    return False


def _where(error: BaseException) -> str:
    """Say where in the code it happened, without the message, which may quote the file."""
    steps = traceback.extract_tb(error.__traceback__)[-_FRAMES_SHOWN:]
    return f"{type(error).__name__} at " + " > ".join(f"{step.name}:{step.lineno}" for step in steps)
