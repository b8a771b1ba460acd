"""Which letters the bytes of a text file stand for: told by a mark, proved, or guessed and said to be so."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

from dashboard.importers.tables.output import Output

__all__ = ["decoded", "find_encoding"]

_BLOCK: Final = 8_000_000
_HEAD: Final = 100_000
# The mark of UTF-32 begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEST: Final = "cp1252"
_ELSEWHERE: Final = ["cp1251", "cp1256", "cp1255", "koi8_r", "iso8859_5", "iso8859_6", "iso8859_8", "cp1253"]
_NOT_IN_CP1252: Final = b"\x81\x8d\x8f\x90\x9d"
_HIGH: Final = bytes(range(0x80, 0x100))
_MANY_TOGETHER: Final = 3
_FEW_BROKEN: Final = 0.01
_ZEROS: Final = 0.3


def find_encoding(file: BinaryIO, asked: str, out: Output) -> str:
    """Find the encoding of a text file.

    Parameters
    ----------
    file
        The file.
    asked
        What a person says it is; empty to find out.
    out
        Told what was found.

    Returns
    -------
    str
        A name that `codecs` knows.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if asked:
        return _asked(asked, out)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            out.notes.append(f"The encoding is {encoding.removesuffix('-sig').upper()}, as its mark says")
            return encoding
    if wide := _wide(head):
        _guess(f"The encoding was guessed as {wide.upper()}, since every other byte is zero", out)
        return wide
    return _by_content(file, out)


def _asked(asked: str, out: Output) -> str:
    try:
        info = codecs.lookup(asked)
        usable = info._is_text_encoding  # noqa: SLF001 - "hex" is a codec and no encoding; nothing else tells
    except (LookupError, ValueError, AttributeError):
        usable = False
    if not usable:
        raise out.refuse(f"cannot be read as {asked[:40]!r}: choose an encoding such as utf-8 or cp1251")
    out.notes.append(f"The encoding is {info.name.upper()}, as chosen")
    return "utf-8-sig" if info.name == "utf-8" else info.name


def _guess(sentence: str, out: Output) -> None:
    out.notes.append(sentence)
    out.guesses.append(sentence)


def _wide(head: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes."""
    half = len(head) // 2
    if half and head[1::2].count(0) > _ZEROS * half and head[0::2].count(0) == 0:
        return "utf-16-le"
    if half and head[0::2].count(0) > _ZEROS * half and head[1::2].count(0) == 0:
        return "utf-16-be"
    return ""


def _by_content(file: BinaryIO, out: Output) -> str:
    broken, high = 0, bytearray()
    total = 0
    decoder = codecs.getincrementaldecoder("utf-8")("atlas_count")
    file.seek(0)
    while block := file.read(_BLOCK):
        text = decoder.decode(block)
        if text.isascii():
            continue
        broken += text.count("\udcff")
        total += len(block) - block.count(b"\n")
        if len(high) < _HEAD:
            lines = (line for line in block.split(b"\n") if not line.isascii())
            high += b"\n".join(lines)[:_HEAD]
    broken += decoder.decode(b"", final=True).count("\udcff")
    if not broken:
        out.notes.append("The encoding is UTF-8")
        return "utf-8-sig"
    letters = sum(high.count(bytes([byte])) for byte in _HIGH)
    seen = high.decode("utf-8", "atlas_count").count("\udcff")
    if seen < _FEW_BROKEN * letters or (broken and not seen):
        _guess(f"The encoding is UTF-8 but for {broken:,} broken characters, which became �", out)
        return "utf-8-broken"
    guess = _one_byte(bytes(high))
    _guess(f"The encoding was guessed as {guess}: look whether names read well, or choose another", out)
    return guess


def _one_byte(high: bytes) -> str:
    """Tell Western letters, which stand alone between ASCII, from scripts whose whole words are high."""
    runs = "".join("x" if byte > 127 else " " for byte in high).split()  # noqa: PLR2004 - ASCII ends there
    together = sum(len(run) for run in runs if len(run) >= _MANY_TOGETHER)
    if together * 2 > sum(map(len, runs)):
        try:
            from charset_normalizer import from_bytes
        except ImportError:
            return "cp1251"
        best = from_bytes(high[:20_000], cp_isolation=_ELSEWHERE).best()
        return best.encoding if best is not None else "cp1251"
    return "latin-1" if any(byte in high for byte in _NOT_IN_CP1252) else _WEST


def _count_broken(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - only ever used to decode
    return "\udcff", error.end


codecs.register_error("atlas_count", _count_broken)


def decoded(file: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Give a text file in pieces of UTF-8 with line feeds as line ends.

    Parameters
    ----------
    file
        The file.
    encoding
        From `find_encoding`.

    Yields
    ------
    bytes
        A piece; lines and letters may stand across.
    """
    file.seek(0)
    name = encoding.replace("-broken", "-sig")
    decoder = codecs.getincrementaldecoder(name)("replace")
    plain = encoding == "utf-8-sig"
    first, held = True, b""
    while block := file.read(_BLOCK):
        if plain:
            piece = block.removeprefix(codecs.BOM_UTF8) if first else block
        else:
            piece = decoder.decode(block).encode("utf-8", "replace")
        piece, first = held + piece, False
        held = b"\r" if piece.endswith(b"\r") else b""
        piece = piece[: len(piece) - len(held)]
        yield _line_feeds(piece)
    last = b"" if plain else decoder.decode(b"", final=True).encode("utf-8", "replace")
    yield _line_feeds(held + last)


def _line_feeds(piece: bytes) -> bytes:
    if b"\r" not in piece:
        return piece
    return piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
