"""One question, one request: the HTTP side of the online geocoders.

geopy's own adapter lets the library below it try three times in a row and sleep through ``Retry-After`` by
itself, which no pace can see; follows redirects anywhere; reads answers of any length; and starts its timeout
anew with every byte. Measured with geopy 2.5.0: one question to a server that answers 429 with
``Retry-After: 1`` sent three requests, and a time-out came out as "unavailable" after three times the time
allowed.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import requests
from geopy.adapters import AdapterHTTPError, RequestsAdapter, get_retry_after
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

__all__ = ["OneRequestAdapter"]

_LARGEST_ANSWER_BYTES: Final = 4 * 1024 * 1024
_CHUNK_BYTES: Final = 16 * 1024
_REDIRECT: Final = 300
_SHOWN: Final = 80
_LARGEST_ERROR_TEXT: Final = 2_000
_SECONDS: Final = re.compile(r"\s*\d{1,9}\s*")


class OneRequestAdapter(RequestsAdapter):  # type: ignore[misc]  # geopy ships no types
    """Send one request, read a bounded answer in a bounded time.

    Parameters
    ----------
    proxies
        As geopy gives them.
    ssl_context
        As geopy gives it.
    clock
        Gives seconds from any start; the time limit of a whole answer counts on it.
    """

    def __init__(
        self,
        *,
        proxies: dict[str, str] | None,
        ssl_context: Any,  # noqa: ANN401 - geopy's signature
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context, max_retries=0)
        self._clock = clock

    def get_text(self, url: str, *, timeout: float | None, headers: Mapping[str, str]) -> str:
        """Fetch text.

        Parameters
        ----------
        url
            The address.
        timeout
            Seconds for the whole answer; None waits for ever.
        headers
            Headers of the request.

        Returns
        -------
        str
            The body, which must be UTF-8.

        Raises
        ------
        AdapterHTTPError
            The status is not a success; a redirect is none.
        GeocoderTimedOut
            The answer was not complete in time.
        GeocoderUnavailable
            The server cannot be reached or broke off.
        GeocoderParseError
            The body is too large or no UTF-8.
        """
        try:
            return self._fetch(url, timeout, headers).decode("utf-8")
        except UnicodeDecodeError as error:
            raise GeocoderParseError("The answer is no UTF-8 text") from error

    def get_json(self, url: str, *, timeout: float | None, headers: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Fetch JSON.

        Parameters
        ----------
        url
            The address.
        timeout
            Seconds for the whole answer; None waits for ever.
        headers
            Headers of the request.

        Returns
        -------
        Any
            The parsed body.

        Raises
        ------
        GeocoderParseError
            The body is no JSON, or for one of the reasons of `get_text`.
        """
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            kind = "an HTML page" if text.lstrip()[:1] == "<" else "no JSON"
            raise GeocoderParseError(
                f"The answer is {kind} ({type(error).__name__}); it begins {text[:_SHOWN]!r}"
            ) from error

    def _fetch(self, url: str, timeout: float | None, headers: Mapping[str, str]) -> bytes:
        until = None if timeout is None else self._clock() + timeout
        try:
            with self.session.get(
                url, timeout=timeout, headers=dict(headers), stream=True, allow_redirects=False
            ) as response:
                body = self._read(response, until)
        except requests.Timeout as error:
            raise GeocoderTimedOut(f"No answer within {timeout} s") from error
        except requests.ConnectionError as error:
            if "timed out" in str(error):  # while reading the body, requests says so in words only
                raise GeocoderTimedOut(f"No complete answer within {timeout} s") from error
            raise GeocoderUnavailable(f"The server cannot be reached: {_short(error)}") from error
        except requests.exceptions.ChunkedEncodingError as error:
            raise GeocoderUnavailable(f"The server broke off its answer: {_short(error)}") from error
        except requests.RequestException as error:
            raise GeocoderServiceError(_short(error)) from error
        if response.status_code >= _REDIRECT:
            raise AdapterHTTPError(
                f"The server answered with status {response.status_code}",
                status_code=response.status_code,
                headers=_believable(response.headers),
                text=body[:_LARGEST_ERROR_TEXT].decode("utf-8", "replace"),
            )
        return body

    def _read(self, response: requests.Response, until: float | None) -> bytes:
        body = bytearray()
        for chunk in response.iter_content(_CHUNK_BYTES):
            body += chunk
            if len(body) > _LARGEST_ANSWER_BYTES:
                raise GeocoderParseError(f"The answer is larger than {_LARGEST_ANSWER_BYTES:,} bytes")
            if until is not None and self._clock() > until:
                raise GeocoderTimedOut("The answer came too slowly")
        return bytes(body)


def _believable(headers: Mapping[str, str]) -> dict[str, str]:
    """Give Retry-After in seconds or not at all, because some dates break geopy's reader."""
    kept = {name.lower(): value for name, value in headers.items() if name.lower() != "retry-after"}
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    if _SECONDS.fullmatch(asked):
        kept["retry-after"] = asked.strip()
        return kept
    try:
        seconds = get_retry_after({"retry-after": asked})
        if seconds is not None:
            kept["retry-after"] = str(int(seconds) + 1)
    except (ValueError, OverflowError, TypeError):
        pass
    return kept


def _short(error: Exception) -> str:
    return str(error)[:200]
