"""What a backup has to hold, written down beside it: a restored database is compared with it, row by row."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, inspect, quoted_name, text

from dashboard.errors import BackupError
from dashboard.store.backups.outside import LayerOutside
from dashboard.store.trail.chain import Head

__all__ = ["Manifest", "TableDigest", "digest_tables", "read_manifest", "sha256_of"]

_FOREIGN: Final = frozenset({"spatial_ref_sys"})  # PostGIS fills it itself
_CHUNK: Final = 1 << 20
_ROWS: Final = 5_000
_MODULUS: Final = 1 << 256


@dataclass(frozen=True, slots=True)
class TableDigest:
    """What one table holds.

    Parameters
    ----------
    rows
        Number of rows.
    digest
        Sum of the SHA-256 of each row, so that the order of rows does not matter; 64 hexadecimal digits.
    """

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Parameters
    ----------
    file
        Name of the backup file beside the manifest.
    sha256
        Hash of that file.
    size
        Its bytes.
    database
        Kind of database: ``sqlite`` or ``postgresql``.
    made_at
        When it was made, ISO 8601, UTC.
    atlas
        Version of the atlas that made it.
    schema
        Migration that its tables stand at.
    data_version
        Version of the records.
    head
        End of the audit trail.
    tables
        What each table holds.
    large_layers
        Large layers that were there, whose rows are not within.
    """

    file: str
    sha256: str
    size: int
    database: str
    made_at: str
    atlas: str
    schema: str
    data_version: str
    head: Head
    tables: Mapping[str, TableDigest]
    large_layers: tuple[LayerOutside, ...] = ()

    def to_json(self) -> str:
        """Write the manifest as text.

        Returns
        -------
        str
            JSON for people and programs.
        """
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def read_manifest(backup: Path) -> Manifest:
    """Read the manifest of a backup.

    Parameters
    ----------
    backup
        The backup file; its manifest is beside it under the same name and ``.json``.

    Returns
    -------
    Manifest
        The manifest.

    Raises
    ------
    BackupError
        If there is none, or it cannot be understood.
    """
    path = manifest_path(backup)
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        tables = {name: TableDigest(**digest) for name, digest in found.pop("tables").items()}
        outside = tuple(LayerOutside(**one) for one in found.pop("large_layers", ()))
        return Manifest(head=Head(**found.pop("head")), tables=tables, large_layers=outside, **found)
    except OSError as error:
        message = (
            f"{path} cannot be read ({error.strerror}): a backup counts only with its manifest beside it"
        )
        raise BackupError(message) from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupError(f"{path} is no manifest of a backup of the atlas") from error


def manifest_path(backup: Path) -> Path:
    """Name the manifest of a backup.

    Parameters
    ----------
    backup
        The backup file.

    Returns
    -------
    Path
        Its manifest.
    """
    return backup.with_name(backup.name + ".json")


def sha256_of(file: Path) -> str:
    """Hash a file.

    Parameters
    ----------
    file
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def digest_tables(
    connection: Connection,
    progress: Callable[[int, int], None] | None = None,
    without: frozenset[str] = frozenset(),
) -> dict[str, TableDigest]:
    """Digest every table of a database, whatever version of the atlas made it.

    Parameters
    ----------
    connection
        Connection inside a transaction.
    progress
        Called with the tables done and the tables in all.
    without
        Tables that are left out.

    Returns
    -------
    dict of str to TableDigest
        By table name, in order.
    """
    inspector = inspect(connection)
    names = sorted(set(inspector.get_table_names()) - _FOREIGN - without)
    digests: dict[str, TableDigest] = {}
    for done, name in enumerate(names):
        if progress:
            progress(done, len(names))
        columns = sorted(column["name"] for column in inspector.get_columns(name))
        digests[name] = _digest(connection, name, columns)
    return digests


def _digest(connection: Connection, name: str, columns: list[str]) -> TableDigest:
    quote = connection.dialect.identifier_preparer.quote_identifier
    listed = ", ".join(quote(quoted_name(column, quote=True)) for column in columns)
    # The names come from the database itself and are quoted.
    statement = text(f"SELECT {listed} FROM {quote(name)}").execution_options(yield_per=_ROWS)  # noqa: S608
    rows = connection.execute(statement)
    count = total = 0
    for part in rows.partitions():
        for row in part:
            line = json.dumps(list(row), ensure_ascii=True, separators=(",", ":"), default=_plain)
            total += int.from_bytes(hashlib.sha256(line.encode("ascii")).digest(), "big")
            count += 1
    return TableDigest(count, f"{total % _MODULUS:064x}")


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
