"""How a text is cut into words, and what is seen between them."""

import pytest

from dashboard.geocoding.mentions.tokens import Gap, Tokens


@pytest.mark.parametrize(
    ("text", "words", "gaps"),
    [
        ("Tel Aviv-listed", ["Tel", "Aviv", "listed"], [Gap.SPACE, Gap.HYPHEN]),
        ("l'Aquila", ["l", "Aquila"], [Gap.APOSTROPHE]),
        ("Rabat, Fes", ["Rabat", "Fes"], [Gap.COMMA]),
        ("U.S. Army", ["U", "S", "Army"], [Gap.POINT, Gap.DOT]),
        ("Rabat. Fes", ["Rabat", "Fes"], [Gap.DOT]),
        ("Rabat? Fes", ["Rabat", "Fes"], [Gap.SENTENCE]),
        ("Rabat (Fes)", ["Rabat", "Fes"], [Gap.OPEN]),
        ("Rabat — Fes", ["Rabat", "Fes"], [Gap.DASH]),
        ("Rabat “Fes", ["Rabat", "Fes"], [Gap.QUOTE]),
        ("Rabat\nFes\r\n\r\nSala", ["Rabat", "Fes", "Sala"], [Gap.LINE, Gap.PARAGRAPH]),
        ("Sale\u0301 \u200fRabat", ["Sale\u0301", "Rabat"], [Gap.SPACE]),
        ("رَبَاط، فاس", ["رَبَاط", "فاس"], [Gap.COMMA]),
        ("תל־אביב", ["תל", "אביב"], [Gap.HYPHEN]),
    ],
)
def test_words_and_gaps(text: str, words: list[str], gaps: list[Gap]) -> None:
    tokens = Tokens(text)
    assert tokens.words == words
    assert tokens.gaps[1:] == gaps
    assert [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)] == words
