"""The map with its data and scripts in one place: a notebook's output, or a file that opens from a USB stick.

It asks nobody for anything: a policy in the document forbids every request, and runs no script but ours.
"""

import base64
import gzip
from html import escape
from typing import Any, Final

import folium
from branca.element import Element
from folium.template import Template

from dashboard.domain.window import Window
from dashboard.errors import ServerError
from dashboard.frames import AtlasFrames
from dashboard.maps.basemaps import find_basemap
from dashboard.maps.document import AtlasMap, TimeLayer, script_hashes, titled
from dashboard.maps.payload import encode_payload
from dashboard.settings import static_path

__all__ = ["atlas_map", "standalone_html"]

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def atlas_map(
    frames: AtlasFrames,
    *,
    window: Window | None = None,
    selected: str = "",
    mask: bytes | None = None,
    basemap: str = "land",
    mode: str = "",
) -> folium.Map:
    """Make a folium map that carries its records, clock and scripts.

    Parameters
    ----------
    frames
        The atlas.
    window
        Where the clock stands; all time when None.
    selected
        Id of the record to show selected, empty for none.
    mask
        Bits of the records to show, of `dashboard.workflows.views.selection.mask_bits`; all when None.
    basemap
        ``land`` or ``none``; an online one would need the network that the document forbids.
    mode
        What moves with the clock, ``cumulative``, ``window`` or ``asof``; empty for what the window suggests.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; `standalone_html` writes it as a file.

    Raises
    ------
    ServerError
        If the front end is not built.
    """
    chosen = find_basemap(basemap if basemap in ("land", "none") else "land")
    clock = window or Window()
    state = {
        "window": {"from": clock.start_text, "to": clock.end_text},
        "selected": selected or None,
        "mode": mode,
        "mask": None if mask is None else base64.b64encode(mask).decode("ascii"),
    }
    atlas = AtlasMap(chosen, assets=None)
    TimeLayer({"embedded": False, "basemap": chosen.kind, "state": state}).add_to(atlas)
    _carry(atlas, encode_payload(frames))
    return atlas


def standalone_html(atlas: folium.Map, title: str = "Arsenal Atlas") -> str:
    """Write a map of `atlas_map` as one HTML file.

    Parameters
    ----------
    atlas
        The map.
    title
        Title of the document.

    Returns
    -------
    str
        HTML that opens from disk, offline.
    """
    html = titled(atlas.get_root().render(), title)
    policy = f"{_POLICY}; script-src {' '.join(script_hashes(html))}"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}" />'
    return html.replace("</title>", f"</title>{meta}", 1)


class _Verbatim(Element):
    # A plain Element takes its text for a template and would stumble over braces in a script.
    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _carry(atlas: AtlasMap, payload: bytes) -> None:
    figure: Any = atlas.get_root()
    for name in atlas.styles:
        figure.header.add_child(_Verbatim(f"<style>{_read(name)}</style>"), name=name)
    for name in atlas.scripts:
        figure.header.add_child(_Verbatim(f"<script>{_read(name)}</script>"), name=name)
    packed = base64.b64encode(gzip.compress(payload, mtime=0)).decode("ascii")
    figure.html.add_child(_Verbatim(f'<script type="text/plain" id="atlas-payload">{packed}</script>'))


def _read(name: str) -> str:
    try:
        text = (static_path() / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ServerError("The map's front end is not built: run `make install` in the checkout") from None
    # A closing tag inside would end the element early.
    if "</script" in text.lower() or "</style" in text.lower():
        raise ServerError(f"{name} cannot be carried in a document: it holds a closing tag")
    return text
