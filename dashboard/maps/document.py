"""The map document: one folium map with the time layer, for the app, a notebook or a file.

folium's own map asks four script and six style addresses on foreign hosts and fails blank when one does
not answer; ours takes its scripts from our own static files. Records never become HTML or script here:
they travel as the payload.
"""

import base64
import hashlib
import re
from html import escape
from typing import Any, Final

import folium
from branca.element import MacroElement
from folium.template import Template

from dashboard.maps.addresses import ASSETS
from dashboard.maps.basemaps import Basemap, find_basemap

__all__ = ["AtlasMap", "TimeLayer", "document", "script_hashes", "titled"]

_BODY: Final = """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} role="application"
                 aria-label="Map of sites and events"></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map(
                {{ this.get_name()|tojson }},
                {
                    center: {{ this.location|tojson }},
                    crs: L.CRS.{{ this.crs }},
                    ...{{ this.options|tojavascript }}
                }
            );
        {% endmacro %}
"""

_HEAD: Final = """
        {% macro header(this, kwargs) %}
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <style>html, body, #{{ this.get_name() }} { height: 100%; margin: 0; }</style>
        {% endmacro %}
"""


class AtlasMap(folium.Map):
    """A folium map whose scripts and looks are the atlas's own files.

    folium's header forbids zooming the page and needs jQuery and Bootstrap; neither is wanted here, so its
    template is replaced and nothing else.

    Parameters
    ----------
    basemap
        What lies under the records.
    assets
        Address of the built front end, without a slash at the end; None when the document carries it itself.
    """

    _template = Template(_HEAD + _BODY)

    def __init__(self, basemap: Basemap, assets: str | None = ASSETS) -> None:
        super().__init__(
            location=(25, 10),
            zoom_start=2,
            tiles=_tiles(basemap),
            world_copy_jump=False,
            min_zoom=1,
            max_zoom=18,
        )
        # A random name would make equal documents differ, and their script hashes with them.
        self._id = "atlas"
        self.scripts = ["leaflet.js", *(["atlas-land.js"] if basemap.kind == "land" else []), "atlas-map.js"]
        self.styles = ["leaflet.css", "atlas-map.css"]
        # branca keeps scripts and styles in one dictionary: the names must not meet.
        self.default_js = [(name, f"{assets}/{name}") for name in self.scripts if assets is not None]
        self.default_css = [(name, f"{assets}/{name}") for name in self.styles if assets is not None]


class TimeLayer(MacroElement):
    """The records under the clock, drawn by the front end from the payload.

    Parameters
    ----------
    options
        See docs/map-document.md; only settings, never record text.
    """

    _template = Template(
        """
        {% macro script(this, kwargs) %}
            ArsenalAtlas.attach({{ this._parent.get_name() }}, {{ this.options|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "TimeLayer"
        self._id = "atlas"
        self.options = options


_CANDIDATE_WORDS: Final = {
    "map": "Map of candidates",
    "sites": "Candidates",
    "certainHere": "shown",
    "empty": "No candidate here has a point",
    "loading": "Loading the candidates…",
    "moreHere": "more candidates here: click to spread them",
}

# Hidden and not taken out: the front end measures the clock whether it is seen or not.
_WITHOUT_CLOCK: Final = """
    {% macro header(this, kwargs) %}
        <style>
            .atlas-shell > .atlas-clock { position: absolute; inset: auto 0 0; visibility: hidden; }
            .atlas-shell .atlas-tools, .atlas-shell .atlas-side { display: none; }
        </style>
    {% endmacro %}
"""


class _WithoutClock(MacroElement):
    _template = Template(_WITHOUT_CLOCK)

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca has no types
        self._name = "WithoutClock"
        self._id = "atlas"


def document(basemap: str = "land", *, assets: str = ASSETS, clock: bool = True) -> str:
    """Write the document that the app shows in its sandboxed frame.

    Parameters
    ----------
    basemap
        Id of a basemap; an unknown one gives the offline land.
    assets
        Address of the built front end.
    clock
        Whether clock, layers and drawing tools are shown; without them it is a map of candidates, which have
        no dates.

    Returns
    -------
    str
        HTML without any record in it; equal arguments give equal text.
    """
    chosen = find_basemap(basemap)
    atlas = AtlasMap(chosen, assets)
    basemap_kind = "land" if chosen.kind == "land" else "none"
    options: dict[str, Any] = {"embedded": True, "basemap": basemap_kind}
    if not clock:
        _WithoutClock().add_to(atlas)
        options["labels"] = _CANDIDATE_WORDS
    TimeLayer(options).add_to(atlas)
    return _finished(atlas)


def _tiles(basemap: Basemap) -> folium.TileLayer | None:
    if basemap.kind != "tiles":
        return None
    tiles = folium.TileLayer(basemap.url, attr=basemap.attribution, max_zoom=basemap.max_zoom)
    tiles._id = "atlas"  # noqa: SLF001  # as above
    return tiles


def _finished(atlas: AtlasMap) -> str:
    html = titled(atlas.get_root().render(), "Arsenal Atlas: map and clock")
    return re.sub(r"\n\s+", "\n", html)


def titled(html: str, title: str) -> str:
    """Give a rendered document its language and title, which folium leaves out.

    Parameters
    ----------
    html
        What folium rendered.
    title
        Title; escaped here.

    Returns
    -------
    str
        The document.
    """
    head = f"<head><title>{escape(title)}</title>"
    return html.replace("<html>", '<html lang="en">', 1).replace("<head>", head, 1)


def script_hashes(html: str) -> list[str]:
    """List the hashes of a document's inline scripts for its content security policy.

    Parameters
    ----------
    html
        A document of ours.

    Returns
    -------
    list of str
        Sources such as ``'sha256-…'``.
    """
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests]
