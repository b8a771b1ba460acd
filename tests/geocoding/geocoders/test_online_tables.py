"""A table whose unsettled names go to a public service in a bad mood: each row says what happened to it."""

import csv
from pathlib import Path
from typing import Any

import pytest

from dashboard.geocoding import Gazetteer, geocode
from dashboard.geocoding.geocoders import online as module
from dashboard.geocoding.geocoders.online import OnlineGeocoderRefusedError
from dashboard.settings import Settings
from dashboard.workflows.geocoding.geocode_table import TableJob, TableOutcome, geocode_table
from dashboard.workflows.geocoding.online_answers import OnlineAsker, fill_online, online_asker


@pytest.fixture
def ask(settings: Settings, fake_time: Any, monkeypatch: pytest.MonkeyPatch) -> OnlineAsker:
    real = module.build_online

    def build(service: Any, settings: Settings, **_times: Any) -> Any:
        return real(service, settings, clock=fake_time.clock, sleep=fake_time.sleep)

    monkeypatch.setattr(module, "build_online", build)
    return online_asker(settings.model_copy(update={"online_geocoders": ("nominatim",)}))


def run(tmp_path: Path, gazetteer: Gazetteer, ask: OnlineAsker, *names: str) -> TableOutcome:
    table = tmp_path / "t.csv"
    table.write_text(
        "\n".join(["n,place", *(f"{number},{name}" for number, name in enumerate(names))]) + "\n"
    )
    return geocode_table(TableJob(table, "place"), gazetteer=gazetteer, online=ask)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_only_what_is_not_settled_is_asked_and_says_who_answered(
    tmp_path: Path, gazetteer: Gazetteer, ask: OnlineAsker, server: Any
) -> None:
    server.will("rabat")
    outcome = run(tmp_path, gazetteer, ask, "Haifa", "Technopolis", "Nowhere", "Technopolis", "", "33.6 -7.1")
    assert server.names == ["Technopolis", "Nowhere"]
    rows = rows_of(outcome.output)
    statuses = ["resolved", "online", "unknown", "online", "unknown", "coordinates"]
    assert [row["status"] for row in rows] == statuses
    assert (rows[1]["place_id"], rows[1]["lat"]) == ("osm:relation/2799204", "34.021845")
    for word in ("nominatim:127.0.0.1", "ODbL", "2027-01-15", "offline: "):
        assert word in rows[1]["reason"]
    assert [row["status"] for row in rows_of(outcome.review)] == [s for s in statuses if s != "resolved"]


@pytest.mark.parametrize(
    ("mood", "says"),
    [
        ("429 for a day", "GeocoderRateLimited"),
        ("500", "GeocoderServiceError"),
        ("html", "GeocoderParseError"),
        ("half", "GeocoderParseError"),
        ("broken off", "GeocoderUnavailable"),
        ("403", "GeocoderInsufficientPrivileges"),
    ],
)
def test_an_error_is_the_outcome_of_its_row_and_is_not_kept(  # noqa: PLR0917 - fixtures
    tmp_path: Path, gazetteer: Gazetteer, ask: OnlineAsker, server: Any, fake_time: Any, mood: str, says: str
) -> None:
    server.will(mood, mood, mood)
    (row,) = rows_of(run(tmp_path, gazetteer, ask, "Technopolis").output)
    assert row["status"] == "error"
    assert says in row["reason"]
    assert row["lat"] == ""
    server.script.clear()
    server.will("rabat")
    fake_time.pass_by(days=2)
    (row,) = rows_of(run(tmp_path, gazetteer, ask, "Technopolis").output)
    assert row["status"] == "online"


def test_a_stopped_run_asks_for_no_finished_row_again(
    tmp_path: Path, gazetteer: Gazetteer, ask: OnlineAsker, server: Any
) -> None:
    names = ["Technopolis", "Midparc", "Plaine"]
    asked = []

    def stops(name: str, country: str) -> Any:
        if len(asked) == 2:
            raise KeyboardInterrupt
        asked.append(name)
        return ask(name, country)

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, gazetteer, stops, *names)
    outcome = run(tmp_path, gazetteer, ask, *names)
    assert server.names == names
    assert [row["place"] for row in rows_of(outcome.output)] == names
    assert outcome.taken_up == 2


def test_names_in_a_frame_are_filled_in(gazetteer: Gazetteer, ask: OnlineAsker, server: Any) -> None:
    server.will("rabat", "403")
    found = geocode(["Haifa", "Technopolis", "Midparc", "Nowhere"], gazetteer=gazetteer)
    filled = fill_online(found, ask, "MA")
    assert list(filled["status"]) == ["resolved", "online", "error", "unknown"]
    assert filled.geometry[1].x == pytest.approx(-6.84, abs=0.01)
    assert filled.geometry[2] is None
    assert found.geometry[1] is None
    assert [query["countrycodes"] for _, query in server.asked] == ["ma"] * 3


def test_without_a_service_in_the_settings_nobody_is_asked(settings: Settings) -> None:
    with pytest.raises(OnlineGeocoderRefusedError, match="ARSENAL_ATLAS_ONLINE_GEOCODERS"):
        online_asker(settings)
