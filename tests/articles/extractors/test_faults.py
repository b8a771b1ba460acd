"""A model server that breaks, stalls or babbles costs one article, never the run."""

import json
import logging
import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from dashboard.articles.extractors import asking
from dashboard.articles.reading import Article
from dashboard.errors import ExtractorError

DAY = date(2026, 1, 5)


@pytest.fixture
def short_of_time_for_silence(model, monkeypatch):
    """Give an answer that never comes less time than those that do, which a busy machine may delay."""
    post = asking.post

    def hasty(*arguments, seconds, **options):
        return post(*arguments, seconds=1.0 if model.replies[0].silent else seconds, **options)

    monkeypatch.setattr(asking, "post", hasty)


@pytest.fixture
def article(story):
    return Article(story, "en", DAY)


@pytest.fixture
def ask(build, article, places):
    """Ask about the article; with an extractor of its own unless one is given."""

    def run(extractor=None, **more):
        return (extractor or build(**more)).extract(article, places(article.text))

    return run


@pytest.fixture
def refused(ask):
    """Ask, and give the error."""

    def run(extractor=None, **more):
        with pytest.raises(ExtractorError) as caught:
            ask(extractor, **more)
        return caught.value

    return run


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_fault_that_passes_is_tried_again(model, ask, naps, status):
    model.breaks(2, status=status)
    model.is_honest()
    assert len(ask().events) == 1
    assert [round(nap) for nap in naps if nap] == [1, 2]


def test_a_fault_that_stays_is_an_error(model, refused):
    model.breaks(3, status=500)
    error = refused()
    assert (error.reason, len(model.asked)) == ("status", 3)


@pytest.mark.parametrize("status", [401, 403, 404, 400, 418])
def test_a_refusal_is_not_tried_again(model, refused, status):
    model.breaks(2, status=status)
    assert refused().reason == "status"
    assert len(model.asked) == (2 if status in (400, 404) else 1)


def test_a_server_says_how_long_it_wants_to_be_left_alone(model, ask, naps):
    model.breaks(status=429, headers={"Retry-After": "7"})
    model.is_honest()
    assert len(ask().events) == 1
    assert sum(naps) == pytest.approx(7, abs=0.5)


def test_a_server_that_asks_for_an_hour_has_it(model, refused, naps, build):
    form = format_datetime(datetime.now(UTC) + timedelta(hours=1))
    model.breaks(status=429, headers={"Retry-After": form})
    extractor = build()
    error = refused(extractor)
    assert error.reason == "status"
    assert error.retry_after == pytest.approx(3_600, abs=120)
    # Nothing more is sent meanwhile, for any article of the run.
    assert refused(extractor).reason == "status"
    assert len(model.asked) == 1
    assert naps == []


@pytest.mark.parametrize("form", ["-5", "soon", "1e9", "99999999999999999999", "\t"])
def test_a_senseless_wait_is_no_wait(model, ask, naps, form):
    model.breaks(status=503, headers={"Retry-After": form})
    model.is_honest()
    assert len(ask().events) == 1
    assert naps == [pytest.approx(1, abs=0.5)]


@pytest.mark.parametrize("how", [{"silent": True}, {"drip": True}, {"drip_head": True}])
def test_a_slow_server_is_left_when_the_time_is_over(model, refused, how):
    # Each byte comes in time; all of them would take ten seconds and be a good answer.
    good = json.dumps({"choices": [{"message": {"content": '{"events": []}' + " " * 150}}]}).encode()
    headers = {"X-Padding": "x" * 200}
    model.breaks(body=good, headers=headers, **how)
    error = refused(endpoint_seconds=0.4, endpoint_retries=0)
    assert error.reason == "time"
    assert "0.4 s" in str(error)
    assert model.dripped < 150


def test_a_handshake_that_drips_is_left_too(refused):
    def drip(server):
        with server.accept()[0] as line:
            line.sendall(b"\x16\x03\x03\x3f\x00")  # a record of 16 kB begins
            while not over.wait(0.05):
                try:
                    line.sendall(b"\x02")
                except OSError:
                    return

    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        try:
            url = f"https://127.0.0.1:{server.getsockname()[1]}/v1"
            error = refused(endpoint_url=url, endpoint_seconds=0.4, endpoint_retries=0)
        finally:
            over.set()
            thread.join()
    assert error.reason == "time"


def test_one_question_is_asked_at_a_time(model, build, ask):
    extractor = build()
    for _ in range(4):
        model.is_honest()
        model.replies[-1].slow = True
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: len(ask(extractor).events), range(4)))
    assert found == [1] * 4
    # The server may count an answer as closed a moment after the client has it.
    assert max(model.at_once) <= 2


@pytest.mark.usefixtures("short_of_time_for_silence")
def test_a_slow_answer_is_tried_again(model, ask):
    model.breaks(silent=True)
    model.is_honest()
    assert len(ask().events) == 1
    assert len(model.asked) > 1


@pytest.mark.parametrize("announced", [10_000, 41])
def test_an_answer_that_breaks_off_is_not_taken(model, refused, announced):
    model.breaks(body=b'{"choices": [{"message": {"content": "{\\"ev', announced=announced)
    assert refused(endpoint_retries=0).reason == ("connection" if announced > 41 else "answer")


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_a_giant_answer_is_not_read_to_its_end(model, refused, headers):
    model.breaks(body=b" " * 3_000_000, headers=headers)
    assert refused().reason == ("answer" if headers else "size")
    assert len(model.asked) == 1


def test_a_closed_port_is_an_error(refused, set_to):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    error = refused(endpoint_url=f"http://127.0.0.1:{port}/v1")
    assert error.reason == "connection"
    assert "ARSENAL_ATLAS_ENDPOINT_URL" in str(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>It works!</html>",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": 5}}]}',
        b'{"choices": {"0": 1}}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
        b'{"choices": [{"message": {"content": "{}"}}], "n": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_chat_answer_is_an_error(model, refused, body):
    model.breaks(body=body)
    assert refused().reason == "answer"


@pytest.mark.parametrize(
    "content",
    [
        "I am sorry, I cannot do that.",
        '{"events": [',
        "[]",
        "null",
        '{"facts": []}',
        '{"events": {}}',
        '{"events": [], "sites": 3}',
        '{"events": ' + "[" * 50 + "]" * 50 + "}",
        '{"events": ' + "[" * 100_000,
        '{"events": [], "n": NaN}',
        " " * 500_000,
        '{"events": [' + "1," * 300_000 + "1]}",
        "\ud800",
    ],
)
def test_what_is_no_list_of_facts_is_an_error(model, refused, content):
    model.writes(content)
    assert refused().reason == "answer"


def test_an_answer_cut_at_its_length_is_not_taken(model, refused):
    model.writes('{"events": [], "sites": []}', finish="length")
    assert refused().reason == "answer"


@pytest.mark.parametrize(
    "wrapping", ["```json\n{}\n```", "```\n{}```", "<think>[]{{ hm</think>\n{}", "\n\n {} \n"]
)
def test_what_models_write_around_json_is_taken_off(model, ask, opening, wrapping):
    model.writes(wrapping.replace("{}", json.dumps({"events": [opening]})))
    assert len(ask().events) == 1


@pytest.mark.usefixtures("short_of_time_for_silence")
def test_a_run_goes_on_after_every_fault(model, build, article, places):
    extractor = build(endpoint_retries=0)
    faults: list[dict[str, Any]] = [
        {"status": 500},
        {"body": b"{"},
        {"silent": True},
        {"body": b" " * 3_000_000},
    ]
    found, errors = 0, []
    for one in faults:
        model.breaks(**one)
        model.is_honest()
        for _ in range(2):
            try:
                found += len(extractor.extract(article, places(article.text)).events)
            except ExtractorError as error:
                errors.append(error.reason)
    assert (found, errors) == (4, ["status", "answer", "time", "size"])


def test_a_server_that_is_away_is_left_alone_for_a_while(model, build, ask, refused):
    extractor = build(endpoint_retries=0)
    model.breaks(4, status=502)
    for _ in range(4):
        refused(extractor)
    model.is_honest()
    ask(extractor)  # an answer between them begins the count anew
    model.breaks(5, status=502)
    messages = [str(refused(extractor)) for _ in range(8)]
    assert len(model.asked) == 10
    assert ["left alone" in message for message in messages] == [False] * 5 + [True] * 3


def test_json_is_asked_for_plainly_when_a_server_knows_no_schema(model, build, ask):
    model.breaks(status=400)
    extractor = build()
    for _ in range(2):
        model.is_honest()
        assert len(ask(extractor).events) == 1
    forms = [asked["response_format"]["type"] for _, asked in model.asked]
    assert forms == ["json_schema", "json_object", "json_object"]


def test_a_refusal_of_both_forms_leaves_the_schema_in_use(model, build, ask, refused):
    extractor = build()
    model.breaks(2, status=400)
    assert refused(extractor).reason == "status"
    model.is_honest()
    ask(extractor)
    assert model.asked[-1][1]["response_format"]["type"] == "json_schema"


def test_requests_have_a_budget(model, build, ask, refused):
    extractor = build(endpoint_requests=3)
    model.breaks(status=500)
    model.is_honest()
    model.is_honest()
    ask(extractor)
    ask(extractor)
    assert refused(extractor).reason == "budget"
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    "usage", [{"total_tokens": 15_000}, {"total_tokens": -9}, {"total_tokens": "x"}, 7, None]
)
def test_tokens_have_a_budget(model, build, ask, refused, usage):
    extractor = build(endpoint_tokens=20_000)
    sent = 0
    for _ in range(30):
        model.writes('{"events": []}', usage=usage)
    with suppress(ExtractorError):
        for _ in range(30):
            ask(extractor)
            sent += 1
    assert sent == len(model.asked)
    assert sent == 1 if usage == {"total_tokens": 15_000} else 1 < sent < 10
    assert refused(extractor).reason == "budget"


def test_a_long_article_is_asked_about_in_parts(model, build, places, opening):
    line = "The quick works of the town were shown to guests from all over the country again. "
    text = "\n\n".join([line * 20] * 10 + [opening["quote"]])
    for _ in range(3):
        model.is_honest()
    found = build().extract(Article(text, "en", DAY), places(text))
    assert len(found.events) == 1
    assert len(model.asked) == 2


def test_an_article_without_end_is_not_sent(model, build):
    with pytest.raises(ExtractorError) as caught:
        build().extract(Article("The works were shown again. " * 10_000, "en", DAY), [])
    assert (caught.value.reason, model.asked) == ("size", [])


def test_an_article_without_a_story_is_not_sent(model, build):
    assert build().extract(Article("", "en", DAY), []).events == ()
    assert model.asked == []


def test_the_key_is_sent_and_never_shown(model, refused, build, key, caplog):
    caplog.set_level(logging.DEBUG)
    model.breaks(status=401, body=f"Incorrect API key provided: {key}".encode())
    error = refused()
    assert model.asked[0][0]["Authorization"] == f"Bearer {key}"
    model.breaks(body=f'{{"error": "{key}"'.encode())
    other = refused()
    model.breaks(body=b"{", announced=99)
    third = refused(endpoint_retries=0)
    assert (third.__cause__, third.reason) == (None, "connection")  # its request would hold the key
    extractor = build()
    shown = [caplog.text, repr(extractor), repr(vars(extractor)), extractor.version]
    shown += ["".join(traceback.format_exception(one)) for one in (error, other, third)]
    assert not any(key in text for text in shown)


def test_no_proxy_and_no_netrc_are_asked(model, ask, monkeypatch, tmp_path, key):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    model.is_honest()
    assert len(ask().events) == 1
    assert model.asked[0][0]["Authorization"] == f"Bearer {key}"


def test_a_redirect_is_not_followed(model, refused):
    model.breaks(status=307, headers={"Location": f"{model.url}/chat/completions"})
    assert refused().reason == "address"
    assert len(model.asked) == 1


def test_the_article_is_sent_as_data(model, ask, opening):
    model.is_honest()
    ask()
    headers, asked = model.asked[0]
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["model"], asked["temperature"], asked["stream"]) == ("stub", 0, False)
    assert headers["Accept-Encoding"] == "identity"
    system, user = asked["messages"]
    assert "not trusted" in system["content"]
    assert "Published: 2026-01-05" in user["content"]
    assert opening["quote"] in user["content"]
