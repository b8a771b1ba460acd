from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.articles.finding.dates import find_dates
from dashboard.articles.finding.tokens import tokenise
from dashboard.articles.finding.when import resolve
from dashboard.articles.language import LANGUAGES, language_of
from dashboard.domain.dates import UncertainDate

WEDNESDAY = date(2025, 9, 24)


def dates_in(text, language="en", published=WEDNESDAY, *, future=False):
    tables = language_of(language)
    found, reference = [], None
    for mention in find_dates(text, tokenise(text, 0, len(text), tables.particles), tables):
        extent = resolve(mention.when, published, future=future, reference=reference)
        reference = extent or reference
        found.append(extent.edtf if extent else None)
    return found


@pytest.mark.parametrize(
    ("language", "text", "edtf"),
    [
        ("en", "It opened on Tuesday.", "2025-09-23"),
        ("en", "It opened last Thursday.", "2025-09-18"),
        ("en", "It opened last month.", "2025-08"),
        ("en", "It opened in November 2021.", "2021-11"),
        ("en", "It opened on June 10, 2023.", "2023-06-10"),
        ("en", "It opened on 24 November 2021.", "2021-11-24"),
        ("en", "It opened on Aug. 30.", "2025-08-30"),
        ("en", "It opened in November.", "2024-11"),
        ("en", "It opened two years ago.", "2023"),
        ("en", "It opened yesterday.", "2025-09-23"),
        ("en", "It opened early last year.", "2024-01/2024-04"),
        ("en", "It opened on April 17 last year.", "2024-04-17"),
        ("en", "It opened in 1997.", "1997"),
        ("en", "It opened in the summer of 2023.", "2023-22"),
        ("en", "It opened on 2023-05-09.", "2023-05-09"),
        ("fr", "Il a ouvert jeudi.", "2025-09-18"),
        ("fr", "Il a ouvert le 1er mars 2024.", "2024-03-01"),
        ("fr", "Il a ouvert le mois dernier.", "2025-08"),
        ("fr", "Il a ouvert il y a deux ans.", "2023"),
        ("fr", "Il a ouvert en avril 2024.", "2024-04"),
        ("es", "Abrió el martes.", "2025-09-23"),
        ("es", "Abrió el 1 de abril de 2024.", "2024-04-01"),
        ("es", "Abrió el mes pasado.", "2025-08"),
        ("es", "Abrió hace tres meses.", "2025-06"),
        ("de", "Es öffnete am Dienstag.", "2025-09-23"),
        ("de", "Es öffnete am 3. September 2018.", "2018-09-03"),
        ("de", "Es öffnete im vergangenen Monat.", "2025-08"),
        ("de", "Es öffnete vor zwei Jahren.", "2023"),
        ("ar", "افتتح يوم الخميس الماضي.", "2025-09-18"),
        ("ar", "افتتح في 19 نوفمبر/تشرين الثاني 2024.", "2024-11-19"),
        ("ar", "افتتح الشهر الماضي.", "2025-08"),
        ("ar", "افتتح في نوفمبر 2019.", "2019-11"),
        ("he", "נחנך ביום שלישי.", "2025-09-23"),
        ("he", "נחנך ב-24 בנובמבר 2021.", "2021-11-24"),
        ("he", "נחנך בחודש שעבר.", "2025-08"),
        ("he", "נחנך לפני שנתיים בשנת 2023.", "2023"),
    ],
)
def test_a_date_means_what_a_reader_takes_it_to_mean(language, text, edtf):
    assert edtf in dates_in(text, language)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("It is to open in December.", "2025-12"),
        ("It is to open on Friday.", "2025-09-26"),
        ("It is to open next month.", "2025-10"),
        ("It is to open in January.", "2026-01"),
        ("It is to open before the end of 2026.", "2025-09-24/2026-12-31"),
    ],
)
def test_what_is_to_come_lies_ahead(text, edtf):
    assert dates_in(text, future=True) == [edtf]


def test_one_date_may_hang_on_another():
    assert dates_in("It came on June 10, 2023; the same month a second one followed.") == [
        "2023-06-10",
        "2023-06",
    ]
    assert dates_in("Signed in 2013. A year before, on October 12, they had met.") == ["2013", "2012-10-12"]


def test_a_day_is_never_made_up():
    assert dates_in("It opened on Tuesday, or last month.", published=None) == [None, None]
    assert dates_in("The Jan-Patrick Helmsen, may march.") == []
    assert dates_in("It opened on 03/04/2021.") == []
    assert dates_in("It opened on 30 February 2021.") == [None]
    assert dates_in("at the fifth anniversary of the 2020 accord") == []


@given(st.text(), st.sampled_from(LANGUAGES), st.one_of(st.none(), st.dates()), st.booleans())
def test_dates_of_any_text_are_none_or_edtf(text, language, published, future):
    for edtf in dates_in(text, language, published, future=future):
        if edtf:
            UncertainDate.parse(edtf)
