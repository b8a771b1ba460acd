"""The hash chain of the audit trail: what an entry is, and how it is bound to the one before.

How hashes are made is fixed for good: entries of many years are checked by it. Each entry holds the hash of
the entry before and a digest of the changes it made, so that whoever edits, deletes, swaps or cuts off breaks
the chain. Somebody who can write to the database could make all hashes anew; that shows in the head,
which is kept outside as well.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

__all__ = [
    "ENTRY_COLUMNS",
    "NO_HEAD",
    "Head",
    "canonical",
    "digest_of",
    "hash_of",
    "now_text",
    "seconds_of",
]

ENTRY_COLUMNS: Final = (
    "sequence", "at", "who", "person_id", "action", "subject", "why", "operation_id", "details", "answer",
    "data_version", "last_change", "digest", "previous",
)  # fmt: skip
"""Columns that the hash of an entry covers, in this order."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the audit trail; kept outside the database, it proves that nothing before it was rewritten.

    Parameters
    ----------
    sequence
        Number of the last entry; 0 when there is none.
    hash
        Hash of the last entry.
    at
        When it was written, ISO 8601, UTC.
    """

    sequence: int
    hash: str
    at: str

    def __str__(self) -> str:
        """Write it as one line; `Head.parse` reads it."""
        return f"{self.sequence} {self.hash} {self.at}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read what ``str(head)`` wrote.

        Parameters
        ----------
        text
            The line.

        Returns
        -------
        Head
            The head.

        Raises
        ------
        ValueError
            If the text is no head.
        """
        sequence, digest, at = text.strip("\n").split(" ")
        return cls(int(sequence), digest, at)


NO_HEAD: Final = Head(0, "", "")
"""Head of a trail without entries."""


def now_text() -> str:
    """Give the present moment as the store writes moments.

    Returns
    -------
    str
        ISO 8601, UTC, to the microsecond; such texts sort as the moments do.
    """
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def seconds_of(moment: str) -> str:
    """Shorten a moment to the second, as changes have it.

    Parameters
    ----------
    moment
        What `now_text` gave.

    Returns
    -------
    str
        ISO 8601, UTC.
    """
    return moment[:19] + "Z"


def canonical(value: Any) -> str:  # noqa: ANN401  # whatever JSON holds
    """Write a value as JSON in the one way that hashes are made of.

    Parameters
    ----------
    value
        Numbers, texts, lists and objects.

    Returns
    -------
    str
        ASCII, no spaces, keys in order.
    """
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)


def digest_of(rows: Iterable[Sequence[Any]]) -> str:
    """Digest the changes of one entry.

    Parameters
    ----------
    rows
        Their sequence and cells, in order.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(canonical(list(row)).encode() + b"\n")
    return digest.hexdigest()


def hash_of(entry: Mapping[str, Any]) -> str:
    """Hash one entry with all that it is bound to.

    Parameters
    ----------
    entry
        Values by column.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256(canonical([entry[column] for column in ENTRY_COLUMNS]).encode()).hexdigest()
