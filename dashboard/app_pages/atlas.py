"""The atlas: map, clock, filters, table, charts and record card of the same rows."""

import streamlit as st

from dashboard.ui import address
from dashboard.ui.area import show_chips
from dashboard.ui.charts import show_below
from dashboard.ui.counts import show_beside, show_counts
from dashboard.ui.filters import show_filters
from dashboard.ui.layers.notes import large_notes
from dashboard.ui.map_panel import choose_basemap, show_map
from dashboard.ui.page import open_page
from dashboard.ui.record_card import show_selected
from dashboard.ui.share.panel import show_share
from dashboard.ui.visit import bring_into_view
from dashboard.ui.welcome import show_welcome
from dashboard.workflows.large_layers.narrowing import for_large
from dashboard.workflows.sharing.link import Link, link_query
from dashboard.workflows.views.selection import mask_bits, select

MAP_HEIGHT = 640

atlas = open_page("atlas")
frames, library = atlas.frames(), atlas.library()
filters = show_filters(frames, library)
move_to = bring_into_view(atlas, filters)
basemap = choose_basemap(atlas.settings.basemap)
selection = select(frames, filters, address.window())
shown = [one for one in atlas.datasets if address.shows_layer(one.layer)]
beside = {one: select(one.frames, filters, address.window()) for one in shown}

with st.container(horizontal=True, vertical_alignment="center", key="head"):
    show_counts(selection, atlas.version, filters.area)
    show_share(atlas, "atlas")
show_beside(beside, large_notes(atlas.large_layers, filters))
show_chips(library)
left, right = st.columns([2, 1], gap="medium")
with left:
    show_map(
        frames.version,
        mask_bits(frames, filters),
        basemap=basemap,
        move_to=move_to,
        height=MAP_HEIGHT,
        datasets=[
            *((one, mask_bits(one.frames, filters)) for one in atlas.datasets),
            *((one, None) for one in atlas.large_layers),
        ],
        asked=link_query(Link(filters=for_large(filters))),
    )
with right:
    if selected := address.selected_record():
        show_selected(atlas, selected, MAP_HEIGHT)
    else:
        show_welcome(selection, frames, library, height=MAP_HEIGHT)
show_below(selection, frames, library, filters, beside)
