"""What is sent of a chart is the chart: the same drawing, the same rows, once for all."""

import pandas as pd
import pyarrow as pa
import pytest

from dashboard.charts import PICK, matrix_chart, ranking_chart, specify, timeline_chart

BARS = pd.DataFrame(
    {
        "bin": ["2020", "2021"], "start": ["2020-01-01", "2021-01-01"], "end": ["2020-12-31", "2021-12-31"],
        "code": ["meeting", ""], "group": ["Meeting", "Others"], "fit": ["certain", "possible"],
        "events": [3, 1],
    }
)  # fmt: skip
RANKS = pd.DataFrame({"code": ["MA"], "name": ["Morocco"], "type": ["Sites"], "records": [2], "total": [2]})
PAIRS = pd.DataFrame(
    {
        "a": ["ac-a"], "b": ["ac-b"], "a_name": ["A"], "b_name": ["B"], "pair": ["ac-a|ac-b"], "events": [2],
        "certain": [1],
    }
)  # fmt: skip
CHARTS = {
    "timeline": lambda: timeline_chart(BARS, ["2020", "2021"], "kind"),
    "ranking": lambda: ranking_chart(RANKS),
    "matrix": lambda: matrix_chart(PAIRS),
}


@pytest.mark.parametrize("name", CHARTS)
def test_it_says_what_the_chart_says_and_carries_its_rows(name):
    whole = specify(CHARTS[name]()).whole()
    ((data, rows),) = whole.pop("datasets").items()
    assert whole["data"] == {"name": data}
    with pa.ipc.open_stream(rows) as stream:
        carried = stream.read_all().to_pylist()
    said = CHARTS[name]().to_dict()
    ((_, expected),) = said.pop("datasets").items()
    assert carried == expected
    assert "config" not in whole
    whole["data"], said["data"] = {}, {}
    said.pop("config")
    assert whole == said
    assert PICK in str(whole)


def test_equal_charts_have_equal_names_and_others_do_not():
    one, again = specify(CHARTS["timeline"]()), specify(CHARTS["timeline"]())
    assert one == again
    other = specify(timeline_chart(BARS.assign(events=[3, 2]), ["2020", "2021"], "kind"))
    assert other.name != one.name


def test_whoever_takes_it_may_change_it():
    kept = specify(CHARTS["ranking"]())
    kept.whole()["encoding"].clear()
    assert kept.whole()["encoding"]
