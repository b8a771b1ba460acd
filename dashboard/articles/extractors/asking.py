"""Ask a chat endpoint for JSON: one question at a time, again after a fault, within a budget.

The interface is the one that OpenAI published and most model servers speak: POST ``/chat/completions``. An
answer by JSON schema is asked for; a server that refuses this is asked for any JSON object instead.
"""

import json
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, Final

from dashboard.articles.extractors.addresses import endpoint_address, named_networks
from dashboard.articles.extractors.transport import Reply, post
from dashboard.errors import ExtractorError
from dashboard.settings import Settings

__all__ = ["ANSWER_TOKENS", "ChatEndpoint"]

_log: Final = logging.getLogger(__name__)

ANSWER_TOKENS: Final = 4_096
"""Tokens that one answer may have."""
_BYTES_A_TOKEN: Final = 3
"""Bytes of a token where the server does not count them; few, so that a budget is not overrun."""
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
"""Seconds to wait before a new try; a server that asks for more gets its peace, and the run an error."""
_TOO_MANY: Final = 429
_BUSY: Final = frozenset({408, 425, _TOO_MANY, 500, 502, 503, 504, 520, 522, 524, 529})
_NO_SCHEMA: Final = frozenset({400, 404, 415, 422, 501})
"""Statuses of servers that do not know answers by schema."""
_PLACES: Final = {401: "the key", 403: "the key", 404: "the address and the model"}
_AGAIN: Final = frozenset({"connection", "time"})
_AWAY: Final = frozenset({"connection", "time", "status"})
_MOST_FAILURES: Final = 5
"""Questions in a row that end without an answer, after which the server is left alone."""
_AWAY_SECONDS: Final = 300.0


class ChatEndpoint:
    """A chat endpoint with the budget of one run.

    Parameters
    ----------
    settings
        Address, model, key and limits.
    sleep
        Waits for so many seconds.
    clock
        Gives seconds from any fixed moment.

    Raises
    ------
    ExtractorError
        The settings do not say enough.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = f"{endpoint_address(settings)}/chat/completions"
        self._networks = named_networks(settings)
        self._settings = settings
        self._headers = _headers(settings)
        self._sleep = sleep
        self._clock = clock
        self._turn = Lock()
        self._by_schema = True
        self._not_before = 0.0
        self._failures = 0
        self.requests_left = settings.endpoint_requests
        self.tokens_left = settings.endpoint_tokens

    def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> str:
        """Ask a question.

        Parameters
        ----------
        messages
            Messages with ``role`` and ``content``.
        schema
            JSON schema that the answer shall meet.

        Returns
        -------
        str
            What the model wrote, unread: it may be anything.

        Raises
        ------
        ExtractorError
            The budget is spent, or there is no usable answer after all tries.
        """
        with self._turn:
            if self._by_schema:
                reply = self._tried(messages, _by_schema(schema))
                if reply.status not in _NO_SCHEMA:
                    return self._content(reply, messages)
                reply = self._tried(messages, {"type": "json_object"})
                content = self._content(reply, messages)
                self._by_schema = False
                return content
            return self._content(self._tried(messages, {"type": "json_object"}), messages)

    def _tried(self, messages: list[dict[str, str]], form: dict[str, Any]) -> Reply:
        """Send a question, and again after faults that may pass."""
        body = json.dumps(
            {
                "model": self._settings.endpoint_model,
                "messages": messages,
                "response_format": form,
                "temperature": 0,
                "max_tokens": ANSWER_TOKENS,
                "stream": False,
            }
        ).encode("ascii")
        for attempt in range(self._settings.endpoint_retries + 1):
            is_last = attempt == self._settings.endpoint_retries
            self._wait_for_peace()
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
            self._take(len(body))
            try:
                reply = post(
                    self._url,
                    body,
                    self._headers,
                    networks=self._networks,
                    seconds=self._settings.endpoint_seconds,
                )
            except ExtractorError as error:
                if is_last or error.reason not in _AGAIN:
                    self._note_failure(error.reason)
                    raise
                _log.warning("extractor endpoint: %s, try %d", error.reason, attempt + 1)
                self._hold(wait)
            else:
                if reply.status not in _BUSY:
                    self._failures = 0
                    return reply
                asked = _seconds(reply.retry_after)
                self._hold(wait if asked is None else asked)
                if is_last:
                    self._note_failure("status")
                    raise _refusal(reply.status, asked)
                _log.warning("extractor endpoint: status %d, try %d", reply.status, attempt + 1)
        raise AssertionError("unreachable")

    def _hold(self, seconds: float) -> None:
        self._not_before = max(self._not_before, self._clock() + seconds)

    def _note_failure(self, reason: str) -> None:
        """Leave a server alone that is away, so that a long run does not wait for it once an article."""
        self._failures += reason in _AWAY
        if self._failures >= _MOST_FAILURES:
            self._failures = 0
            self._hold(_AWAY_SECONDS)

    def _wait_for_peace(self) -> None:
        """Wait as long as the server asked to be left alone, or say that this is too long."""
        wait = self._not_before - self._clock()
        if wait > _LONGEST_WAIT:
            raise ExtractorError(
                f"The endpoint is left alone for another {wait:.0f} s, as it asked or because it failed "
                "again and again, and nothing was sent: read this article again later",
                "status",
                wait,
            )
        if wait > 0:
            self._sleep(wait)
            self._not_before = 0.0

    def _take(self, size: int) -> None:
        """Take one request and the most tokens it can cost from the budget."""
        cost = size // _BYTES_A_TOKEN
        if self.requests_left < 1 or self.tokens_left < cost + ANSWER_TOKENS:
            raise ExtractorError(
                "The endpoint's budget of this run is spent, and nothing more is sent: raise "
                "ARSENAL_ATLAS_ENDPOINT_REQUESTS or ARSENAL_ATLAS_ENDPOINT_TOKENS, or start another run",
                "budget",
            )
        self.requests_left -= 1
        self.tokens_left -= cost

    def _content(self, reply: Reply, messages: list[dict[str, str]]) -> str:
        if reply.status != 200:  # noqa: PLR2004 - OK
            raise _refusal(reply.status, None)
        answer = _outer(reply.body)
        content, reason = _first_choice(answer)
        asked = sum(len(message["content"].encode()) for message in messages) // _BYTES_A_TOKEN
        self.tokens_left -= max(_counted(answer) - asked, len(content.encode()) // _BYTES_A_TOKEN)
        if reason == "length":
            raise ExtractorError(
                "The model wrote more than an answer may have and was cut off; nothing of it was taken",
                "answer",
            )
        return content


def _headers(settings: Settings) -> dict[str, str]:
    if not settings.endpoint_model.strip():
        raise ExtractorError(
            "The extractor is an endpoint, but no model is named: set ARSENAL_ATLAS_ENDPOINT_MODEL",
            "settings",
        )
    key = settings.endpoint_key.get_secret_value().strip()
    if not (key.isascii() and (key.isprintable() or not key)):
        raise ExtractorError(
            "The key of the endpoint holds characters that no header can carry: "
            "look at ARSENAL_ATLAS_ENDPOINT_KEY",
            "settings",
        )
    return {"Authorization": f"Bearer {key}"} if key else {}


def _by_schema(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "json_schema",
        "json_schema": {"name": "proposals", "strict": True, "schema": schema},
    }


def _seconds(text: str) -> float | None:
    """Read ``Retry-After``: seconds or a day and time."""
    text = text.strip()
    if text.isdecimal() and text.isascii() and len(text) < 10:  # noqa: PLR2004 - thirty years
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)


def _refusal(status: int, asked: float | None) -> ExtractorError:
    """Say what a status means. What the server wrote is not shown: it may hold the key."""
    if status in _BUSY:
        return ExtractorError(
            f"The endpoint is busy or broken (status {status}) and stayed so: try again later",
            "status",
            asked,
        )
    where = _PLACES.get(status, "address, model and the server's log")
    return ExtractorError(f"The endpoint refused the question (status {status}): look at {where}", "status")


def _outer(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ExtractorError(
            "The endpoint did not answer as a chat endpoint does: look at ARSENAL_ATLAS_ENDPOINT_URL, "
            "which mostly ends in /v1",
            "answer",
        )
    return answer


def _first_choice(answer: dict[str, Any]) -> tuple[str, object]:
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(choice, dict) or not isinstance(content, str) or not content.strip():
        raise ExtractorError("The model gave no answer; nothing was taken", "answer")
    return content.encode("utf-8", "replace").decode("utf-8"), choice.get("finish_reason")


def _counted(answer: dict[str, Any]) -> int:
    """Give the tokens as the server counted them, if it did and if that can be."""
    usage = answer.get("usage")
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and 0 <= total < 10_000_000 else 0  # noqa: PLR2004 - no model reads so much
