"""GeoJSON (RFC 7946), written feature by feature: one record at one location, sources beside them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TextIO

import pandas as pd

from dashboard.exports.columns import FEATURES, names
from dashboard.exports.features import Features, cells_of
from dashboard.exports.notes import about
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file

__all__ = ["json_text", "write_geojson", "write_rows"]

_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def json_text(value: Any) -> str:  # noqa: ANN401  # anything that JSON holds
    """Write a value as JSON.

    Parameters
    ----------
    value
        Texts, numbers, truths, None, lists and dictionaries.

    Returns
    -------
    str
        JSON on one line; characters that no UTF-8 can carry are escaped.
    """
    text = _encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, allow_nan=False)
    return text


def write_geojson(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the features of a view as GeoJSON.

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
        The file.
    """
    features = Features(view)
    beside = {
        "citations": view.citations,
        "sources": view.sources,
        "actors": view.actors,
        "statuses": view.statuses,
    }
    steps = pace(len(features) + sum(map(len, beside.values())))
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{"type":"FeatureCollection","name":{json_text(view.title)},\n')
        file.write(f'"about":{json_text(about(view))},\n')
        write_rows(file, "features", (_features(chunk) for chunk in features.chunks(steps)))
        for name, frame in beside.items():
            file.write(",\n")
            write_rows(file, name, (_objects(chunk) for chunk in steps.chunks(frame)))
        file.write("}\n")
    return Written(path, len(view.records), view.notes)


def write_rows(file: TextIO, name: str, chunks: Iterator[Iterator[Any]]) -> None:
    """Write a member that is a list, an element a line.

    Parameters
    ----------
    file
        Where to.
    name
        Name of the member.
    chunks
        Its elements, in pieces.
    """
    file.write(f'"{name}":[')
    separator = "\n"
    for chunk in chunks:
        for element in chunk:
            file.write(separator + json_text(element))
            separator = ",\n"
    file.write("\n]")


def _features(chunk: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = names(FEATURES)
    lon, lat, location, record = (columns.index(name) for name in ("lon", "lat", "location_id", "id"))
    for row in cells_of(chunk):
        point = None if row[lon] is None else {"type": "Point", "coordinates": [row[lon], row[lat]]}
        yield {
            "type": "Feature",
            "id": row[location] or row[record],
            "geometry": point,
            "properties": {
                name: None if value == "" else value for name, value in zip(columns, row, strict=True)
            },
        }


def _objects(chunk: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = tuple(map(str, chunk.columns))
    for row in cells_of(chunk):
        yield {name: value for name, value in zip(columns, row, strict=True) if value not in ("", None)}
