"""Words find in a large layer what reading each row finds, in every script, for everybody, and no more."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.domain.window import Window as Days
from dashboard.geocoding.names import fold
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.database.engine import open_engine
from dashboard.store.layers import listed
from dashboard.store.layers.beside import Lists
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import adding, dealing, lists, partitions, payloads
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.exporting import estimate_large, write_large
from dashboard.workflows.large_layers.narrowing import narrowing_of
from dashboard.workflows.large_layers.records import sight_of
from dashboard.workflows.large_layers.words import texts_seen, words_for
from dashboard.workflows.sharing.link import Link
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")
WORLD = Window(-180, -90, 180, 90, DAY_PAST, DAY_FUTURE)
SOME = Window(-20, -10, 60, 40, 9_000, 16_000)
ROWS = 600
# ruff: noqa: RUF001  # letters that look like others are what is tested
NAMES = [
    "غارة جوية على مدينة الرَّقّة", "قاعدة الشعيرات", "حِمْص", "إسرائيل ولبنان", "مقر ١٢٣",
    "מתקפה על בְּאֵר שֶׁבַע", "בסיס נבטים", "תל־אביב", "Zürich — Straße 12", "ŁÓDŹ", "Ægir’s Œuvre",
    "İstanbul Havaalanı", "ʻAmrān", "São Tomé", "ﬁnal ﬀoundry", "Kyïv/Київ", "СЕВЕРОДВИНСК", "日本製鋼所",
    "ABC-123_x", "e\u0301cole", "strike at 33.5102, 36.2913", "  many   spaces  ", "12 345",
]  # fmt: skip
IDS = ["SYR-2012-{}", "{}", "d41d8cd98f00b2{:04}", "33.5{:02},36.2", "ابc{}"]


@pytest.fixture(scope="session")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of many scripts; some without a point."""
    random = np.random.default_rng(3)
    rows = pa.Table.from_batches(layer_batches(ROWS))
    texts = {
        "name": [NAMES[at % len(NAMES)] if at % 3 else rows.column("name")[at].as_py() for at in range(ROWS)],
        "place": [NAMES[one] for one in random.integers(0, len(NAMES), ROWS)],
        "actors": [
            "; ".join(NAMES[one] for one in random.integers(0, len(NAMES), at % 3)) for at in range(ROWS)
        ],
        "external_id": [IDS[at % len(IDS)].format(at) for at in range(ROWS)],
    }
    for name, values in texts.items():
        rows = rows.set_column(LAYER_ROWS.get_field_index(name), LAYER_ROWS.field(name), pa.array(values))
    for name in ("lat", "lon"):
        values = [None if at % 50 == 0 else one for at, one in enumerate(rows.column(name).to_pylist())]
        rows = rows.set_column(LAYER_ROWS.get_field_index(name), name, pa.array(values, pa.float64()))
    folder = tmp_path_factory.mktemp("spoken") / "in"
    folder.mkdir()
    pq.write_table(rows, folder / "part.parquet")
    return folder


@pytest.fixture(scope="session")
def kept(spoken: Path, tmp_path_factory: pytest.TempPathFactory) -> LargeLayer:
    """The layer in files, of several stretches, runs, groups and lists of words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dealing, "_ROWS_OF_STRETCH", 250)
        patch.setattr(partitions, "_RUN", 100)
        patch.setattr(partitions, "_GROUP", 30)
        patch.setattr(dealing, "ROWS_AT_ONCE", 50)
        for module in (lists, listed):
            patch.setattr(module, "ROWS_OF_WORDS", 64)
        folder = tmp_path_factory.mktemp("kept")
        about = LayerAbout("spoken", "Spoken", licence="CC0")
        return adding.put_large_layer(
            about, spoken, folder, workers=Workers(count=1), cells=frozenset({COARSE.cell})
        )


@pytest.fixture(scope="module")
def in_table(server: str, spoken: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    engine = open_engine(server)
    layer = adding.put_large_layer(
        LayerAbout("spoken-too", "Spoken"),
        spoken,
        tmp_path_factory.mktemp("spoken-table"),
        workers=Workers(count=1),
        engine=engine,
        into_table=True,
        cells=frozenset({COARSE.cell}),
    )
    yield adding.rows_of_large(layer, engine)
    adding.remove_large_layer(layer, engine)
    engine.dispose()


@pytest.fixture(params=["files", pytest.param("table", marks=pytest.mark.postgres)])
def rows(request: pytest.FixtureRequest, kept: LargeLayer) -> Any:
    return adding.rows_of_large(kept) if request.param == "files" else request.getfixturevalue("in_table")


def scanned(spoken: Path, asked: Asked) -> set[str]:
    """Ids of rows that have a point and meet what is asked, each one folded by itself."""
    found = pq.read_table(spoken)
    found = found.filter(found.column("lat").is_valid())
    held = found.take(pa.array(Asked(asked.window, asked.choice, asked.sight).held(found)))
    if asked.words is None:
        return set(held.column("external_id").to_pylist())
    seen = texts_seen(held, asked.words.cell).to_pylist()
    texts = [fold(text) for text in seen]
    ids = held.column("external_id").to_pylist()
    return {one for one, text in zip(ids, texts, strict=True) if all(w in text for w in asked.words.words)}


def asking(filters: Filters, window: Window, audience: Audience) -> Asked:
    narrowing = narrowing_of(filters)
    return Asked(window, narrowing.choice, sight_of(audience), words_for(narrowing.words, audience))


QUESTIONS = [
    "الرقة", "رقه", "إسرائيل", "اسراييل", "באר שבע", "באר", "תל אביב", "zurich", "STRASSE", "strasse 12",
    "lodz", "łódź", "istanbul", "amran", "sao tome", "final", "київ", "северодвинск", "製鋼", "abc 123",
    "ecole", "1", "on", "armed group", "syr 2012", "d41d8", "33 5", "123", "many spaces",
    "a b c d e", "nothing of that kind",
]  # fmt: skip


@pytest.mark.parametrize("audience", [EXACT, COARSE], ids=["exact", "on a grid"])
def test_words_find_what_reading_each_row_finds(rows: Any, spoken: Path, audience: Audience) -> None:
    found_any = 0
    for text in QUESTIONS:
        for window in (WORLD, SOME):
            asked = asking(Filters(text=text), window, audience)
            assert rows.beside.answers(asked)
            expected = scanned(spoken, asked)
            found = rows.window(asked, ("external_id",), ROWS)
            assert set(found.rows.column(0).to_pylist()) == expected, text
            assert rows.window(asked, ("external_id",), 3).total == len(expected)
            streamed = [one for piece in rows.stream(asked, ("external_id",)) for one in piece.column(0)]
            assert {one.as_py() for one in streamed} == expected
            found_any += bool(expected)
    assert found_any > len(QUESTIONS)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.integers(0, ROWS - 1),
    begin=st.integers(0, 40),
    size=st.integers(1, 12),
    audience=st.sampled_from([EXACT, COARSE]),
    country=st.sampled_from([(), ("YE", "SD")]),
)
def test_any_part_of_any_name_is_found_as_by_reading(  # noqa: PLR0917  # what is drawn
    kept: LargeLayer,
    spoken: Path,
    at: int,
    begin: int,
    size: int,
    audience: Audience,
    country: tuple[str, ...],
) -> None:
    row = pq.read_table(spoken).slice(at, 1).to_pylist()[0]
    text = " ".join(row[name] for name in ("external_id", "name", "actors", "place"))[begin : begin + size]
    asked = asking(Filters(text=text, countries=country), WORLD, audience)
    rows = adding.rows_of_large(kept)
    assert set(rows.window(asked, ("external_id",), ROWS).rows.column(0).to_pylist()) == scanned(
        spoken, asked
    )


@pytest.mark.parametrize("audience", [EXACT, Audience(2.0, protected=False, key=b"secret")])
def test_a_layer_without_lists_of_words_is_read_and_finds_the_same(
    kept: LargeLayer, spoken: Path, tmp_path: Path, audience: Audience
) -> None:
    shutil.copytree(kept.folder, tmp_path / "kept")
    shutil.rmtree(tmp_path / "kept" / kept.version / "words")
    rows = adding.rows_of_large(replace(kept, folder=tmp_path / "kept"))
    for text in ("zurich", "d41d8", "الرقة", "33 5"):
        asked = asking(Filters(text=text), WORLD, audience)
        assert rows.beside.lists(asked.words) is Lists.NONE
        assert set(rows.window(asked, ("external_id",), ROWS).rows.column(0).to_pylist()) == scanned(
            spoken, asked
        )


def test_what_a_grid_hides_is_in_none_of_its_lists(kept: LargeLayer) -> None:
    def listed(folder: str) -> str:
        files = sorted((kept.files / folder).iterdir())
        batches = [pa.ipc.open_file(path).get_batch(0) for path in files]
        return " ".join(word for batch in batches for word in batch.column("word").to_pylist())

    for hidden in ("5102", "d41d8cd98f00b2"):  # a point in a name, and an id that may be made of one
        assert hidden in listed("words")
        assert hidden not in listed("words-1.0")


def header(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body[8 : 8 + int.from_bytes(body[4:8], "little")])
    return found


@pytest.mark.parametrize("audience", [EXACT, COARSE], ids=["exact", "on a grid"])
def test_counts_and_totals_are_of_what_has_the_words(
    kept: LargeLayer, spoken: Path, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = adding.rows_of_large(kept)
    filters = Filters(text="zurich", kinds=("incident",))
    expected = len(scanned(spoken, asking(filters, WORLD, audience)))
    found = header(payloads.counts_payload(kept, rows, audience, filters))
    assert (found["total"], found["about"]) == (expected, 0)
    inside = len(scanned(spoken, asking(filters, SOME, audience)))
    single = header(payloads.window_payload(kept, rows, SOME, audience, filters))
    assert (single["total"], single["about"], single["cut"]) == (inside, 0, 0)
    for name, most in (("MOST_IN_WINDOW", 2), ("_MOST_GROUPS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(payloads, name, most)
            cut = header(payloads.window_payload(kept, rows, SOME, audience, filters))
            assert (cut["total"], cut["about"], cut["cut"]) == (inside, 0, 1)
            assert 0 < cut["marks"] <= inside
    assert estimate_large(kept, rows, Link(filters=filters), audience) == expected


@pytest.mark.parametrize("audience", [EXACT, COARSE], ids=["exact", "on a grid"])
def test_the_total_of_counts_under_filters_is_exact_or_said_to_be_about(
    kept: LargeLayer, spoken: Path, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = adding.rows_of_large(kept)
    monkeypatch.setattr(payloads, "MOST_IN_WINDOW", 5)
    for filters in (Filters(countries=("YE", "SD")), Filters(chart=Filters(during=Days(12_003, 14_999)))):
        expected = len(scanned(spoken, asking(filters, SOME, audience)))
        found = header(payloads.window_payload(kept, rows, SOME, audience, filters))
        assert (found["total"], found["about"], found["cut"]) == (expected, 0, 1)
        with monkeypatch.context() as patch:
            patch.setattr(payloads, "_MOST_LOOKED_AT", 0)
            assert header(payloads.window_payload(kept, rows, SOME, audience, filters))["about"] == 1
    both = Filters(countries=("YE",), statuses=("planned",))
    found = header(payloads.window_payload(kept, rows, SOME, audience, both))
    assert (found["about"], found["cut"]) == (1, 1)


def test_a_file_holds_what_has_the_words(kept: LargeLayer, spoken: Path, tmp_path: Path) -> None:
    filters = Filters(text="الرقة")
    made = write_large(kept, adding.rows_of_large(kept), Link(filters=filters), tmp_path / "of.parquet")
    ids = set(pq.read_table(made.path).column("external_id").to_pylist())
    assert ids == scanned(spoken, asking(filters, WORLD, EXACT)) != set()
