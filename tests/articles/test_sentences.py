import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.articles.finding.sentences import sentences_of
from dashboard.articles.language import LANGUAGES, language_of


def cut(text, language="en"):
    return [text[a:b] for a, b in sentences_of(text, 0, len(text), language_of(language))]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "It opened on Sept. 24 in the south. Admiral R. Hari Kumar came.", 2),
        ("en", 'He said: "We will build it." Nobody asked when.', 2),
        ("de", "Am 3. September wurde das Werk eröffnet. Es gehört der Firma.", 2),
        ("fr", "M. Dupont a inauguré l'usine. Elle emploie 40 personnes !", 2),
        ("es", "El Sr. Pérez visitó la planta. ¿Cuándo abrirá?", 2),
        ("ar", "افتتح الوزير المصنع. متى يبدأ الإنتاج؟ لم يقل.", 3),
        ("he", "השר חנך את המפעל. הייצור החל.", 2),
    ],
)
def test_sentences_end_where_they_end(language, text, count):
    assert len(cut(text, language)) == count


@given(st.text(), st.sampled_from(LANGUAGES))
def test_sentences_lose_nothing_but_space(text, language):
    assert "".join("".join(cut(text, language)).split()) == "".join(text.split())
