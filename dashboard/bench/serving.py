"""What the map benchmark serves on loopback: documents and payloads from memory, scripts from our files."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from dashboard.maps.addresses import ASSETS

__all__ = ["serving"]

_TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}


@contextmanager
def serving(pages: Mapping[str, bytes], assets: Path) -> Iterator[str]:
    """Serve pages and the built front end to this machine.

    Parameters
    ----------
    pages
        Bodies by path; paths with a known ending have its type, others are HTML unless they end in ``marks``.
    assets
        Folder of the built front end.

    Yields
    ------
    str
        Address of the server, without a slash at the end.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = pages.get(path)
            if body is None and path.startswith(f"{ASSETS}/") and ".." not in path:
                file = assets / path.removeprefix(f"{ASSETS}/")
                body = file.read_bytes() if file.is_file() else None
            self.send_response(HTTPStatus.NOT_FOUND if body is None else HTTPStatus.OK)
            kind = "application/octet-stream" if path.endswith("marks") else _TYPES[".html"]
            self.send_header("Content-Type", _TYPES.get(Path(path).suffix, kind))
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Say nothing: the figures are the output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
