"""The libraries that draw points by WebGL: Leaflet.glify and deck.gl, outside folium, each on its own page.

Both read the points as typed arrays from a side file, the cheapest there is. deck.gl uploads them once and
filters on the GPU (its performance guide: binary attributes; ``DataFilterExtension`` instead of new data);
glify has no filter and is given the points of the window anew (``setData``), which is all that it offers.
"""

from typing import Final

import numpy as np

from dashboard.bench.packages import npm
from dashboard.frames import AtlasFrames

__all__ = ["deckgl", "glify"]

_PAYLOAD: Final = "/marks"

_PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Benchmark</title>
<style>html, body, #map { margin: 0; height: 100% }</style>
HEAD</head><body><div id="map"></div>
<script type="module">
const bytes = await (await fetch("MARKS")).arrayBuffer();
const count = bytes.byteLength / 16;
const positions = new Float32Array(bytes, 0, 2 * count);
const days = new Float32Array(bytes, 8 * count, 2 * count);
const day = text => Date.parse(text) / 86400000;
BODY</script></body></html>
"""

_GLIFY: Final = """
const map = L.map("map", { center: [25, 10], zoom: 2, preferCanvas: true });
const points = Array.from({ length: count }, (_, i) => [positions[2 * i], positions[2 * i + 1]]);
L.glify.longitudeFirst();
const layer = L.glify.points({
    map, data: points, size: 8, color: { r: 0.2, g: 0.53, b: 1 }, opacity: 0.5,
});
globalThis.benchMove = (from, to) => {
    const start = day(from), end = day(to);
    layer.setData(points.filter((_, i) => days[2 * i] <= end && days[2 * i + 1] >= start));
};
globalThis.benchReady = true;
"""

_DECKGL: Final = """
const always = 1e6;
const data = { length: count, attributes: {
    getPosition: { value: positions, size: 2 }, getFilterValue: { value: days, size: 2 },
} };
const extensions = [new deck.DataFilterExtension({ filterSize: 2 })];
const layers = (start, end) => [new deck.ScatterplotLayer({
    id: "points", data, extensions, getRadius: 4, radiusUnits: "pixels", getFillColor: [51, 136, 255, 128],
    filterRange: [[-always, end], [start, always]],
})];
const view = new deck.Deck({
    parent: document.getElementById("map"), views: new deck.MapView(), controller: true,
    initialViewState: { longitude: 10, latitude: 25, zoom: 1 }, layers: layers(-always, always),
    onAfterRender: () => { globalThis.benchReady ||= view.props.layers.every(layer => layer.isLoaded); },
});
globalThis.benchMove = (from, to) => view.setProps({ layers: layers(day(from), day(to)) });
"""


def glify(frames: AtlasFrames, _window: str) -> dict[str, bytes]:
    """Draw the points by Leaflet.glify.

    Parameters
    ----------
    frames
        What to show.
    _window
        Makes no difference: the window is chosen while the clock moves.

    Returns
    -------
    dict of str to bytes
        Bodies by path.
    """
    scripts = ("leaflet/dist/leaflet.js", "leaflet.glify/dist/glify-browser.js")
    style = f'<link rel="stylesheet" href="{npm("leaflet/dist/leaflet.css")}">\n'
    return _page(style + _scripts(*scripts), _GLIFY, frames)


def deckgl(frames: AtlasFrames, _window: str) -> dict[str, bytes]:
    """Draw the points by deck.gl's ``ScatterplotLayer``, filtered by its ``DataFilterExtension``.

    Parameters
    ----------
    frames
        What to show.
    _window
        Makes no difference: the window is chosen while the clock moves.

    Returns
    -------
    dict of str to bytes
        Bodies by path.
    """
    scripts = (f"@deck.gl/{part}/dist.min.js" for part in ("core", "layers", "extensions"))
    return _page(_scripts(*scripts), _DECKGL, frames)


def _scripts(*files: str) -> str:
    return "".join(f'<script src="{npm(file)}"></script>\n' for file in files)


def _page(head: str, body: str, frames: AtlasFrames) -> dict[str, bytes]:
    placements = frames.placements
    columns = (placements.geometry.x, placements.geometry.y, placements["first"], placements["last"])
    x, y, first, last = (np.asarray(column, dtype="float32") for column in columns)
    marks = np.column_stack([x, y]).tobytes() + np.column_stack([first, last]).tobytes()
    page = _PAGE.replace("HEAD", head).replace("MARKS", _PAYLOAD).replace("BODY", body)
    return {"/": page.encode(), _PAYLOAD: marks}
