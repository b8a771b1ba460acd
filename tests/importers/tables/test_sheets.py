import contextlib
import datetime as dt
import io
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from dashboard.errors import TableRefusedError


def book(rows, **more):
    raw = io.BytesIO()
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Sites"
    for row in rows:
        sheet.append(row)
    for name, (state, cells) in more.items():
        other = workbook.create_sheet(name)
        other.sheet_state = state
        for row in cells:
            other.append(row)
    workbook.save(raw)
    return raw.getvalue()


def changed(raw, edit):
    """Write an archive anew, each part as `edit` gives it; None leaves it out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in archive.namelist():
            part = edit(name, archive.read(name))
            if part is not None:
                new.writestr(name, part)
    return made.getvalue()


DAY = dt.datetime.fromisoformat("2021-11-24")
MOMENT = dt.datetime.fromisoformat("2020-01-02 03:04")
ROWS = [["name", "built", "n", "x", "ok"], ["Plant", DAY, 7.0, 1.25, True]]


def test_values_are_written_as_text(reader):
    table, rows = reader.rows(book([*ROWS, [None] * 5, ["Yard", MOMENT, 10**12, -0.5, None]]))
    assert table.format == "xlsx"
    assert [tuple(row[name] for name in table.columns) for row in rows] == [
        ("Plant", "2021-11-24", "7", "1.25", "true"),
        ("Yard", "2020-01-02 03:04:00", "1000000000000", "-0.5", ""),
    ]
    assert [row["__row__"] for row in rows] == [2, 4]


def test_lines_above_the_header_are_left_out(reader):
    table, rows = reader.rows(book([["Sites of the survey"], [], ["name", None, "year"], ["a", "?", 2020]]))
    assert table.columns == ("name", "name (unnamed)", "year")
    assert [row["__row__"] for row in rows] == [4]


def test_hidden_sheets_are_named_and_not_read_unasked(reader):
    raw = book([["a"], [1]], Secret=("hidden", [["b"], [2]]), More=("visible", [["c"], [3]]))
    table = reader.table(raw)
    assert table.columns == ("a",)
    assert table.sheets == ("Sites", "Secret", "More")
    assert "It has hidden sheets: Secret" in table.notes
    assert reader.table(raw, sheet="More").columns == ("c",)
    assert "choose one of Sites" in str(reader.refusal(raw, sheet="None"))


def test_formulas_give_their_cached_value_and_nothing_else(reader):
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["kept", "empty", "n"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=HYPERLINK("http://127.0.0.1/")', None, "")
        sheet.write(1, 2, 1)
    assert reader.texts(raw.getvalue()) == [("2", "", "1")]


def test_an_open_document_sheet_is_read(reader):
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    cells = "".join(
        f"<table:table-row>{''.join(map(cell.format, row))}</table:table-row>"
        for row in (("name", "year"), ("Plant", "2020"))
    )
    content = (
        '<?xml version="1.0"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="One">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    table, rows = reader.rows(raw.getvalue())
    assert table.format == "ods"
    assert [(row["name"], row["year"]) for row in rows] == [("Plant", "2020")]


def test_a_bomb_is_refused_before_it_is_unpacked(reader):
    bomb = b"<worksheet>" + b" " * 20_000_000
    raw = changed(book(ROWS), lambda name, part: bomb if name.startswith("xl/worksheets/") else part)
    assert len(raw) < 100_000
    assert "120 times its size" in str(reader.refusal(raw))


@pytest.mark.parametrize("cell", ["XFD1048576", "XFD2", "A99999999", "ZZZZZZ1"])
def test_a_cell_far_away_is_refused_by_its_column_or_row(reader, cell):
    raw = changed(book(ROWS), lambda _, part: part.replace(b'r="A2"', f'r="{cell}"'.encode()))
    assert "the limit is" in str(reader.refusal(raw))


def test_rows_times_columns_are_limited(reader):
    def edit(name, part):
        part = part.replace(b'<row r="2"', b'<row r="1000000"') if name.startswith("xl/worksheets/") else part
        return part.replace(b'r="E2"', b'r="AAA1000000"')

    assert "the limit is" in str(reader.refusal(changed(book(ROWS), edit)))


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (
            lambda _, part: part.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'),
            "entities",
        ),
        (lambda name, part: None if name == "xl/workbook.xml" else part, "sheets are empty"),
        (lambda name, part: part[: len(part) // 2] if "worksheets" in name else part, "broken workbook"),
    ],
    ids=["entities", "no book", "half a sheet"],
)
def test_a_workbook_that_is_damaged_or_hostile_inside_is_refused(reader, edit, word):
    assert word in str(reader.refusal(changed(book(ROWS), edit)))


def locked():
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    )


def with_macros():
    raw = io.BytesIO(book(ROWS))
    with zipfile.ZipFile(raw, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
    return raw.getvalue()


def document():
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    return raw.getvalue()


def encrypted_entry():
    raw = bytearray(book(ROWS))
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def bad_checksum():
    raw = bytearray(book(ROWS))
    at = raw.find(b"PK\x01\x02")
    while at >= 0:
        raw[at + 16 : at + 20] = struct.pack("<I", 1)
        at = raw.find(b"PK\x01\x02", at + 4)
    return bytes(raw)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (locked, "locked with a password"),
        (encrypted_entry, "locked with a password"),
        (with_macros, "holds macros"),
        (document, "no workbook"),
        (lambda: book(ROWS)[:-2_000], "broken"),
        (bad_checksum, "broken"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "broken workbook"),
    ],
    ids=["locked", "locked entry", "macros", "document", "truncated", "checksum", "broken xls"],
)
def test_what_is_no_open_workbook_gets_one_plain_refusal(reader, make, word):
    error = reader.refusal(make(), "book.xlsx")
    assert word in str(error)
    assert "\n" not in str(error)
    assert error.reason == "refused"


def archive_of(*members):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, mode in members:
            one = zipfile.ZipInfo(name)
            one.external_attr = mode << 16
            archive.writestr(one, b"<x/>")
    return raw.getvalue()


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ([("xl/workbook.xml", 0o644), ("../../etc/passwd", 0o644)], "outside itself"),
        ([("xl/workbook.xml", 0o644), ("/etc/passwd", 0o644)], "outside itself"),
        ([("xl/workbook.xml", 0o120777)], "link"),
        ([(f"{number}.xml", 0o644) for number in range(2_100)], "2,000"),
        ([("letter.txt", 0o644)], "no table"),
    ],
    ids=["slip", "absolute", "link", "many", "nothing"],
)
def test_an_archive_that_reaches_out_or_holds_too_much_is_refused(reader, members, word):
    assert word in str(reader.refusal(archive_of(*members)))


# What spreadsheets keep behind their cells.

FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("name", ["old.xls", "old_1904.xls"])
def test_an_old_workbook_is_read_with_its_own_calendar_and_hidden_sheets(reader, name):
    table, rows = reader.rows((FILES / name).read_bytes(), name)
    assert (table.format, table.sheets) == ("xls", ("Sites", "Secret"))
    assert "It has hidden sheets: Secret" in table.notes
    assert [tuple(row[column] for column in table.columns) for row in rows] == [
        ("Plant", "2021-11-24", "7", "1.25", "true", "بنسليمان"),
        ("Yard", "2020-01-02 03:04:00", "0.5", "", "", ""),
        ("Two rows", "", "1", "", "", ""),
        ("Two rows", "", "2", "", "", ""),
    ]
    assert [row["__row__"] for row in rows] == [2, 4, 6, 7]
    assert [(one.row, one.severity) for one in table.problems] == [(6, "warning")]


@pytest.mark.parametrize("keep", [600, 1_500, 3_000, 5_000])
def test_an_old_workbook_that_was_cut_off_is_refused_or_read_in_part(reader, keep):
    raw = (FILES / "old.xls").read_bytes()[:keep]
    with contextlib.suppress(TableRefusedError):
        assert reader.table(raw, "old.xls").rows <= 4


def test_an_old_workbook_keeps_to_the_limits(reader):
    raw = (FILES / "old.xls").read_bytes()
    assert "limit of 2" in str(reader.refusal(raw, limits=reader.limited(rows=2)))
    assert "the limit is 3 columns" in str(reader.refusal(raw, limits=reader.limited(columns=3)))


def test_days_count_from_1904_where_the_workbook_says_so(reader):
    workbook = openpyxl.Workbook()
    workbook.epoch = CALENDAR_MAC_1904
    for row in ROWS:
        workbook.active.append(row)
    raw = io.BytesIO()
    workbook.save(raw)
    assert b"date1904" in zipfile.ZipFile(raw).read("xl/workbook.xml")
    assert reader.texts(raw.getvalue())[0][1] == "2021-11-24"


def test_a_cell_over_several_rows_speaks_for_each_with_notice(reader):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    rows = [["country", "site", "n"], ["Morocco", "A", 1], [None, "B", 2], [None, None, None]]
    for row in (*rows, [None, "C", 3], ["Spain", "D", 4], ["over two", None, 5]):
        sheet.append(row)
    sheet.merge_cells("A2:A5")
    sheet.merge_cells("A7:B7")
    raw = io.BytesIO()
    workbook.save(raw)
    table, rows = reader.rows(raw.getvalue())
    assert [(row["country"], row["site"], row["n"], row["__row__"]) for row in rows] == [
        ("Morocco", "A", "1", 2), ("Morocco", "B", "2", 3), ("Morocco", "C", "3", 5), ("Spain", "D", "4", 6),
        ("over two", "", "5", 7),
    ]  # fmt: skip
    assert [(one.row, one.severity) for one in table.problems] == [(2, "warning")]
    assert "down to 5" in table.problems[0].reason


def test_a_sheet_of_all_columns_that_excel_has_is_refused_by_the_limit(reader):
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw) as workbook:
        sheet = workbook.add_worksheet()
        for line in range(2):
            sheet.write_row(line, 0, range(16_384))
    assert "16,384; the limit is 1,000 columns" in str(reader.refusal(raw.getvalue()))
    text = ",".join(map(str, range(16_384))) + "\n"
    assert "16,384 columns; the limit is 1,000" in str(reader.refusal((text * 2).encode()))


def test_headers_that_occur_twice_stay_apart_and_are_told(reader):
    table, rows = reader.rows(book([["name", "date", "name", "Date"], ["A", "1", "B", "2"]]))
    assert table.columns == ("name", "date", "name (2)", "Date")
    assert (rows[0]["name"], rows[0]["name (2)"]) == ("A", "B")
    assert [(one.row, one.column, one.severity) for one in table.problems] == [(1, "name", "warning")]


def test_a_cell_that_was_flung_far_to_the_right_is_refused_by_its_column(reader):
    raw = bytearray((FILES / "old.xls").read_bytes())
    at = raw.index(struct.pack("<HHHH", 0x00FD, 10, 1, 5))  # the text in row 2, column F
    raw[at + 6 : at + 8] = struct.pack("<H", 65_280)
    assert "column 65,281; the limit is 1,000" in str(reader.refusal(bytes(raw)))


def test_parts_of_an_old_workbook_that_lead_back_into_one_another_are_refused(reader):
    raw = bytearray((FILES / "old.xls").read_bytes())
    fat = 512 * (struct.unpack_from("<I", raw, 76)[0] + 1)
    for number in range(8):
        raw[fat + 4 * number : fat + 4 * number + 4] = struct.pack("<I", (number + 1) % 8)
    assert "lead back into one another" in str(reader.refusal(bytes(raw)))


def test_an_old_workbook_with_a_password_is_told_apart_from_a_broken_one(reader):
    raw = bytearray((FILES / "old.xls").read_bytes())
    start = raw.index(struct.pack("<HH", 0x0809, 16))
    second = start + 4 + 16  # behind the record that begins the workbook
    raw[second : second + 2] = struct.pack("<H", 0x002F)
    assert "locked with a password" in str(reader.refusal(bytes(raw)))
