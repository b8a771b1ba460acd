"""A batch of everything: what is bad is named, the rest goes on, and nothing inside is asked."""

import io
import zipfile

import pytest

from dashboard.articles.archive import SourceArchive
from dashboard.confinement import Confinement, Limits
from dashboard.settings import Settings
from dashboard.workflows.articles.read_articles import (
    ArticleReader,
    ReadSource,
    RefusedSource,
    is_url,
    mixed_languages,
)

STORY = (
    "The minister opened the plant at Ben Slimane on Monday, and the first vehicles left it the same day. "
)


@pytest.fixture(scope="module")
def confinement():
    with Confinement(Limits(wall_s=20)) as one:
        yield one


@pytest.fixture
def archive(tmp_path):
    return SourceArchive(tmp_path / "sources")


@pytest.fixture
def reader(confinement, fetcher, archive):
    return ArticleReader(confinement, fetcher(), archive, newest=3)


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "articles"
    where.mkdir()
    return where


def rss(*links, day="Wed, 24 Sep 2025 10:00:00 GMT"):
    items = "".join(
        f"<item><title>T</title><link>{link}</link><pubDate>{day}</pubDate></item>" for link in links
    )
    return f"<rss><channel><title>Herald</title>{items}</channel></rss>"


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(50_000_000))
    return out.getvalue()


def test_the_good_of_a_batch_are_read_and_the_bad_are_named(reader, folder, trap):
    (folder / "a.txt").write_text(STORY)
    (folder / "b.txt").write_bytes(bytes(100))
    (folder / "c.docx").write_bytes(bomb())
    (folder / "d.pdf").write_bytes(b"%PDF-1.4 broken")
    (folder / "e.html").write_bytes(b"<p>" + b"x" * 6_000_000)
    (folder / "f.txt").write_text(STORY * 2)
    sources = [
        folder,
        trap.page("/page"),
        trap.url("/missing"),
        "file:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        folder / "missing.txt",
        "image.png",
    ]
    found = list(reader.read_all(sources))
    names = [one.source.rpartition("/")[2] for one in found]
    assert names == [
        "a.txt",
        "b.txt",
        "c.docx",
        "d.pdf",
        "e.html",
        "f.txt",
        "page",
        "missing",
        "passwd",
        "",
        "missing.txt",
        "image.png",
    ]
    assert [isinstance(one, ReadSource) for one in found] == [
        True, False, False, False, False, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert all(
        "\n" not in one.reason and len(one.reason) > 20 for one in found if isinstance(one, RefusedSource)
    )


def test_what_was_fetched_is_kept_as_it_came(reader, archive, trap):
    url = trap.page("/page")
    (found,) = reader.read_all([url])
    assert "Ben Slimane" in found.reading.article.text
    assert (found.reading.article.url, found.reading.article.publisher) == (url, "127.0.0.1")
    (retrieval,) = archive.retrievals(found.reading.sha256)
    assert (retrieval.url, retrieval.content_type, retrieval.retrieved) == (
        url,
        "text/html",
        found.reading.retrieved,
    )
    assert b"<title>" in archive.read(found.reading.sha256)


def test_a_feed_gives_its_newest_articles_their_days_and_says_what_was_left_out(reader, trap):
    links = [trap.page(f"/{number}") for number in range(5)]
    feed = trap.page("/feed", rss(*links), "application/rss+xml")
    note, *found = reader.read_all([feed])
    assert "has 5 items: the newest 3 are read, 2 are not" in note.reason
    assert [one.source for one in found] == links[:3]
    assert {one.reading.published for one in found} == {"2025-09-24"}
    assert {str(one.reading.article.published) for one in found} == {"2025-09-24"}
    assert not any("does not say when" in warning for one in found for warning in one.reading.warnings)


def test_a_feed_of_ten_thousand_asks_for_a_few(reader, trap):
    links = [trap.url(f"/{number}") for number in range(10_000)]
    note, *found = reader.read_all([trap.page("/feed", rss(*links), "text/xml")])
    assert "10,000 items" in note.reason
    assert len(found) == 3
    assert trap.asked == ["/robots.txt", "/feed", "/0", "/1", "/2"]


def test_a_feed_leads_neither_into_files_nor_inside_nor_into_itself(confinement, fetcher, folder, trap):
    secret = folder / "secret.txt"
    secret.write_text(STORY)
    trap.page("/secret", STORY, "text/plain")
    feed = folder / "feed.xml"
    feed.write_text(rss(str(secret), secret.as_uri(), trap.url("/secret")))
    found = list(ArticleReader(confinement, fetcher(private=False)).read_all([feed]))
    assert [type(one) for one in found] == [RefusedSource] * 3
    assert trap.came == 0
    again = trap.page("/feed", rss(trap.url("/feed")), "text/xml")
    (found,) = ArticleReader(confinement, fetcher()).read_all([again])
    assert "feed inside a feed" in found.reason


def test_progress_is_reported_and_a_batch_can_be_cancelled(reader, folder):
    for number in range(4):
        (folder / f"{number}.txt").write_text(STORY)
    told = []
    assert len(list(reader.read_all([folder], report=lambda *one: told.append(one)))) == 4
    assert told == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    answers = iter([False, False, False, True])  # asked for the folder and for each of its files
    assert len(list(reader.read_all([folder], is_cancelled=lambda: next(answers)))) == 2


def test_without_a_fetcher_addresses_are_refused(confinement, trap):
    (found,) = ArticleReader(confinement).read_all([trap.page("/")])
    assert "nothing is fetched here" in found.reason
    assert trap.came == 0


def test_the_settings_keep_the_inside_closed(confinement, trap, tmp_path):
    reader = ArticleReader.of(Settings(data_folder=tmp_path), confinement)
    (found,) = reader.read_all([trap.page("/")])
    assert "only the ports 80, 443" in found.reason
    (found,) = reader.read_all(["http://localhost/"])
    assert "lies inside" in found.reason


def test_mixed_languages_are_told(reader, folder):
    french = (
        "Le ministre a inauguré l'usine lundi et les premiers véhicules en sont sortis le jour même, dit-il. "
    )
    (folder / "a.txt").write_text(f"{STORY * 2}\n\n{french * 2}\n")
    (found,) = reader.read_all([folder])
    assert any("several languages" in warning for warning in found.reading.warnings)
    assert mixed_languages(f"{STORY * 2}\n{STORY * 2}") == ""
    assert mixed_languages("") == ""


def test_addresses_are_told_from_paths():
    assert is_url("https://h.example/a")
    assert is_url("file:///etc/passwd")
    assert not is_url("articles/a.txt")
    assert not is_url("C:\\articles\\a.txt")
