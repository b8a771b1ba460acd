import pytest

from dashboard.domain.countries import countries_of_shape, country_name, country_names, shapes_of


@pytest.mark.parametrize(
    ("country", "shapes"),
    [("MA", ("MAR",)), ("SO", ("SOM", "SOL")), ("XK", ("XKX",)), ("GF", ("GUF",)), ("ZZ", ())],
)
def test_a_country_has_its_own_shape_and_those_claimed_for_it_alone(country, shapes):
    assert shapes_of(country) == shapes


@pytest.mark.parametrize(
    ("shape", "countries"),
    [("ESH", ("EH",)), ("FRA", ("FR", "GF", "GP", "MQ", "RE", "YT")), ("KAS", ("IN", "PK")), ("?", ())],
)
def test_a_shape_may_be_shared(shape, countries):
    assert countries_of_shape(shape) == countries


def test_no_shape_is_coloured_for_two_countries():
    shapes = [shape for code in country_names() for shape in shapes_of(code)]
    assert len(shapes) == len(set(shapes))


def test_an_unknown_code_is_its_own_name():
    assert (country_name("MA"), country_name("ZZ")) == ("Morocco", "ZZ")
