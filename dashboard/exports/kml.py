"""KML, written placemark by placemark: names, time spans, and everything else as extended data.

There are no descriptions: Google Earth and its kin show them as HTML, and text of a record must never become
any. KML keeps no types, so numbers are texts there.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pandas as pd

from dashboard.exports.columns import FEATURES, names
from dashboard.exports.features import Features, cells_of
from dashboard.exports.notes import about, counted
from dashboard.exports.view import ExportView
from dashboard.exports.writing import Pace, Written, whole_file
from dashboard.exports.xml_text import uncarried, xml_text

__all__ = ["write_kml"]

_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
)
_TAIL: Final = "</Document>\n</kml>\n"
_COLUMNS: Final = names(FEATURES)
_AT: Final = {name: number for number, name in enumerate(_COLUMNS)}
# `name` has an element of its own, and a second one of that name is lost in some readers.
_DATA: Final = tuple((number, name) for number, name in enumerate(_COLUMNS) if name != "name")


def write_kml(view: ExportView, path: Path, pace: Callable[[int], Pace]) -> Written:
    """Write the features of a view as KML.

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
        The file; its notes say how many characters XML could not carry.
    """
    features, lost = Features(view), 0
    steps = pace(len(features))
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(f"{_HEAD}<name>{xml_text(view.title)}</name>\n<ExtendedData>\n")
        file.writelines(_about(view))
        file.write("</ExtendedData>\n")
        for chunk in features.chunks(steps):
            file.writelines(map(_placemark, cells_of(chunk)))
            lost += _uncarried(chunk)
        file.write(_TAIL)
    notes = (
        *view.notes,
        *counted(
            features.pointless,
            "1 placemark has no point: it stands in the list and not on the map",
            "{n} placemarks have no point: they stand in the list and not on the map",
        ),
        *counted(
            lost,
            "1 character that XML cannot carry was replaced",
            "{n} characters that XML cannot carry were replaced",
        ),
    )
    return Written(path, len(view.records), notes)


def _about(view: ExportView) -> Iterator[str]:
    for name, value in about(view).items():
        yield _data(name, "; ".join(value) if isinstance(value, list) else str(value))


def _placemark(row: tuple[Any, ...]) -> str:
    parts = ["<Placemark><name>", xml_text(row[_AT["name"]]), "</name>", _time_span(row), "<ExtendedData>\n"]
    parts += [_data(name, _text(row[number])) for number, name in _DATA if row[number] not in ("", None)]
    parts.append("</ExtendedData>")
    if row[_AT["lon"]] is not None:
        parts.append(f"<Point><coordinates>{row[_AT['lon']]!r},{row[_AT['lat']]!r}</coordinates></Point>")
    parts.append("</Placemark>\n")
    return "".join(parts)


def _time_span(row: tuple[Any, ...]) -> str:
    ends = (("begin", row[_AT["earliest"]]), ("end", row[_AT["latest"]]))
    inside = "".join(f"<{name}>{day}</{name}>" for name, day in ends if day)
    return f"<TimeSpan>{inside}</TimeSpan>" if inside else ""


def _data(name: str, text: str) -> str:
    return f'<Data name="{name}"><value>{xml_text(text)}</value></Data>\n'


def _text(value: Any) -> str:  # noqa: ANN401  # a cell is of any type
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _uncarried(chunk: pd.DataFrame) -> int:
    texts = (chunk[one.name] for one in FEATURES if one.type == "text")
    return sum(uncarried("".join(column.tolist())) for column in texts)
