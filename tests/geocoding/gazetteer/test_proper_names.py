"""What is left of a division's name without its generic word, in the languages of the table."""

import pytest

from dashboard.geocoding.gazetteer.sources import proper_name


@pytest.mark.parametrize(
    ("name", "proper"),
    [
        ("Lamar County", "Lamar"),
        ("City and Borough of Leeds", "Leeds"),
        ("City and County of Swansea", "Swansea"),
        ("Provincie Limburg", "Limburg"),
        ("Provincia di Vicenza", "Vicenza"),
        ("Provincia dell'Aquila", "Aquila"),
        ("Province du Brabant Wallon", "Brabant Wallon"),
        ("Província de València", "València"),
        ("Provincia de los Ríos", "los Ríos"),
        ("Politischer Bezirk Feldkirch", "Feldkirch"),
        ("Municipiul  Adjud", "Adjud"),
        ("Kabupaten Puncak", "Puncak"),
    ],
)
def test_the_generic_word_comes_off(name: str, proper: str) -> None:
    assert proper_name(name) == proper


@pytest.mark.parametrize("name", ["Limburg", "Northern Region", "Central District", "Distrito", "Kotamobagu"])
def test_nothing_is_taken_from_a_bare_name_nor_a_point_of_the_compass_left(name: str) -> None:
    assert proper_name(name) == ""
