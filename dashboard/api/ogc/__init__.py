"""OGC API - Features: sites and events as layers that a desktop GIS opens by address."""
