import pytest

from dashboard.importers.tables import ReadOptions

HEADER = b"name,place,year\n"


def lines(rows):
    return [row["__row__"] for row in rows]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"\xef\xbb\xbf", b"name,place\n", b"name,place"])
def test_a_file_without_rows_is_refused(reader, raw):
    error = reader.refusal(raw)
    assert "has no rows" in str(error)
    assert error.reason == "refused"


def test_rows_keep_their_lines_and_their_text(reader):
    table, rows = reader.rows(HEADER + b'Plant, Haifa ,007\n\n"two\nlines",Rabat,1e3\nlast,,\n')
    assert table.columns == ("name", "place", "year")
    assert [tuple(row[name] for name in table.columns) for row in rows] == [
        ("Plant", " Haifa ", "007"),
        ("two\nlines", "Rabat", "1e3"),
        ("last", "", ""),
    ]
    assert lines(rows) == [2, 4, 6]
    assert table.problems == ()
    assert len(table.sha256) == 64


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_western_text_is_decoded_in_any_encoding(reader, encoding):
    raw = "name,place\nUsine d'été,Kénitra\nWerk Süd,Köln\n".encode(encoding)
    table, rows = reader.rows(raw)
    assert [row["place"] for row in rows] == ["Kénitra", "Köln"]
    assert any("encoding" in note for note in table.notes)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", ("завод имени Малышева", "Харьков")),
        ("koi8_r", ("завод имени Малышева", "Харьков")),
        ("cp1256", ("مصنع بنسليمان", "الدار البيضاء")),
    ],
)
def test_other_scripts_are_guessed_and_the_guess_is_to_be_confirmed(reader, encoding, words):
    raw = ("name,place\n" + ",".join(words) + "\n").encode(encoding)
    assert len(reader.table(raw).guesses) == 1
    chosen = reader.table(raw, encoding=encoding)
    assert chosen.guesses == ()
    assert reader.texts(raw, encoding=encoding) == [words]


def test_cyrillic_of_windows_is_guessed_right(reader):
    words = ("Харьков", "Днепр", "Запорожье", "Николаев", "завод имени Малышева")
    raw = "\n".join(("name", *words, "")).encode("cp1251")
    assert [name for (name,) in reader.texts(raw)] == list(words)


def test_an_encoding_that_is_none_is_refused(reader):
    assert "choose an encoding" in str(reader.refusal(HEADER, encoding="hex"))


def test_a_few_broken_letters_do_not_change_the_encoding_of_the_rest(reader):
    raw = b"name\n" + "Übung\n".encode() * 500 + b"bad \xff letter\n"
    table, rows = reader.rows(raw)
    assert rows[-1]["name"] == "bad � letter"
    assert rows[0]["name"] == "Übung"
    assert "1 broken" in table.guesses[0]


@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "commas"), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")]
)
def test_the_delimiter_is_found_and_said(reader, delimiter, word):
    raw = delimiter.join(("name", "where", "many words")) + "\n"
    raw += delimiter.join(("a", "50.45", "one, two; three")) + "\n" if delimiter not in ",;" else ""
    raw += delimiter.join(("b", '"x, y; z"', "plain")) + "\n"
    table, rows = reader.rows(raw.encode())
    assert table.columns == ("name", "where", "many words")
    assert rows[-1]["where"] == "x, y; z"
    assert any(word in note for note in table.notes)


def test_a_decimal_comma_does_not_make_the_comma_a_delimiter(reader):
    table, _ = reader.rows(b"lat;lon\n50,45;30,52\n48,85;2,35\n")
    assert table.columns == ("lat", "lon")


def test_a_chosen_delimiter_and_header_win(reader):
    table, rows = reader.rows(b"x;y\na,b;c\n1,2;3\n", delimiter=",", header=2)
    assert table.columns == ("a", "b;c")
    assert [(row["a"], row["b;c"]) for row in rows] == [("1", "2;3")]


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_any_line_end_ends_a_line(reader, end):
    _, rows = reader.rows(end.join([b"a,b", b"1,2", b"3,4", b""]))
    assert [(row["a"], row["b"]) for row in rows] == [("1", "2"), ("3", "4")]
    assert lines(rows) == [2, 3]


def test_an_unclosed_quote_costs_its_own_line_only(reader):
    raw = HEADER + b'a,b,1\nb,"open,2\nc,"d, e",3\nd,e,4\n'
    table, rows = reader.rows(raw)
    assert [row["name"] for row in rows] == ["a", "c", "d"]
    assert [(one.row, one.severity) for one in table.problems] == [(3, "refused")]
    assert "quote" in table.problems[0].reason


def test_an_unclosed_quote_at_the_end_costs_its_own_line_only(reader):
    raw = HEADER + b"a,b,1\n" + b'x,"open,2\n' + b"c,d,3\n" * 5_000
    table, rows = reader.rows(raw)
    assert len(rows) == 5_001
    assert [one.row for one in table.problems] == [3]


def test_quotes_inside_a_cell_that_are_not_doubled_are_told(reader):
    table, rows = reader.rows(HEADER + b'5" gun,"He said "hi" to me",1\n')
    assert len(rows) == 1
    assert rows[0]["name"] == '5" gun'
    assert [one.severity for one in table.problems] == ["warning"]


def test_a_nul_costs_its_row(reader):
    table, rows = reader.rows(HEADER + b"a,b,1\nb\0ad,b,2\nc,d,3\n")
    assert [row["name"] for row in rows] == ["a", "c"]
    assert [(one.row, one.severity) for one in table.problems] == [(3, "refused")]
    assert "NUL" in table.problems[0].reason


def test_ragged_rows_are_named_and_short_ones_kept(reader):
    table, rows = reader.rows(HEADER + b"a,b,1\nb,c\nd,e,2\nf,g,3,4\nh,i,5,,\nj,k,6\n")
    assert {row["name"]: row["year"] for row in rows} == {"a": "1", "b": "", "d": "2", "h": "5", "j": "6"}
    assert [(one.row, one.severity) for one in table.problems] == [(3, "warning"), (5, "refused")]
    assert "4 cells where the header has 3" in table.problems[1].reason


def test_a_row_that_was_split_in_two_is_joined_and_told(reader):
    raw = b"a,b,c,d,e\n1,2,3,4,5\nx,words that end\n0.1,0.3,0.5\n6,7,8,9,10\n"
    table, rows = reader.rows(raw)
    assert {row["__row__"]: row["e"] for row in rows} == {2: "5", 3: "0.5", 5: "10"}
    assert [(one.row, one.severity) for one in table.problems] == [(3, "warning")]
    assert "split over lines 3 and 4" in table.problems[0].reason


def test_short_rows_that_follow_one_another_are_not_joined(reader):
    _, rows = reader.rows(b"a,b,c,d\n1,2\n3,4\n5,6\n7,8\n1,2,3,4\n")
    assert len(rows) == 5


def test_lines_above_the_header_are_left_out(reader):
    raw = b'"Transfers, 1950-2021",,,,\nFigures are in millions.,,,,\n,,,,\n'
    raw += b" ,1950,1951,1952,Total\nMorocco,1,,3,4\n"
    table, rows = reader.rows(raw)
    assert table.columns == ("column 1", "1950", "1951", "1952", "Total")
    assert lines(rows) == [5]
    assert any("header is line 4" in note for note in table.notes)


def test_comments_are_above_the_header_and_a_name_may_begin_like_one(reader):
    assert reader.table(b"# made in 2021, by hand\n#id,name\n1,a\n").columns == ("#id", "name")


def test_header_cells_of_a_space_are_named_after_their_neighbour(reader):
    table, _ = reader.rows(b"\xef\xbb\xbfRecipient,Year, ,Number, \nMorocco,2017,?,3,\n")
    assert table.columns == ("Recipient", "Year", "Year (unnamed)", "Number", "Number (unnamed)")


def test_names_that_stand_twice_are_made_different_and_told(reader):
    table, rows = reader.rows(b"a,a,__row__,a (2)\n1,2,3,4\n")
    assert table.columns == ("a", "a (3)", "__row__ (2)", "a (2)")
    assert rows[0]["a (3)"] == "2"
    assert [one.row for one in table.problems] == [1, 1]


@pytest.mark.parametrize(
    ("raw", "limits", "named"),
    [
        (b",".join([b"c"] * 100_000) + b"\n1\n", {}, "1,000"),
        (b"a\n" + b"x" * 9_000_000 + b"\n", {}, "4 MB"),
        (b'a,b\n1,"' + b"x" * 9_000_000 + b'"\n', {}, "4 MB"),
        (b"a\n" + b"1\n" * 1_001, {"rows": 1_000}, "1,000"),
        (b"a,b\n" + b"1,2\n" * 500, {"text_bytes": 1_000}, "limit"),
    ],
)
def test_what_is_too_large_is_refused_with_the_limit(reader, raw, limits, named):
    error = reader.refusal(raw, limits=reader.limited(**limits))
    assert named in str(error)


def test_two_million_rows_are_refused(reader):
    assert "1,048,576" in str(reader.refusal(b"a\n" + b"1\n" * 2_000_000))


def test_a_long_cell_is_cut_with_notice(reader):
    table, rows = reader.rows(HEADER + "é".encode() * 100_000 + b",b,1\n")
    assert rows[0]["name"] == "é" * 32_767
    assert [(one.row, one.column, one.severity) for one in table.problems] == [(2, "name", "warning")]


def test_what_is_not_seen_is_kept_and_shown(reader):
    table, rows = reader.rows(HEADER + "Plant \u202egnp.exe,zero\u200bwidth,1\n".encode())
    assert rows[0]["place"] == "zero\u200bwidth"
    assert [(one.column, one.value) for one in table.problems] == [
        ("name", "Plant <U+202E>gnp.exe"),
        ("place", "zero<U+200B>width"),
    ]


def test_formulas_are_text(reader):
    cells = ("=HYPERLINK(1)", "@SUM(1)", "+1+1", "-1.5", "+380 44 123", "\uff1d1")
    raw = b"a,b,c,d,e,f\n" + ",".join(cells).encode() + b"\n"
    assert reader.texts(raw) == [cells]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "x" * 4_096, "a\nb.csv", "", "/vsicurl/http://127.0.0.1/x.csv"]
)
def test_a_name_is_only_a_label(reader, name):
    table = reader.table(b"a,b\n1,2\n", name)
    assert "/" not in table.name
    assert "\n" not in table.name
    assert 0 < len(table.name) <= 120


def test_problems_beyond_the_limit_are_counted(reader):
    table, _ = reader.rows(b"a,b\n1,2\n" + b"1,2,3\n" * 30, limits=reader.limited(problems=10))
    assert len(table.problems) == 10
    assert any("20 further problems" in note for note in table.notes)


def test_blocks_do_not_show(reader):
    row = 'row {},"a ""b"", c",{}\n'
    raw = "n,t,u\n" + "".join(row.format(number, "x" * 80) for number in range(100_000))
    table, rows = reader.rows(raw.encode())
    assert len(rows) == 100_000
    assert lines(rows) == list(range(2, 100_002))
    assert rows[76_543]["n"] == "row 76543"
    assert {row["t"] for row in rows} == {'a "b", c'}
    assert max(len(batch) for batch in table.batches()) <= 50_000


def test_a_table_may_be_gone_through_twice(reader):
    table = reader.table(b"a\n1\n2\n")
    assert [len(batch) for batch in table.batches()] == [len(batch) for batch in table.batches()] == [2]


def test_a_file_is_read_from_its_path(reader, tmp_path):
    path = tmp_path / "any name"
    path.write_bytes(b"a\n1\n")
    assert reader.table(path, "t.csv").rows == 1
    assert "cannot be opened" in str(reader.refusal(tmp_path / "none"))
    assert "is no file" in str(reader.refusal(tmp_path))


def test_options_say_all_that_a_person_may_decide():
    assert ReadOptions() == ReadOptions(encoding="", delimiter="", sheet="", header=0, crs="")
