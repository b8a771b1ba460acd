"""Bodies of answers inflated while they come, and no further than is wanted: 200 KB may be 200 MB."""

import zlib
from typing import Final

from dashboard.errors import FetchError

__all__ = ["Inflater"]

_GZIP: Final = 16 + zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_ZLIB_HEAD: Final = 0x78


class Inflater:
    """Collect a body.

    Parameters
    ----------
    encoding
        Its header ``Content-Encoding``.
    largest
        Bytes that are taken, after inflating.
    host
        Who sends it, for messages.

    Raises
    ------
    FetchError
        The encoding is not known.
    """

    def __init__(self, encoding: str, largest: int, host: str) -> None:
        self._encoding = encoding.strip().lower() or "identity"
        if self._encoding not in ("identity", "gzip", "x-gzip", "deflate"):
            raise FetchError(f"{host} sends its answer packed in a way that was not asked for", "encoding")
        self._largest = largest
        self._host = host
        self._found = bytearray()
        self._packed = 0
        self._inside: zlib._Decompress | None = None

    @property
    def is_full(self) -> bool:
        """Whether more came than is taken."""
        return len(self._found) > self._largest or self._packed > self._largest

    @property
    def body(self) -> bytes:
        """What was taken."""
        return bytes(self._found[: self._largest])

    def take(self, piece: bytes) -> None:
        """Take what came.

        Parameters
        ----------
        piece
            Bytes as they came.

        Raises
        ------
        FetchError
            They are not packed as was said.
        """
        self._packed += len(piece)
        if self._encoding == "identity":
            self._found += piece
            return
        try:
            self._inflate(piece)
        except zlib.error as error:
            raise FetchError(f"{self._host} sends a damaged answer: try again later", "encoding") from error

    def end(self) -> None:
        """Say that nothing more comes.

        Raises
        ------
        FetchError
            Something is missing.
        """
        if self._inside is not None and not self._inside.eof:
            raise FetchError(f"{self._host} broke off its answer: try again later", "connection")

    def _inflate(self, piece: bytes) -> None:
        while piece and not self.is_full:
            if self._inside is None or self._inside.eof:
                self._inside = zlib.decompressobj(self._window(piece))
            room = self._largest + 1 - len(self._found)
            self._found += self._inside.decompress(piece, room)
            piece = self._inside.unconsumed_tail or self._inside.unused_data

    def _window(self, piece: bytes) -> int:
        if self._encoding != "deflate":
            return _GZIP
        # Servers send both what the standard says and what it does not.
        return zlib.MAX_WBITS if piece[0] & 0x0F == _ZLIB_HEAD & 0x0F else _RAW
