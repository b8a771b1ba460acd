"""Tables as people have them: any common encoding and delimiter, cut into chunks of rows that can travel.

A chunk is the text of some rows, exactly as it stands in the file: cheap to cut, to send to another process,
and to read there.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import TextIO

from dashboard.errors import TableError

__all__ = ["Chunk", "TableFile", "examine", "read_rows"]

_WINDOWS = "atlas-windows-1252"
_SAMPLE_LINES = 200
_DELIMITERS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ZIP = b"PK\x03\x04"


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252, so that one bad row does not cost the others."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_WINDOWS, _as_windows)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table.

    Parameters
    ----------
    line
        Line of the file, as a text editor counts it, on which the first row begins.
    rows
        How many rows, blank lines included.
    text
        Their text.
    """

    line: int
    rows: int
    text: str


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table whose form is known.

    Parameters
    ----------
    path
        The file.
    sha256
        Hash of its bytes.
    encoding
        Name of its encoding.
    foreign_lines
        Lines that are no UTF-8 and are read as Windows-1252.
    lines
        Lines in all, the header included.
    delimiter
        What stands between two cells.
    header
        Names of the columns.
    """

    path: Path
    sha256: str
    encoding: str
    foreign_lines: int
    lines: int
    delimiter: str
    header: tuple[str, ...]

    def column(self, name: str) -> int:
        """Find a column.

        Parameters
        ----------
        name
            Its name; spaces around it and case matter only when they tell two columns apart.

        Returns
        -------
        int
            Its position.

        Raises
        ------
        TableError
            There is none of that name, or more than one; the message names the columns.
        """
        for form in (str, str.strip, lambda text: text.strip().casefold()):
            found = [at for at, title in enumerate(self.header) if form(title) == form(name)]
            if len(found) == 1:
                return found[0]
            if found:
                raise TableError(
                    f"{self.path.name} has {len(found)} columns {name!r}: give them different names"
                )
        near = get_close_matches(name, self.header, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise TableError(f"{self.path.name} has no column {name!r}, it has: {', '.join(self.header)}{hint}")

    def chunks(self, size: int, *, skip: int = 0) -> Iterator[Chunk]:
        """Cut the rows into chunks.

        Parameters
        ----------
        size
            Rows in a chunk.
        skip
            Rows to leave out at the beginning.

        Yields
        ------
        Chunk
            In file order.

        Raises
        ------
        TableError
            The file cannot be read on.
        """
        with _opened(self.path, self.encoding) as file:
            lines = _Lines(file)
            reader = csv.reader(lines, delimiter=self.delimiter)
            with _readable(self.path, lines):
                sum(1 for _ in islice(reader, 1 + skip))
                lines.taken.clear()
                line = reader.line_num + 1
                while rows := sum(1 for _ in islice(reader, size)):
                    chunk = Chunk(line, rows, "".join(lines.taken))
                    if rows < size:
                        _refuse_open_quote(self.path, chunk, self.delimiter)
                    yield chunk
                    lines.taken.clear()
                    line = reader.line_num + 1


def examine(path: Path, encoding: str = "") -> TableFile:
    """Find out how a table is written, reading it once.

    Parameters
    ----------
    path
        A file of delimited text with a header line.
    encoding
        Its encoding; detected when empty: UTF-8, UTF-16 with a byte order mark, else Windows-1252.

    Returns
    -------
    TableFile
        Its form.

    Raises
    ------
    TableError
        The file is missing, empty, no text, or not in the encoding given.
    """
    digest, foreign, beyond_ascii, lines = hashlib.sha256(), 0, 0, 0
    try:
        with path.open("rb") as file:
            start = file.read(4096)
            file.seek(0)
            for line in file:
                digest.update(line)
                lines += 1
                if not line.isascii():
                    beyond_ascii += 1
                    foreign += not _is_utf8(line)
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}): check its name and rights") from error
    found = encoding or next((name for mark, name in _BOMS if start.startswith(mark)), "")
    _refuse_no_text(path, start, found)
    if found:
        foreign = 0
    elif foreign:
        found = "windows-1252" if foreign == beyond_ascii else "mixed"
    header, delimiter = _form(path, found or "utf-8")
    return TableFile(path, digest.hexdigest(), found or "utf-8", foreign, lines, delimiter, header)


def read_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Read the rows of a chunk.

    Parameters
    ----------
    text
        Text of whole rows.
    delimiter
        What stands between two cells.

    Yields
    ------
    tuple of (int, list of str)
        How many lines precede the row in this text, and its cells; blank lines are left out.
    """
    # Not splitlines, for which a form feed or U+2028 ends a line.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 0
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num


class _Lines:
    """Lines that remember what was read of them."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.taken: list[str] = []
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._file)
        self.count += 1
        self.taken.append(line)
        return line


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[TextIO]:
    known = {"utf-8": "utf-8", "mixed": "utf-8", "windows-1252": "utf-8"}
    errors = _WINDOWS if encoding in known else "strict"
    try:
        with path.open(encoding=known.get(encoding, encoding), errors=errors, newline="") as file:
            yield file
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error})") from error
    except LookupError as error:
        raise TableError(f"There is no encoding {encoding!r}: name one such as cp1251 or utf-16") from error
    except UnicodeError as error:
        raise TableError(f"{path.name} is not in {encoding} ({error}): name its encoding") from error


@contextmanager
def _readable(path: Path, lines: "_Lines") -> Iterator[None]:
    try:
        yield
    except csv.Error as error:
        raise TableError(
            f"{path.name} cannot be read beyond line {lines.count} ({error}): look for a quote that "
            "is never closed"
        ) from error


def _refuse_open_quote(path: Path, last: Chunk, delimiter: str) -> None:
    """Refuse the end of a file that a quote has swallowed, which csv reads as one cell without a word."""
    reader = csv.reader(io.StringIO(last.text, newline=""), delimiter=delimiter, strict=True)
    line = 0
    try:
        for _ in reader:
            line = reader.line_num
    except csv.Error as error:
        if "end of data" in str(error):
            raise TableError(
                f"{path.name}: a quote that opens in line {last.line + line} is never closed"
            ) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refuse_no_text(path: Path, start: bytes, encoding: str) -> None:
    if not start.strip(b"\xef\xbb\xbf\xff\xfe \r\n\t"):
        raise TableError(f"{path.name} is empty: it needs a header line that names the columns")
    if start.startswith(_ZIP):
        raise TableError(f"{path.name} is a spreadsheet or archive, not text: save it as CSV (UTF-8) first")
    if not encoding and start.count(0) > len(start) // 5:
        raise TableError(
            f"{path.name} is no text, or UTF-16 without its mark: name its encoding, such as utf-16-le"
        )


def _form(path: Path, encoding: str) -> tuple[tuple[str, ...], str]:
    """Choose the delimiter by which most rows are as wide as the header."""
    with _opened(path, encoding) as file:
        sample = list(islice(file, _SAMPLE_LINES))
    best: tuple[float, int, str, tuple[str, ...]] = (0.0, 0, "", ())
    for delimiter in _DELIMITERS:
        reader = csv.reader(sample, delimiter=delimiter)
        try:
            rows = [row for row in reader if row]
        except csv.Error:
            continue
        if rows and len(rows[0]) > 1:
            share = sum(len(row) == len(rows[0]) for row in rows) / len(rows)
            best = max(best, (share, len(rows[0]), delimiter, tuple(rows[0])))
    if best[2]:
        return best[3], best[2]
    # A single column: a delimiter that occurs nowhere keeps "Fort Worth, Texas" in one piece.
    text = "".join(sample)
    delimiter = next((sign for sign in "\t|;\x1f" if sign not in text), "\x1f")
    header = next(row for row in csv.reader(sample, delimiter=delimiter) if row)
    return tuple(header), delimiter
