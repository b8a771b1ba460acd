"""Python's filter and the browser's must agree on every record, for any window."""

import random
from typing import Any

import pytest

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST, UncertainDate
from dashboard.domain.records import Event, Location, Site, SiteStatus
from dashboard.domain.vocabulary import codes
from dashboard.domain.window import Window
from dashboard.frames import AtlasFrames
from dashboard.maps.standalone import atlas_map, standalone_html
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Filters, select

pytestmark = pytest.mark.browser

QUICK = (2_000, 40)
LONG = (10_000, 200)
SPAN = (1995, 2035)


def _date(rng: random.Random) -> UncertainDate:
    year, month, day = rng.randint(*SPAN), rng.randint(1, 12), rng.randint(1, 28)
    simple = rng.choice([f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}", f"{year // 10}X"])
    simple += rng.choice(["", "", "~", "?", "%"]) if "X" not in simple else ""
    other = f"{year + rng.randint(1, 9)}"
    return UncertainDate.parse(
        rng.choice([simple, simple, f"{simple}/{other}~", f"{simple}/..", f"/{other}", ""])
    )


def _frames(rng: random.Random, records: int) -> AtlasFrames:
    tables: dict[str, list[Any]] = {
        name: []
        for name in (
            "sites",
            "site_status",
            "events",
            "locations",
            "actors",
            "sources",
            "citations",
            "places",
        )
    }
    for number in range(records):
        if number % 5 < 2:
            record_id = f"st-{number}"
            tables["sites"].append(Site(id=record_id, name=record_id, kind=rng.choice(codes("site_kinds"))))
            for turn in range(rng.randint(0, 4)):
                status = rng.choice(codes("site_statuses"))
                row = SiteStatus(
                    id=f"ss-{number}-{turn}",
                    site_id=record_id,
                    status=status,
                    date=_date(rng),
                    citation_id="",
                )
                tables["site_status"].append(row)
        else:
            record_id = f"ev-{number}"
            kind, status = rng.choice(codes("event_kinds")), rng.choice(codes("event_statuses"))
            event = Event(id=record_id, title=record_id, kind=kind, status=status, date=_date(rng))
            tables["events"].append(event)
        for turn in range(rng.choice([1, 1, 1, 2])):
            place = Location(
                id=f"lo-{number}-{turn}", record_id=record_id, role="at", place_as_written="x", country="MA",
                lat=rng.uniform(-85, 85), lon=rng.uniform(-180, 180), precision="locality", precision_m=5000,
                method="source",
            )  # fmt: skip
            tables["locations"].append(place)
    return build_frames(tables, "random")


def _window(rng: random.Random) -> Window:
    ends = sorted(
        UncertainDate.parse(f"{rng.randint(*SPAN)}-{rng.randint(1, 12):02}").start.first for _ in range(2)
    )
    first = rng.choice([ends[0]] * 4 + [DAY_PAST])
    last = rng.choice([ends[1]] * 4 + [DAY_FUTURE])
    return Window(first, last)


@pytest.mark.parametrize(("records", "windows"), [QUICK, pytest.param(*LONG, marks=pytest.mark.soak)])
def test_python_and_browser_agree_on_every_record(browser, new_context, tmp_path, records, windows):
    rng = random.Random(20261123)  # noqa: S311  # no secret
    frames = _frames(rng, records)
    (tmp_path / "map.html").write_text(standalone_html(atlas_map(frames)), encoding="utf-8")
    context = new_context(browser)
    page = context.new_page()
    page.goto((tmp_path / "map.html").as_uri())
    page.locator(".atlas-shell[data-state=ready]").wait_for()
    statuses = list(dict.fromkeys([*codes("site_statuses"), *codes("event_statuses")]))
    numbers = dict(zip(frames.records["record_id"], frames.records.index, strict=True))
    seen = set()
    for _ in range(windows):
        window = _window(rng)
        told = page.evaluate(
            "([from, to]) => { ArsenalAtlas.setWindow(from, to); return ArsenalAtlas.grades(); }",
            [window.start_text, window.end_text],
        )
        told_rows = zip(told["record"], told["grade"], told["status"], strict=True)
        in_browser = {record: (grade, statuses[status]) for record, grade, status in told_rows}
        rows = select(frames, Filters(), window).rows
        in_python = {
            numbers[record_id]: (2 if fit == "certain" else 1, status)
            for record_id, fit, status in zip(rows["record_id"], rows["fit"], rows["status"], strict=True)
        }
        assert in_browser == in_python, f"{window.start_text} to {window.end_text}"
        seen |= {grade for grade, _ in in_python.values()}
    assert seen == {1, 2}
    context.close()
