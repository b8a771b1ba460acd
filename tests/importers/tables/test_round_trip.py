"""Any table that a program writes as CSV is read back as it was."""

import csv
import io
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.errors import TableRefusedError

# A NUL costs its row, line ends become line feeds, and half a character is none.
LETTERS = st.characters(exclude_characters="\0\r", exclude_categories=("Cs",))
CELL = st.text(LETTERS, max_size=12) | st.sampled_from(
    ['"', '""', ",", ";", "\n", "a,b", '"a"\n', " ", "\t|"]
)
NAMES = st.lists(st.text(string.ascii_letters, min_size=1, max_size=6), min_size=2, max_size=5, unique=True)


@st.composite
def tables(draw):
    names = draw(NAMES)
    row = st.lists(CELL, min_size=len(names), max_size=len(names)).filter(any)
    return names, draw(st.lists(row, min_size=1, max_size=6))


def written(names, rows, delimiter, quoting):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue()


@settings(max_examples=150)
@given(
    tables(),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_was_written_is_read(reader, table, delimiter, quoting, encoding):
    names, rows = table
    raw = written(names, rows, delimiter, quoting).encode(encoding)
    found, read = reader.rows(raw, delimiter=delimiter, header=1, encoding=encoding)
    assert list(found.columns) == names
    read.sort(key=lambda row: row["__row__"])
    assert [[row[name] for name in names] for row in read] == rows


@settings(max_examples=150)
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [b"", b"a,b\n", b"PK\x03\x04", b"PAR1", b"{", b"[", b"<kml>", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
    ),
)
def test_any_bytes_are_read_or_refused_in_one_sentence(reader, raw, start):
    try:
        table, rows = reader.rows(start + raw)
    except TableRefusedError as error:
        refusal = error
    else:
        assert table.rows == len(rows) > 0
        return
    assert refusal.reason == "refused"
    assert "\n" not in str(refusal)
