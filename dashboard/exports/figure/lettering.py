"""Lettering: which glyphs a text can be set in, how wide it is, where it breaks.

The fonts are those that ship with matplotlib, so that a figure is the same on every computer. From 3.11 on
matplotlib shapes text with HarfBuzz: Arabic joins and Hebrew runs from the right. What the fonts have no
glyph for (Chinese, Korean, Devanagari, emoji) is romanised rather than drawn as boxes.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal

import matplotlib as mpl
from anyascii import anyascii
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.ft2font import LoadFlags

__all__ = ["Face", "cut", "face", "isolated", "settable", "width", "wrapped"]

Face = Literal["regular", "bold", "oblique"]

_FILES: Final[dict[str, str]] = {
    "regular": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "oblique": "DejaVuSans-Oblique.ttf",
}
_JOINERS: Final = frozenset("\u200c\u200d")
_ISOLATE: Final = ("\u2068", "\u2069")
_MOST: Final = 2_000  # characters of one text in a figure
_MANY: Final = 4_096  # widths kept


def face(kind: Face) -> FontProperties:
    """Give a font.

    Parameters
    ----------
    kind
        Which one.

    Returns
    -------
    matplotlib.font_manager.FontProperties
        The font by its file, whatever else is installed.
    """
    return FontProperties(fname=_path(kind))


def settable(text: str) -> str:
    """Make a text that the fonts can set, on one line.

    Parameters
    ----------
    text
        Any text of a record.

    Returns
    -------
    str
        The text without control characters and directional overrides, spaces in one; letters without a
        glyph are romanised.
    """
    text = unicodedata.normalize("NFC", text[:_MOST])
    glyphs = _glyphs()
    out = []
    for letter in text:
        if letter in _JOINERS or letter in _ISOLATE:
            out.append(letter)
        elif letter.isspace():
            out.append(" ")
        elif unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            continue
        else:
            out.append(letter if ord(letter) in glyphs else _roman(letter, glyphs))
    return " ".join("".join(out).split())


def isolated(text: str) -> str:
    """Keep the direction of a text from reaching into the sentence around it.

    Parameters
    ----------
    text
        A name within a sentence.

    Returns
    -------
    str
        The name between directional isolates if it holds letters that run from the right.
    """
    turned = any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)
    return f"{_ISOLATE[0]}{text}{_ISOLATE[1]}" if turned else text


@lru_cache(maxsize=_MANY)
def width(text: str, size: float, kind: Face = "regular") -> float:
    """Measure a text.

    Parameters
    ----------
    text
        One line.
    size
        Size of the letters in points.
    kind
        The font.

    Returns
    -------
    float
        Its width in points.
    """
    font = get_font(_path(kind))
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64


def cut(text: str, size: float, room: float, kind: Face = "regular") -> str:
    """Shorten a text to a width.

    Parameters
    ----------
    text
        One line.
    size
        Size of the letters in points.
    room
        Points that it may take.
    kind
        The font.

    Returns
    -------
    str
        The text, or its beginning and an ellipsis.
    """
    if width(text, size, kind) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width(text[:middle].rstrip() + "…", size, kind) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip(" ,;:\u2013-") + "…"


def wrapped(text: str, size: float, room: float, kind: Face = "regular", lines: int = 99) -> list[str]:
    """Break a text into lines.

    Parameters
    ----------
    text
        One line.
    size
        Size of the letters in points.
    room
        Points that a line may take.
    kind
        The font.
    lines
        How many lines at most; the last one is shortened then.

    Returns
    -------
    list of str
        The lines, none for an empty text.
    """
    words, out = text.split(" "), list[str]()
    while words and words != [""]:
        if len(out) == lines - 1:
            out.append(cut(" ".join(words), size, room, kind))
            break
        count = 1
        while count < len(words) and width(" ".join(words[: count + 1]), size, kind) <= room:
            count += 1
        line = " ".join(words[:count])
        words = words[count:]
        if width(line, size, kind) > room:  # one word without any place to break
            kept = max(len(cut(line, size, room, kind)) - 1, 1)
            words = [line[kept:], *words]
            line = line[:kept]
        out.append(line)
    return out


def _path(kind: Face) -> str:
    return str(Path(mpl.get_data_path()) / "fonts" / "ttf" / _FILES[kind])


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(_path("regular")).get_charmap()) & frozenset(
        get_font(_path("bold")).get_charmap()
    )


def _roman(letter: str, glyphs: frozenset[int]) -> str:
    return "".join(sign for sign in str(anyascii(letter)) if ord(sign) in glyphs)
