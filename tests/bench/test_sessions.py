"""The visitors of `bench sessions` are what a browser is to the server: nobody else checks what they send."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.Common_pb2 import StringArray
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.bench.browser import BenchError
from dashboard.bench.hosted import PERSON, hosted
from dashboard.bench.sessions.analyst import ACTIONS, Analyst
from dashboard.bench.sessions.client import Refused, Visitor
from dashboard.bench.sessions.crowd import Crowd, Plan, figures
from dashboard.bench.sessions.screen import Screen


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with hosted(tmp_path_factory.mktemp("atlas"), max_sessions="4") as server:
        yield server


def person(address: str, number: int = 0) -> Visitor:
    return Visitor(address, {PERSON: f"analyst-{number}"})


def visiting(address: str, does: Callable[[Visitor], Any]) -> Any:  # whatever is done
    async def visit() -> Any:  # as above
        visitor = person(address)
        await visitor.open()
        try:
            return await does(visitor)
        finally:
            await visitor.close()

    return asyncio.run(visit())


def counts(visitor: Visitor) -> str:
    return next(one.body for one in visitor.screen.of_kind("markdown") if "match the filters" in one.body)


def test_a_visitor_does_everything_an_analyst_does(served: tuple[str, int]) -> None:
    async def does(visitor: Visitor) -> set[str]:
        analyst = Analyst(visitor, 1)
        done = {(await analyst.do(name)).action for name in (*ACTIONS, "clock") if analyst.can(name)}
        assert not visitor.screen.errors
        return done

    assert visiting(served[0], does) >= {"clock", "pan", "card", "filter", "search", "view", "page", "back"}


def test_what_a_visitor_enters_narrows_the_view_and_stands_in_the_address(served: tuple[str, int]) -> None:
    async def does(visitor: Visitor) -> None:
        screen, all_of_it = visitor.screen, counts(visitor)
        country = screen.labelled("multiselect", "Country")
        await visitor.enter("filter", country, string_array_value=StringArray(data=[country.options[0]]))
        fewer = counts(visitor)
        assert fewer != all_of_it
        component = screen.component("map")
        window = {"window": {"from": "2020-01", "to": "2020-12"}}
        await visitor.enter("clock", component, json_value=json.dumps(window))
        assert "from 2020-01-01 to 2020-12-31" in counts(visitor)
        assert "from=2020-01-01" in screen.query
        await visitor.press("clear", screen.labelled("button", "Clear filters"))
        assert counts(visitor) not in (fewer, all_of_it)
        assert not screen.labelled("multiselect", "Country").raw_values

    visiting(served[0], does)


def test_moving_the_map_draws_the_map_alone(served: tuple[str, int]) -> None:
    async def does(visitor: Visitor) -> None:
        before = set(visitor.screen.elements)
        component = visitor.screen.component("map")
        view = {"view": {"lat": 33.6, "lng": -7.1, "zoom": 8}}
        moved = await visitor.enter("pan", component, json_value=json.dumps(view))
        clock = await visitor.enter(
            "clock", component, json_value=json.dumps(view | {"window": {"from": "2020"}})
        )
        assert "view=33.6" in visitor.screen.query
        assert set(visitor.screen.elements) == before
        assert moved.size < clock.size / 3

    visiting(served[0], does)


def test_a_crowd_works_without_an_error_and_the_rest_is_refused(served: tuple[str, int]) -> None:
    address, pid = served
    crowd = Crowd(address, pid, lambda number: person(address, number))
    asyncio.run(crowd.work(Plan(sessions=6, seconds=4, think_s=0.3, arrive_s=0, seed=2)))
    found = figures(crowd)
    assert (found["admitted"], found["refused"], found["errors"]) == (4, 2, 0), crowd.errors
    assert found["told"] == 2
    assert found["reruns"] == len(crowd.runs) > 8
    assert found["cpu_ms"] > 0
    assert found["rerun_p50_ms"] <= found["rerun_p95_ms"]


def test_a_place_that_is_left_is_given_to_the_next(served: tuple[str, int]) -> None:
    async def come_and_go() -> None:
        here = [person(served[0], number) for number in range(4)]
        for one in here:
            await one.open()
        with pytest.raises(Refused):
            await person(served[0], 4).open()
        await here[0].drop()
        late = await let_in(served[0])
        for one in (*here, late):
            await one.close()

    asyncio.run(come_and_go())


async def let_in(address: str) -> Visitor:
    for _ in range(100):
        late = person(address, 4)
        try:
            await late.open()
        except Refused:
            await asyncio.sleep(0.1)  # until the server has noticed who left
        else:
            return late
    pytest.fail("the place that was left is not given away")


def drawn(*, path: tuple[int, ...], text: str, fragment: str = "") -> ForwardMsg:
    message = ForwardMsg(hash=f"hash of {text}")
    message.metadata.delta_path.extend(path)
    message.metadata.cacheable = True
    message.delta.new_element.markdown.body = text
    message.delta.fragment_id = fragment
    return message


def run_of(screen: Screen, *messages: ForwardMsg, fragments: tuple[str, ...] = ()) -> list[str]:
    began = ForwardMsg()
    began.new_session.page_script_hash = "page"
    began.metadata.run.fragment_ids.extend(fragments)
    ended = ForwardMsg(script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    assert [screen.take(one) for one in (began, *messages, ended)] == [*[False] * (1 + len(messages)), True]
    return [one.body for one in screen.of_kind("markdown")]


def test_what_a_run_does_not_draw_again_is_gone() -> None:
    screen = Screen()
    assert run_of(screen, drawn(path=(0, 0), text="a"), drawn(path=(0, 1), text="b")) == ["a", "b"]
    assert run_of(screen, drawn(path=(0, 0), text="c")) == ["c"]


def test_a_fragment_leaves_the_rest_standing() -> None:
    screen = Screen()
    run_of(screen, drawn(path=(0, 0), text="page"), drawn(path=(0, 1), text="map", fragment="f"))
    again = drawn(path=(0, 1), text="map again", fragment="f")
    assert run_of(screen, again, fragments=("f",)) == ["page", "map again"]
    assert run_of(screen, fragments=("f",)) == ["page"]


def test_a_message_that_is_kept_is_sent_by_its_name_as_long_as_a_browser_keeps_it() -> None:
    screen = Screen()
    run_of(screen, drawn(path=(0, 0), text="large"))
    assert screen.cached_hashes == ["hash of large"]
    named = ForwardMsg(ref_hash="hash of large")
    named.metadata.delta_path.extend((0, 3))
    assert run_of(screen, named) == ["large"]
    run_of(screen)
    run_of(screen)
    assert screen.cached_hashes == []


def test_the_folder_of_a_server_says_why_it_did_not_start(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="did not start"), hosted(tmp_path, db="nothing://here"):
        pytest.fail("it started")
