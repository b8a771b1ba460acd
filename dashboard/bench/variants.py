"""The maps that are measured: ours, and what folium offers for the same points and the same clock.

A variant is a set of pages to serve. Rivals are given what makes them fast (canvas, no basemap), and the
plainest clock there is: show what the window holds, hide the rest.
"""

import json
from collections.abc import Callable
from typing import Any, Final

import folium
import numpy as np
from branca.element import MacroElement
from folium.template import Template

from dashboard.bench.browser import BenchError
from dashboard.frames import AtlasFrames
from dashboard.maps.addresses import ASSETS, MAP_DOCUMENT
from dashboard.maps.document import document
from dashboard.maps.payload import encode_payload

__all__ = ["MOST_CIRCLE_MARKERS", "PAYLOAD", "VARIANTS", "pages_of"]

MOST_CIRCLE_MARKERS: Final = 10_000
"""More of folium's circle markers take minutes to write and say nothing new."""

PAYLOAD: Final = "/marks"
"""Address of our payload; other variants have none."""

_NAMES_UP_TO: Final = 200_000  # as the app: above it, names are asked for by id

# The app's own component, without Streamlit around it.
_HOST: Final = f"""<!DOCTYPE html>
<html lang="en"><head><title>Benchmark</title><style>body {{ margin: 0 }}</style></head><body>
<script type="module">
import show from "{ASSETS}/component/index.js";
const state = {{ window: null, selected: null, view: null, mask: null, theme: "light", moveTo: null }};
const data = {{ document: "{MAP_DOCUMENT}", payload: "{PAYLOAD}", state, height: 800 }};
show({{ data, parentElement: document.body, setStateValue() {{}} }});
</script></body></html>
"""


class _Clock(MacroElement):
    """Shows and hides the layers of a rival; ``layers`` is an expression for them, in the days' order."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            {
                const map = {{ this._parent.get_name() }};
                const first = {{ this.first|tojson }}, last = {{ this.last|tojson }};
                const layers = {{ this.layers }};
                const group = {{ this.group }};
                const day = text => Date.parse(text) / 86400000;
                const shown = layers.map(() => true);
                globalThis.benchMove = (from, to) => {
                    const start = day(from), end = day(to);
                    for (let i = 0; i < layers.length; i++) {
                        const wanted = first[i] <= end && last[i] >= start;
                        if (wanted === shown[i]) continue;
                        shown[i] = wanted;
                        if (wanted) group.addLayer(layers[i]); else group.removeLayer(layers[i]);
                    }
                };
                globalThis.benchReady = true;
            }
        {% endmacro %}
        """
    )

    def __init__(self, frames: AtlasFrames, layers: str, group: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "Clock"
        self.first = frames.placements["first"].tolist()
        self.last = frames.placements["last"].tolist()
        self.layers = layers
        self.group = group


def _atlas(frames: AtlasFrames) -> dict[str, bytes]:
    return {
        PAYLOAD: encode_payload(frames, names=len(frames.records) <= _NAMES_UP_TO),
        MAP_DOCUMENT: document().encode(),
        "/": _HOST.encode(),
    }


def _plain_map() -> folium.Map:
    plain = folium.Map(location=(25, 10), zoom_start=2, tiles=None, prefer_canvas=True)
    plain.default_js = [("leaflet", f"{ASSETS}/leaflet.js")]
    plain.default_css = [("leaflet_css", f"{ASSETS}/leaflet.css")]
    return plain


def _points(frames: AtlasFrames) -> np.ndarray[Any, Any]:
    geometry = frames.placements.geometry
    return np.column_stack([geometry.x, geometry.y])


def _circle_markers(frames: AtlasFrames) -> dict[str, bytes]:
    if len(frames.records) > MOST_CIRCLE_MARKERS:
        raise BenchError(f"circle_markers are measured up to {MOST_CIRCLE_MARKERS:,} points: ask for fewer")
    rival = _plain_map()
    for lon, lat in _points(frames):
        folium.CircleMarker((lat, lon), radius=4, stroke=False, fill=True).add_to(rival)  # noqa: TID251  # the rival that the ban is about
    every = "[]; map.eachLayer(layer => { if (layer instanceof L.CircleMarker) layers.push(layer); })"
    _Clock(frames, every, "map").add_to(rival)
    return {"/": rival.get_root().render().encode()}


def _geojson(frames: AtlasFrames) -> dict[str, bytes]:
    rival = _plain_map()
    features = [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
        }
        for lon, lat in _points(frames).tolist()
    ]
    marker = folium.CircleMarker(radius=4, stroke=False, fill=True)  # noqa: TID251  # one for the whole layer
    layer = folium.GeoJson(
        json.dumps({"type": "FeatureCollection", "features": features}), marker=marker, zoom_on_click=False
    )
    layer.add_to(rival)
    _Clock(frames, f"{layer.get_name()}.getLayers()", layer.get_name()).add_to(rival)
    return {"/": rival.get_root().render().encode()}


VARIANTS: Final[dict[str, Callable[[AtlasFrames], dict[str, bytes]]]] = {
    "atlas": _atlas,
    "circle_markers": _circle_markers,
    "geojson": _geojson,
}
"""What can be measured, by name."""


def pages_of(variant: str, frames: AtlasFrames) -> dict[str, bytes]:
    """Build the pages of a variant.

    Parameters
    ----------
    variant
        A name of `VARIANTS`.
    frames
        What to show.

    Returns
    -------
    dict of str to bytes
        Bodies by path; ``/`` is the page to open.

    Raises
    ------
    BenchError
        If the variant is unknown or cannot show so many points.
    """
    if variant not in VARIANTS:
        raise BenchError(f"There is no variant {variant!r}: choose among {', '.join(VARIANTS)}")
    return VARIANTS[variant](frames)
