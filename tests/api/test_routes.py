import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.api.routes import routes
from dashboard.maps.addresses import MAP_DOCUMENT, payload_address
from dashboard.maps.document import script_hashes
from dashboard.maps.payload import MAGIC
from dashboard.runtime import Runtime, runtime
from dashboard.workflows.access.audience import EXACT


@pytest.fixture
def client(read_only: Runtime) -> TestClient:
    return TestClient(Starlette(routes=routes()))


def test_the_map_document_runs_only_its_own_scripts(client):
    answer = client.get(MAP_DOCUMENT)
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "unsafe-eval" not in policy
    assert "allow-same-origin" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_a_map_of_candidates_hides_the_clock_under_the_same_policy(client):
    answer = client.get(MAP_DOCUMENT, params={"clock": "off"})
    assert ".atlas-clock { position: absolute" in answer.text
    assert ".atlas-clock {" not in client.get(MAP_DOCUMENT).text
    policy = answer.headers["content-security-policy"]
    assert all(digest in policy for digest in script_hashes(answer.text))
    assert "Map of candidates" in answer.text


def test_the_document_holds_no_record(client):
    assert "Ben Slimane" not in client.get(MAP_DOCUMENT).text


def test_tiles_are_allowed_only_for_the_basemap_chosen(client):
    assert "https:" not in client.get(MAP_DOCUMENT).headers["content-security-policy"]
    chosen = client.get(MAP_DOCUMENT, params={"basemap": "OpenTopoMap"})
    assert "opentopomap.org" in chosen.headers["content-security-policy"]


def test_marks_are_kept_by_version_and_compared_by_etag(client):
    address = payload_address(runtime().version)
    first = client.get(address)
    assert first.content.startswith(MAGIC)
    assert "immutable" in first.headers["cache-control"]
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_marks_are_packed_once_and_only_for_those_who_can_unpack(client):
    address = payload_address(runtime().version)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # the client unpacks
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]


def test_marks_of_another_version_are_not_served(client):
    answer = client.get(payload_address("0000000000000000"))
    assert answer.status_code == 404
    assert "reload" in answer.json()["error"]


def test_a_passing_map_is_served_while_it_is_kept(client):
    assert client.get(payload_address("passing-1")).status_code == 404
    atlas = runtime().view(EXACT)
    atlas.offer("passing-1", lambda: MAGIC + b"candidates")
    atlas.offer("passing-1", lambda: b"built once only")
    assert client.get(payload_address("passing-1")).content == MAGIC + b"candidates"


def test_a_record_comes_with_its_sources_and_contradictions(client):
    found = client.get("/api/records/st-bluebird-benslimane").json()
    assert {c["stance"] for c in found["citations"]} == {"supports", "contradicts"}
    assert found["citations"][0]["source"]["url"].startswith("http")
    assert found["locations"][0]["precision"] == "locality"


@pytest.mark.parametrize("record_id", ["st-none", "..%2f..%2fetc", "%3Cscript%3E"])
def test_an_unknown_record_is_a_sentence(client, record_id):
    answer = client.get(f"/api/records/{record_id}")
    assert answer.status_code == 404


def test_ready_names_the_data_version(client):
    assert client.get("/readyz").text == f"ready {runtime().version}\n"
    assert client.get("/livez").text == "alive\n"


def test_not_ready_when_the_store_cannot_be_opened(own_api, tmp_path, monkeypatch):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database at all" * 400)
    monkeypatch.setenv("ARSENAL_ATLAS_DB", f"sqlite:///{broken}")
    assert own_api.get("/readyz").status_code == 503


@pytest.mark.parametrize("path", ["../settings.py", "%2e%2e/settings.py", "..%2f..%2fpyproject.toml"])
def test_assets_stay_in_their_folder(client, path):
    assert client.get(f"/atlas/assets/{path}").status_code == 404
