"""The maps that are measured: ours, and what others offer for the same points and the same clock."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from dashboard.bench.browser import BenchError
from dashboard.bench.folium_rivals import (
    circle_markers,
    fast_marker_cluster,
    geojson,
    timeline,
    timestamped_geojson,
)
from dashboard.bench.layer_variants import large_layer, stored_layer
from dashboard.bench.opened import Opened, pages_opened
from dashboard.bench.pydeck_rival import pydeck_in_streamlit
from dashboard.bench.webgl_rivals import deckgl, glify
from dashboard.frames import AtlasFrames
from dashboard.maps.addresses import ASSETS, MAP_DOCUMENT
from dashboard.maps.document import document
from dashboard.maps.payload import encode_payload

__all__ = ["LIMIT_S", "VARIANTS", "Variant", "variant_named"]

LIMIT_S: Final = 60
"""Seconds that building a variant and its first paint may take together."""

_PAYLOAD: Final = "/marks"
_NAMES_UP_TO: Final = 200_000  # as the app: above it, names are asked for by id

# The app's own component, without Streamlit around it.
_HOST: Final = f"""<!DOCTYPE html>
<html lang="en"><head><title>Benchmark</title><style>body {{ margin: 0 }}</style></head><body>
<script type="module">
import show from "{ASSETS}/component/index.js";
const state = {{ window: null, selected: null, view: null, mask: null, theme: "light", moveTo: null }};
const data = {{ document: "{MAP_DOCUMENT}", payload: "{_PAYLOAD}", state, height: 800 }};
show({{ data, parentElement: document.body, setStateValue() {{}} }});
</script></body></html>
"""


@dataclass(frozen=True)
class Variant:
    """One kind of map.

    Attributes
    ----------
    label
        Its name in tables.
    opened
        Serves it for frames and a window's name.
    clock
        How its clock moves, for the notes under a table.
    most
        Points beyond which it is not tried; none when the time limit alone decides.
    beyond
        Why not.
    """

    label: str
    opened: Callable[[AtlasFrames, str], AbstractContextManager[Opened]]
    clock: str
    most: int | None = None
    beyond: str = ""

    def refusal(self, points: int) -> str:
        """Say why so many points are not tried.

        Parameters
        ----------
        points
            How many.

        Returns
        -------
        str
            The reason; empty when they are tried.
        """
        return f"not tried: {self.beyond}" if self.most is not None and points > self.most else ""


def _atlas(frames: AtlasFrames, _window: str) -> AbstractContextManager[Opened]:
    def build() -> dict[str, bytes]:
        return {
            _PAYLOAD: encode_payload(frames, names=len(frames.records) <= _NAMES_UP_TO),
            MAP_DOCUMENT: document().encode(),
            "/": _HOST.encode(),
        }

    return pages_opened(build, LIMIT_S, framed=True)


def _pages(
    build: Callable[[AtlasFrames, str], dict[str, bytes]],
) -> Callable[[AtlasFrames, str], AbstractContextManager[Opened]]:
    return lambda frames, window: pages_opened(lambda: build(frames, window), LIMIT_S)


VARIANTS: Final[dict[str, Variant]] = {
    "atlas": Variant(
        "**atlas**", _atlas, "the clock's own window; steps draw what changed, crowded squares are counted"
    ),
    "circle_markers": Variant(
        "folium.CircleMarker",
        _pages(circle_markers),
        "no clock of its own: markers that enter the window are added, those that leave it are removed",
        most=100_000,
        beyond="100,000 need about a minute of Python, and each point is an object and a script's statement",
    ),
    "geojson": Variant(
        "folium.GeoJson",
        _pages(geojson),
        "no clock of its own: features that enter the window are added, those that leave it are removed",
    ),
    "fast_marker_cluster": Variant(
        "FastMarkerCluster",
        _pages(fast_marker_cluster),
        "no clock of its own: `clearLayers`, then `addLayers` in chunks, as its documentation says; it draws "
        "clusters, not points",
    ),
    "timestamped_geojson": Variant(
        "TimestampedGeoJson",
        _pages(timestamped_geojson),
        "`setCurrentTime`; a point has one time (its first day) and stays for the window's width",
    ),
    "timeline": Variant(
        "Timeline + TimelineSlider",
        _pages(timeline),
        "the slider's `setTime`; a point ends later by the window's width",
    ),
    "glify": Variant("Leaflet.glify", _pages(glify), "no filter: `setData` with the points of the window"),
    "deckgl": Variant(
        "deck.gl",
        _pages(deckgl),
        "`ScatterplotLayer` with binary attributes, `DataFilterExtension` on first and last day",
    ),
    "pydeck": Variant(
        "pydeck in Streamlit",
        pydeck_in_streamlit,
        "a rerun for each step sends the points of the window; `build_ms` and bytes are those of the first "
        "chart with all points, `step_ms` leaves out what React and deck.gl do outside animation callbacks",
    ),
    "layer": Variant(
        "atlas, imported layer", stored_layer, "as the atlas; the points are those of a stored layer"
    ),
    "large_layer": Variant(
        "atlas, large layer", large_layer, "as the atlas; the points are counted once, and the counts step"
    ),
}
"""What can be measured, by name."""


def variant_named(name: str) -> Variant:
    """Find a variant.

    Parameters
    ----------
    name
        A name of `VARIANTS`.

    Returns
    -------
    Variant
        The variant.

    Raises
    ------
    BenchError
        If there is none; the message names those there are.
    """
    if name not in VARIANTS:
        raise BenchError(f"There is no variant {name!r}: choose among {', '.join(VARIANTS)}")
    return VARIANTS[name]
