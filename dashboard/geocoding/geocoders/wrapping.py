"""What the geocoders that wrap others have in common: no connection of their own, and a check of the query.

A query is checked before anything is spent on it: a slot of the pace, a row of the cache, the patience of a
public server.
"""

import inspect
import unicodedata
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Literal, NoReturn, Self, TypeAlias

from geopy.adapters import BaseAsyncAdapter, BaseSyncAdapter
from geopy.exc import ConfigurationError, GeocoderQueryError, GeocoderUnavailable
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from dashboard.geocoding.coordinates import read_coordinates

__all__ = [
    "LONGEST_QUERY",
    "Answer",
    "Method",
    "NoNetwork",
    "WrappingGeocoder",
    "checked_query",
    "options_of",
]

Answer: TypeAlias = Location | list[Location] | None
"""What a geopy geocoder gives: a place, places, or None for "no such place"."""

Method = Literal["geocode", "reverse"]

LONGEST_QUERY: Final = 300
"""Characters of the longest query that is sent to a server."""

_SHOWN: Final = 40


class NoNetwork(BaseSyncAdapter):  # type: ignore[misc]  # geopy ships no types
    """An adapter that refuses every request, so that offline means offline.

    Parameters
    ----------
    proxies
        Not used.
    ssl_context
        Not used.
    """

    def get_json(self, url: str, **_options: object) -> NoReturn:
        """Refuse.

        Parameters
        ----------
        url
            What was asked for.
        **_options
            As every adapter takes them.

        Raises
        ------
        GeocoderUnavailable
            Always.
        """
        raise GeocoderUnavailable(f"This geocoder asks no server by itself, not {url}")

    get_text = get_json


class WrappingGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """A geocoder that passes questions on to another one.

    Parameters
    ----------
    inner
        The geocoder that is asked; entering and leaving this one enters and leaves it.

    Raises
    ------
    ConfigurationError
        The inner geocoder is asynchronous.
    """

    def __init__(self, inner: Geocoder) -> None:
        super().__init__(adapter_factory=NoNetwork)
        if isinstance(inner.adapter, BaseAsyncAdapter):
            raise ConfigurationError(
                f"{type(inner).__name__} has an asynchronous adapter; give it a synchronous one"
            )
        self.inner = inner
        self.timeout = inner.timeout

    def __enter__(self) -> Self:
        self.inner.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.inner.__exit__(kind, error, trace)

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401 - geopy's signature
        **options: Any,  # noqa: ANN401 - each geocoder has its own
    ) -> Answer:
        """Find the place that a name means.

        Parameters
        ----------
        query
            A toponym, or geopy's mapping of ``street``, ``city``, ``county``, ``state``, ``country``.
        exactly_one
            Give the best place only; otherwise all that the service gives, best first.
        timeout
            Seconds that a single request may take; the wrapped geocoder's own when not given.
        **options
            Options of the wrapped geocoder, such as ``country_codes`` or ``language``.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s) in EPSG:4326; None when the service answered that it knows no such place.

        Raises
        ------
        geopy.exc.GeocoderServiceError
            Anything but an answer: it is never turned into None.
        """
        return self._ask("geocode", query, {"exactly_one": exactly_one, **options}, timeout)

    def reverse(
        self,
        query: Point | tuple[float, float] | str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401 - geopy's signature
        **options: Any,  # noqa: ANN401 - each geocoder has its own
    ) -> Answer:
        """Find the place(s) at a point.

        Parameters
        ----------
        query
            A geopy point, (latitude, longitude) in degrees of EPSG:4326, or text such as ``33.6, -7.1``.
        exactly_one
            Give the nearest place only.
        timeout
            Seconds that a single request may take; the wrapped geocoder's own when not given.
        **options
            Options of the wrapped geocoder, such as ``language``.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s); None when the service answered that it knows none there.

        Raises
        ------
        geopy.exc.GeocoderServiceError
            Anything but an answer: it is never turned into None.
        """
        return self._ask("reverse", query, {"exactly_one": exactly_one, **options}, timeout)

    def _ask(self, method: Method, query: object, options: dict[str, Any], timeout: object) -> Answer:
        return self._ask_inner(method, query, options, timeout)

    def _ask_inner(self, method: Method, query: object, options: dict[str, Any], timeout: object) -> Answer:
        # Not every geocoder of geopy takes a timeout of None to mean its own.
        given = {} if timeout is DEFAULT_SENTINEL else {"timeout": timeout}
        return getattr(self.inner, method)(query, **options, **given) or None


def options_of(geocoder: Geocoder, method: Method) -> frozenset[str] | None:
    """Tell which options a geocoder knows, looking through what wraps it.

    Parameters
    ----------
    geocoder
        Any geopy geocoder.
    method
        ``geocode`` or ``reverse``.

    Returns
    -------
    frozenset of str or None
        Names of the options besides the query; None when it takes whatever it is given.
    """
    while isinstance(geocoder, WrappingGeocoder):
        geocoder = geocoder.inner
    parameters = list(inspect.signature(getattr(geocoder, method)).parameters.values())
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return frozenset(parameter.name for parameter in parameters[1:])


def checked_query(method: Method, query: object) -> str | dict[str, str] | Point:
    """Bring a query into the one form in which it is kept and sent, or refuse it.

    Parameters
    ----------
    method
        ``geocode`` or ``reverse``.
    query
        A name, a mapping of its parts, or for ``reverse`` a point.

    Returns
    -------
    str or dict or geopy.point.Point
        Text in Unicode's normal form C with single spaces; a mapping without its empty parts; a point.

    Raises
    ------
    GeocoderQueryError
        It is empty, too long, no text, half a character, holds control characters, or is a point where a name
        is expected or the other way round.
    """
    if method == "reverse":
        return _checked_point(query)
    if isinstance(query, Mapping):
        given = {str(name): value for name, value in query.items() if value is not None and value != ""}
        parts = {name: _checked_text(value) for name, value in given.items()}
        if not parts:
            raise GeocoderQueryError("The name is empty: nothing was asked")
        return parts
    text = _checked_text(query)
    if read_coordinates(text):
        raise GeocoderQueryError(f"{text!r} is a point and no name: use reverse")
    return text


def _checked_text(query: object) -> str:
    if not isinstance(query, str):
        raise GeocoderQueryError(f"A {type(query).__name__} is no place name")
    if len(query) > 4 * LONGEST_QUERY:
        raise GeocoderQueryError(f"No place name has {len(query)} characters: {query[:_SHOWN]!r}…")
    text = " ".join(unicodedata.normalize("NFC", query).split())
    if not text:
        raise GeocoderQueryError("The name is empty: nothing was asked")
    if len(text) > LONGEST_QUERY:
        raise GeocoderQueryError(f"No place name has {len(text)} characters: {text[:_SHOWN]!r}…")
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text):
        raise GeocoderQueryError(f"{text[:_SHOWN]!r} holds characters that no name has")
    return text


def _checked_point(query: object) -> Point:
    if query is None or (isinstance(query, tuple | list) and None in query):  # geopy takes it for 0
        raise GeocoderQueryError(f"{query!r} is not a point: a coordinate is missing")
    if isinstance(query, str) and len(query) > LONGEST_QUERY:
        raise GeocoderQueryError(f"{query[:_SHOWN]!r}… is not a point")
    try:
        return Point(query)
    except (ValueError, TypeError) as error:
        raise GeocoderQueryError(f"{query!r} is not a point: {error}") from error
