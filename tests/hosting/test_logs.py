"""What may stand in the log, and what may not (S08)."""

import io
import json
import logging
import string
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.gate.claims import Visitor
from dashboard.logs import MASK, Masked, mask, request_named, set_up_logs

# Secrets as password makers write them; quotes and spaces only where the place they stand in allows them.
PLAIN = st.text(string.ascii_letters + string.digits + "-._~!$*+/%^", min_size=6, max_size=60).map(
    "Zq7{}Zq7".format
)
QUOTED = st.text(
    string.ascii_letters + string.digits + " -._~!$*+/%^&;,)}]@:=?#", min_size=6, max_size=60
).map("Zq7{}Zq7".format)
WORDS = st.text(string.ascii_lowercase + " ", max_size=30)
PLACES = [
    "postgresql+psycopg://atlas:{}@db.example.org:5432/atlas",
    "cannot reach redis://:{}@cache/0 (refused)",
    "host=db user=atlas password={} dbname=atlas",
    "PGPASSWORD={}",
    "GET /oauth2callback?code={}&state=x HTTP/1.1",
    "GET /oauth2callback?state={} HTTP/1.1",
    "Authorization: Bearer {}",
    "proxy-authorization: Basic {}",
    "(b'authorization', b'Bearer {}')",
    "Cookie: _streamlit_user={}; theme=dark",
    "Set-Cookie: _streamlit_xsrf={}; Path=/",
    "(b'cookie', b'a={}; b=2')",
    "client_secret={}",
    "ARSENAL_ATLAS_COOKIE_SECRET={}",
    "PUT /_stcore/upload_file/{}/file HTTP/1.1",
    "session_id={}",
]
IN_QUOTES = [
    '{{"access_token": "{}"}}',
    "{{'password': '{}'}}",
    "cookie_secret='{}'",
    '"refresh_token" : "{}"',
]


@pytest.mark.parametrize("place", PLACES)
@given(before=WORDS, secret=PLAIN, after=WORDS)
def test_a_secret_is_masked_wherever_it_stands(place, before, secret, after):
    line = mask(f"{before} {place.format(secret)} {after}")
    assert "Zq7" not in line

    assert MASK in line


@pytest.mark.parametrize("place", IN_QUOTES)
@given(secret=QUOTED)
def test_a_quoted_secret_is_masked_whole(place, secret):
    assert secret not in mask(f"got {place.format(secret)} back")


@given(secret=st.text(string.ascii_letters + string.digits + "_-", min_size=20, max_size=60))
def test_an_api_token_is_masked_anywhere(secret):
    assert secret not in mask(f"somebody pasted atlas_{secret} into a note")


@pytest.mark.parametrize("place", ["a message was dropped (anonymous:{})", "atlas_visitor={}.1790000000"])
def test_the_id_that_a_browser_is_known_by_is_masked(place):
    visitor = Visitor("", 0)
    visitor.renew()
    assert visitor.id not in mask(place.format(visitor.id))
    assert "anonymous" in mask("person=anonymous client=127.0.0.1")


@given(secret=st.text(min_size=8, max_size=40), before=st.text(max_size=30), after=st.text(max_size=30))
@example("a{0}%s\\1\n b", "", "")
def test_a_known_secret_never_comes_through_however_it_looks(secret, before, after):
    record = logging.makeLogRecord({"msg": before + secret + after, "name": "x"})
    message = json.loads(Masked("json", [secret]).format(record))["message"]
    # Masking may join what stood on either side of it.
    assert secret not in message or secret in (before + MASK + after)


@given(st.text(max_size=3_000))
def test_masking_twice_changes_nothing_more(text):
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "Store: postgresql://atlas@db.example.org/atlas. Seeded.",
        "GET /api/records/st-bluebird-benslimane 200 in 12 ms",
        "data version 20260101-abcdef0123456789, atlas_process 8601",
        "https://example.org:8443/path?from=2020&to=2021",
    ],
)
def test_what_is_no_secret_stays_readable(text):
    assert mask(text) == text


@pytest.mark.parametrize(
    "unit",
    [
        "://",
        "a://b:",
        "password=",
        "password",
        "_",
        "a_",
        "Bearer ",
        "cookie:",
        "eyJ",
        "eyJaaaaaa.",
        "?code=",
        '"',
        '\\"',
    ],
)
def test_hostile_lines_cost_little(unit):
    import time

    line = unit * (12_000 // len(unit))
    before = time.process_time()
    mask(line)
    # Two orders above what it takes: a pattern that backtracks takes minutes.
    assert time.process_time() - before < 5


def test_what_a_database_quotes_of_a_row_is_masked():
    words = "the meeting took place in the hangar"
    text = (
        "violates constraint\nDETAIL:  Failing row contains (ev-1, WORDS).\n"
        "[SQL: INSERT INTO events VALUES (?)]\n[parameters: ('WORDS', 3)]"
    ).replace("WORDS", words)
    assert words not in mask(text)
    assert "INSERT INTO events" in mask(text)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    level = root.level
    yield stream
    for handler in list(root.handlers):
        if handler.get_name() == "arsenal-atlas":
            root.removeHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def test_json_lines_say_when_who_and_what(lines):
    set_up_logs("json", stream=lines)
    with request_named("r-1"):
        logging.getLogger("dashboard.store").warning("slow %s", "query", extra={"event": {"seconds": 2.5}})
    entry = json.loads(lines.getvalue())
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "WARNING",
        "logger": "dashboard.store",
        "message": "slow query",
        "request": "r-1",
        "seconds": 2.5,
    }


def test_a_traceback_is_masked_as_its_message_is(lines):
    set_up_logs("json", stream=lines, secrets=["correct horse battery"])

    def fail() -> None:
        raise OSError("postgresql://atlas:hunter2hunter2@db/atlas: correct horse battery")

    try:
        fail()
    except OSError:
        logging.getLogger("x").exception("cannot reach %s", "redis://u:hunter2hunter2@cache")
    text = lines.getvalue()
    assert "hunter2" not in text
    assert "correct horse" not in text
    assert "Traceback" in json.loads(text)["error"]


def test_long_text_is_cut(lines):
    set_up_logs("json", stream=lines)
    logging.getLogger("x").info("read %s", "article " * 10_000)
    entry = json.loads(lines.getvalue())
    assert len(entry["message"]) < 2_100
    assert "characters left out" in entry["message"]


def test_nobody_writes_lines_of_their_own(lines):
    set_up_logs("text", stream=lines)
    logging.getLogger("x").info("name: %s", "a\n2026-01-01 INFO forged: line\x1b[2J")
    assert lines.getvalue().count("\n") == 1
    assert "\x1b" not in lines.getvalue()


def test_setting_up_again_replaces_the_handler(lines):
    set_up_logs("text", stream=io.StringIO())
    set_up_logs("text", stream=lines)
    logging.getLogger("x").info("once")
    assert lines.getvalue().count("once") == 1


def test_uvicorns_lines_go_the_same_way(lines):
    import uvicorn

    uvicorn.Config("app:app").configure_logging()
    set_up_logs("json", stream=lines)
    logging.getLogger("uvicorn.error").info("token=abcdefghijk")
    assert "abcdefghijk" not in lines.getvalue()
    assert json.loads(lines.getvalue())["logger"] == "uvicorn.error"
