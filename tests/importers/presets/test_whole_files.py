"""Each dataset as a file of a few rows of our own with what the real one breaks: from bytes to our rows."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import shapely

from dashboard.confinement import Confinement
from dashboard.importers.checks import Checker
from dashboard.importers.mapping import apply, guess
from dashboard.importers.presets import recognise
from dashboard.importers.rows import RowProblem
from dashboard.importers.tables import read_table

SHAPES = {"MA": shapely.box(-13, 27.6, -1, 36), "SY": shapely.box(35.7, 32.3, 42.4, 37.3)}
Read = tuple[str, list[dict[str, Any]], list[RowProblem], dict[str, int]]


@pytest.fixture(scope="module")
def imported(confinement: Confinement) -> Callable[[str | bytes], Read]:
    """Read bytes, carry out the preset that fits, and look for faults."""

    def go(raw: str | bytes) -> Read:
        table = read_table(raw.encode() if isinstance(raw, str) else raw, "file", confinement=confinement)
        preset = recognise(table)
        mapping = preset.mapping if preset else guess(table).mapping
        assert mapping is not None
        batches = list(apply(table, mapping))
        checker = Checker(SHAPES)
        rows = [row for batch in batches for row in checker.take(batch.rows).to_pylist()]
        problems = [*table.problems, *(problem for batch in batches for problem in batch.problems)]
        return preset.code if preset else "", rows, problems, checker.findings().counts

    return go


def test_multinational_exercises_keep_months_and_show_a_point_in_another_country(imported) -> None:
    header = (
        "MMEID,Ex_Name,Series_Name,Location,lat,lon,StartDate,s.year,s.month,s.day,EndDate,e.year,e.month,"
    )
    header += "e.day,FocusDescription,AdditionalParticipantInfo,StateA,StateAM\n"
    rows = [
        'mme1,Reed,Reed,"Near Tan Tan, Morocco",32.63,36.1,4/2/07,2007,4,2,4/9/07,2007,4,9,,,Morocco,Spain',
        "mme2,,Reef,At sea,,,1980-01-xx,1980,1,xx,1980-01-xx,1980,1,xx,,,A,",
        "mme3,Back,,Somewhere,40.1,5.1,5/3/84,1984,5,3,5/1/84,1984,5,1,,,B,",
        "mme3,Again,,Somewhere,40.1,5.1,5/3/84,1984,5,3,5/4/84,1984,5,4,,,B,",
    ]
    code, found, problems, counts = imported(header + "\n".join(rows) + "\n")
    assert (code, len(found)) == ("multinational_exercises", 4)
    assert [row["date"] for row in found] == [
        "2007-04-02/2007-04-09", "1980-01", "", "1984-05-03/1984-05-04",
    ]  # fmt: skip
    assert found[0]["actors"] == "Morocco; Spain"
    assert sum(row["lat"] is None for row in found) == 1
    assert [problem.reason for problem in problems] == ["ends before it starts"]
    assert counts == {"country_contradicted": 1, "ends_before_start": 1, "duplicate_id": 1}


def test_ucdp_as_features_keeps_codes_and_shared_points(imported) -> None:
    def feature(number: int, where: int, date_prec: int, end: str) -> dict[str, Any]:
        properties = {
            "id": number, "type_of_violence": 1, "side_a": "X", "side_b": "Y", "where_prec": where,
            "where_coordinates": "Town", "country": "Morocco", "date_prec": date_prec,
            "date_start": "2012-03-01T00:00:00", "date_end": f"2012-03-{end}T00:00:00", "best": 2,
        }  # fmt: skip
        return {
            "type": "Feature",
            "properties": properties,
            "geometry": {"type": "Point", "coordinates": [-7.1, 32.1]},
        }

    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    rows = [feature(number, 1, 1, "01") for number in range(20)]
    rows += [feature(20, 6, 4, "31"), feature(21, 3, 2, "03")]
    code, found, problems, counts = imported(
        json.dumps({"type": "FeatureCollection", "crs": crs, "features": rows})
    )
    assert (code, len(found), problems) == ("ucdp_ged", 22, [])
    assert [(row["date"], row["precision"], row["original_precision"]) for row in found[-3:]] == [
        ("2012-03-01", "exact", "1"), ("2012-03", "country", "6"), ("2012-03-01/2012-03-03", "district", "3"),
    ]  # fmt: skip
    assert counts == {"crowded_point": 1}


def test_gdelt_has_fips_countries_no_places_and_dates_long_before(imported) -> None:
    header = "GLOBALEVENTID,SQLDATE,Actor1Name,Actor2Name,EventCode,CAMEOCodeDescription,EventRootCode,"
    header += (
        "ActionGeo_Type,ActionGeo_FullName,ActionGeo_CountryCode,ActionGeo_Lat,ActionGeo_Long,DATEADDED,"
    )
    header += "SOURCEURL\n"
    rows = [
        "1,20070704,A,B,040,Consult,04,0,,,,,20170701234500,https://x.y/1",
        "2,20170630,A,B,190,Use force,19,1,Australia,AS,-27,133,20170701234500,https://x.y/2",
        '3,20170630,A,,042,Visit,04,4,"Rabat, Morocco",MO,34.02,-6.83,20170701234500,https://x.y/3',
    ]
    code, found, problems, counts = imported(header + "\n".join(rows) + "\n")
    assert code == "gdelt_events"
    assert [(row["country"], row["precision"]) for row in found] == [
        ("", "none"), ("AU", "country"), ("MA", "locality"),
    ]  # fmt: skip
    assert [problem.row for problem in problems] == [2]
    assert counts == {"long_before": 1}


def test_the_sipri_register_has_a_mark_nameless_headers_and_a_row_in_two_lines(imported) -> None:
    header = "Recipient,Supplier,Year of order, ,Number ordered, ,Weapon designation,Weapon description,"
    header += (
        "Number delivered, ,Year(s) of delivery,status,Comments,TIV per unit,TIV for order,TIV delivered\n"
    )
    rows = [
        "Morocco,X,2020,?,3,?,Q-1,UAV,3,,2021; 2022,New,,1,3,3",
        "Turkiye,X,2021,,,,Q-2,anti-tank missile,,,,New,text that goes on",
        "0.1,0.3,0.3",
        "unknown recipient(s),X,2022,,1,,Q-3,submarine,1,,2023,New,,0,0,0",
    ]
    code, found, problems, counts = imported(b"\xef\xbb\xbf" + (header + "\n".join(rows) + "\n").encode())
    assert code == "sipri_register"
    found.sort(key=lambda row: row["row"])
    assert [(row["country"], row["date"], row["lat"]) for row in found] == [
        ("MA", "2020", None), ("TR", "2021", None), ("", "2022", None),
    ]  # fmt: skip
    assert any("split over lines 3 and 4" in problem.reason for problem in problems)
    assert "2021; 2022" in found[0]["extra"]
    assert counts == {}


def test_a_tiv_table_has_ten_lines_before_its_header(imported) -> None:
    years = [str(year) for year in range(1950, 1960)]
    above = ["Values of a state", "Millions", "Rounded", "Small", "More", "", "", "Source", "Made", ""]
    lines = [line + "," * 11 for line in above]
    lines += [",".join(["", *years, "Total"]), "Angola" + "," * 6 + "3,0,,,,3", "African Union**" + "," * 12]
    lines[-1] = "African Union**" + "," * 11
    code, found, problems, _ = imported("\n".join(lines) + "\n")
    assert (code, [row["external_id"] for row in found], problems) == (
        "sipri_tiv", ["Angola", "African Union**"], [],
    )  # fmt: skip
    assert '"1955": "3"' in found[0]["extra"] or '"1956": "3"' in found[0]["extra"]


def test_an_envelope_around_installations(imported) -> None:
    def row(name: str, status: str) -> dict[str, Any]:
        return {
            "name": name, "branch": "Army", "status": status, "state": "Ohio", "lat": 40.123456, "lon": -81.2,
            "kind": "Training Area", "component": "Active", "jointBase": False,
        }  # fmt: skip

    about = {"source": "x", "total": 2}
    code, found, problems, _ = imported(
        json.dumps({"metadata": about, "installations": [row("A", "Caretaker"), row("B", "Active")]})
    )
    assert (code, problems) == ("mirta", [])
    assert [(row["kind"], row["status"], row["lat"]) for row in found] == [
        ("training", "idle", 40.123456), ("training", "operating", 40.123456),
    ]  # fmt: skip


def test_the_arms_library_is_nested_with_numbers_as_text_and_sources_of_nothing(imported) -> None:
    site = {"site_name": "Yard", "site_address": "1 Street, Kiel, Germany"}
    places = [
        site | {"coordinates": {"latitude": "54.31", "longitude": "10.15"}, "source": ["https://x.y"]},
        site | {"coordinates": {"latitude": None, "longitude": None}, "source": [None]},
    ]
    one = {"names": [{"name": "Boat", "source": "https://x.y"}], "companies": [{"company": "Firm"}]}
    code, found, problems, _ = imported(json.dumps(one | {"manufacturing": places}))
    assert (code, problems) == ("arms_library", [])
    assert [(row["lat"], row["country"], row["source_url"], row["actors"]) for row in found] == [
        (54.31, "DE", "https://x.y", "Firm"), (None, "DE", "", "Firm"),
    ]  # fmt: skip


def test_losses_have_no_place_and_get_none(imported) -> None:
    code, found, problems, _ = imported(
        "country,origin,system,status,url,date_recorded,sysID,matID\n"
        "X,Y,Tank,abandoned,https://x.y,2022-05-27,3,7-1\n"
    )
    assert (code, [(row["lat"], row["precision"]) for row in found], problems) == (
        "oryx", [(None, "none")], [],
    )  # fmt: skip


def test_dates_of_battles_are_read_in_every_form_by_a_guessed_mapping(imported) -> None:
    written = (
        "2001 March 8", "2001-04-16..2001-04-20", "25-5-2001", "2001-10-7..2001-12?",
        "Twelve of November of two thousand and one", "2001-11-13:2001-11-14", "2001-11-~15..2001-11-~30",
    )  # fmt: skip
    rows = "".join(f"Battle {number},{date},A-B\n" for number, date in enumerate(written))
    code, found, problems, _ = imported("Battle,Date,Parties\n" + rows)
    assert (code, problems) == ("", [])
    assert [row["date"] for row in found] == [
        "2001-03-08", "2001-04-16/2001-04-20", "2001-05-25", "2001-10-07/2001-12?", "2001-11-12",
        "2001-11-13/2001-11-14", "2001-11-15~/2001-11-30~",
    ]  # fmt: skip


def test_plants_that_were_never_built_have_no_point(imported) -> None:
    header = "Id,Name,Latitude,Longitude,Country,CountryCode,Status,ReactorType,ConstructionStartAt,"
    header += "OperationalFrom,OperationalTo,Source\n"
    code, found, problems, _ = imported(
        header
        + "1,N,,,Iran,IR,Cancelled Construction,,,,,x\n2,M,50.1,8.2,Germany,DE,Shutdown,,,1970,2011-08-06,x\n"
    )
    assert (code, problems) == ("geonuclear", [])
    assert [(row["status"], row["lat"], row["date"]) for row in found] == [
        ("cancelled", None, ""), ("closed", 50.1, "1970/2011-08-06"),
    ]  # fmt: skip


def test_linked_places_keep_what_stands_beside_the_properties(imported) -> None:
    def place(number: int, geometries: list[Any], start: dict[str, str]) -> dict[str, Any]:
        return {
            "@id": f"http://gaz.example/{number}",
            "type": "Feature",
            "properties": {"title": "Fez", "ccodes": ["MA"]},
            "when": {
                "timespans": [{"start": start, "end": {"in": "1912"}} if number < 3 else {"start": start}]
            },
            "names": [
                {"toponym": "Fes", "when": {"timespans": [{"start": {"in": "0900"}}]}},
                {"toponym": "فاس"},
            ],
            "geometry": {"type": "GeometryCollection", "geometries": geometries},
        }

    point = {"type": "Point", "coordinates": [-4.98, 34.05], "certainty": "certain"}
    rows = [
        place(1, [point], {"in": "0808"}),
        place(2, ["null"], {"in": "0808~"}),
        place(3, [{"geo_wkt": "POINT (-4.98 34.05)"}], {"in": "1600-01"}),
        place(4, [{"geo_wkt": "POINT (x y)"}], {"in": "1600"}),
    ]
    code, found, problems, _ = imported(
        json.dumps({"type": "FeatureCollection", "@context": "https://x.y", "features": rows})
    )
    assert code == "linked_places"
    assert [
        (row["external_id"][-1], row["name"], row["lat"], row["country"], row["date"]) for row in found
    ] == [
        ("1", "Fez", 34.05, "MA", "0808/1912"),
        ("2", "Fez", None, "MA", "0808~/1912"),
        ("3", "Fez", 34.05, "MA", "1600-01"),
    ]
    assert [(problem.row, problem.severity) for problem in problems] == [(2, "warning"), (4, "refused")]


def test_records_of_plover_stand_in_lines(imported) -> None:
    one = {
        "id": "E-1", "date": "2020-05-01", "source": [{"code": "MAR", "sector": "GOV"}, {"code": "ISR"}],
        "recipient": [{"code": "USA"}], "event": ["CONSULT"], "mode": "visit",
        "event_loc": {"name": "Rabat", "latitude": 34.02, "longitude": -6.83, "country code": "MA"},
    }  # fmt: skip
    code, found, problems, _ = imported(
        f"{json.dumps(one)}\n{json.dumps(one | {'id': 'E-2', 'event': 'FIGHT'})}\n"
    )
    assert (code, problems) == ("plover", [])
    assert [(row["kind"], row["original_kind"]) for row in found] == [
        ("meeting", "CONSULT"), ("incident", "FIGHT"),
    ]  # fmt: skip
    assert {(row["country"], row["lat"], row["actors"]) for row in found} == {("MA", 34.02, "MAR; ISR; USA")}


def test_incidents_of_a_timemap_as_it_hands_them_out(imported) -> None:
    one = {
        "id": "CIV0001", "date": "03/04/2022", "latitude": "50.45", "longitude": "30.52",
        "location": "Kyiv, Ukraine", "description": "Text",
        "sources": [{"id": "S1", "path": "https://x.y/1", "description": ""}, {"id": "S2", "path": "https://x.y/2"}],
        "filters": [{"key": "Type of area affected", "value": "Residential"}],
    }  # fmt: skip
    code, (row,), problems, _ = imported(json.dumps([one]))
    assert (code, problems) == ("timemap", [])
    assert (row["date"], row["source_url"], row["country"]) == ("2022-03-04", "https://x.y/1", "UA")
    assert "https://x.y/2" in row["extra"]
    assert row["actors"] == ""


def test_entities_of_followthemoney_stand_in_lines_with_lists(imported) -> None:
    rows = [
        {"id": "a", "schema": "Address", "properties": {"full": ["1 Street, Rabat"], "latitude": ["34.02"],
         "longitude": ["-6.83"], "country": ["ma"]}},
        {"id": "c", "schema": "Company", "caption": "Firm", "properties": {"name": ["Firm", "Firme"],
         "country": ["ma", "il"], "incorporationDate": ["1999"]}},
    ]  # fmt: skip
    code, found, problems, _ = imported("".join(json.dumps(row) + "\n" for row in rows))
    assert (code, problems) == ("follow_the_money", [])
    assert [(row["kind"], row["name"], row["lat"], row["country"], row["date"]) for row in found] == [
        ("office", "1 Street, Rabat", 34.02, "MA", ""), ("headquarters", "Firm", None, "", "1999/"),
    ]  # fmt: skip
