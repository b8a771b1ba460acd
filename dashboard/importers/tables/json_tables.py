"""JSON as tables: arrays of objects, lines of objects, one object with a list in it, and GeoJSON."""

import gc
import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from dashboard.importers.tables.flattening import flatten, is_list_of_objects
from dashboard.importers.tables.geojson import FeatureRows, declared_crs, is_feature, is_geometry
from dashboard.importers.tables.json_text import JsonText
from dashboard.importers.tables.letters import decoded, find_encoding
from dashboard.importers.tables.output import Output
from dashboard.importers.tables.table import ReadOptions

__all__ = ["read_json"]

_POINTS: Final = frozenset({"lat", "latitude", "lon", "lng", "longitude", "coordinates", "geometry"})
_WORD: Final = 80


def read_json(file: BinaryIO, options: ReadOptions, out: Output) -> bool:
    """Read any form of JSON that holds rows.

    Parameters
    ----------
    file
        The file.
    options
        Encoding, list and reference system, if somebody chose them.
    out
        Takes the rows.

    Returns
    -------
    bool
        Whether it is GeoJSON.

    Raises
    ------
    TableRefusedError
        It is no JSON, or holds no rows.
    """
    whole = b"".join(decoded(file, find_encoding(file, options.encoding, out)))
    text = JsonText(whole.decode("utf-8", "replace"))
    del whole
    gc.disable()  # it looks again and again at millions of lists, none of which refers to itself
    try:
        return _read(text, options, out)
    except RecursionError:
        raise out.refuse("is nested more deeply than any table: save it with another program") from None
    except json.JSONDecodeError as error:
        raise out.refuse(
            f"is no valid JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from None
    finally:
        gc.enable()


def _read(text: JsonText, options: ReadOptions, out: Output) -> bool:
    if text.peek() == "[":
        out.format = "json"
        _add_all(text, text.elements(), out)
        _end(text, out)
        return False
    if _is_lines(text):
        return _read_lines(text, options, out)
    document: dict[str, Any] = {}
    for key in text.members():
        if key == "features" and text.peek() == "[":
            return _read_features(text, options, out)
        document[key] = text.value()
    _end(text, out)
    if is_feature(document) or is_geometry(document):
        return _read_one(document, options, out)
    _add_document(document, text, options, out)
    return False


def _end(text: JsonText, out: Output) -> None:
    if text.peek():
        line = text.text.count("\n", 0, text.at) + 1
        raise out.refuse(f"is no valid JSON: something follows its end in line {line}")


def _is_lines(text: JsonText) -> bool:
    """Whether a whole object ends with its line and another begins on the next."""
    first, feed, rest = text.text.partition("\n")
    if not feed or not rest.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _add_all(text: JsonText, values: Iterator[Any], out: Output) -> None:
    for number, value in enumerate(values, 1):
        _add(number, value, text, out)


def _add(number: int, value: Any, text: JsonText, out: Output) -> None:  # noqa: ANN401 - JSON
    for sentence in text.faults.take():
        out.problem(number, sentence, severity="warning")
    if isinstance(value, dict):
        out.add(number, flatten(value))
    else:
        out.problem(number, "the element is no object with named fields", value=str(value)[:_WORD])


def _read_lines(text: JsonText, options: ReadOptions, out: Output) -> bool:
    out.format = "jsonl"
    features = FeatureRows(out, options.crs, "")
    geographic = False
    for number, line in enumerate(text.text.split("\n"), 1):
        if not line.strip():
            continue
        one = JsonText(line)
        try:
            value = one.value()
            if one.peek():
                raise json.JSONDecodeError("something follows the object", line, one.at)  # noqa: TRY301 - as any other
        except (json.JSONDecodeError, RecursionError) as error:
            out.problem(
                number, f"the line is no valid JSON: {getattr(error, 'msg', 'nested too deeply')}", value=line
            )
            continue
        if is_feature(value):
            geographic = True
            features.add(number, value, one.faults.take())
        else:
            _add(number, value, one, out)
    features.finish()
    return geographic


def _read_features(text: JsonText, options: ReadOptions, out: Output) -> bool:
    out.format = "geojson"
    features = FeatureRows(out, options.crs, declared_crs(text.text))
    text.faults.take()
    for number, value in enumerate(text.elements(), 1):
        features.add(number, value, text.faults.take())
    while text.expect(",}") == ",":  # what stands behind the features
        text.value()
        text.expect(":")
        text.value()
    _end(text, out)
    features.finish()
    return True


def _read_one(document: dict[str, Any], options: ReadOptions, out: Output) -> bool:
    out.format = "geojson"
    crs = declared_crs(json.dumps({"crs": document.get("crs")}))
    features = FeatureRows(out, options.crs, crs)
    feature = (
        document if is_feature(document) else {"type": "Feature", "geometry": document, "properties": {}}
    )
    features.add(1, feature, ())
    features.finish()
    return True


def _add_document(document: dict[str, Any], text: JsonText, options: ReadOptions, out: Output) -> None:
    """Take the rows of one object: those of a list in it, beside what it says of itself."""
    out.format = "json"
    lists = {key: value for key, value in document.items() if is_list_of_objects(value)}
    chosen = _choose(lists, options.sheet, out)
    if not chosen:
        for sentence in text.faults.take():
            out.problem(1, sentence, severity="warning")
        out.add(1, flatten(document))
        return
    out.sheets = [chosen, *(key for key in lists if key != chosen)]
    out.notes.append(f"The rows are those of the list {chosen!r}")
    about: dict[str, str] = {}
    if len(lists) > 1:  # one thing and its lists, and no envelope around one list
        about = flatten({key: value for key, value in document.items() if key != chosen})
    for sentence in text.faults.take():
        out.problem(0, sentence, severity="warning")
    for number, value in enumerate(lists[chosen], 1):
        out.add(number, {**about, **flatten({chosen: value or {}} if about else value or {})})


def _choose(lists: dict[str, list[Any]], asked: str, out: Output) -> str:
    if asked:
        if asked not in lists:
            raise out.refuse(f"has no list {asked[:_WORD]!r}: choose one of {', '.join(lists) or 'none'}")
        return asked
    placed = [key for key, rows in lists.items() if any(_has_point(row) for row in rows[:20])]
    if not placed and len(lists) != 1:
        return max(lists, key=lambda key: len(lists[key]), default="")
    return max(placed or lists, key=lambda key: len(lists[key]), default="")


def _has_point(row: dict[str, Any] | None) -> bool:
    names = {part.lower() for name in flatten(row or {}) for part in name.split(".")}
    return not _POINTS.isdisjoint(names)
