"""Datelines, headlines and junk."""

import pytest

from dashboard.geocoding.mentions.cues import cues_of
from dashboard.geocoding.mentions.layout import lines_of


@pytest.mark.parametrize(
    ("line", "language", "dateline"),
    [
        ("RABAT, Jan 5 (Reuters) — The plant opened.", "en", "RABAT, Jan 5 (Reuters) — "),
        ("DULUTH, Minn. — The board met.", "en", "DULUTH, Minn. — "),
        ("ISLAMABAD: The minister spoke.", "en", "ISLAMABAD: "),
        ("BERGERAC (Dordogne), 21 mars — Le ministre parle.", "fr", "BERGERAC (Dordogne), 21 mars — "),
        ("دبي، 19 نوفمبر — قال المدير", "ar", "دبي، 19 نوفمبر — "),
        ("The plant — the first of its kind — opened in Rabat.", "en", ""),
        ("It opened. Nobody came - or so it seemed.", "en", ""),
    ],
)
def test_datelines(line: str, language: str, dateline: str) -> None:
    (found,) = lines_of(line, cues_of(language))
    assert line[found.start : found.dateline_end] == dateline
    assert not found.junk


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("RELATED: Tramway works in Agadir", "en"),
        ("Floods in Valencia | Ferry to Kos | Transfer news", "en"),
        ("Casablanca 24°C sunny", "en"),
        ("(File photo: a parade in Madrid)", "en"),
        ("LO MÁS LEÍDO", "es"),
        ("Lire aussi : la grève à Brest", "fr"),
    ],
)
def test_junk(line: str, language: str) -> None:
    (found,) = lines_of(line, cues_of(language))
    assert found.junk


@pytest.mark.parametrize(
    "line",
    [
        "More than 500 people live in Rabat.",
        "The photo shows Rabat.",
        "Live rounds were fired in Rabat on Monday.",
        "Rabat - Fes - Sala",
    ],
)
def test_sentences_are_no_junk(line: str) -> None:
    (found,) = lines_of(line, cues_of("en"))
    assert not found.junk


def test_headlines_are_told_by_their_capitals() -> None:
    lines = lines_of(
        "RUSSIA STRIKES A PORT\nBoeing Workers in St. Louis Reject Deal\nThe plant opened in Rabat.",
        cues_of("en"),
    )
    assert [(line.capitals, line.titled) for line in lines] == [(True, True), (False, True), (False, False)]
