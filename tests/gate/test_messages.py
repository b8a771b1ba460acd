import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.domain.access import Person, Role
from dashboard.gate import messages
from dashboard.gate.messages import Messages
from dashboard.gate.wire import SOCKET
from dashboard.runtime import Runtime
from dashboard.settings import Settings
from dashboard.workflows.access.identity import Identity
from dashboard.workflows.geocoding.rates import Rate

SMALL = Path(__file__).parents[1] / "importers" / "small"
RERUN = BackMsg()
RERUN.rerun_script.query_string = "a=b"
CLEAR = BackMsg(clear_cache=True)
INSTALL = BackMsg()
INSTALL.backend_operation_request.install_skills.SetInParent()
DEFERRED = BackMsg()
DEFERRED.backend_operation_request.deferred_file.file_id = "x"


def heard(*sent: bytes | str, identity: Identity | None = None, **options: Any) -> list[bytes]:
    """What reaches Streamlit of what a browser sends."""
    queue: list[Message] = [
        {"type": "websocket.receive", "text": one}
        if isinstance(one, str)
        else {"type": "websocket.receive", "bytes": one}
        for one in sent
    ]
    queue.append({"type": "websocket.disconnect", "code": 1000})
    got: list[bytes] = []

    async def app(_scope, receive, _send):
        while (message := await receive())["type"] != "websocket.disconnect":
            got.append(message.get("bytes") or message["text"].encode())

    async def receive() -> Message:
        return queue.pop(0)

    async def send(_message: Message) -> None:
        raise AssertionError

    asyncio.run(
        Messages(app, **options)(
            {"type": "websocket", "path": SOCKET, "state": {"identity": identity}}, receive, send
        )
    )
    return got


@pytest.mark.parametrize(
    "message",
    [
        CLEAR,
        INSTALL,
        BackMsg(set_run_on_save=True),
        BackMsg(load_git_info=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(),
    ],
    ids=["clear cache", "install", "run on save", "git", "shut down", "empty"],
)
def test_what_no_page_says_never_arrives_and_what_follows_does(message):
    assert heard(message.SerializeToString(), RERUN.SerializeToString()) == [RERUN.SerializeToString()]


def test_a_clear_hidden_behind_a_rerun_is_what_streamlit_would_read(monkeypatch):
    both = RERUN.SerializeToString() + CLEAR.SerializeToString()  # of a oneof the last one counts
    assert heard(both) == []


@pytest.mark.parametrize("message", [RERUN, DEFERRED, BackMsg(stop_script=True), BackMsg(app_heartbeat=True)])
def test_what_a_page_says_arrives_as_it_was(message):
    assert heard(message.SerializeToString()) == [message.SerializeToString()]


def test_a_tab_that_signed_out_is_handed_nothing_more_but_may_run_again_and_say_so(tmp_path):
    atlas = Runtime(Settings(package=SMALL, data_folder=tmp_path, cache_folder=tmp_path, sign_in="header"))
    person = Person("pe-ana", "Ana", Role.READER)
    identity = Identity.signed_in(person.id, 1_700_000_000)
    both = DEFERRED.SerializeToString(), RERUN.SerializeToString()
    assert heard(*both, identity=identity, atlas=lambda: atlas) == [*both]
    atlas.signed_out.add(identity, person)
    assert heard(*both, identity=identity, atlas=lambda: atlas) == [RERUN.SerializeToString()]
    atlas.close()


def test_garbage_and_text_are_left_to_streamlit_which_closes_the_socket():
    assert heard(b"\xff\xff", "text") == [b"\xff\xff", b"text"]


def test_a_storm_is_read_slowly_and_nothing_of_it_is_lost(monkeypatch):
    now, waits = 1_000.0, []

    async def wait(seconds: float) -> None:
        nonlocal now
        waits.append(seconds)
        now += seconds

    monkeypatch.setattr(messages.asyncio, "sleep", wait)
    monkeypatch.setattr(messages, "Rate", partial(Rate, clock=lambda: now))
    assert len(heard(*[RERUN.SerializeToString()] * 100)) == 100
    assert sum(waits) == pytest.approx(4)  # 60 at once, then ten a second
