"""Prove that a wheel runs for someone who has neither Node nor a checkout.

It goes into an empty environment with the locked packages, starts the atlas in an empty folder with nothing
but that environment on the path, and asks it for the page, the map's script and readiness.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
SECONDS_TO_START = 120
ASKED = {"/": "<title>", "/atlas/assets/atlas-map.js": "ArsenalAtlas", "/readyz": "ready"}


def main() -> int:
    """Install, start, ask, stop; 0 when every answer was right."""
    wheel = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"== {wheel.name} into an empty environment")
        venv.create(folder / "venv", with_pip=True)
        pip = [folder / "venv/bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for arguments in (
            ["--require-hashes", "-r", ROOT / "locks/pip.txt"],
            ["--require-hashes", "-r", ROOT / "locks/run.txt"],
            ["--no-deps", wheel],
        ):
            subprocess.run([*pip, *arguments], check=True)
        problems = _try_out(folder)
    print("\n".join(problems) or "The wheel runs.")
    return bool(problems)


def _try_out(folder: Path) -> list[str]:
    (folder / "empty").mkdir()
    port = _free_port()
    environment = {
        "PATH": str(folder / "venv/bin"),
        "HOME": str(folder / "empty"),
        "ARSENAL_ATLAS_DATA_FOLDER": str(folder / "data"),
        "ARSENAL_ATLAS_CACHE_FOLDER": str(folder / "cache"),
    }
    command = [folder / "venv/bin/arsenal-atlas", "run", "--port", str(port), "--no-browser"]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=folder / "empty", env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        try:
            print(f"== arsenal-atlas run on port {port}, process {server.pid}")
            problems = _wait(server, port) or [
                f"{path} does not answer with {text!r}"
                for path, text in ASKED.items()
                if text not in _get(port, path)
            ]
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
                problems.append("it did not stop within 20 s of being asked")
    text = log.read_text("utf-8", errors="replace")
    if "Traceback" in text:
        problems.append("it logged an exception")
    return [*problems, text] if problems else []


def _wait(server: subprocess.Popen[bytes], port: int) -> list[str]:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if server.poll() is not None:
            return [f"it ended with code {server.returncode}"]
        if _get(port, "/readyz"):
            return []
        time.sleep(0.3)
    return [f"no answer within {SECONDS_TO_START} s"]


def _get(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
            return answer.read().decode("utf-8", errors="replace")
    except (urllib.error.URLError, OSError):
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    sys.exit(main())
