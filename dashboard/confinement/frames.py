"""What goes through the pipes: a tag of one letter, a ticket, a length, and that many bytes; never a pickle.

Whoever takes over the confined process can write whatever he likes into its pipe, so its answers are JSON or
plain bytes, which nothing runs. The ticket is drawn anew for each task and comes back with its answer: one
that comes late, or was written by the last task, is not taken for that of the next.
"""

import struct
from typing import BinaryIO, Final

__all__ = [
    "FIRST",
    "HEAD",
    "NO_MEMORY",
    "PIECE",
    "PIECE_LENGTH",
    "PLAIN",
    "READY",
    "REFUSED",
    "RESULT",
    "TASK",
    "TOO_LONG",
    "UNFORESEEN",
    "pack",
    "read_frame",
]

HEAD: Final = struct.Struct(">c8sQ")
"""Tag, ticket and length."""

FIRST: Final = bytes(8)
"""Ticket of a process that comes up."""

TASK: Final = b"T"
"""Name and options of a task; a frame of plain bytes follows."""
READY: Final = b"H"
"""The process is confined; says how."""
RESULT: Final = b"J"
"""A result as JSON."""
PIECE: Final = b"P"
"""A piece of a result that comes in pieces; the frame that ends it is of another tag."""
PIECE_LENGTH: Final = 1 << 20
"""Longest piece."""
PLAIN: Final = b"B"
"""Plain bytes: a result, or what a task is about."""
REFUSED: Final = b"R"
"""The sentence with which the work refused its input."""
UNFORESEEN: Final = b"F"
"""Where in the code the work failed."""
NO_MEMORY: Final = b"M"
"""The work ran out of memory."""
TOO_LONG: Final = b"O"
"""The result is longer than allowed."""


def pack(tag: bytes, ticket: bytes, body: bytes) -> bytes:
    """Make a frame.

    Parameters
    ----------
    tag
        One letter.
    ticket
        That of the task.
    body
        What it carries.

    Returns
    -------
    bytes
        The frame.
    """
    return HEAD.pack(tag, ticket, len(body)) + body


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Read a frame, waiting for it.

    Parameters
    ----------
    stream
        Where from.

    Returns
    -------
    tuple of (bytes, bytes) or None
        Ticket and body; None at the end of the stream.
    """
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    _, ticket, length = HEAD.unpack(head)
    return ticket, stream.read(length)
