"""Country codes, their English names, and which shapes of the world map are theirs.

Codes are ISO 3166-1 alpha-2 as GeoNames lists them, and XK for Kosovo. A code names what a source or a
reviewer stated; it takes no side on who governs a territory (docs/borders.md).
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["countries_of_shape", "country_name", "country_names", "shapes_of"]

# Natural Earth's shapes without an ISO 3166-1 code, drawn as part of the territory they are claimed for.
_OWN_CODES: Final = {
    "SOL": ("SO",),
    "CYN": ("CY",),
    "ATC": ("AU",),
    "IOA": ("CC", "CX"),
    "KAS": ("IN", "PK"),
}
# Territories with an ISO code of their own that the map draws as part of another country.
_DRAWN_WITHIN: Final = {
    "FRA": ("GF", "GP", "MQ", "RE", "YT"),
    "NOR": ("BV", "SJ"),
    "NLD": ("BQ",),
}


@cache
def _countries() -> dict[str, dict[str, str]]:
    text = files("dashboard.domain").joinpath("countries.json").read_text(encoding="utf-8")
    known: dict[str, dict[str, str]] = json.loads(text)
    return known


@cache
def country_names() -> dict[str, str]:
    """List the countries and territories.

    Returns
    -------
    dict of str to str
        English short name by code.
    """
    return {code: country["name"] for code, country in _countries().items()}


def country_name(code: str) -> str:
    """Give the name to show for a country code.

    Parameters
    ----------
    code
        ISO 3166-1 alpha-2; an unknown one is shown as it is.

    Returns
    -------
    str
        English short name.
    """
    return country_names().get(code, code)


@cache
def _by_alpha3() -> dict[str, str]:
    return {country["alpha3"]: code for code, country in _countries().items()}


def countries_of_shape(shape: str) -> tuple[str, ...]:
    """Say which countries may have places within a shape of the world map.

    Parameters
    ----------
    shape
        Code of the shape in Natural Earth 1:50m: ISO 3166-1 alpha-3 or Natural Earth's own.

    Returns
    -------
    tuple of str
        Codes; empty for a shape that is no country's.
    """
    own = (_by_alpha3()[shape],) if shape in _by_alpha3() else ()
    return (_OWN_CODES.get(shape) or own) + _DRAWN_WITHIN.get(shape, ())


def shapes_of(country: str) -> tuple[str, ...]:
    """Name the shapes to colour for a country: its own, and those that are claimed for it alone.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2.

    Returns
    -------
    tuple of str
        Codes of shapes; empty for an unknown country.
    """
    if country not in _countries():
        return ()
    return (_countries()[country]["alpha3"], *(s for s, owners in _OWN_CODES.items() if owners == (country,)))
