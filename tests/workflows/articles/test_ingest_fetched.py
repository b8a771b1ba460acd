"""Pages and feeds fetched from a server of this machine into the queue, with the address they had."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboard.articles.archive import SourceArchive
from dashboard.articles.fetching import Fetcher, FetchPolicy
from dashboard.confinement import Confinement
from dashboard.domain.access import LOCAL
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.settings import starter_path
from dashboard.store.drafts.drafts import DraftState
from dashboard.store.store import open_store
from dashboard.workflows.articles.ingest import Finder
from dashboard.workflows.articles.ingest_files import ingest_all
from dashboard.workflows.articles.items import open_article
from dashboard.workflows.articles.read_articles import ArticleReader

FACTS = (
    "The company Hessenwerk opened a factory for drones in Kassel on 3 March 2024.",
    "On 5 March 2024 Austria and Germany signed an agreement on drones in Linz.",
)
FILLING = (
    "The minister spoke of the works for an hour, and the guests walked through its halls afterwards. " * 4
)


def page_of(fact):
    return (
        f"<html lang=en><head><title>{fact[:40]}</title></head><body><nav>Home Sport Weather</nav><article>"
        f"<h1>{fact[:40]}</h1><p>{fact}</p><p>{FILLING}</p></article></body></html>"
    )


@pytest.fixture
def site():
    pages = {}

    class Visit(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = pages.get(self.path, ("", ""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Visit) as server:
        base = f"http://127.0.0.1:{server.server_address[1]}"
        for number, fact in enumerate(FACTS):
            pages[f"/{number}.html"] = ("text/html; charset=utf-8", page_of(fact))
        items = "".join(
            f"<item><title>T{number}</title><link>{base}/{number}.html</link>"
            "<pubDate>Wed, 06 Mar 2024 10:00:00 GMT</pubDate></item>"
            for number in range(len(FACTS) + 1)  # the last is not there
        )
        feed = f"<rss version='2.0'><channel><title>Herald</title>{items}</channel></rss>"
        pages["/feed.xml"] = ("application/rss+xml", feed)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield base
        server.shutdown()


@pytest.fixture
def store(starter_file, tmp_path):
    opened = open_store(f"sqlite:///{shutil.copy(starter_file, tmp_path / 'atlas.sqlite')}")
    yield opened
    opened.close()


@pytest.fixture
def bring(site, store, gazetteer_file, library_of, tmp_path):
    """Brings addresses as the command does, by a fetcher that may ask this machine."""
    port = int(site.rsplit(":", 1)[1])
    fetcher = Fetcher(FetchPolicy(private=True, ports=frozenset({port}), pause_s=0.0))
    decided = HandDecidedPlaces.from_csv(starter_path("data") / "places.csv")
    with Gazetteer.open(gazetteer_file) as gazetteer, Confinement() as confinement:
        finder = Finder(library_of(store), gazetteer, decided)
        reader = ArticleReader(confinement, fetcher, SourceArchive(tmp_path / "sources"))
        yield lambda *paths: list(
            ingest_all(store, LOCAL, reader.read_all([f"{site}{path}" for path in paths]), finder)
        )


def test_a_page_is_fetched_and_its_facts_wait_under_its_address(bring, site, store):
    (told,) = bring("/0.html")
    assert (told.source, told.state, told.reason) == (f"{site}/0.html", "read", "")
    assert told.made >= 1
    found = open_article(store, LOCAL, told.article, lambda dossier: dossier)
    assert (found.article.url, found.article.publisher) == (f"{site}/0.html", "127.0.0.1")
    assert "Sport" not in found.article.text
    for item in found.items:
        assert item.draft.state is DraftState.SUBMITTED
        (source,) = item.draft.dossier.sources
        assert source.url == f"{site}/0.html"
        assert all(row.quote in found.article.text for row in item.draft.dossier.citations)
    assert [one.state for one in bring("/0.html")] == ["known"]


def test_a_feed_brings_each_of_its_pages_and_names_what_is_missing(bring, site, store):
    told = {one.source: one for one in bring("/feed.xml")}
    assert {source: one.state for source, one in told.items()} == {
        f"{site}/0.html": "read",
        f"{site}/1.html": "read",
        f"{site}/2.html": "refused",
    }
    assert "404" in told[f"{site}/2.html"].reason
    for number in range(len(FACTS)):
        one = told[f"{site}/{number}.html"]
        assert one.made >= 1
        assert store.articles.get(one.article).published == "2024-03-06"


def test_without_leave_nothing_of_this_machine_is_asked(site, store):
    with Confinement() as confinement:
        reader = ArticleReader(confinement, Fetcher(FetchPolicy(private=False, pause_s=0.0)))
        (told,) = reader.read_all([f"{site}/0.html"])
    assert not hasattr(told, "reading")
