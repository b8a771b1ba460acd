"""Candidates of one name as records of a small map, so that the atlas's own map can show them.

They are sites without a date: squares with a ring of their radius, coarse ones hollow. Names travel in the
payload as data, like those of records.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dashboard.domain.countries import country_name
from dashboard.domain.dates import UNDATED
from dashboard.domain.records import TABLES, Location, Site, SiteStatus
from dashboard.domain.vocabulary import label
from dashboard.geocoding.candidates import Candidate
from dashboard.maps.payload import encode_payload
from dashboard.workflows.frames import build_frames

__all__ = ["CandidateMap", "candidate_map"]

_CHOSEN, _OTHER = "factory", "other"  # their colours are told apart best, and from the selection's
_STATUS: Final = "operating"  # drawn filled
_WORDS: Final = {"Factory": "Chosen", "Other site": "Candidate", "operating": ""}
_TILE: Final = 256.0
_FRAME: Final = 260.0  # pixels that are free on the narrowest screen
_NEAREST_ZOOM: Final = 6.5
_EDGE: Final = 84.0  # latitude beyond which a web map goes wild


@dataclass(frozen=True, slots=True)
class CandidateMap:
    """A map of candidates.

    Parameters
    ----------
    name
        Name of its content: equal names, equal maps.
    candidates
        Those that have a point, in their order.
    chosen_id
        Place id of the one decided on, empty for none.
    """

    name: str
    candidates: tuple[Candidate, ...]
    chosen_id: str

    def payload(self, version: str) -> bytes:
        """Encode it for the map document.

        Parameters
        ----------
        version
            Version under which it is served.

        Returns
        -------
        bytes
            See docs/map-document.md; record ids are place ids.
        """
        tables: dict[str, list[object]] = {table: [] for table in TABLES}
        for number, one in enumerate(self.candidates):
            entry = one.entry
            tables["sites"].append(
                Site(
                    id=entry.place_id,
                    name=entry.name or entry.place_id,
                    kind=_CHOSEN if entry.place_id == self.chosen_id else _OTHER,
                )
            )
            tables["site_status"].append(
                SiteStatus(
                    id=f"ss-{number}",
                    site_id=entry.place_id,
                    status=_STATUS,
                    date=UNDATED,
                    citation_id="",
                )
            )
            tables["locations"].append(
                Location(
                    id=f"lo-{number}",
                    record_id=entry.place_id,
                    role="at",
                    place_as_written=_where(one),
                    country=entry.country,
                    lat=entry.lat,
                    lon=entry.lon,
                    precision=entry.precision,
                    precision_m=round(entry.precision_m) if entry.precision_m else None,
                    method="gazetteer",
                )
            )
        frames = build_frames(tables, version)
        # Without a date a status is only possible, which would be drawn faint.
        certain = replace(frames, segments=frames.segments.assign(certain=True))
        return encode_payload(certain, words=_WORDS)

    @property
    def view(self) -> dict[str, float]:
        """Part of Earth that holds all of them, as the map's frame reads it."""
        lats = [one.entry.lat or 0.0 for one in self.candidates]
        lons = [one.entry.lon or 0.0 for one in self.candidates]
        north, south = _mercator(max(lats)), _mercator(min(lats))
        # 1 is the whole Earth in either direction.
        span = max((max(lons) - min(lons)) / 360.0, abs(north - south), 1e-6)
        zoom = min(math.log2(_FRAME / _TILE / span), _NEAREST_ZOOM)
        middle = (max(lats) + min(lats)) / 2 if span < 0.1 else _latitude((north + south) / 2)  # noqa: PLR2004
        return {
            "lat": round(middle, 4),
            "lng": round((max(lons) + min(lons)) / 2, 4),
            "zoom": max(1.0, math.floor(zoom * 4) / 4),
        }


def candidate_map(candidates: Sequence[Candidate], chosen_id: str = "") -> CandidateMap | None:
    """Make the map of the candidates of one name.

    Parameters
    ----------
    candidates
        The candidates, best first.
    chosen_id
        Place id of the one decided on, empty for none.

    Returns
    -------
    CandidateMap or None
        None when no candidate has a point.
    """
    placed = tuple(one for one in candidates if one.entry.point is not None)
    if not placed:
        return None
    digest = hashlib.sha256(repr((chosen_id, placed)).encode("utf-8", "backslashreplace")).hexdigest()
    return CandidateMap(digest[:16], placed, chosen_id)


def _where(one: Candidate) -> str:
    entry = one.entry
    radius = f" within {entry.precision_m / 1000:g} km" if entry.precision_m else ""
    country = country_name(entry.country) if entry.country else ""
    known = f"known to {label('precisions', entry.precision)}{radius}"
    return " · ".join(part for part in (country, known, f"score {one.score:.2f}") if part)


def _mercator(lat: float) -> float:
    """Give the height of a latitude on a web map, in parts of its whole height."""
    bounded = math.radians(max(-_EDGE, min(_EDGE, lat)))
    return math.log(math.tan(math.pi / 4 + bounded / 2)) / (2 * math.pi)


def _latitude(height: float) -> float:
    return math.degrees(2 * math.atan(math.exp(height * 2 * math.pi)) - math.pi / 2)
