"""The list of bad inputs, B01 to B33 and B39: which test holds each, and those that are found nowhere else.

`INDEX` is read by people who ask "where is B17?", and by a test that asks whether it is still there.
"""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from functools import cache
from pathlib import Path

import openpyxl
import pytest

from dashboard.importers.mapping import apply, mapping_from_yaml

INDEX = """
B01
    test_a_file_without_rows_is_refused
    test_an_empty_page_is_no_article
B02
    test_western_text_is_decoded_in_any_encoding
    test_cyrillic_of_windows_is_guessed_right
    test_other_scripts_are_guessed_and_the_guess_is_to_be_confirmed
    test_an_old_encoding_is_guessed_and_the_guess_is_told
B03
    test_an_unclosed_quote_costs_its_own_line_only
    test_a_nul_costs_its_row
    test_any_line_end_ends_a_line
    test_ragged_rows_are_named_and_short_ones_kept
    test_the_delimiter_is_found_and_said
B04
    test_what_is_too_large_is_refused_with_the_limit
    test_two_million_rows_are_refused
    test_a_cell_of_fifty_megabytes_is_refused
    test_a_sheet_of_all_columns_that_excel_has_is_refused_by_the_limit
B05
    test_a_header_that_occurs_twice_is_not_guessed
    test_headers_that_occur_twice_stay_apart_and_are_told
    test_a_mapping_for_another_table_is_refused_by_the_names_that_are_missing
B06
    test_formulas_are_text
    test_formulas_and_telephone_numbers_stay_text
    test_formulas_as_text_in_a_workbook_stay_text
    test_hostile_names_come_back_to_the_letter
B07
    test_formulas_and_telephone_numbers_stay_text
    test_formulas_as_text_in_a_workbook_stay_text
B08
    test_one_coordinate_is_read_whole
    test_a_pair_is_read_whole
    test_half_a_point_is_none
    test_a_reference_is_the_middle_of_its_square
    test_what_does_not_belong_together_is_refused_with_the_reason
    test_decimal_commas_and_points_may_stand_in_one_column
B09
    test_a_point_that_is_none_refuses_its_row_alone
    test_swapped_coordinates_are_named
B10
    test_a_point_that_is_none_refuses_its_row_alone
    test_what_is_no_coordinate_is_refused
B11
    test_zero_and_zero_is_withheld_and_told
B12
    test_a_date_that_must_be_guessed_refuses_its_row_unless_the_mapping_keeps_it
    test_what_is_no_date_or_could_be_two_is_refused_with_the_reason
    test_day_numbers_count_from_the_year_that_a_person_says
B13
    test_what_nobody_sees_is_written_out_and_nul_is_refused
    test_what_is_not_seen_is_kept_and_shown
    test_a_long_cell_is_cut_with_notice
B14
    test_a_name_is_only_a_label
    test_a_table_is_known_by_its_hash
    test_a_name_from_outside_is_never_a_path
B15
    test_a_bomb_is_refused_before_it_is_unpacked
    test_bombs_of_gigabytes_are_refused_unopened
B16
    test_a_cell_far_away_is_refused_by_its_column_or_row
    test_rows_times_columns_are_limited
    test_a_cell_that_was_flung_far_to_the_right_is_refused_by_its_column
B17
    test_what_is_no_open_workbook_gets_one_plain_refusal
    test_an_old_workbook_that_was_cut_off_is_refused_or_read_in_part
    test_an_old_workbook_with_a_password_is_told_apart_from_a_broken_one
    test_parts_of_an_old_workbook_that_lead_back_into_one_another_are_refused
B18
    test_formulas_give_their_cached_value_and_nothing_else
    test_hidden_sheets_are_named_and_not_read_unasked
    test_an_old_workbook_is_read_with_its_own_calendar_and_hidden_sheets
B19
    test_an_archive_that_reaches_out_or_holds_too_much_is_refused
    test_many_entries_are_refused_before_their_table_is_read
B20
    test_a_bad_geometry_costs_its_feature_only
    test_what_is_no_feature_costs_itself_only
B21
    test_tokens_that_json_does_not_have_cost_a_geometry_and_warn_elsewhere
    test_deep_nesting_is_refused
    test_a_number_of_ten_thousand_digits_harms_nobody
    test_nested_collections_are_refused
B22
    test_rings_are_closed_and_bowties_repaired_with_notice
    test_longitudes_beyond_the_date_line_come_back_and_the_poles_stay
B23
    test_two_million_corners_are_refused
    test_corners_are_limited_in_all_and_for_each
B24
    test_a_declared_system_is_followed
    test_metres_without_a_system_are_refused_until_one_is_said
B25
    test_keys_that_stand_twice_or_reach_behind_are_told
    test_what_is_no_feature_costs_itself_only
B26
    test_a_gdal_document_is_refused_under_any_name
    test_an_address_as_content_is_text
    test_gdal_knows_three_drivers_and_can_open_no_file_while_it_reads
B27
    test_entities_and_document_types_are_refused
    test_a_workbook_that_is_damaged_or_hostile_inside_is_refused
    test_bad_xml_in_a_document_is_refused
B28
    test_links_of_a_map_are_not_followed
    test_html_becomes_text
B29
    test_active_parts_of_a_page_are_left_behind
    test_a_line_of_megabytes_is_bounded
    test_a_large_page_is_refused_at_once
B30
    test_a_bomb_of_a_pdf_is_refused
    test_a_locked_pdf_is_refused_and_one_that_anybody_may_open_is_read
    test_a_pdf_of_thousands_of_pages_is_refused_by_number
    test_a_pdf_of_pictures_has_no_text
    test_script_in_a_pdf_is_not_looked_at
B31
    test_every_pattern_is_quick_on_hostile_text
B32
    test_no_spelling_of_an_inside_address_is_asked
    test_a_redirect_inside_is_not_followed
    test_a_server_that_hangs_up_is_not_looked_up_again
    test_what_is_no_address_to_ask_is_refused_before_anything_is_looked_up
B33
    test_a_drip_ends_at_the_deadline_of_the_whole_page
    test_an_endless_body_is_cut
    test_a_packed_bomb_is_inflated_only_up_to_the_limit
    test_a_handshake_that_drips_ends_at_the_deadline
B39
    test_the_same_file_again_changes_nothing_that_is_shown
    test_of_two_imports_at_once_the_slower_is_refused
    test_the_same_row_twice_is_one_record_and_found
"""
TESTS = Path(__file__).parents[2]
DEFINED = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)


@cache
def names_of_tests() -> frozenset[str]:
    texts = (path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    return frozenset(name for text in texts for name in DEFINED.findall(text))


def by_code() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for word in INDEX.split():
        if word.startswith("test_"):
            found[[*found][-1]].add(word)
        else:
            found[word] = set()
    return found


@pytest.mark.parametrize("code", by_code())
def test_the_tests_that_hold_a_bad_input_are_there(code):
    tests = by_code()[code]
    assert tests
    assert tests <= names_of_tests()


def test_no_bad_input_is_left_out():
    assert [*by_code()] == [f"B{number:02}" for number in (*range(1, 34), 39)]


def test_a_cell_of_fifty_megabytes_is_refused(reader):
    raw = b'name,place\nA,"' + b"x" * 50_000_000 + b'"\nB,here\n'
    error = reader.refusal(raw)
    assert "longer than the limit of 4 MB" in str(error)
    assert "line 2" in str(error)


def test_formulas_as_text_in_a_workbook_stay_text(reader):
    cells = ("=HYPERLINK(1)", "@SUM(1)", "+1+1", "-1.5", "+380 44 123", "\tx", "\uff1d1")
    workbook = openpyxl.Workbook()
    workbook.active.append([f"c{number}" for number in range(len(cells))])
    for number, text in enumerate(cells, 1):
        cell = workbook.active.cell(2, number, text)
        cell.data_type = "s"
    raw = io.BytesIO()
    workbook.save(raw)
    assert reader.texts(raw.getvalue()) == [cells]


def test_a_table_is_known_by_its_hash(reader):
    raw = b"a,b\n1,2\n"
    one, other = reader.table(raw, "../../etc/passwd"), reader.table(raw, "a.csv")
    assert one.sha256 == other.sha256 == hashlib.sha256(raw).hexdigest()
    assert (one.name, other.name) == ("passwd", "a.csv")


def bomb(name: str, megabytes: int) -> bytes:
    """A zip archive of one entry that inflates to so many megabytes of spaces, and says so."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 1_000_000) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = block * megabytes + packer.flush()
    sizes = struct.pack("<III", 0, len(packed), megabytes * 1_000_000)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes
    local += struct.pack("<HH", len(name), 0) + name.encode() + packed
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name.encode()
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(entry), len(local), 0)
    return local + entry + end


def test_the_bomb_of_these_tests_is_one():
    with zipfile.ZipFile(io.BytesIO(bomb("doc.kml", 3))) as archive:
        (member,) = archive.infolist()
        packed = archive.fp.getvalue()[30 + len("doc.kml") :]  # the checksum is no good, so zipfile would not
        assert zlib.decompressobj(-15).decompress(packed) == b" " * member.file_size == b" " * 3_000_000


@pytest.mark.parametrize(("name", "megabytes"), [("xl/worksheets/sheet1.xml", 1_000), ("doc.kml", 2_000)])
def test_bombs_of_gigabytes_are_refused_unopened(reader, name, megabytes):
    raw = bomb(name, megabytes)
    assert len(raw) < 4_000_000
    error = reader.refusal(raw, name)
    assert any(words in str(error) for words in ("120 times its size", "600", "unpack"))
    assert error.reason == "refused"


# What the mapping makes of bytes as they are.


def carried_out(table, mapping):
    batches = list(apply(table, mapping_from_yaml(mapping)))
    return (
        [row for batch in batches for row in batch.rows.to_pylist()],
        [problem for batch in batches for problem in batch.problems],
    )


def test_decimal_commas_and_points_may_stand_in_one_column(reader):
    raw = "name;lat;lon\nA;50,45;30,52\nB;50.45;30.52\nC;50\u066b45;30\u066b52\nD;1.234,5;30,5\n"
    raw += "E;50,45 N;30,52 E\n"
    rows, problems = carried_out(reader.table(raw.encode()), "{name: name, point: {lat: lat, lon: lon}}")
    assert [(row["name"], row["lat"], row["lon"]) for row in rows] == [
        (name, 50.45, 30.52) for name in "ABCE"
    ]
    assert [(problem.row, problem.severity) for problem in problems] == [(5, "refused")]


@pytest.mark.parametrize(("first_year", "day"), [(1900, "2021-11-24"), (1904, "2025-11-25")])
def test_day_numbers_count_from_the_year_that_a_person_says(reader, first_year, day):
    table = reader.table(b"name,date\nA,44524\nB,44524.5\nC,2020-05\n")
    rows, problems = carried_out(table, f"{{name: name, date: {{start: date, serials: {first_year}}}}}")
    assert [row["date"] for row in rows] == [day, day, "2020-05"]
    assert problems == []
    rows, problems = carried_out(table, "{name: name, date: {start: date}}")
    assert [row["date"] for row in rows] == ["2020-05"]
    assert {problem.severity for problem in problems} == {"refused"}


def test_the_same_row_twice_is_one_record_and_found(reader):
    from dashboard.importers.checks import find_faults

    table = reader.table(b"name,place\nA,Rabat\nB,Fez\nA,Rabat\n")
    batches = [batch.rows for batch in apply(table, mapping_from_yaml("{name: name, place: place}"))]
    ids = [row["external_id"] for batch in batches for row in batch.to_pylist()]
    assert ids[0] == ids[2] != ids[1]
    (finding,) = find_faults(batches).findings
    assert (finding.code, finding.row, finding.detail) == ("duplicate_id", 4, "row 2 has the same id")


def test_the_same_rows_in_another_file_keep_their_ids(reader):
    one = reader.table(b"name,place\nA,Rabat\nB,Fez\n")
    other = reader.table("place;name\nFez;B\nRabat;A\n".encode("utf-16"))
    mapping = "{name: name, place: place}"
    ids = [
        {row["name"]: row["external_id"] for row in carried_out(table, mapping)[0]} for table in (one, other)
    ]
    assert ids[0] == ids[1]


def test_a_workbook_with_one_formula_and_no_value_keeps_its_row(reader):
    workbook = openpyxl.Workbook()
    workbook.active.append(["name", "total"])
    workbook.active.append(["A", "=1+1"])
    raw = io.BytesIO()
    workbook.save(raw)
    assert reader.texts(raw.getvalue()) == [("A", "")]


def test_a_data_package_is_told_where_to_go(reader):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        archive.writestr("datapackage.json", json.dumps({"resources": []}))
        archive.writestr("sites.csv", "id,name\n")
    assert "is a data package" in str(reader.refusal(raw.getvalue()))
