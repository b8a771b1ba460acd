"""The signs of the map, as the app draws them (``frontend/src/glyphs.ts``), with a letter for the kind.

Sites are squares, events circles; the colour is the kind's and the filling the status'. A printed page may
be grey and an eye may not tell the colours, so here each kind also has a letter.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from dashboard.domain.symbols import kind_colour
from dashboard.domain.vocabulary import terms
from dashboard.exports.figure.panel import PAPER, Panel, circle, rounded_square

__all__ = ["COARSE", "HALF", "Sign", "draw_sign", "kind_letter", "style_of"]

Floats = npt.NDArray[np.float64]

COARSE: Final = frozenset({"province", "area", "country"})
"""Precisions whose point only stands for a region: a hollow sign."""

HALF: Final = 4.6
"""Half the width of a sign, in points."""

# STYLES of frontend/src/glyphs.ts.
_STYLES: Final = {
    "planned": "dotted",
    "postponed": "dotted",
    "construction": "half",
    "operating": "filled",
    "happened": "filled",
    "idle": "hollow",
    "closed": "hollow",
    "destroyed": "crossed",
    "cancelled": "crossed",
    "denied": "crossed",
}
_POSSIBLE: Final = 0.45
_DASH: Final = (2.0, 1.6)
_DOTS: Final = (1.2, 1.3)
_NAMELESS: Final = frozenset({"other", "unknown"})


@dataclass(frozen=True, slots=True)
class Sign:
    """What decides how a mark looks.

    Parameters
    ----------
    group
        ``site`` or ``event``.
    kind
        Code of its kind.
    status
        Code of its status.
    certain
        Whether it surely lies in the window.
    coarse
        Whether its point only stands for a region.
    """

    group: str
    kind: str
    status: str
    certain: bool = True
    coarse: bool = False

    @property
    def style(self) -> str:
        """How its status fills it."""
        return style_of(self.status)


def style_of(status: str) -> str:
    """Say how a status fills a sign.

    Parameters
    ----------
    status
        Code of ``site_statuses`` or ``event_statuses``.

    Returns
    -------
    str
        ``dotted``, ``half``, ``filled``, ``hollow``, ``crossed`` or ``question``.
    """
    return _STYLES.get(status, "question")


def kind_letter(group: str, kind: str) -> str:
    """Give the letter of a kind.

    Parameters
    ----------
    group
        ``site`` or ``event``.
    kind
        Code of the kind.

    Returns
    -------
    str
        One letter that no other kind of the group has; nothing for ``other`` and ``unknown``.
    """
    return _letters(group).get(kind, "")


@cache
def _letters(group: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for code, term in terms(f"{group}_kinds").items():
        if code in _NAMELESS:
            continue
        free = [letter for letter in term.label.upper() if letter.isalpha() and letter not in given.values()]
        given[code] = free[0] if free else ""
    return given


def draw_sign(panel: Panel, x: float, y: float, sign: Sign, *, half: float = HALF, level: float = 6) -> None:
    """Draw one sign.

    Parameters
    ----------
    panel
        Where it is drawn.
    x, y
        Its middle in points.
    sign
        What it says.
    half
        Half its width in points.
    level
        What lies above what.
    """
    colour = kind_colour(sign.group, sign.kind)
    faint = 1.0 if sign.certain else 0.7
    core = half
    if sign.coarse:
        # Hollow with a core: the core still says the status, the gap says "not here exactly".
        panel.areas([_shape(sign, x, y, half + 2.2)], fill=PAPER, alpha=0.8, level=level)
        panel.areas(
            [_shape(sign, x, y, half + 1.5)],
            edge=colour,
            width=1.1,
            alpha=faint,
            dash=() if sign.certain else _DASH,
            level=level + 0.1,
        )
        core = half - 0.9
    else:
        panel.areas([_shape(sign, x, y, half + 1.1)], fill=PAPER, alpha=0.95, level=level)
    _draw_body(panel, (x, y), sign, core, level + 0.2)
    _draw_letter(panel, (x, y), sign, core, level + 0.4)


def _draw_body(panel: Panel, at: tuple[float, float], sign: Sign, half: float, level: float) -> None:
    x, y = at
    colour = kind_colour(sign.group, sign.kind)
    solid = sign.style in ("filled", "question")
    shape = _shape(sign, x, y, half if solid else half - 0.4)
    if solid:
        panel.areas([shape], fill=colour, alpha=1.0 if sign.certain else _POSSIBLE, level=level)
    elif sign.style == "half":
        panel.areas(
            [_lower_half(sign, x, y, half)], fill=colour, alpha=1 if sign.certain else _POSSIBLE, level=level
        )
    dash: tuple[float, ...] = ()
    if not sign.certain and not sign.coarse:
        dash = _DASH
    elif sign.style == "dotted":
        dash = _DOTS
    panel.areas(
        [shape],
        edge=_darker(colour) if solid and sign.certain else colour,
        width=0.8 if solid else 1.3,
        dash=dash,
        level=level + 0.1,
    )
    if sign.style == "crossed":
        arm = half * 0.75
        cross = [
            np.array([[x - arm, y - arm], [x + arm, y + arm]]),
            np.array([[x - arm, y + arm], [x + arm, y - arm]]),
        ]
        panel.lines(cross, colour, 1.2, alpha=0.9 if sign.certain else 0.6, level=level + 0.15)


def _draw_letter(panel: Panel, at: tuple[float, float], sign: Sign, half: float, level: float) -> None:
    x, y = at
    letter = "?" if sign.style == "question" else kind_letter(sign.group, sign.kind)
    if sign.style == "crossed":
        return
    colour = "#10161d"
    if sign.style in ("filled", "question") and sign.certain:
        colour = PAPER if _is_dark(kind_colour(sign.group, sign.kind)) else colour
    panel.text(
        x, y, letter, half * 1.42, colour=colour, kind="bold", ha="center", va="center_baseline", level=level
    )


def _shape(sign: Sign, x: float, y: float, half: float) -> Floats:
    return circle(x, y, half * 1.06) if sign.group == "event" else rounded_square(x, y, half)


def _lower_half(sign: Sign, x: float, y: float, half: float) -> Floats:
    shape = _shape(sign, x, y, half).copy()
    shape[:, 1] = np.minimum(shape[:, 1], y)
    return shape


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _darker(colour: str) -> str:
    return "#" + "".join(f"{round(part * 0.7):02x}" for part in _channels(colour))


def _is_dark(colour: str) -> bool:
    # Relative luminance of WCAG 2; white has more contrast than near-black below this.
    linear = [
        part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  # sRGB
        for part in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] < 0.2  # noqa: PLR2004  # as said
