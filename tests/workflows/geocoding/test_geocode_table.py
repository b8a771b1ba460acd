"""Tables of any make: what goes in, what comes out for each row, and what an interruption leaves."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import GazetteerError, TableError
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.workflows.geocoding import geocode_table as module
from dashboard.workflows.geocoding.geocode_table import TableJob, TableOutcome, geocode_table
from dashboard.workflows.geocoding.table_files import Chunk, examine, read_rows
from dashboard.workflows.geocoding.table_rows import PROVENANCE, ChunkAnswer, RowGeocoder, RowPlan, csv_line

Geocode = Callable[..., TableOutcome]
PLACES = "id,place\n1,Rabat\n2,Haifa\n3,Kyiv\n4,Springfield\n5,Xyzzyville\n"


@pytest.fixture(scope="module")
def gazetteer(gazetteer_file: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(gazetteer_file) as opened:
        yield opened


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(PLACES, encoding="utf-8")
    return path


@pytest.fixture
def geocode(gazetteer: Gazetteer, table: Path) -> Geocode:
    def run(content: str | bytes | None = None, *, run: Any = None, **job: Any) -> TableOutcome:
        if content is not None:
            table.write_bytes(content.encode() if isinstance(content, str) else content)
        return geocode_table(TableJob(table, job.pop("column", "place"), **job), gazetteer=gazetteer, run=run)

    return run


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_the_columns_of_the_table_come_back_with_the_decision_behind_them(geocode: Geocode) -> None:
    outcome = geocode()
    rows = rows_of(outcome.output)
    assert list(rows[0]) == ["id", "place", *PROVENANCE]
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["status"] for row in rows] == ["resolved"] * 3 + ["ambiguous", "unknown"]
    assert (rows[0]["country"], rows[0]["precision"]) == ("MA", "locality")
    assert abs(float(rows[0]["lat"]) - 34.0) < 0.2
    assert float(rows[0]["precision_m"]) > 0
    assert json.loads(rows[0]["candidates"])[0]["place_id"] == rows[0]["place_id"]
    assert all(row["reason"] for row in rows)
    assert rows[3]["lat"] == rows[4]["lat"] == rows[4]["place_id"] == ""
    assert outcome.counts == {"resolved": 3, "ambiguous": 1, "unknown": 1}


def test_what_is_not_settled_stands_in_the_review_file_with_its_candidates(geocode: Geocode) -> None:
    review = rows_of(geocode().review)
    assert [(row["line"], row["name"], row["status"]) for row in review] == [
        ("5", "Springfield", "ambiguous"),
        ("6", "Xyzzyville", "unknown"),
    ]
    assert "Springfield" in review[0]["candidate_1"]
    assert review[1]["candidate_1"] == ""


def test_nothing_but_the_two_files_is_left(geocode: Geocode, table: Path) -> None:
    geocode()
    assert sorted(path.name for path in table.parent.glob("t.*")) == [
        "t.csv",
        "t.geocoded.csv",
        "t.review.csv",
    ]


def test_each_distinct_name_is_decided_once(geocode: Geocode, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Any]] = []
    real = module.RowGeocoder.chunk.__globals__["resolve"]

    def counting(name: str, **options: Any) -> Any:
        asked.append((name, options["country"]))
        return real(name, **options)

    monkeypatch.setitem(module.RowGeocoder.chunk.__globals__, "resolve", counting)
    geocode("place,c\n" + "Rabat,MA\nRabat,\nHaifa,IL\n" * 50, country_column="c")
    assert sorted(asked, key=str) == [("Haifa", "IL"), ("Rabat", "MA"), ("Rabat", None)]


def test_a_country_of_the_row_stands_above_that_of_all(geocode: Geocode) -> None:
    outcome = geocode("place,c\nRabat,Malta\nRabat,\nRabat,Atlantis\n", country_column="c", country="MA")
    rows = rows_of(outcome.output)
    assert [row["country"] for row in rows] == ["MT", "MA", ""]
    assert "Atlantis" in rows[2]["reason"]


@pytest.mark.parametrize(
    ("encode", "encoding"),
    [
        (lambda text: text.encode(), "utf-8"),
        (lambda text: text.encode("utf-8-sig"), "utf-8-sig"),
        (lambda text: text.encode("utf-16"), "utf-16"),
        (lambda text: text.encode("cp1252"), "windows-1252"),
        (lambda text: text.replace("\n", "\r\n").encode(), "utf-8"),
        (lambda text: text.replace("\n", "\r").encode(), "utf-8"),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(
    geocode: Geocode, encode: Any, encoding: str, delimiter: str
) -> None:
    text = "ville,place\nSalé,Zürich\nà Rabat,Málaga\n".replace(",", delimiter)
    outcome = geocode(encode(text))
    assert outcome.table.encoding == encoding
    rows = rows_of(outcome.output, delimiter)
    assert [row["ville"] for row in rows] == ["Salé", "à Rabat"]
    assert [row["place_name"][0] for row in rows] == ["Z", "M"]


def test_mixed_encodings_are_read_row_by_row_and_counted(geocode: Geocode) -> None:
    outcome = geocode(b"place\n" + "Málaga\n".encode() + "Málaga\n".encode("cp1252"))
    assert (outcome.table.encoding, outcome.table.foreign_lines) == ("mixed", 1)
    assert [row["place"] for row in rows_of(outcome.output)] == ["Málaga", "Málaga"]


def test_an_encoding_may_be_named(geocode: Geocode) -> None:
    outcome = geocode("place\n\u041a\u0438\u0435\u0432\n".encode("cp1251"), encoding="cp1251")
    assert rows_of(outcome.output)[0]["country"] == "UA"
    with pytest.raises(TableError, match="no encoding 'cp-none'"):
        geocode(encoding="cp-none")
    with pytest.raises(TableError, match="not in ascii"):
        geocode("place\nMálaga\n", encoding="ascii")


def test_one_column_keeps_its_commas(geocode: Geocode) -> None:
    (row,) = rows_of(geocode("place\nFort Worth, Texas\n").output)
    assert (row["place"], row["place_name"]) == ("Fort Worth, Texas", "Fort Worth")


def test_columns_of_ours_that_the_table_has_already_get_another_name(geocode: Geocode) -> None:
    outcome = geocode("place,Country,lat,geocoded_lat\nRabat,x,y,z\n")
    (row,) = rows_of(outcome.output)
    assert (row["Country"], row["lat"], row["geocoded_lat"]) == ("x", "y", "z")
    assert row["geocoded_country"] == "MA"
    assert float(row["geocoded_geocoded_lat"]) > 30


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("", "unknown", "empty"),
        ("   ", "unknown", "empty"),
        ("x" * 10_000, "unknown", "longer than"),
        ("\x01\x02", "unknown", "control characters"),
        ("Rab\x00at", None, "control characters"),
        ("M\ufffdlaga", None, "replacement"),
        ("33.616, -7.1215", "coordinates", "coordinates"),
        ("33°36'58\"N 7°7'17\"W", "coordinates", "coordinates"),
        ("12 34", "unknown", ""),
        ("line\nbreak", None, ""),
        ("car\rriage", None, ""),
        ("\u202eRabat", None, ""),
        ('"quoted"', None, ""),
        ("…!?", "unknown", "letters"),
    ],
)
def test_every_row_has_a_clear_outcome(geocode: Geocode, name: str, status: str | None, says: str) -> None:
    outcome = geocode("id,place\n" + csv_line(["1", name], ",") + "2,Rabat\n")
    rows = rows_of(outcome.output)
    assert [row["place"] for row in rows] == [name, "Rabat"]
    assert rows[0]["status"] in ({status} if status else {"resolved", "ambiguous", "unknown"})
    assert says in rows[0]["reason"]
    assert rows[1]["status"] == "resolved"


def test_coordinates_are_kept_as_they_stand_and_shown_to_a_person(geocode: Geocode) -> None:
    outcome = geocode("place,n\n33.616 -7.1215,1\n")
    (row,) = rows_of(outcome.output)
    assert (row["lat"], row["lon"], row["precision"], row["place_id"]) == ("33.616", "-7.1215", "", "")
    assert len(rows_of(outcome.review)) == 1


@pytest.mark.parametrize("content", ["place\n", "place", "id,place\r\n", "id,place\n\n\n"])
def test_a_table_without_rows_comes_back_with_its_header(geocode: Geocode, content: str) -> None:
    outcome = geocode(content)
    assert (rows_of(outcome.output), rows_of(outcome.review), outcome.counts) == ([], [], {})
    assert outcome.output.read_text().split(",")[0] in {"id", "place"}


def test_the_last_line_needs_no_end(geocode: Geocode) -> None:
    assert [row["place"] for row in rows_of(geocode("place\nRabat\nHaifa").output)] == ["Rabat", "Haifa"]


def test_a_row_of_another_width_loses_nothing_and_places_nothing(geocode: Geocode) -> None:
    outcome = geocode("place,note\nFort Worth, Texas,home\nRabat\n\nHaifa,x\n")
    rows = rows_of(outcome.output)
    assert (rows[0]["place"], rows[0]["note"]) == ("Fort Worth", " Texas,home")
    assert rows[0]["status"] == "unknown"
    assert "3 cells" in rows[0]["reason"]
    assert [row["status"] for row in rows[1:]] == ["resolved", "resolved"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n \n", "empty"),
        (b"PK\x03\x04 a workbook", "save it as CSV"),
        ("place\nRabat\n".encode("utf-16-le"), "utf-16-le"),
        (b"town,n\nRabat,1\n", "it has: town, n"),
        (b"plaice,n\nRabat,1\n", "did you mean 'plaice'"),
        (b"place,place\nRabat,1\n", "2 columns"),
        (b'id,place\n1,Rabat\n2,"Haifa\n3,Kyiv\n', "line 3 is never closed"),
        (b'id,place\n1,"' + b"x\n" * 100_000, "never"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(
    geocode: Geocode, table: Path, content: bytes, says: str
) -> None:
    with pytest.raises(TableError, match=says):
        geocode(content)
    assert not table.with_name("t.geocoded.csv").exists()


def test_files_that_are_missing_or_the_same_are_refused(
    geocode: Geocode, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(TableError, match="three files"):
        geocode(output=table)
    with pytest.raises(TableError, match="three files"):
        geocode(output=tmp_path / "x", review=tmp_path / "x")
    with pytest.raises(TableError, match="cannot be written"):
        geocode(output=table / "inside.csv")
    table.unlink()
    with pytest.raises(TableError, match="cannot be read"):
        geocode()


class Stopping:
    """Works in this process until it has done so many chunks; keeps what it was given."""

    def __init__(self, gazetteer: Gazetteer, after: int, error: BaseException) -> None:
        self.gazetteer, self.after, self.error = gazetteer, after, error
        self.lines: list[int] = []

    def __call__(self, plan: RowPlan, chunks: Iterator[Chunk]) -> Iterator[ChunkAnswer]:
        for number, chunk in enumerate(chunks):
            if number == self.after:
                raise self.error
            self.lines.append(chunk.line)
            yield RowGeocoder(plan, self.gazetteer).chunk(chunk)


@pytest.fixture
def stopped(geocode: Geocode, gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch) -> Stopping:
    monkeypatch.setattr(module, "CHUNK_ROWS", 2)
    run = Stopping(gazetteer, 1, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        geocode(run=run)
    return run


def never(gazetteer: Gazetteer) -> Stopping:
    return Stopping(gazetteer, 99, AssertionError())


def test_an_interrupted_run_goes_on_and_repeats_no_finished_row(
    geocode: Geocode, gazetteer: Gazetteer, table: Path, stopped: Stopping
) -> None:
    assert not table.with_name("t.geocoded.csv").exists()
    again = never(gazetteer)
    outcome = geocode(run=again)
    assert (stopped.lines, again.lines, outcome.taken_up) == ([2], [4, 6], 2)
    kept = outcome.output.read_bytes(), outcome.review.read_bytes(), outcome.counts
    fresh = geocode(run=never(gazetteer))
    assert (fresh.output.read_bytes(), fresh.review.read_bytes(), fresh.counts) == kept
    assert fresh.taken_up == 0


def test_half_a_piece_that_was_written_after_the_state_is_cut_off(
    geocode: Geocode, table: Path, stopped: Stopping
) -> None:
    with table.with_name("t.geocoded.csv.part").open("ab") as file:
        file.write(b"3,Kyi")
    assert [row["id"] for row in rows_of(geocode().output)] == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("change", ["table", "country", "state", "part", "hand"])
def test_a_run_that_is_no_continuation_begins_anew(
    geocode: Geocode, gazetteer: Gazetteer, table: Path, stopped: Stopping, change: str
) -> None:
    options: dict[str, Any] = {}
    if change == "table":
        table.write_text(PLACES.replace("Rabat", "Agadir"), encoding="utf-8")
    elif change == "country":
        options["country"] = "IL"
    elif change == "state":
        table.with_name("t.geocoded.csv.state.json").write_text('{"made_from": ')
    elif change == "part":
        table.with_name("t.review.csv.part").write_bytes(b"")
    again = never(gazetteer)
    if change == "hand":
        decided = HandDecidedPlaces.from_rows(
            [{"id": "pl-x", "name": "Rabat", "lat": 1, "lon": 2, "precision": "locality", "precision_m": 5}]
        )
        outcome = geocode_table(
            TableJob(table, "place"), gazetteer=gazetteer, hand_decided=decided, run=again
        )
        assert rows_of(outcome.output)[0]["place_id"] == "pl-x"
    else:
        outcome = geocode(run=again, **options)
    assert (again.lines, outcome.taken_up) == ([2, 4, 6], 0)
    assert len(rows_of(outcome.output)) == 5


def test_two_runs_at_once_do_not_write_one_file(geocode: Geocode, gazetteer: Gazetteer) -> None:
    pytest.importorskip("fcntl")

    def second(plan: RowPlan, chunks: Iterator[Chunk]) -> Iterator[ChunkAnswer]:
        with pytest.raises(TableError, match="Another run"):
            geocode()
        return map(RowGeocoder(plan, gazetteer).chunk, chunks)

    assert len(rows_of(geocode(run=second).output)) == 5


def test_a_gazetteer_that_breaks_half_way_is_one_error_and_what_was_done_is_kept(
    geocode: Geocode, gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_ROWS", 2)
    with pytest.raises(GazetteerError, match="damaged"):
        geocode(run=Stopping(gazetteer, 2, GazetteerError("the gazetteer is damaged")))
    assert geocode(run=never(gazetteer)).taken_up == 4


def test_progress_counts_rows(gazetteer: Gazetteer, table: Path) -> None:
    told: list[tuple[int, int]] = []
    geocode_table(TableJob(table, "place"), gazetteer=gazetteer, progress=lambda *now: told.append(now))
    assert told == [(0, 5), (5, 5)]


CELLS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2).filter(any), max_size=12), st.integers(1, 5))
def test_chunks_hold_every_row_once(tmp_path_factory: Any, rows: list[list[str]], size: int) -> None:
    path = tmp_path_factory.mktemp("chunks") / "t.csv"
    path.write_bytes("".join(csv_line(row, ",") for row in [["a", "b"], *rows]).encode())
    table = examine(path)
    assert (table.delimiter, table.header) == (",", ("a", "b"))
    chunks = list(table.chunks(size))
    assert [row for chunk in chunks for _, row in read_rows(chunk.text, ",")] == rows
    assert "".join(chunk.text for chunk in table.chunks(size, skip=1)) == "".join(
        csv_line(row, ",") for row in rows[1:]
    )


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=2, max_size=5))
def test_a_line_is_read_back_as_it_was_written(cells: list[str]) -> None:
    assert list(csv.reader(io.StringIO(csv_line(cells, ","), newline=""))) == [cells]
