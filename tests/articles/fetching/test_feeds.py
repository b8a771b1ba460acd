import pytest

from dashboard.articles.fetching.feeds import FeedItem, is_feed, read_feed
from dashboard.errors import ArticleError


def rss(*items):
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Herald</title><link>https://h.example</link>{''.join(items)}</channel></rss>".encode()


def item(number, day="Wed, 24 Sep 2025 10:00:00 GMT"):
    return f"<item><title>Plant {number}</title><link>https://h.example/{number}</link><pubDate>{day}</pubDate></item>"


ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Herald</title><link href="https://h.example/"/>
<entry><title>Old</title><link rel="self" href="https://h.example/x"/><link rel="alternate" href="/old"/>
<published>2025-09-01T10:00:00Z</published></entry>
<entry><title>New</title><link href="https://h.example/new"/><updated>2025-09-24T10:00:00+02:00</updated>
<source><title>Other</title></source></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Herald</title></channel>
<item><title>Plant</title><link>https://h.example/1</link><dc:date>2025-09-24</dc:date></item></rdf:RDF>"""


def test_an_rss_feed_gives_its_items_newest_first():
    feed = read_feed(
        rss(
            item(1, "Mon, 22 Sep 2025 10:00:00 GMT"),
            item(2),
            item(3, "never"),
            "<item><title>No link</title></item>",
        ),
        "feed",
        newest=10,
    )
    assert (feed.title, feed.total) == ("Herald", 3)
    assert feed.items == (
        FeedItem("https://h.example/2", "Plant 2", "2025-09-24"),
        FeedItem("https://h.example/1", "Plant 1", "2025-09-22"),
        FeedItem("https://h.example/3", "Plant 3", ""),
    )


def test_an_atom_feed_is_read_with_its_relative_links():
    feed = read_feed(ATOM, "feed", newest=10, base="https://h.example/feed")
    assert feed.title == "Herald"
    assert feed.items == (
        FeedItem("https://h.example/new", "New", "2025-09-24"),
        FeedItem("https://h.example/old", "Old", "2025-09-01"),
    )


def test_an_old_rss_feed_is_read():
    assert read_feed(RDF, "feed", newest=10).items == (
        FeedItem("https://h.example/1", "Plant", "2025-09-24"),
    )


def test_ten_thousand_items_are_counted_and_the_newest_given():
    days = [f"Wed, 24 Sep 2025 {n // 3600:02}:{n // 60 % 60:02}:{n % 60:02} GMT" for n in range(10_000)]
    feed = read_feed(rss(*(item(n, day) for n, day in enumerate(days))), "feed", newest=3)
    assert feed.total == 10_000
    assert [one.title for one in feed.items] == ["Plant 9999", "Plant 9998", "Plant 9997"]


def test_items_without_end_are_bounded():
    assert read_feed(rss(item(1) * 25_000), "feed", newest=1).total == 20_000


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"words",
        rss(),
        rss(item(1))[:-30],
        b"<!DOCTYPE d [<!ENTITY a 'x'>]>" + rss("<item><link>&a;</link></item>")[21:],
        b"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + rss("<item><link>&a;</link></item>")[21:],
        rss(f"<item><link>https://h.example/{'x' * 3000}</link></item>"),
    ],
)
def test_what_is_no_feed_is_refused(raw):
    with pytest.raises(ArticleError):
        read_feed(raw, "feed", newest=10)


def test_a_feed_is_known_by_its_beginning():
    assert is_feed(rss(item(1)))
    assert is_feed(ATOM)
    assert is_feed(RDF)
    assert not is_feed(b"<!doctype html><html><body>&lt;rss <rss></body></html>")
    assert not is_feed(b"words")
