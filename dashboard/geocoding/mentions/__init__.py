"""Recognition: which words of a text name a place, and in what sense."""

from dashboard.geocoding.mentions.geoparse import geoparse
from dashboard.geocoding.mentions.mention import PlaceMention
from dashboard.geocoding.mentions.recognise import find_mentions

__all__ = ["PlaceMention", "find_mentions", "geoparse"]
