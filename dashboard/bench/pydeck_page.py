"""A Streamlit page with one ``st.pydeck_chart``: what people write to show points under a clock.

Run by `dashboard.bench.pydeck_rival` with the folder of its data. Each press of the button is a rerun that
sends the points of the next window; the data are read once and the basemap is left out (``map_provider``).
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pydeck  # type: ignore[import-untyped]
import streamlit as st

__all__ = ["main"]


@st.cache_resource
def _points(folder: str) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    stored = np.load(Path(folder) / "points.npz")
    return pd.DataFrame({name: stored[name] for name in ("lon", "lat", "first", "last")}), stored[
        "windows"
    ].tolist()


def _next() -> None:
    st.session_state["step"] = st.session_state.get("step", 0) + 1


def main(folder: str) -> None:
    """Show the points of the session's step.

    Parameters
    ----------
    folder
        Holds ``points.npz``; the first run leaves ``built.json`` there.
    """
    st.set_page_config(layout="wide")
    points, windows = _points(folder)
    start = time.perf_counter()
    step = st.session_state.get("step", 0)
    first, last = windows[step % len(windows)]
    shown = points.loc[(points["first"] <= last) & (points["last"] >= first), ["lon", "lat"]]
    layer = pydeck.Layer(
        "ScatterplotLayer",
        shown,
        id="points",
        get_position="[lon, lat]",
        get_radius=4,
        radius_units="'pixels'",
        get_fill_color=[51, 136, 255, 128],
    )
    view = pydeck.ViewState(longitude=10, latitude=25, zoom=1)
    deck = pydeck.Deck([layer], initial_view_state=view, map_provider=None)
    st.button("Next", on_click=_next)
    st.pydeck_chart(deck, height=640)
    built = Path(folder) / "built.json"
    if not built.exists():
        build_ms = (time.perf_counter() - start) * 1000
        built.write_text(json.dumps({"build_ms": build_ms, "bytes": len(deck.to_json())}), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
