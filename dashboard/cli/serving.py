"""``arsenal-atlas run`` serves this machine, ``arsenal-atlas serve`` others, behind a proxy."""

import logging
import os
import socket
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.shared import err, settings_for
from dashboard.errors import ServerError

__all__ = ["run", "serve"]


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
    from dashboard.hosting.server import Listening
    from dashboard.hosting.server import serve as start
    from dashboard.runtime import runtime

    if dataset:
        os.environ["ARSENAL_ATLAS_DATASETS"] = os.pathsep.join(str(folder) for folder in dataset)
    settings = settings_for(db_url)
    _refuse_unbuilt()
    _refuse_taken_port(port)
    with err.status("Opening the store …"):
        atlas = runtime()
    err.print(f"Store: {atlas.repository.location}. {atlas.seeding.message}")
    address = f"http://localhost:{port}"
    err.print(f"Arsenal Atlas is at [bold]{address}[/] (Ctrl+C stops it)")
    if browser:
        _open_when_ready(address)
    start(settings, Listening("localhost", port), level="WARNING")


def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; the proxy's private side.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; one process each.", min=1, max=65_535)] = 8501,
) -> None:
    """Serve the atlas to others: one process of a shared site, behind a proxy that speaks TLS.

    Start one for each processor, each on a port of its own, over the same PostgreSQL; deploy/ has a site for
    nginx and a unit for systemd. All else comes from the settings (docs/settings.md); combinations that would
    leave the door open are refused. SIGTERM ends it after what is being saved has been saved.

    Example: [bold]arsenal-atlas serve --port 8601[/]
    """
    from dashboard.hosting.refusals import refuse_unsafe

    settings = settings_for()
    refuse_unsafe(settings, host, port)
    _refuse_unbuilt()
    _refuse_taken_port(port, host)

    from dashboard.hosting.metrics import count_store_errors, serve_metrics
    from dashboard.hosting.server import Listening, secrets_of
    from dashboard.hosting.server import serve as start
    from dashboard.logs import set_up_logs
    from dashboard.runtime import runtime

    set_up_logs(settings.log_format, secrets=secrets_of(settings))
    atlas = runtime()
    logging.getLogger(__name__).info("store: %s. %s", atlas.repository.location, atlas.seeding.message)
    if settings.metrics_port:
        count_store_errors(atlas.repository.engine)
        serve_metrics(settings.metrics_port)
    start(settings, Listening(host, port))


def _refuse_unbuilt() -> None:
    from dashboard.settings import static_path

    if not (static_path() / "atlas-map.js").is_file():
        raise ServerError("The map's front end is not built: run `make install` in the checkout")


def _refuse_taken_port(port: int, host: str = "127.0.0.1") -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
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
