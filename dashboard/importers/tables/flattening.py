"""A nested object as one row: names with dots between, lists with semicolons between."""

import json
from typing import Any, Final

__all__ = ["flatten", "is_list_of_objects"]

_DEEPEST: Final = 12


def flatten(value: dict[str, Any]) -> dict[str, str]:
    """Lay an object flat.

    Parameters
    ----------
    value
        The object, as `JsonText` reads it.

    Returns
    -------
    dict of str to str
        Text by dotted name.
    """
    flat: dict[str, str] = {}
    _lay(value, "", flat, 0)
    return flat


def _lay(value: Any, name: str, flat: dict[str, str], depth: int) -> None:  # noqa: ANN401 - JSON
    if isinstance(value, dict) and depth < _DEEPEST:
        if not value and name:
            flat[name] = ""
        for key, inner in value.items():
            _lay(inner, f"{name}.{key}" if name else key, flat, depth + 1)
    elif is_list_of_objects(value) and depth < _DEEPEST:
        gathered: dict[str, list[str]] = {}
        for one in value:
            for key, text in flatten(one or {}).items():
                gathered.setdefault(key, []).append(text)
        for key, texts in gathered.items():
            flat[f"{name}.{key}"] = "; ".join(filter(None, texts))
    else:
        flat[name] = _text(value)


def is_list_of_objects(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Tell whether a value is a list with objects and nothing else.

    Parameters
    ----------
    value
        The value.

    Returns
    -------
    bool
        Whether it is.
    """
    if not isinstance(value, list) or not any(value):
        return False
    return all(one is None or isinstance(one, dict) for one in value)


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()  # half a character is one that no store takes
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return "; ".join(filter(None, map(_text, value)))
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
