"""Where the server offers the map's parts; pages and routes both read it here."""

from typing import Final

__all__ = ["ASSETS", "EMBED", "MAP_DOCUMENT", "payload_address", "window_address"]

ASSETS: Final = "/atlas/assets"
"""The built front end."""

MAP_DOCUMENT: Final = "/atlas/map"
"""The map document; takes ``basemap``, and ``clock=off`` for a map of candidates."""

EMBED: Final = "/embed"
"""The map without anything around it, for a frame on somebody's page; takes what a link says."""


def payload_address(version: str) -> str:
    """Give the address of the map payload at a data version.

    Parameters
    ----------
    version
        Data version, or a route's placeholder for it.

    Returns
    -------
    str
        Path on this server; a new version has a new address, so browsers may keep it for ever.
    """
    return f"/api/layers/{version}/marks"


def window_address(version: str) -> str:
    """Give the address of single records of a large layer at a version.

    Parameters
    ----------
    version
        Version of the layer, or a route's placeholder for it.

    Returns
    -------
    str
        Path on this server; takes ``box``, ``from`` and ``to``.
    """
    return f"/api/layers/{version}/window"
