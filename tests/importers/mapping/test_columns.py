import pytest

from dashboard.errors.mapping import MappingError
from dashboard.importers.mapping import guess, mapping_from_yaml, mapping_to_yaml
from dashboard.importers.mapping.columns import (
    FIELDS,
    KEPT,
    assign,
    fields_of,
    turn_into,
    with_answer,
    with_constant,
)
from dashboard.importers.mapping.guessing import first_values
from dashboard.importers.mapping.model import Mapping
from dashboard.importers.mapping.questions import questions

COLUMNS = ("title", "when", "where", "y", "x", "type")


@pytest.fixture
def values(table):
    return first_values(table(COLUMNS, ("A", "3/4/2021", "Tan-Tan, Morocco", "28.4", "-11.1", "Exercise")))


def test_each_column_says_what_it_becomes(table):
    mapping = guess(table(COLUMNS, ("A", "2021", "Tan-Tan, Morocco", "28.4", "-11.1", "Exercise"))).mapping
    found = fields_of(mapping, COLUMNS)
    assert found["when"] == ("start",) or found["when"] == ()
    assert found["where"] == ("place", "country")
    assert (found["y"], found["x"], found["type"]) == (("lat",), ("lon",), ("kind",))
    assert set().union(*found.values()) <= set(FIELDS)


def test_a_column_becomes_another_field_and_what_it_was_is_forgotten(values):
    mapping = assign(Mapping(), "title", "name", values)
    mapping = assign(mapping, "title", "notes", values)
    assert fields_of(mapping, COLUMNS)["title"] == ("notes",)
    assert assign(mapping, "title", KEPT, values) == Mapping()


def test_two_columns_are_not_one_latitude(values):
    mapping = assign(assign(Mapping(), "y", "lat", values), "x", "lat", values)
    assert (mapping.point.lat, fields_of(mapping, COLUMNS)["y"]) == ("x", ())
    assert assign(mapping, "where", "pair", values).point.columns == ("where",)


def test_several_columns_may_be_the_name_and_the_actors_are_joined(values):
    mapping = assign(assign(Mapping(), "title", "name", values), "where", "name", values)
    assert (mapping.name.columns, mapping.name.join) == (("title", "where"), None)
    mapping = assign(assign(Mapping(), "title", "actors", values), "where", "actors", values)
    assert mapping.actors.join == "; "


def test_words_of_ours_in_a_column_of_kinds_are_known(values):
    mapping = assign(Mapping(), "type", "kind", values)
    assert mapping.kind.values == {"Exercise": "exercise"}
    assert assign(mapping, "type", KEPT, values).kind.text == "unknown"


def test_a_place_that_ends_with_its_country_gives_it(values):
    mapping = assign(Mapping(), "where", "place", values)
    assert (mapping.country.columns, mapping.country.form) == (("where",), "ending")
    stated = with_constant(Mapping(), "country", "MA")
    assert assign(stated, "where", "place", values).country.text == "MA"


def test_a_sentence_and_a_pattern_lose_a_column_and_keep_the_rest():
    columns = ("town", "land", "State1", "State2")
    values = dict.fromkeys(columns, ())
    mapping = mapping_from_yaml("place: {text: '{town}, {land}'}\nactors: {like: ['State?'], join: '; '}")
    assert fields_of(mapping, columns)["land"] == ("place",)
    changed = assign(assign(mapping, "land", "country", values), "State1", KEPT, values)
    assert (changed.place.text, changed.actors.columns, changed.actors.join) == ("{town}", ("State2",), "; ")


def test_sites_have_other_kinds_than_events(values):
    mapping = assign(Mapping(), "type", "kind", values)
    turned = turn_into(mapping, "site", values)
    assert (turned.record_type, turned.kind.columns, turned.kind.values) == ("site", ("type",), {})
    assert turn_into(with_constant(Mapping(), "kind", "exercise"), "site", values).kind.text == "unknown"


def test_a_question_is_answered_in_the_mapping_and_stays_to_be_changed(values):
    mapping = assign(Mapping(), "when", "start", values)
    (asked,) = questions(mapping, values)
    assert (asked.key, set(asked.answers)) == ("date.order", {"day month", "month day"})
    answered = with_answer(mapping, asked.key, "day month")
    assert answered.date.order == "day month"
    assert [one.key for one in questions(answered, values)] == ["date.order"]
    assert mapping_from_yaml(mapping_to_yaml(answered)) == answered
    with pytest.raises(MappingError):
        with_answer(mapping, "date.order", "year first")
