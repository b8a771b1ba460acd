"""Streamlit's options hold however the atlas is started, and settings that do not hang together stop it."""

import json
import os
import subprocess
import sys

import pytest

from dashboard.errors import ServerError
from dashboard.gate.options import auth_secrets, check_sign_in, streamlit_options
from dashboard.settings import Settings

GOOD = {
    "sign_in": "oidc",
    "public_url": "https://atlas.example.org",
    "oidc_metadata_url": "https://id.example.org/.well-known/openid-configuration",
    "oidc_client_id": "atlas",
    "oidc_client_secret": "x",
    "cookie_secret": "s" * 32,
}
# Asked inside the process, after the first request, as Streamlit itself asks.
ASK = """
import asyncio, json
from dashboard.asgi import app
from streamlit import config
from streamlit.web import bootstrap

async def one():
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}
    async def send(_message):
        pass
    scope = {"type": "http", "method": "GET", "path": "/livez", "raw_path": b"/livez", "query_string": b"",
             "root_path": "", "scheme": "http", "headers": [], "server": ("localhost", 80),
             "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"}, "http_version": "1.1"}
    bootstrap.load_config_options({"server.port": 8599})  # as App.run does, after the import
    await app(scope, receive, send)

asyncio.run(one())
names = ["browser.gatherUsageStats", "server.allowedHosts", "server.trustedUserHeaders",
         "server.enableCORS", "server.enableXsrfProtection", "client.showErrorDetails",
         "server.cookieSecret", "theme.light.primaryColor", "runner.magicEnabled", "logger.enableRich"]
print(json.dumps({name: config.get_option(name) for name in names}))
"""


def test_options_hold_under_any_server_from_any_folder_whatever_the_environment_says(tmp_path):
    environment = os.environ | {
        "ARSENAL_ATLAS_DATA_FOLDER": str(tmp_path),
        "ARSENAL_ATLAS_COOKIE_SECRET": "s" * 40,
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true",
        "STREAMLIT_SERVER_ENABLE_CORS": "false",
        "STREAMLIT_SERVER_COOKIE_SECRET": "another",
        "STREAMLIT_LOGGER_ENABLE_RICH": "true",
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    options = json.loads(done.stdout.splitlines()[-1])
    assert options["browser.gatherUsageStats"] is False
    assert options["server.allowedHosts"] == ["localhost", "127.0.0.1", "::1"]
    assert options["server.trustedUserHeaders"] == {"X-Atlas-Identity": "atlas_identity"}
    assert options["server.enableCORS"] is True
    assert options["server.enableXsrfProtection"] is True
    assert options["client.showErrorDetails"] == "none"
    assert options["server.cookieSecret"] == "s" * 40
    assert options["logger.enableRich"] is False
    assert options["theme.light.primaryColor"] == "#0b6e78"
    assert options["runner.magicEnabled"] is False


def test_what_does_not_protect_can_be_chosen_by_the_host(monkeypatch):
    monkeypatch.setenv("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", "5")
    monkeypatch.setenv("STREAMLIT_SERVER_ENABLE_STATIC_SERVING", "true")
    options = streamlit_options(Settings())
    assert "server.maxUploadSize" not in options
    assert options["server.enableStaticServing"] is False


def test_the_public_name_is_the_one_allowed():
    assert streamlit_options(Settings(**GOOD))["server.allowedHosts"] == ["atlas.example.org"]


def test_settings_that_hang_together_are_told_to_streamlit():
    check_sign_in(Settings(**GOOD))
    section = auth_secrets(Settings(**GOOD))["auth"]
    assert section["redirect_uri"] == "https://atlas.example.org/oauth2callback"
    assert auth_secrets(Settings()) == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"oidc_client_id": "", "cookie_secret": ""},
            "ARSENAL_ATLAS_OIDC_CLIENT_ID, ARSENAL_ATLAS_COOKIE_SECRET",
        ),
        ({"cookie_secret": "short"}, "shorter than 32 characters"),
        ({"public_url": "http://atlas.example.org"}, "https://"),
        ({"public_url": "https://atlas.example.org/dash"}, "without a path"),
    ],
)
def test_settings_under_which_nobody_could_sign_in_safely_are_named(change, message):
    with pytest.raises(ServerError, match=message):
        check_sign_in(Settings(**(GOOD | change)))
