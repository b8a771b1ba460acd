"""One confined process as seen from outside: started clean, asked with a deadline, killed with its group."""

import json
import os
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple
from typing import Any, Final, Literal, NamedTuple

from dashboard.confinement import frames
from dashboard.confinement.limits import Limits

__all__ = ["ConfinedProcess", "EndedError", "HowItEnded", "Stream"]

HowItEnded = Literal["time", "memory", "crash", "output", "stray"]
"""``stray``: it answered something that was not asked, so that nothing is known of the task."""

_BOOT: Final = (
    "import json, sys; paths, limits, files = json.loads(sys.argv[1]); sys.path[:] = paths; "
    "from dashboard.confinement.child import main; "
    "from dashboard.confinement.limits import Limits; main(Limits(*limits), files)"
)
_NO_DRIVERS: Final = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,Elasticsearch,GDALG,"
    "GML,GPSBabel,GPX,GTFS,GeoJSON,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,"
    "MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,"
    "PDF,PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX,VRT,PostgreSQL,"
    "MySQL,MSSQLSpatial,ODBC,PGeo,XODR,NTF,SOSI,SVG,TIGER,UK .NTF,netCDF,HDF5,Parquet,Arrow,WMS,WMTS"
)
"""What GDAL must not know here: all that is not GPKG, ESRI Shapefile or FlatGeobuf; a test compares."""
_BOOT_S: Final = 60.0
_GRACE_S: Final = 5.0
_LOOK_S: Final = 0.005
_PIECE: Final = 1 << 16
_SMALL: Final = 100_000
"""Longest refusal or trace; only results may be longer."""

Take = Callable[[bytes], None]
"""Takes a piece of a result."""


class Stream(NamedTuple):
    """An open file to read, and what takes the result.

    Parameters
    ----------
    file
        Its number.
    take
        Called with each piece in turn; the piece may be hostile.
    """

    file: int
    take: Take


_ENDS: Final[dict[int, HowItEnded]] = {
    getattr(signal, "SIGXCPU", -1): "time",
    getattr(signal, "SIGKILL", -2): "memory",
}
"""What ends a process that nobody here killed: its processor time, or the kernel when memory is short."""


class EndedError(Exception):
    """The process is gone.

    Parameters
    ----------
    how
        What ended it.
    """

    def __init__(self, how: HowItEnded) -> None:
        super().__init__(how)
        self.how: HowItEnded = how


class ConfinedProcess:
    """A process with limits that serves one task after another.

    Parameters
    ----------
    limits
        What each task may use.

    Raises
    ------
    EndedError
        It did not come up.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        paths = [os.path.abspath(path) for path in sys.path]  # noqa: PTH100 - "" is the current folder
        self._files, theirs = socket.socketpair()
        told = json.dumps([paths, astuple(limits), theirs.fileno()])
        command = [sys.executable, "-I", "-B", "-c", _BOOT, told]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=os.sep,
            env=_clean_environment(),
            start_new_session=True,
            bufsize=0,
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self.tasks = 0
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(_number(pipe), False)
        _, body = self._exchange(frames.FIRST, b"", time.monotonic() + _BOOT_S)
        self.network: str = json.loads(body)["network"]

    def run(
        self, function: str, raw: bytes, options: dict[str, Any], stream: Stream | None = None
    ) -> tuple[bytes, bytes]:
        """Have one task done.

        Parameters
        ----------
        function
            ``module:name``.
        raw
            Its bytes.
        options
            Its keyword arguments, as JSON can carry them.
        stream
            An open file that it reads instead of bytes, and what takes the pieces of its result.

        Returns
        -------
        tuple of (bytes, bytes)
            Tag and body of the answer.

        Raises
        ------
        EndedError
            There was none; the process is dead.
        """
        self.tasks += 1
        task = json.dumps({"function": function, "options": options, "file": stream is not None}).encode()
        ticket = secrets.token_bytes(len(frames.FIRST))
        asked = frames.pack(frames.TASK, ticket, task) + frames.pack(frames.PLAIN, ticket, raw)
        deadline = time.monotonic() + self._limits.wall_s
        if stream is None:
            return self._exchange(ticket, asked, deadline)
        try:
            socket.send_fds(self._files, [b"F"], [stream.file])
        except OSError:
            raise self._ended() from None
        return self._exchange(ticket, asked, deadline, self._limited(stream.take))

    def _limited(self, take: Take) -> Take:
        left = self._limits.stream_bytes

        def counted(piece: bytes) -> None:
            nonlocal left
            left -= len(piece)
            if left < 0:
                self.kill()
                raise EndedError("output")
            take(piece)

        return counted

    def has_spoken(self) -> bool:
        """Tell whether it says something, or has ended, without having been asked.

        Returns
        -------
        bool
            Whether it must be replaced.
        """
        with selectors.DefaultSelector() as ready:
            ready.register(_number(self._process.stdout), selectors.EVENT_READ)
            return bool(ready.select(0))

    def interrupt(self) -> None:
        """End it while another thread waits for its answer, which takes leave of it then."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End it and whatever it may have started."""
        # A dead leader's group may have living members, and its number is ours until we wait for it.
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._files.close()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _exchange(
        self, ticket: bytes, asked: bytes, deadline: float, take: Take | None = None
    ) -> tuple[bytes, bytes]:
        sent, answer = memoryview(asked), bytearray()
        writing, reading = _number(self._process.stdin), _number(self._process.stdout)
        with selectors.DefaultSelector() as ready:
            ready.register(reading, selectors.EVENT_READ)
            if sent:
                ready.register(writing, selectors.EVENT_WRITE)
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in ready.select(left):
                    if key.fd == writing:
                        sent = self._write(writing, sent)
                        if not sent:
                            ready.unregister(writing)
                        continue
                    piece = os.read(reading, _PIECE)
                    if not piece:
                        raise self._ended()
                    answer += piece
                    if take is not None:
                        self._take_pieces(ticket, answer, take)
                    if (whole := self._whole(ticket, answer)) is not None:
                        return whole
        self.kill()
        raise EndedError("time")

    def _take_pieces(self, ticket: bytes, answer: bytearray, take: Take) -> None:
        while len(answer) >= frames.HEAD.size:
            tag, answered, length = frames.HEAD.unpack_from(answer)
            if tag != frames.PIECE or answered != ticket:
                return  # its end, or a stray: `_whole` looks at both
            if length > frames.PIECE_LENGTH:
                self.kill()
                raise EndedError("output")
            end = frames.HEAD.size + length
            if len(answer) < end:
                return
            take(bytes(memoryview(answer)[frames.HEAD.size : end]))
            del answer[:end]

    def _write(self, writing: int, sent: memoryview) -> memoryview:
        try:
            return sent[os.write(writing, sent[:_PIECE]) :]
        except BrokenPipeError:
            raise self._ended() from None

    def _whole(self, ticket: bytes, answer: bytearray) -> tuple[bytes, bytes] | None:
        if len(answer) < frames.HEAD.size:
            return None
        tag, answered, length = frames.HEAD.unpack_from(answer)
        if answered != ticket:
            self.kill()
            raise EndedError("stray")
        most = {frames.RESULT: self._limits.output_bytes, frames.PLAIN: self._limits.output_bytes}
        most[frames.PIECE] = frames.PIECE_LENGTH
        if length > most.get(tag, _SMALL):
            self.kill()
            raise EndedError("output")
        if len(answer) < frames.HEAD.size + length:
            return None
        return tag, bytes(answer[frames.HEAD.size : frames.HEAD.size + length])

    def _ended(self) -> EndedError:
        """Find out how it ended, which it may do a moment after its pipe closed."""
        until = time.monotonic() + _GRACE_S
        while (signalled := self._signal()) is None and time.monotonic() < until:
            time.sleep(_LOOK_S)
        self.kill()
        return EndedError(_ENDS.get(signalled or 0, "crash"))

    def _signal(self) -> int | None:
        """Look what ended it, and leave it to be waited for where the system can; None while it lives."""
        if not hasattr(os, "waitid"):  # macOS
            code = self._process.poll()
            return None if code is None else max(0, -code)
        state = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if state is None:
            return None
        return 0 if state.si_code == os.CLD_EXITED else state.si_status


def _number(pipe: Any) -> int:  # noqa: ANN401 - Popen's pipes may be None in general
    return int(pipe.fileno())


def _clean_environment() -> dict[str, str]:
    """Give a process what Python needs and nothing that is secret."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OPENBLAS_MAIN_FREE": "1",  # numpy would set it itself, which the closed doors refuse
        "GOTOBLAS_MAIN_FREE": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "GDAL_SKIP": _NO_DRIVERS,
        "GDAL_DRIVER_PATH": "disable",
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "OGR_SQLITE_LOAD_EXTENSIONS": "",
        "PROJ_NETWORK": "OFF",
        "GDAL_CURL_CA_BUNDLE": os.devnull,  # pyogrio would set these itself; nobody is trusted
        "PROJ_CURL_CA_BUNDLE": os.devnull,
    }
