import pytest

from dashboard.importers.presets import presets, recognise

# Rows written for these tests, in the shape of the datasets.
MME = ["MMEID", "Ex_Name", "Series_Name", "Location", "lat", "lon", "StartDate", "s.year", "s.month", "s.day"]
MME += [
    "EndDate",
    "e.year",
    "e.month",
    "e.day",
    "FocusDescription",
    "AdditionalParticipantInfo",
    "StateA",
    "StateB",
    "StateAA",
]
GDELT = [
    "GLOBALEVENTID",
    "SQLDATE",
    "Actor1Name",
    "Actor2Name",
    "EventCode",
    "CAMEOCodeDescription",
    "EventRootCode",
]
GDELT += ["ActionGeo_Type", "ActionGeo_FullName", "ActionGeo_CountryCode", "ActionGeo_Lat", "ActionGeo_Long"]
GDELT += ["DATEADDED", "SOURCEURL"]
UCDP = [
    "id",
    "type_of_violence",
    "side_a",
    "side_b",
    "where_prec",
    "where_coordinates",
    "country",
    "date_prec",
]
UCDP += ["date_start", "date_end", "latitude", "longitude", "source_article", "best"]
SIPRI = ["Recipient", "Supplier", "Year of order", "column 4", "Number ordered", "Weapon designation"]
SIPRI += ["Weapon description", "Year(s) of delivery", "Comments"]
ACLED = [
    "event_id_cnty",
    "event_date",
    "time_precision",
    "event_type",
    "sub_event_type",
    "actor1",
    "actor2",
    "country",
]
ACLED += ["admin1", "location", "latitude", "longitude", "geo_precision", "source", "notes"]


@pytest.fixture
def mapped(table, carried_out):
    def run(columns, *rows, points=()):
        raw = table(columns, *rows, points=points)
        preset = recognise(raw)
        assert preset is not None
        assert preset.mapping is not None
        return preset, *carried_out(raw, preset.mapping)

    return run


def test_every_preset_says_whose_it_is_and_under_which_terms() -> None:
    assert len(presets()) >= 18
    for preset in presets().values():
        assert preset.title
        assert preset.citation
        assert preset.licence
        assert preset.url.startswith("https://") or preset.code == "arsenal_atlas"  # the atlas has no page
        assert preset.on_map or preset.refusal
        assert preset.mapping or not preset.on_map


def test_multinational_exercises(mapped) -> None:
    preset, rows, problems = mapped(
        MME,
        ["m1", "Lion", "", "Near Tan Tan, Morocco", "32.63", "36.10", "2007-04-xx", "2007", "4", "xx",
         "2007-04-xx", "2007", "4", "xx", "drill", "", "Morocco", "United States", "Spain"],
        ["m2", "", "Reef", "", "", "", "1/14/80", "1980", "1", "14",
         "1/21/80", "1980", "1", "21", "", "", "A", "", ""],
        ["m3", "Back", "", "Sea", "40.1", "5.1", "5/3/84", "1984", "5", "3",
         "5/1/84", "1984", "5", "1", "", "", "", "", ""],
    )  # fmt: skip
    assert preset.code == "multinational_exercises"
    assert [row["date"] for row in rows] == ["2007-04", "1980-01-14/1980-01-21", ""]
    assert (rows[0]["country"], rows[0]["actors"]) == ("MA", "Morocco; United States; Spain")
    assert (rows[1]["name"], rows[1]["lat"], rows[1]["precision"]) == ("Reef", None, "none")
    assert rows[2]["flags"] == "|ends_before_start|"
    assert {row["kind"] for row in rows} == {"exercise"}
    assert [problem.row for problem in problems] == [4]


def test_joint_exercises_are_month_first(mapped) -> None:
    preset, rows, _ = mapped(
        ["JMEID", "StartDate", "EndDate", "Location"], ["j1", "3/4/87", "3/9/87", "Sinai, Egypt"]
    )
    assert (preset.code, rows[0]["date"], rows[0]["country"]) == (
        "joint_exercises",
        "1987-03-04/1987-03-09",
        "EG",
    )


def test_ucdp_keeps_its_codes_beside_ours(mapped) -> None:
    def row(where, prec, start, end):
        days = f"{start}T00:00:00", f"{end}T00:00:00"
        return ["1", "1", "X", "Y", where, "Town", "Morocco", prec, *days, "32.1", "-7.1", "Agency", "3"]

    preset, rows, problems = mapped(
        UCDP,
        row("1", "1", "2009-02-20", "2009-02-20"),
        row("3", "2", "2009-02-20", "2009-02-22"),
        row("6", "4", "2012-03-01", "2012-03-31"),
        row("5", "4", "2012-03-05", "2012-03-11"),
        row("7", "5", "2012-01-01", "2012-12-31"),
    )
    assert preset.code == "ucdp_ged"
    assert [row["date"] for row in rows] == [
        "2009-02-20", "2009-02-20/2009-02-22", "2012-03", "2012-03-05/2012-03-11", "2012",
    ]  # fmt: skip
    assert [(row["precision"], row["original_precision"]) for row in rows] == [
        ("exact", "1"), ("district", "3"), ("country", "6"), ("area", "5"), ("area", "7"),
    ]  # fmt: skip
    assert problems == []


def test_ucdp_as_a_geographic_file_takes_its_geometry(mapped) -> None:
    columns = [name for name in UCDP if name not in ("latitude", "longitude")]
    row = ["1", "1", "X", "Y", "1", "Town", "Morocco", "1", "2009-02-20", "2009-02-20", "Agency", "3"]
    _, rows, _ = mapped(columns, row, points=[(32.1, -7.1)])
    assert (rows[0]["lat"], rows[0]["lon"]) == (32.1, -7.1)


def test_acled_weeks_and_months(mapped) -> None:
    def row(time, geo):
        what = ["XX1", "2021-03-15", time, "Battles", "Armed clash", "A", "B"]
        return [*what, "Morocco", "R", "L", "32.1", "-7.1", geo, "S", "N"]

    preset, rows, _ = mapped(ACLED, row("1", "1"), row("2", "2"), row("3", "3"))
    assert preset.code == "acled"
    assert [row["date"] for row in rows] == ["2021-03-15", "2021-03-12/2021-03-18", "2021-03"]
    assert [row["precision"] for row in rows] == ["locality", "near", "province"]
    assert rows[0]["kind"] == "incident"


def test_gdelt_reads_fips_and_types_of_place_and_lists_dates_long_before(mapped) -> None:
    def row(date, root, kind, country, *point):
        event = ["1", date, "A", "B", f"{root}0", "Words", root]
        return [*event, kind, "P", country, *point, "20170701234500", "https://x.y/z"]

    preset, rows, problems = mapped(
        GDELT,
        row("20070704", "04", "0", "", "", ""),
        row("20170630", "19", "1", "AS", "-27", "133"),
        row("20170630", "05", "4", "CH", "39.9", "116.4"),
    )
    assert preset.code == "gdelt_events"
    assert [row["country"] for row in rows] == ["", "AU", "CN"]
    assert [row["precision"] for row in rows] == ["none", "country", "locality"]
    assert [row["kind"] for row in rows] == ["meeting", "incident", "policy"]
    assert [row["original_kind"] for row in rows] == ["04", "19", "05"]
    assert rows[0]["flags"] == "|long_before|"
    assert [problem.row for problem in problems] == [2]


def test_the_sipri_register_stays_off_the_map_and_in_the_table(mapped) -> None:
    preset, rows, problems = mapped(
        SIPRI,
        ["Turkiye", "X", "2020", "?", "3", "Q-1", "anti-tank missile", "2021; 2022", ""],
        ["unknown recipient(s)", "X", "2021", "", "", "Q-2", "odd thing", "", "c"],
    )
    assert (preset.code, preset.on_map) == ("sipri_register", False)
    assert preset.refusal
    assert [(row["date"], row["products"], row["country"]) for row in rows] == [
        ("2020", "|missile|", "TR"),
        ("2021", "", ""),
    ]
    assert [(problem.column, problem.value) for problem in problems] == [
        ("Recipient", "unknown recipient(s)")
    ]


def test_sipri_pairs_are_middles_of_countries(mapped) -> None:
    columns = [
        "supplier",
        "recipient",
        "year",
        "value",
        "supplier_lon",
        "supplier_lat",
        "recipient_lon",
        "recipient_lat",
    ]
    preset, rows, _ = mapped(columns, ["X", "Morocco", "2020", "3", "1.5", "2.5", "-8.9", "29.1"])
    assert (preset.code, rows[0]["precision"], rows[0]["lat"]) == ("sipri_tiv_pairs", "country", 29.1)


def test_mirta(mapped) -> None:
    columns = ["name", "branch", "status", "state", "lat", "lon", "kind", "component", "jointBase"]
    kinds = ("Active", "Caretaker", "Semi-Active", "Closed", "Excess")
    preset, rows, _ = mapped(
        columns, *[["F", "Army", s, "Ohio", "40.1", "-81.2", "Installation", "A", "false"] for s in kinds]
    )
    assert preset.code == "mirta"
    assert [row["status"] for row in rows] == ["operating", "idle", "idle", "closed", "closed"]
    assert {(row["record_type"], row["kind"], row["country"]) for row in rows} == {("site", "base", "US")}


def test_us_bases(mapped) -> None:
    columns = ["countryname", "ccode", "iso3c", "basename", "lat", "lon", "base", "lilypad", "fundedsite"]
    preset, rows, _ = mapped(
        columns,
        ["Aruba", "1", "NLD", "Pier", "12.5", "-69.9", "0", "1", "0"],
        ["Italy", "2", "ITA", "Q", "", "", "1", "0", "0"],
    )
    assert (preset.code, [row["country"] for row in rows]) == ("us_bases", ["AW", "IT"])
    assert (rows[1]["lat"], '"lilypad": "1"' in rows[0]["extra"]) == (None, True)


def test_trackers_spell_their_columns_as_they_like(mapped) -> None:
    columns = [
        "Tracker ID",
        "Project name",
        "Country/Area",
        "Status",
        "Start Year",
        "Retired Year",
        "Latitude",
        "Longitude",
        "Location accuracy",
    ]
    preset, rows, _ = mapped(
        columns,
        ["t1", "Mill", "Morocco", "operating", "2010", "", "32.1", "-7.1", "approximate"],
        ["t2", "Mill 2", "Morocco", "Shelved", "", "", "32.1", "-7.1", "exact"],
    )
    assert preset.code == "gem_tracker"
    assert [(row["date"], row["status"], row["precision"]) for row in rows] == [
        ("2010/", "operating", "near"),
        ("", "planned", "exact"),
    ]


OTHERS = {
    "timemap": (
        {"id": "c1", "date": "02/24/2022", "latitude": "50.45", "longitude": "30.52",
         "location": "Kyiv, Ukraine", "description": "text", "sources": "https://x.y",
         "associations": "Type of area=Residential"},
        ("2022-02-24", "UA", 50.45),
    ),
    "follow_the_money": (
        {"id": "e1", "schema": "Company", "caption": "Firm", "properties.name": "Firm; Firm Ltd",
         "properties.country": "ma", "properties.incorporationDate": "1999"},
        ("1999/", "MA", None),
    ),
    "plover": (
        {"id": "p1", "date": "2020-05-01", "event": "CONSULT; AGREE", "mode": "visit", "source.code": "MAR",
         "recipient.code": "ISR", "event_loc.name": "Rabat", "event_loc.country code": "MA",
         "event_loc.latitude": "34.02", "event_loc.longitude": "-6.83"},
        ("2020-05-01", "MA", 34.02),
    ),
    "linked_places_table": (
        {"id": "1", "title": "Fez", "title_source": "An atlas", "start": "0808", "ccodes": "MA",
         "lat": "34.05", "lon": "-4.98", "fclasses": "P"},
        ("0808/", "MA", 34.05),
    ),
    "gem_plants": (
        {"GEM plant ID": "P1", "Plant name (English)": "Mill", "Municipality": "unknown",
         "Country/area": "Morocco", "Coordinates": "33.3, -7.5", "Coordinate accuracy": "exact",
         "GEM wiki page": "https://x.y", "Start date": "2010-05", "Retired date": "unknown"},
        ("2010-05/", "MA", 33.3),
    ),
    "joint_exercise_participants": (
        {"xID": "7", "startYear": "1999", "startMonth": "5", "countryCode": "600", "countryName": "Morocco"},
        ("1999-05", "", None),
    ),
    "sipri_tiv": (
        {"column 1": "Angola", "1950": "", "1951": "", "1952": "3", "1953": "0", "Total": "3"},
        ("", "", None),
    ),
    "oryx_counts": (
        {"country": "X", "equipment_type": "Tanks", "destroyed": "1", "type_total": "4",
         "date_recorded": "2022-02-24"},
        ("2022-02-24", "", None),
    ),
    "geonuclear": (
        {"Id": "1", "Name": "N", "Latitude": "", "Longitude": "", "Country": "Iran", "CountryCode": "IR",
         "Status": "Cancelled Construction", "ReactorType": "", "ConstructionStartAt": "",
         "OperationalFrom": "", "OperationalTo": ""},
        ("", "IR", None),
    ),
    "arms_library": (
        {"manufacturing.site_name": "Yard", "manufacturing.site_address": "1 Street, Kiel, Germany",
         "manufacturing.coordinates.latitude": "54.31", "manufacturing.coordinates.longitude": "10.15",
         "manufacturing.source": "[null]"},
        ("", "DE", 54.31),
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", OTHERS)
def test_other_datasets(mapped, code) -> None:
    row, expected = OTHERS[code]
    preset, rows, problems = mapped([*row], [*row.values()])
    assert preset.code == code
    assert (rows[0]["date"], rows[0]["country"], rows[0]["lat"]) == expected
    assert problems == []


def test_linked_places_take_their_geometry(mapped) -> None:
    columns = ["@id", "properties.title", "names.toponym", "properties.ccodes"]
    preset, rows, _ = mapped(columns, ["p1", "Fez", "Fes", "MA"], points=[(34.0, -5.0)])
    assert (preset.code, rows[0]["name"], rows[0]["lat"], rows[0]["country"]) == (
        "linked_places",
        "Fez",
        34.0,
        "MA",
    )


def test_oryx_is_refused_for_the_map_and_kept_as_rows(mapped) -> None:
    columns = ["country", "origin", "system", "status", "url", "date_recorded", "sysID", "matID"]
    preset, rows, _ = mapped(
        columns, ["X", "Y", "Tank", "abandoned", "https://x.y", "2022-05-27", "3", "7-1"]
    )
    assert (preset.code, preset.on_map) == ("oryx", False)
    assert "not where" in preset.refusal
    assert (rows[0]["lat"], rows[0]["precision"], rows[0]["date"]) == (None, "none", "2022-05-27")


def test_an_unknown_table_is_no_preset(table) -> None:
    assert recognise(table(("name", "date"), ("A", "2020"))) is None
