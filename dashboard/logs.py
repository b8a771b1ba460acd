"""What the log holds: one line an event, without secrets, without the text that people work on.

Whatever reaches a log, be it ours, uvicorn's, Streamlit's or a library's, is written by one handler, which
masks it on the way out: a secret in a traceback is as visible as one in a message.
"""

import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

__all__ = ["ACCESS", "MASK", "Masked", "mask", "reference", "request_named", "set_up_logs"]

ACCESS: Final = "dashboard.access"
"""Name of the logger with one line a request."""

MASK: Final = "***"
"""What stands in place of a secret."""

_LONGEST: Final = 2_000
_LONGEST_TRACEBACK: Final = 12_000
_SHORTEST_SECRET: Final = 8
_HANDLER: Final = "arsenal-atlas"
# They log addresses of what they ask, or a line for each frame.
_QUIET: Final = (
    "alembic",
    "httpx",
    "httpcore",
    "urllib3",
    "watchdog",
    "websockets",
    "asyncio",
    "PIL",
    "fsspec",
)

# No repeat is followed by something that it could also match, or it is short: a hostile line costs no more.
_QUOTE: Final = r"""(?:\\?["'])?"""
_BETWEEN: Final = rf"""(?:{_QUOTE}\s{{0,3}}[:=]\s{{0,3}}|["'],\s{{0,3}})b?"""
_NAMES: Final = (
    r"passw(?:or)?d|passphrase|pwd|pgpassword|secret|api_?key|private_?key|token|code_verifier|nonce"
    r"|session_?id|_?xsrf|_streamlit_\w{1,40}"
)
_RULES: Final = (
    # A password inside an address of a database or a proxy.
    (re.compile(r"(?<=://)([^\s:/?#@\"']{0,100}):[^\s\"']{0,400}@"), rf"\1:{MASK}@"),
    # Headers that carry an identity, whole: as lines, as pairs, and as ASGI's tuples of bytes.
    (
        re.compile(rf"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie){_BETWEEN}{_QUOTE}[^\r\n\"']*"),
        rf"\1: {MASK}",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,3}[a-z0-9._~+/=-]{6,}"), rf"\1 {MASK}"),
    # Names that speak of secrets, whatever stands between name and value.
    (
        re.compile(
            rf"(?i)\b((?:[a-z0-9]{{1,30}}_){{0,3}}(?:{_NAMES}){_BETWEEN})"
            rf"(?:\\?\"[^\"\r\n]*|\\?'[^'\r\n]*|[^\s\"'&]+)"
        ),
        rf"\1{MASK}",
    ),
    # What an identity provider hands over in an address.
    (re.compile(r"(?i)([?&](?:code|state|session_state|ticket)=)[^\s&#\"']+"), rf"\1{MASK}"),
    # Our API tokens, and signed tokens of others.
    (re.compile(r"\batlas_[A-Za-z0-9_-]{16,}"), f"atlas_{MASK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_.-]*"), MASK),
    # Whoever knows a browser's own id is taken for that browser.
    (re.compile(r"\b(anonymous:|atlas_visitor=)[A-Za-z0-9_-]{16,}"), rf"\1{MASK}"),
    # Who knows a session's id may send uploads in its name; the hash in a media address is all it takes.
    (re.compile(r"(/_stcore/upload_file/)[^\s\"'?#]+"), rf"\1{MASK}"),
    (re.compile(r"(/media/)[0-9a-f]{16,}"), rf"\1{MASK}"),
    # What databases and validators quote of the rows that they refuse: people's text.
    (re.compile(r"\[parameters: [^\r\n]*"), f"[parameters: {MASK}]"),
    (re.compile(r"(?m)^((?:DETAIL|CONTEXT|STATEMENT): {1,4})[^\r\n]*"), rf"\1{MASK}"),
    (re.compile(r"(input_value=)[^\r\n]*"), rf"\1{MASK}"),
)

_request: ContextVar[str] = ContextVar("request", default="")


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Put `MASK` in place of everything that looks like a secret.

    Parameters
    ----------
    text
        A message or a traceback.
    secrets
        Values that are known to be secret, however they look.

    Returns
    -------
    str
        The text with user names, hosts and paths left readable.
    """
    for secret in secrets:
        text = text.replace(secret, MASK)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


@contextmanager
def request_named(name: str) -> Iterator[None]:
    """Name the request that is being answered, so that each line of the log says to which it belongs.

    Parameters
    ----------
    name
        Id of the request.

    Yields
    ------
    None
        While it is being answered.
    """
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


def reference() -> str:
    """Give the id of the request that is being answered, for people to quote when something failed.

    Returns
    -------
    str
        Empty outside a request.
    """
    return _request.get()


class Masked(logging.Formatter):
    """Writes a record as one masked line.

    Parameters
    ----------
    form
        ``text`` for eyes, ``json`` for programs: an object a line with time, level, logger, message, and
        request, error and what else the event carries.
    secrets
        Values that are known to be secret.
    """

    def __init__(self, form: Literal["text", "json"] = "text", secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._json = form == "json"
        # The longest first: one may contain another.
        kept = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
        self._secrets = tuple(sorted(kept, key=len, reverse=True))

    def format(self, record: logging.LogRecord) -> str:
        """Write one record.

        Parameters
        ----------
        record
            As `logging` hands it over.

        Returns
        -------
        str
            The line, without its end.
        """
        fields = self._fields(record)
        if self._json:
            return json.dumps(fields, ensure_ascii=False)
        error = str(fields.pop("error", ""))
        head = (
            f"{fields.pop('time')} {fields.pop('level'):<7} {fields.pop('logger')}: {fields.pop('message')}"
        )
        rest = "".join(f" {name}={value}" for name, value in fields.items())
        return _one_line(head + rest) + (f"\n{error}" if error else "")

    def _fields(self, record: logging.LogRecord) -> dict[str, object]:
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self._clean(_message_of(record), _LONGEST),
        }
        event = getattr(record, "event", None)
        if request := reference() or getattr(record, "request", ""):
            fields["request"] = str(request)
        if isinstance(event, dict):
            fields |= {
                name: self._clean(value, _LONGEST) if isinstance(value, str) else value
                for name, value in event.items()
            }
        if record.exc_info and record.exc_info[0]:
            fields["error"] = self._clean(
                self.formatException(record.exc_info), _LONGEST_TRACEBACK, tail=True
            )
        return fields

    def _clean(self, text: str, longest: int, *, tail: bool = False) -> str:
        # Cut first, so that a huge text is not searched; a secret cut in two is shown in part at worst
        # where the cut is, hence some more on either side of it goes.
        if len(text) <= longest:
            return mask(text, self._secrets)
        kept = mask(text[-longest:] if tail else text[:longest], self._secrets)
        kept = kept[200:] if tail else kept[:-200]
        left_out = f"({len(text) - len(kept):,} characters left out)"
        return f"{left_out} … {kept}" if tail else f"{kept} … {left_out}"


def _message_of(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # a wrong placeholder must not cost the event
        return f"{record.msg} {record.args}"


def _one_line(text: str) -> str:
    # A line break that came with somebody's text would let them write lines of their own.
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def set_up_logs(
    form: Literal["text", "json"] = "text",
    *,
    level: str = "INFO",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send everything that is logged through one masking handler; again replaces the handler.

    Parameters
    ----------
    form
        ``text`` or ``json``.
    level
        Name of the lowest level that is written.
    secrets
        Values that are known to be secret.
    stream
        Where lines go; None for the error stream.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.set_name(_HANDLER)
    handler.setFormatter(Masked(form, secrets))
    handler.setLevel(level)  # loggers with a level of their own hand on without asking the root
    root = logging.getLogger()
    for old in list(root.handlers):
        if old.get_name() == _HANDLER:
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.captureWarnings(capture=True)
