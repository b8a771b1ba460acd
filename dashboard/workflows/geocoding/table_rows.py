"""Decide about the rows of a table, a chunk at a time, in this process or any other.

Text goes in and text comes out, so that the process that reads and writes the files has little to do. Each
distinct name is decided once for as long as it is remembered.
"""

import csv
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

from dashboard.exports.cells import guard_cell
from dashboard.geocoding import Candidate, Gazetteer, HandDecidedPlaces, Resolution, resolve
from dashboard.geocoding.coordinates import read_coordinates
from dashboard.workflows.geocoding.online_answers import OnlineAnswer, OnlineAsker
from dashboard.workflows.geocoding.table_files import Chunk, read_rows

__all__ = ["PROVENANCE", "REVIEW", "ChunkAnswer", "RowGeocoder", "RowPlan", "csv_line"]

PROVENANCE: Final = (
    "status",
    "place_id",
    "place_name",
    "country",
    "lat",
    "lon",
    "precision",
    "precision_m",
    "score",
    "margin",
    "reason",
    "candidates",
)
"""Columns that come behind those of the table."""

_CANDIDATES: Final = 5
REVIEW: Final = (
    "line",
    "name",
    "stated_country",
    "status",
    "reason",
    *(f"candidate_{number}" for number in range(1, _CANDIDATES + 1)),
)
"""Columns of the review file."""

_REMEMBERED: Final = 50_000
_SHOWN_NAME: Final = 200
_NOWHERE: Final = ("", "", "", "", "", "none", "", "0.0", "0.0")


@dataclass(frozen=True, slots=True)
class RowPlan:
    """All that is needed to decide about rows, the same in every process.

    Parameters
    ----------
    gazetteer
        The gazetteer file.
    gazetteer_sha256
        Hash of its content, by which another machine knows whether it has the same.
    hand_decided
        Places that win over the gazetteer.
    hand_decided_sha256
        Hash of them.
    delimiter
        What stands between two cells of the table.
    output_delimiter
        The same for what is written.
    width
        Number of columns of the table.
    name_at
        Position of the column with the names.
    country_at
        Position of the column with the countries; None when there is none.
    country
        Country of rows that state none; empty when unknown.
    guarded
        Whether the files are for a spreadsheet: no text of them becomes a formula there.
    """

    gazetteer: Path
    gazetteer_sha256: str
    hand_decided: HandDecidedPlaces = field(compare=False)
    hand_decided_sha256: str
    delimiter: str
    output_delimiter: str
    width: int
    name_at: int
    country_at: int | None
    country: str
    guarded: bool = False

    def line(self, cells: Iterable[str]) -> str:
        """Write one line of a file of answers.

        Parameters
        ----------
        cells
            Text of each cell.

        Returns
        -------
        str
            The line with its end (LF).
        """
        return csv_line(map(guard_cell, cells) if self.guarded else cells, self.output_delimiter)


@dataclass(frozen=True, slots=True)
class ChunkAnswer:
    """What became of a chunk.

    Parameters
    ----------
    rows
        Rows that are done, blank lines included.
    output
        Lines of the output, UTF-8.
    review
        Lines of the review file, UTF-8.
    counts
        Rows by status.
    """

    rows: int
    output: bytes
    review: bytes
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Decision:
    status: str
    cells: tuple[str, ...]
    reason: str
    candidates: str = "[]"
    shown: tuple[str, ...] = ()


class RowGeocoder:
    """Decides about rows as a plan says.

    Parameters
    ----------
    plan
        What to do.
    gazetteer
        The open gazetteer.
    online
        Asked about names that the gazetteer does not settle; nobody when None.
    """

    def __init__(self, plan: RowPlan, gazetteer: Gazetteer, online: OnlineAsker | None = None) -> None:
        self._plan = plan
        self._gazetteer = gazetteer
        self._online = online
        self._decide = lru_cache(maxsize=_REMEMBERED)(self._decision)

    def chunk(self, chunk: Chunk) -> ChunkAnswer:
        """Decide about the rows of a chunk.

        Parameters
        ----------
        chunk
            The rows.

        Returns
        -------
        ChunkAnswer
            Lines for the output and the review file.

        Raises
        ------
        GazetteerError
            The gazetteer was damaged after it was opened.
        """
        plan, counts = self._plan, Counter[str]()
        output, review = io.StringIO(newline=""), io.StringIO(newline="")
        for before, row in read_rows(chunk.text, plan.delimiter):
            name, country, decision = self._row(row)
            counts[decision.status] += 1
            cells = _fitted(row, plan)
            output.write(
                plan.line((*cells, decision.status, *decision.cells, decision.reason, decision.candidates))
            )
            if decision.status != "resolved":
                told = (
                    str(chunk.line + before),
                    name[:_SHOWN_NAME],
                    country,
                    decision.status,
                    decision.reason,
                )
                blank = ("",) * (_CANDIDATES - len(decision.shown))
                review.write(plan.line((*told, *decision.shown, *blank)))
        return ChunkAnswer(chunk.rows, _bytes(output), _bytes(review), dict(counts))

    def close(self) -> None:
        """Close the gazetteer."""
        self._gazetteer.close()

    def _row(self, row: Sequence[str]) -> tuple[str, str, _Decision]:
        plan = self._plan
        if len(row) > plan.width:
            reason = (
                f"the row has {len(row)} cells where the header has {plan.width}, so its name is uncertain: "
                "put quotes around text that holds the delimiter"
            )
            return plan.delimiter.join(row), "", _Decision("unknown", _NOWHERE, reason)
        name = row[plan.name_at] if plan.name_at < len(row) else ""
        stated = row[plan.country_at] if plan.country_at is not None and plan.country_at < len(row) else ""
        country = stated.strip() or plan.country
        return name, country, self._decide(name, country)

    def _decision(self, name: str, country: str) -> _Decision:
        if point := read_coordinates(name):
            lat, lon = point
            reason = "the cell holds coordinates, read as they stand (latitude first) and not geocoded"
            return _Decision("coordinates", ("", "", "", f"{lat}", f"{lon}", "", "", "", ""), reason)
        found = resolve(
            name,
            gazetteer=self._gazetteer,
            hand_decided=self._plan.hand_decided,
            country=country or None,
            limit=_CANDIDATES,
        )
        reason = found.reason + _damage(name)
        if found.status != "resolved" and self._online is not None and name.strip():
            answer = self._online(name, self._gazetteer.country_code(country) or "" if country else "")
            if answer.status == "online":
                return _from_online(answer, found, reason)
            reason = f"{reason}; {answer.reason}"
            status = "error" if answer.status == "error" else found.status
            return _Decision(status, _NOWHERE, reason, _listed(found.candidates), _shown(found.candidates))
        return _offline(found, reason)


def _fitted(row: list[str], plan: RowPlan) -> list[str]:
    """Make a row as wide as the header without losing a word: what is too much stays in the last cell."""
    if len(row) > plan.width:
        last = plan.width - 1
        return [*row[:last], plan.output_delimiter.join(row[last:])]
    return row + [""] * (plan.width - len(row))


def csv_line(cells: Iterable[str], delimiter: str) -> str:
    """Write one line of CSV that any reader reads back.

    Parameters
    ----------
    cells
        Text of each cell.
    delimiter
        What stands between two cells.

    Returns
    -------
    str
        The line with its end (LF).
    """
    line = io.StringIO(newline="")
    cells = list(cells)
    # Python before 3.13 writes a carriage return without quotes, which ends a row when it is read.
    quoting: Literal[0, 1] = csv.QUOTE_ALL if any("\r" in cell for cell in cells) else csv.QUOTE_MINIMAL
    csv.writer(line, delimiter=delimiter, lineterminator="\n", quoting=quoting).writerow(cells)
    return line.getvalue()


def _offline(found: Resolution, reason: str) -> _Decision:
    entry = found.chosen.entry if found.chosen else None
    if entry is None:
        cells = _NOWHERE[:-2]
    else:
        cells = (
            entry.place_id,
            entry.name,
            entry.country,
            *(("", "") if entry.point is None else map(str, entry.point)),
            entry.precision,
            _metres(entry.precision_m),
        )
    score = found.candidates[0].score if found.candidates else 0.0
    return _Decision(
        found.status,
        (*cells, str(score), str(found.margin)),
        reason,
        _listed(found.candidates),
        _shown(found.candidates),
    )


def _from_online(answer: OnlineAnswer, found: Resolution, reason: str) -> _Decision:
    lat, lon = answer.point or ("", "")
    cells = (
        answer.place_id,
        answer.address,
        answer.country,
        f"{lat}",
        f"{lon}",
        "",
        _metres(answer.radius_m),
        "",
        "",
    )
    told = f"{answer.reason}; offline: {reason}"
    return _Decision("online", cells, told, _listed(found.candidates), _shown(found.candidates))


def _metres(radius: float | None) -> str:
    return "" if radius is None else f"{radius:.0f}"


def _damage(name: str) -> str:
    """Say what a name holds that no name has, because its row may deserve a look."""
    if name.isascii() and name.isprintable():
        return ""
    if "\N{REPLACEMENT CHARACTER}" in name:
        return (
            "; the name holds replacement characters: the text was damaged before or is in another encoding"
        )
    if any(unicodedata.category(letter) == "Cc" and letter not in "\t\r\n" for letter in name):
        return "; control characters in the name were ignored"
    return ""


def _listed(candidates: Sequence[Candidate]) -> str:
    rows = [
        {
            "place_id": candidate.entry.place_id,
            "name": candidate.entry.name,
            "country": candidate.entry.country,
            "lat": candidate.entry.lat,
            "lon": candidate.entry.lon,
            "score": candidate.score,
            "reason": candidate.reason,
        }
        for candidate in candidates
    ]
    return json.dumps(rows, ensure_ascii=False)


def _shown(candidates: Sequence[Candidate]) -> tuple[str, ...]:
    shown = []
    for candidate in candidates[:_CANDIDATES]:
        entry = candidate.entry
        where = ", ".join(part for part in (entry.name, entry.admin1, entry.country) if part)
        point = f" ({entry.point[0]:.4f}, {entry.point[1]:.4f})" if entry.point else ""
        shown.append(f"{where}{point} {entry.place_id}")
    return tuple(shown)


def _bytes(text: io.StringIO) -> bytes:
    return text.getvalue().encode("utf-8", "backslashreplace")
