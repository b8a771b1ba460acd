"""A whole site as a host runs it: PostgreSQL, processes of the atlas, and nginx with the file in deploy/."""

import datetime as dt
import ipaddress
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import create_engine, make_url, text

ROOT = Path(__file__).parents[2]
SITE = ROOT / "deploy" / "nginx" / "arsenal-atlas.conf"
HOST = "127.0.0.1"
STARTING = 300  # seconds for what takes two of a processor, where others have the processors
# In the order of the site's file.
PROCESSES = ("8601", "8602")
AROUND = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types; default_type application/octet-stream;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def missing(what: str) -> None:
    """Skip, but fail in CI, which must not leave these out."""
    message = f"no {what}: `make test` installs it where it may"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def free_port() -> int:
    return int(sys.modules["tests_ports"].free_port())


def wait_until(holds: Callable[[], object], what: str, seconds: float = 60) -> Any:
    """Wait for a condition; the limit is for what is broken, not a speed."""
    ends = time.monotonic() + seconds
    while not (found := holds()):
        if time.monotonic() > ends:
            pytest.fail(f"{what}: not within {seconds:g} s")
        time.sleep(0.05)
    return found


@pytest.fixture
def wait() -> Callable[..., Any]:
    """Wait for a condition."""
    return wait_until


@pytest.fixture(scope="module")
def database(server: str, starter_database: str) -> Iterator[str]:
    """Address of a database with the starter data in it."""
    name = f"atlas_{uuid.uuid4().hex}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {starter_database}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a certificate for this machine, signed by itself, under the names the site expects."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(alternative, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "privkey.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return folder


class Process:
    """One process of the atlas, started as a host does."""

    def __init__(self, port: int, folder: Path, settings: dict[str, str]) -> None:
        self.port, self.folder, self.settings = port, folder, settings
        self.log = folder / f"{port}.log"
        self.code = "from dashboard.cli import main; main()"
        self.handle: Any = None

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ARSENAL_ATLAS_")}
        named = {f"ARSENAL_ATLAS_{name.upper()}": value for name, value in self.settings.items()}
        command = [self.code, "serve", "--port", str(self.port)]
        with self.log.open("ab") as output:
            self.handle = sys.modules["tests_forks"].start(*command, env=kept | named, output=output)

    def wait(self) -> None:
        def answers() -> bool:
            if self.handle.poll() is not None:
                pytest.fail(f"the process ended with {self.handle.returncode}:\n{self.log.read_text()}")
            with socket.socket() as probe:
                return probe.connect_ex((HOST, self.port)) == 0

        wait_until(answers, "a process of the atlas listens", STARTING)

    def kill(self) -> None:
        """End it as a crash does."""
        self.handle.kill()
        self.handle.wait()

    def stop(self) -> int:
        """End it as a host does; gives the exit code."""
        if self.handle.poll() is None:
            self.handle.send_signal(signal.SIGTERM)
        try:
            return int(self.handle.wait(timeout=120))
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"SIGTERM did not end it:\n{self.log.read_text()}")


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start one process by itself, with settings by name."""
    started: list[Process] = []

    def start(port: int = 0, before: str = "", **settings: str) -> Process:
        process = Process(port or free_port(), tmp_path, own(settings, tmp_path, 0))
        process.code = before + process.code
        started.append(process)
        process.start()
        return process

    yield start
    for process in started:
        if process.handle is not None and process.handle.poll() is None:
            process.stop()


class Site:
    """nginx with two processes behind it."""

    def __init__(self, folder: Path, port: int, processes: list[Process]) -> None:
        self.folder, self.port, self.processes = folder, port, processes
        self.address = f"https://{HOST}:{port}"

    def process(self, number: str) -> Process:
        """Find a process by its port, as the cookie has it."""
        return next(one for one in self.processes if str(one.port) == number)

    def other(self, than: Process) -> Process:
        return next(one for one in self.processes if one is not than)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, list[str]], bytes]:
        """Ask for something; gives status, headers and body."""
        connection = HTTPSConnection(HOST, self.port, context=trusting(), timeout=60)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            found: dict[str, list[str]] = {}
            for name, value in answer.getheaders():
                found.setdefault(name.lower(), []).append(value)
            return answer.status, found, answer.read()
        finally:
            connection.close()


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def site_file(folder: Path, certificate: Path, port: int, plain: int, ports: list[int]) -> str:
    """The site as it stands in deploy/, with this machine's ports and folders put in."""
    content = SITE.read_text("utf-8")
    content = "\n".join(line for line in content.splitlines() if "listen [::]" not in line)
    replaced = {
        "listen 80;": f"listen {HOST}:{plain};",
        "listen 443 ssl": f"listen {HOST}:{port} ssl",
        "/etc/ssl/atlas.example.org": str(certificate),
        "atlas.example.org": HOST,
        "/var/log/nginx": str(folder),
        "/usr/share/arsenal-atlas": str(SITE.parent),
    }
    for old, new in replaced.items():
        assert old in content, f"the site has no {old!r} any more"
        content = content.replace(old, new)
    mine = dict(zip(PROCESSES, map(str, ports), strict=True))
    # Not in $time_iso8601.
    return re.sub(r"(?<![a-z0-9])(8601|8602)\b", lambda found: mine[found[1]], content)


@pytest.fixture(scope="session")
def nginx() -> str:
    """Path of nginx."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
    if not found:
        missing("nginx")
    return str(found)


@pytest.fixture(scope="module")
def start_site(
    nginx: str, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Site]]:
    """Start a site; ``start_site(settings)`` with or without processes behind it."""
    running: list[tuple[subprocess.Popen[bytes], list[Process]]] = []

    def start(settings: dict[str, str] | None) -> Site:
        folder = tmp_path_factory.mktemp("site")
        port, ports = free_port(), [free_port(), free_port()]
        (folder / "site.conf").write_text(site_file(folder, certificate, port, free_port(), ports))
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
        command = [
            nginx,
            "-p",
            str(folder),
            "-c",
            str(folder / "nginx.conf"),
            "-e",
            str(folder / "error.log"),
        ]
        checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "[warn]" not in checked.stderr
        processes = [Process(number, folder, own(settings or {}, folder, port)) for number in ports]
        site = Site(folder, port, processes)
        with (folder / "output").open("ab") as output:
            running.append((subprocess.Popen(command, stdout=output, stderr=output), processes))
        if settings is not None:
            for process in processes:
                process.start()
                if "db" not in settings:
                    process.wait()  # alone, because it makes the tables
            for process in processes:
                process.wait()

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex((HOST, port)) == 0

        wait_until(listens, "nginx listens")
        return site

    yield start
    for server, processes in running:
        server.terminate()
        server.wait(timeout=60)
        for process in processes:
            if process.handle is not None and process.handle.poll() is None:
                process.stop()


def own(settings: dict[str, str], folder: Path, port: int) -> dict[str, str]:
    folders = {"data_folder": str(folder / "data"), "cache_folder": str(folder / "cache")}
    if kept := os.environ.get("ARSENAL_ATLAS_TEST_GAZETTEER"):
        folders["gazetteer"] = kept
    return folders | {"log_format": "json"} | {k: v.format(port=port) for k, v in settings.items()}
