"""Combinations of settings that a host must not start with, each as a sentence that says what to do."""

from collections.abc import Iterator
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from dashboard.errors import ServerError
from dashboard.gate.options import check_sign_in
from dashboard.settings import Settings

__all__ = ["is_loopback", "refuse_unsafe"]

_SHORTEST_SECRET: Final = 32


def refuse_unsafe(settings: Settings, host: str, port: int) -> None:
    """Refuse to serve others with settings that would leave the door open.

    Parameters
    ----------
    settings
        The settings.
    host, port
        Where the process is to listen.

    Raises
    ------
    ServerError
        Naming every problem, not just the first.
    """
    problems = [*_of_everybody(settings, host, port)]
    if settings.sign_in != "none":
        problems += [*_of_signing_in(settings)]
    if problems:
        raise ServerError(
            "The atlas does not start like this:\n" + "\n".join(f"  {one}." for one in problems)
        )


def _of_everybody(settings: Settings, host: str, port: int) -> Iterator[str]:
    if settings.sign_in == "none":
        if not is_loopback(host):
            yield (
                f"Without sign-in everybody who reaches {host}:{port} may do everything: "
                "set ARSENAL_ATLAS_SIGN_IN to oidc or header, or listen on 127.0.0.1"
            )
        if settings.public_url:
            yield (
                f"Without sign-in everybody who reaches {settings.public_url} may do everything: "
                "set ARSENAL_ATLAS_SIGN_IN to oidc or header; ARSENAL_ATLAS_ANONYMOUS_READING lets all read"
            )
    if settings.metrics_port == port:
        yield f"ARSENAL_ATLAS_METRICS_PORT is the port {port} of the atlas itself: choose another"
    if settings.metrics_port and find_spec("prometheus_client") is None:
        yield "ARSENAL_ATLAS_METRICS_PORT needs prometheus-client: pip install 'arsenal-atlas[hosting]'"
    if settings.database_url.startswith("postgresql") and find_spec("psycopg") is None:
        yield "ARSENAL_ATLAS_DB needs psycopg: pip install 'arsenal-atlas[hosting]'"


def _of_signing_in(settings: Settings) -> Iterator[str]:
    try:
        check_sign_in(settings)
    except ServerError as error:
        yield str(error)
    if settings.sign_in != "header":
        return
    if len(settings.cookie_secret.get_secret_value()) < _SHORTEST_SECRET:
        yield (
            f"ARSENAL_ATLAS_COOKIE_SECRET has fewer than {_SHORTEST_SECRET} characters: take the output of "
            "`openssl rand -hex 32`, the same for all processes"
        )
    parts = urlsplit(settings.public_url)
    if not parts.hostname or (parts.scheme != "https" and not is_loopback(parts.hostname)):
        yield (
            f"ARSENAL_ATLAS_PUBLIC_URL is {settings.public_url!r}: name the address that people reach the "
            "atlas by, such as https://atlas.example.org"
        )
    if not settings.trusted_proxies:
        yield "ARSENAL_ATLAS_SIGN_IN=header believes nobody while ARSENAL_ATLAS_TRUSTED_PROXIES is empty"


def is_loopback(host: str) -> bool:
    """Say whether a name or address is this machine itself.

    Parameters
    ----------
    host
        Name or address.

    Returns
    -------
    bool
        False for ``0.0.0.0`` and ``::``, which are all addresses of the machine.
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
