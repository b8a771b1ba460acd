"""When the map's records do not arrive whole, the map says so; it is never blank and never half drawn."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda body: body[: len(body) // 4], "cut short"),
        (lambda body: b"XXXX" + body[4:], "not map data of Arsenal Atlas"),
        (lambda _body: b"", "cut short"),
    ],
    ids=["cut short", "other bytes", "nothing"],
)
def test_a_payload_that_is_not_whole_is_named(
    new_atlas: Callable[..., Any], spoil: Callable[[bytes], bytes], words: str
) -> None:
    atlas = new_atlas(alone=True)

    def handle(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(status=200, body=spoil(answer.body()), content_type="application/octet-stream")

    atlas.page.route("**/api/layers/**", handle)
    atlas.page.goto(atlas.server)
    expect(atlas.page.locator("[role=status]", has_text=words)).to_be_visible()
    expect(atlas.frame.locator(".atlas-error")).to_contain_text(words)
    atlas.drawn()
    # Once the line is whole again, trying again is enough.
    atlas.page.unroute("**/api/layers/**")
    atlas.page.get_by_role("button", name="Try again").click()
    atlas.wait_for_map()
    expect(atlas.frame.locator(".atlas-error")).to_be_hidden()


def test_a_server_that_refuses_is_named_and_can_be_asked_again(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(alone=True)
    atlas.page.route("**/api/layers/**", lambda route: route.fulfill(status=503))
    atlas.page.goto(atlas.server)
    expect(atlas.page.locator("[role=status]", has_text="503")).to_be_visible()
    expect(atlas.counts).to_be_visible()
    atlas.drawn()
    atlas.page.unroute("**/api/layers/**")
    atlas.page.get_by_role("button", name="Try again").click()
    atlas.wait_for_map()
