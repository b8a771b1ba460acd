"""Whoever decides by keyboard stays where they are: a button that is gone is followed by that of the next."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

TEXT = """An armaments works opens in Kassel

The company Hessenwerk opened a factory for drones in Kassel on 3 March 2024.

On 5 March 2024 Austria and Germany signed an agreement on drones in Linz.

On 7 June 2023 Poland and Sweden signed an agreement on ammunition in Gdynia.

On 9 August 2022 Portugal and Spain signed an agreement on tanks in Porto.
"""


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any], gazetteer_file: Path) -> Iterator[str]:
    with start_server(gazetteer=gazetteer_file) as address:
        yield address


@pytest.fixture
def brought(new_atlas: Callable[..., Any], server: str, request: pytest.FixtureRequest) -> Any:
    """The Articles page, with proposals of an article that no other test has brought."""
    atlas = new_atlas(server).open("/articles")
    atlas.page.get_by_label("Text of the article").fill(f"{TEXT}\n\n{request.node.name}")
    atlas.page.get_by_label("Text of the article").press("Tab")
    atlas.drawn()
    atlas.page.get_by_role("button", name="Find what it tells").click()
    expect(atlas.page.locator(".ar-text")).to_be_visible()
    atlas.drawn()
    return atlas


@pytest.fixture
def waiting(brought: Any) -> Any:
    """The Review page, where the same proposals wait."""
    return brought.open("/review")


def test_the_focus_goes_on_to_the_next_proposal(waiting: Any) -> None:
    page = waiting.page
    card, done = page.locator(".st-key-review_draft_card"), page.locator(".st-key-outcome")
    heading, why = card.get_by_role("heading").first, card.get_by_label(re.compile("^Why"))
    reject, accept = (card.get_by_role("button", name=name) for name in ("Reject", "Accept"))

    # By keys alone.
    first = heading.inner_text()
    why.fill("The article does not say so")
    why.press("Tab")
    waiting.drawn()
    reject.focus()
    page.keyboard.press("Enter")
    expect(done).to_contain_text(f"{first}: rejected")
    expect(heading).not_to_have_text(first)
    expect(reject).to_be_focused()
    expect(reject).to_have_accessible_description(heading.inner_text())

    # By mouse: the next Tab begins where the click was.
    waiting.drawn()
    second = heading.inner_text()
    accept.click()
    expect(done).to_contain_text(f"{second}: accepted")
    expect(heading).not_to_have_text(second)
    expect(accept).to_be_focused()
    expect(heading).to_be_in_viewport()

    # From the field of the reason, by the page's own key.
    waiting.drawn()
    third = heading.inner_text()
    why.focus()
    page.keyboard.press("Control+Enter")
    expect(done).to_contain_text(f"{third}: accepted")
    expect(heading).not_to_have_text(third)
    expect(why).to_be_focused()

    # What comes last is followed by nothing: what stands in its place is, or the page.
    for _ in range(20):
        waiting.drawn()
        if not card.is_visible():
            break
        last = heading.inner_text()
        accept.click()
        expect(done).to_contain_text(f"{last}: accepted")
    heading = page.get_by_role("heading", name="Review", exact=True)
    expect(heading.or_(page.locator(".st-key-nothing_waits")).and_(page.locator(":focus"))).to_be_visible()


def test_a_key_that_is_held_down_decides_about_one_proposal_only(waiting: Any) -> None:
    page = waiting.page
    card = page.locator(".st-key-review_draft_card")
    heading, accept = card.get_by_role("heading").first, card.get_by_role("button", name="Accept")
    first = heading.inner_text()
    accept.focus()
    page.keyboard.down("Enter")
    expect(heading).not_to_have_text(first)
    second = heading.inner_text()
    expect(accept).to_be_focused()
    page.keyboard.down("Enter")  # the browser's repetition of a key that was not let go of
    page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    waiting.drawn()
    expect(heading).to_have_text(second)


@pytest.mark.parametrize(("letter", "outcome"), [("a", "accepted"), ("x", "rejected")])
def test_a_letter_that_is_held_down_decides_about_one_proposal_only(
    brought: Any, letter: str, outcome: str
) -> None:
    page = brought.page
    done, title = page.locator(".st-key-outcome"), brought.page.locator(".st-key-article_card strong").first
    first = title.inner_text()
    page.keyboard.down(letter)
    expect(done).to_contain_text(outcome)
    expect(title).not_to_have_text(first)
    brought.drawn()
    second = title.inner_text()
    for _ in range(3):
        page.keyboard.down(letter)  # the browser's repetition of a key that was not let go of
        brought.drawn()
    page.keyboard.up(letter)
    # What is pressed is done in its order: had the second been decided about, this would not lead back to it.
    brought.press("j")
    expect(title).not_to_have_text(second)
    brought.press("k")
    expect(title).to_have_text(second)
    brought.press(letter)
    expect(done).to_contain_text(f"{second}: {outcome}")


def test_a_letter_that_is_held_down_in_a_field_is_typed(new_atlas: Callable[..., Any], server: str) -> None:
    atlas = new_atlas(server).open("/articles")
    field = atlas.page.get_by_label("Text of the article")
    field.focus()
    for _ in range(3):
        atlas.page.keyboard.down("a")
    atlas.page.keyboard.up("a")
    expect(field).to_have_value("aaa")
