"""From frames to folium: the map document, its payload and its basemaps. Nothing here fetches anything."""
