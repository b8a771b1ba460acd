"""The basemaps a user may choose: ours offline by default, online tiles only by choice.

Names are xyzservices' because folium's own string names still give addresses that have asked for a key since
August 2026. A provider that needs a token is not offered.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import urlsplit

import xyzservices.providers

__all__ = ["Basemap", "basemaps", "find_basemap"]


@dataclass(frozen=True, slots=True)
class Basemap:
    """One basemap.

    Parameters
    ----------
    id
        ``land``, ``none`` or a name of xyzservices.
    label
        Words to show.
    kind
        ``land`` and ``none`` ask no foreign host, ``tiles`` does.
    url
        Tile address with ``{z}``, ``{x}``, ``{y}``, for tiles.
    attribution
        Credit that must stay visible; HTML of the provider list, never of a user.
    max_zoom
        Deepest zoom of the tiles.
    """

    id: str
    label: str
    kind: Literal["land", "none", "tiles"]
    url: str = ""
    attribution: str = ""
    max_zoom: int = 18

    @property
    def image_source(self) -> str:
        """Origin that a content security policy must allow, empty when none."""
        if not self.url:
            return ""
        parts = urlsplit(self.url.replace("{s}", "*"))
        return f"{parts.scheme}://{parts.netloc}"


@cache
def basemaps() -> dict[str, Basemap]:
    """List the basemaps by id, the offline one first.

    Returns
    -------
    dict of str to Basemap
        In display order.
    """
    rows = json.loads(files("dashboard.maps").joinpath("basemaps.json").read_text(encoding="utf-8"))
    return {row["id"]: _tiles(row) if row["kind"] == "tiles" else Basemap(**row) for row in rows}


def _tiles(row: dict[str, str]) -> Basemap:
    provider = xyzservices.providers.query_name(row["id"])
    return Basemap(
        id=row["id"],
        label=row["label"],
        kind="tiles",
        url=provider.build_url(),
        attribution=provider.get("html_attribution", provider["attribution"]),
        max_zoom=int(provider.get("max_zoom", 18)),
    )


def find_basemap(name: str) -> Basemap:
    """Find a basemap, the offline one when there is none of that name.

    Parameters
    ----------
    name
        Id of a basemap, perhaps from an address.

    Returns
    -------
    Basemap
        Never one that needs a key.
    """
    known = basemaps()
    return known.get(name, known["land"])
