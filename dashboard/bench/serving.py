"""What the map benchmark serves on loopback: documents and payloads from memory, scripts from our files."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["serving"]

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".png": "image/png",
}


@contextmanager
def serving(pages: Mapping[str, bytes], folders: Mapping[str, Path]) -> Iterator[str]:
    """Serve pages and files to this machine.

    Parameters
    ----------
    pages
        Bodies by path; paths with a known ending have its type, others are HTML unless they end in ``marks``.
    folders
        Folders by the address under which their files are served.

    Yields
    ------
    str
        Address of the server, without a slash at the end.
    """

    def found(path: str) -> bytes | None:
        if path in pages or ".." in path:
            return pages.get(path)
        for prefix, folder in folders.items():
            if path.startswith(f"{prefix}/"):
                file = folder / path.removeprefix(f"{prefix}/")
                return file.read_bytes() if file.is_file() else None
        return None

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = found(path)
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
