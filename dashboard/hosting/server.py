"""Starts the app under uvicorn with Streamlit's options, one log and an end that loses nothing.

`st.App.run` starts uvicorn with uvicorn's own log and ends by the signal that stopped it; both commands,
`run` for one person and `serve` for a host, start here instead, so that the same options hold for both.
"""

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

import streamlit.logger
import uvicorn
from starlette.types import ASGIApp
from streamlit.runtime.caching.global_cache_budget import reconfigure_global_cache_budget_from_config
from streamlit.web import bootstrap

from dashboard.errors import ServerError
from dashboard.gate.options import streamlit_options
from dashboard.hosting.access_log import AccessLog
from dashboard.hosting.draining import Draining
from dashboard.logs import set_up_logs
from dashboard.settings import Settings

__all__ = ["Listening", "secrets_of", "serve"]

_PING_SECONDS: Final = 30.0
# Streamlit takes no larger frame either, but only after it has arrived whole.
_LARGEST_FRAME: Final = 24_000_000
_CONNECTIONS_END_SECONDS: Final = 5
_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a process listens.

    Parameters
    ----------
    host
        Name or address.
    port
        Port.
    """

    host: str
    port: int


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """List what no log may show, whatever it looks like.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    tuple of str
        The values that are set.
    """
    password = urlsplit(settings.database_url).password
    values = (
        password or "",
        settings.cookie_secret.get_secret_value(),
        settings.oidc_client_secret.get_secret_value(),
    )
    return tuple(value for value in values if value)


def serve(settings: Settings, listening: Listening, level: str = "INFO") -> None:
    """Serve the app until the process is told to stop.

    Parameters
    ----------
    settings
        The settings.
    listening
        Where to listen.
    level
        Name of the lowest level that is logged.

    Raises
    ------
    ServerError
        If the port cannot be used.
    """
    set_up_logs(settings.log_format, level=level, secrets=secrets_of(settings))
    _take_over_streamlits_log()
    options = streamlit_options(settings) | {
        "server.address": listening.host,
        "server.port": listening.port,
    }
    bootstrap.load_config_options(options)
    reconfigure_global_cache_budget_from_config()
    # By name, as any server would, and after the options: the entry reads them.
    app: ASGIApp = import_module("dashboard.asgi").app
    server = uvicorn.Server(_configured(app, listening))
    with _listen(listening) as listener, _quiet_end():
        server.run(sockets=[listener])
    if not server.started:
        raise ServerError("The atlas did not start; the lines above say why")


def _configured(app: ASGIApp, listening: Listening) -> uvicorn.Config:
    return uvicorn.Config(
        AccessLog(Draining(app)),
        host=listening.host,
        port=listening.port,
        ws="websockets-sansio",
        ws_ping_interval=_PING_SECONDS,
        ws_ping_timeout=_PING_SECONDS,
        ws_max_size=_LARGEST_FRAME,
        ws_per_message_deflate=False,
        lifespan="on",
        log_config=None,
        access_log=False,
        # Who is a trusted proxy is one of our settings, and decided where identity is.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_CONNECTIONS_END_SECONDS,
    )


def _listen(listening: Listening) -> socket.socket:
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # asyncio sets it on sockets it made itself only; without it a small answer waits 40 ms for the next.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((listening.host.strip("[]"), listening.port))
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ServerError(
            f"Port {listening.port} of {listening.host} cannot be used ({error.strerror}): "
            f"stop the other program or choose another, such as --port {min(listening.port + 1, 65_535)}"
        ) from error
    return listener


@contextmanager
def _quiet_end() -> Iterator[None]:
    # uvicorn raises the signal again when all is done; by default that kills the process with a bad status.
    def ignore(_number: int, _frame: FrameType | None) -> None:
        return

    before = signal.signal(signal.SIGTERM, ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _take_over_streamlits_log() -> None:
    # Streamlit gives each of its loggers a handler of its own, now and whenever its options are read.
    def hand_on(logger: logging.Logger) -> None:
        logger.handlers.clear()
        logger.propagate = True

    streamlit.logger.setup_formatter = hand_on
    streamlit.logger.update_formatter()
