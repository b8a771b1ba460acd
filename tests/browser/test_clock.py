"""The clock: every control by pointer, by keyboard alone and by finger, and what it says about it."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

FACTORY = "st-bluebird-benslimane"
# Painted, and the same in some pictures on end.
HISTOGRAM_STANDS = """() => {
    const canvas = document.querySelector(".atlas-histogram");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const now = data.some(value => value > 0) && canvas.toDataURL();
    globalThis.unchanged = now && now === globalThis.picture ? (globalThis.unchanged ?? 0) + 1 : 0;
    globalThis.picture = now;
    return globalThis.unchanged > 5;
}"""
GATHER_CAPTIONS = """() => {
    globalThis.captions = [];
    const { captions } = globalThis;
    new MutationObserver(changes => captions.push(
        ...changes.flatMap(change => [...change.addedNodes]).map(node => node.textContent)
    )).observe(document.querySelector(".atlas-captions"), { childList: true });
}"""
AT_THE_END = """[...document.querySelectorAll("[role=alert]")]
    .some(node => node.textContent.includes("No further record"))"""


def button(atlas: Any, name: str) -> Locator:
    found: Locator = atlas.frame.get_by_role("button", name=name, exact=True)
    return found


def end(atlas: Any) -> Locator:
    found: Locator = atlas.frame.get_by_role("slider", name="Window end")
    return found


def focused(atlas: Any) -> str:
    """Say what has the focus in the frame, as a screen reader names it."""
    name: str = atlas.frame.evaluate(
        """() => {
            const node = document.activeElement;
            return node.getAttribute("aria-label") || node.labels?.[0]?.textContent || node.textContent;
        }"""
    )
    return name


def set_more(atlas: Any, label: str) -> None:
    """Tick or untick a box of the popover."""
    button(atlas, "More clock settings").click()
    box = atlas.frame.get_by_role("checkbox", name=label)
    box.set_checked(not box.is_checked())
    atlas.page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def days(text: str) -> int:
    return dt.date.fromisoformat(text).toordinal()


def test_every_control_is_reached_by_tab_and_says_what_it_is(atlas: Any) -> None:
    button(atlas, "Previous record").focus()
    names = []
    for _ in range(20):
        names.append(focused(atlas))
        if names[-1] == "Window end":
            break
        atlas.page.keyboard.press("Tab")
    assert names == [
        "Previous record",
        "Step back",
        "Play",
        "Step forward",
        "Next record",
        "From date",
        "To date",
        "Up to",
        "Presets: All time",
        "Step by",
        "Speed",
        "Zoom axis to window",
        "More clock settings",
        "Keys of the clock",
        "Window start",
        "Window end",
    ]


def test_the_keys_do_everything_that_the_pointer_does(moving_atlas: Any) -> None:
    atlas = moving_atlas
    keys = atlas.page.keyboard
    end(atlas).focus()
    keys.press("PageDown")
    atlas.wait_in_map("map.window.to !== null && map.window.from === null")
    keys.press("m")
    atlas.wait_in_map("map.clock.mode === 'window' && map.window.from !== null")
    before = atlas.inspect()["window"]
    keys.press(".")
    atlas.wait_in_map("map.window.from > arg.from && map.window.to > arg.to", before)
    keys.press(",")
    atlas.wait_in_map("map.window.from === arg.from", before)
    keys.press("m")
    atlas.wait_in_map("map.clock.mode === 'asof'")
    expect(atlas.frame.get_by_role("slider", name="Window start")).to_be_hidden()
    keys.press("n")
    atlas.wait_in_map("map.window.to > arg.to", before)
    keys.press("p")
    keys.press("p")
    atlas.wait_in_map("map.window.to < arg.to", before)
    keys.press("z")
    atlas.wait_in_map("!map.clock.whole")
    keys.press("z")
    atlas.wait_in_map("map.clock.whole")
    keys.press("+")
    atlas.wait_in_map("!map.clock.whole")
    keys.press("-")
    atlas.wait_in_map("map.clock.whole")
    keys.press("a")
    atlas.wait_in_map("map.window.to === null && map.window.from === null && map.clock.mode === 'cumulative'")
    keys.press("f")
    atlas.wait_in_map("map.window.to !== null && map.window.from !== null")
    keys.press("a")
    keys.press("Home")
    keys.press("l")  # round and round, so that playing is not over before anybody looks
    keys.press("k")
    atlas.wait_in_map("map.playing && map.window.to !== null")
    keys.press(" ")
    atlas.wait_in_map("!map.playing")
    keys.press("?")
    expect(atlas.frame.get_by_role("group", name="Keys of the clock")).to_contain_text("next record")
    keys.press("Escape")
    expect(atlas.frame.get_by_role("group", name="Keys of the clock")).to_be_hidden()


def test_presets_are_a_menu_for_keys_and_pointer(atlas: Any) -> None:
    keys = atlas.page.keyboard
    presets = atlas.frame.get_by_role("button", name=re.compile("^Presets"))
    presets.focus()
    keys.press("ArrowDown")
    expect(atlas.frame.get_by_role("menuitemradio", name="All time")).to_be_focused()
    expect(atlas.frame.get_by_role("menuitemradio", name="All time")).to_have_attribute(
        "aria-checked", "true"
    )
    keys.press("End")
    expect(atlas.frame.get_by_role("menuitemradio", name="Fit to data")).to_be_focused()
    keys.press("Enter")
    expect(presets).to_be_focused()
    atlas.wait_in_map("map.window.from !== null && map.window.to !== null")
    fitted = atlas.inspect()
    everything = fitted["visible"]["events"]
    assert everything > 0
    presets.click()
    atlas.frame.get_by_role("menuitemradio", name="Last 5 years").click()
    expect(presets).to_have_accessible_name("Presets: Last 5 years")
    atlas.wait_in_map("map.clock.mode === 'window'")
    span = atlas.inspect()["window"]
    assert 1825 <= days(span["to"]) - days(span["from"]) + 1 <= 1827
    presets.click()
    atlas.frame.get_by_role("menuitemradio", name="This year").click()
    atlas.wait_in_map("map.window.from.endsWith('-01-01') && map.window.to.endsWith('-12-31')")
    presets.click()
    keys.press("Escape")
    expect(atlas.frame.get_by_role("menu")).to_be_hidden()
    expect(presets).to_be_focused()


def test_as_of_a_day_shows_the_events_of_one_step(atlas: Any) -> None:
    atlas.frame.get_by_role("radio", name="As of", exact=True).check(force=True)
    atlas.set_date("As of date", "2024-06-30")
    atlas.wait_in_map("map.window.from === '2024-06-01' && map.window.to === '2024-06-30'")
    month = atlas.inspect()["visible"]
    atlas.frame.get_by_label("Step by", exact=True).select_option("year")
    atlas.wait_in_map("map.window.from === '2023-07-01' && map.window.to === '2024-06-30'")
    atlas.wait_in_map("map.visible.sites === arg.sites && map.visible.events > arg.events", month)
    atlas.wait_for_query("from", "2023-07-01")
    # The page's answer to a window that it was told does not change the mode.
    atlas.expect_counts_as_in_map()
    atlas.drawn()
    atlas.settle_frame()
    assert atlas.inspect()["clock"]["mode"] == "asof"


def test_a_moving_window_goes_from_month_end_to_month_end(atlas: Any) -> None:
    atlas.frame.get_by_role("radio", name="Window", exact=True).check(force=True)
    atlas.set_date("From date", "2024-01")
    atlas.set_date("To date", "2024-01")
    for expected in ("2024-02-29", "2024-03-31"):
        button(atlas, "Step forward").click()
        atlas.wait_in_map("map.window.to === arg", expected)
    assert atlas.inspect()["window"]["from"] == "2024-03-01"
    atlas.frame.get_by_label("Step by", exact=True).select_option("week")
    button(atlas, "Step forward").click()
    atlas.wait_in_map("map.window.from === '2024-03-08'")


def test_locked_ends_stay(atlas: Any) -> None:
    atlas.frame.get_by_role("radio", name="Window", exact=True).check(force=True)
    atlas.set_date("From date", "2022")
    atlas.set_date("To date", "2023")
    set_more(atlas, "Lock start")
    button(atlas, "Step forward").click()
    atlas.wait_in_map("map.window.from === '2022-01-01' && map.window.to === '2024-01-31'")
    expect(atlas.frame.get_by_label("From date", exact=True)).not_to_be_editable()
    atlas.frame.get_by_role("slider", name="Window start").press("ArrowRight")
    atlas.settle_frame()
    assert atlas.inspect()["window"]["from"] == "2022-01-01"
    set_more(atlas, "Lock end")
    expect(button(atlas, "Play")).to_be_disabled()
    expect(atlas.frame.get_by_role("alert").filter(has_text="Both ends are locked")).to_be_visible()
    set_more(atlas, "Lock start")
    button(atlas, "Step forward").click()
    atlas.wait_in_map("map.window.from === '2022-02-01' && map.window.to === '2024-01-31'")


def test_playing_backwards_and_round_and_round(moving_atlas: Any) -> None:
    atlas = moving_atlas
    atlas.set_date("To date", "2010")
    atlas.frame.get_by_label("Speed", exact=True).select_option("8")
    set_more(atlas, "Backwards")
    button(atlas, "Play").click()
    atlas.wait_in_map("!map.playing && map.window.to < '2010'")
    set_more(atlas, "Loop")
    button(atlas, "Play").click()
    atlas.wait_in_map("map.playing && map.window.to > '2020'")
    atlas.wait_in_map("map.playing && map.window.to < '2010'")
    atlas.wait_in_map("map.playing && map.window.to > '2020'")
    button(atlas, "Pause").click()
    atlas.wait_in_map("!map.playing")


def test_the_axis_zooms_and_playing_keeps_to_it(moving_atlas: Any) -> None:
    atlas = moving_atlas
    atlas.set_date("From date", "2023")
    atlas.set_date("To date", "2023")
    button(atlas, "Zoom axis to window").click()
    atlas.wait_in_map("!map.clock.whole")
    axis = atlas.inspect()["clock"]["axis"]
    assert 365 < axis["hi"] - axis["lo"] < 500
    atlas.frame.get_by_label("Speed", exact=True).select_option("4")
    # On a short axis playing may be over between two looks at it: its button is watched instead.
    button(atlas, "Play").evaluate(
        """node => new MutationObserver(() => {
            if (node.getAttribute("aria-label") === "Pause") globalThis.played = true;
        }).observe(node, { attributes: true })"""
    )
    button(atlas, "Play").click()
    atlas.wait_in_map("globalThis.played && !map.playing")
    assert atlas.inspect()["window"]["to"][:4] in {"2023", "2024"}
    button(atlas, "Show whole axis").click()
    atlas.wait_in_map("map.clock.whole")
    atlas.frame.locator(".atlas-track").hover()
    atlas.page.mouse.wheel(0, -300)
    atlas.wait_in_map("!map.clock.whole")
    window = atlas.inspect()["window"]
    atlas.page.mouse.wheel(0, 2000)
    atlas.page.mouse.wheel(0, 2000)
    atlas.wait_in_map("map.clock.whole")
    atlas.settle_frame()
    assert atlas.inspect()["window"] == window


def test_dragging_snaps_shift_frees_and_escape_takes_back(atlas: Any) -> None:
    button(atlas, "More clock settings").click()
    atlas.frame.get_by_label("Snap to", exact=True).select_option("month")
    atlas.page.keyboard.press("Escape")
    handle = end(atlas).bounding_box()
    track = atlas.frame.locator(".atlas-track").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    mouse = atlas.page.mouse
    mouse.move(x, y)
    mouse.down()
    shown = None

    def drag(step: int) -> int:
        """Move on until the clock has moved; gives the day of the month after the end of the window."""
        nonlocal shown
        mouse.move(x - step * track["width"] / 40, y)
        atlas.wait_in_map("map.window.to !== arg", shown)
        shown = atlas.inspect()["window"]["to"]
        return (dt.date.fromisoformat(shown) + dt.timedelta(days=1)).day

    assert {drag(step) for step in range(1, 8)} == {1}
    atlas.page.keyboard.down("Shift")
    free = {drag(step) for step in range(8, 14)}
    atlas.page.keyboard.up("Shift")
    assert free != {1}
    atlas.page.keyboard.press("Escape")
    atlas.wait_in_map("map.window.to === null")
    mouse.up()
    atlas.settle_frame()
    assert atlas.inspect()["window"] == {"from": None, "to": None}


def test_what_is_no_date_is_said_and_changes_nothing(atlas: Any) -> None:
    said = atlas.frame.get_by_role("alert").filter(has_text="Not a date")
    field = atlas.frame.get_by_label("To date", exact=True)
    for text in ("12024", "-0500", "0000", "2024-13", "2024-02-30", "soon"):
        expect(field).not_to_have_attribute("aria-invalid", "true")
        atlas.set_date("To date", text)
        expect(said).to_be_visible()
        expect(field).to_have_attribute("aria-invalid", "true")
        assert atlas.inspect()["window"] == {"from": None, "to": None}, text
        atlas.page.keyboard.press("Escape")
        expect(said).to_have_count(0)
        expect(field).to_have_value("")


def test_swapped_ends_and_far_dates(moving_atlas: Any) -> None:
    atlas = moving_atlas
    atlas.set_date("To date", "2020")
    atlas.set_date("From date", "2023-05-05")
    atlas.wait_in_map("map.window.from === '2020-12-31' && map.window.to === '2023-05-05'")
    expect(atlas.frame.get_by_role("alert").filter(has_text="changed places")).to_be_visible()
    atlas.set_date("From date", "")
    atlas.set_date("To date", "0001")
    atlas.wait_in_map("map.window.to === '0001-12-31'")
    expect(atlas.frame.get_by_role("alert").filter(has_text="outside")).to_be_visible()
    atlas.set_date("From date", "9999-12-31")
    atlas.wait_in_map("map.window.from === '0001-12-31' && map.window.to === '9999-12-31'")
    button(atlas, "Step forward").click()
    set_more(atlas, "Loop")  # so that playing is not over before anybody looks
    button(atlas, "Play").click()
    atlas.wait_in_map("map.playing")


def test_changes_are_spoken_and_shown_at_the_mark(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(reduced_motion="no-preference").open(f"/?q={FACTORY}")
    said = atlas.frame.locator(".atlas-live")
    expect(said).to_have_attribute("aria-live", "polite")
    # A moment after the map stands it knows the sites' histories: their timer was set before this one.
    atlas.frame.evaluate("() => new Promise(done => setTimeout(done, 300))")
    # A caption fades, so that they are gathered when they come.
    atlas.frame.evaluate(GATHER_CAPTIONS)
    # The factory's story, status by status: the site's announcement first.
    end(atlas).focus()
    atlas.page.keyboard.press("Home")
    seen = []
    for _ in range(12):
        before = atlas.inspect()["window"]["to"]
        atlas.page.keyboard.press("n")
        atlas.wait_in_map(f"map.window.to !== arg || {AT_THE_END}", before)
        if atlas.inspect()["window"]["to"] == before:
            break
        expect(said).to_contain_text(atlas.inspect()["window"]["to"])
        seen.append(said.inner_text())
    spoken = " ".join(seen)
    assert "BlueBird SpyX plant" in spoken
    assert "planned" in spoken
    assert any(atlas.frame.evaluate("() => captions"))
    assert atlas.frame.locator(".atlas-captions").get_attribute("aria-hidden") == "true"


def test_filters_change_the_histogram(atlas: Any) -> None:
    picture = "() => document.querySelector('.atlas-histogram').toDataURL()"
    atlas.wait_in_frame(HISTOGRAM_STANDS)
    before, events = atlas.frame.evaluate(picture), atlas.inspect()["visible"]["events"]
    atlas.choose("Country", "Morocco")
    atlas.wait_in_map("map.visible.events < arg", events)
    atlas.wait_in_frame(f"before => ({picture})() !== before", before)


def test_without_motion_the_clock_hops_from_record_to_record(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(reduced_motion="reduce").open()
    atlas.set_date("To date", "2022")
    atlas.frame.get_by_label("Speed", exact=True).select_option("4")
    set_more(atlas, "Loop")  # so that playing is not over before anybody looks
    button(atlas, "Play").click()
    stops = set()
    for _ in range(3):
        now = atlas.inspect()["window"]["to"]
        stops.add(now)
        atlas.wait_in_map("map.window.to !== arg", now)
    button(atlas, "Pause").click()
    assert len(stops) == 3
    style = atlas.frame.evaluate(
        """() => {
            const node = document.querySelector(".atlas-captions").appendChild(document.createElement("div"));
            node.className = "atlas-caption";
            return getComputedStyle(node).animationName;
        }"""
    )
    assert style == "none"


def test_a_narrow_screen_under_a_finger(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    atlas.bring_map_into_view()
    small = atlas.frame.evaluate(
        """() => [...document.querySelectorAll(
                ".atlas-clock button, .atlas-clock input, .atlas-clock select, .atlas-handle"
            )].filter(node => node.checkVisibility()).filter(node => {
                // A radio is hit through its label.
                const { width, height } = (node.closest("label") ?? node).getBoundingClientRect();
                return width < 44 || height < 44;
            }).map(node => node.ariaLabel || node.className)"""
    )
    assert small == []
    assert atlas.frame.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    atlas.bring_map_into_view()
    more = button(atlas, "More clock settings")
    more.tap()
    panel = atlas.frame.get_by_role("group", name="More clock settings")
    expect(panel).to_be_visible()
    box, frame = panel.bounding_box(), atlas.iframe.bounding_box()
    assert box["x"] >= frame["x"]
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert box["y"] >= frame["y"]
    atlas.frame.get_by_label("Speed", exact=True).select_option("4")
    more.tap()
    expect(panel).to_be_hidden()
    track = atlas.frame.locator(".atlas-track").bounding_box()
    atlas.page.touchscreen.tap(track["x"] + track["width"] / 2, track["y"] + 12)
    atlas.wait_in_map("map.window.to !== null")


def test_a_filter_that_leaves_nothing_dated_says_so(new_atlas: Callable[..., Any]) -> None:
    atlas = new_atlas().open("/?from=1700&to=1700-01-02")
    expect(atlas.frame.locator(".atlas-note")).to_contain_text("Nothing in this window")
    for key in ("n", "p", ".", ",", "z", "z", "m", "m", "m", "a"):
        end(atlas).press(key)
    atlas.wait_in_map("map.window.from === null && map.window.to === null")
