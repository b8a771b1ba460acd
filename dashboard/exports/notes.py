"""What a file says of itself and of what it could not carry, in the same words in every format."""

from collections.abc import Iterator
from typing import Any

from dashboard.exports.view import ExportView

__all__ = ["about", "about_lines", "counted", "one_line"]


def about(view: ExportView) -> dict[str, Any]:
    """Say what a file is.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    dict
        Title, version, day, window, filters, address, licence, credit, notes: texts and lists of texts.
    """
    return {
        "title": view.title,
        "version": view.version,
        "made_on": view.made_on.isoformat(),
        "records": len(view.records),
        "from": view.window.start_text or "",
        "to": view.window.end_text or "",
        "filters": list(view.described) or ["Everything"],
        "address": view.address,
        "licence": view.licence,
        "credit": view.credit,
        "notes": list(view.notes),
    }


def about_lines(view: ExportView) -> list[tuple[str, str]]:
    """Say what a file is, as a table does.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    list of (str, str)
        What is said and what it is; a list takes as many lines as it has members.
    """
    return [
        (name, str(one))
        for name, value in about(view).items()
        for one in (value if isinstance(value, list) else [value])
    ]


def one_line(view: ExportView) -> str:
    """Say what a file is in one line.

    Parameters
    ----------
    view
        The view.

    Returns
    -------
    str
        Plain text.
    """
    filters = "; ".join(view.described) or "everything"
    link = f", {view.address}" if view.address else ""
    return (
        f"{view.title}, version {view.version}, {view.made_on.isoformat()}, {filters}{link}. "
        f"Licence: {view.licence}. {view.credit}"
    )


def counted(number: int, one: str, many: str) -> Iterator[str]:
    """Say something of a number of things, nothing when there are none.

    Parameters
    ----------
    number
        How many.
    one, many
        What to say of a single one, and of ``{n}`` of them.

    Yields
    ------
    str
        At most one sentence.
    """
    if number:
        yield one if number == 1 else many.format(n=f"{number:,}")
