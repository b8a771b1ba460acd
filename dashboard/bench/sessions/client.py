"""One visitor: connects as a browser does, sends what a browser sends, and waits until the script has run."""

import asyncio
import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from dashboard.bench.sessions.screen import Screen

__all__ = ["Refused", "Run", "Visitor"]

_XSRF: Final = "_streamlit_xsrf"
_LIMIT_S: Final = 120.0
_MOST_BYTES: Final = 256_000_000


class Refused(Exception):  # noqa: N818  # no failure: a full server does what it should
    """The server takes no more visitors.

    Parameters
    ----------
    status
        What it answered.
    page
        What it showed.
    """

    def __init__(self, status: int, page: str) -> None:
        super().__init__(f"refused with {status}")
        self.status = status
        self.page = page


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the script as the visitor saw it.

    Parameters
    ----------
    action
        What the visitor had done.
    seconds
        From sending it to the end of the script.
    size
        Bytes that came.
    at
        When it ended, by `time.monotonic`.
    """

    action: str
    seconds: float
    size: int
    at: float


class Visitor:
    """A browser's tab, without its pictures.

    Parameters
    ----------
    address
        Address of the server, without a slash at the end.
    headers
        More headers, such as those of a proxy that signs people in.
    """

    def __init__(self, address: str, headers: dict[str, str] | None = None) -> None:
        self.screen = Screen()
        self._address = address
        self._headers = headers or {}
        self._http = requests.Session()
        self._http.headers.update(self._headers)
        self._socket: ClientConnection | None = None

    async def open(self, query: str = "") -> Run:
        """Open the first page: the document, the cookies, the websocket, the first run, the map's files.

        Parameters
        ----------
        query
            Query of the address.

        Returns
        -------
        Run
            The first run.

        Raises
        ------
        Refused
            If the server takes no more visitors.
        """
        self.screen.query = query
        start = time.monotonic()
        await self._load()
        await self._get("/_stcore/health")
        await self._get("/_stcore/host-config")
        await self._connect()
        first = await self.run("open", since=start)
        for component in self.screen.of_kind("bidi_component"):
            await self._fetch_map(component)
        return first

    async def run(
        self,
        action: str,
        *,
        trigger: WidgetState | None = None,
        fragment: str = "",
        page: str | None = None,
        since: float | None = None,
    ) -> Run:
        """Send what the visitor did and wait until the script has run.

        Parameters
        ----------
        action
            Name of it.
        trigger
            A value that holds for this run only, such as that of a button.
        fragment
            Id of the fragment that is to run, empty for the whole page.
        page
            Hash of the page to go to; the page stays when None.
        since
            When it began, by `time.monotonic`; now when None.

        Returns
        -------
        Run
            How long it took.

        Raises
        ------
        TimeoutError
            If the script has not ended in two minutes.
        """
        if self._socket is None:
            raise RuntimeError("The visitor is not connected: open the first page before")
        question = self._question(trigger, fragment, page)
        start, size = time.monotonic() if since is None else since, 0
        async with asyncio.timeout(_LIMIT_S):
            await self._socket.send(question)
            ended = False
            while not ended:
                answer = await self._socket.recv(decode=False)
                size += len(answer)
                ended = self.screen.take(ForwardMsg.FromString(answer))
        end = time.monotonic()
        return Run(action, end - start, size, end)

    async def enter(self, action: str, widget: Any, **value: Any) -> Run:  # noqa: ANN401  # Streamlit's message
        """Give a widget a value.

        Parameters
        ----------
        action
            Name of what is done.
        widget
            Message of the widget.
        **value
            Name and value of the field of Streamlit's ``WidgetState``.

        Returns
        -------
        Run
            How long it took.
        """
        self.screen.enter(widget, **value)
        return await self.run(action, fragment=self.screen.fragment_of(widget.id))

    async def press(self, action: str, button: Any) -> Run:  # noqa: ANN401  # Streamlit's message
        """Press a button.

        Parameters
        ----------
        action
            Name of what is done.
        button
            Message of the button.

        Returns
        -------
        Run
            How long it took.
        """
        trigger = WidgetState(id=button.id, trigger_value=True)
        return await self.run(action, trigger=trigger, fragment=self.screen.fragment_of(button.id))

    async def go(self, action: str, page: str) -> Run:
        """Go to another page by its link in the navigation.

        Parameters
        ----------
        action
            Name of what is done.
        page
            Address of the page, empty for the first one.

        Returns
        -------
        Run
            How long it took.
        """
        self.screen.query = ""
        return await self.run(action, page=self.screen.pages[page])

    async def drop(self) -> None:
        """Lose the connection without a word, as a closed lid does."""
        if self._socket is not None:
            self._socket.transport.abort()
            self._socket = None

    async def close(self) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None
        self._http.close()

    async def _load(self) -> None:
        await self._get("/", {"Accept": "text/html,application/xhtml+xml"})

    async def _get(self, path: str, headers: dict[str, str] | None = None) -> requests.Response:
        answer = await asyncio.to_thread(
            self._http.get, self._address + path, headers=headers, timeout=_LIMIT_S
        )
        if answer.status_code in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS}:
            raise Refused(answer.status_code, answer.text)
        answer.raise_for_status()
        return answer

    async def _connect(self) -> None:
        cookies = {cookie.name: cookie.value or "" for cookie in self._http.cookies}
        headers = dict(self._headers)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        where = self._address.replace("http", "ws", 1)
        try:
            self._socket = await connect(
                f"{where}/_stcore/stream",
                origin=f"{urlsplit(self._address).scheme}://{urlsplit(self._address).netloc}",  # type: ignore[arg-type]  # a new type of str
                subprotocols=["streamlit", cookies.get(_XSRF, "")],  # type: ignore[list-item]  # as above
                additional_headers=headers,
                max_size=_MOST_BYTES,
                open_timeout=_LIMIT_S,
                ping_interval=None,
            )
        except InvalidStatus as error:
            await self._load()  # a person loads the page again, and may be told why
            raise Refused(error.response.status_code, "") from error

    async def _fetch_map(self, component: Any) -> None:  # noqa: ANN401  # Streamlit's message
        told = json.loads(component.json or "{}")
        for name in ("document", "payload"):
            if told.get(name):
                await self._get(told[name])

    def _question(self, trigger: WidgetState | None, fragment: str, page: str | None) -> bytes:
        message = BackMsg()
        state = message.rerun_script
        state.query_string = self.screen.query
        state.page_script_hash = self.screen.page if page is None else page
        state.fragment_id = fragment
        if page is None:
            state.widget_states.widgets.extend(self.screen.active_values())
        if trigger is not None:
            state.widget_states.widgets.append(trigger)
        state.cached_message_hashes.extend(self.screen.cached_hashes)
        state.context_info.timezone = "Europe/Berlin"
        state.context_info.locale = "en-GB"
        state.context_info.url = f"{self._address}/"
        state.context_info.color_scheme = "light"
        return bytes(message.SerializeToString())
