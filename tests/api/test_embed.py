"""Embedded maps: only what the link selects, only where the setting lets them stand, asking nobody."""

import base64
import gzip
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api import embed as embedding
from dashboard.api.embed import ancestors
from dashboard.api.routes import routes
from dashboard.runtime import Runtime, runtime
from dashboard.settings import Settings
from dashboard.workflows.access.audience import EXACT

SMALL = Path(__file__).parents[1] / "importers" / "small"
FACTORY = "st-bluebird-benslimane"


@pytest.fixture
def client(read_only: Runtime) -> TestClient:
    return TestClient(Starlette(routes=routes()))


def carried(html: str) -> str:
    (packed,) = re.findall(r'id="atlas-payload">([^<]+)<', html)
    return gzip.decompress(base64.b64decode(packed)).decode("utf-8", "replace")


def test_the_document_holds_the_selected_records_and_no_other(client: TestClient) -> None:
    whole, part = (carried(client.get("/embed", params=asked).text) for asked in ({}, {"country": "IL"}))
    assert FACTORY in whole
    assert FACTORY not in part
    assert "il-" in part or "ac-" in part or "st-" in part


def test_a_selected_record_is_there_and_in_the_window_whatever_the_filters(client: TestClient) -> None:
    html = client.get("/embed", params={"country": "IL", "record": FACTORY, "to": "1990"}).text
    assert FACTORY in carried(html)
    assert f'"selected": "{FACTORY}"' in html
    assert '"to": "1990-12-31"' not in html


def test_its_policy_lets_run_our_scripts_only_in_a_sandbox_without_an_origin(client: TestClient) -> None:
    policy = client.get("/embed").headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts allow-popups ")
    assert "allow-same-origin" not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert "default-src 'none'" in policy


def test_it_names_its_version_and_leads_to_the_whole_view(client: TestClient) -> None:
    html = client.get("/embed", params={"country": "Morocco"}).text
    assert 'href="http://testserver/?country=MA" target="_blank"' in html
    assert "Country: Morocco" in html
    assert 'type="application/json+oembed"' in html


def test_too_many_records_are_a_page_and_no_map(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "MOST_EMBEDDED", 5)
    answer = client.get("/embed")
    assert "Too many records to embed" in answer.text
    assert "atlas-payload" not in answer.text
    assert "Open the whole view" in answer.text


def test_a_hostile_link_gives_a_map_and_no_script_of_its_own(client: TestClient) -> None:
    hostile = "</script><script>alert(1)</script>"
    answer = client.get("/embed", params=dict.fromkeys(("q", "country", "record", "view", "x"), hostile))
    assert answer.status_code == 200
    assert "<script>alert(1)" not in answer.text


def test_the_setting_says_whose_pages_may_hold_it() -> None:
    shared = {"sign_in": "header"}
    assert "localhost" in ancestors(Settings())
    assert ancestors(Settings(**shared)) == "'none'"
    named = Settings(**shared, embed_origins="https://news.example.org, https://*.example.com")
    assert ancestors(named) == "'self' https://news.example.org https://*.example.com"


@pytest.mark.parametrize("origin", ["*", "https://x.org; script-src *", "news.example.org", "https://x.org/"])
def test_what_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        Settings(embed_origins=origin)


def test_where_nobody_may_read_unasked_the_frame_says_so(
    own_api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_SIGN_IN", "header")
    monkeypatch.setenv("ARSENAL_ATLAS_EMBED_ORIGINS", "https://news.example.org")
    answer = own_api.get("/embed", params={"country": "MA"})
    assert answer.status_code == 401
    assert "Sign in to see this map" in answer.text
    assert "frame-ancestors 'self' https://news.example.org" in answer.headers["content-security-policy"]
    assert "/?country=MA" in answer.text


def test_imported_datasets_that_the_link_names_are_in_it_with_their_licence(
    own_api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_DATASETS", str(SMALL))
    (layer,) = (one.layer for one in runtime().view(EXACT).datasets)
    without, html = (
        own_api.get("/embed", params={"layers": one}).text for one in ("sites", f"sites,{layer}")
    )
    assert "st-yard" in carried(html)
    assert FACTORY in carried(html)
    assert "st-yard" not in carried(without)
    assert "· Arsenal Atlas: not stated ·" in html.split('class="atlas-credit"')[-1]
