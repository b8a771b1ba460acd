import hashlib
import json

import pytest

from dashboard.articles.archive import Retrieval, SourceArchive
from dashboard.errors import ArticleError

FIRST = Retrieval("2026-01-02T10:00:00+00:00", "https://h.example/1", "", "text/html")
SECOND = Retrieval("2026-01-03T10:00:00+00:00", "", "../../etc/passwd", "text")


@pytest.fixture
def archive(tmp_path):
    return SourceArchive(tmp_path / "sources")


def files(archive):
    return sorted(
        str(path.relative_to(archive.folder)) for path in archive.folder.rglob("*") if path.is_file()
    )


def test_a_source_is_kept_under_its_hash_with_where_and_when(archive):
    sha256 = archive.keep(b"A plant.", FIRST)
    assert sha256 == hashlib.sha256(b"A plant.").hexdigest()
    assert archive.read(sha256) == b"A plant."
    assert archive.retrievals(sha256) == (FIRST,)
    assert files(archive) == [f"{sha256[:2]}/{sha256}", f"{sha256[:2]}/{sha256}.json"]


def test_the_same_source_again_adds_where_and_when(archive):
    sha256 = archive.keep(b"A plant.", FIRST)
    for retrieval in (SECOND, FIRST):
        assert archive.keep(b"A plant.", retrieval) == sha256
    assert archive.retrievals(sha256) == (FIRST, SECOND)
    assert len(files(archive)) == 2


def test_a_name_from_outside_is_never_a_path(archive, tmp_path):
    archive.keep(b"A plant.", SECOND)
    assert {path.name for path in tmp_path.iterdir()} == {"sources", "atlas-data", "atlas-cache"} & {
        path.name for path in tmp_path.iterdir()
    }
    for name in ("../../etc/passwd", "", "A" * 64, "g" * 64, "a" * 63):
        with pytest.raises(ArticleError, match="no SHA-256"):
            archive.read(name)


def test_a_source_that_was_changed_is_not_given_out(archive):
    sha256 = archive.keep(b"A plant.", FIRST)
    (archive.folder / sha256[:2] / sha256).write_bytes(b"B plant.")
    with pytest.raises(ArticleError, match="was changed"):
        archive.read(sha256)
    with pytest.raises(ArticleError, match="No source"):
        archive.read("0" * 64)


def test_damaged_facts_are_written_anew(archive):
    sha256 = archive.keep(b"A plant.", FIRST)
    facts = archive.folder / sha256[:2] / f"{sha256}.json"
    for damaged in ("", "[]", '{"retrievals": [{"x": 1}]}'):
        facts.write_text(damaged)
        archive.keep(b"A plant.", SECOND)
        assert json.loads(facts.read_text())["retrievals"][0]["retrieved"] == SECOND.retrieved


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "sources").write_text("a file in the way")
    with pytest.raises(ArticleError, match="cannot be kept"):
        SourceArchive(tmp_path / "sources").keep(b"A plant.", FIRST)
