"""A real OpenID Connect provider on this machine: discovery, a login form, tokens signed with RS256.

It checks what a careful provider checks (redirect address, client secret, PKCE S256, single use of a code),
so that a sign-in that skips any of it fails. It can be stopped and started again on the same port.
"""

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "arsenal-atlas"
CLIENT_SECRET = "only between two programs on this machine"  # noqa: S105  # of a test
HOSTILE_NAME = "<img src=x onerror=top.__x=1>**bold** [a](javascript:top.__x=1) ${top.__x=1} :red[x] $x^2$"

USERS = {
    "ana": {"name": "Ana Reader", "email": "ana@example.org"},
    "rev": {"name": "Rev Iewer", "email": "rev@example.org"},
    "boss": {"name": "The Boss", "email": "boss@example.org"},
    "mallory": {"name": HOSTILE_NAME, "email": "mallory@example.org"},
    # Another person who claims Ana's address, which nobody verified.
    "ana-two": {"name": "Ana Second", "email": "ana@example.org"},
    # Claims that fill more than one cookie.
    "long": {"name": f"Long {secrets.token_urlsafe(5_000)}", "email": "long@example.org"},
}


@dataclass
class Provider:
    """One provider; ``address`` is its issuer."""

    port: int = 0
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    skew: int = 0
    _server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata_url(self) -> str:
        return f"{self.address}/.well-known/openid-configuration"

    def start(self) -> None:
        provider = self

        class Handler(_Handler):
            the = provider

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def id_token(self, code: dict[str, str]) -> str:
        now = int(time.time()) + self.skew
        claims = {
            "iss": self.address,
            "sub": code["user"],
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": code["nonce"],
            "email_verified": False,
            **USERS[code["user"]],
        }
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)


class _Handler(BaseHTTPRequestHandler):
    the: Provider

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            self._json(self._metadata())
        elif parts.path == "/jwks":
            self._json({"keys": [self.the.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            self._login_form(asked)
        elif parts.path == "/end-session":
            self._redirect(asked["post_logout_redirect_uri"])
        else:
            self._json({"error": "not_found"}, HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
        if self.path == "/login":
            self._log_in(form)
        elif self.path == "/token":
            self._token(form)
        else:
            self._json({"error": "not_found"}, HTTPStatus.NOT_FOUND)

    def _metadata(self) -> dict[str, object]:
        at = self.the.address
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/jwks",
            "end_session_endpoint": f"{at}/end-session",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }

    def _login_form(self, asked: dict[str, str]) -> None:
        if asked.get("client_id") != CLIENT_ID or asked.get("code_challenge_method") != "S256":
            self._refuse("authorize without our client or without S256")
            return
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked[name])}">'
            for name in ("redirect_uri", "state", "nonce", "code_challenge")
        )
        self._html(
            f'<form method="post" action="/login">{hidden}'
            '<label>User <input name="user"></label><button>Log in</button></form>'
        )

    def _log_in(self, form: dict[str, str]) -> None:
        if form.get("user") not in USERS:
            self._redirect(
                f"{form['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': form['state']})}"
            )
            return
        code = secrets.token_urlsafe(24)
        self.the.codes[code] = form
        self._redirect(f"{form['redirect_uri']}?{urlencode({'code': code, 'state': form['state']})}")

    def _token(self, form: dict[str, str]) -> None:
        code = self.the.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if code is None or not self._knows_secret(form):
            self._refuse("unknown code or wrong secret")
        elif not hmac.compare_digest(challenge, code["code_challenge"]):
            self._refuse("the verifier does not belong to the challenge")
        elif form.get("redirect_uri") != code["redirect_uri"]:
            self._refuse("another redirect address")
        else:
            self._json(
                {
                    "access_token": secrets.token_urlsafe(24),
                    "token_type": "Bearer",
                    "expires_in": 300,
                    "id_token": self.the.id_token(code),
                }
            )

    def _knows_secret(self, form: dict[str, str]) -> bool:
        given = f"{form.get('client_id', '')}:{form.get('client_secret', '')}"
        kind, _, packed = self.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            given = base64.b64decode(packed).decode()
        return given.replace("+", " ").replace("%20", " ") == f"{CLIENT_ID}:{CLIENT_SECRET}"

    def _refuse(self, why: str) -> None:
        self.the.refused.append(why)
        self._json({"error": "invalid_request", "error_description": why}, HTTPStatus.BAD_REQUEST)

    def _json(self, body: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._answer(json.dumps(body).encode(), "application/json", status)

    def _html(self, body: str) -> None:
        self._answer(f"<!doctype html><title>Log in</title>{body}".encode(), "text/html", HTTPStatus.OK)

    def _redirect(self, to: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", to)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, body: bytes, kind: str, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on a free port."""
    provider = Provider()
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
