"""Toponyms to points, offline, with every decision open to audit.

``build_gazetteer`` makes the gazetteer file, ``Gazetteer.open`` reads it, ``resolve`` decides about one name,
and ``geocode`` about a column of them; ``GazetteerGeocoder`` offers the same to code written for geopy.
"""

from dashboard.geocoding.candidates import Candidate, GazetteerEntry, Resolution, Tier
from dashboard.geocoding.frame import geocode
from dashboard.geocoding.gazetteer import Gazetteer, GazetteerBuild, build_gazetteer
from dashboard.geocoding.geocoders.offline import GazetteerGeocoder
from dashboard.geocoding.hand import HandDecidedPlaces
from dashboard.geocoding.names import fold
from dashboard.geocoding.resolution import resolve, resolve_all

__all__ = [
    "Candidate",
    "Gazetteer",
    "GazetteerBuild",
    "GazetteerEntry",
    "GazetteerGeocoder",
    "HandDecidedPlaces",
    "Resolution",
    "Tier",
    "build_gazetteer",
    "fold",
    "geocode",
    "resolve",
    "resolve_all",
]
