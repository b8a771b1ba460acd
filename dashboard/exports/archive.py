"""The data package of a view in one zip file: the records as the atlas keeps them, to be opened by it again.

Imported datasets lie beside the atlas's own records, each as a package with its own licence, never mixed.
"""

import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dashboard.domain.cells import RowError, csv_text, sort_records
from dashboard.domain.records import TABLES
from dashboard.errors import ExportError
from dashboard.exports.notes import about, about_lines, counted
from dashboard.exports.view import ExportView, LayerTables
from dashboard.exports.writing import CHUNK, Pace, Written, whole_file
from dashboard.importers.package import DESCRIPTOR, file_name, new_descriptor

__all__ = ["write_archive"]

_READ_ME: Final = "README.txt"
_SHOWN: Final = ("sites", "events")


def write_archive(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the records of a view, closed under references, as a zipped data package.

    Parameters
    ----------
    view
        The view.
    path
        The file.
    pace
        Makes the pace of so many rows.

    Returns
    -------
    Written
        The file; its notes count the records that came along because others refer to them.

    Raises
    ------
    ExportError
        If a record cannot be written so that it reads back the same.
    """
    shown = set(view.records["id"])
    parts: list[tuple[str, Mapping[str, tuple[Any, ...]], str]] = [("", view.tables, _described(view, shown))]
    for number, one in enumerate(view.layers, 1):
        metadata = json.loads(one.descriptor or new_descriptor(f"dataset-{number}", one.title))
        parts.append((_folder(one), one.tables, _text(metadata)))
    beyond = len(_beyond(view.tables, shown))
    steps = pace(sum(len(rows) for _, tables, _ in parts for rows in tables.values()))
    with whole_file(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(view, _READ_ME), _read_me(view))
        for folder, tables, descriptor in parts:
            archive.writestr(_entry(view, folder + DESCRIPTOR), descriptor)
            for table, record_type in TABLES.items():
                with archive.open(_entry(view, folder + file_name(table)), "w") as file:
                    for text in _texts(record_type, tables[table], steps):
                        file.write(text.encode())
    notes = (
        *view.notes,
        *counted(
            beyond,
            "1 record more is in it, because one that is shown refers to it",
            "{n} records more are in it, because those that are shown refer to them",
        ),
        "The audit trail is not in it",
    )
    return Written(path, len(view.records), notes)


def _texts(record_type: type[Any], records: Iterable[Any], steps: Pace) -> Iterator[str]:
    """Write a table in pieces, the header before the first one."""
    ordered = sort_records(record_type, records)
    if not ordered:
        yield csv_text(record_type, ())
    for start in range(0, len(ordered), CHUNK):
        piece = ordered[start : start + CHUNK]
        try:
            text = csv_text(record_type, piece)
        except RowError as error:
            raise ExportError(
                f"A row of {file_name(record_type.table)} cannot be written ({error}): correct the record"
            ) from error
        yield text if start == 0 else text.partition("\n")[2]
        steps.advance(len(piece))


def _beyond(tables: Mapping[str, tuple[Any, ...]], shown: set[str]) -> list[str]:
    return [row.id for name in _SHOWN for row in tables[name] if row.id not in shown]


def _described(view: ExportView, shown: set[str]) -> str:
    metadata = json.loads(view.descriptor or new_descriptor())
    metadata |= {
        "title": view.title,
        "version": view.version,
        "view": about(view) | {"not_shown_but_referred_to": _beyond(view.tables, shown)},
    }
    return _text(metadata)


def _text(metadata: dict[str, Any]) -> str:
    return json.dumps(metadata, ensure_ascii=False, indent=2) + "\n"


def _read_me(view: ExportView) -> str:
    lines = [f"{name}: {text}" for name, text in about_lines(view)]
    lines += [f"dataset: {_folder(one)}, {one.title}, {one.licence}" for one in view.layers]
    lines.append("Open it with the atlas after unpacking, or check it: arsenal-atlas check FOLDER")
    return "\n".join(lines) + "\n"


def _folder(layer: LayerTables) -> str:
    return f"datasets/{layer.layer.partition(':')[2]}/"


def _entry(view: ExportView, name: str) -> zipfile.ZipInfo:
    # The day of the view, not the moment of the writing: equal views, equal files.
    day = view.made_on
    entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
