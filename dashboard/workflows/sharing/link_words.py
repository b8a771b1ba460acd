"""Filters and windows in words, for people: beside the table, in a figure, in a citation."""

from typing import Final

from dashboard.domain.area import Area, Circle, Polygon, Rectangle
from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import codes, label
from dashboard.domain.window import Window
from dashboard.workflows.sharing.link_values import TYPE_WORDS, VOCABULARIES
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.picks import Pick, pick_of
from dashboard.workflows.views.selection import Filters

__all__ = ["area_words", "code_word", "filter_words", "pick_words", "status_word", "window_words"]

_MANY: Final = 8


def area_words(area: Area) -> str:
    """Name an area in a sentence.

    Parameters
    ----------
    area
        The area.

    Returns
    -------
    str
        Such as "within 50 km of 33.62, -7.12"; plain text.
    """
    if isinstance(area, Circle):
        return f"within {area.km:g} km of {area.lat:.2f}, {area.lon:.2f}"
    if isinstance(area, Polygon):
        return f"in the drawn shape of {len(area.corners)} corners"
    return "in what the map shows" if area.follows else _rectangle_words(area)


def _rectangle_words(area: Rectangle) -> str:
    south, north = (f"{abs(v):.1f}°{'S' if v < 0 else 'N'}" for v in (area.south, area.north))
    west, east = (f"{abs(v):.1f}°{'W' if v < 0 else 'E'}" for v in (area.west, area.east))
    return f"in the rectangle {south} to {north}, {west} to {east}"


def pick_words(pick: Pick, library: Library) -> str:
    """Name a choice in a chart.

    Parameters
    ----------
    pick
        The choice.
    library
        Names of actors.

    Returns
    -------
    str
        Such as "Meeting, 2024-01-01 to 2024-12-31"; plain text.
    """
    parts = [label("event_kinds", pick.kind)] if pick.kind else []
    if pick.country:
        parts.append(country_name(pick.country))
    if pick.product:
        parts.append(label("product_categories", pick.product))
    if pick.pair:
        parts.append(" and ".join(library.name(actor) for actor in pick.pair.split("|")))
    if pick.place:
        parts.append(pick.place)
    if pick.during:
        parts.append(pick.during.replace("/", " to "))
    return ", ".join(parts)


def filter_words(filters: Filters, library: Library) -> tuple[str, ...]:
    """Say what filters ask for.

    Parameters
    ----------
    filters
        The filters.
    library
        Names of actors.

    Returns
    -------
    tuple of str
        One text for each of them; plain text.
    """
    said = [
        *_words("Show", "type", filters.types, library, "and"),
        *_words("Country", "country", filters.countries, library),
        *_words("Involving", "involving", filters.involved, library, "and"),
        *_words("Kind", "kind", filters.kinds, library),
        *_words("Actor", "actor", filters.actors, library),
        *_words("Product", "product", filters.products, library),
        *_words("Place known to", "precision", filters.precisions, library),
        *_words("Status", "status", filters.statuses, library),
    ]
    if filters.text:
        said.append(f"Search: {filters.text}")
    if filters.contested:
        said.append("Only contradicted by a source")
    if filters.area is not None:
        said.append(f"Only {area_words(filters.area)}")
    if (pick := pick_of(filters.chart)) is not None:
        said.append(f"Chart selection: {pick_words(pick, library)}")
    return tuple(said)


def window_words(window: Window) -> tuple[str, ...]:
    """Say where the clock stands.

    Parameters
    ----------
    window
        The clock's window.

    Returns
    -------
    tuple of str
        Such as "1 January 2020 to 31 December 2021"; nothing for all time.
    """
    start, end = (_day_words(text) for text in (window.start_text, window.end_text))
    if start and end:
        return (f"{start} to {end}",)
    if start:
        return (f"From {start} on",)
    return (f"Until {end}",) if end else ()


def _day_words(text: str | None) -> str:
    return date_words(UncertainDate.parse(text)) if text else ""


def code_word(name: str, code: str, library: Library | None = None) -> str:
    """Name a code that an address holds.

    Parameters
    ----------
    name
        The parameter, such as ``country``.
    code
        The code.
    library
        Names of actors.

    Returns
    -------
    str
        The word to show; an unknown code is shown as it is.
    """
    if name == "type":
        return TYPE_WORDS.get(code, code)
    if name == "actor":
        return library.name(code) if library else code
    if name in ("country", "involving"):
        return country_name(code)
    for vocabulary in VOCABULARIES[name]:
        if code in codes(vocabulary):
            return label(vocabulary, code)
    return code


def status_word(code: str) -> str:
    """Name a status, of an event or of a site.

    Parameters
    ----------
    code
        Code of ``event_statuses`` or ``site_statuses``.

    Returns
    -------
    str
        Its label.
    """
    return code_word("status", code)


def _words(
    title: str, name: str, chosen: tuple[str, ...], library: Library, last: str = "or"
) -> tuple[str, ...]:
    if not chosen:
        return ()
    words = [code_word(name, code, library) for code in chosen[:_MANY]]
    if len(chosen) > _MANY:
        words.append(f"{len(chosen) - _MANY} more")
    return (f"{title}: " + f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1]))),)
