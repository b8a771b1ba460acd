"""Signing in at a real provider, and what every route says to those who did not."""

import json
import os
import re
import subprocess
import sys
import time

import pytest
from itsdangerous import URLSafeTimedSerializer

from dashboard.api.routes import routes
from dashboard.maps.addresses import ASSETS, MAP_DOCUMENT, payload_address

OPEN = {"/livez", "/readyz", ASSETS}
API = {re.sub(r"\{[^}]*\}", "x", route.path) for route in routes()} - OPEN
CLOSED = [
    *sorted(API),
    "/",
    "/events",
    "/anything",
    "/static/js/none.js",
    "/favicon.png",
    "/media/0123456789abcdef.csv",
    "/component/x/index.html",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/bidi-components/x/y.js",
    "/_stcore/upload_file/a/b",
    "/_stcore/agent/mcp",
    "/_stcore/script-health-check",
    "/sign-out",
    "/api/records/st-imi-systems",
    "/api/none",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
WAY_IN = {"/sign-in", "/sign-in/start", "/auth/login", "/auth/logout", "/oauth2callback"}
WATCHED = {"/livez", "/readyz", "/_stcore/health"}
# In a process of its own, because Streamlit's runtime is one of a kind.
TABLE = """
import json
from dashboard.asgi import app

def paths(routes, before=""):
    for route in routes:
        path = before + (getattr(route, "path", "") or "")
        yield path
        yield from paths(getattr(route, "routes", None) or (), path)

print(json.dumps(list(paths(app._build_starlette_app().routes))))
"""


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", CLOSED)
def test_no_route_but_the_way_in_answers_a_stranger(atlas, path, method):
    reader = atlas.reader()
    answer = reader.session.request(method, atlas.address + path, timeout=30, allow_redirects=False)
    assert answer.status_code in {401, 403}
    assert "content-security-policy" in answer.headers


def test_of_all_routes_that_the_app_has_a_stranger_finds_the_way_in_only(atlas, oidc_settings, tmp_path):
    # The table is the app's own, with all that Streamlit mounts: a route that is new is asked, too.
    settings = {
        "data_folder": tmp_path,
        "cache_folder": tmp_path,
        "public_url": atlas.address,
        "cookie_secret": "s" * 40,
        **oidc_settings(atlas.provider),
    }
    environment = os.environ | {f"ARSENAL_ATLAS_{name.upper()}": str(text) for name, text in settings.items()}
    command = [sys.executable, "-W", "ignore", "-c", TABLE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    paths = {re.sub(r"\{[^}]*\}", "x", path) for path in json.loads(done.stdout.splitlines()[-1])}
    assert {*API, *WAY_IN, *OPEN, *WATCHED, "/_stcore/stream", "/_stcore/upload_file/x/x"} <= paths
    session, answered = atlas.reader().session, set()
    for path in paths | {f"{path}/x" for path in paths}:
        for method in METHODS:
            answer = session.request(method, atlas.address + path, timeout=30, allow_redirects=False)
            if answer.status_code not in {401, 403}:
                answered.add(path)
    assert answered >= WATCHED
    assert answered <= {*WAY_IN, *WATCHED, ASSETS, f"{ASSETS}/x"}


def test_the_routes_of_the_api_are_among_them():
    assert {MAP_DOCUMENT, payload_address("x")} <= API


def test_the_socket_refuses_a_stranger_before_it_is_accepted(atlas):
    assert atlas.reader().is_refused()


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/_stcore/health"])
def test_whoever_watches_the_process_need_not_sign_in(atlas, path):
    assert atlas.reader().get(path).status_code == 200


def test_the_sign_in_page_is_there_at_every_address_and_runs_nothing(atlas):
    answer = atlas.reader().get("/events?kind=visit")
    assert answer.status_code == 401
    assert "/sign-in/start?next=%2Fevents%3Fkind%3Dvisit" in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_api_asks_for_a_token_in_json(atlas):
    answer = atlas.reader().get("/api/records/x", headers={"Accept": "application/json"})
    assert answer.json()["error"]
    assert "Bearer" in answer.headers["www-authenticate"]


def test_who_signs_in_comes_back_to_where_they_wanted_to_go(atlas):
    reader = atlas.reader()
    answer = reader.sign_in("ana", "/events?kind=visit")
    assert answer.status_code == 200
    assert answer.url == f"{atlas.address}/events?kind=visit"


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "x"]
)
def test_nobody_is_led_to_another_site(atlas, onward):
    answer = atlas.reader().sign_in("ana", onward)
    assert answer.url == f"{atlas.address}/"


def test_a_user_the_provider_does_not_know_reads_that_it_did_not_work(atlas):
    reader = atlas.reader()
    answer = reader.sign_in("nobody")
    assert "why=failed" in answer.url
    assert "did not work" in answer.text
    assert reader.get("/").status_code == 401


def test_a_plain_server_tells_the_browser_to_report_to_nobody(atlas):
    tab = atlas.signed_in("ana").open_tab()
    assert "new_session" in tab.words
    assert "gather_usage_stats: true" not in tab.words
    assert 'primary_color: "#0b6e78"' in tab.words  # the looks of our own file


def test_the_provider_found_nothing_to_refuse(atlas):
    atlas.signed_in("ana")
    assert atlas.provider.refused == []


def test_the_cookie_is_out_of_reach_for_scripts_and_lives_as_long_as_a_sign_in(atlas):
    reader = atlas.signed_in("ana")
    cookie = next(one for one in reader.session.cookies if one.name == "_streamlit_user")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite").lower() == "lax"
    assert 0 < cookie.expires - time.time() <= 12 * 3_600


def test_claims_that_fill_several_cookies_are_read_whole(atlas, people):
    reader = atlas.signed_in("long")
    names = {cookie.name for cookie in reader.session.cookies}
    assert "_streamlit_user_1" in names
    assert reader.get("/").status_code == 200
    assert people("long").name.startswith("Long ")


def test_two_accounts_with_one_unverified_address_stay_two_people(atlas, people):
    first, second = atlas.signed_in("ana"), atlas.signed_in("ana-two")
    assert first.get("/").status_code == second.get("/").status_code == 200
    one, two = people("ana"), people("ana-two")
    assert one.email == two.email
    assert one.id != two.id


@pytest.mark.parametrize("what", ["tampered", "of another secret", "of another name", "empty"])
def test_a_cookie_that_is_not_ours_is_refused_politely(atlas, what):
    reader = atlas.signed_in("ana")
    cookie = next(one for one in reader.session.cookies if one.name == "_streamlit_user")
    reader.session.cookies.clear()
    forged = {
        "tampered": f"x{cookie.value[1:]}",
        "of another secret": URLSafeTimedSerializer("x", salt="_streamlit_user").dumps("{}"),
        "of another name": "W10.aaaaaa.bbbb",
        "empty": "",
    }[what]
    answer = reader.get("/", headers={"Cookie": f"_streamlit_user={forged}"})
    assert answer.status_code == 401
    assert "does not count here any more" in answer.text
