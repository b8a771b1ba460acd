"""What a request says about who sent it, before anybody looks the person up.

Three witnesses: the cookie that Streamlit signed after a sign-in at the identity provider, headers of a proxy
that is trusted, and an API token. A cookie's time is the one at which this server signed it, so a provider's
clock decides nothing.
"""

import hashlib
import json
import logging
import re
import secrets
import time
from dataclasses import replace
from typing import Final
from urllib.parse import urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.types import Scope
from streamlit.auth_util import get_cookie_with_chunks

from dashboard.errors import SignInError
from dashboard.gate.wire import cookies_of, headers_of, peer_of
from dashboard.runtime import Claim
from dashboard.settings import Settings
from dashboard.store.database.texts import tidy_line

__all__ = ["USER_COOKIE", "VISITOR_COOKIE", "Visitor", "bearer_token", "claim_of"]

USER_COOKIE: Final = "_streamlit_user"
"""The signed cookie of somebody who signed in, as Streamlit names it."""

VISITOR_COOKIE: Final = "atlas_visitor"
"""A random id of the browser, and when it got it."""

_log = logging.getLogger(__name__)
_VISITOR: Final = re.compile(r"([A-Za-z0-9_-]{43})\.([0-9]{1,12})")
_HOUR: Final = 3_600
# A server's clock may be set back: those who signed in just before go on.
_AHEAD: Final = 2 * _HOUR
_LONGEST_NAME: Final = 100
_LONGEST_KEY: Final = 200


class Visitor:
    """A browser, by its own random cookie.

    Parameters
    ----------
    visitor_id
        A random id: whoever knows it is taken for this browser.
    since
        When it got the cookie, in seconds since 1970.
    is_new
        Whether it has yet to get the cookie.
    """

    def __init__(self, visitor_id: str, since: int, *, is_new: bool = False) -> None:
        self.id = visitor_id
        self.since = since
        self.is_new = is_new

    @classmethod
    def of(cls, scope: Scope, hours: float) -> "Visitor":
        """Recognise the browser of a request.

        Parameters
        ----------
        scope
            The request.
        hours
            How long a cookie counts.

        Returns
        -------
        Visitor
            The browser; a new one if it brings no cookie.
        """
        found = _VISITOR.fullmatch(cookies_of(scope).get(VISITOR_COOKIE, ""))
        visitor = cls(found[1], int(found[2])) if found else cls("", 0)
        # The cookie is not signed: a time to come would outlive every end of a sign-in.
        if not -_AHEAD <= time.time() - visitor.since <= hours * _HOUR:
            visitor.renew()
        return visitor

    def renew(self) -> None:
        """Give the browser an id that nobody can guess, from now on."""
        self.id, self.since, self.is_new = secrets.token_urlsafe(32), int(time.time()), True

    @property
    def cookie(self) -> str:
        """The cookie to set."""
        return f"{VISITOR_COOKIE}={self.id}.{self.since}; HttpOnly; Path=/; SameSite=Lax"


def bearer_token(scope: Scope) -> str:
    """Give the API token of a request.

    Parameters
    ----------
    scope
        The request.

    Returns
    -------
    str
        Empty when there is none.
    """
    kind, _, text = headers_of(scope).get("authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" else ""


def claim_of(scope: Scope, settings: Settings, visitor: Visitor) -> Claim | None:
    """Find what a request says about who sent it.

    Parameters
    ----------
    scope
        The request.
    settings
        Which witnesses count.
    visitor
        The browser.

    Returns
    -------
    Claim or None
        None when it says nothing that counts.

    Raises
    ------
    SignInError
        If it says something that counts no longer.
    """
    if settings.sign_in == "oidc":
        return _from_cookie(scope, settings)
    if settings.sign_in == "header":
        return _from_proxy(scope, settings, visitor)
    return None


def _from_cookie(scope: Scope, settings: Settings) -> Claim | None:
    cookies = cookies_of(scope)
    if USER_COOKIE not in cookies:
        return None
    secret = settings.cookie_secret.get_secret_value()
    times: list[float] = []

    def read(name: str) -> bytes | None:
        serializer = URLSafeTimedSerializer(secret, salt=name)
        try:
            value, signed = serializer.loads(cookies.get(name, ""), return_timestamp=True)
        except BadData:
            return None
        times.append(signed.timestamp())
        return str(value).encode()

    text = get_cookie_with_chunks(read, USER_COOKIE)
    said = _fields(text) if text else {}
    if not said or said.get("origin") != _origin(settings.public_url):
        raise SignInError("Your sign-in does not count here any more")
    signed_at = min(times)
    age = time.time() - signed_at
    if not -_AHEAD <= age <= settings.sign_in_hours * _HOUR:
        raise SignInError(f"A sign-in counts for {settings.sign_in_hours:g} hours, and yours is older")
    name = said.get("name") or said.get("preferred_username", "")
    at = _moment(signed_at, cookies[USER_COOKIE])
    return _claim(Claim(said["iss"], said["sub"], name, said.get("email", ""), at, "oidc"))


def _fields(text: bytes) -> dict[str, str]:
    """Give the claims that are text; none without those that name a person."""
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    fields = {name: value for name, value in said.items() if isinstance(value, str)}
    return fields if fields.get("iss") and fields.get("sub") else {}


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _from_proxy(scope: Scope, settings: Settings, visitor: Visitor) -> Claim | None:
    subjects = headers_of(scope).getlist(settings.header_subject)
    if not subjects or not subjects[0].strip():
        return None
    peer = peer_of(scope)
    if peer not in settings.trusted_proxies:
        _log.warning(
            "%s came from %s, which is not among the trusted proxies: not believed",
            settings.header_subject,
            peer or "an address that is not known (start uvicorn with --no-proxy-headers)",
        )
        return None
    if len(subjects) > 1:
        _log.warning("%s came twice: the proxy has to overwrite it", settings.header_subject)
        return None
    subject = _utf8(subjects[0].strip())
    name = _utf8(headers_of(scope).get(settings.header_name, ""))
    return _claim(
        Claim(settings.header_issuer, subject, name, "", _moment(visitor.since, visitor.id), "header")
    )


def _moment(second: float, unique: str) -> float:
    """Tell sign-ins of one second apart, by a moment that is never later than the true one."""
    digest = hashlib.sha256(unique.encode("utf-8", "replace")).digest()
    return int(second) - int.from_bytes(digest[:2], "big") / 65_536


def _claim(said: Claim) -> Claim:
    """Take a claim whose key can be kept to the letter; a name is only shown, and made fit for it."""
    for key in (said.issuer, said.subject):
        # Cut or tidied, two people could become one.
        if len(key) > _LONGEST_KEY or not key.isprintable():
            raise SignInError("Whoever vouches for you names you in a way that the atlas cannot keep")
    name = tidy_line(said.name, _LONGEST_NAME) or tidy_line(said.subject, _LONGEST_NAME)
    return replace(said, name=name, email=tidy_line(said.email, _LONGEST_NAME))


def _utf8(text: str) -> str:
    # ASGI servers decode headers as Latin-1, proxies write UTF-8.
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
