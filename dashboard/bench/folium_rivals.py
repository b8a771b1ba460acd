"""What folium offers for many points, with what its documentation advises for speed.

Each is a page of its own without a basemap, drawn on a canvas (``prefer_canvas``). The addresses that folium
names on foreign hosts are replaced by the same packages from npm; scripts that a map does not use (jQuery,
Bootstrap, icon fonts) are left out, to the rival's advantage.
"""

from typing import Any, Final

import folium
import numpy as np
import numpy.typing as npt
from folium.plugins import FastMarkerCluster, TimestampedGeoJson
from folium.plugins.timeline import Timeline, TimelineSlider
from folium.utilities import JsCode

from dashboard.bench.clocks import WIDTH_DAYS, ClockScript, LayersClock, clock_windows
from dashboard.bench.packages import npm
from dashboard.frames import AtlasFrames

__all__ = ["circle_markers", "fast_marker_cluster", "geojson", "timeline", "timestamped_geojson"]

_DAY_MS: Final = 86_400_000
_MARK: Final = {"radius": 4, "stroke": False, "fillOpacity": 0.5}
_MARK_JS: Final = "{ radius: 4, stroke: false, fillOpacity: 0.5 }"
_FOR_EVER: Final = 100_000  # days: what was shown once stays
_MOMENT: Final = "moment/min/moment.min.js"


def circle_markers(frames: AtlasFrames, _window: str) -> dict[str, bytes]:
    """Draw a ``folium.CircleMarker`` for each point.

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
    rival = _plain_map()
    for lon, lat in _points(frames).tolist():
        folium.CircleMarker((lat, lon), radius=4, stroke=False, fill=True).add_to(rival)  # noqa: TID251  # the rival that the ban is about
    every = "[]; map.eachLayer(layer => { if (layer instanceof L.CircleMarker) layers.push(layer); })"
    LayersClock(frames, every, "map").add_to(rival)
    return _page(rival)


def geojson(frames: AtlasFrames, _window: str) -> dict[str, bytes]:
    """Draw all points by one ``folium.GeoJson``.

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
    rival = _plain_map()
    marker = folium.CircleMarker(radius=4, stroke=False, fill=True)  # noqa: TID251  # one for the whole layer
    features = _features(frames, [{}] * len(frames.placements))
    layer = folium.GeoJson(features, marker=marker, zoom_on_click=False)
    layer.add_to(rival)
    LayersClock(frames, f"{layer.get_name()}.getLayers()", layer.get_name()).add_to(rival)
    return _page(rival)


def fast_marker_cluster(frames: AtlasFrames, _window: str) -> dict[str, bytes]:
    """Cluster all points by ``folium.plugins.FastMarkerCluster``.

    The plug-in's documentation: load in chunks, and to change many markers clear them and add those wanted.

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
    rival = _plain_map()
    callback = f"""function (row) {{
        const marker = L.circleMarker(row, {_MARK_JS});
        (globalThis.benchMarkers ??= []).push(marker);
        return marker;
    }}"""
    layer = FastMarkerCluster(  # type: ignore[no-untyped-call]  # folium has few types
        _points(frames)[:, ::-1].tolist(),
        callback=callback,
        chunked_loading=True,
        chunk_progress=JsCode("(done, total) => globalThis.benchChunk(done === total)"),
        animate=False,
    )
    dist = "leaflet.markercluster/dist"
    layer.default_js = [("markercluster", npm(f"{dist}/leaflet.markercluster.js"))]
    layer.default_css = [
        (f"css{n}", npm(f"{dist}/{name}"))
        for n, name in enumerate(("MarkerCluster.css", "MarkerCluster.Default.css"))
    ]
    # Before the layer's own script, which adds the markers. Clusters need a last zoom, as tiles would name.
    before = "map.setMaxZoom(18); globalThis.benchChunk = whole => { globalThis.benchReady ||= whole; };"
    ClockScript(before).add_to(rival)
    layer.add_to(rival)
    script = f"""
                globalThis.benchMove = (from, to) => new Promise(resolve => {{
                    const start = day(from), end = day(to);
                    const wanted = benchMarkers.filter((_, i) => first[i] <= end && last[i] >= start);
                    globalThis.benchChunk = whole => {{ if (whole) resolve(); }};
                    {layer.get_name()}.clearLayers();
                    if (wanted.length) {layer.get_name()}.addLayers(wanted); else resolve();
                }});
    """
    placements = frames.placements
    ClockScript(script, first=placements["first"].tolist(), last=placements["last"].tolist()).add_to(rival)
    return _page(rival)


def timestamped_geojson(frames: AtlasFrames, window: str) -> dict[str, bytes]:
    """Draw the points by ``folium.plugins.TimestampedGeoJson``, which knows one time a point.

    Parameters
    ----------
    frames
        What to show.
    window
        A name of `dashboard.bench.clocks.WINDOWS`: how long a point stays.

    Returns
    -------
    dict of str to bytes
        Bodies by path.
    """
    rival = _plain_map()
    times = (frames.placements["first"].to_numpy("int64") * _DAY_MS).tolist()
    layer = TimestampedGeoJson(  # type: ignore[no-untyped-call]  # as above
        _features(frames, [{"times": [time], "icon": "circle", "iconstyle": _MARK} for time in times]),
        duration=f"P{WIDTH_DAYS}D" if window == "tenth" else None,
        period="P1D",
        auto_play=False,
        loop=False,
        transition_time=1,
    )
    layer.default_js = [
        ("iso8601", npm("iso8601-js-period/iso8601.js")),
        ("timedimension", npm("leaflet-timedimension/dist/leaflet.timedimension.min.js")),
        ("moment", npm(_MOMENT)),
    ]
    layer.default_css = []  # its style asks a foreign host for an icon font
    layer.add_to(rival)
    # The plug-in sorts milliseconds as text: across September 2001, when they grew a digit, it finds one.
    script = """
                map.timeDimension.setAvailableTimes(span, "replace");
                globalThis.benchMove = (_, to) => map.timeDimension.setCurrentTime(Date.parse(to));
                benchMove("", begin);
                globalThis.benchReady = true;
    """
    steps = clock_windows(window)
    ClockScript(script, begin=steps[0][1], span=f"{steps[0][0]}/{steps[-1][1]}/P1D").add_to(rival)
    return _page(rival)


def timeline(frames: AtlasFrames, window: str) -> dict[str, bytes]:
    """Draw the points by ``folium.plugins.Timeline`` under its ``TimelineSlider``.

    The plug-in shows what stands at one moment, so each point ends later by the width of the window.

    Parameters
    ----------
    frames
        What to show.
    window
        A name of `dashboard.bench.clocks.WINDOWS`: how long a point stays.

    Returns
    -------
    dict of str to bytes
        Bodies by path.
    """
    rival = _plain_map()
    stays = WIDTH_DAYS if window == "tenth" else _FOR_EVER
    placements = frames.placements
    starts = (placements["first"].to_numpy("int64") * _DAY_MS).tolist()
    ends = ((placements["last"].to_numpy("int64") + stays) * _DAY_MS).tolist()
    properties = [{"start": start, "end": end} for start, end in zip(starts, ends, strict=True)]
    layer = Timeline(
        _features(frames, properties),
        point_to_layer=JsCode(f"(_, place) => L.circleMarker(place, {_MARK_JS})"),
    )
    slider = TimelineSlider(auto_play=False, show_ticks=False, enable_playback=False)
    slider.add_timelines(layer)  # type: ignore[no-untyped-call]  # as above
    scripts = [("timeline", npm("leaflet.timeline/dist/leaflet.timeline.js")), ("moment", npm(_MOMENT))]
    layer.default_js = slider.default_js = scripts
    layer.add_to(rival)
    slider.add_to(rival)
    script = f"""
                globalThis.benchMove = (_, to) => {slider.get_name()}.setTime(Date.parse(to));
                benchMove("", begin);
                globalThis.benchReady = true;
    """
    ClockScript(script, begin=clock_windows(window)[0][1]).add_to(rival)
    return _page(rival)


def _plain_map() -> folium.Map:
    plain = folium.Map(location=(25, 10), zoom_start=2, tiles=None, prefer_canvas=True)
    plain.default_js = [("leaflet", npm("leaflet/dist/leaflet.js"))]
    plain.default_css = [("leaflet_css", npm("leaflet/dist/leaflet.css"))]
    return plain


def _page(rival: folium.Map) -> dict[str, bytes]:
    return {"/": rival.get_root().render().encode()}


def _points(frames: AtlasFrames) -> npt.NDArray[np.float64]:
    geometry = frames.placements.geometry
    return np.column_stack([geometry.x, geometry.y])


def _features(frames: AtlasFrames, properties: list[dict[str, Any]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": values,
            "geometry": {"type": "Point", "coordinates": point},
        }
        for point, values in zip(_points(frames).tolist(), properties, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
