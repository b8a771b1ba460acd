import os

import pytest

from dashboard.articles.reading.files import bytes_of, files_in, read_file
from dashboard.articles.reading.reading import Reading
from dashboard.errors import ArticleError


def test_a_folder_is_listed_in_order_without_what_is_hidden_or_leads_outside(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("secret")
    folder = tmp_path / "in"
    for name in ("b.txt", "a.HTML", "c/d.pdf", "c/.hidden.txt", ".git/e.txt", "f.exe", "g"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (folder / "link.txt").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    found = [str(path.relative_to(folder)) for path in files_in(folder)]
    assert found == ["a.HTML", "b.txt", "c/d.pdf"]


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ArticleError, match="cannot be listed"):
        files_in(tmp_path / "missing")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(ArticleError, match="it is no file"):
        bytes_of(tmp_path / "a.txt")


@pytest.mark.parametrize("name", ["missing.txt", "a\0b.txt"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(ArticleError, match="cannot be read"):
        bytes_of(tmp_path / name)


def test_a_reading_goes_through_json_and_comes_back_the_same(tmp_path, page):
    path = tmp_path / "a.html"
    path.write_text(page("The minister opened the plant on Monday.", head="<meta name=date content=2025-09>"))
    reading = read_file(path)
    assert Reading.from_json(reading.as_json()) == reading
    assert reading.origins
