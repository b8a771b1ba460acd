"""Country codes and their English names: ISO 3166-1 alpha-2 as GeoNames lists them, and XK for Kosovo.

A code names what a source or a reviewer stated; it takes no side on who governs a
territory (docs/borders.md).
"""

import json
from functools import cache
from importlib.resources import files

__all__ = ["country_name", "country_names"]


@cache
def country_names() -> dict[str, str]:
    """List the countries and territories.

    Returns
    -------
    dict of str to str
        English short name by code.
    """
    text = files("dashboard.domain").joinpath("countries.json").read_text(encoding="utf-8")
    names: dict[str, str] = json.loads(text)
    return names


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
