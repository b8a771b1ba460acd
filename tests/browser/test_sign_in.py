"""People sign in at a real provider with a real browser, and what their tabs say afterwards."""

import importlib.util
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.domain.access import Role
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

pytestmark = pytest.mark.browser

GATE = Path(__file__).parents[1] / "gate"


def _sites() -> ModuleType:
    if known := sys.modules.get("gate_sites"):
        return known
    spec = importlib.util.spec_from_file_location("gate_sites", GATE / "sites.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gate_sites"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    sites = _sites()
    with sites.providers.running_provider() as provider:
        settings = sites.oidc(provider) | {"max_sessions_per_person": 3}
        with sites.site(tmp_path_factory.mktemp("site"), **settings) as made:
            made.provider = provider
            yield made


@pytest.fixture
def store(site: Any) -> Iterator[Any]:
    opened = open_store(site.database)
    yield opened
    opened.close()


@pytest.fixture
def new_browser(
    browser: Browser, new_context: Callable[..., BrowserContext]
) -> Iterator[Callable[..., BrowserContext]]:
    """Give browsers of their own; a script error or a foreign request in any of them fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def make(**options: Any) -> BrowserContext:
        context = new_context(browser, **options)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert errors == []


def sign_in(context: BrowserContext, site: Any, user: str, path: str = "/about") -> Page:
    page = context.new_page()
    page.goto(site.address + path)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("User").fill(user)
    page.get_by_role("button", name="Log in").click()
    expect(person_in(page)).to_be_visible()
    return page


def person_in(page: Page) -> Any:
    return page.locator(".st-key-person")


def open_tab(context: BrowserContext, site: Any, path: str = "/about") -> Page:
    page = context.new_page()
    page.goto(site.address + path)
    expect(person_in(page)).to_be_visible()
    return page


def rerun(page: Page) -> None:
    """Do what makes the script run again: go to another page by the navigation."""
    links = page.get_by_role("link", name=re.compile("^(About|Sources)$"))
    target = "Sources" if "/about" in page.url else "About"
    links.filter(has_text=target).first.click()


def test_somebody_signs_in_and_sees_who_they_are_at_the_address_they_came_for(new_browser, site):
    page = sign_in(new_browser(), site, "ana", "/sources?q=x")
    assert "/sources" in page.url
    expect(person_in(page)).to_contain_text("Ana Reader")
    expect(person_in(page)).to_contain_text("Role: reader")
    expect(page.get_by_role("link", name="Sign out")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_our_looks_and_asks_nobody_else(new_browser, site, scheme):
    context = new_browser(color_scheme=scheme)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.address)
    background = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(251, 251, 249)", "dark": "rgb(20, 24, 27)"}[scheme]
    assert all(url.startswith((site.address, "data:")) for url in asked)
    assert page.locator("script").count() == 0


def test_the_map_is_drawn_for_somebody_who_signed_in(new_browser, site):
    page = sign_in(new_browser(viewport={"width": 1440, "height": 1000}), site, "ana", "/")
    iframe = page.locator("iframe[title='Map and clock of sites and events']")
    expect(iframe.content_frame.locator(".atlas-shell[data-state=ready]")).to_be_visible()
    frame = iframe.element_handle().content_frame()
    assert frame.evaluate("() => ArsenalAtlas.inspect().visible.sites") > 0


def test_a_role_that_changes_is_in_force_at_the_next_click(new_browser, site, store, drawn):
    page = sign_in(new_browser(), site, "ana")
    drawn(page)
    work = page.get_by_role("button", name="Work", exact=True)
    expect(work).to_have_count(0)
    ana = store.people.find(site.provider.address, "ana")
    store.people.set_role(ana.id, Role.CONTRIBUTOR, Operation.new("test", "set role", ana.id))
    try:
        rerun(page)
        expect(person_in(page)).to_contain_text("Role: contributor")
        drawn(page)
        work.click()
        expect(page.get_by_role("menuitem", name="Edit", exact=True)).to_be_visible()
    finally:
        store.people.set_role(ana.id, Role.READER, Operation.new("test", "set role", ana.id))


def test_signing_out_is_in_force_in_the_other_tab_and_for_a_copied_cookie(new_browser, site):
    context = new_browser()
    page = sign_in(context, site, "ana")
    other = open_tab(context, site)
    thief = new_browser()
    thief.add_cookies(context.cookies())
    stolen = open_tab(thief, site)
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out here").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    for tab in (other, stolen):
        rerun(tab)
        expect(tab.get_by_text("You signed out in this browser")).to_be_visible()
        expect(tab.get_by_role("link", name="Sign in again")).to_be_visible()
    stolen.reload()
    expect(stolen.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_everywhere_reaches_every_browser(new_browser, site):
    first, second = new_browser(), new_browser()
    page, other = sign_in(first, site, "ana-two"), sign_in(second, site, "ana-two")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    rerun(other)
    expect(other.get_by_text("You were signed out everywhere")).to_be_visible()
    other.get_by_role("link", name="Sign in again").click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_hostile_name_is_text_and_nothing_else(new_browser, site, drawn):
    name = _sites().providers.HOSTILE_NAME
    page = sign_in(new_browser(), site, "mallory")
    expect(person_in(page)).to_contain_text(re.sub(r"\s+", " ", name)[:60])
    drawn(page)
    assert page.evaluate("() => globalThis.__x") is None
    assert person_in(page).locator("img, strong, script").count() == 0
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign out?")).to_be_visible()
    assert page.evaluate("() => globalThis.__x") is None


def test_with_the_provider_down_a_stranger_reads_why_and_others_work_on(new_browser, site):
    page = sign_in(new_browser(), site, "ana")
    stranger = new_browser().new_page()
    stranger.goto(site.address)
    site.provider.stop()
    try:
        stranger.get_by_role("link", name="Sign in").click()
        expect(stranger.get_by_role("heading", name="Signing in does not work now")).to_be_visible()
        rerun(page)
        expect(person_in(page)).to_contain_text("Ana Reader")
    finally:
        site.provider.start()
    stranger.get_by_role("link", name="Try again").click()
    expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()


def test_one_tab_too_many_is_told_so_in_a_page(new_browser, site):
    context = new_browser()
    tabs = [sign_in(context, site, "rev"), *(open_tab(context, site) for _ in range(2))]
    late = context.new_page()
    late.goto(f"{site.address}/about")
    expect(late.get_by_role("heading", name="Too many tabs")).to_be_visible()
    tabs[1].reload()
    expect(person_in(tabs[1])).to_be_visible()
    tabs[0].close()
    # Its place is free when the server has seen that the tab is gone.
    refused, end = late.get_by_role("heading", name="Too many tabs"), time.monotonic() + 60
    while time.monotonic() < end:
        late.get_by_role("link", name="Try again").click()
        expect(refused.or_(person_in(late))).to_be_visible()
        if person_in(late).is_visible():
            break
    expect(person_in(late)).to_be_visible()
