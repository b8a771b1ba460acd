"""Labels beside spots, none over another label or a sign: what does not fit is left out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.exports.figure.lettering import width
from dashboard.exports.figure.panel import Box

__all__ = ["Label", "Placed", "place_labels"]

_LEADING: Final = 1.22
_GAP: Final = 2.2


@dataclass(frozen=True)
class Label:
    """A text that belongs to a spot.

    Parameters
    ----------
    x, y, radius
        Middle and size of the spot, in points.
    lines
        The text.
    """

    x: float
    y: float
    radius: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """A label with its place.

    Parameters
    ----------
    label
        The label.
    box
        What it covers.
    align
        On which side its lines are flush.
    """

    label: Label
    box: Box
    align: Literal["left", "center", "right"]


def place_labels(
    labels: Iterable[Label],
    taken: Sequence[Box],
    room: tuple[float, float],
    size: float,
    *,
    most: int,
    centred: bool = False,
) -> list[Placed]:
    """Find a place for each label, the first ones first.

    Parameters
    ----------
    labels
        The labels, the most important first.
    taken
        What is covered already.
    room
        Width and height of the panel.
    size
        Size of the letters in points.
    most
        How many labels at most.
    centred
        Whether a label stands on its point and nowhere else.

    Returns
    -------
    list of Placed
        Those that found one.
    """
    covered = list(taken)
    places = _on_the_point if centred else _candidates
    out: list[Placed] = []
    for label in labels:
        if len(out) >= most:
            break
        for placed in places(label, size):
            if _inside(placed.box, room) and not any(_touch(placed.box, box) for box in covered):
                covered.append(placed.box)
                out.append(placed)
                break
    return out


def _on_the_point(label: Label, size: float) -> Iterator[Placed]:
    wide = max(width(line, size) for line in label.lines) + 2
    high = len(label.lines) * size * _LEADING
    yield Placed(label, (label.x - wide / 2, label.y - high / 2, wide, high), "center")


def _candidates(label: Label, size: float) -> Iterator[Placed]:
    wide = max(width(line, size) for line in label.lines) + 2
    high = len(label.lines) * size * _LEADING + 1
    x, y, away = label.x, label.y, label.radius + _GAP
    slant = label.radius * 0.7 + 1
    middle = y - high / 2
    yield Placed(label, (x + away, middle, wide, high), "left")
    yield Placed(label, (x - away - wide, middle, wide, high), "right")
    yield Placed(label, (x - wide / 2, y + away, wide, high), "center")
    yield Placed(label, (x - wide / 2, y - away - high, wide, high), "center")
    yield Placed(label, (x + slant, y + slant, wide, high), "left")
    yield Placed(label, (x + slant, y - slant - high, wide, high), "left")
    yield Placed(label, (x - slant - wide, y + slant, wide, high), "right")
    yield Placed(label, (x - slant - wide, y - slant - high, wide, high), "right")


def _inside(box: Box, room: tuple[float, float]) -> bool:
    left, bottom, wide, high = box
    return left >= 1 and bottom >= 1 and left + wide <= room[0] - 1 and bottom + high <= room[1] - 1


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )
