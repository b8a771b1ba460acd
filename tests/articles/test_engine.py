import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.articles.engine import extract
from dashboard.articles.language import LANGUAGES
from dashboard.articles.places import NamedPlace
from dashboard.articles.reading import Article

BUDGET_S = 20
OPENINGS = [
    ("en", "A shell factory was opened in Linz on Friday by the minister."),
    ("fr", "Le ministre a inauguré vendredi une usine de munitions à Lyon."),
    ("es", "El ministro inauguró el viernes una fábrica de munición en Sevilla."),
    ("de", "Der Minister hat am Freitag in Kassel eine Munitionsfabrik eröffnet."),
    ("ar", "افتتح الوزير يوم الجمعة مصنعا للذخيرة في الرباط."),
    ("he", "השר חנך ביום שישי מפעל תחמושת ליד חיפה."),
]


@pytest.mark.parametrize(("language", "text"), OPENINGS)
def test_an_opening_is_found_in_every_language(propose, language, text):
    found = propose(text, language)
    (event,) = [event for event in found.events if event.kind == "opening"]
    assert (event.status, event.date.text) == ("happened", "2026-01-02")
    assert event.place is not None
    assert event.place.kind in ("city", "capital")
    assert [site.kind for site in found.sites] == ["factory"]


@pytest.mark.parametrize(
    ("language", "text", "status"),
    [
        ("en", "A shell factory will be opened in Linz in March.", "planned"),
        ("en", "The opening of the shell factory in Linz was postponed on Friday.", "postponed"),
        ("en", "The ministry denied on Friday that a factory had exploded in Linz.", "denied"),
        ("en", "The minister did not open the factory in Linz on Friday.", "denied"),
        ("fr", "Une usine de munitions sera inaugurée à Lyon en mars.", "planned"),
        ("fr", "L'inauguration de l'usine de Lyon, prévue vendredi, a été reportée.", "postponed"),
        ("es", "Se prevé inaugurar en marzo una fábrica de munición en Sevilla.", "planned"),
        ("de", "Im März soll in Kassel eine Munitionsfabrik eröffnet werden.", "planned"),
        ("de", "Die Eröffnung der Munitionsfabrik in Kassel wurde am Freitag verschoben.", "postponed"),
        ("ar", "من المقرر افتتاح مصنع للذخيرة في الرباط في مارس.", "planned"),
        ("he", "פתיחת מפעל התחמושת ליד חיפה מתוכננת למרץ.", "planned"),
    ],
)
def test_what_did_not_happen_is_not_said_to_have_happened(propose, language, text, status):
    found = propose(text, language)
    assert [event.status for event in found.events if event.kind in ("opening", "incident")][:1] == [status]


def test_same_fact_sentences_make_one_proposal(propose):
    text = (
        "LINZ — An explosion at a powder plant in Linz killed two workers on Friday.\n\n"
        "The explosion was heard in Graz. The blast flattened a wall of the plant.\n"
    )
    (event,) = propose(text).events
    assert (event.kind, event.date.text) == ("incident", "2026-01-02")
    assert len(event.more) == 2


def test_two_facts_stay_two(propose):
    text = (
        "A fire broke out at the plant in Linz on Friday. In August 2008 two explosions wrecked the works. "
        "Another blast was reported at a depot in Graz."
    )
    events = propose(text).events
    assert [event.date.text for event in events] == ["2026-01-02", "2008-08", ""]
    assert events[2].place is not None
    assert events[2].place.surface == "Graz"


def test_a_list_of_towns_is_a_list_of_sites(propose):
    found = propose("The company has plants in Linz, Graz and Kassel and a head office in Lyon.")
    assert [(site.kind, site.place.surface) for site in found.sites] == [
        ("factory", "Linz"),
        ("factory", "Graz"),
        ("factory", "Kassel"),
        ("headquarters", "Lyon"),
    ]


def test_a_cancelled_works_is_no_site(propose):
    assert propose("The firm scrapped plans for a plant in Linz on Friday.").sites == ()


def test_words_of_the_page_make_no_records(propose):
    story = "The army received its first tanks on Friday, the ministry in Rabat said."
    text = f"{story}\n\nRELATED: Blast at plant in Agadir"
    found = propose(text)
    assert "Agadir" not in {place.surface for place in found.places}
    assert all("Agadir" not in event.quote.text for event in found.events)


@pytest.mark.parametrize("published", [None, date(1, 1, 1), date(9999, 12, 31)])
def test_odd_days_of_publication_are_no_trouble(propose, published):
    propose("It opened a plant in Linz last week and will close it next year.", published=published)


def linz_in(text):
    spots = [match.start() for match in re.finditer("Linz", text)]
    return [
        NamedPlace("Linz", n, n + 4, "place", "city", "Linz", "AT", 48.3, 14.3, "locality", 5e3, "linz")
        for n in spots
    ]


PIECES = st.sampled_from(
    [
        *(
            "The minister ",
            "opened ",
            "a plant ",
            "in Linz",
            " on Tuesday",
            ", when ",
            "will be ",
            "a contract ",
        ),
        *(
            "signed ",
            "12 ",
            "2021",
            " May",
            ". ",
            "— ",
            "(",
            "°C",
            "|",
            "“",
            "مصنع ",
            "נחנך ",
            "🙂",
            "K2 ",
            "; ",
        ),
        *(
            "between ",
            "and ",
            "the same month ",
            "two days after ",
            "denied ",
            "explosion ",
            "delivered tanks ",
        ),
        *("\n", "\n\n", "\u0000", "\u202e"),
    ]
)


@given(
    st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)),
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
@settings(max_examples=150)
def test_any_text_is_read_and_every_quote_stands_in_it(text, language, dated):
    found = extract(Article(text, language, date(2026, 1, 5) if dated else None), linz_in(text))
    for event in found.events:
        quotes = [
            event.quote,
            event.trigger,
            event.date_quote,
            event.place_quote,
            event.status_quote,
            *event.more,
        ]
        quotes += [cited.quote for cited in (*event.actors, *event.products)]
        for quote in quotes:
            assert quote is None or text[quote.start : quote.end] == quote.text != ""
        assert event.title.strip() == event.title != ""
    for site in found.sites:
        for quote in (site.quote, site.place_quote, *site.more):
            assert text[quote.start : quote.end] == quote.text != ""


def test_the_same_article_gives_the_same_proposals(propose, founding_text):
    assert propose(founding_text) == propose(founding_text)


@pytest.mark.parametrize(
    "piece",
    [
        "explosion in 2021 ",
        "An explosion hit a plant in Linz on May 3, 2021, and two others on June 4. ",
        "opened a plant in Linz on Tuesday and ",
        "a, ",
        "the same month, two days after, ",
        "\n1. a",
    ],
)
def test_long_hostile_text_is_read_in_seconds(piece):
    text = (piece * 200_000)[:200_000]
    began = time.process_time()
    found = extract(Article(text, "en", date(2026, 1, 5)), linz_in(text))
    assert time.process_time() - began < BUDGET_S
    assert len(found.events) < len(text)
