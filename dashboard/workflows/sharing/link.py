"""What an address says of a view: read once here, for pages, API, exports, embedded maps and citations.

An address is written by anybody, kept for years and pasted half. Reading one never fails: what cannot be
understood is left out and said, and what is left is always something that can be shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from dashboard.domain.area import parse_area
from dashboard.domain.window import Window
from dashboard.maps.basemaps import basemaps
from dashboard.workflows.sharing.link_values import (
    LISTS,
    MODES,
    CodeReader,
    View,
    clean_text,
    code_readers,
    read_layers,
    read_name,
    read_record,
    read_sort,
    safe_words,
)
from dashboard.workflows.sharing.link_words import filter_words, window_words
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.picks import parse_pick, pick_of
from dashboard.workflows.views.selection import Filters

__all__ = ["NAMES", "Link", "actor_names", "describe_link", "link_query", "read_link", "write_link"]

NAMES: Final = (
    *LISTS,
    "q",
    "contested",
    "from",
    "to",
    "mode",
    "record",
    "view",
    "area",
    "chart",
    "layers",
    "basemap",
    "version",
    "sort",
)
"""Parameters of an address, in the order in which they are written."""

# Read by others at the same addresses, so that they are nothing to complain of here.
_OTHERS: Final = frozenset(
    ("find", "limit", "offset", "bbox", "datetime", "f", "url", "format", "maxwidth", "maxheight")
)
_YES: Final = frozenset(("true", "1", "yes", "on"))
_NO: Final = frozenset(("false", "0", "no", "off", ""))
# Allowed in a query as they are (RFC 3986), and easier to read so.
_PLAIN: Final = ",:;/"
_MOST_PARAMETERS: Final = 600
_MOST_VALUES: Final = 300
_MOST_SAID: Final = 12
# An area that follows the map and has not been told yet what the map shows.
_ASKING: Final = "view:"


@dataclass(frozen=True, slots=True)
class Link:
    """Everything an address says, validated and clamped; equal links, equal views.

    Lists of codes are sorted and without repetition, in whatever order they are given.

    Parameters
    ----------
    filters
        What is asked for. An address cannot say ``actors_all``, ``places`` and ``during`` but in a chart
        selection.
    window
        The clock's window.
    record
        Id of the selected record, empty for none; ``<layer>/<id>`` for one of an imported dataset.
    view
        ``lat,lng,zoom`` of the map, empty to fit what is shown.
    layers
        Visible layers from top to bottom with commas between them, empty for the map's own choice.
    sort
        Order of tables and files, one of `dashboard.workflows.sharing.link_values.SORTS` or that after a
        minus; empty for newest events first, then sites.
    basemap
        Id of a basemap, empty for the one of the settings.
    version
        Name of a published version, empty for the newest.
    mode
        What moves with the clock, one of `dashboard.workflows.sharing.link_values.MODES`, empty for what the
        window suggests.
    """

    filters: Filters = field(default_factory=Filters)
    window: Window = field(default_factory=Window)
    record: str = ""
    view: str = ""
    layers: str = ""
    sort: str = ""
    basemap: str = ""
    version: str = ""
    mode: str = ""

    def __post_init__(self) -> None:
        """Put the codes in order."""
        lists = {one: tuple(sorted(set(getattr(self.filters, one)))) for one in LISTS.values()}
        object.__setattr__(self, "filters", replace(self.filters, **lists))  # type: ignore[arg-type]  # by name


def actor_names(library: Library) -> Mapping[str, str]:
    """List the names by which an address may call actors.

    Parameters
    ----------
    library
        All records.

    Returns
    -------
    mapping of str to str
        Names by id, worked out once for a version.
    """

    def build() -> dict[str, str]:
        return {one: library.name(one) for one in library.evidence if one.startswith("ac-")}

    return library.memo.get(("actor names",), build)


def read_link(
    parameters: Iterable[tuple[str, str]], names: Mapping[str, str] | None = None
) -> tuple[Link, tuple[str, ...]]:
    """Read the parameters of an address.

    Parameters
    ----------
    parameters
        Names and values, decoded, in the order of the address.
    names
        Names of actors by id, of `actor_names`. With them an address may hold names, as older ones do, and an
        actor who does not exist is left out and said, unless the address names a version; without them any
        well-formed id is taken.

    Returns
    -------
    tuple of (Link, tuple of str)
        What it says, and one sentence for each thing that was left out or put right.
    """
    given = tuple(islice(parameters, _MOST_PARAMETERS + 1))
    # Somebody of a past version may be gone by now, and is no mistake there.
    pinned = any(name == "version" and value for name, value in given)
    reading = _Reading(code_readers(names, former=pinned))
    reading.sort_out(given)
    return Link(
        filters=reading.filters(),
        window=reading.window(),
        record=reading.one("record", read_record),
        view=reading.one("view", _view),
        layers=reading.one("layers", read_layers),
        sort=reading.one("sort", read_sort),
        basemap=reading.one("basemap", _basemap),
        version=reading.one("version", read_name),
        mode=reading.one("mode", lambda value: value if value in MODES else ""),
    ), reading.said()


def _view(value: str) -> str:
    return str(View.parse(value) or "")


def _basemap(value: str) -> str:
    if value in basemaps():
        return value
    return next((one.id for one in basemaps().values() if one.label == value), "")


class _Reading:
    """One address being read, and what there is to say about it."""

    def __init__(self, codes: Mapping[str, CodeReader]) -> None:
        self._codes = codes
        self._given: dict[str, list[str]] = {}
        self._said: list[str] = []

    def sort_out(self, parameters: Iterable[tuple[str, str]]) -> None:
        """Put the values together by their names."""
        for number, (name, value) in enumerate(parameters):
            if number >= _MOST_PARAMETERS:
                self._say(f"Only the first {_MOST_PARAMETERS} parameters of the address were read.")
                return
            if name in NAMES:
                self._given.setdefault(name, []).append(value)
            elif name not in _OTHERS:
                self._say(f"“{safe_words(name)}” is no parameter of the atlas and was ignored.")

    def one(self, name: str, read: Any) -> str:  # noqa: ANN401  # a reader: text to text
        """Read a parameter that counts once: the last one of several, as a browser's own tools take it."""
        values = self._given.get(name, [])
        if len(set(values)) > 1:
            self._say(f"“{name}” is given {len(values)} times: the last one counts.")
        value = values[-1] if values else ""
        found = str(read(value)) if value else ""
        if value and not found and value != _ASKING:
            self._ignore(name, value)
        return found

    def filters(self) -> Filters:
        """Read what is asked for."""
        lists = {field: self._list(name) for name, field in LISTS.items()}
        area = parse_area(self.one("area", lambda value: parse_area(value) or ""))
        pick = parse_pick(self.one("chart", lambda value: parse_pick(value) or ""))
        return Filters(
            **lists,  # type: ignore[arg-type]  # by name
            text=self._text(),
            contested=self.one("contested", _yes_or_no) == "true",
            area=area,
            chart=pick.filters if pick else None,
        )

    def _list(self, name: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for value in self._given.get(name, []):
            codes = self._codes[name](value)
            if not codes and value:
                self._ignore(name, value)
            found.update(dict.fromkeys(codes))
        if len(found) > _MOST_VALUES:
            self._say(f"Only the first {_MOST_VALUES} values of “{name}” were taken.")
        return tuple(found)[:_MOST_VALUES]

    def _text(self) -> str:
        value = self.one("q", clean_text)
        given = self._given.get("q", [""])[-1]
        if len(" ".join(given.split())) > len(value) > 0:
            self._say(f"The search was shortened to “{safe_words(value)}”.")
        return value

    def window(self) -> Window:
        """Read the clock's window."""
        first = Window.parse(self.one("from", lambda v: Window.parse(v, None).start_text or ""), None)
        last = Window.parse(None, self.one("to", lambda v: Window.parse(None, v).end_text or ""))
        if first.first > last.last:
            self._say("The window's end lies before its start: the two were swapped.")
            return Window.parse(self._given["from"][-1], self._given["to"][-1])
        return Window(first.first, last.last)

    def _ignore(self, name: str, value: str) -> None:
        self._say(f"{name}={safe_words(value)} is not understood and was ignored.")

    def _say(self, sentence: str) -> None:
        if sentence not in self._said:
            self._said.append(sentence)

    def said(self) -> tuple[str, ...]:
        """Give the sentences, not more than a person would read."""
        more = len(self._said) - _MOST_SAID
        rest = (f"And {more} more like these.",) if more > 0 else ()
        return (*self._said[:_MOST_SAID], *rest)


def _yes_or_no(value: str) -> str:
    said = value[:10].casefold()
    return "true" if said in _YES else "false" if said in _NO else ""


def write_link(link: Link) -> tuple[tuple[str, str], ...]:
    """Write the parameters of an address.

    Parameters
    ----------
    link
        What it is to say.

    Returns
    -------
    tuple of (str, str)
        Names and values, in the order of `NAMES` and, within a list, of the codes; nothing for what is not
        asked for. `read_link` gives the same link back.
    """
    filters = link.filters
    values = {name: getattr(filters, one) for name, one in LISTS.items()} | {
        "q": (filters.text,),
        "contested": ("true" if filters.contested else "",),
        "from": (link.window.start_text or "",),
        "to": (link.window.end_text or "",),
        "area": (str(filters.area or ""),),
        "chart": (str(pick_of(filters.chart) or ""),),
    }
    return tuple(
        (name, value)
        for name in NAMES
        for value in values.get(name) or (str(getattr(link, name, "")),)
        if value
    )


def link_query(link: Link) -> str:
    """Write what an address has after its question mark.

    Parameters
    ----------
    link
        What it is to say.

    Returns
    -------
    str
        Percent-encoded, empty for a link that asks for everything.
    """
    return urlencode(write_link(link), safe=_PLAIN)


def describe_link(link: Link, library: Library) -> tuple[str, ...]:
    """Say for people what a link asks for.

    Parameters
    ----------
    link
        The link.
    library
        Names of actors and records.

    Returns
    -------
    tuple of str
        Such as "Country: Morocco" and "1 January 2020 to 31 December 2021"; empty when it asks for
        everything. Plain text, to be escaped where it is shown.
    """
    selected = (f"Record: {library.name(link.record)}",) if link.record else ()
    version = (f"Version: {link.version}",) if link.version else ()
    return (*filter_words(link.filters, library), *window_words(link.window), *selected, *version)
