"""Servers of the atlas under test, and readers who speak HTTP and Streamlit's own protocol with them."""

import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

COOKIE_SECRET = "only of tests, but long enough for the check"  # noqa: S105  # of a test
PATIENCE = 60
STARTING = 300  # seconds for what takes two of a processor, where others have the processors
SMALL = Path(__file__).parents[1] / "importers" / "small"
HTML = {"Accept": "text/html"}


def _load(name: str) -> ModuleType:
    # Tests are no packages: one file reads another by its path.
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"gate_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


providers = _load("provider")


def free_port() -> int:
    return int(sys.modules["tests_ports"].free_port())


@dataclass
class Tab:
    """One tab: a socket that speaks as Streamlit's front end does."""

    socket: ClientConnection
    session_id: str = ""
    words: str = ""
    raw: bytes = b""

    def rerun(self, query: str = "") -> str:
        """Run the script again; gives all that it said as text."""
        message = BackMsg()
        message.rerun_script.query_string = query
        self.socket.send(message.SerializeToString())
        return self.read()

    def send(self, message: BackMsg) -> None:
        self.socket.send(message.SerializeToString())

    def read(self) -> str:
        """Read until the script is through; one that ended early begins again."""
        self.words, self.raw = "", b""
        while True:
            data = self.socket.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            message = ForwardMsg()
            message.ParseFromString(data)
            self.raw += data
            self.words += str(message)
            if message.WhichOneof("type") == "new_session":
                self.session_id = message.new_session.initialize.session_id
            early = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if message.WhichOneof("type") == "script_finished" and not early:
                return self.words

    def close(self) -> None:
        self.socket.close()


@dataclass
class Reader:
    """One browser: its cookies and its tabs."""

    address: str
    headers: dict[str, str] = field(default_factory=dict)
    session: requests.Session = field(default_factory=requests.Session)
    tabs: list[Tab] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> requests.Response:
        options["headers"] = {**HTML, **self.headers, **options.pop("headers", {})}
        return self.session.get(self.address + path, timeout=PATIENCE, **options)

    def post(self, path: str, data: dict[str, str], **options: Any) -> requests.Response:
        options["headers"] = {**HTML, **self.headers, "Origin": self.address, **options.pop("headers", {})}
        return self.session.post(self.address + path, data=data, timeout=PATIENCE, **options)

    def sign_in(self, user: str, onward: str = "/") -> requests.Response:
        """Sign in as people do: start, fill in the provider's form, come back."""
        form = self.get("/sign-in/start", params={"next": onward})
        assert form.status_code == 200, form.text
        hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form.text))
        at_provider = form.url.split("/authorize")[0]
        return self.session.post(
            f"{at_provider}/login", data={**hidden, "user": user}, headers=HTML, timeout=PATIENCE
        )

    @property
    def cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)

    def open_tab(self, session_id: str = "", **headers: str) -> Tab:
        """Load the page and connect."""
        self.get("/")
        return self.connect(session_id, **headers)

    def comes_in(self, **headers: str) -> Tab:
        """Open a tab, as soon as the places of tabs that were just closed are free."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                return self.open_tab(**headers)
            except InvalidStatus:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def comes_back(self, tab: Tab) -> bool:
        """Connect as a tab that was just closed does; says whether it gets its session once that is seen."""
        until = time.monotonic() + PATIENCE
        while (again := self.connect(tab.session_id)).session_id != tab.session_id:
            again.close()
            if time.monotonic() > until:
                return False
        return True

    def connect(self, session_id: str = "", **headers: str) -> Tab:
        host = self.address.removeprefix("http://")
        all_headers = {"Origin": self.address, **self.headers, **headers}
        if self.cookies:
            all_headers["Cookie"] = self.cookies
        origin = all_headers.pop("Origin")
        link = connect(
            f"ws://{host}/_stcore/stream",
            additional_headers=all_headers,
            origin=origin or None,  # type: ignore[arg-type]  # any text may be one
            subprotocols=["streamlit", "none", *([session_id] if session_id else [])],  # type: ignore[list-item]
            max_size=None,
            proxy=None,
            open_timeout=PATIENCE,
            legacy=True,  # many at once, each of a life of its own
        )
        tab = Tab(link)
        self.tabs.append(tab)
        tab.rerun()
        return tab

    def is_refused(self, **options: str) -> bool:
        """Whether a socket is refused before it is accepted."""
        try:
            self.connect(**options)
        except InvalidStatus as error:
            return bool(error.response.status_code == 403)
        except ConnectionClosed:
            pytest.fail("the socket was accepted and then closed")
        return False


@dataclass
class Site:
    """A server of the atlas under test."""

    address: str
    log: Path
    provider: Any = None
    database: str = ""
    readers: list[Reader] = field(default_factory=list)

    def reader(self, **headers: str) -> Reader:
        reader = Reader(self.address, headers)
        self.readers.append(reader)
        return reader

    def signed_in(self, user: str) -> Reader:
        reader = self.reader()
        answer = reader.sign_in(user)
        assert answer.status_code == 200, answer.text
        return reader

    def close(self) -> None:
        for reader in self.readers:
            for tab in reader.tabs:
                tab.close()
            reader.session.close()
        self.readers.clear()


@contextmanager
def site(folder: Path, *, options: tuple[str, ...] = (), **settings: object) -> Iterator[Site]:
    """Serve the atlas with uvicorn, as a host would, under some settings."""
    port = int(str(settings.pop("port", 0))) or free_port()
    target = str(settings.pop("target", "dashboard.asgi:app"))
    address = f"http://127.0.0.1:{port}"
    database = f"sqlite:///{folder / 'data' / 'atlas.sqlite'}"
    all_settings = {
        "data_folder": folder / "data",
        "cache_folder": folder / "cache",
        "package": SMALL,
        "public_url": address,
        "cookie_secret": COOKIE_SECRET,
        **settings,
    }
    environment = {name: text for name, text in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
    environment |= {f"ARSENAL_ATLAS_{name.upper()}": str(value) for name, value in all_settings.items()}
    command = ["import uvicorn; uvicorn.main()", target, "--app-dir", str(Path(__file__).parent)]
    command += ["--host", "127.0.0.1", "--port", str(port), *options]
    log = folder / "server.log"
    with log.open("ab") as output:
        process = sys.modules["tests_forks"].start(*command, env=environment, output=output)
    made = Site(address, log, database=database)
    try:
        _wait(address, process, log)
        yield made
    finally:
        made.close()
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: Any, log: Path) -> None:
    until = time.monotonic() + STARTING
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}:\n{log.read_text('utf-8')}")
        try:
            if requests.get(f"{address}/livez", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer:\n{log.read_text('utf-8')}")


def oidc(provider: Any) -> dict[str, object]:
    """Settings for signing in at a provider."""
    return {
        "sign_in": "oidc",
        "oidc_metadata_url": provider.metadata_url,
        "oidc_client_id": providers.CLIENT_ID,
        "oidc_client_secret": providers.CLIENT_SECRET,
        "sign_ins_per_minute": 1_000,
        "admins": f"{provider.address}|boss",
    }
