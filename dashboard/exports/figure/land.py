"""Land, borders and country names beneath the marks of a figure."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from dashboard.domain.countries import countries_of_shape, country_name, shapes_of
from dashboard.exports.figure.labels import Label, place_labels
from dashboard.exports.figure.lettering import width
from dashboard.exports.figure.panel import MUTED, PAPER, Box, Panel
from dashboard.exports.figure.projection import MapFrame
from dashboard.exports.figure.world import Line, World

__all__ = ["Ground"]

Floats = npt.NDArray[np.float64]

_SEA: Final = "#dfe8ee"
_LAND: Final = "#f7f5f0"
_COAST: Final = "#93a3af"
_BORDER: Final = "#a3a29a"
_NAME: Final = "#6f6d66"
_GRID: Final = "#ccd8e0"
_SHADE: Final = "#929da7"
_DETAIL: Final = 0.25  # points by which a line may miss
_NAME_SIZE: Final = 6.2
_NAMES: Final = 40
_OVERHANG: Final = 2.6  # radii of the room in a country that its name may be wide
_LEAST_AREA: Final = 60.0  # square points of a country that can be named
_LEVEL: Final = {"grid": 0.2, "land": 0.5, "shade": 0.7, "border": 1.0, "coast": 1.1, "name": 1.5}


class Ground:
    """The ground of one map.

    Parameters
    ----------
    panel
        Where it is drawn.
    frame
        What of the world is shown there.
    world
        The shapes; None leaves the ground empty.
    """

    def __init__(self, panel: Panel, frame: MapFrame, world: World | None) -> None:
        self.panel = panel
        self.frame = frame
        self._world = world
        self._scale = panel.width / frame.width
        self._shapes: dict[str, list[Floats]] = {}
        self._inner: list[tuple[str, float, float, float]] | None = None
        self.has_dashed = False

    def at(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Floats:
        """Turn degrees into points of the panel.

        Parameters
        ----------
        lon, lat
            Coordinates in degrees.

        Returns
        -------
        numpy.ndarray
            One row of x and y a point.
        """
        return self._placed(self.frame.project(lon, lat))

    def points(self, metres: float) -> float:
        """Turn a distance on the ground into points of the panel.

        Parameters
        ----------
        metres
            The distance.

        Returns
        -------
        float
            Points, as far as the projection keeps distances.
        """
        return metres * self._scale

    def ring(self, line: Line) -> list[Floats]:
        """Project a ring, in parts where the edge of the world cuts it.

        Parameters
        ----------
        line
            The ring in degrees.

        Returns
        -------
        list of numpy.ndarray
            Rings in points of the panel.
        """
        return [self._placed(ring) for ring in self.frame.areas([line], _DETAIL / self._scale)]

    def draw(self) -> None:
        """Draw sea, land, coasts and borders."""
        panel, frame = self.panel, self.frame
        edge = frame.outline()
        everything = np.array(
            [[0, 0], [panel.width, 0], [panel.width, panel.height], [0, panel.height], [0, 0]]
        )
        panel.areas(
            [everything if edge is None else self._placed(np.vstack([edge, edge[:1]]))], fill=_SEA, level=0
        )
        if self._world is None:
            return
        detail = _DETAIL / self._scale
        panel.lines(self._graticule(detail), _GRID, 0.4, level=_LEVEL["grid"])
        self._shapes = {
            code: [self._placed(ring) for ring in frame.areas(rings, detail)]
            for code, rings in self._world.countries.items()
        }
        # The edge in the colour of the land closes the hairlines between neighbours.
        land = [ring for rings in self._shapes.values() for ring in rings]
        panel.areas(land, fill=_LAND, edge=_LAND, width=0.3, level=_LEVEL["land"])
        for lines, colour, thick, dash, level in (
            (self._world.borders, _BORDER, 0.55, (), "border"),
            (self._world.dashed, _BORDER, 0.7, (2.4, 1.8), "border"),
            (self._world.coast, _COAST, 0.5, (), "coast"),
        ):
            drawn = [self._placed(line) for line in frame.lines(lines, detail)]
            panel.lines(drawn, colour, thick, dash=dash, level=_LEVEL[level])
            self.has_dashed = self.has_dashed or bool(dash and self._seen(drawn))
        if edge is not None:
            panel.lines([self._placed(np.vstack([edge, edge[:1]]))], _COAST, 0.5, level=_LEVEL["coast"])

    def shade(self, country: str, *, certain: bool) -> bool:
        """Shade a country that is known to hold a record, nobody knows where.

        Parameters
        ----------
        country
            ISO code.
        certain
            Whether a record in it surely lies in the window.

        Returns
        -------
        bool
            Whether there is a shape in the frame to shade.
        """
        rings = [ring for shape in shapes_of(country) for ring in self._shapes.get(shape, ())]
        if not rings or self.inside(country) is None:
            return False
        self.panel.areas(
            rings,
            edge=_SHADE,
            width=0,
            hatch="/////" if certain else "//",
            alpha=0.85,
            level=_LEVEL["shade"],
        )
        return True

    def inside(self, country: str) -> tuple[float, float] | None:
        """Find a point well inside what the frame shows of a country.

        Parameters
        ----------
        country
            ISO code.

        Returns
        -------
        tuple of float or None
            Points of the panel; None when next to nothing of it is shown.
        """
        for code, x, y, _ in self._inner_points():
            if code == country:
                return (x, y)
        return None

    def name_countries(self, taken: Sequence[Box], first: Sequence[str]) -> list[Box]:
        """Write the names of countries where there is room.

        Parameters
        ----------
        taken
            What is covered already.
        first
            Codes of countries that matter most.

        Returns
        -------
        list of tuple
            What the names cover.
        """
        room = (self.panel.width, self.panel.height)
        labels = []
        rank = {code: place for place, code in enumerate(first)}
        for code, x, y, reach in sorted(self._inner_points(), key=lambda one: rank.get(one[0], len(rank))):
            text = country_name(code).strip()
            if width(text, _NAME_SIZE) <= reach * _OVERHANG:
                labels.append(Label(x, y, 0, (text,)))
        placed = place_labels(labels, taken, room, _NAME_SIZE, most=_NAMES, centred=True)
        for one in placed:
            left, bottom, wide, high = one.box
            self.panel.text(
                left + wide / 2,
                bottom + high / 2,
                one.label.lines[0],
                _NAME_SIZE,
                colour=_NAME,
                kind="oblique",
                ha="center",
                va="center",
                level=_LEVEL["name"],
            )
        return [one.box for one in placed]

    def scale_bar(self, x: float, y: float) -> None:
        """Draw a scale bar, where a scale means something.

        Parameters
        ----------
        x, y
            Its left end.
        """
        if self.frame.is_world or self._world is None:
            return
        room = self.panel.width * 0.16 / self._scale / 1000
        step = 10 ** np.floor(np.log10(room))
        length = float(step * max(part for part in (1, 2, 5) if part * step <= room))
        wide = self.points(length * 1000)
        label = f"{length:,.0f} km"
        high = 15
        self.panel.areas(
            [np.array([[x - 4, y - 4], [x + wide + 4, y - 4], [x + wide + 4, y + high], [x - 4, y + high]])],
            fill=PAPER,
            alpha=0.7,
            level=8,
        )
        bar = np.array([[x, y + 3], [x, y], [x + wide, y], [x + wide, y + 3]])
        self.panel.lines([bar], MUTED, 0.8, level=9)
        self.panel.text(x + wide / 2, y + 4, label, 6.2, colour=MUTED, ha="center", level=9)

    def _placed(self, metres: Floats) -> Floats:
        west, _, south, _ = self.frame.extent
        points: Floats = (metres - np.array([west, south])) * self._scale
        return points

    def _seen(self, lines: Sequence[Floats]) -> bool:
        inside = (self.panel.width, self.panel.height)
        return any(bool(np.any((line > 0).all(axis=1) & (line < inside).all(axis=1))) for line in lines)

    def _graticule(self, detail: float) -> list[Floats]:
        degrees = self.frame.width / 111_000
        step = next((step for step in (2, 5, 10, 15) if degrees / step <= 9), 30)  # noqa: PLR2004  # lines
        lat, lon = np.linspace(-90, 90, 181), np.linspace(-180, 180, 361)
        lines: list[Line] = [
            np.column_stack([np.full(181, meridian), lat]) for meridian in range(-180, 180, step)
        ]
        lines += [np.column_stack([lon, np.full(361, parallel)]) for parallel in range(step - 90, 90, step)]
        return [self._placed(line) for line in self.frame.lines(lines, detail)]

    def _inner_points(self) -> list[tuple[str, float, float, float]]:
        """Find a point well inside each country, and how far its border is; the roomiest first."""
        if self._inner is None:
            window = shapely.box(0, 0, self.panel.width, self.panel.height)
            found = [(shape, _roomiest(rings, window)) for shape, rings in self._shapes.items() if rings]
            self._inner = sorted(
                (
                    (codes[0], *spot)
                    for shape, spot in found
                    if spot is not None
                    and (codes := countries_of_shape(shape))
                    and shape in shapes_of(codes[0])[:1]
                ),
                key=lambda one: (-one[3], one[0]),
            )
        return self._inner


def _roomiest(rings: Sequence[Floats], window: shapely.Geometry) -> tuple[float, float, float] | None:
    """Find the middle and the radius of the largest circle in what a window shows of a country."""
    largest = max((shapely.Polygon(ring) for ring in rings), key=lambda area: float(area.area))
    parts = shapely.get_parts(shapely.intersection(shapely.buffer(largest, 0), window))
    inside = max(parts, key=lambda area: float(area.area), default=None)
    if inside is None or inside.area < _LEAST_AREA:
        return None
    line = shapely.maximum_inscribed_circle(inside, 0.5)
    x, y = shapely.get_coordinates(line)[0]
    return (float(x), float(y), float(line.length))
