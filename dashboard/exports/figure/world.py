"""Land, borders and countries for figures: the very shapes that the map draws, read from its built file.

Reading ``static/atlas-land.js`` and no second copy means that a figure cannot draw another border than the
app does (docs/borders.md). The file is written by ``frontend/src/world-write.ts`` and holds whole numbers as
letters; this module is the Python twin of ``frontend/src/land.ts``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from dashboard.errors import ShapesMissingError
from dashboard.settings import static_path

__all__ = ["Line", "World", "read_world", "world"]

_FILE: Final = "atlas-land.js"
_SIZE: Final = 2**21  # SIZE of frontend/src/seam.ts
_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BEGIN: Final = "ArsenalAtlasLand="
_END: Final = ";})();"

Numbers = npt.NDArray[np.int64]
Line = npt.NDArray[np.float64]
"""Points of a line or ring: longitude (which may run past 180) and latitude, one row each."""


@dataclass(frozen=True)
class World:
    """The world's shapes in degrees.

    Parameters
    ----------
    countries
        Rings of each country by the shape's code; holes run the other way around.
    coast, borders, dashed
        Lines; the dashed ones are borders that many states do not recognise as international.
    """

    countries: dict[str, tuple[Line, ...]]
    coast: tuple[Line, ...]
    borders: tuple[Line, ...]
    dashed: tuple[Line, ...]


@cache
def world() -> World:
    """Give the shapes of the app's offline map, read once.

    Returns
    -------
    World
        The shapes.

    Raises
    ------
    ShapesMissingError
        If the front end was not built.
    """
    return read_world(static_path() / _FILE)


def read_world(path: Path) -> World:
    """Read a built land file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    World
        Its shapes.

    Raises
    ------
    ShapesMissingError
        If it is not there or holds no shapes.
    """
    try:
        text = path.read_text(encoding="utf-8")
        begin, end = text.index(_BEGIN) + len(_BEGIN), text.rindex(_END)
        data: dict[str, Any] = json.loads(text[begin:end])
        arcs = _arcs(data["arcs"])
        return World(
            countries={code: _rings(rings, arcs) for code, rings in data["countries"].items()},
            coast=_lines(data["coast"], arcs),
            borders=_lines(data["border"], arcs),
            dashed=_lines(data["dashed"], arcs),
        )
    except (OSError, ValueError, KeyError) as error:
        raise ShapesMissingError(str(path)) from error


def _numbers(text: str) -> Numbers:
    digits = np.zeros(128, dtype=np.int64)
    digits[np.frombuffer(_LETTERS, dtype=np.uint8)] = np.arange(64)
    values = digits[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], values[:-1] < 32]))  # noqa: PLR2004  # the sixth bit: more follows
    place = np.arange(len(values)) - np.repeat(starts, np.diff([*starts, len(values)]))
    whole = np.add.reduceat((values & 31) << (5 * place), starts)
    return np.where(whole & 1, -(whole >> 1), whole >> 1)


def _arcs(text: str) -> list[Numbers]:
    numbers = _numbers(text)
    arcs, at = [], 0
    while at < len(numbers):
        end = at + 1 + 2 * int(numbers[at])
        arcs.append(np.cumsum(numbers[at + 1 : end].reshape(-1, 2), axis=0))
        at = end
    return arcs


def _joined(text: str, arcs: list[Numbers]) -> Iterator[Numbers]:
    """Put arcs together to lines that run on without a jump of one world."""
    numbers, at = _numbers(text), 0
    while at < len(numbers):
        end = at + 1 + int(numbers[at])
        parts: list[Numbers] = []
        for number in numbers[at + 1 : end]:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            if parts:
                turns = np.rint((parts[-1][-1, 0] - arc[0, 0]) / _SIZE).astype(np.int64)
                arc = arc[1:] + np.array([turns * _SIZE, 0])
            parts.append(arc)
        at = end
        yield np.concatenate(parts)


def _lines(text: str, arcs: list[Numbers]) -> tuple[Line, ...]:
    return tuple(_degrees(line) for line in _joined(text, arcs))


def _rings(text: str, arcs: list[Numbers]) -> tuple[Line, ...]:
    return tuple(_degrees(_closed_at_pole(ring)) for ring in _joined(text, arcs))


def _closed_at_pole(ring: Numbers) -> Numbers:
    # A ring that goes once around the world (Antarctica) encloses a pole.
    if abs(int(ring[-1, 0] - ring[0, 0])) <= _SIZE // 2:
        return ring
    pole = _SIZE if ring[0, 1] > _SIZE // 2 else 0
    return np.concatenate([ring, [[ring[-1, 0], pole], [ring[0, 0], pole], ring[0]]])


def _degrees(points: Numbers) -> Line:
    x, y = points[:, 0] / _SIZE, points[:, 1] / _SIZE
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y))))
    # The Mercator square ends at 85 degrees; what lies on its edge runs on to the pole.
    lat = np.where(points[:, 1] >= _SIZE - 1, -90.0, lat)
    return np.column_stack([(x - 0.5) * 360, lat])
