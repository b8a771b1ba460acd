"""``arsenal-atlas run``: the atlas served to this machine."""

import os
import socket
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.cli.shared import err, settings_for
from dashboard.errors import ServerError

__all__ = ["run"]


def run(
    *,
    port: Annotated[int, typer.Option(help="Port on this machine.", min=1, max=65_535)] = 8501,
    browser: Annotated[bool, typer.Option(help="Open the address in a browser.")] = True,
    db_url: Annotated[
        str | None, typer.Option("--db", metavar="URL", help="Database address instead of the local file.")
    ] = None,
    dataset: Annotated[
        list[Path] | None,
        typer.Option(help="Data package to show as a layer of its own; may be given several times."),
    ] = None,
) -> None:
    """Serve the atlas to this machine.

    Examples: [bold]arsenal-atlas run[/] · [bold]arsenal-atlas run --port 8600 --no-browser[/] ·
    [bold]arsenal-atlas run --db sqlite:///atlas.sqlite[/] · [bold]arsenal-atlas run --dataset ./theirs[/]
    """
    from dashboard.runtime import runtime
    from dashboard.settings import static_path

    if dataset:
        os.environ["ARSENAL_ATLAS_DATASETS"] = os.pathsep.join(str(folder) for folder in dataset)
    settings_for(db_url)
    if not (static_path() / "atlas-map.js").is_file():
        raise ServerError("The map's front end is not built: run `make install` in the checkout")
    _refuse_taken_port(port)
    with err.status("Opening the store …"):
        atlas = runtime()
    err.print(f"Store: {atlas.repository.location}. {atlas.seeding.message}")
    address = f"http://localhost:{port}"
    err.print(f"Arsenal Atlas is at [bold]{address}[/] (Ctrl+C stops it)")
    if browser:
        _open_when_ready(address)
    _serve(port)


def _refuse_taken_port(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServerError(
                f"Port {port} cannot be used ({error.strerror}): "
                f"stop the other program or choose another, such as --port {min(port + 1, 65_535)}"
            ) from error


def _open_when_ready(address: str) -> None:
    import threading
    import time
    import webbrowser

    import requests

    def wait() -> None:
        for _ in range(120):
            time.sleep(0.5)
            try:
                if requests.get(f"{address}/livez", timeout=1).ok:
                    webbrowser.open(address)
                    return
            except requests.RequestException:
                continue

    threading.Thread(target=wait, daemon=True).start()


def _serve(port: int) -> None:
    import tomllib
    from importlib import import_module

    from dashboard.settings import starter_path

    # By name, as any server would: the entries do not import one another.
    app = import_module("dashboard.asgi").app

    # App.run takes its settings from the folder of the launcher, which is not where ours lie.
    options = _flattened(tomllib.loads(starter_path("streamlit.toml").read_text(encoding="utf-8")))
    # Else a foreign page could reach a local session by rebinding its own name.
    options["server.allowedHosts"] = ["localhost", "127.0.0.1"]
    ours = {name: value for name, value in options.items() if not os.environ.get(_environment_name(name))}
    app.run(config=ours | {"server.port": port})


def _environment_name(option: str) -> str:
    words = "".join(f"_{c}" if c.isupper() else "_" if c == "." else c for c in option)
    return f"STREAMLIT_{words.upper()}"


def _flattened(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flattened(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat
