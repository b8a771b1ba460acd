"""What leaves the atlas and cannot: files of an unknown format, of too many rows, or stopped half-way."""

from collections.abc import Iterable
from difflib import get_close_matches

from dashboard.errors.root import AtlasError

__all__ = ["ExportError", "ExportStoppedError", "TooManyRowsError", "UnknownFormatError"]


class ExportError(AtlasError, RuntimeError):
    """A file that could not be written; nothing of it is left."""


class ExportStoppedError(ExportError):
    """An export that somebody stopped; nothing of it is left.

    Parameters
    ----------
    done
        Rows that had been written.
    """

    def __init__(self, done: int) -> None:
        super().__init__(f"The export was stopped after {done:,} rows: nothing of it was kept")
        self.done = done


class UnknownFormatError(ExportError, ValueError):
    """A format that no export has.

    Parameters
    ----------
    format_id
        What was asked for.
    known
        The formats there are.
    """

    def __init__(self, format_id: str, known: Iterable[str]) -> None:
        names = tuple(known)
        near = get_close_matches(format_id.strip().lower(), names, n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        super().__init__(f"There is no format {format_id[:80]!r}: choose one of {', '.join(names)}{hint}")
        self.format_id = format_id
        self.nearest = near[0] if near else None


class TooManyRowsError(ExportError, ValueError):
    """More rows than a format can hold.

    Parameters
    ----------
    format_label
        The format, as people call it.
    rows
        How many there are.
    limit
        How many it holds.
    """

    def __init__(self, format_label: str, rows: int, limit: int) -> None:
        super().__init__(
            f"{format_label} holds {limit:,} rows at most and these are {rows:,}: narrow the filters or the "
            "window, or take GeoPackage, GeoParquet or CSV, which hold as many as the disk does"
        )
        self.rows = rows
        self.limit = limit
