"""The whole server while its database is away: pages go on, say since when, keep what is typed (F05, F06).

The other tests of outages stop below the gate or run a page by itself; here a browser's messages go through
the gate, Streamlit and the store of a process as a host runs it.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.bench.hosted import PERSON, hosted
from dashboard.bench.sessions.client import Visitor
from dashboard.store.store import open_store
from dashboard.store.trail.operations import Operation

pytestmark = pytest.mark.postgres

SMALL = Path(__file__).parents[1] / "importers" / "small"
SITE = "st-yard"
PAGE_SECONDS = 2.0
BACK_SECONDS = 10.0
PATIENCE = 60.0  # a limit for broken products
KINDS = {"markdown": "body", "alert": "body", "html": "body"}


def words(visitor: Visitor) -> str:
    """What stands on the page."""
    assert not visitor.screen.errors
    return "\n".join(
        getattr(one, text) for kind, text in KINDS.items() for one in visitor.screen.of_kind(kind)
    )


def name(visitor: Visitor) -> Any:
    return visitor.screen.labelled("text_input", "Name")


def typed(visitor: Visitor) -> str:
    return str(visitor.screen.values[name(visitor).id].string_value)


async def until(visitor: Visitor, holds: Callable[[str], bool], seconds: float) -> None:
    """Let the page settle again and again, as it does by itself."""
    end = time.monotonic() + seconds
    while not holds(words(visitor)):
        assert time.monotonic() < end, words(visitor)
        await asyncio.sleep(0.2)
        await visitor.run("settle")


async def edit(address: str) -> Visitor:
    visitor = Visitor(address, {PERSON: "ann"})
    await visitor.open()
    visitor.screen.query = f"record={SITE}"
    await visitor.run("edit", page=visitor.screen.pages["edit"])
    return visitor


async def work_through(address: str, network: Any, fault: str, direct: str, slack: int) -> None:
    ann = await edit(address)
    await ann.enter("type", name(ann), string_value="Before")
    await until(ann, lambda said: "Draft saved" in said, PATIENCE)
    network.set(fault)
    await until(ann, lambda said: "has not answered" in said, BACK_SECONDS * slack)
    assert name(ann) is not None, words(ann)
    await ann.enter("type", name(ann), string_value="Typed in the dark")
    assert "Not saved yet" in words(ann)
    assert "token" not in words(ann)
    assert typed(ann) == "Typed in the dark"
    # Somebody who comes now.
    bob = Visitor(address, {PERSON: "ann"})
    opened = await bob.open(f"record={SITE}")
    turns = [opened, *[await bob.run("settle") for _ in range(2)]]
    assert min(turn.seconds for turn in turns) < PAGE_SECONDS * slack
    assert "has not answered" in words(bob)
    assert "Yard" in words(bob)
    network.set("pass")
    # Only what is shown and saved by itself counts: nothing is typed again, nothing started again.
    with closing(open_store(direct)) as other:
        dossier, revision = other.repository.dossier(SITE)
        renamed = replace(dossier, record=replace(dossier.record, name="New yard"))
        other.repository.save_dossier(renamed, revision, Operation.new("eve", "save", SITE))
    back = time.monotonic()
    await until(bob, lambda said: "has not answered" not in said and "New yard" in said, BACK_SECONDS * slack)
    left = BACK_SECONDS * slack - (time.monotonic() - back)
    await until(ann, lambda said: "Not saved yet" not in said and "has not answered" not in said, left)
    assert typed(ann) == "Typed in the dark"
    for one in (ann, bob):
        await one.close()


@pytest.mark.parametrize("fault", ["black hole", pytest.param("refuse", marks=pytest.mark.soak)])
def test_a_served_page_outlives_an_outage(
    postgres: Any, network: Any, through_network: str, tmp_path: Path, fault: str, *, slack: int
) -> None:
    direct = through_network.replace(str(network.port), str(postgres.port))
    with hosted(tmp_path, db=through_network, package=str(SMALL)) as (address, _):
        asyncio.run(work_through(address, network, fault, direct, slack))
    with closing(open_store(direct)) as store:
        (line,) = store.drafts.list()
        assert store.drafts.get(line.id).name == "Typed in the dark"
        assert store.trail.verify() == ()
