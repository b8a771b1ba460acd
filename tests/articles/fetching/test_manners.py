import logging

import pytest

from dashboard.articles.fetching import Fetcher, FetchPolicy
from dashboard.errors import FetchError


@pytest.fixture
def may(trap, fetcher):
    def run(robots, path="/news/a", *, status="200 OK"):
        trap.page("/robots.txt", robots, "text/plain", status=status)
        trap.page(path)
        try:
            fetcher().fetch(trap.url(path))
        except FetchError as error:
            return error.reason
        finally:
            trap.asked_it = path in trap.asked
        return ""

    return run


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /news", False),
        ("User-agent: *\nDisallow: /sport", True),
        ("User-agent: arsenal-atlas\nDisallow: /\n\nUser-agent: *\nDisallow:", False),
        ("User-agent: arsenal-atlas\nAllow: /news\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: other\nDisallow: /", True),
        ("<html>no such file</html>", True),
        ("User-agent: *\nDisallow: /news\n" + "x" * 900_000, False),
    ],
)
def test_robots_are_asked_and_obeyed(may, trap, robots, expected):
    assert may(robots) == ("" if expected else "robots")
    assert trap.asked_it is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("404 No", True), ("403 No", True), ("500 Oh", False), ("503 Oh", False), ("429 Oh", False)],
)
def test_without_a_clear_answer_nothing_is_read(may, trap, status, expected):
    assert may("", status=status) == ("" if expected else "robots")
    assert trap.asked_it is expected


def test_robots_are_asked_once(trap, fetcher):
    one = fetcher()
    for path in ("/a", "/b", "/c"):
        one.fetch(trap.page(path))
    assert trap.asked == ["/robots.txt", "/a", "/b", "/c"]


def test_a_redirect_is_held_to_the_robots_of_where_it_leads(trap, fetcher):
    trap.page("/robots.txt", "User-agent: *\nDisallow: /closed", "text/plain")
    trap.page("/", "", status="302 Found", Location="/closed")
    trap.page("/closed")
    with pytest.raises(FetchError, match="robots"):
        fetcher().fetch(trap.url("/"))
    assert "/closed" not in trap.asked


def test_a_host_is_given_time_between_two_requests(trap):
    pauses = []
    policy = FetchPolicy(private=True, ports=frozenset({trap.port}), pause_s=50.0, longest_pause_s=60.0)
    one = Fetcher(policy, sleep=pauses.append)
    trap.page("/robots.txt", "User-agent: *\nCrawl-delay: 55", "text/plain")
    for path in ("/a", "/b", "/c"):
        one.fetch(trap.page(path))
    assert [round(pause, -1) for pause in pauses] == [50, 100]


def test_only_the_host_is_logged(trap, fetcher, caplog):
    caplog.set_level(logging.DEBUG)
    fetcher().fetch(trap.page("/search?token=secret"))
    with pytest.raises(FetchError):
        fetcher(private=False).fetch(trap.url("/search?token=secret"))
    assert "127.0.0.1" in caplog.text
    assert "secret" not in caplog.text


def test_proxies_of_the_environment_are_not_asked(trap, fetcher, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher().fetch(trap.page("/")).body
