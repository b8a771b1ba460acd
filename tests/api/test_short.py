"""Short addresses of records, and what oEmbed says of an address."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import routes
from dashboard.runtime import Runtime, runtime
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT

FACTORY = "st-bluebird-benslimane"


@pytest.fixture
def client(read_only: Runtime) -> TestClient:
    return TestClient(Starlette(routes=routes()), follow_redirects=False)


def test_a_short_address_leads_to_the_record(client: TestClient) -> None:
    answer = client.get(f"/r/{FACTORY}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/?record={FACTORY}"
    assert "json+oembed" in answer.headers["link"]


def test_it_widens_the_window_that_it_is_asked_with(client: TestClient) -> None:
    location = client.get("/r/ev-2026-jmc3?from=2010&to=2012&q=Norway").headers["location"]
    assert re.fullmatch(r"/\?from=2010-01-01&to=2026-\d\d-\d\d&record=ev-2026-jmc3", location)


@pytest.fixture
def delete(own_api: TestClient) -> Callable[[str], str]:
    """Delete a record of an atlas of one's own that no other names, with a reason; gives its id."""

    def gone(why: str) -> str:
        evidence = runtime().view(EXACT).library().evidence.items()
        record_id = next(one for one, found in evidence if one.startswith("st-") and not found.linked)
        repository = runtime().repository
        _, revision = repository.dossier(record_id)
        repository.delete_record(record_id, revision, Operation.new("rev", "delete", record_id, why))
        runtime().refresh()
        return record_id

    return gone


def test_a_deleted_record_says_so_with_day_and_reason(own_api: TestClient, delete: Any) -> None:
    version = runtime().view(EXACT).published.version
    record_id = delete("It is <b>no</b> site")
    answer = own_api.get(f"/r/{record_id}")
    assert answer.status_code == 410
    assert "was deleted on" in answer.text
    assert "Reason: It is &lt;b&gt;no&lt;/b&gt; site." in answer.text
    # Whoever names the version of before sees it there.
    pinned = own_api.get(f"/r/{record_id}?version={version}")
    assert pinned.headers["location"] == f"/?record={record_id}&version={version}"


def test_a_merged_record_leads_on(own_api: TestClient, delete: Any) -> None:
    record_id = delete(f"merged into {FACTORY}")
    assert own_api.get(f"/r/{record_id}").headers["location"] == f"/?record={FACTORY}"


def test_an_unknown_id_is_a_page_that_says_so(client: TestClient) -> None:
    for text in ("<script>alert(1)</script>", "%0d%0aSet-Cookie: a=b", "../../etc", "ev-never"):
        answer = client.get(f"/r/{text}")
        assert answer.status_code == 404
        assert "<script>alert" not in answer.text
        assert "set-cookie" not in answer.headers
    assert "No such record" in answer.text
    assert "Search the atlas for" in answer.text


def test_an_id_that_is_nearly_right_is_offered(client: TestClient) -> None:
    assert f'href="/r/{FACTORY}"' in client.get(f"/r/{FACTORY}e").text


def test_programs_are_told_in_json(client: TestClient) -> None:
    answer = client.get("/r/ev-never", headers={"Accept": "application/json"})
    assert answer.json()["error"].startswith("No record has the id ev-never")


def test_oembed_gives_a_frame_of_our_own_addresses(client: TestClient) -> None:
    url = "http://testserver/?country=Morocco&from=2020"
    found = client.get("/oembed", params={"url": url, "format": "json", "maxwidth": "500"}).json()
    assert (found["type"], found["version"], found["width"], found["height"]) == ("rich", "1.0", 500, 600)
    assert 'src="http://testserver/embed?country=MA&from=2020-01-01"' in unescape(found["html"])
    assert found["title"] == "Arsenal Atlas: Country: Morocco; From 1 January 2020 on"


def test_oembed_knows_short_addresses(client: TestClient) -> None:
    found = client.get("/oembed", params={"url": f"http://testserver/r/{FACTORY}"}).json()
    assert f"/embed?record={FACTORY}" in found["html"]


def test_oembed_speaks_of_no_other_address(client: TestClient) -> None:
    for url in (
        "",
        "https://evil.example/?country=MA",
        "http://testserver.evil.example/",
        "http://testserver@evil.example/",
        "javascript:alert(1)",
        "http://testserver/api/records/x",
        "http://testserver/r/ev-never",
        "http://[",
        "http://testserver/?" + "a=1&" * 5_000,
    ):
        assert client.get("/oembed", params={"url": url}).status_code == 404, url


def test_oembed_keeps_sizes_within_reason(client: TestClient) -> None:
    for asked, given in (("0", 240), ("99999999999", 800), ("-5", 800), ("x", 800), ("320", 320)):
        answer = client.get("/oembed", params={"url": "http://testserver/", "maxwidth": asked})
        assert answer.json()["width"] == given, asked


def test_oembed_offers_json_only(client: TestClient) -> None:
    answer = client.get("/oembed", params={"url": "http://testserver/", "format": "xml"})
    assert answer.status_code == 501
