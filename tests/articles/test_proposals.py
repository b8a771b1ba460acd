import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.articles.places import NamedPlace
from dashboard.articles.proposals import EventProposal, Quote, SiteProposal
from dashboard.errors import AtlasError, QuoteError, VocabularyError

TEXT = "A plant was opened in Ben Slimane."


def test_a_quote_is_the_words_at_its_offsets():
    assert Quote.of(TEXT, 2, 7).text == "plant"


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [(2, 7, "Plant"), (3, 8, "plant"), (2, 2, ""), (-1, 5, "A pla"), (0, 99, TEXT), (7, 2, "plant")],
)
def test_a_quote_that_does_not_stand_there_verbatim_is_refused(start, end, words):
    with pytest.raises(QuoteError) as refused:
        Quote(TEXT, start, end, words)
    assert isinstance(refused.value, AtlasError)
    assert refused.value.start == start


@given(st.text(min_size=1), st.data())
def test_what_is_quoted_from_a_text_stands_in_it(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    quote = Quote.of(text, start, end)
    assert quote.text in text
    with pytest.raises(QuoteError):
        Quote(text, start, end, quote.text + "!")


def test_codes_outside_the_vocabulary_are_refused():
    quote = Quote.of(TEXT, 0, 7)
    place = NamedPlace("Ben Slimane", 22, 33, "place", "city")
    with pytest.raises(VocabularyError):
        EventProposal("party", "A party", "happened", quote, quote)
    with pytest.raises(VocabularyError):
        EventProposal("opening", "A plant", "maybe", quote, quote)
    with pytest.raises(VocabularyError):
        SiteProposal("kiosk", "A kiosk", "operating", quote, place, quote)
