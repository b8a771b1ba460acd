"""The gazetteer: what places there are, under which names, built once and read offline ever after."""

from dashboard.geocoding.gazetteer.build import GazetteerBuild, build_gazetteer
from dashboard.geocoding.gazetteer.reader import Gazetteer

__all__ = ["Gazetteer", "GazetteerBuild", "build_gazetteer"]
