"""What a visitor does: an analyst moves the clock, filters, reads cards, searches, looks at other pages."""

import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final

from streamlit.proto.Common_pb2 import DoubleArray, StringArray

from dashboard.bench.browser import BenchError
from dashboard.bench.sessions.client import Run, Visitor

__all__ = ["ACTIONS", "MEASURED_APART", "Analyst"]

_WORDS: Final = (
    "Rabat",
    "drone",
    "Elbit",
    "Ben Slimane",
    "Kyiv",
    "factory",
    "Baykar",
    "MoU",
    "רמת גן",
    "Ankara",
)
_PAGES: Final = ("events", "sites", "actors", "sources", "about")
_VIEWS: Final = ("Timeline", "Actors", "Places", "Table")
_FILTERS: Final = ("Country", "Kind", "Product", "Actor")
_ANYWHERE: Final = ("clock", "card", "filter", "search")


class Analyst:
    """Does one thing after another on the pages that a visitor has open.

    Parameters
    ----------
    visitor
        The visitor.
    seed
        Equal seeds do equal things.
    """

    def __init__(self, visitor: Visitor, seed: int) -> None:
        self.visitor = visitor
        self.drawn = random.Random(seed)  # noqa: S311  # no secret
        self._map: dict[str, Any] = {}
        self._due = ""

    def think(self, mean_s: float) -> float:
        """Draw how long the analyst looks before doing something.

        Parameters
        ----------
        mean_s
            Mean of the exponential distribution, in seconds.

        Returns
        -------
        float
            Seconds.
        """
        return self.drawn.expovariate(1 / mean_s)

    async def act(self) -> Run:
        """Do one of the `ACTIONS`, as often as its weight says.

        Returns
        -------
        Run
            What it took.
        """
        if self._due:
            return await self.do(self._due)
        weights = [weight if self.can(name) else 0 for name, (weight, _) in ACTIONS.items()]
        (name,) = self.drawn.choices(list(ACTIONS), weights)
        return await self.do(name)

    def can(self, name: str) -> bool:
        """Say whether the site that is visited has what an action needs.

        Parameters
        ----------
        name
            A name of `ACTIONS`.

        Returns
        -------
        bool
            A page of a single map has no other pages, and a plain frame reports nothing.
        """
        if name in _PAGES:
            return name in self.visitor.screen.pages
        if name == "edit":
            return "edit" in self.visitor.screen.pages
        return self._is_atlas or name in _ANYWHERE

    async def prepare(self) -> None:
        """Go to the first page and clear its filters, so that each action starts from the same place."""
        screen = self.visitor.screen
        if self._is_atlas:
            if screen.page != screen.pages[""]:
                await self.visitor.go("back", "")
            await self._clear()
            below = screen.labelled("button_group", "Below the map")
            await self.visitor.enter("view", below, string_array_value=StringArray(data=["Table"]))
            return
        for widget in screen.of_kind("multiselect"):
            screen.enter(widget, string_array_value=StringArray())
        await self.visitor.enter("clear", screen.labelled("text_input", "Search"), string_value="")

    @property
    def _is_atlas(self) -> bool:
        return "about" in self.visitor.screen.pages

    async def do(self, name: str) -> Run:
        """Do something; all but reading other pages is done on the first one.

        Parameters
        ----------
        name
            A name of `ACTIONS`.

        Returns
        -------
        Run
            What it took. One on the way back to the first page, when it is not open, is named ``back``.
        """
        screen = self.visitor.screen
        if name == self._due:
            return await self._write()
        at_home = not self._is_atlas or screen.page == screen.pages[""]
        if not at_home and name not in (*_PAGES, "page"):
            return await self.visitor.go("back", "")
        return await ACTIONS[name][1](self)

    async def _clock(self) -> Run:
        first, length = self.drawn.randint(2000, 2024), self.drawn.choice((1, 2, 5, 10))
        if not self._is_atlas:
            slider = next(self.visitor.screen.of_kind("slider"))
            return await self.visitor.enter(
                "clock", slider, double_array_value=DoubleArray(data=[first, first + length])
            )
        window = {"from": f"{first}-{self.drawn.randint(1, 12):02}", "to": f"{first + length}-06"}
        return await self._report("clock", window=window)

    async def _pan(self) -> Run:
        lat, lng = self.drawn.uniform(10, 60), self.drawn.uniform(-20, 60)
        view = {"lat": round(lat, 4), "lng": round(lng, 4), "zoom": self.drawn.choice((3, 4, 5, 6))}
        return await self._report("pan", view=view)

    async def _report(self, action: str, **values: Any) -> Run:  # noqa: ANN401  # whatever the map reports
        component = self.visitor.screen.component("map")
        if component is None:
            raise BenchError(f"The page shows no map: {' '.join(self.visitor.screen.errors)}")
        self._map |= values
        return await self.visitor.enter(action, component, json_value=json.dumps(self._map))

    async def _card(self) -> Run:
        table = next(self.visitor.screen.of_kind("dataframe"), None)
        links = [
            one for one in self.visitor.screen.of_kind("button") if "-newest_" in one.id or "-link_" in one.id
        ]
        if links and (table is None or self.drawn.random() < 0.5):  # noqa: PLR2004  # one way as often as the other
            return await self.visitor.press("card", self.drawn.choice(links))
        if table is None or not table.selection_mode:
            return await self._view()  # a chart is open: back to the table, sooner or later
        chosen = {"selection": {"rows": [self.drawn.randint(0, 15)], "columns": [], "cells": []}}
        return await self.visitor.enter("card", table, string_value=json.dumps(chosen))

    async def _close(self) -> Run:
        button = self._button("close_card")
        return await (self._card() if button is None else self.visitor.press("close", button))

    async def _filter(self) -> Run:
        there = [one for one in self.visitor.screen.of_kind("multiselect") if one.label in _FILTERS]
        widget = self.drawn.choice([one for one in there if one.options])
        chosen = self.drawn.sample(list(widget.options), k=min(len(widget.options), self.drawn.randint(1, 2)))
        return await self.visitor.enter("filter", widget, string_array_value=StringArray(data=chosen))

    async def _search(self) -> Run:
        widget = self.visitor.screen.labelled("text_input", "Search")
        return await self.visitor.enter("search", widget, string_value=self.drawn.choice(_WORDS))

    async def _clear(self) -> Run:
        button = self.visitor.screen.labelled("button", "Clear filters")
        if button is None or button.disabled:
            return await self._clock()
        return await self.visitor.press("clear", button)

    async def _view(self) -> Run:
        widget = self.visitor.screen.labelled("button_group", "Below the map")
        chosen = StringArray(data=[self.drawn.choice(_VIEWS)])
        return await self.visitor.enter("view", widget, string_array_value=chosen)

    async def _page(self) -> Run:
        return await self.visitor.go("page", self.drawn.choice(_PAGES))

    async def _edit(self) -> Run:
        link = self.visitor.screen.labelled("page_link", "Edit")
        if link is None:
            return await self._card()
        self._due = "edit"
        self.visitor.screen.query = link.query_string
        return await self.visitor.run("edit", page=link.page_script_hash)

    async def _write(self) -> Run:
        self._due = ""
        field = next(self.visitor.screen.of_kind("text_area"), None)
        if field is None:
            return await self.visitor.go("back", "")
        # Kept in the store as a draft at once.
        text = f"{field.value or field.default} ({self.drawn.randint(1, 10**6)})"
        return await self.visitor.enter("write", field, string_value=text)

    def _button(self, key: str) -> Any | None:  # noqa: ANN401  # Streamlit's message
        return next(
            (one for one in self.visitor.screen.of_kind("button") if one.id.endswith(f"-{key}")), None
        )


def _named(page: str) -> Callable[[Analyst], Awaitable[Run]]:
    return lambda analyst: analyst.visitor.go(page, page)


_Action = tuple[float, Callable[[Analyst], Awaitable[Run]]]
ACTIONS: Final[dict[str, _Action]] = {
    "clock": (26, Analyst._clock),  # noqa: SLF001  # its own class, above
    "pan": (12, Analyst._pan),  # noqa: SLF001  # as above
    "card": (18, Analyst._card),  # noqa: SLF001  # as above
    "close": (4, Analyst._close),  # noqa: SLF001  # as above
    "filter": (14, Analyst._filter),  # noqa: SLF001  # as above
    "search": (6, Analyst._search),  # noqa: SLF001  # as above
    "view": (8, Analyst._view),  # noqa: SLF001  # as above
    "clear": (4, Analyst._clear),  # noqa: SLF001  # as above
    "page": (4, Analyst._page),  # noqa: SLF001  # as above
    "edit": (4, Analyst._edit),  # noqa: SLF001  # as above
} | {page: (0, _named(page)) for page in _PAGES}
"""What an analyst does, and how often of a hundred times; single pages are for measuring them apart."""

MEASURED_APART: Final = ("clock", "pan", "card", "filter", "search", "view", "edit", *_PAGES)
"""What can be done again and again; to edit is to open a record, to write and to go back, by turns."""
