"""One process as a host starts and ends it."""

import asyncio
import json
import socket
import sys
import threading
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil
import pytest
import requests
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard.hosting.draining import Draining
from dashboard.settings import load_settings

SCRIPT = "ScriptRunner.scriptThread"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def test_it_serves_logs_and_ends_when_told_to(start_process):
    measures = sys.modules["tests_ports"].free_port()
    process = start_process(metrics_port=str(measures))
    process.wait()
    with urlopen(f"http://127.0.0.1:{process.port}/readyz", timeout=60) as answer:
        assert answer.status == 200
    with urlopen(f"http://127.0.0.1:{process.port}/about", timeout=60) as answer:
        assert answer.headers.get("server") is None
    with urlopen(f"http://127.0.0.1:{measures}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    for name in ("requests_total", "answers_seconds_bucket", "sessions", "store_up", "stale_seconds"):
        assert f"\narsenal_atlas_{name}" in text
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"):
        assert f"\n{name}" in text
    assert process.stop() == 0
    entries = lines(process.log)  # each line is an object: nobody writes past the handler
    assert {"/about"} <= {entry.get("path") for entry in entries}
    assert "Finished server process" in entries[-1]["message"]


def test_a_password_in_a_refused_address_is_shown_to_nobody(start_process):
    process = start_process(db="postgresql+psycopg://atlas:swordfish77@127.0.0.1:1/atlas")
    assert process.handle.wait(timeout=300) == 1
    text = process.log.read_text("utf-8")
    assert "swordfish77" not in text
    assert "Traceback" not in text
    assert "127.0.0.1" in text


FAILING = """
import dashboard.ui.page
def fail(*_): raise RuntimeError("postgresql://atlas:swordfish77@db.example.org/atlas")
dashboard.ui.page.open_page = fail
"""


def test_a_page_that_fails_is_in_the_log_and_its_secrets_are_not(start_process):
    process = start_process(before=FAILING)
    process.wait()
    address = f"127.0.0.1:{process.port}"
    with connect(
        f"ws://{address}/_stcore/stream",
        origin=f"http://{address}",
        subprotocols=["streamlit"],
        proxy=None,
        open_timeout=60,
    ) as websocket:
        websocket.send(BackMsg(rerun_script=ClientState()).SerializeToString())
        received = b""
        while (
            ForwardMsg.FromString(message := websocket.recv(timeout=60)).WhichOneof("type")
            != "script_finished"
        ):
            received += message
    assert b"swordfish77" not in received
    assert b"Reference for the operator" in received
    process.stop()
    text = process.log.read_text("utf-8")
    assert "swordfish77" not in text
    assert any("atlas:***@db.example.org" in entry.get("error", "") for entry in lines(process.log))


def test_a_port_in_use_is_a_sentence(start_process):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = start_process(port=other.getsockname()[1])
        assert process.handle.wait(timeout=300) == 1
    assert f"Port {process.port}" in process.log.read_text("utf-8")


def test_secrets_may_be_files(tmp_path, monkeypatch):
    (tmp_path / "ARSENAL_ATLAS_COOKIE_SECRET").write_text("from a file\n")
    monkeypatch.setenv("ARSENAL_ATLAS_SECRETS_FOLDER", str(tmp_path))
    load_settings.cache_clear()
    assert load_settings().cookie_secret.get_secret_value() == "from a file"
    monkeypatch.setenv("ARSENAL_ATLAS_COOKIE_SECRET", "from the environment")
    load_settings.cache_clear()
    assert load_settings().cookie_secret.get_secret_value() == "from the environment"


class Lifespan:
    """An application that takes note of when it was told to shut down."""

    def __init__(self) -> None:
        self.over = asyncio.Event()

    async def __call__(self, _scope: Scope, receive: Receive, _send: Send) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        assert (await receive())["type"] == "lifespan.shutdown"
        self.over.set()


def drain(finish: threading.Event, patience: float) -> tuple[bool, bool]:
    """Shut down while a script runs; whether it was over before and after the script ended."""

    async def run() -> tuple[bool, bool]:
        app = Lifespan()
        told: asyncio.Queue[Message] = asyncio.Queue()
        told.put_nowait({"type": "lifespan.startup"})
        told.put_nowait({"type": "lifespan.shutdown"})

        async def send(_message: Message) -> None:
            return

        task = asyncio.create_task(Draining(app, patience)({"type": "lifespan"}, told.get, send))
        while not told.empty():
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        early = app.over.is_set()
        if patience > 1:
            finish.set()
        await asyncio.wait_for(task, timeout=30)
        return early, app.over.is_set()

    return asyncio.run(run())


@pytest.fixture
def script() -> Any:
    """A page's script in the middle of a write, until told to finish."""
    finish = threading.Event()
    thread = threading.Thread(target=finish.wait, name=SCRIPT, daemon=True)
    thread.start()
    yield finish
    finish.set()
    thread.join()


def test_the_end_waits_for_what_is_being_written(script):
    assert drain(script, patience=30) == (False, True)


def test_the_end_does_not_wait_for_ever(script, caplog):
    assert drain(script, patience=0.5) == (False, True)
    assert "were given up" in caplog.text


def test_nothing_to_wait_for_is_no_wait():
    assert drain(threading.Event(), patience=30)[1]


def told_to(process: Any, name: str) -> Any:
    address = f"127.0.0.1:{process.port}"
    return connect(
        f"ws://{address}/_stcore/stream",
        origin=f"http://{address}",
        subprotocols=["streamlit"],
        additional_headers={"X-Forwarded-User": name},
        proxy=None,
        open_timeout=60,
    )


def page_of(websocket: Any) -> None:
    websocket.send(BackMsg(rerun_script=ClientState()).SerializeToString())
    while ForwardMsg.FromString(websocket.recv(timeout=60)).WhichOneof("type") != "script_finished":
        pass


FEW_FILES, FILES_OURS, FILES_EACH = 180, 128, 6


def test_the_sessions_are_full_before_the_open_files_are(start_process, wait):
    port = sys.modules["tests_ports"].free_port()
    process = start_process(
        port,
        before=f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW_FILES}, {FEW_FILES}))\n",
        sign_in="header",
        cookie_secret="s" * 40,
        public_url=f"http://127.0.0.1:{port}",
        default_role="reader",
    )
    process.wait()
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as here:

        def comes_in(name: str) -> Any:
            try:
                websocket = here.enter_context(told_to(process, name))
            except InvalidStatus as error:
                return None if error.response.status_code == 403 else error
            page_of(websocket)
            return websocket

        inside = [*iter(lambda: comes_in(f"p-{uuid.uuid4()}"), None)]
        assert len(inside) == (FEW_FILES - FILES_OURS) // FILES_EACH
        assert psutil.Process(process.handle.pid).num_fds() < FEW_FILES
        headers = {"X-Forwarded-User": "one-more", "Accept": "text/html"}
        assert requests.get(address, headers=headers, timeout=60).status_code == 503
        assert requests.get(f"{address}/livez", timeout=60).status_code == 200
        page_of(inside[0])
        inside[0].close()
        wait(lambda: comes_in("one-more"), "the place of somebody who left is free")
    assert "Too many open files" not in process.log.read_text("utf-8")
