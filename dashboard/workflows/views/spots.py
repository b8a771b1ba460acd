"""A small map of a few places, as records that the atlas's own map can show.

They are sites without a date: squares with a ring of their radius, coarse ones hollow. Names travel in the
payload as data, like those of records.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dashboard.domain.countries import country_name
from dashboard.domain.dates import UNDATED
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import TABLES, Location, Site, SiteStatus
from dashboard.domain.vocabulary import label
from dashboard.maps.payload import encode_payload
from dashboard.workflows.views.frames import build_frames

__all__ = ["Spot", "SpotMap", "known_words", "spot_map", "spots_of"]

_CHOSEN, _OTHER = "factory", "other"  # their colours are told apart best, and from the selection's
_STATUS: Final = "operating"  # drawn filled
_TILE: Final = 256.0
_FRAME: Final = 260.0  # pixels that are free on the narrowest screen
_NEAREST_ZOOM: Final = 6.5
_EDGE: Final = 84.0  # latitude beyond which a web map goes wild


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a small map.

    Parameters
    ----------
    id
        Id, given back when it is clicked.
    name
        Name to show.
    where
        What else to say of it.
    country
        ISO 3166-1 alpha-2 code, or empty.
    lat, lon
        Degrees, EPSG:4326.
    precision
        Code of ``precisions``.
    precision_m
        Radius in metres, None when there is none.
    chosen
        Whether it is drawn as the one that counts.
    """

    id: str
    name: str
    where: str
    country: str
    lat: float
    lon: float
    precision: str
    precision_m: int | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class SpotMap:
    """A map of a few places.

    Parameters
    ----------
    name
        Name of its content: equal names, equal maps.
    spots
        The places, in their order.
    words
        Words of the legend in place of those of sites.
    nearest
        Zoom beyond which it does not go, however close together they lie.
    """

    name: str
    spots: tuple[Spot, ...]
    words: Mapping[str, str]
    nearest: float = _NEAREST_ZOOM

    def payload(self, version: str) -> bytes:
        """Encode it for the map document.

        Parameters
        ----------
        version
            Version under which it is served.

        Returns
        -------
        bytes
            See docs/map-document.md; record ids are those of the spots.
        """
        tables: dict[str, list[object]] = {table: [] for table in TABLES}
        for number, spot in enumerate(self.spots):
            kind = _CHOSEN if spot.chosen else _OTHER
            tables["sites"].append(Site(id=spot.id, name=spot.name or spot.id, kind=kind))
            tables["site_status"].append(
                SiteStatus(id=f"ss-{number}", site_id=spot.id, status=_STATUS, date=UNDATED, citation_id="")
            )
            tables["locations"].append(
                Location(
                    id=f"lo-{number}",
                    record_id=spot.id,
                    role="at",
                    place_as_written=spot.where,
                    country=spot.country,
                    lat=spot.lat,
                    lon=spot.lon,
                    precision=spot.precision,
                    precision_m=spot.precision_m,
                    method="gazetteer",
                )
            )
        frames = build_frames(tables, version)
        # Without a date a status is only possible, which would be drawn faint.
        certain = replace(frames, segments=frames.segments.assign(certain=True))
        return encode_payload(certain, words=self.words)

    @property
    def view(self) -> dict[str, float]:
        """Part of Earth that holds all of them, as the map's frame reads it."""
        lats = [spot.lat for spot in self.spots]
        lons = [spot.lon for spot in self.spots]
        north, south = _mercator(max(lats)), _mercator(min(lats))
        # 1 is the whole Earth in either direction.
        span = max((max(lons) - min(lons)) / 360.0, abs(north - south), 1e-6)
        zoom = min(math.log2(_FRAME / _TILE / span), self.nearest)
        middle = (max(lats) + min(lats)) / 2 if span < 0.1 else _latitude((north + south) / 2)  # noqa: PLR2004
        return {
            "lat": round(middle, 4),
            "lng": round((max(lons) + min(lons)) / 2, 4),
            "zoom": max(1.0, math.floor(zoom * 4) / 4),
        }


def spot_map(
    spots: Sequence[Spot], chosen: str, other: str, nearest: float = _NEAREST_ZOOM
) -> SpotMap | None:
    """Make a map of a few places.

    Parameters
    ----------
    spots
        The places.
    chosen, other
        Words of the legend for those that count, and for the others.
    nearest
        Zoom beyond which it does not go.

    Returns
    -------
    SpotMap or None
        None when there is no place.
    """
    if not spots:
        return None
    digest = hashlib.sha256(
        repr((chosen, other, nearest, spots)).encode("utf-8", "backslashreplace")
    ).hexdigest()
    words = {"Factory": chosen, "Other site": other, _STATUS: ""}
    return SpotMap(digest[:16], tuple(spots), words, nearest)


def spots_of(dossier: Dossier, words: str, *, proposed: bool) -> list[Spot]:
    """Give the places of a dossier that have a point.

    Parameters
    ----------
    dossier
        The dossier.
    words
        What to say of them.
    proposed
        Whether they are drawn as those that count.

    Returns
    -------
    list of Spot
        In their order.
    """
    return [
        Spot(
            f"{'new' if proposed else 'old'}-{row.id}",
            row.place_as_written or dossier.name,
            " · ".join(
                part for part in (words, known_words(row.precision, row.precision_m, row.country)) if part
            ),
            row.country,
            row.lat,
            row.lon,
            row.precision,
            row.precision_m,
            proposed,
        )
        for row in dossier.locations
        if row.lat is not None and row.lon is not None
    ]


def known_words(precision: str, precision_m: float | None, country: str) -> str:
    """Say how well a place is known.

    Parameters
    ----------
    precision
        Code of ``precisions``.
    precision_m
        Radius in metres, None when there is none.
    country
        ISO 3166-1 alpha-2 code, or empty.

    Returns
    -------
    str
        Country, precision and radius.
    """
    radius = f" within {precision_m / 1000:g} km" if precision_m else ""
    known = f"known to {label('precisions', precision)}{radius}"
    return " · ".join(part for part in (country_name(country) if country else "", known) if part)


def _mercator(lat: float) -> float:
    """Give the height of a latitude on a web map, in parts of its whole height."""
    bounded = math.radians(max(-_EDGE, min(_EDGE, lat)))
    return math.log(math.tan(math.pi / 4 + bounded / 2)) / (2 * math.pi)


def _latitude(height: float) -> float:
    return math.degrees(2 * math.atan(math.exp(height * 2 * math.pi)) - math.pi / 2)
