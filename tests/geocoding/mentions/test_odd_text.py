# ruff: noqa: RUF001 - letters that look alike are part of the test
"""Nothing that is put in breaks recognition, and every offset is true."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.mentions import find_mentions, geoparse
from dashboard.geocoding.mentions.cues import LANGUAGES

PIECES = [
    *("Rabat", "Tel Aviv", "תל אביב", "ב", "الرباط", "و", "Київ", "Kırıkkale", "Ben Slimane"),
    *("Fort Worth, Texas", "in", "à", "the", "Gen.", "'s", "’", "-", "—", ",", ".", "(", '"', "\n", "\n\n"),
    *("|", "°", "\x00", "\u200f", "\ud800", "\u0301", "ı", "İ", "ß", "U.S.", "Pa.", "READ NEXT", "County"),
    *("RABAT", "1", "٣", "\u2028", "e\u0301"),
]
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
)


@pytest.fixture(scope="module")
def small(small_path: Path) -> Iterator[Gazetteer]:
    with Gazetteer.open(small_path) as opened:
        yield opened


@pytest.mark.parametrize("language", [*LANGUAGES, None, "xx"])
def test_offsets_are_true_whatever_the_text(small: Gazetteer, language: str | None) -> None:
    @settings(max_examples=60)
    @given(TEXTS)
    def check(text: str) -> None:
        mentions = find_mentions(text, gazetteer=small, language=language, governments=True)
        end = 0
        for mention in mentions:
            assert mention.surface == text[mention.start : mention.end] != ""
            assert end <= mention.start < mention.end
            assert mention.reading.strip()
            end = mention.end
        assert mentions == find_mentions(text, gazetteer=small, language=language, governments=True)

    check()


@settings(max_examples=30)
@given(text=TEXTS)
def test_geoparse_decides_about_every_mention(small_path: Path, text: str) -> None:
    with Gazetteer.open(small_path) as gazetteer:
        parsed = geoparse(text, gazetteer=gazetteer)
        assert [mention for mention, _ in parsed] == find_mentions(text, gazetteer=gazetteer)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\x00\x01", "....", "\u200f\u200e", "12 34"])
def test_text_without_words_names_nothing(small: Gazetteer, text: str) -> None:
    assert find_mentions(text, gazetteer=small) == []
    assert geoparse(text, gazetteer=small) == []


@pytest.mark.parametrize("unit", ["a", "בחיפה\n", "Rabat ", "A. \x00"])
def test_a_megabyte_is_read_to_its_end(small: Gazetteer, unit: str) -> None:
    text = unit * (1_000_000 // len(unit)) + " The plant in Rabat, Morocco, burned."
    found = find_mentions(text, gazetteer=small, language="en")
    assert [(mention.surface, text[mention.start : mention.end]) for mention in found[-2:]] == [
        ("Rabat", "Rabat"),
        ("Morocco", "Morocco"),
    ]


def test_another_encoding_read_wrongly_is_survived(small: Gazetteer) -> None:
    text = "Le site de Salé, près de Rabat".encode().decode("latin-1")
    assert [mention.surface for mention in find_mentions(text, gazetteer=small)] == ["Rabat"]
