"""The gazetteer behind geopy's interface, for everyone who already has code written against geopy.

Like every geopy geocoder it answers with its best guess; how sure that is stands in ``raw``. Code that must
not guess calls `dashboard.geocoding.geocode` or `dashboard.geocoding.resolution.resolve` instead.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from dashboard.geocoding.candidates import GEONAMES_LICENCE, Candidate, GazetteerEntry, Resolution
from dashboard.geocoding.gazetteer import Gazetteer
from dashboard.geocoding.geocoders.wrapping import NoNetwork
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.resolution.resolve import resolve

__all__ = ["GazetteerGeocoder"]

_STRUCTURED: Final = ("street", "city", "county", "state", "country")
_REVERSE_RADIUS_M: Final = 50_000.0


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Geocode offline against the gazetteer.

    Parameters
    ----------
    gazetteer
        An open gazetteer; closing it stays the caller's business.
    hand_decided
        Places that win over the gazetteer, besides those built into it.
    only_resolved
        Answer only what the atlas would place: an ambiguous name is None then, not a guess. A chain needs
        this, or a guess here would keep the next geocoder from being asked.
    """

    def __init__(
        self,
        gazetteer: Gazetteer,
        *,
        hand_decided: HandDecidedPlaces | None = None,
        only_resolved: bool = False,
    ) -> None:
        super().__init__(adapter_factory=NoNetwork)
        self.gazetteer = gazetteer
        self.hand_decided = hand_decided
        self.only_resolved = only_resolved

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401, ARG002 - geopy's signature
        limit: int | None = None,
        country_codes: str | Sequence[str] | None = None,
    ) -> Location | list[Location] | None:
        """Find the place that a name means.

        Parameters
        ----------
        query
            A toponym, or geopy's mapping of ``city``, ``county``, ``state``, ``country``.
        exactly_one
            Give the best place only; otherwise all candidates, best first.
        timeout
            Accepted as by all geocoders; nothing here waits.
        limit
            At most this many candidates when not exactly one.
        country_codes
            ISO 3166-1 alpha-2 codes that a place must lie in.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s) in EPSG:4326 whose ``raw`` holds id, country, precision, precision_m (metres), status,
            score, margin, reason, source and licence; None when nothing is found or the gazetteer has no
            point for it.

        Raises
        ------
        GeocoderQueryError
            The query is neither text nor a mapping.
        GazetteerError
            The gazetteer was damaged after it was opened.
        """
        name = _name(query)
        codes = [country_codes] if isinstance(country_codes, str) else list(country_codes or ())
        wanted = limit if limit is not None else 10
        locations: list[Location] = []
        for code in codes or (None,):
            found = resolve(
                name,
                gazetteer=self.gazetteer,
                hand_decided=self.hand_decided,
                country=code,
                limit=max(wanted, 1),
            )
            locations += self._locations(found)
        locations.sort(key=lambda location: -float(location.raw["score"]))
        if exactly_one:
            return locations[0] if locations else None
        return locations[:wanted] or None

    def reverse(
        self,
        query: Point | tuple[float, float] | str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401, ARG002 - geopy's signature
        limit: int | None = None,
    ) -> Location | list[Location] | None:
        """Find the places around a point, within 50 km.

        Parameters
        ----------
        query
            A geopy point, (latitude, longitude) in degrees of EPSG:4326, or text such as ``33.6, -7.1``.
        exactly_one
            Give the nearest place only; otherwise several, nearest first.
        timeout
            Accepted as by all geocoders; nothing here waits.
        limit
            At most this many places when not exactly one.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s) whose ``raw`` adds ``distance_m``; None when no place is near.

        Raises
        ------
        GeocoderQueryError
            The query is no point.
        """
        try:
            point = Point(query)
        except (ValueError, TypeError) as error:
            raise GeocoderQueryError(f"{query!r} is not a point: {error}") from error
        wanted = 1 if exactly_one else limit if limit is not None else 10
        around = self.gazetteer.near(
            point.latitude, point.longitude, radius_m=_REVERSE_RADIUS_M, limit=wanted
        )
        locations = []
        for distance, entry in around:
            raw = _raw(entry) | {
                "distance_m": round(distance),
                "reason": f"{distance / 1000:.1f} km from the point",
            }
            locations.append(self._location(entry, raw))
        if exactly_one:
            return locations[0] if locations else None
        return locations or None

    def _locations(self, found: Resolution) -> list[Location]:
        # Without this, Morocco (which has no point) would be answered with Morocco, Indiana.
        if found.status == "unknown" or found.candidates[0].entry.point is None:
            return []
        if self.only_resolved and found.status != "resolved":
            return []
        return [
            self._location(candidate.entry, _raw_of(candidate, found))
            for candidate in found.candidates
            if candidate.entry.point
        ]

    def _location(self, entry: GazetteerEntry, raw: dict[str, Any]) -> Location:
        country = self.gazetteer.country_name(entry.country)
        address = f"{entry.name}, {country}" if country else entry.name
        return Location(address, entry.point, raw)


def _name(query: object) -> str:
    if isinstance(query, str):
        return query
    if isinstance(query, Mapping):
        return ", ".join(str(query[key]) for key in _STRUCTURED if query.get(key))
    raise GeocoderQueryError(f"A {type(query).__name__} is no place name")


def _raw(entry: GazetteerEntry) -> dict[str, Any]:
    return {
        "id": entry.place_id,
        "name": entry.name,
        "country": entry.country,
        "admin1": entry.admin1,
        "population": entry.population,
        "kind": entry.kind,
        "precision": entry.precision,
        "precision_m": entry.precision_m,
        "source": entry.source,
        "licence": GEONAMES_LICENCE if entry.source.startswith("GeoNames") else "",
    }


def _raw_of(candidate: Candidate, found: Resolution) -> dict[str, Any]:
    decision = found.reason if candidate is found.chosen else candidate.reason
    return _raw(candidate.entry) | {
        "status": found.status,
        "score": candidate.score,
        "margin": found.margin,
        "reason": decision,
    }
