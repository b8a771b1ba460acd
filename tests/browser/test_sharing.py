"""Sharing, as two people do it: a copied link, a file, a short address, a frame on somebody's page."""

import csv
import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"


def open_panel(atlas: Any, part: str) -> Any:
    """Open the Share panel at one of its parts."""
    atlas.drawn()
    atlas.page.get_by_role("button", name="Share").click()
    panel = atlas.page.get_by_test_id("stPopoverBody")
    panel.get_by_text(part, exact=True).click()
    expect(panel.get_by_role("radio", name=part, exact=True)).to_be_checked()
    return panel


def test_a_copied_link_and_a_file_give_the_same_rows_to_another_reader(
    atlas: Any, new_atlas: Callable[..., Any]
) -> None:
    atlas.choose("Country", "Morocco")
    atlas.wait_for_query("country", "^MA$")
    atlas.set_date("From date", "2023")
    atlas.wait_for_query("from", "2023-01-01")
    atlas.expect_counts_as_in_map()
    link = open_panel(atlas, "Link").locator("code").first
    expect(link).to_contain_text("country=MA")
    expect(link).to_contain_text("from=2023-01-01")

    copy = new_atlas(alone=True).open(link.inner_text())
    expect(copy.counts).to_have_text(atlas.counts.inner_text())
    copy.expect_counts_as_in_map()

    panel = copy.page.get_by_test_id("stPopoverBody")
    open_panel(copy, "Download")
    expect(panel.get_by_role("button", name="Make the file of")).to_be_visible()
    copy.drawn()
    panel.get_by_role("button", name="Make the file of").click()
    with copy.page.expect_download() as coming:
        panel.get_by_role("button", name="Download arsenal-atlas").click()
    text = Path(coming.value.path()).read_text("utf-8-sig")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("".join(lines))))
    shown = copy.inspect()["visible"]
    types = [row["type"] for row in rows]
    assert (types.count("site"), types.count("event")) == (shown["sites"], shown["events"])


def test_what_moves_with_the_clock_is_in_the_address_too(atlas: Any, new_atlas: Callable[..., Any]) -> None:
    atlas.set_date("To date", "2021-06")
    atlas.wait_for_query("to", "2021-06-30")
    atlas.drawn()
    assert "mode" not in atlas.query
    atlas.frame.get_by_role("radio", name="As of").check()
    atlas.wait_for_query("mode", "^asof$")
    atlas.wait_for_query("from", "2021-06-01")
    atlas.drawn()
    copy = new_atlas(alone=True).open(atlas.address)
    copy.wait_in_map("map.clock.mode === 'asof' && map.window.from === '2021-06-01'")
    copy.expect_query_of(atlas)


def test_a_short_address_shows_the_record_with_the_clock_moved(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas()
    atlas.open("/r/ev-2026-jmc3?from=2010&to=2012&q=Norway")
    atlas.wait_for_map()
    expect(atlas.card).to_be_visible()
    atlas.wait_in_map("map.selected === arg && ArsenalAtlas.markAt(arg)?.visible === true", "ev-2026-jmc3")
    atlas.wait_for_query("from", "^2010-01-01$")
    atlas.wait_for_query("to", "^2026-")
    atlas.expect_query(q=None)


class _Page(BaseHTTPRequestHandler):
    source = ""

    def do_GET(self) -> None:
        """Answer with a page that holds the frame."""
        body = (
            f'<!doctype html><title>x</title><iframe src="{self.source}" width="800" height="600"></iframe>'
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def somebodys_page() -> Iterator[Callable[[str], str]]:
    """Serve a page with a frame, on another port of this machine; gives its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def holding(source: str) -> str:
        _Page.source = source
        return str(server.server_address[1])

    yield holding
    server.shutdown()
    server.server_close()


def test_a_frame_stands_on_an_allowed_page_and_on_no_other(
    new_atlas: Callable[..., Any], server: str, start_server: Callable[..., Any], somebodys_page: Any
) -> None:
    page = new_atlas().page
    port = somebodys_page(f"{server}/embed?country=MA&record={FACTORY}")
    page.goto(f"http://127.0.0.1:{port}/")
    frame = page.frame_locator("iframe")
    expect(frame.locator(".atlas-shell[data-state=ready]")).to_be_visible()
    inner = next(one for one in page.frames if "/embed" in one.url)
    inner.wait_for_function("id => ArsenalAtlas.markAt(id)?.visible", arg=FACTORY)
    assert inner.evaluate("origin") == "null"
    credit = frame.get_by_role("link", name="Open in the Arsenal Atlas")
    with page.expect_popup() as opened:
        credit.click()
    opened.value.wait_for_url(lambda url: url.startswith(server))
    assert urlsplit(opened.value.url).query.startswith("country=MA")
    expect(opened.value.locator("p", has_text="match the filters")).to_be_visible()
    opened.value.close()

    # The same machine by a name that the other atlas does not know.
    with start_server(embed_origins="https://news.example.org") as other:
        somebodys_page(f"{other}/embed?country=MA")
        with page.expect_event("console", lambda message: "frame-ancestors" in message.text):
            page.goto(f"http://127.0.0.1:{port}/")
        assert not any("ArsenalAtlas" in one.content() for one in page.frames if one != page.main_frame)
