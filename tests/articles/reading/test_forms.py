import contextlib
import hashlib
from datetime import date

import pytest

from dashboard.errors import ArticleError

STORY = (
    "The minister opened the plant at Ben Slimane on Monday, and the first vehicles left it the same day.\n"
    "It is the second of its kind in the country, and it is to build two hundred vehicles a year.\n"
    "Three hundred people work there now, said the company, which has its seat abroad."
)
FIRST = STORY.partition("\n")[0]


def at(reading, words):
    return reading.where(reading.article.text.index(words))


def test_every_reading_says_what_it_read_and_when(read):
    reading = read(STORY, "text")
    assert reading.sha256 == hashlib.sha256(STORY.encode()).hexdigest()
    assert reading.retrieved.endswith("+00:00")
    assert reading.kind == "text"
    assert any("does not say when" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    ("raw", "charset"),
    [
        (b"\xef\xbb\xbf" + "Usine a Šibenik".encode(), ""),
        ("Usine a Šibenik".encode("utf-16"), ""),
        (b"\xfe\xff" + "Usine a Šibenik".encode("utf-16-be"), ""),
        ("Usine a Šibenik".encode("utf-32"), ""),
        ("Usine a Šibenik".encode("cp1250"), "windows-1250"),
        ("Usine a Šibenik".encode(), "no-such-encoding"),
        ("Usine a Šibenik".encode(), "ascii"),
        ("Usine a Šibenik".encode(), "hex"),
    ],
)
def test_text_is_decoded_by_its_mark_or_its_server(read, raw, charset):
    assert read(raw, "text", charset=charset).article.text == "Usine a Šibenik"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Une usine de véhicules blindés à Bourges, près de la fonderie.", "cp1252"),
        (
            "افتتح الوزير المصنع يوم الاثنين في بن سليمان وغادرت المركبات الأولى المصنع في اليوم نفسه. " * 4,
            "cp1256",
        ),
        ("Министр открыл завод в понедельник, и первые машины вышли в тот же день. " * 4, "cp1251"),
        ("השר פתח את המפעל ביום שני וכלי הרכב הראשונים יצאו ממנו באותו היום. " * 4, "cp1255"),
    ],
)
def test_an_old_encoding_is_guessed_and_the_guess_is_told(read, text, encoding):
    reading = read(text.encode(encoding), "text")
    assert reading.article.text == text
    assert any("guessed" in warning for warning in reading.warnings)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        bytes(range(1, 256)) * 40,
        b"\x7fELF\x02\x01\x01" + b"text " * 1000 + b"\0",
        b"\xff\xfe" + b"\x00\xd8" * 40,
        b"PK\x03\x04\x14\0\0\0",
        b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n" + bytes(range(1, 32)) * 100,
    ],
)
def test_binary_as_text_is_refused(refusal, raw):
    assert "is not text" in refusal(raw, "text", "a.txt")


def test_offsets_lead_back_into_a_text(read):
    reading = read(STORY, "text")
    assert at(reading, "second") == ("character", STORY.index("second"))
    assert reading.where(len(STORY)) is None


def test_a_page_gives_its_story_and_its_facts(read, page):
    head = (
        "<meta property='article:published_time' content='2025-09-24T23:30:00-05:00'>"
        "<meta property='og:site_name' content='Example Herald'>"
        "<link rel='canonical' href='https://herald.example/plant'>"
    )
    markup = page(STORY, head=head, language="en-GB")
    reading = read(markup, "html")
    article = reading.article
    assert all(line in article.text for line in STORY.split("\n"))
    assert "Weather" not in article.text
    assert "rights reserved" not in article.text
    assert (article.title, article.publisher, article.language) == ("Plant opens", "Example Herald", "en")
    assert (reading.published, article.published) == ("2025-09-24", date(2025, 9, 24))
    assert article.url == "https://herald.example/plant"
    assert at(reading, "It is the second") == ("character", markup.index("It is the second"))
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("head", "more", "published"),
    [
        ("", "", ""),
        ("<meta property='article:published_time' content='2025-09'>", "", "2025-09"),
        ("<meta name='date' content='2025'>", "", "2025"),
        ("<meta name='citation_date' content='2025/9/4'>", "", "2025-09-04"),
        ("<meta name='pubdate' content='20250924'>", "", "2025-09-24"),
        ("<meta name='date' content='2025-02-30'>", "", ""),
        ("<meta name='date' content='24 September'>", "", ""),
        (
            '<script type=\'application/ld+json\'>{"@graph": [{"datePublished": "2025-09-24"}]}</script>',
            "",
            "2025-09-24",
        ),
        ("<script type='application/ld+json'>{broken</script>", "", ""),
        ("<script type='application/ld+json'>" + "[" * 50_000 + "</script>", "", ""),
        ("", "<article><time datetime='2025-09-24T10:00'>x</time></article>", "2025-09-24"),
        (
            "",
            "<article><time datetime='2025-09-24'>x</time><time datetime='2025-09-25'>x</time></article>",
            "",
        ),
        ("<link rel='canonical' href='https://a.example/2025/09/24/plant'>", "", "2025-09-24"),
    ],
)
def test_a_date_is_as_exact_as_the_page_states_it_and_never_made_up(read, page, head, more, published):
    reading = read(page(STORY, head=head, more=more), "html")
    assert reading.published == published
    assert (reading.article.published is not None) == (len(published) == 10)
    assert bool(reading.warnings) == (not published)


def test_a_page_names_its_own_encoding(read, page):
    markup = page("افتتح الوزير المصنع يوم الاثنين في بن سليمان.\n" * 3, head="<meta charset=windows-1256>")
    assert "بن سليمان" in read(markup.encode("cp1256"), "html").article.text


def test_active_parts_of_a_page_are_left_behind(read, page):
    active = (
        "<script>steal()</script><iframe src='https://evil.example/x'></iframe><meta http-equiv=refresh "
        "content='0;url=https://evil.example'><img src=x onerror='steal()'><style>p{}</style>"
    )
    text = read(page(STORY + active, head=active), "html").article.text
    assert "steal" not in text
    assert "evil" not in text
    assert "<" not in text


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Plant opens</h1><p>Subscribe to read the whole article. Already a subscriber?</p>",
        "<h1>Plant opens</h1><p>Cet article est réservé aux abonnés.</p>",
        "<h1>Plant opens</h1><form><input type=PASSWORD name=p></form><p>Your account, please.</p>",
        '<p>A plant…</p><script type="application/ld+json">{"isAccessibleForFree": "False"}</script>',
    ],
)
def test_a_login_wall_is_told_from_an_article(refusal, body):
    assert "login or a subscription" in refusal(f"<html><body>{body}</body></html>", "html")


def test_a_part_of_a_paid_article_is_read_with_a_warning(read, page):
    paid = "<script type='application/ld+json'>{\"isAccessibleForFree\": false}</script>"
    reading = read(page(f"{STORY}\n" * 4, head=paid), "html")
    assert any("not free" in warning for warning in reading.warnings)


def test_a_page_with_a_login_box_is_an_article_all_the_same(read, page):
    box = "<form>Log in <input type=password></form>"
    assert FIRST in read(page(f"{STORY}\n" * 4, more=box), "html").article.text


@pytest.mark.parametrize(
    "body",
    [
        "<noscript>You need to enable JavaScript.</noscript><div id=root></div><script src=a></script>",
        "<div id=__next></div><script>boot()</script>",
        "<p>Please enable JavaScript.</p><script>boot()</script>",
        "<script>boot()</script>",
    ],
)
def test_a_page_drawn_by_scripts_says_so(refusal, body):
    assert "JavaScript" in refusal(f"<html><body>{body}</body></html>", "html")


def test_an_empty_page_is_no_article(refusal):
    assert "no article" in refusal("<html><body></body></html>", "html")
    assert "no article" in refusal("", "html")


def test_a_large_page_is_refused_at_once(refusal):
    assert "larger than 5 MB" in refusal(b"<p>" + b"x" * 50_000_000, "html")


def test_a_line_of_megabytes_is_bounded(refusal):
    assert "longer than 400,000" in refusal("<html><body><article><p>" + "word " * 90_000, "html")
    assert "longer than any" in refusal("<html><body><article><p>" + "word " * 900_000, "html")


def test_deep_nesting_does_no_harm(read):
    deep = "<div>" * 100_000 + f"<p>{STORY}</p>"
    with contextlib.suppress(ArticleError):
        assert FIRST in read(deep, "html").article.text


def test_names_from_outside_are_labels(refusal):
    sentence = refusal(b"\0", "text", "../../etc/\n\u202epasswd\x1b[31m" + "x" * 4000)
    assert "\u202e" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 300


def test_half_a_character_is_replaced(read):
    assert read('{"text": "A plant \\ud800 opened"}', "json").article.text == "A plant ? opened"


def test_the_language_that_a_user_gives_wins(read, page):
    assert read(page(STORY, language="fr"), "html").article.language == "fr"
    assert read(page(STORY, language="fr"), "html", language="en").article.language == "en"
