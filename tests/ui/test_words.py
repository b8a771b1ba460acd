from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.address import View
from dashboard.ui.articles.text import Mark, marked_text
from dashboard.ui.record_card import source_link
from dashboard.ui.words import as_html, plain


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://canary/x.png)",
        "[a](javascript:alert(1))",
        "<img src=x>",
        "# head",
        "$x$",
        ":red[x]",
        "~~x~~",
    ],
)
def test_markdown_of_a_record_is_shown_as_it_is(text):
    escaped = plain(text)
    assert escaped != text
    assert escaped.replace("\\", "") == text


@given(st.text(max_size=200))
def test_plain_keeps_every_word(text):
    assert plain(text).replace("\\", "") == " ".join(text.split()).replace("\\", "")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "", "ftp://x", "  http://x"])
def test_only_web_addresses_become_links(url):
    assert source_link("words", url) == "words"


def test_a_link_cannot_be_broken_out_of():
    assert source_link("a", "https://x/a)b(c <d>") == "[a](https://x/a%29b%28c%20%3Cd%3E)"


@given(st.text(max_size=80))
def test_a_view_from_an_address_is_on_earth_or_none(text):
    view = View.parse(text)
    assert view is None or (abs(view.lat) <= 90 and 1 <= view.zoom <= 18)


@pytest.mark.parametrize("text", ["33.6,-7.1,5", "0,0,1", "-90,180,18", "-12.3456,-171.1234,4.25"])
def test_a_view_survives_the_address(text):
    assert str(View.parse(text)) == text


class _Reader(HTMLParser):
    """Reads HTML as a browser does: tags apart, text as it would be shown."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(written)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=200))
def test_escaped_text_is_text_in_an_element_and_in_an_attribute(text):
    read = _Reader(f'<p title="{as_html(text)}">{as_html(text)}</p>')
    assert [tag for tag, _ in read.tags] == ["p"]
    assert read.tags[0][1]["title"] == text
    assert read.text == text


@given(
    st.text(alphabet="<>&\"'a \n=/", max_size=80),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), max_size=6),
)
def test_marks_change_no_character_of_an_article(text, spans):
    marks = [Mark(a, b, "place", on=a % 2 == 0) for a, b in spans if a < b <= len(text)]
    read = _Reader(marked_text(text, marks, "en"))
    assert {tag for tag, _ in read.tags} <= {"div", "p", "mark", "details", "summary"}
    assert read.text == "".join(line.rstrip() for line in text.splitlines() if line.strip())
    assert all(set(attributes) <= {"class", "title", "dir", "lang"} for _, attributes in read.tags)
