import json

import pytest
from typer.testing import CliRunner

from dashboard.bench.browser import BenchError
from dashboard.bench.exports import export_measurements, measure_export
from dashboard.cli.root import cli
from dashboard.exports.registry import FORMATS


def test_every_format_is_measured_and_those_that_geopandas_writes_twice():
    words = [one for one, _ in export_measurements([10], seed=0)]
    assert len(words) == len(FORMATS) + 7
    assert words[:2] == ["csv, 10 records", "csv by geopandas, 10 records"]


def test_an_unknown_format_is_refused():
    with pytest.raises(BenchError, match="choose among csv"):
        export_measurements([10], ["xls"], seed=0)


def test_a_measurement_has_seconds_growth_and_bytes():
    found = measure_export("geojson", 50)
    assert found["note"] == ""
    assert found["seconds"] >= 0
    assert found["growth_mb"] >= 0
    assert found["bytes"] > 50_000


def test_the_command_prints_a_line_for_each():
    command = ["bench", "exports", "--records", "20", "--format", "csv", "--format", "fgb", "--json"]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(one["variant"], one["format"]) for one in lines] == [
        ("atlas", "csv"),
        ("geopandas", "csv"),
        ("atlas", "fgb"),
        ("geopandas", "fgb"),
    ]
    assert all(one["note"] == "" for one in lines)
