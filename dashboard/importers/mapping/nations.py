"""Countries as datasets write them: ISO codes, FIPS 10-4, and names in many languages.

Names, FIPS codes and points are those of GeoNames (geonames.org, CC BY 4.0). A two-letter code is never
guessed to be FIPS: the same letters mean other countries there (AS: Australia, in ISO 3166 American Samoa).
"""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from dashboard.domain.countries import country_names, shapes_of
from dashboard.importers.mapping.folding import fold

__all__ = ["CountryForm", "country_points", "read_country"]

CountryForm = Literal["name", "iso2", "iso3", "fips", "ending"]
"""How a column names countries; ``name``: names and ISO codes, ``ending``: the end of "Tan-Tan, Morocco"."""

_COMMA: Final = re.compile("[,;\u060c]")  # the last one is the Arabic comma
_OLD_FIPS: Final = {"GZ": "PS", "RB": "RS", "YI": "RS", "OC": "", "OS": ""}


@cache
def _nations() -> dict[str, dict[str, object]]:
    text = files("dashboard.importers.mapping").joinpath("nations.json").read_text(encoding="utf-8")
    known: dict[str, dict[str, object]] = json.loads(text)
    return known


@cache
def _by_name() -> dict[str, str]:
    return {str(key): code for code, row in _nations().items() for key in row["names"]}  # type: ignore[attr-defined]  # JSON


@cache
def _by_fips() -> dict[str, str]:
    return _OLD_FIPS | {str(row["fips"]): code for code, row in _nations().items() if row["fips"]}


@cache
def _by_iso3() -> dict[str, str]:
    return {shapes_of(code)[0]: code for code in country_names()}


@cache
def country_points() -> dict[str, tuple[float, float]]:
    """List the points that stand for whole countries.

    Returns
    -------
    dict of str to tuple
        Latitude and longitude by ISO 3166-1 alpha-2.
    """
    return {
        code: (row["point"][0], row["point"][1])  # type: ignore[index]  # JSON
        for code, row in _nations().items()
        if row["point"]
    }


def read_country(text: str, form: CountryForm) -> str:
    """Read one country.

    Parameters
    ----------
    text
        As written.
    form
        How the column names countries.

    Returns
    -------
    str
        ISO 3166-1 alpha-2; empty when it is no country that is known.
    """
    text = text.strip().strip("*")
    if form == "fips":
        return _by_fips().get(text.upper(), "")
    if form == "iso2":
        return text.upper() if text.upper() in country_names() else ""
    if form == "iso3":
        return _by_iso3().get(text.upper(), "")
    if form == "ending":
        return _named(text) or _named(_COMMA.split(text)[-1].strip(" ."))
    return _named(text)


def _named(text: str) -> str:
    if len(text) == 2 and text.isupper() and text in country_names():  # noqa: PLR2004  # alpha-2
        return text
    if len(text) == 3 and text.isupper() and text in _by_iso3():  # noqa: PLR2004  # alpha-3
        return _by_iso3()[text]
    found = _by_name().get(fold(text))
    return found or _by_name().get(fold(text.partition("(")[0]), "")
