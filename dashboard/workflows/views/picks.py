"""What was chosen in a chart, as an address keeps it and as the filters it stands for.

A choice narrows everything else and is narrowed by nothing: the chart that it was made in goes on showing
what could be chosen instead, and every other view follows.
"""

import re
from dataclasses import dataclass, fields
from typing import Final
from urllib.parse import unquote

from dashboard.domain.window import Window
from dashboard.workflows.views.selection import Filters

__all__ = ["Pick", "parse_pick", "pick_of"]

_MAX_TEXT: Final = 600
_FORMS: Final = {
    "kind": re.compile(r"[a-z0-9_]{1,60}"),
    "country": re.compile(r"[A-Z]{2}"),
    "product": re.compile(r"[a-z0-9_]{1,60}"),
    "during": re.compile(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d"),
    "pair": re.compile(r"[a-z0-9-]{1,100}(\|[a-z0-9-]{1,100})?"),
    "place": re.compile(r"[^\x00-\x1f]{1,200}"),
}


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice in one chart; an empty field is not part of it.

    Parameters
    ----------
    kind
        Code of an event kind.
    country
        ISO code.
    product
        Code of a product category.
    during
        Two ISO days with a slash between them.
    pair
        One actor id, or two with a bar between them.
    place
        A place as written.
    """

    kind: str = ""
    country: str = ""
    product: str = ""
    during: str = ""
    pair: str = ""
    place: str = ""

    @property
    def chart(self) -> str:
        """Name of the chart it was made in."""
        if self.during:
            return "timeline"
        return "actors" if self.pair else "places"

    @property
    def window(self) -> Window | None:
        """The days chosen, None for no such choice."""
        start, _, end = self.during.partition("/")
        return Window.parse(start, end) if self.during else None

    @property
    def filters(self) -> Filters:
        """What it asks for."""
        return Filters(
            types=("event",) if self.during or self.pair else (),
            kinds=(self.kind,) if self.kind else (),
            countries=(self.country,) if self.country else (),
            products=(self.product,) if self.product else (),
            actors_all=tuple(self.pair.split("|")) if self.pair else (),
            places=(self.place,) if self.place else (),
            during=self.window,
        )

    def __str__(self) -> str:
        """Write it as an address does."""
        parts = ((f.name, getattr(self, f.name)) for f in fields(self))
        return ";".join(f"{name}:{_quoted(value)}" for name, value in parts if value)


def _quoted(value: str) -> str:
    # The address is quoted once more as a whole: only what would end the part is hidden from it here.
    return value.replace("%", "%25").replace(";", "%3B")


def parse_pick(text: str) -> Pick | None:
    """Read a choice as an address gives it.

    Parameters
    ----------
    text
        Such as ``kind:meeting;during:2024-01-01/2024-12-31``.

    Returns
    -------
    Pick or None
        None when any part of it cannot be read: half a choice would show something else.
    """
    if not text or len(text) > _MAX_TEXT:
        return None
    found: dict[str, str] = {}
    for part in text.split(";"):
        name, _, value = part.partition(":")
        value = unquote(value)
        if name not in _FORMS or name in found or not _FORMS[name].fullmatch(value):
            return None
        found[name] = value
    pick = Pick(**found)
    return None if pick.window == Window() else pick


def pick_of(filters: Filters | None) -> Pick | None:
    """Find the choice that filters stand for.

    Parameters
    ----------
    filters
        Perhaps those of a `Pick`.

    Returns
    -------
    Pick or None
        None for none, and for filters that no choice in a chart can ask for.
    """
    if filters is None:
        return None
    during = filters.during
    found = Pick(
        kind="".join(filters.kinds[:1]),
        country="".join(filters.countries[:1]),
        product="".join(filters.products[:1]),
        during=f"{during.start_text or ''}/{during.end_text or ''}" if during else "",
        pair="|".join(filters.actors_all),
        place="".join(filters.places[:1]),
    )
    read = parse_pick(str(found))
    return read if read is not None and read.filters == filters else None
