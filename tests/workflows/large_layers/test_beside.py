"""What lies beside the rows answers alike whatever a grid hides, and from the moment that it is there."""

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import BulkError, LayerError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.database.engine import open_engine, writing
from dashboard.store.layers import digests
from dashboard.store.layers.beside import Lists
from dashboard.store.layers.choice import Asked
from dashboard.store.layers.digests import DIGESTS_FILE, Wholeness, digest_of, read_digests, save_digests
from dashboard.store.layers.ids import hash_of
from dashboard.store.layers.in_table import drop_table
from dashboard.store.layers.large import REACH_FILE, LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.listed import words_folder
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import adding, dealing, lists, partitions, payloads
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.kept_counts import counts_for
from dashboard.workflows.large_layers.words import words_for
from dashboard.workflows.layers.on_grid import centres_of
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")
ROWS = 900
SOME = Window(-20, -30, 20, 60, DAY_PAST, DAY_FUTURE)


def hidden(folder: Path, seed: int) -> Path:
    """The same rows for who sees a grid, each elsewhere in its cell."""
    rows = pa.Table.from_batches(layer_batches(ROWS))
    random = np.random.default_rng(seed)
    seen = centres_of(*(rows.column(name).to_numpy() for name in ("lon", "lat")), COARSE.cell)
    for name, values in zip(("lon", "lat"), seen, strict=True):
        moved = np.clip(values + random.uniform(-0.4, 0.4, ROWS), -179.99, 179.99)
        rows = rows.set_column(LAYER_ROWS.get_field_index(name), name, pa.array(moved))
    folder.mkdir()
    pq.write_table(rows, folder / "part.parquet")
    return folder


def said(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body[8 : 8 + int.from_bytes(body[4:8], "little")])
    return {name: found[name] for name in ("total", "about", "cut", "marks")}


def test_what_an_answer_is_follows_from_what_a_grid_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = set()
    monkeypatch.setattr(partitions, "_RUN", 300)
    monkeypatch.setattr(partitions, "_GROUP", 20)
    monkeypatch.setattr(dealing, "_ROWS_OF_STRETCH", 300)
    layers = [
        adding.put_large_layer(
            LayerAbout("hidden", "Hidden"),
            hidden(tmp_path / f"in-{seed}", seed),
            tmp_path / f"layers-{seed}",
            workers=Workers(count=1),
            cells=frozenset({COARSE.cell}),
        )
        for seed in (1, 2)
    ]
    assert layers[0].version != layers[1].version
    every = [adding.rows_of_large(one) for one in layers]
    kinds = Filters(kinds=("incident", "exercise"))
    for name, limits, filters in (
        ("_MOST_GROUPS", (15, 17, 19, 20, 22, 80, 92), Filters(text="armed")),
        ("_MOST_LOOKED_AT", (80, 92, 360, 380, 400, 440, 530), kinds),
    ):
        monkeypatch.setattr(payloads, "MOST_IN_WINDOW", 20_000 if filters.text else 10)
        for limit, side in itertools.product(limits, np.linspace(-20, 60, 20).tolist()):
            monkeypatch.setattr(payloads, name, limit)
            window = Window(side, -30, side + 20, 60, DAY_PAST, DAY_FUTURE)
            one, other = (
                said(payloads.window_payload(layer, rows, window, COARSE, filters))
                for layer, rows in zip(layers, every, strict=True)
            )
            assert one == other, (name, limit, side)
            answers.add((name, one["about"], one["cut"]))
    assert len(answers) > 2


def test_words_that_are_kept_later_are_found_from_then_on_and_answers_have_another_name(
    tmp_path: Path,
) -> None:
    def put() -> LargeLayer:
        return adding.put_large_layer(
            LayerAbout("later", "Later"), source, tmp_path / "layers", workers=Workers(count=1)
        )

    source = hidden(tmp_path / "in", 1)
    before = put()
    for name in ("words", "where"):  # as an older release left it
        shutil.rmtree(before.files / name)
    rows = adding.rows_of_large(before)
    asked = words_for(("armed",), EXACT)
    named = payloads.large_version(before, rows, EXACT)
    assert rows.beside.lists(asked) is Lists.NONE
    after = put()
    assert after.version == before.version
    assert rows.beside.lists(asked) is Lists.WHOLE
    assert payloads.large_version(after, rows, EXACT) != named


def harmed_bytes(whole: bytes) -> Iterator[bytes]:
    """What may have become of a file: nothing left of it, half, other bytes."""
    half = len(whole) // 2
    yield from (b"", whole[:half], whole[:half] + bytes(len(whole) - half), bytes(half) + whole[half:])
    random = np.random.default_rng(1)
    for _ in range(10):
        noise = bytearray(whole)
        for at in random.integers(0, len(whole), 20):
            noise[at] ^= 255
        yield bytes(noise)
    one = bytearray(whole)
    one[half] ^= 1  # a bit, which no structure of the file tells
    yield bytes(one)


@pytest.fixture
def harmed(tmp_path: Path) -> LargeLayer:
    """A layer of one file, to be harmed."""
    return adding.put_large_layer(
        LayerAbout("harmed", "Harmed"),
        hidden(tmp_path / "in", 1),
        tmp_path / "layers",
        workers=Workers(count=1),
        cells=frozenset({COARSE.cell}),
    )


@pytest.mark.parametrize("audience", [EXACT, COARSE], ids=["exact", "on a grid"])
@pytest.mark.parametrize("name", ["words", "where"])
def test_a_damaged_list_is_noticed_and_rows_are_read_without_it(
    harmed: LargeLayer, name: str, audience: Audience, caplog: pytest.LogCaptureFixture
) -> None:
    filters = Filters(text="armed group 1")
    words = words_for(("armed",), audience)
    rows = adding.rows_of_large(harmed)
    expected = payloads.window_payload(harmed, rows, SOME, audience, filters)
    named, right = payloads.large_version(harmed, rows, audience), said(expected)
    assert 0 < right["total"] < ROWS
    folder = words_folder(audience.cell) if name == "words" else name
    path = next((harmed.files / folder).iterdir())
    whole = path.read_bytes()
    for bytes_ in harmed_bytes(whole):
        path.write_bytes(bytes_)
        found = payloads.window_payload(harmed, rows, SOME, audience, filters)
        assert said(found) == right
        assert rows.beside.lists(words) is Lists.DAMAGED
        assert payloads.large_version(harmed, rows, audience) != named
    path.unlink()
    assert said(payloads.window_payload(harmed, rows, SOME, audience, filters)) == right
    assert "build it by `arsenal-atlas layers lists harmed`" in caplog.text
    path.write_bytes(whole)
    assert payloads.window_payload(harmed, rows, SOME, audience, filters) == expected
    assert rows.beside.lists(words) is Lists.WHOLE


def test_a_damaged_list_of_ids_is_noticed_and_a_record_is_found_without_it(
    harmed: LargeLayer, caplog: pytest.LogCaptureFixture
) -> None:
    rows = adding.rows_of_large(harmed)
    path = next((harmed.files / "ids").iterdir())
    whole = path.read_bytes()
    for bytes_ in harmed_bytes(whole):
        path.write_bytes(bytes_)
        found = rows.record(hash_of("77"), ("external_id",), 5)
        assert found.column(0).to_pylist() == ["77"]
    assert len(caplog.records) == 1  # and not one for each record that is opened
    again = path.with_name("again")
    again.write_bytes(whole)
    again.replace(path)
    rows.record(hash_of("77"), ("external_id",), 5)
    path.write_bytes(b"")
    rows.record(hash_of("77"), ("external_id",), 5)
    assert len(caplog.records) == 2


def test_a_list_of_ids_of_before_digests_that_cannot_be_read_says_what_mends_it(harmed: LargeLayer) -> None:
    (harmed.files / DIGESTS_FILE).unlink()
    path = next((harmed.files / "ids").iterdir())
    path.write_bytes(path.read_bytes().replace(b"}", b"(", 1))
    with pytest.raises(LayerError, match="run `arsenal-atlas layers lists harmed`"):
        adding.rows_of_large(harmed).record(hash_of("77"), ("external_id",), 5)
    assert len(lists.build_lists(harmed, adding.rows_of_large(harmed), frozenset(), Workers(count=1))) == 3
    assert adding.rows_of_large(harmed).record(hash_of("77"), ("external_id",), 5).num_rows == 1


def test_what_was_compared_with_digests_of_before_is_compared_anew(
    harmed: LargeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wholeness, before = Wholeness(harmed.files), read_digests(harmed.files)
    name = next(one for one in before if one.startswith("words/"))
    (harmed.files / name).write_bytes(b"built by another release")

    def meanwhile(path: Path) -> str:
        # Others are written down, and somebody else notices, while this one is still being digested.
        save_digests(harmed.files, before | {name: digest_of(path)})
        assert wholeness.damaged("words") == ()
        return digest_of(path)

    with monkeypatch.context() as patch:
        patch.setattr(digests, "digest_of", meanwhile)
        assert not wholeness.is_whole(name)
    assert wholeness.is_whole(name)


def test_a_list_of_before_digests_is_read_as_far_as_it_can_be(harmed: LargeLayer) -> None:
    (harmed.files / DIGESTS_FILE).unlink()
    rows = adding.rows_of_large(harmed)
    asked = Asked(SOME, words=words_for(("armed",), EXACT))
    assert rows.beside.answers(asked)
    path = next((harmed.files / "words").iterdir())
    path.write_bytes(path.read_bytes()[:-100])
    assert not rows.beside.answers(asked)
    (harmed.files / DIGESTS_FILE).write_text("[1", encoding="utf-8")
    assert not rows.beside.answers(asked)


def test_lists_are_built_anew_beside_a_layer_that_is_read(harmed: LargeLayer) -> None:
    rows = adding.rows_of_large(harmed)
    cells = frozenset({COARSE.cell})
    before = {path: path.read_bytes() for path in harmed.files.rglob("*") if path.is_file()}
    assert lists.build_lists(harmed, rows, cells, Workers(count=1)) == ()
    shutil.rmtree(harmed.files / "words")
    shutil.rmtree(harmed.files / "words-1.0")
    where, ids = (next((harmed.files / name).iterdir()) for name in ("where", "ids"))
    where.write_bytes(b"")
    ids.write_bytes(b"")
    asked = Asked(SOME, words=words_for(("armed",), EXACT))
    assert not rows.beside.answers(asked)
    faults = lists.faults_of_layer(harmed, rows, cells)
    assert [one.partition("/")[0] for one in faults] == ["where", "words", "ids", "words-1.0"]
    assert all("run `arsenal-atlas layers lists harmed`" in one for one in faults)
    told: list[tuple[int, int]] = []
    workers = Workers(count=1, progress=lambda done, total: told.append((done, total)))
    with where.open("rb") as held:  # whoever reads what was there goes on with it
        assert len(lists.build_lists(harmed, rows, cells, workers)) == 4
        assert held.read() == b""
    assert told == [(1, 1)]
    assert rows.beside.answers(asked)
    assert lists.faults_of_layer(harmed, rows, cells) == ()
    assert {path: path.read_bytes() for path in harmed.files.rglob("*") if path.is_file()} == before
    # Of a grid that came to the settings later, and of a release that kept no digests.
    later = frozenset({COARSE.cell, 2.0})
    assert lists.build_lists(harmed, rows, later, Workers(count=1)) == (
        f"words-2.0/{where.name.replace('.where.', '.words.')}",
    )
    (harmed.files / DIGESTS_FILE).unlink()
    assert len(lists.build_lists(harmed, rows, later, Workers(count=1))) == 5


def test_counts_that_are_damaged_are_found_also_those_of_a_grid(harmed: LargeLayer) -> None:
    rows, cells = adding.rows_of_large(harmed), frozenset({COARSE.cell})
    counts_for(harmed, rows, COARSE.cell)
    assert lists.faults_of_layer(harmed, rows, cells) == ()
    paths = [path for path in harmed.files.rglob("*.parquet") if path.parent.name != "rows"]
    paths = [path for path in paths if path.name != REACH_FILE]
    assert len(paths) == 4
    for path in paths:
        whole = path.read_bytes()
        path.write_bytes(whole[:4] + bytes(len(whole) // 2) + whole[4 + len(whole) // 2 :])
        (fault,) = lists.faults_of_layer(harmed, rows, cells)
        assert fault == f"{path.relative_to(harmed.files)} is damaged or gone: add the layer again"
        path.write_bytes(whole)


def test_building_lists_that_was_stopped_goes_on_and_shows_nothing_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dealing, "_ROWS_OF_STRETCH", 300)
    layer = adding.put_large_layer(
        LayerAbout("slow", "Slow"), hidden(tmp_path / "in", 1), tmp_path / "layers", workers=Workers(count=1)
    )
    for name in ("words", "where"):
        shutil.rmtree(layer.files / name)
    (layer.files / DIGESTS_FILE).unlink()
    rows = adding.rows_of_large(layer)

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):  # and afterwards there is a grid less in the settings
        lists.build_lists(layer, rows, frozenset({2.0}), Workers(count=1, progress=stop))
    assert rows.beside.lists(words_for(("armed",), EXACT)) is Lists.NONE
    kept = {path.name: path.stat().st_ino for path in (layer.files / ".lists" / "words").iterdir()}
    assert len(kept) == 2
    lists.build_lists(layer, rows, frozenset(), Workers(count=1))
    now = {path.name: path.stat().st_ino for path in (layer.files / "words").iterdir()}
    assert len(now) == 3
    assert kept.items() <= now.items()
    assert not (layer.files / ".lists").exists()
    assert rows.beside.lists(words_for(("armed",), replace(COARSE, cell=2.0))) is Lists.NONE


@pytest.mark.postgres
def test_lists_are_built_of_rows_in_a_table(server: str, tmp_path: Path) -> None:
    engine = open_engine(server)
    layer = adding.put_large_layer(
        LayerAbout("listed-table", "Listed"),
        hidden(tmp_path / "in", 1),
        tmp_path / "layers",
        workers=Workers(count=1),
        engine=engine,
        into_table=True,
        cells=frozenset({COARSE.cell}),
    )
    try:
        rows = adding.rows_of_large(layer, engine)
        before = {path: path.read_bytes() for path in layer.files.glob("w*/*")}
        for path in before:
            path.unlink()
        assert len(lists.build_lists(layer, rows, frozenset({COARSE.cell}), Workers(count=1))) == 3
        assert {path: path.read_bytes() for path in layer.files.glob("w*/*")} == before
        assert lists.faults_of_layer(layer, rows, frozenset()) == ()
        with writing(engine) as connection:
            connection.execute(text(f'DELETE FROM "{layer.table}" WHERE key = 5'))  # noqa: S608  # its own
        (lacking,) = lists.faults_of_layer(layer, rows, frozenset())
        assert "lacks rows or is gone: add the layer again" in lacking
        next(path for path in before if path.parent.name == "where").unlink()
        with pytest.raises(BulkError, match="add the layer again"):
            lists.build_lists(layer, rows, frozenset(), Workers(count=1))
        drop_table(engine, layer.table)
        assert lists.faults_of_layer(layer, rows, frozenset({COARSE.cell}))[0] == lacking
    finally:
        adding.remove_large_layer(layer, engine)
        engine.dispose()


READING = """
import sys, threading, time
from pathlib import Path
from dashboard.errors import LayerError
from dashboard.store.layers.ids import hash_of
from dashboard.store.layers.large import read_large_layer
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.large_layers import adding, payloads
from dashboard.workflows.views.selection import Filters

layer = read_large_layer(Path(sys.argv[1]))
paths = [next((layer.files / name).iterdir()) for name in ("words", "where", "ids", "rows")]
whole = [path.read_bytes() for path in paths]
done = threading.Event()
answers = []

def read():
    while not done.is_set():
        rows = adding.rows_of_large(layer)
        for ask in (
            lambda: payloads.counts_payload(layer, rows, EXACT, Filters(text="armed")),
            lambda: rows.record(hash_of("77"), ("external_id",), 5),
        ):
            try:
                ask()
                answers.append("")
            except LayerError as error:
                answers.append(str(error))

reader = threading.Thread(target=read)
reader.start()
end = time.monotonic() + 60
while time.monotonic() < end and len(answers) < 400:
    for path, content in zip(paths, whole):
        with path.open("wb") as file:  # in place, and not at once: what must not be done
            file.write(content[: len(content) // 3])
            file.flush()
            time.sleep(0.001)
            file.write(content[len(content) // 3 :])
done.set()
reader.join()
assert len(answers) >= 400, len(answers)
assert all("harmed" in one for one in answers if one), set(answers)
rows = adding.rows_of_large(layer)
payloads.counts_payload(layer, rows, EXACT, Filters(text="armed"))
print("lives")
"""


def test_a_folder_that_is_overwritten_while_it_is_read_ends_no_process(harmed: LargeLayer) -> None:
    run = subprocess.run(
        [sys.executable, "-c", READING, str(harmed.folder)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout) == (0, "lives\n"), run.stderr
