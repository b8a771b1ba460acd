import base64
import gzip
import re

import pytest

from dashboard.domain.window import Window
from dashboard.errors import ServerError
from dashboard.maps import standalone
from dashboard.maps.payload import encode_payload
from dashboard.maps.standalone import atlas_map, standalone_html


@pytest.fixture
def html(frames):
    return standalone_html(atlas_map(frames, window=Window.parse("1970", "1971"), selected="st-a"))


def test_carries_its_data(html, frames):
    packed = re.search(r'id="atlas-payload">([^<]+)<', html)[1]
    assert gzip.decompress(base64.b64decode(packed)) == encode_payload(frames)


def test_asks_nobody_for_anything(html):
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src &#x27;none&#x27;")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_record_text_cannot_leave_its_payload(html):
    assert "onerror=alert" not in html


def test_state_is_where_the_caller_set_it(html):
    assert '"from": "1970-01-01"' in html
    assert '"selected": "st-a"' in html


def test_shows_itself_in_a_notebook(frames):
    assert "atlas-payload" in atlas_map(frames)._repr_html_()


def test_a_front_end_that_is_not_built_is_a_sentence(frames, monkeypatch, tmp_path):
    monkeypatch.setattr(standalone, "static_path", lambda: tmp_path)
    with pytest.raises(ServerError, match="make install"):
        atlas_map(frames)
