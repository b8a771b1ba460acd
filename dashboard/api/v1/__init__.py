"""The API of version 1: the records of a view as JSON, GeoJSON, CSV and files, described by OpenAPI."""
