"""A database server that can be killed, and a network in front of it that misbehaves on command."""

import asyncio
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import psutil
import pytest
from sqlalchemy import create_engine, make_url, text

POSTGRES_FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
POSTGRES_USER = "postgres"  # PostgreSQL refuses to run as root; Debian's package brings this user
ROOM = 2 << 30


def free_port() -> int:
    return int(sys.modules["tests_ports"].free_port())


class PostgresServer:
    """A private server in a folder of its own, on a loopback port."""

    def __init__(self, tools: Path, folder: Path) -> None:
        self.tools, self.folder, self.port = tools, folder, free_port()
        self.data = folder / "data"
        self.user = ["runuser", "-u", POSTGRES_USER, "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(folder, POSTGRES_USER)
        self._run(
            "initdb", "--auth=trust", "--username=atlas", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"
        )

    @property
    def address(self) -> str:
        return f"postgresql+psycopg://atlas@127.0.0.1:{self.port}/postgres"

    def start(self, *options: str) -> None:
        wanted = ["listen_addresses=127.0.0.1", f"port={self.port}", "unix_socket_directories=''", *options]
        line = " ".join(f"-c {option}" for option in wanted)
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", line, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def reload(self, **settings: str) -> None:
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.data / "postgresql.auto.conf").write_text(lines)
        self._run("pg_ctl", "reload")

    def kill(self) -> None:
        """End every process of this server at once, as the kernel does when memory runs out."""
        head = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
        processes = [head, *head.children(recursive=True)]
        head.send_signal(signal.SIGSTOP)  # or it would see its children die and tidy up
        for process in (*processes[1:], *head.children(recursive=True), head):
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(processes)

    def new_database(self) -> str:
        name = f"atlas_{uuid.uuid4().hex}"
        admin = create_engine(self.address, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        admin.dispose()
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)

    def _run(self, tool: str, *arguments: str) -> None:
        # Output to a file: a server that inherits a pipe keeps it open, and the reader waits for ever.
        command = [*self.user, str(self.tools / tool), "-D", str(self.data), *arguments]
        with (self.folder / "output").open("ab") as output:
            done = subprocess.run(command, stdout=output, stderr=output, check=False, cwd=self.folder)
        if done.returncode:
            raise RuntimeError(f"{tool} failed: {(self.folder / 'output').read_text()[-2000:]}")


Mode = Literal["pass", "black hole", "refuse", "cut commits", "cut one commit"]


class FaultProxy:
    """A network between the atlas and its database that does what a test tells it to."""

    def __init__(self, port: int) -> None:
        self.target, self.port, self.delay, self.connected = port, free_port(), 0.0, 0
        self.journeys = 0
        """How often something was sent to the database."""
        self.mode: Mode = "pass"
        self._loop = asyncio.new_event_loop()
        self._pairs: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._server: Any = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    def set(self, mode: Mode, *, delay: float = 0.0) -> None:
        self._do(self._set(mode, delay))

    def reset_all(self) -> None:
        """Break every open connection with a TCP reset."""
        self._do(self._reset_all())

    def close(self) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, job: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(60)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _set(self, mode: Mode, delay: float) -> None:
        if mode == "refuse":
            self._server.close()
            await self._reset_all()
        elif self.mode == "refuse":
            await self._listen()
        self.mode, self.delay = mode, delay

    async def _reset_all(self) -> None:
        for pair in list(self._pairs):
            self._reset(pair)

    async def _close(self) -> None:
        self._server.close()
        await self._reset_all()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _reset(self, pair: Any) -> None:
        self._pairs.discard(pair)
        for writer in pair:
            sock = writer.get_extra_info("socket")
            if sock is not None and sock.fileno() != -1:  # else it has broken by itself
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self.target)
        pair = (writer, inner_writer)
        self._pairs.add(pair)
        state = {"cut": False}
        await asyncio.gather(
            self._carry(reader, inner_writer, pair, state, up=True),
            self._carry(inner_reader, writer, pair, state, up=False),
        )

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: Any, state: Any, *, up: bool
    ) -> None:
        try:
            while data := await reader.read(65_536):
                self.journeys += up
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self.mode == "black hole":
                    continue  # taken and acknowledged, as by a box in between, and gone
                if self.mode.startswith("cut"):
                    if up and b"COMMIT\0" in data:
                        state["cut"] = True
                    elif not up and state["cut"]:
                        self.mode = "pass" if self.mode == "cut one commit" else self.mode
                        self._reset(pair)  # the server has kept it, and nobody hears so
                        return
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            self._reset(pair)


def _find_tools() -> Path:
    for folder in POSTGRES_FOLDERS:
        if (folder / "initdb").is_file():
            return folder
    if found := shutil.which("initdb"):
        return Path(found).parent
    message = "no PostgreSQL: `make test` installs one where it may"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def memory() -> Iterator[Any]:
    """A folder in memory: who kills a process does not take from it what the system holds already."""
    with TemporaryDirectory(prefix="atlas-faults-", dir=_in_memory()) as folder:
        yield Path(folder)


def _in_memory() -> Path | None:
    folder = Path("/dev/shm")  # noqa: S108  # TemporaryDirectory makes a private one in it
    return folder if folder.is_dir() and psutil.disk_usage(str(folder)).free > ROOM else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A private server of these tests alone, which they may kill and start again."""
    tools = _find_tools()
    # Not below pytest's own folder, which another run of pytest closes to PostgreSQL's user.
    with TemporaryDirectory(prefix="atlas-faults-", dir=_in_memory()) as folder:
        server = PostgresServer(tools, Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture
def network(postgres: PostgresServer) -> Iterator[Any]:
    with closing(FaultProxy(postgres.port)) as proxy:
        yield proxy


@pytest.fixture
def through_network(postgres: PostgresServer, network: FaultProxy) -> Any:
    """Address of a fresh database, reached through the misbehaving network."""
    return make_url(postgres.new_database()).set(port=network.port).render_as_string(hide_password=False)


@pytest.fixture
def report(capfd: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a figure so that it is seen although the test passes."""

    def say(line: str) -> None:
        with capfd.disabled():
            sys.stdout.write(f"\n  {line}")

    return say


@pytest.fixture(params=[5, pytest.param(1, marks=pytest.mark.soak)])
def slack(request: pytest.FixtureRequest) -> int:
    """How many times the promised seconds may pass: a busy machine needs more, `make soak` has a quiet one.

    What is broken waits for minutes or for ever, and is found by either.
    """
    return int(request.param)
