"""Nominatim and Photon as the atlas uses them: off unless chosen, named, paced, cached, and checked.

Nothing is asked of any foreign host before a user has listed a service in the settings and said who asks.
Public services are given away, refuse callers without a name, and ban those who ask too much.

Terms, as read in November 2026: the usage policy of the public Nominatim
(https://operations.osmfoundation.org/policies/nominatim/) asks for at most one request a second for the whole
application, a User-Agent of its own, caching, attribution, and no bulk work; Photon's documentation
(https://photon.komoot.io) asks for a reasonable number of requests and bans extensive use. Data of both is
OpenStreetMap's, ODbL 1.0.
"""

import re
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from geopy.exc import ConfigurationError, GeocoderParseError, GeopyError
from geopy.geocoders import Nominatim, Photon
from geopy.geocoders.base import DEFAULT_SENTINEL
from geopy.location import Location

from dashboard.errors import AtlasError
from dashboard.geocoding.geocoders.adapter import OneRequestAdapter
from dashboard.geocoding.geocoders.cached import CachedGeocoder, Provider
from dashboard.geocoding.geocoders.paced import Pace, PacedGeocoder
from dashboard.geocoding.geocoders.wrapping import Answer
from dashboard.settings import Settings

__all__ = [
    "ANSWERS_FILE",
    "PACE_FILE",
    "OnlineGeocoderRefusedError",
    "build_online",
    "checked_user_agent",
    "online_geocoders",
]

Service: TypeAlias = Literal["nominatim", "photon"]

ANSWERS_FILE: Final = "geocoder-answers.sqlite"
"""Name of the file of kept answers in the cache folder."""
PACE_FILE: Final = "geocoder-pace.sqlite"
"""Name of the file of turns in the cache folder."""

_LICENCE: Final = "© OpenStreetMap contributors, ODbL 1.0 (https://www.openstreetmap.org/copyright)"
_TERMS: Final = {
    "nominatim.openstreetmap.org": "https://operations.osmfoundation.org/policies/nominatim/",
    "photon.komoot.io": "https://photon.komoot.io",
}
_TIMEOUT_S: Final = 10.0
_PACE_S: Final = 1.0
_LONGEST_USER_AGENT: Final = 200
_STOCK: Final = re.compile(
    r"(specify[-_ ]|(geopy|python|urllib|requests|httpx|aiohttp|curl|wget|mozilla|java|okhttp|go-http-client|"
    r"my[-_ ]?app|my[-_ ]?application|(my[-_ ])?user[-_ ]?agent|test)(?![a-z]))",
    re.IGNORECASE,
)
_CONTACT: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+|https?://[^\s/]+\.[^\s]+")
_SAMPLE: Final = re.compile(r"\bexample\.(com|org|net)\b|\.example\b", re.IGNORECASE)
_HOW: Final = (
    "set ARSENAL_ATLAS_GEOCODER_USER_AGENT to a name of your own with a way to reach you, "
    "such as 'kenitra-desk-atlas/1.0 (maps@your-newsroom.tld)'"
)


class OnlineGeocoderRefusedError(AtlasError, ConfigurationError):  # type: ignore[misc]  # geopy ships no types
    """The settings do not say enough, or not rightly, to ask an online geocoder."""


class _CheckedNominatim(Nominatim):  # type: ignore[misc]  # geopy ships no types
    """Nominatim for which only an empty list means "no such place"."""

    def _parse_json(self, places: object, exactly_one: bool) -> Answer:  # noqa: FBT001 - geopy's signature
        if not isinstance(places, list) and not (isinstance(places, dict) and places):
            raise GeocoderParseError(f"Nominatim answered with {type(places).__name__}, not with places")
        return _parsed(super()._parse_json, places, exactly_one=exactly_one)

    def _parse_code(self, place: Mapping[str, Any]) -> Location:
        _on_earth(place["lat"], place["lon"])
        return super()._parse_code(place)


class _CheckedPhoton(Photon):  # type: ignore[misc]  # geopy ships no types
    """Photon for which only an empty list of features means "no such place"."""

    @wraps(Photon.geocode)
    def geocode(self, query: str | Mapping[str, str], **options: Any) -> Answer:  # noqa: ANN401
        """Find a place; the parts of a mapping, which Photon does not know, become one text."""
        if isinstance(query, Mapping):
            query = ", ".join(query.values())
        answer: Answer = super().geocode(query, **options)
        return answer

    def _parse_json(self, resources: object, exactly_one: bool = True) -> Answer:  # noqa: FBT001, FBT002
        if not isinstance(resources, dict) or not isinstance(resources.get("features"), list):
            raise GeocoderParseError(f"Photon answered with {type(resources).__name__}, not with features")
        return _parsed(super()._parse_json, resources, exactly_one=exactly_one)

    def _parse_resource(self, resource: Mapping[str, Any]) -> Location:
        lon, lat = resource["geometry"]["coordinates"][:2]
        _on_earth(lat, lon)
        return super()._parse_resource(resource)


def build_online(
    service: Service,
    settings: Settings,
    *,
    clock: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> CachedGeocoder:
    """Make an online geocoder that is named, checked, paced and cached; nothing is asked yet.

    Parameters
    ----------
    service
        ``nominatim`` or ``photon``.
    settings
        Its user agent, its address, and the cache folder.
    clock
        Gives the seconds since 1970.
    sleep
        Waits for so many seconds.

    Returns
    -------
    CachedGeocoder
        A geocoder with geopy's interface; ``raw["atlas"]`` has provider, date, licence, terms.

    Raises
    ------
    OnlineGeocoderRefusedError
        The user agent is missing or says nothing, or the address is unusable.
    """
    kind, url = {
        "nominatim": (_CheckedNominatim, settings.nominatim_url),
        "photon": (_CheckedPhoton, settings.photon_url),
    }[service]
    user_agent = checked_user_agent(settings.geocoder_user_agent)
    scheme, domain = _address(service, url)
    host = urlsplit(url).hostname or ""
    inner = kind(
        scheme=scheme,
        domain=domain,
        user_agent=user_agent,
        timeout=_TIMEOUT_S,
        proxies={} if host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(host) else DEFAULT_SENTINEL,
        adapter_factory=OneRequestAdapter,
    )
    server = domain.partition("/")[0]  # two services behind one address have one pace
    pace = Pace(settings.cache_folder / PACE_FILE, server, seconds=_PACE_S, clock=clock)
    paced = PacedGeocoder(inner, pace, sleep=sleep)
    provider = Provider(f"{service}:{domain}", _LICENCE, _TERMS.get(host, ""))
    return CachedGeocoder(paced, settings.cache_folder / ANSWERS_FILE, provider, clock=clock)


def online_geocoders(
    settings: Settings, *, clock: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
) -> dict[str, CachedGeocoder]:
    """Make the online geocoders that the settings list, in that order; by default there are none.

    Parameters
    ----------
    settings
        Which services, and what they need.
    clock
        Gives the seconds since 1970.
    sleep
        Waits for so many seconds.

    Returns
    -------
    dict of str to CachedGeocoder
        The geocoders by the name of their service.

    Raises
    ------
    OnlineGeocoderRefusedError
        A service is listed, but the user agent or its address is missing or unusable.
    """
    return {
        name: build_online(name, settings, clock=clock, sleep=sleep) for name in settings.online_geocoders
    }


def checked_user_agent(user_agent: str) -> str:
    """Give back a user agent that says who asks, or refuse it.

    Parameters
    ----------
    user_agent
        What the server shall be told.

    Returns
    -------
    str
        The same without spaces around it.

    Raises
    ------
    OnlineGeocoderRefusedError
        It is empty, a library's or a sample, names no way to reach anyone, or cannot stand in a header.
    """
    name = user_agent.strip()
    if not name:
        raise OnlineGeocoderRefusedError(f"Online geocoders must be told who asks: {_HOW}")
    if len(name) > _LONGEST_USER_AGENT or not (name.isascii() and name.isprintable()):
        raise OnlineGeocoderRefusedError(
            f"The user agent must be at most {_LONGEST_USER_AGENT} printable ASCII characters: {_HOW}"
        )
    if _STOCK.match(name):
        raise OnlineGeocoderRefusedError(f"{name!r} is a library's user agent or a sample: {_HOW}")
    if not _CONTACT.search(name) or _SAMPLE.search(name):
        raise OnlineGeocoderRefusedError(f"{name!r} names no way to reach you: {_HOW}")
    return name


def _address(service: str, url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        usable = (
            parts.scheme in {"http", "https"}
            and parts.hostname
            and parts.port != 0
            and not (parts.username or parts.password or parts.query or parts.fragment)
        )
    except ValueError:
        usable = False
    if not usable:
        raise OnlineGeocoderRefusedError(
            f"The address of {service} must be like https://host/path, without a name, password or question "
            f"mark, not {url[:100]!r}"
        )
    return parts.scheme, f"{parts.netloc.lower()}{parts.path}".strip("/")


def _on_earth(lat: object, lon: object) -> None:
    """Refuse what is no point, which geopy would put at 0, 0 without a word."""
    for value, limit in ((lat, 90.0), (lon, 180.0)):
        if not isinstance(value, str | int | float) or not abs(float(value)) <= limit:
            raise ValueError(f"{lat!r:.20}, {lon!r:.20} is not a point")


def _parsed(parse: Callable[..., Answer], content: object, *, exactly_one: bool) -> Answer:
    """Let geopy read an answer; whatever it stumbles over is an unreadable answer, not a fault of ours."""
    try:
        return parse(content, exactly_one=exactly_one)
    except GeopyError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise GeocoderParseError(f"The answer has another form than expected ({error!r:.200})") from error
