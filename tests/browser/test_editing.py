"""Editing by two people in two browsers: proposed by one, accepted by the other, then on the map."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashboard.domain.access import Role
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

pytestmark = pytest.mark.browser

SITE = "st-bluebird-benslimane"
SECRET = "for tests only, and long enough to be taken"  # noqa: S105  # no secret
PATHS = ("edit", "review", "operations")
READABLE = ("Atlas", "Sites", "Events", "Actors", "Sources", "Layers", "Geocoding", "Changes", "About")
AXE = Path(__file__).parents[2] / "dashboard/frontend/node_modules/axe-core/axe.min.js"
RUN_AXE = """async () => {
    const { violations } = await axe.run(document, { iframes: false });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(" ")}: ${node.html}`));
}"""
# Streamlit's own markup, which a page cannot change.
SHELL = ("stSidebarCollapse", "stMainMenu", "stHeader", "stToolbar", "stDataFrame", "stDecoration")


@pytest.fixture(scope="module")
def shared(start_server: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A shared atlas behind a proxy that names people, and a way to give them roles."""
    folder = tmp_path_factory.mktemp("shared")
    with start_server(folder, sign_in="header", cookie_secret=SECRET) as address:

        def give(subject: str, role: Role) -> None:
            store = open_store(f"sqlite:///{folder / 'data' / 'atlas.sqlite'}")
            person = store.people.find("proxy", subject)
            assert person is not None
            store.people.set_role(person.id, role, Operation.new("test", "set role", person.id, "test"))
            store.close()

        yield address, give


@pytest.fixture
def enter(new_atlas: Callable[..., Any], shared: Any) -> Callable[..., Any]:
    """Gives the browser of somebody with a role."""
    address, give = shared

    def opened(subject: str, name: str, role: Role) -> Any:
        headers = {"X-Forwarded-User": subject, "X-Forwarded-Preferred-Username": name}
        atlas = new_atlas(address, alone=True, extra_http_headers=headers)
        atlas.open("/about")
        expect(atlas.page.get_by_text("This copy")).to_be_visible()
        give(subject, role)
        return atlas

    return opened


def part(page: Page, name: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(re.compile(name)).click()


def test_what_one_proposes_and_another_accepts_is_on_the_map(enter: Callable[..., Any]) -> None:
    ann, rev = enter("ann", "Ann", Role.CONTRIBUTOR), enter("rev", "Rev", Role.REVIEWER)
    ann.open(f"/sites?record={SITE}")
    ann.card.get_by_role("link", name="Edit").click()
    page = ann.page
    expect(page.get_by_text("Nothing changed yet")).to_be_visible()
    ann.drawn()
    page.get_by_label("Name", exact=True).fill("Moved plant")
    page.get_by_label("Name", exact=True).press("Tab")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    page.reload()  # the draft is in the store, not in the tab
    expect(page.get_by_label("Name", exact=True)).to_have_value("Moved plant")
    ann.drawn()
    part(page, "Places")
    expect(page.get_by_text("Coordinates, precision and reason")).to_be_visible()
    ann.drawn()
    page.get_by_text("Coordinates, precision and reason").click()
    page.get_by_label("Latitude, longitude").fill("30.5, -8.5")
    page.get_by_label("Latitude, longitude").press("Tab")
    expect(page.get_by_text("set by hand").first).to_be_visible()
    ann.drawn()
    page.get_by_label("Why there").fill("The decree prints the plot")
    page.get_by_label("Why there").press("Tab")
    expect(page.get_by_text("It holds together")).to_be_visible()
    ann.drawn()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Moved plant is submitted")).to_be_visible()

    rev.open("/review")
    expect(rev.page.get_by_role("cell", name="Moved plant")).to_be_visible()
    expect(rev.iframe.first).to_be_visible()
    rev.drawn()
    rev.page.get_by_role("button", name="Accept").click()
    expect(rev.page.get_by_text("accepted and published")).to_be_visible()

    # What is accepted is built in the background for others, and no look waits for it.
    def sees_it() -> bool:
        ann.open(f"/?record={SITE}")
        expect(ann.card).to_be_visible()
        return "Moved plant" in ann.card.inner_text()

    assert ann.wait_until(sees_it)
    ann.wait_in_map("map.selected === arg", SITE)
    spot = ann.frame.evaluate("id => ArsenalAtlas.markAt(id)", SITE)
    assert spot is not None
    assert "30.5" in ann.page.request.get(f"{ann.server}/api/records/{SITE}").text()


@pytest.mark.parametrize("path", PATHS)
def test_a_reader_is_offered_none_of_it(enter: Callable[..., Any], path: str) -> None:
    reader = enter(f"reader-{path}", "Reader", Role.READER)
    reader.page.set_viewport_size({"width": 1280, "height": 1000})
    reader.open(f"/{path}")
    expect(reader.page.get_by_text("You may not")).to_be_visible()
    expect(reader.navigation.get_by_role("link")).to_have_text([re.compile(f"{name}$") for name in READABLE])
    expect(reader.navigation.get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(new_atlas: Callable[..., Any], scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run npm ci in dashboard/frontend")
    atlas = new_atlas(alone=True, bypass_csp=True, color_scheme=scheme)
    for path, text in ((f"/edit?record={SITE}", "Nothing changed yet"), ("/operations", "Drafts waiting")):
        atlas.open(path)
        expect(atlas.page.get_by_text(text)).to_be_visible()
        atlas.drawn()
        atlas.page.evaluate(AXE.read_text("utf-8"))
        found = atlas.page.evaluate(RUN_AXE)
        assert [line for line in found if not any(name in line for name in SHELL)] == [], path
