"""Imported layers on the benchmark's map: the rows of a stored layer, and the counts of a large one.

The atlas itself is nearly empty then; what steps with the clock is the layer, by the way that it takes in the
app: asked for by the map, brought by the page, drawn in one colour over everything else.
"""

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.bench.layer_rows import layer_batches
from dashboard.bench.opened import Opened, pages_opened
from dashboard.bench.synthetic import synthetic_frames
from dashboard.frames import AtlasFrames
from dashboard.maps.addresses import ASSETS, MAP_DOCUMENT
from dashboard.maps.document import document
from dashboard.maps.payload import encode_payload
from dashboard.store.layers.layer import LayerAbout
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.large_layers.adding import put_large_layer, rows_of_large
from dashboard.workflows.large_layers.dealing import Workers
from dashboard.workflows.large_layers.payloads import counts_payload
from dashboard.workflows.layers.frames import build_layer_frames

__all__ = ["large_layer", "stored_layer"]

_FEW: Final = 20
_LIMIT_S: Final = 60
_PAYLOAD: Final = "/marks"
_LAYER: Final = "/layer"
_ID: Final = "data:bench"
_PRELUDE: Final = f'globalThis.benchLayer = "{_ID}";'


def _host(*, windowed: bool) -> str:
    told = "true" if windowed else "false"
    return f"""<!DOCTYPE html>
<html lang="en"><head><title>Benchmark</title><style>body {{ margin: 0 }}</style></head><body>
<script type="module">
import show from "{ASSETS}/component/index.js";
const layer = {{ id: "{_ID}", label: "Layer", colour: "#AA3377", version: "1", windowed: {told} }};
const state = {{ window: null, selected: null, view: null, mask: null, theme: "light", moveTo: null,
                 layers: "{_ID},records", datasets: [layer], masks: {{}} }};
const datasets = {{ "{_ID}": "{_LAYER}" }};
const data = {{ document: "{MAP_DOCUMENT}", payload: "{_PAYLOAD}", datasets, state, height: 800 }};
show({{ data, parentElement: document.body, setStateValue() {{}} }});
</script></body></html>
"""


@lru_cache(maxsize=1)
def _rows(points: int) -> pa.Table:
    return pa.Table.from_batches(layer_batches(points))


def _pages(payload: bytes, *, windowed: bool) -> dict[str, bytes]:
    return {
        _PAYLOAD: encode_payload(synthetic_frames(_FEW)),
        _LAYER: payload,
        MAP_DOCUMENT: document().encode(),
        "/": _host(windowed=windowed).encode(),
    }


def stored_layer(frames: AtlasFrames, _window: str) -> AbstractContextManager[Opened]:
    """Serve a layer of as many rows as there are events.

    Parameters
    ----------
    frames
        How many it shall be.
    _window
        Not looked at.

    Returns
    -------
    AbstractContextManager of Opened
        Building it is making frames and payload of the rows.
    """
    rows = _rows(len(frames.records))

    def build() -> dict[str, bytes]:
        return _pages(encode_payload(build_layer_frames(rows, "bench"), names=False), windowed=False)

    return pages_opened(build, _LIMIT_S, framed=True, prelude=_PRELUDE)


@contextmanager
def large_layer(frames: AtlasFrames, _window: str) -> Iterator[Opened]:
    """Serve the counts of a large layer of as many rows as there are events.

    Parameters
    ----------
    frames
        How many it shall be.
    _window
        Not looked at.

    Yields
    ------
    Opened
        Building it is encoding its counts; converting it was done before.
    """
    with tempfile.TemporaryDirectory(prefix="atlas-bench-") as name:
        source = Path(name) / "in"
        source.mkdir()
        pq.write_table(_rows(len(frames.records)), source / "part.parquet")
        about = LayerAbout("bench", "Layer")
        layer = put_large_layer(about, source, Path(name) / "layers", workers=Workers(count=1))
        pages = pages_opened(
            lambda: _pages(counts_payload(layer, rows_of_large(layer), EXACT), windowed=True),
            _LIMIT_S,
            framed=True,
            prelude=_PRELUDE,
        )
        with pages as opened:
            yield opened
