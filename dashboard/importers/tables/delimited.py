"""CSV and its kin, in pieces: any delimiter and encoding; rows that do not fit are named, the others kept."""

import csv
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from dashboard.errors import TableRefusedError
from dashboard.importers.tables.header import find_header, name_columns
from dashboard.importers.tables.letters import decoded, find_encoding
from dashboard.importers.tables.lines import Numbers, Span, read_carefully, read_one, spans
from dashboard.importers.tables.output import Output
from dashboard.importers.tables.table import BATCH_ROWS, ReadOptions

__all__ = ["read_delimited"]

_DELIMITERS: Final = (",", ";", "\t", "|")
_NAMES: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE: Final = 262_144
_SAMPLE_ROWS: Final = 200
_HEADER_WITHIN: Final = 60
# First bytes of what is not seen but makes text look like other text.
_INVISIBLE: Final = (b"\xe2\x80", b"\xe2\x81", b"\xef\xbb\xbf")


def read_delimited(file: BinaryIO, options: ReadOptions, out: Output) -> None:
    """Read a delimited text.

    Parameters
    ----------
    file
        The file.
    options
        Encoding, delimiter and header, if somebody chose them.
    out
        Takes the rows.

    Raises
    ------
    TableRefusedError
        It is no such text, or meets a limit.
    """
    csv.field_size_limit(out.limits.record_bytes * 2)
    out.format = "csv"
    pieces = decoded(file, find_encoding(file, options.encoding, out))
    head = next(pieces, b"")
    while len(head) < _SAMPLE and (more := next(pieces, b"")):
        head += more
    reading = _Reading(out, _sample(head), options)
    held = b""
    for piece in chain([head], pieces):
        held = reading.block(held + piece, last=False)
    if held:
        reading.block(held if held.endswith(b"\n") else held + b"\n", last=True)
    reading.finish()


def _sample(head: bytes) -> str:
    text = head[:_SAMPLE].decode("utf-8", "ignore")
    whole, feed, _ = text.rpartition("\n")
    return whole if len(head) > _SAMPLE and feed else text


class _Reading:
    """What is known of the table while its blocks go by."""

    def __init__(self, out: Output, sample: str, options: ReadOptions) -> None:
        self._out = out
        self._delimiter = options.delimiter or _find_delimiter(sample)
        if len(self._delimiter) != 1 or self._delimiter in '"\r\n' or not self._delimiter.isascii():
            raise out.refuse("cannot be read with that delimiter: choose a comma, semicolon, tab or bar")
        if not options.delimiter:
            out.notes.append(f"Its cells stand between {_NAMES[self._delimiter]}")
        self._lines = 0
        self._blank = 0
        rows = self._first_rows(sample)
        at = next((at for at, (line, _) in enumerate(rows) if line >= options.header > 0), -1)
        at = find_header([cells for _, cells in rows]) if at < 0 else at
        if not rows or not any(cell.strip() for cell in rows[at][1]):
            raise out.refuse("has no rows: it is empty")
        self._header, cells = rows[at]
        if at:
            out.notes.append(
                f"The header is line {self._header}; what stands above it was left out: "
                f"{' '.join(rows[0][1]).strip()[:80]!r}"
            )
        self._width = len(cells)
        self._check_width(self._width)
        out.begin(name_columns(cells, self._header, out))

    def _first_rows(self, sample: str) -> list[tuple[int, list[str]]]:
        lines = [f"{line}\n" for line in sample.split("\n")]
        found = read_carefully(lines, self._delimiter, 0, last=True).records[:_HEADER_WITHIN]
        return [(line + 1, cells) for line, _, cells in found if any(cells)]

    def _check_width(self, width: int) -> None:
        if width > self._out.limits.columns:
            raise self._out.refuse(
                f"has {width:,} columns; the limit is {self._out.limits.columns:,}: leave some out"
            )

    def block(self, block: bytes, *, last: bool) -> bytes:
        """Read the whole records of a block; give what is left of it."""
        if b"\n" in block:
            found = spans(block, self._delimiter)
            rest = (
                self._carefully(block, last=last) if found is None else self._quickly(block, found, last=last)
            )
        else:
            rest = block
        if len(rest) > self._out.limits.record_bytes:
            raise self._too_long()
        if last and rest:
            self._broken(self._lines + 1, rest.decode("utf-8", "replace"))
            return b""
        return rest

    def _too_long(self) -> TableRefusedError:
        most = self._out.limits.record_bytes // 1_000_000
        where = f"at or after line {self._lines + 1:,}"
        return self._out.refuse(f"has a row longer than the limit of {most} MB {where}: shorten its cells")

    def finish(self) -> None:
        """Say what was passed over."""
        if self._blank:
            self._out.notes.append(f"{self._blank:,} empty rows were passed over")

    def _quickly(self, block: bytes, found: Span, *, last: bool) -> bytes:
        if not len(found.ends):
            return block
        short = found.cells < self._width
        count = len(found.ends)
        if not last and count > 2 and short[-1]:  # noqa: PLR2004 - its other half may stand in the next block
            count -= 2 if short[-2] else 1
        ends, starts, cells = found.ends[:count], found.starts[:count], found.cells[:count]
        lines = found.lines[:count] + self._lines + 1
        body = lines > self._header
        empty = (ends == starts) | ((ends - starts == cells - 1) & (cells > 1))
        self._blank += int((empty & body).sum())
        fits = (cells == self._width) & body & ~empty
        odd = np.flatnonzero((cells != self._width) & body & ~empty)
        end = int(ends[-1]) + 1
        longest = int((ends - starts).max())
        if longest > self._out.limits.record_bytes:
            raise self._too_long()
        if b"\0" in block or not fits.any():
            return self._carefully(block, last=last)
        if not self._parsed(_joined(block, starts, ends, fits), lines[fits], quoted=b'"' in block):
            return self._carefully(block, last=last)
        self._mend(
            [
                (
                    int(lines[at]),
                    1,
                    read_one(block[starts[at] : ends[at]].decode("utf-8", "replace"), self._delimiter),
                )
                for at in odd
            ]
        )
        self._lines += block.count(b"\n", 0, end)
        return block[end:]

    def _parsed(self, good: bytes, lines: Numbers, *, quoted: bool) -> bool:
        names = [str(at) for at in range(self._width)]
        table = arrow_csv.read_csv(
            pa.BufferReader(good),
            arrow_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(good) + 1),
            arrow_csv.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=quoted, quote_char='"' if quoted else False
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[],
                strings_can_be_null=False,
                check_utf8=False,  # `find_encoding` has looked
            ),
        )
        if len(table) != len(lines):
            return False
        plain = not any(mark in good for mark in _INVISIBLE)
        for batch in table.combine_chunks().to_batches(max_chunksize=BATCH_ROWS):
            rows, lines = pa.array(lines[: len(batch)].astype(np.int32)), lines[len(batch) :]
            self._out.write(batch.columns, rows, plain=plain)
        return True

    def _carefully(self, block: bytes, *, last: bool) -> bytes:
        lines = block.decode("utf-8", "replace").split("\n")
        tail = lines.pop()
        whole = [f"{line}\n" for line in lines]
        found = read_carefully(whole, self._delimiter, self._width, last=last)
        first = self._lines + 1
        for line, text in found.broken:
            if first + line > self._header:
                self._broken(first + line, text)
        records = [(first + line, took, cells) for line, took, cells in found.records]
        records = [record for record in records if record[0] > self._header]
        self._blank += sum(not any(cells) for *_, cells in records)
        self._mend([record for record in records if any(record[2])])
        self._lines += found.used
        return ("".join(whole[found.used :]) + tail).encode()

    def _broken(self, line: int, text: str) -> None:
        self._out.problem(
            line,
            "a quote is opened and not closed, or stands inside a cell",
            value=text.rstrip("\n"),
            fix='close it, or write two quotes ("") for one inside a cell',
        )

    def _mend(self, records: Sequence[tuple[int, int, list[str]]]) -> None:
        """Write records, joining those that were split in two, filling short ones, refusing long ones."""
        rows = list(self._mended(records))
        for start in range(0, len(rows), BATCH_ROWS):
            self._out.write_rows(rows[start : start + BATCH_ROWS])

    def _mended(self, records: Sequence[tuple[int, int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        at = 0
        while at < len(records):
            line, took, cells = records[at]
            at += 1
            if self._is_half(records, at - 1):
                joined = _rejoined(cells, records[at][2], self._width)
                if joined is not None:
                    at += 1
                    self._warn(line, f"the row was split over lines {line} and {line + max(took, 1)}: joined")
                    yield line, joined
                    continue
            if took < 0:
                self._warn(
                    line, "quotes inside a cell were not doubled: the row was read as it seems to be meant"
                )
            yield from self._fitted(line, cells)

    def _is_half(self, records: Sequence[tuple[int, int, list[str]]], at: int) -> bool:
        """Whether this and the next row are short and no other beside them is, so that they may be one."""

        def short(index: int, line: int) -> bool:
            inside = 0 <= index < len(records)
            return inside and records[index][0] == line and len(records[index][2]) < self._width

        line = records[at][0]
        after = line + max(records[at][1], 1)
        pair = short(at, line) and short(at + 1, after)
        return pair and not short(at - 1, line - 1) and not short(at + 2, after + 1)

    def _fitted(self, line: int, cells: list[str]) -> Iterator[tuple[int, list[str]]]:
        if len(cells) > self._width and not any(cells[self._width :]):
            cells = cells[: self._width]
        if len(cells) > self._width:
            self._check_width(len(cells))
            self._out.problem(
                line,
                f"the row has {len(cells)} cells where the header has {self._width}",
                value=self._delimiter.join(cells),
                fix="put quotes around text that holds the delimiter",
            )
            return
        if len(cells) < self._width:
            said = f"the row has {len(cells)} cells where the header has {self._width}"
            self._warn(line, f"{said}: the last were left empty")
        yield line, cells + [""] * (self._width - len(cells))

    def _warn(self, line: int, reason: str) -> None:
        self._out.problem(line, reason, fix="look whether it reads right", severity="warning")


def _joined(block: bytes, starts: Numbers, ends: Numbers, fits: NDArray[np.bool_]) -> bytes:
    """Cut the records that fit out of a block."""
    if fits.all():
        return block[int(starts[0]) : int(ends[-1]) + 1]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], fits, [False])).astype(np.int8)))
    return b"".join(
        block[int(starts[first]) : int(ends[after - 1]) + 1]
        for first, after in zip(edges[0::2], edges[1::2], strict=True)
    )


def _rejoined(first: list[str], second: list[str], width: int) -> list[str] | None:
    """Make one row of two halves, broken between two cells or inside one."""
    if len(first) >= width or len(second) >= width:
        return None
    if len(first) + len(second) == width:
        return first + second
    if len(first) + len(second) == width + 1 and first and second:
        return [*first[:-1], f"{first[-1]} {second[0]}".strip(), *second[1:]]
    return None


def _find_delimiter(sample: str) -> str:
    """Choose the delimiter by which most rows have the same number of cells, more than one."""
    lines = [line for line in sample.split("\n") if line.strip()][:_SAMPLE_ROWS]
    best, chosen = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        usual = max(set(wide), key=lambda width: (wide.count(width), width))
        score = (round(wide.count(usual) / len(widths), 1), usual)
        if score > best:
            best, chosen = score, delimiter
    return chosen
