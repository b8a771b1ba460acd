"""A host does not start with the door open; each reason is a sentence that names the setting."""

import pytest

from dashboard.errors import ServerError
from dashboard.hosting.refusals import is_loopback, refuse_unsafe
from dashboard.settings import Settings

SECRET = "0123456789abcdef" * 3
HEADER = {"sign_in": "header", "cookie_secret": SECRET, "public_url": "https://atlas.example.org"}
OIDC = HEADER | {
    "sign_in": "oidc",
    "oidc_metadata_url": "https://login.example.org/.well-known/openid-configuration",
    "oidc_client_id": "atlas",
    "oidc_client_secret": "from the provider",
}


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, "127.0.0.1"),
        ({}, "::1"),
        (HEADER, "0.0.0.0"),  # noqa: S104  # the proxy stands in front of it
        (OIDC, "0.0.0.0"),  # noqa: S104  # as above
        (OIDC | {"public_url": "http://localhost:8443"}, "127.0.0.1"),
    ],
)
def test_safe_settings_start(settings, host):
    refuse_unsafe(Settings(**settings), host, 8601)


@pytest.mark.parametrize(
    ("settings", "host", "named"),
    [
        ({}, "0.0.0.0", "SIGN_IN"),  # noqa: S104  # what is refused
        ({}, "::", "SIGN_IN"),
        ({}, "192.0.2.7", "SIGN_IN"),
        ({}, "atlas.example.org", "SIGN_IN"),
        # Behind a proxy on the same machine everybody comes from 127.0.0.1.
        ({"public_url": "https://atlas.example.org"}, "127.0.0.1", "SIGN_IN"),
        (HEADER | {"cookie_secret": ""}, "127.0.0.1", "COOKIE_SECRET"),
        (HEADER | {"cookie_secret": SECRET[:31]}, "127.0.0.1", "COOKIE_SECRET"),
        (HEADER | {"public_url": ""}, "127.0.0.1", "PUBLIC_URL"),
        (HEADER | {"public_url": "http://atlas.example.org"}, "127.0.0.1", "PUBLIC_URL"),
        (HEADER | {"trusted_proxies": ""}, "127.0.0.1", "TRUSTED_PROXIES"),
        (OIDC | {"cookie_secret": ""}, "127.0.0.1", "COOKIE_SECRET"),
        (OIDC | {"cookie_secret": SECRET[:31]}, "127.0.0.1", "COOKIE_SECRET"),
        (OIDC | {"public_url": ""}, "127.0.0.1", "PUBLIC_URL"),
        (OIDC | {"public_url": "http://atlas.example.org"}, "127.0.0.1", "PUBLIC_URL"),
        (OIDC | {"oidc_client_secret": ""}, "127.0.0.1", "OIDC_CLIENT_SECRET"),
        (OIDC | {"oidc_metadata_url": ""}, "127.0.0.1", "OIDC_METADATA_URL"),
        (HEADER | {"metrics_port": 8601}, "127.0.0.1", "METRICS_PORT"),
    ],
)
def test_unsafe_settings_do_not(settings, host, named):
    with pytest.raises(ServerError, match=f"ARSENAL_ATLAS_{named}"):
        refuse_unsafe(Settings(**settings), host, 8601)


def test_every_reason_is_named_at_once():
    with pytest.raises(ServerError) as caught:
        refuse_unsafe(Settings(sign_in="header", trusted_proxies="", metrics_port=8601), "127.0.0.1", 8601)
    for named in ("COOKIE_SECRET", "PUBLIC_URL", "TRUSTED_PROXIES", "METRICS_PORT"):
        assert named in str(caught.value)


def test_no_reason_shows_a_secret():
    with pytest.raises(ServerError) as caught:
        refuse_unsafe(Settings(**(HEADER | {"cookie_secret": "swordfish", "public_url": ""})), "::", 8601)
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost", "atlas.localhost"])
def test_this_machine(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "localhost.example.org", "::ffff:8.8.8.8"])  # noqa: S104  # names to judge
def test_not_this_machine_alone(host):
    assert not is_loopback(host)
