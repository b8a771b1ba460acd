"""The middle of the map that a link asks for, on a phone, where the clock below the map takes more room."""

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ASKED = [33.51234, 36.29876, 14]
# To a pixel at that zoom: Leaflet sets a view by whole ones.
IS_THERE = """map.view.zoom === arg[2]
    && [map.view.lat - arg[0], map.view.lng - arg[1]].every(off => Math.abs(off) < 9e-5)"""

# The clock becomes so much higher, and the map that much lower. True once the map has taken note of it.
GROW = """() => {
    const map = document.querySelector(".leaflet-container"), clock = map.nextElementSibling;
    const before = map.clientHeight;
    clock.style.minHeight = `${clock.offsetHeight + 43}px`;
    return new Promise(done => {
        const look = () => {
            const next = map.clientHeight < before ? () => done(true) : look;
            requestAnimationFrame(next);
        };
        look();
    });
}"""


def test_a_phone_opens_a_view_where_its_link_asked_and_keeps_it_when_the_map_becomes_lower(
    new_atlas: Callable[..., Any],
) -> None:
    atlas = new_atlas(alone=True, **PHONE)
    atlas.open("/?view=" + ",".join(map(str, ASKED)))
    atlas.wait_in_map(IS_THERE, ASKED)
    atlas.rest()
    assert atlas.frame.evaluate(GROW)
    atlas.wait_in_map(IS_THERE, ASKED)
    assert atlas.errors == []
