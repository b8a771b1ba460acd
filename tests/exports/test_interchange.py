"""The codes of others: what has one gets it, what has none says so."""

import csv
import json

import pytest

from dashboard.domain.dates import UncertainDate
from dashboard.domain.vocabulary import codes
from dashboard.exports.linked_places import timespan
from dashboard.exports.plover import code_event
from dashboard.exports.ucdp import COLUMNS, date_precision
from dashboard.workflows.sharing.take_away import write_take_away


@pytest.mark.parametrize(
    ("kind", "status", "roles", "found", "mode"),
    [
        ("meeting", "happened", "participant|participant", "CONSULT", None),
        ("visit", "happened", "visitor|host", "CONSULT", "visit"),
        ("agreement", "happened", "signatory|signatory", "SUPPORT", None),
        ("agreement", "planned", "signatory|signatory", "AGREE", None),
        ("contract", "happened", "supplier|recipient", "COOPERATE", None),
        ("delivery", "happened", "supplier|recipient", "COOPERATE", None),
        ("exercise", "happened", "participant", "COOPERATE", None),
        ("incident", "happened", "author|target", "ASSAULT", None),
        ("incident", "happened", "operator", None, None),
        ("policy", "happened", "author|target", "SANCTION", None),
        ("policy", "happened", "participant", None, None),
        ("opening", "happened", "owner", None, None),
    ],
)
def test_a_kind_has_the_type_that_its_cameo_code_has(kind, status, roles, found, mode):
    code = code_event(kind, status, roles)
    assert (code["type"], code["mode"]) == (found, mode)
    assert bool(code["uncoded"]) == (found is None)
    assert ("future" in code["contexts"]) == (status == "planned")


@pytest.mark.parametrize("kind", codes("event_kinds"))
@pytest.mark.parametrize("roles", ["", "author", "participant|target"])
def test_every_kind_has_a_type_or_a_reason(kind, roles):
    code = code_event(kind, "happened", roles)
    assert bool(code["type"]) != bool(code["uncoded"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2021-11-24", 1),
        ("2021-11-24~", 2),
        ("2021-11-24/2021-11-29", 2),
        ("2021-11-24/2021-11-30", 3),
        ("2021-11", 4),
        ("2021-12", 4),
        ("2021-21", 5),
        ("2020", 5),
        ("2020/2021", None),
        ("2020/..", None),
        ("", None),
    ],
)
def test_a_date_has_the_code_of_its_length(text, code):
    date = UncertainDate.parse(text)
    ends = (one.isoformat() if one else "" for one in (date.earliest, date.latest))
    assert date_precision(*ends) == code


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2021-11-24", {"start": {"earliest": "2021-11-24", "latest": "2021-11-24"}}),
        ("2021-11", {"start": {"earliest": "2021-11-01", "latest": "2021-11-30"}}),
        (
            "2019/2021-03",
            {
                "start": {"earliest": "2019-01-01", "latest": "2019-12-31"},
                "end": {"earliest": "2021-03-01", "latest": "2021-03-31"},
            },
        ),
        ("2019/..", {"start": {"earliest": "2019-01-01", "latest": "2019-12-31"}}),
        (
            "../2020",
            {"start": {"latest": "2020-12-31"}, "end": {"earliest": "2020-01-01", "latest": "2020-12-31"}},
        ),
        ("", None),
    ],
)
def test_a_date_is_a_timespan_with_both_ends_of_its_ends(text, span):
    assert timespan(UncertainDate.parse(text)) == span


def test_plover_tells_who_did_it_to_whom_and_where(hostile_view, tmp_path):
    done = write_take_away(hostile_view, "plover", tmp_path / "view.json")
    found = json.loads(done.path.read_text(encoding="utf-8"))
    assert found["about"]["version"] == hostile_view.version
    assert "1 site is left out: PLOVER codes events" in done.notes
    one = next(event for event in found["events"] if event["event_id"] == "ev-stars")
    assert [(a["id"], a["country"], a["sector"]) for a in one["actors"]] == [("ac-one", "MAR", "GOV")]
    assert [(a["id"], a["country"], a["sector"]) for a in one["recipients"]] == [("ac-two", "ISR", "BUS")]
    assert [place["role"] for place in one["locations"]] == ["at", "about"]
    assert one["cameo"] == ["042", "043"]
    assert one["licence"] == "not stated"


def test_ucdp_has_their_codes_and_says_what_has_none(hostile_view, tmp_path):
    done = write_take_away(hostile_view, "ucdp", tmp_path / "view.csv")
    with done.path.open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert tuple(next(iter(rows.values()))) == COLUMNS
    one = rows["ev-formula"]
    assert one["where_prec"] == "1"
    assert one["date_prec"] == "5"  # "about March" is three months
    assert (one["date_start"], one["date_end"]) == ("2010-02-01", "2010-04-30")
    assert one["priogrid_gid"] == str(247 * 720 + 345 + 1)
    assert one["side_a"] == "'-1+1|two"
    assert one["country"] == "Morocco"
    assert one["uncoded"] == "type_of_violence: the kind is visit"
    nowhere = rows["ev-number"]
    assert nowhere["where_prec"] == "7"
    assert nowhere["latitude"] == nowhere["geom_wkt"] == ""


def test_linked_places_has_what_the_format_requires(hostile_view, tmp_path):
    done = write_take_away(hostile_view, "linked-places", tmp_path / "view.json")
    found = json.loads(done.path.read_text(encoding="utf-8"))
    assert found["@context"].endswith(".jsonld")
    for one in found["features"]:
        assert one["@id"].startswith("https://atlas.example/atlas?record=")
        assert one["properties"]["title"]
        assert one["names"][0]["toponym"]
        assert one["names"][0]["citations"]
        assert one["types"][0]["sourceLabels"]
        assert one["geometry"]["type"] == "GeometryCollection"
        assert all("start" in span for span in one["when"]["timespans"])
    (plant,) = [one for one in found["features"] if one["properties"]["type"] == "site"]
    assert [name["toponym"] for name in plant["names"]] == ["=plant", "+plant", "מפעל"]
    assert plant["when"]["timespans"] == [{"start": {"earliest": "2019-01-01", "latest": "2019-12-31"}}]
    denied = next(one for one in found["features"] if one["properties"]["id"] == "ev-rtl")
    assert {"stance": "contradicts", "field": "date", "value_as_stated": "=2019"}.items() <= (
        denied["names"][0]["citations"][1].items()
    )
