import pytest

from dashboard.importers.mapping import guess


@pytest.mark.parametrize(
    "columns",
    [
        ("Name", "Date", "Place", "Latitude", "Longitude", "Country"),
        ("Nom", "Date de début", "Lieu", "Latitude", "Longitude", "Pays"),
        ("Bezeichnung", "Datum", "Ort", "Breite", "Länge", "Land"),
        ("الاسم", "التاريخ", "المكان", "خط العرض", "خط الطول", "البلد"),
        ("שם", "תאריך", "מקום", "קו רוחב", "קו אורך", "מדינה"),
    ],
)
def test_columns_are_guessed_by_their_names_in_several_languages(table, columns) -> None:
    found = guess(table(columns, ("A", "2021-11-24", "Kiev", "50.45", "30.52", "Ukraine")))
    mapping = found.mapping
    assert (mapping.name.columns, mapping.date.start, mapping.place.columns) == (
        (columns[0],),
        columns[1],
        (columns[2],),
    )
    assert (mapping.point.lat, mapping.point.lon, mapping.country.columns) == (
        columns[3],
        columns[4],
        (columns[5],),
    )
    assert all(one.confidence > 0.7 and one.samples for one in found.columns)
    assert found.asked == {}


def test_what_only_a_person_can_know_is_asked(table) -> None:
    raw = table(
        ("name", "date", "coordinates"), ("A", "3/4/2021", "33.6, 7.1"), ("B", "1/14/80", "30.1, 8.2")
    )
    found = guess(raw)
    assert set(found.asked) == {"date.order", "date.pivot", "point.order"}
    assert (found.mapping.date.order, found.mapping.date.pivot, found.mapping.point.order) == (
        None,
        None,
        None,
    )


def test_values_count_where_names_say_nothing_and_against_them(table) -> None:
    raw = table(("a", "lat", "lon"), ("Morocco", "x", "y"), ("France", "z", "w"))
    found = guess(raw)
    assert found.mapping.country.columns == ("a",)
    assert found.mapping.point.columns == ()


def test_a_messy_column_is_still_what_its_name_says(table) -> None:
    raw = table(("what", "coordinates"), ("A", "42.80, 23.35"), ("B", "32.8"), ("C", "somewhere"))
    assert guess(raw).mapping.point.pair == "coordinates"


def test_a_header_that_occurs_twice_is_not_guessed(table) -> None:
    raw = table(("name", "name (2)", "place"), ("A", "B", "C"))
    assert guess(raw).mapping.name.columns == ()


def test_an_empty_table_is_guessed_by_its_header(table) -> None:
    assert guess(table(("name", "lat", "lon"))).mapping.point.lat == "lat"
