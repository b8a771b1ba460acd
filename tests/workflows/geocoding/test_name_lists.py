"""Lists of names: every name with its row, every fault with its row, nothing lost without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.workflows.geocoding import name_lists
from dashboard.workflows.geocoding.name_lists import (
    MOST_BYTES,
    NameList,
    NameTable,
    WrittenName,
    guess_columns,
    names_of_column,
    names_of_text,
    read_name_file,
)


def table(text, file="places.csv"):
    found = read_name_file(text.encode() if isinstance(text, str) else text, file)
    assert isinstance(found, NameTable)
    return found


def test_a_line_is_a_name_and_perhaps_a_country():
    found = names_of_text("Ben Slimane; MA\n\n  Fort Worth, Texas \nTel Aviv;\na; b; c")
    assert found.names == (
        WrittenName(1, "Ben Slimane", "MA"),
        WrittenName(3, "Fort Worth, Texas"),
        WrittenName(4, "Tel Aviv"),
        WrittenName(5, "a; b", "c"),
    )
    assert not found.problems


def test_a_country_without_a_place_is_named_by_its_row():
    (problem,) = names_of_text("Rabat\n; MA").problems
    assert (problem.row, problem.value) == (2, "; MA")


def test_too_many_names_are_cut_and_said(monkeypatch):
    monkeypatch.setattr(name_lists, "MOST_NAMES", 3)
    found = names_of_text("\n".join("abcde"))
    assert [one.name for one in found.names] == list("abc")
    assert found.problems[0].row == 4
    assert "5 names" in found.problems[0].message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_knows_its_rows_and_columns(delimiter):
    rows = [["id", "Place", "Country"], ["1", "Rabat", "MA"], ["2", "Tel Aviv", "IL"]]
    found = table("\n".join(delimiter.join(row) for row in rows))
    assert found.columns == ("id", "Place", "Country")
    assert guess_columns(found.columns) == (1, 2)
    assert names_of_column(found, 1, 2).names == (
        WrittenName(2, "Rabat", "MA"),
        WrittenName(3, "Tel Aviv", "IL"),
    )


def test_a_quoted_cell_may_hold_the_separator_and_line_breaks():
    found = table('place,country\n"Fort Worth,\nTexas",US\nRabat,MA\n')
    assert [one.row for one in names_of_column(found, 0).names] == [2, 4]


def test_a_row_of_another_width_is_left_out_and_named():
    found = table("place,country\nRabat,MA\nFort Worth, Texas,US\nTel Aviv,IL\n")
    assert [one.name for one in names_of_column(found, 0).names] == ["Rabat", "Tel Aviv"]
    (problem,) = found.problems
    assert problem.row == 3
    assert "3 cells" in problem.message


@pytest.mark.parametrize(
    ("data", "file"),
    [
        (b"", "a.csv"),
        (b"  \n \n", "a.csv"),
        (b"PK\x03\x04" + bytes(400), "a.csv"),
        (bytes(400), "a.csv"),
        (bytes(400), "a.txt"),
        (b"a" * (MOST_BYTES + 1), "a.csv"),
        (b"a" * (MOST_BYTES + 1), "a.txt"),
    ],
)
def test_a_file_that_is_no_list_says_what_to_do(data, file):
    found = read_name_file(data, file)
    assert found.problems
    assert not (found.names if isinstance(found, NameList) else found.rows)
    assert found.problems[0].file == file


def test_letters_that_had_to_be_guessed_are_said():
    found = read_name_file("Rabat\nKénitra".encode("latin-1"), "a.txt")
    assert isinstance(found, NameList)
    assert [one.name for one in found.names] == ["Rabat", "Kénitra"]
    assert [problem.row for problem in found.problems] == [2]
    columns = table("place\nKénitra\n".encode("latin-1"))
    assert [one.name for one in names_of_column(columns, 0).names] == ["Kénitra"]
    assert "UTF-8" in columns.problems[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(encoding):
    found = read_name_file("تل أبيب\nKırıkkale".encode(encoding), "a.txt")  # noqa: RUF001
    assert isinstance(found, NameList)
    assert [one.name for one in found.names] == ["تل أبيب", "Kırıkkale"]  # noqa: RUF001
    assert not found.problems


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.tsv", "a.txt", "A.CSV", "weird"]))
def test_any_bytes_give_names_or_a_sentence(data, file):
    found = read_name_file(data, file)
    if isinstance(found, NameTable):
        found = names_of_column(found, 0) if found.columns else NameList((), found.problems)
    assert found.names or found.problems
    assert all(one.row >= 1 and one.name for one in found.names)
