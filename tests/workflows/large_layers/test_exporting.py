"""What leaves a large layer as a file is what filters and clock hold, for whoever asks, with its licence."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.area import Circle, Rectangle
from dashboard.domain.grid import cell_centre
from dashboard.domain.window import Window
from dashboard.errors import AwayError, ExportError, LayerError, UnknownFormatError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import exporting
from dashboard.workflows.large_layers.adding import put_large_layer, rows_of_large
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.exporting import estimate_large, write_large
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")
LINK = Link(filters=Filters(countries=("YE",), text="village"), window=Window(9_000, 14_000))


def expected(source: Path) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(source).to_pylist()
    return {
        one["external_id"]: one
        for one in rows
        if one["lat"] is not None and one["country"] == "YE" and 9_000 <= one["first"] <= 14_000
    }


def test_geoparquet_holds_the_rows_as_they_came_and_makes_the_same_layer_again(
    made: LargeLayer, rows: Any, source: Path, tmp_path: Path
) -> None:
    wanted = expected(source)
    (tmp_path / "out").mkdir()
    assert estimate_large(made, rows, LINK, EXACT) == pytest.approx(len(wanted), rel=0.3)
    written = write_large(made, rows, LINK, tmp_path / "out" / "rows.parquet")
    assert (written.rows, written.is_cut) == (len(wanted), False)
    found = pq.read_table(written.path)
    assert {one["external_id"]: one for one in found.select(LAYER_ROWS.names).to_pylist()} == wanted
    frame = gpd.read_parquet(written.path)
    assert frame.geometry.x.tolist() == frame["lon"].tolist()
    about = written.about.read_text(encoding="utf-8")
    for words in ("CC BY 4.0", "Somebody (2026)", "country=YE", "q=village"):
        assert words in about
    again = put_large_layer(made.about, tmp_path / "out", tmp_path / "again", workers=Workers(count=1))
    assert (again.rows, again.shown) == (len(wanted), len(wanted))


def test_csv_holds_them_too_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    table = pa.Table.from_batches(layer_batches(3))
    place = table.schema.get_field_index("name")
    names = pa.array(['=HYPERLINK("x")', "-1+1\nline", 'Élan, "quoted"'])
    (tmp_path / "in").mkdir()
    pq.write_table(table.set_column(place, table.schema.field(place), names), tmp_path / "in" / "a.parquet")
    layer = put_large_layer(LayerAbout("f", "F"), tmp_path / "in", tmp_path / "out", workers=Workers(count=1))
    written = write_large(layer, rows_of_large(layer), Link(), tmp_path / "rows.csv")
    found = csv.read_csv(written.path, parse_options=csv.ParseOptions(newlines_in_values=True))
    assert sorted(found.column("name").to_pylist()) == [
        '\'-1+1\nline', '\'=HYPERLINK("x")', "Élan, \"quoted\"",
    ]  # fmt: skip
    assert "none is stated" in written.about.read_text(encoding="utf-8")


def test_who_sees_a_grid_takes_cells_away_in_an_order_that_tells_nothing(
    made: LargeLayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, rows = Link(filters=Filters(area=Circle(10, 20, 2_000))), rows_of_large(made)
    written = write_large(made, rows, link, tmp_path / "a.parquet", audience=COARSE)
    found = pq.read_table(written.path).to_pylist()
    assert found
    assert all(cell_centre(one["lat"], one["lon"], 1.0) == (one["lat"], one["lon"]) for one in found)
    assert {one["extra"] for one in found} == {""}
    assert [one["external_id"] for one in found] == sorted(one["external_id"] for one in found)
    assert "grid of 1 degrees" in written.about.read_text(encoding="utf-8")
    monkeypatch.setattr(exporting, "MOST_ON_PAGES", len(found) - 1)
    with pytest.raises(LayerError, match="narrow it"):
        write_large(made, rows, link, tmp_path / "b.parquet", audience=COARSE)
    assert not (tmp_path / "b.parquet").exists()


def test_a_limit_is_kept_and_told_and_pieces_are_no_larger_than_groups(
    made: LargeLayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    written = write_large(
        made, rows_of_large(made), Link(), tmp_path / "a.csv", most=420, progress=sizes.append
    )
    assert (written.rows, written.is_cut, sizes[-1]) == (420, True, 420)
    assert all(0 < after - before <= 50 for before, after in pairwise([0, *sizes]))
    assert "stopped at 420 rows" in written.about.read_text(encoding="utf-8")


def test_what_a_map_shows_is_an_area_like_any_other_of_a_file(made: LargeLayer, tmp_path: Path) -> None:
    rows = rows_of_large(made)
    drawn, followed = (Filters(area=Rectangle(0, 10, 30, 60, follows=one)) for one in (False, True))
    counts = [
        (write_large(made, rows, link, tmp_path / "a.csv").rows, estimate_large(made, rows, link, EXACT))
        for link in (Link(filters=drawn), Link(filters=followed))
    ]
    assert counts[0] == counts[1]
    assert 0 < counts[0][0] < made.shown / 2


def test_rows_never_stand_without_their_licence(
    made: LargeLayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "about_file", full)
    with pytest.raises(ExportError, match="No space left"):
        write_large(made, rows_of_large(made), Link(), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_away_is_no_fault_of_the_disk(
    made: LargeLayer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of_large(made)

    def away(*_args: Any) -> Any:
        raise AwayError("The database does not answer", "there")

    monkeypatch.setattr(rows, "stream", away)
    with pytest.raises(AwayError):
        write_large(made, rows, Link(), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_matches_is_an_empty_file_and_other_endings_are_refused(
    made: LargeLayer, tmp_path: Path
) -> None:
    none = Link(filters=Filters(contested=True))
    assert write_large(made, rows_of_large(made), none, tmp_path / "a.csv").rows == 0
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").startswith('"row","external_id"')
    with pytest.raises(UnknownFormatError, match="parquet"):
        write_large(made, rows_of_large(made), none, tmp_path / "a.shp")
