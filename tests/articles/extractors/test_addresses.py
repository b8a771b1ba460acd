"""No request goes where the settings do not send it."""

import socket

import pytest

from dashboard.articles.extractors.addresses import endpoint_address, is_allowed, named_networks
from dashboard.articles.extractors.endpoint import EndpointExtractor
from dashboard.articles.reading import Article
from dashboard.errors import ExtractorError

FORBIDDEN = [
    "127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104  # never asked
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1",
    "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_private_addresses_are_not_asked(address):
    assert not is_allowed(address, ())


@pytest.mark.parametrize(
    ("address", "networks"),
    [("1.1.1.1", ()), ("2606:4700::1111", ()), ("10.1.2.3", ("10.0.0.0/8",)), ("::1", ("::1/128",))],
)
def test_public_and_named_addresses_are(address, networks):
    assert is_allowed(address, networks)


def test_a_key_goes_to_no_public_address_in_the_open():
    assert not is_allowed("1.1.1.1", (), public=False)
    assert is_allowed("10.1.2.3", ("10.0.0.0/8",), public=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://host/v1",
        "host/v1",
        "http://",
        "http://host:0/v1",
        "http://host:99999/v1",
        "https://name:planted-password@host/v1",
        "https://host/v1?key=planted-password",
        "https://host/v1#planted-password",
        "https://host/\x00planted-password",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_showing_it(set_to, url):
    with pytest.raises(ExtractorError) as caught:
        EndpointExtractor(set_to(endpoint_url=url))
    assert caught.value.reason == "settings"
    assert "ARSENAL_ATLAS_ENDPOINT_URL" in str(caught.value)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"endpoint_model": " "}, "ARSENAL_ATLAS_ENDPOINT_MODEL"),
        ({"endpoint_key": "a\nHost: b"}, "ARSENAL_ATLAS_ENDPOINT_KEY"),
        ({"endpoint_key": "clé"}, "ARSENAL_ATLAS_ENDPOINT_KEY"),
        ({"endpoint_networks": ("10.0.0.0/99",)}, "ARSENAL_ATLAS_ENDPOINT_NETWORKS"),
        ({"endpoint_url": "http://models.example/v1"}, "https://"),
    ],
)
def test_settings_that_cannot_work_are_told_at_once(set_to, change, names):
    with pytest.raises(ExtractorError, match=names):
        EndpointExtractor(set_to(**change))


@pytest.mark.parametrize(
    ("url", "networks"),
    [
        ("http://127.0.0.1:11434/v1", ("127.0.0.1/32",)),
        ("http://localhost:11434/v1", ("127.0.0.0/8", "::1/128")),
        ("http://[::1]:8000/v1/", ("::1/128",)),
        ("https://1.1.1.1/v1", ()),
        ("https://models.example/v1", ()),
    ],
)
def test_an_address_names_its_own_network_only(set_to, url, networks):
    settings = set_to(endpoint_url=url)
    assert endpoint_address(settings) == url.rstrip("/")
    assert named_networks(settings) == networks


@pytest.fixture
def hidden(monkeypatch, model):
    """A name that leads to this machine, as names in a company do."""
    known = socket.getaddrinfo

    def look_up(host, port, *args, **options):
        return known("127.0.0.1" if host == "models.example" else host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return f"http://models.example:{model.port}/v1"


@pytest.mark.parametrize("networks", [(), ("10.0.0.0/8",), ("127.0.0.0/8",)])
def test_a_name_may_lead_to_a_private_address_that_is_named(model, set_to, hidden, story, networks):
    model.is_honest()
    extractor = EndpointExtractor(set_to(endpoint_url=hidden, endpoint_networks=networks, endpoint_key=""))
    article = Article(story, "en")
    if networks == ("127.0.0.0/8",):
        assert len(extractor.extract(article, []).events) == 1
        assert "Authorization" not in model.asked[0][0]
        return
    with pytest.raises(ExtractorError) as caught:
        extractor.extract(article, [])
    assert (caught.value.reason, model.asked) == ("address", [])
    assert "ARSENAL_ATLAS_ENDPOINT_NETWORKS" in str(caught.value)


def test_a_key_is_not_sent_where_a_private_name_turns_out_public(set_to, story, monkeypatch):
    known = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: known("1.1.1.1", *asked[1:], **more))
    url = "http://models.example/v1"
    extractor = EndpointExtractor(set_to(endpoint_url=url, endpoint_networks=("10.0.0.0/8",)))
    with pytest.raises(ExtractorError, match="https://") as caught:
        extractor.extract(Article(story, "en"), [])
    assert caught.value.reason == "address"
