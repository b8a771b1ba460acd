"""A served process behind a distant database and after its connections broke, in figures (F07, F08).

Each test prints one line of JSON: `make soak ARGS="-k figures"`. The limits of the acceptance list are
asserted here and not in `make test`, where a busy machine would decide.
"""

import asyncio
import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.bench.hosted import PERSON, hosted
from dashboard.bench.sessions.client import Run, Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.soak]

STARTER = Path(__file__).parents[2] / "data"
SITE = "st-bluebird-benslimane"
DELAY = 0.15
RESETS = 20
PAGE_SECONDS = 2.0
PAGES = ("", "events", "sites", "actors", "sources", "geocoding", "edit", "about")


def figures(name: str, runs: list[Run], **more: Any) -> dict[str, Any]:
    seconds = sorted(run.seconds for run in runs)
    return {
        "figure": name,
        "runs": len(seconds),
        "p50_s": round(statistics.median(seconds), 3),
        "p95_s": round(statistics.quantiles(seconds, n=20, method="inclusive")[-1], 3),
        "max_s": round(seconds[-1], 3),
        **more,
    }


def assert_no_trouble(visitor: Visitor) -> None:
    assert not visitor.screen.errors
    said = " ".join(one.body for one in visitor.screen.of_kind("alert"))
    assert "Not saved yet" not in said
    assert "has not answered" not in said


async def signed_in(address: str) -> Visitor:
    visitor = Visitor(address, {PERSON: "ann"})
    await visitor.open()
    return visitor


async def edit(visitor: Visitor) -> Run:
    visitor.screen.query = f"record={SITE}"
    return await visitor.run("first look at a record to edit", page=visitor.screen.pages["edit"])


async def work_at_a_distance(address: str, network: Any) -> dict[str, Any]:
    visitor = await signed_in(address)
    network.set("pass", delay=DELAY)
    runs: list[Run] = []
    for _ in range(3):
        for page in PAGES:
            runs.append(await visitor.go(page or "atlas", page))
            runs += [await visitor.run("settle") for _ in range(2)]
    looks = [await edit(visitor)]
    looks += [await visitor.run("settle") for _ in range(5)]
    saves = []
    for number in range(5):
        field = visitor.screen.labelled("text_input", "Name")
        saves.append(await visitor.enter("save", field, string_value=f"Name {number}"))
    assert_no_trouble(visitor)
    stranger = Visitor(address, {PERSON: "bob"})
    opened = await stranger.open(f"record={SITE}")
    for one in (visitor, stranger):
        await one.close()
    return figures(
        "F07",
        [*runs, *looks],
        delay_ms=DELAY * 1000,
        first_look_to_edit_s=round(looks[0].seconds, 3),
        save_max_s=round(max(run.seconds for run in saves), 3),
        first_visit_s=round(opened.seconds, 3),
    )


def test_figures_of_pages_with_a_distant_database(
    network: Any, through_network: str, tmp_path: Path, report: Callable[[str], None]
) -> None:
    with hosted(tmp_path, db=through_network, package=str(STARTER)) as (address, _):
        found = asyncio.run(work_at_a_distance(address, network))
    report(json.dumps(found))
    assert found["p95_s"] <= PAGE_SECONDS


async def work_after_resets(address: str, network: Any) -> dict[str, Any]:
    visitor = await signed_in(address)
    await edit(visitor)
    runs: list[Run] = []
    for number in range(RESETS):
        network.reset_all()
        if number % 2:
            runs.append(await visitor.run("settle"))
        else:
            field = visitor.screen.labelled("text_input", "Name")
            runs.append(await visitor.enter("save", field, string_value=f"Name {number}"))
        assert_no_trouble(visitor)
    await visitor.close()
    return figures("F08", runs, resets=RESETS)


def test_figures_of_the_first_request_after_all_connections_broke(
    network: Any, through_network: str, tmp_path: Path, report: Callable[[str], None]
) -> None:
    with hosted(tmp_path, db=through_network, package=str(STARTER)) as (address, _):
        found = asyncio.run(work_after_resets(address, network))
    report(json.dumps(found))
    assert found["max_s"] <= PAGE_SECONDS
