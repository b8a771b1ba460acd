"""Articles without a gazetteer: the places of a text are those a test names."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from dashboard.articles.engine import extract
from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import Extraction
from dashboard.articles.reading import Article

KNOWN = {
    "Morocco": ("country", "MA", 32.0, -6.0),
    "Maroc": ("country", "MA", 32.0, -6.0),
    "Israel": ("country", "IL", 31.5, 34.75),
    "Rabat": ("capital", "MA", 34.013, -6.833),
    "Tel Aviv": ("city", "IL", 32.081, 34.781),
    "TEL AVIV": ("city", "IL", 32.081, 34.781),
    "Ben Slimane": ("city", "MA", 33.612, -7.121),
    "Casablanca": ("city", "MA", 33.588, -7.611),
    "Tangier": ("city", "MA", 35.767, -5.8),
    "Agadir": ("city", "MA", 30.42, -9.598),
    "Lyon": ("city", "FR", 45.748, 4.846),
    "Sevilla": ("city", "ES", 37.382, -5.973),
    "Kassel": ("city", "DE", 51.317, 9.5),
    "الرباط": ("capital", "MA", 34.013, -6.833),
    "חיפה": ("city", "IL", 32.815, 34.989),
    "Linz": ("city", "AT", 48.306, 14.286),
    "Graz": ("city", "AT", 47.067, 15.45),
    "Austria": ("country", "AT", 47.33, 13.33),
}
DEMONYMS = {"Moroccan": "MA", "Israeli": "IL", "Austrian": "AT"}


def named_in(text: str) -> list[NamedPlace]:
    found = [
        NamedPlace(name, m.start(), m.end(), "place", kind, name, country, lat, lon, "locality", 5e3, name)
        for name, (kind, country, lat, lon) in KNOWN.items()
        for m in re.finditer(re.escape(name), text)
    ]
    found += [
        NamedPlace(name, m.start(), m.end(), "demonym", "country", name, country)
        for name, country in DEMONYMS.items()
        for m in re.finditer(rf"\b{name}\b", text)
    ]
    return sorted(found, key=lambda place: place.start)


@pytest.fixture
def propose() -> Callable[..., Extraction]:
    def run(text: str, language: str = "en", published: date | None = date(2026, 1, 5)) -> Extraction:
        return extract(Article(text, language, published), named_in(text))

    return run


@pytest.fixture(scope="session")
def founding_text() -> str:
    return (Path(__file__).parent / "texts" / "founding.txt").read_text(encoding="utf-8")
