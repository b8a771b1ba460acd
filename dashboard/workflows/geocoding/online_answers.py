"""Names that the gazetteer does not settle, put to the online geocoders that the settings allow.

What a service answers is its first guess, without rivals or margin: it is marked as such, carries who said it
and when, and is for a person to confirm. An error is said to be one; it never looks like "no such place".
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

import geopandas as gpd
from geopy.location import Location

from dashboard.geocoding.candidates import distance_m
from dashboard.geocoding.geocoders.cached import PROVENANCE
from dashboard.geocoding.geocoders.chain import ChainGeocoder
from dashboard.geocoding.geocoders.online import OnlineGeocoderRefusedError, online_geocoders
from dashboard.settings import Settings

__all__ = ["OnlineAnswer", "OnlineAsker", "fill_online", "online_asker"]

_OSM_TYPES: Final = {"N": "node", "W": "way", "R": "relation"}


@dataclass(frozen=True, slots=True)
class OnlineAnswer:
    """What the online geocoders said about a name.

    Parameters
    ----------
    status
        ``online`` (a place), ``unknown`` (none knows it), ``error`` (nobody can say).
    reason
        Who said what and when, in words.
    address
        Address of the place as the service writes it.
    point
        Latitude and longitude in degrees.
    place_id
        Such as ``osm:relation/2799204``; empty when the service names none.
    country
        The country that was asked for; empty when none was.
    radius_m
        Half the diagonal of the box that the service draws around the place, in metres.
    """

    status: Literal["online", "unknown", "error"]
    reason: str
    address: str = ""
    point: tuple[float, float] | None = None
    place_id: str = ""
    country: str = ""
    radius_m: float | None = None


OnlineAsker: TypeAlias = Callable[[str, str], OnlineAnswer]
"""Takes a name and the code of its country, or an empty text."""


def online_asker(settings: Settings) -> OnlineAsker:
    """Make what asks the online geocoders of the settings.

    Parameters
    ----------
    settings
        Which services may be asked.

    Returns
    -------
    Callable
        Takes a name and a country code.

    Raises
    ------
    OnlineGeocoderRefusedError
        No service is listed, or it is not said who asks.
    """
    members = online_geocoders(settings)
    if not members:
        raise OnlineGeocoderRefusedError(
            "No online geocoder may be asked: set ARSENAL_ATLAS_ONLINE_GEOCODERS, such as 'nominatim', and "
            "ARSENAL_ATLAS_GEOCODER_USER_AGENT (docs/online-geocoders.md)"
        )
    chain = ChainGeocoder(members)
    return lambda name, country: _ask(chain, name, country)


def fill_online(found: gpd.GeoDataFrame, ask: OnlineAsker, country: str) -> gpd.GeoDataFrame:
    """Ask about the names of a frame that are not resolved.

    Parameters
    ----------
    found
        A frame of `dashboard.geocoding.geocode`.
    ask
        What asks.
    country
        Code of the country that all names lie in; empty when unknown.

    Returns
    -------
    geopandas.GeoDataFrame
        A copy in which such rows have the status ``online``, ``error`` or their own, and say who said what.
    """
    filled = found.copy()
    for row in filled.index[(filled["status"] != "resolved") & (filled["name"].str.strip() != "")]:
        answer = ask(str(filled.at[row, "name"]), country)
        filled.at[row, "reason"] = f"{answer.reason}; offline: {filled.at[row, 'reason']!s}"
        if answer.status != "unknown":
            filled.at[row, "status"] = answer.status
        if answer.point is not None:
            filled.loc[row, ["place_id", "place_name", "country"]] = [
                answer.place_id,
                answer.address,
                answer.country,
            ]
            filled.at[row, "precision_m"] = answer.radius_m
            filled.loc[[row], "geometry"] = gpd.points_from_xy([answer.point[1]], [answer.point[0]])
    return filled


def _ask(chain: ChainGeocoder, name: str, country: str) -> OnlineAnswer:
    answer = chain.ask("geocode", name, **({"country_codes": country.lower()} if country else {}))
    place = answer.answer
    if not isinstance(place, Location):
        told = "; ".join(
            f"{one.name}: {one.said}{f' ({one.detail})' if one.detail else ''}" for one in answer.asked
        )
        return OnlineAnswer("unknown" if answer.error is None else "error", told)
    raw = place.raw if isinstance(place.raw, Mapping) else {}
    said = raw.get(PROVENANCE, {})
    reason = f"first answer of {said.get('provider')} on {said.get('retrieved')}, {said.get('licence')}"
    point = (place.latitude, place.longitude)
    box = raw.get("boundingbox")
    return OnlineAnswer("online", reason, place.address, point, _place_id(raw), country, _radius_m(box))


def _place_id(raw: Mapping[str, Any]) -> str:
    told = raw.get("properties", raw)  # Photon's stands one floor lower
    kind, number = (told.get("osm_type"), told.get("osm_id")) if isinstance(told, Mapping) else (None, None)
    return f"osm:{_OSM_TYPES.get(str(kind), kind)}/{number}" if kind and number else ""


def _radius_m(box: object) -> float | None:
    try:
        south, north, west, east = (float(side) for side in box)  # type: ignore[attr-defined]  # foreign JSON
    except (TypeError, ValueError):
        return None
    return (
        distance_m((south, west), (north, east)) / 2 if math.isfinite(south + north + west + east) else None
    )
