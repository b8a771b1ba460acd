"""What Streamlit is told, in every way of starting it, and whether the settings hang together.

Streamlit reads its options from files beside whatever starts it, and again when it starts; ours hold under
``arsenal-atlas run`` and under a plain ASGI server alike because the entry sets them last.
"""

import os
import tomllib
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import urlsplit

from streamlit import config

from dashboard.errors import ServerError
from dashboard.gate.hosts import allowed_hosts
from dashboard.settings import Settings, starter_path
from dashboard.workflows.access.identity import HEADER

__all__ = ["apply_options", "auth_secrets", "check_sign_in", "streamlit_options"]

_SHORTEST_SECRET: Final = 32
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def check_sign_in(settings: Settings) -> None:
    """Refuse settings under which nobody could sign in safely.

    Parameters
    ----------
    settings
        The settings.

    Raises
    ------
    ServerError
        If something is missing; the message names every setting.
    """
    if settings.sign_in != "oidc":
        return
    secrets = {
        name: getattr(settings, name).get_secret_value() for name in ("oidc_client_secret", "cookie_secret")
    }
    texts = {name: getattr(settings, name) for name in ("public_url", "oidc_metadata_url", "oidc_client_id")}
    missing = [f"ARSENAL_ATLAS_{name.upper()}" for name, text in {**texts, **secrets}.items() if not text]
    if missing:
        raise ServerError(f"Signing in with oidc needs {', '.join(missing)}: see docs/hosting.md")
    if len(secrets["cookie_secret"]) < _SHORTEST_SECRET:
        raise ServerError(
            f"ARSENAL_ATLAS_COOKIE_SECRET is shorter than {_SHORTEST_SECRET} characters: "
            'make one with python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise ServerError("ARSENAL_ATLAS_PUBLIC_URL has to begin with https:// where people sign in")
    if parts.path not in {"", "/"} or parts.query or not parts.hostname:
        raise ServerError(
            "ARSENAL_ATLAS_PUBLIC_URL is an address without a path, such as https://atlas.example.org"
        )
    absent = [name for name in ("authlib", "httpx") if find_spec(name) is None]
    if absent:
        raise ServerError(
            f"Signing in with oidc needs {' and '.join(absent)}: install arsenal-atlas[hosting]"
        )


def streamlit_options(settings: Settings) -> dict[str, Any]:
    """List Streamlit's options.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    dict of str to Any
        Values by name. Those of our file yield to STREAMLIT_... variables; those that protect do not.
    """
    ours = _flattened(tomllib.loads(starter_path("streamlit.toml").read_text(encoding="utf-8")))
    options = {name: value for name, value in ours.items() if not os.environ.get(_variable(name))}
    options |= {
        "server.allowedHosts": allowed_hosts(settings),
        "server.enableCORS": True,  # the name misleads: true protects
        "server.enableXsrfProtection": True,
        "server.enableStaticServing": False,
        "server.enableAgentApi": False,
        "server.trustedUserHeaders": {HEADER: "atlas_identity"},
        "client.showErrorDetails": "none",
        # Else each page that fails is printed in colours past the log, secrets and all.
        "logger.enableRich": False,
        "browser.gatherUsageStats": False,
    }
    if secret := settings.cookie_secret.get_secret_value():
        options["server.cookieSecret"] = secret
    return options


def apply_options(settings: Settings) -> None:
    """Tell Streamlit its options.

    Parameters
    ----------
    settings
        The settings.
    """
    for name, value in streamlit_options(settings).items():
        config.set_option(name, value)


def auth_secrets(settings: Settings) -> dict[str, Any]:
    """Give what Streamlit's sign-in reads from its secrets.

    Parameters
    ----------
    settings
        The settings.

    Returns
    -------
    dict of str to Any
        Empty where nobody signs in here.
    """
    if settings.sign_in != "oidc":
        return {}
    return {
        "auth": {
            "redirect_uri": f"{settings.public_url.rstrip('/')}/oauth2callback",
            "cookie_secret": settings.cookie_secret.get_secret_value(),
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret.get_secret_value(),
            "server_metadata_url": settings.oidc_metadata_url,
        }
    }


def _variable(option: str) -> str:
    words = "".join(f"_{c}" if c.isupper() else "_" if c == "." else c for c in option)
    return f"STREAMLIT_{words.upper()}"


def _flattened(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flattened(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return flat
