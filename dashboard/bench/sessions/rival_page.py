"""A Streamlit page with one ``folium.GeoJson``: what people write to show filtered points on a map.

Run by `dashboard.bench.sessions.measure` with the folder of a data package. Points are read once for all
visitors; the map has no basemap and is sent as `st.iframe` sends a document, without a component that reports
back, both to the page's advantage.
"""

import sys
from pathlib import Path

import folium
import geopandas as gpd
import streamlit as st

from dashboard.frames import AtlasFrames
from dashboard.importers.package import read_package
from dashboard.workflows.views.frames import build_frames

__all__ = ["main"]

_COLUMNS = ["name", "kind", "date", "place", "country"]


@st.cache_resource
def _frames(folder: str) -> AtlasFrames:
    package = read_package(Path(folder))
    return build_frames(package.tables, package.version)


def _found(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    with st.sidebar:
        words = st.text_input("Search").casefold()
        countries = st.multiselect("Country", sorted(points["country"].unique()))
        kinds = st.multiselect("Kind", sorted(points["kind"].unique()))
    first, last = st.slider("Years", 1950, 2030, (1950, 2030))
    keep = (points["first"] <= (last - 1969) * 365.25) & (points["last"] >= (first - 1970) * 365.25)
    if words:
        keep &= points["search"].str.contains(words, regex=False)
    for column, chosen in (("country", countries), ("kind", kinds)):
        if chosen:
            keep &= points[column].isin(chosen)
    return points[keep]


def main(folder: str) -> None:
    """Show the points that a visitor's filters leave.

    Parameters
    ----------
    folder
        The data package.
    """
    st.set_page_config(layout="wide")
    points = _frames(folder).placements
    found = _found(points[points.geometry.notna()])
    st.markdown(f"{len(found)} places")
    left, right = st.columns([2, 1])
    with left:
        drawn = folium.Map((25, 10), zoom_start=2, tiles=None, prefer_canvas=True)
        if len(found):
            folium.GeoJson(
                found[["name", "geometry"]],
                marker=folium.CircleMarker(radius=4, stroke=False, fill=True),  # noqa: TID251  # the rival
                tooltip=folium.GeoJsonTooltip(["name"]),
            ).add_to(drawn)
        st.iframe(drawn.get_root().render(), height=640)
    chosen = st.dataframe(
        found[_COLUMNS], key="table", hide_index=True, on_select="rerun", selection_mode="single-row"
    )
    rows = chosen["selection"]["rows"]
    if rows and rows[0] < len(found):
        row = found.iloc[rows[0]]
        right.markdown(
            f"#### {row['name']}\n{row['kind']}, {row['date']}\n\n{row['place']}, {row['country']}"
        )


if __name__ == "__main__":
    main(sys.argv[1])
