"""The gate around a route that says who it was told is there; every part of it real but the pages behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.gate import claims
from dashboard.gate.stack import gate
from dashboard.runtime import runtime
from dashboard.settings import Settings
from dashboard.workflows.access.identity import ADDRESS_HEADER, HEADER

SMALL = Path(__file__).parents[1] / "importers" / "small"
PAGE = {"Accept": "text/html"}
PUBLIC = "https://atlas.example.org"
SECRET = "only of tests, but long enough for the check"  # noqa: S105  # of a test


@pytest.fixture
def open_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator:
    """Build the gate under some settings; ``peer`` is who connects."""

    def who(request):
        person = getattr(request.state, "person", None)
        said = [value for name, value in request.headers.items() if name.replace("_", "-") == HEADER.lower()]
        assert len(said) <= 1
        return JSONResponse(
            {"name": str(person), "role": person and person.role, "header": said[0] if said else None}
        )

    def where(request):
        names = (name for name in request.headers if name.replace("_", "-") == ADDRESS_HEADER.lower())
        return JSONResponse([request.headers[name] for name in names])

    def build(*, peer: tuple[str, int] = ("127.0.0.1", 50_000), **settings: object) -> TestClient:
        for name, value in settings.items():
            monkeypatch.setenv(f"ARSENAL_ATLAS_{name.upper()}", str(value))
        monkeypatch.setenv("ARSENAL_ATLAS_PACKAGE", str(SMALL))
        app = Starlette(
            routes=[*(Route(path, who) for path in ("/", "/api/who", "/livez")), Route("/where", where)],
            middleware=gate(Settings()),
        )
        base = str(settings.get("public_url", "http://localhost:8501"))
        return TestClient(app, base_url=base, client=peer, headers=PAGE)

    yield build
    if runtime.cache_info().currsize:
        runtime().close()


def cookie(secret: str = SECRET, origin: str = PUBLIC, **claims_made: str) -> str:
    import json

    said = {"iss": "https://id.example", "sub": "u-1", "name": "Ana", "origin": origin, **claims_made}
    signed = URLSafeTimedSerializer(secret, salt="_streamlit_user").dumps(json.dumps(said))
    return f"_streamlit_user={signed}"


OIDC = {"sign_in": "oidc", "public_url": PUBLIC, "cookie_secret": SECRET}


def test_in_a_local_session_everybody_is_the_one_person_of_it(open_gate):
    assert open_gate().get("/").json() == {"name": "local", "role": "admin", "header": "local"}


def test_a_signed_cookie_names_its_person_and_the_identity_holds_when_it_was_signed(open_gate):
    said = open_gate(**OIDC).get("/", headers={"Cookie": cookie()}).json()
    person, _, at = said["header"].partition("@")
    assert (said["name"], said["role"]) == ("Ana", "reader")
    assert person
    assert float(at) > 1_700_000_000


@pytest.mark.parametrize("header", [HEADER, HEADER.lower(), "X_Atlas_Identity", "x-atlas_identity"])
def test_an_identity_header_from_outside_is_thrown_away(open_gate, header):
    client = open_gate(**OIDC)
    assert client.get("/", headers={header: "local"}).status_code == 401
    said = client.get("/", headers={header: "local", "Cookie": cookie()}).json()
    assert said["name"] == "Ana"
    assert said["header"] != "local"
    assert client.get("/livez", headers={header: "local"}).json()["header"] is None


@pytest.mark.parametrize(
    "made",
    [
        cookie(secret="another secret that is as long as ours is"),  # noqa: S106  # of a test
        cookie(origin="https://other.example"),
        cookie(sub=""),
        cookie(iss=""),
        cookie(sub="x" * 300),
        cookie(sub="a\nb"),
    ],
    ids=["secret", "site", "no subject", "no issuer", "long subject", "unprintable subject"],
)
def test_a_cookie_that_names_nobody_we_can_know_is_refused(open_gate, made):
    assert open_gate(**OIDC).get("/", headers={"Cookie": made}).status_code == 401


def test_the_first_of_two_cookies_counts_as_everywhere_else(open_gate):
    planted = cookie(sub="planted")
    answer = open_gate(**OIDC).get("/", headers={"Cookie": f"{cookie()}; {planted}"})
    assert answer.json()["name"] == "Ana"


@pytest.mark.parametrize(("hours", "status"), [(11.9, 200), (12.1, 401), (-1, 200), (-3, 401)])
def test_a_sign_in_counts_for_hours_and_outlives_a_clock_that_is_set_back(
    open_gate, monkeypatch, hours, status
):
    client, made = open_gate(**OIDC), cookie()
    now = claims.time.time() + hours * 3_600
    monkeypatch.setattr("time.time", lambda: now)
    answer = client.get("/", headers={"Cookie": made})
    assert answer.status_code == status
    if hours > 12:
        assert "counts for 12 hours, and yours is older" in answer.text


def test_cookies_travel_encrypted_only_where_the_atlas_is_reached_so(open_gate):
    client = open_gate(**OIDC, anonymous_reading=True)
    set_cookie = client.get("/").headers["set-cookie"]
    assert set_cookie.endswith("; Secure")
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "203.0.113.1, 192.0.2.7, ::1", "192.0.2.7"),
        ("198.51.100.4", "192.0.2.7", "198.51.100.4"),
        ("2001:db8::a:b:c:d", "", "2001:db8::/64"),
        ("fe80::1%eth0", "", "fe80::/64"),
        ("::ffff:192.0.2.7", "", "192.0.2.7"),
    ],
)
def test_a_guest_is_known_by_an_address_that_nobody_can_choose(open_gate, peer, forwarded, address):
    client = open_gate(peer=(peer, 50_000), **OIDC, anonymous_reading=True)
    forged = {ADDRESS_HEADER: "203.0.113.9", "X_Atlas_Address": "203.0.113.9"}
    hop = {"X-Forwarded-For": forwarded} if forwarded else {}
    assert client.get("/where", headers=forged | hop).json() == [address]


def test_who_is_signed_in_has_no_address(open_gate):
    client = open_gate(**OIDC, anonymous_reading=True)
    forged = {ADDRESS_HEADER: "203.0.113.9", "X_Atlas_Address": "203.0.113.9"}
    assert client.get("/where", headers={"Cookie": cookie()} | forged).json() == []


def test_a_browser_that_is_not_signed_in_keeps_its_own_id(open_gate):
    client = open_gate(**OIDC, anonymous_reading=True)
    first = client.get("/").json()
    assert first["header"].startswith("anonymous:")
    assert first["role"] is None
    assert client.get("/").json() == first
    client.cookies.clear()
    assert client.get("/").json()["header"] != first["header"]
    assert client.get("/", headers={"Cookie": "atlas_visitor=short.1"}).json()["header"] != "anonymous:short"


@pytest.mark.parametrize(
    ("peer", "status"),
    [(("127.0.0.1", 1), 200), (("192.0.2.7", 1), 401), (("127.0.0.1", 0), 401)],
    ids=["trusted", "not trusted", "a forwarded address in place of the peer"],
)
def test_only_a_trusted_proxy_is_believed(open_gate, caplog, peer, status):
    client = open_gate(peer=peer, sign_in="header")
    assert client.get("/", headers={"X-Forwarded-User": "ana"}).status_code == status
    if status == 401:
        assert "not among the trusted proxies" in caplog.text


@pytest.mark.parametrize(
    "named", [{}, {"X-Forwarded-User": ""}, {"X-Forwarded-User": "   "}, {"X-Forwarded-User": "x" * 300}]
)
def test_nobody_named_by_the_proxy_is_nobody(open_gate, named):
    assert open_gate(sign_in="header").get("/", headers=named).status_code == 401


def test_a_header_that_comes_twice_is_not_believed(open_gate):
    client = open_gate(sign_in="header")
    twice = [("X-Forwarded-User", "ana"), ("X-Forwarded-User", "boss"), ("Accept", "text/html")]
    assert client.get("/", headers=twice).status_code == 401


def test_names_behind_a_proxy_are_read_as_they_were_written(open_gate):
    client = open_gate(sign_in="header")
    headers = {"X-Forwarded-User": "u-1", "X-Forwarded-Preferred-Username": "José Ben-Şliman".encode()}
    assert client.get("/", headers=headers).json()["name"] == "José Ben-Şliman"


def test_signing_in_is_limited_by_the_address_behind_trusted_proxies(open_gate):
    client = open_gate(**OIDC, sign_ins_per_minute=5)
    statuses = [client.get("/oauth2callback").status_code for _ in range(7)]
    assert statuses == [404] * 5 + [429] * 2
    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
    assert client.get("/oauth2callback", headers=forwarded).status_code == 404


def test_a_client_cannot_escape_the_limit_by_naming_another_address(open_gate):
    client = open_gate(**OIDC, peer=("203.0.113.9", 1), sign_ins_per_minute=5)
    statuses = [
        client.get("/oauth2callback", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(7)
    ]
    assert statuses == [404] * 5 + [429] * 2


def test_who_guesses_tokens_is_slowed_down(open_gate):
    client = open_gate(**OIDC, sign_ins_per_minute=3, anonymous_reading=True)
    guess = {"Authorization": "Bearer atlas_guess"}
    assert [client.get("/api/who", headers=guess).status_code for _ in range(5)] == [401] * 3 + [429] * 2


def test_a_store_that_fails_is_no_way_in(open_gate, tmp_path):
    client = open_gate(**OIDC, db=f"sqlite:///{tmp_path}/none/such/folder/atlas.sqlite")
    (tmp_path / "none").write_text("a file where a folder should be")
    answer = client.get("/", headers={"Cookie": cookie()})
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert str(tmp_path) not in answer.text
