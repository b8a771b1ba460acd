"""The suite itself reaches nothing but this computer, so no test can depend on the internet."""

import socket
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

ELSEWHERE = "192.0.2.1"  # reserved for documentation: nobody answers there
pytestmark = pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_connection_elsewhere_is_refused_at_once() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as client:
        client.connect((ELSEWHERE, 80))


def test_libraries_are_refused_too() -> None:
    with pytest.raises(SocketConnectBlockedError):
        urllib.request.urlopen(f"http://{ELSEWHERE}/", timeout=1)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_connection_to_this_computer_works(listener: socket.socket, host: str) -> None:
    with socket.create_connection((host, listener.getsockname()[1]), timeout=5) as client:
        assert client.getpeername()[0] == "127.0.0.1"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
def test_unix_sockets_work() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        address = str(Path(folder) / "s")
        server.bind(address)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
