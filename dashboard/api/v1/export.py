"""Files to take away: written whole before the first byte is sent, and removed when the last one is.

A file that could break off in the middle would be taken for whole. So it is written beside, by a thread of
its own, and only then is its length known and sent first; who goes away meanwhile stops the writing.
"""

import shutil
import tempfile
import threading
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import anyio
from anyio import to_thread
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from dashboard.api.v1.problems import problem
from dashboard.errors import ExportError, ExportStoppedError, TooManyRowsError
from dashboard.exports.registry import Format

__all__ = ["TakeAway"]

_AT_ONCE: Final = 3  # of one process: each may keep a core busy and hold a view in memory
_places: Final = threading.BoundedSemaphore(_AT_ONCE)
_RETRY: Final = {"Retry-After": "10"}


class TakeAway(Response):
    """A file that is written when the answer is sent.

    Parameters
    ----------
    write
        Writes the file at a path, and asks a function often whether to stop. Its errors of
        `dashboard.errors.sharing` become refusals.
    form
        The format.
    name
        Name of the file without its extension.
    headers
        Headers of the answer.
    """

    def __init__(
        self,
        write: Callable[[Path, Callable[[], bool]], object],
        form: Format,
        name: str,
        headers: dict[str, str],
    ) -> None:
        # Each answer is written anew and may differ in its bytes: a part of one fits no part of another.
        # Named as not packed, so that nothing packs it on its way and takes its length away.
        fixed = {"Accept-Ranges": "none", "Content-Encoding": "identity"}
        super().__init__(status_code=HTTPStatus.OK, headers=headers | fixed, media_type=form.media_type)
        del self.headers["content-length"]
        self._write = write
        self._file_name = f"{name}{form.extension}"
        self.headers["Content-Disposition"] = f'attachment; filename="{self._file_name}"'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write the file and send it.

        Parameters
        ----------
        scope, receive, send
            As ASGI has them.
        """
        if scope["method"] == "HEAD":
            await super().__call__(scope, receive, send)
            return
        if not _places.acquire(blocking=False):
            detail = "As many files are being written as one process writes at once: try again in a moment."
            await problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=_RETRY)(scope, receive, send)
            return
        try:
            await self._made(scope, receive, send)
        finally:
            _places.release()

    async def _made(self, scope: Scope, receive: Receive, send: Send) -> None:
        folder = Path(await to_thread.run_sync(lambda: tempfile.mkdtemp(prefix="atlas-export-")))
        try:
            path = folder / self._file_name
            refusal = await self._written(path, receive)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            headers = dict(self.headers)
            media_type = headers.pop("content-type")
            answer = FileResponse(path, headers=headers, media_type=media_type)
            await answer(_without_range(scope), receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await to_thread.run_sync(lambda: shutil.rmtree(folder, ignore_errors=True))

    async def _written(self, path: Path, receive: Receive) -> Response | None:
        """Write the file; gives what to say when it could not be written."""
        left = threading.Event()
        refusal: Response | None = None

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            left.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            try:
                await to_thread.run_sync(lambda: self._write(path, left.is_set))
            except ExportError as error:
                refusal = _refused(error)
            except anyio.get_cancelled_exc_class():
                left.set()
                raise
            finally:
                tasks.cancel_scope.cancel()
        return refusal


def _refused(error: ExportError) -> Response:
    if isinstance(error, TooManyRowsError):
        said = [{"parameter": "format", "value": "", "detail": str(error)}]
        return problem(HTTPStatus.BAD_REQUEST, str(error), errors=said)
    if isinstance(error, ExportStoppedError):
        return problem(HTTPStatus.BAD_REQUEST, str(error))  # to nobody: whoever asked has gone
    return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=_RETRY)


def _without_range(scope: Scope) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != b"range"]
    return {**scope, "headers": kept}
