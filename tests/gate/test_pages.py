import base64
import hashlib
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.errors import StoreError
from dashboard.gate.faults import Faults
from dashboard.gate.headers import SecurityHeaders
from dashboard.gate.pages import Action, draw, page_response

PAGE = {"Accept": "text/html"}
SECRET = "postgresql://atlas:swordfish@db.internal/atlas"  # noqa: S105  # what must not be seen


@pytest.fixture
def client() -> TestClient:
    def fails(_request):
        raise RuntimeError(SECRET)

    def away(_request):
        raise StoreError(f"no answer from {SECRET}", SECRET)

    def fine(_request):
        return PlainTextResponse("fine", headers={"Cache-Control": "max-age=60"})

    paths = {"/": fine, "/media/x": fine, "/api/fails": fails, "/fails": fails, "/away": away}
    routes = [Route(path, call) for path, call in paths.items()]
    middleware = [Middleware(SecurityHeaders, https=True), Middleware(Faults)]
    return TestClient(Starlette(routes=routes, middleware=middleware))


@pytest.mark.parametrize("path", ["/", "/media/x", "/api/fails", "/fails", "/away", "/missing"])
def test_every_answer_bears_the_headers(client, path):
    headers = client.get(path, headers=PAGE).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-eval'" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["referrer-policy"]


def test_files_made_for_one_person_are_kept_by_nobody(client):
    assert client.get("/media/x").headers["cache-control"] == "no-store"
    assert client.get("/").headers["cache-control"] == "max-age=60"


@pytest.mark.parametrize("path", ["/fails", "/api/fails", "/away"])
def test_a_fault_ends_in_a_reference_that_the_log_has_with_the_rest(client, caplog, path):
    answer = client.get(path, headers=PAGE)
    assert answer.status_code in {500, 503}
    reference = re.search(r"\b[0-9a-f]{8}\b", re.sub(r"base64,\S+", "", answer.text))
    assert reference
    assert reference[0] in caplog.text
    assert "swordfish" not in answer.text
    assert "Traceback" not in answer.text
    assert "swordfish" in caplog.text  # masked where the log is written, with the rest of it


def test_a_store_that_is_away_says_when_to_come_back(client):
    assert client.get("/away", headers=PAGE).headers["retry-after"] == "10"


def test_the_api_speaks_json_and_others_plain_text(client):
    assert set(client.get("/api/fails").json()) == {"error", "reference"}
    assert client.get("/fails").headers["content-type"].startswith("text/plain")


def test_a_page_of_ours_runs_nothing_and_shows_hostile_text_as_text():
    hostile = "<script>top.__x=1</script>\"'${top.__x=1}"
    html = draw(hostile, hostile, (Action(hostile, '/"><script>', {"a": hostile}),), quiet=hostile)
    assert "<script" not in html
    answer = page_response(html)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert isinstance(answer, Response)
