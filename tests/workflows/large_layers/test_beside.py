"""What lies beside the rows answers alike whatever a grid hides, and from the moment that it is there."""

import itertools
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.bench.layer_rows import layer_batches
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.errors import LayerError
from dashboard.importers.rows import LAYER_ROWS
from dashboard.store.layers.large import LargeLayer
from dashboard.store.layers.layer import LayerAbout
from dashboard.store.layers.reach import Window
from dashboard.workflows.access.audience import EXACT, Audience
from dashboard.workflows.large_layers import adding, dealing, partitions, payloads
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.words import words_for
from dashboard.workflows.layers.on_grid import centres_of
from dashboard.workflows.views.selection import Filters

COARSE = Audience(1.0, protected=True, key=b"secret")
ROWS = 900


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
    named = payloads.large_version(before, EXACT)
    assert not rows.beside.knows(asked)
    after = put()
    assert after.version == before.version
    assert rows.beside.knows(asked)
    assert payloads.large_version(after, EXACT) != named


@pytest.mark.parametrize("name", ["words", "where"])
def test_a_damaged_file_is_said_to_be_one_and_ends_no_process(tmp_path: Path, name: str) -> None:
    layer = adding.put_large_layer(
        LayerAbout("harmed", "Harmed"),
        hidden(tmp_path / "in", 1),
        tmp_path / "layers",
        workers=Workers(count=1),
    )
    path = next((layer.files / name).iterdir())
    whole = path.read_bytes()
    half = len(whole) // 2
    harmed = [b"", whole[:half], whole[:half] + bytes(len(whole) - half), bytes(half) + whole[half:]]
    if name == "words":
        random = np.random.default_rng(1)
        for _ in range(10):
            noise = bytearray(whole)
            for at in random.integers(0, len(whole), 20):
                noise[at] ^= 255
            harmed.append(bytes(noise))
    for one in harmed:
        path.write_bytes(one)
        with pytest.raises(LayerError, match="add the layer again"):
            payloads.counts_payload(layer, adding.rows_of_large(layer), EXACT, Filters(text="armed"))
    path.unlink()
    with pytest.raises(LayerError, match="add the layer again"):
        payloads.counts_payload(layer, adding.rows_of_large(layer), EXACT, Filters(text="armed"))
