import base64
import hashlib
import re

import pytest

from dashboard.maps.basemaps import basemaps, find_basemap
from dashboard.maps.document import document, script_hashes


def test_asks_no_foreign_host():
    assert "http" not in re.sub(r"<meta[^>]*>", "", document())


@pytest.mark.parametrize("name", ["land", "OpenStreetMap.Mapnik"])
def test_equal_arguments_give_equal_text(name):
    assert document(name) == document(name)


def test_every_inline_script_is_hashed():
    html = document()
    inline = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    expected = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in inline]
    assert inline
    assert script_hashes(html) == [f"'sha256-{digest}'" for digest in expected]


@pytest.mark.parametrize("name", ["land", "none", "there-is-none"])
def test_offline_basemaps_have_no_tiles(name):
    assert "tileLayer" not in document(name)


def test_the_land_script_is_loaded_only_for_the_land():
    assert "atlas-land.js" in document("land")
    assert "atlas-land.js" not in document("none")


def test_an_online_basemap_is_a_choice_with_its_credit():
    html = document("OpenStreetMap.Mapnik")
    assert "tile.openstreetmap.org" in html
    assert "openstreetmap.org/copyright" in html


def test_no_basemap_needs_a_key():
    for basemap in basemaps().values():
        assert "key" not in basemap.url.lower()
        assert "<insert" not in basemap.url


def test_an_unknown_basemap_is_the_offline_land():
    assert find_basemap("CartoDB.Positron").id == "land"
