import socket

import pytest

from dashboard.articles.fetching import Fetcher, FetchPolicy
from dashboard.articles.fetching.addresses import is_allowed, is_public
from dashboard.articles.fetching.wire import connect
from dashboard.errors import FetchError

INSIDE = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST.",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "0.0.0.0",  # noqa: S104 - an address to be refused
    "0",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::80ff:fffe]",
    "user@127.0.0.1",
    "user:word@localhost",
    "１２７.0.0.1",  # noqa: RUF001 - full-width digits are the point
    "127。0。0。1",
    "169.254.169.254",
    "[fe80::1%25lo]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "10.0.0.1",
    "192.168.0.1",
    "172.16.0.1",
    "168.63.129.16",
    "224.0.0.1",
    "255.255.255.255",
]


class Recorder:
    """Connects like the real thing and writes down where to."""

    def __init__(self):
        self.went = []

    def __call__(self, address, seconds):
        self.went.append(address)
        return connect(address, seconds)


@pytest.mark.parametrize("host", INSIDE)
def test_no_spelling_of_an_inside_address_is_asked(trap, fetcher, host):
    trap.page("/", "secret of the inside")
    recorder = Recorder()
    with pytest.raises(FetchError) as caught:
        fetcher(private=False, connector=recorder).fetch(trap.url("/", host))
    assert caught.value.reason in {"address", "url", "name"}
    assert (recorder.went, trap.came) == ([], 0)


def test_the_trap_is_open_to_those_who_may(trap, fetcher):
    assert fetcher().fetch(trap.page("/")).content_type == "text/html"
    assert trap.came == 2  # the page and its robots.txt


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/secret", "//127.0.0.1:{port}/secret", "http://localhost:{port}/secret"],
)
@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_inside_is_not_followed(trap, fetcher, location, status):
    """The page is asked as if it lay outside; every other name is judged by its true address."""
    trap.page("/secret", "secret of the inside")
    trap.page("/", "", status=status, Location=location.format(port=trap.port))

    def lead_to_the_trap(address, seconds):
        assert address[0] == "93.184.216.34"
        return connect(("127.0.0.1", address[1]), seconds)

    outside = {"news.example": ["93.184.216.34"], "127.0.0.1": ["127.0.0.1"], "localhost": ["127.0.0.1"]}
    one = fetcher(private=False, resolver=lambda host, _: outside[host], connector=lead_to_the_trap)
    with pytest.raises(FetchError) as caught:
        one.fetch(trap.url("/", "news.example"))
    assert caught.value.reason == "address"
    assert trap.asked == ["/robots.txt", "/"]


def test_a_redirect_of_robots_is_checked_as_well(trap, fetcher):
    trap.page("/robots.txt", "", status="302 Found", Location=f"http://localhost:{trap.port}/secret")
    outside = {"news.example": ["93.184.216.34"], "localhost": ["127.0.0.1"]}
    one = fetcher(
        private=False,
        resolver=lambda host, _: outside[host],
        connector=lambda address, seconds: connect(("127.0.0.1", address[1]), seconds),
    )
    with pytest.raises(FetchError):
        one.fetch(trap.url("/", "news.example"))
    assert trap.asked == ["/robots.txt"]


def test_a_second_answer_of_the_resolver_leads_nowhere(trap, fetcher):
    answers = [["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]]
    went = []

    def nobody(address, _seconds):
        went.append(address)
        raise ConnectionRefusedError

    one = fetcher(private=False, resolver=lambda *_: answers.pop(0), connector=nobody)
    with pytest.raises(FetchError):
        one.fetch(trap.url("/", "rebinding.example"))
    assert {address for address, _ in went} == {"93.184.216.34"}
    assert len(answers) == 2
    assert trap.came == 0


def test_one_inside_address_among_outside_ones_is_enough_to_refuse(trap, fetcher):
    recorder = Recorder()
    one = fetcher(private=False, resolver=lambda *_: ["93.184.216.34", "127.0.0.1"], connector=recorder)
    with pytest.raises(FetchError, match="lies inside"):
        one.fetch(trap.url("/", "mixed.example"))
    assert recorder.went == []


def test_the_checked_address_is_asked_under_the_name(trap, fetcher):
    trap.page("/a?b=%C3%A9")
    page = fetcher(resolver=lambda *_: ["127.0.0.1"]).fetch(trap.url("/a?b=é#part", "Bücher.example"))
    head = trap.heads[-1]
    assert f"Host: xn--bcher-kva.example:{trap.port}\r\n" in head
    assert "User-Agent: arsenal-atlas/" in head
    assert page.url == trap.url("/a?b=%C3%A9", "xn--bcher-kva.example")


def test_a_server_that_hangs_up_is_not_looked_up_again(trap, fetcher, monkeypatch):
    trap.pages["/"] = list
    asked = []
    real = socket.getaddrinfo
    one = fetcher(resolver=lambda *_: ["127.0.0.1"])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: asked.append(host) or real(host, *a, **k)
    )
    with pytest.raises(FetchError):
        one.fetch(trap.url("/", "localhost"))
    assert set(asked) <= {"127.0.0.1"}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "url"),
        ("FILE:/etc/passwd", "url"),
        ("ftp://example.org/a", "url"),
        ("gopher://example.org:70/_x", "url"),
        ("data:text/html,x", "url"),
        ("javascript:alert(1)", "url"),
        ("example.org/page", "url"),
        ("", "url"),
        ("http://", "url"),
        ("http:///path", "url"),
        ("http://example.org:22/", "port"),
        ("http://example.org:6379/", "port"),
        ("https://example.org:8443/", "port"),
        ("http://example.org:0/", "port"),
        ("http://example.org:99999/", "url"),
        ("http://example.org:port/", "url"),
        ("http://user:hunter2@example.org/", "url"),
        ("http://example.org\\@127.0.0.1/", "url"),
        ("http://example.org/a b", "url"),
        ("http://example.org/\r\nHost: inside", "url"),
        ("http://exam\tple.org/", "url"),
        ("http://exa%6dple.org/", "url"),
        ("http://[::1", "url"),
        ("http://[v1.x]/", "url"),
        ("http://a..b/", "url"),
        (f"http://{'a' * 64}.org/", "url"),
        ("http://example.org/" + "a" * 3000, "url"),
        ("http://1.2.3/", "address"),
        ("http://256.1.1.1/", "address"),
        ("http://example.0x7f/", "address"),
    ],
)
def test_what_is_no_address_to_ask_is_refused_before_anything_is_looked_up(url, reason):
    looked_up = []
    one = Fetcher(FetchPolicy(), resolver=lambda host, _: looked_up.append(host) or [])
    with pytest.raises(FetchError) as caught:
        one.fetch(url)
    assert caught.value.reason == reason
    assert looked_up == []
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_outside_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.1.1.1",
        "fec0::1",
        "fc00::1",
        "ff02::1",
        "2001:db8::1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "",
        "x",
    ],
)
def test_others_are_not(address):
    assert not is_public(address)


def test_the_own_network_may_be_allowed_but_never_where_clouds_keep_their_secrets():
    assert is_allowed("192.168.1.4", private=True)
    assert is_allowed("::1", private=True)
    for address in ("169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::1", "::", "x"):
        assert not is_allowed(address, private=True)
    for address in ("64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "2001:0:808:808::5601:5601"):  # wrapped
        assert not is_allowed(address, private=True)
