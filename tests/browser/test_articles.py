"""From a pasted page to accepted pins, as a person does it: paste, look, decide by keys, see the map."""

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

TEXT = (Path(__file__).parents[1] / "articles" / "texts" / "founding.txt").read_text(encoding="utf-8")
STRIKE = "window.struck=1"
HOSTILE = f"<img src=x onerror={STRIKE}> <svg/onload={STRIKE}> [x](javascript:{STRIKE}) ${{7*7}} \u202e"


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Any], gazetteer_file: Path) -> Iterator[str]:
    with start_server(gazetteer=gazetteer_file) as address:
        yield address


@pytest.fixture
def atlas(new_atlas: Callable[..., Any], server: str) -> Any:
    return new_atlas(server).open("/articles")


def bring(atlas: Any, text: str, publisher: str = "The Example Daily") -> None:
    atlas.page.get_by_label("Text of the article").fill(text)
    atlas.page.get_by_label("Publisher").fill(publisher)
    # Leaving a field lets the page be drawn anew; what lies between pressing and letting go may move.
    atlas.page.get_by_label("Publisher").press("Tab")
    atlas.drawn()
    atlas.page.get_by_role("button", name="Find what it tells").click()
    expect(atlas.page.locator(".ar-text")).to_be_visible()
    atlas.drawn()


def card(atlas: Any) -> Locator:
    found: Locator = atlas.page.locator(".st-key-article_card")
    return found


def look_at(atlas: Any, what: str, quote: str) -> str:
    """Look at the proposal of a kind and date, which has these words of the article; gives its title."""
    atlas.drawn()
    items = atlas.page.locator(".st-key-article_items")
    items.get_by_role("button", name=re.compile(f"{what}\\s*$")).click()
    expect(card(atlas)).to_contain_text(quote)
    expect(card(atlas).get_by_role("button", name="Accept")).to_be_visible()
    atlas.drawn()
    state, title = card(atlas).inner_text().splitlines()[:2]
    assert state.split()[0] == "new"
    return str(title)


def accepted(atlas: Any, stem: str) -> str:
    """Give the id of the event that was accepted: another test's proposal may have the plain one."""

    def found() -> list[str]:
        log = atlas.page.request.get(f"{atlas.server}/changes.csv").text()
        ids = {row["record_id"] for row in csv.DictReader(log.splitlines())}
        return [one for one in ids if re.fullmatch(rf"{stem}(-\d+)?", one)]

    atlas.wait_until(found)
    (record_id,) = found()
    return record_id


def test_from_a_pasted_page_to_pins_on_the_map(atlas: Any) -> None:
    bring(atlas, TEXT)
    expect(atlas.page.get_by_text("proposals wait")).to_be_visible()
    lit, done = atlas.page.locator(".ar-text mark.ar-on.ar-place"), atlas.page.locator(".st-key-outcome")
    title = look_at(atlas, "Test · October 2025", "a test of the SpyX loitering munition in Morocco")
    expect(lit).to_have_text("Morocco")
    expect(atlas.page.locator(".ar-text .ar-junk", has_text="18°C")).to_be_attached()
    atlas.press("a")
    expect(done).to_contain_text(re.compile(f"{re.escape(title)}.*: accepted"))
    title = look_at(atlas, "Meeting · January 2023", "committee on defence cooperation met in Rabat")
    expect(lit).to_have_text("Rabat")
    atlas.press("a")
    expect(done).to_contain_text(re.compile(f"{re.escape(title)}.*: accepted"))
    for stem in ("ev-2025-test-morocco", "ev-2023-meeting-rabat"):
        record_id = accepted(atlas, stem)
        atlas.open(f"/?record={record_id}")
        atlas.wait_in_map("map.selected === arg && map.markAt(arg)", record_id)
        expect(atlas.card).to_contain_text("The Example Daily")


def test_keys_go_on_reject_and_leave_typing_alone(atlas: Any) -> None:
    bring(atlas, TEXT.replace("Weather", "The weather now"))
    first = card(atlas).inner_text().splitlines()[1]
    atlas.press("j")
    expect(card(atlas)).not_to_contain_text(first)
    atlas.press("k")
    expect(card(atlas)).to_contain_text(first)
    atlas.drawn()
    box = card(atlas).get_by_role("combobox").first
    box.click()
    expect(box).to_be_focused()
    box.press_sequentially("a fax")
    box.press("Enter")
    expect(box).to_have_value("a fax")
    expect(card(atlas)).to_contain_text(first)
    atlas.page.locator(".ar-legend").click()
    atlas.press("x")
    expect(atlas.page.get_by_text(": rejected.")).to_be_visible()
    expect(card(atlas)).not_to_contain_text(first)
    atlas.press("k")
    expect(card(atlas)).to_contain_text("rejected by local: a fax")


def test_a_proposal_is_edited_in_its_form_and_shown_beside_the_machines(atlas: Any) -> None:
    bring(atlas, TEXT.replace("Weather", "Weather today"))
    proposed = look_at(atlas, "Policy · December 2020", "In December 2020 Morocco resumed relations")
    article = atlas.address
    atlas.press("e")
    title = atlas.page.get_by_label("Title", exact=True)
    expect(title).to_have_value(proposed)
    atlas.drawn()
    title.fill("Relations resumed")
    title.press("Enter")
    expect(atlas.page.get_by_role("heading", name="Relations resumed")).to_be_visible()
    atlas.drawn()
    atlas.page.get_by_role("button", name="Publish").click()
    expect(atlas.page.get_by_text("Your drafts")).to_be_visible()
    atlas.open(article)
    atlas.page.locator(".st-key-article_items").get_by_role("button", name="Relations resumed").click()
    expect(card(atlas)).to_contain_text("edited")
    atlas.drawn()
    atlas.page.get_by_text("What the machine said, and what it is now").click()
    expect(card(atlas)).to_contain_text("→ Relations resumed")


def test_a_hostile_text_is_shown_to_the_letter_and_does_nothing(
    new_atlas: Callable[..., Any], server: str
) -> None:
    dialogs: list[str] = []
    atlas = new_atlas(server, fresh=True).open("/articles")
    atlas.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    line = f"On 7 January 2026 Morocco and the {HOSTILE} company signed an agreement in Agadir."
    bring(atlas, f"{HOSTILE}\n\n{TEXT}\n{line}\n", publisher=HOSTILE.replace("\u202e", "").strip())
    expect(atlas.page.locator(".ar-text")).to_contain_text(f"<img src=x onerror={STRIKE}>")
    atlas.drawn()
    assert atlas.page.locator(".ar-text img, .ar-text svg, .ar-text a").count() == 0
    for _ in range(4):
        atlas.press("j")
    atlas.drawn()
    for path in ("/review", "/articles"):
        atlas.open(path)
        expect(atlas.page.get_by_role("heading").first).to_be_visible()
        assert atlas.page.evaluate("() => globalThis.struck ?? 0") == 0
    handlers = """() => [...document.querySelectorAll("*")].flatMap(node => [...node.attributes])
        .filter(a => a.name.startsWith("on") || /^\\s*javascript:/i.test(a.value))
        .map(a => a.name + a.value)"""
    assert atlas.page.evaluate(handlers) == []
    assert dialogs == []


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_stands_out_of_the_page(new_atlas: Callable[..., Any], server: str, width: int) -> None:
    atlas = new_atlas(server, viewport={"width": width, "height": 844}).open("/articles")
    bring(atlas, TEXT + f"\n{width}\n")
    expect(card(atlas)).to_be_visible()
    assert atlas.page.evaluate("() => document.documentElement.scrollWidth") <= width
