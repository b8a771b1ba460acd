import pytest

from dashboard.articles.language import LANGUAGES, language_of
from dashboard.articles.reading.clean import blocks_of

PROSE = "The minister opened the plant on Monday, and the first vehicles left it the same day."


def roles(text, language="en"):
    return [(block.role, text[block.start : block.end]) for block in blocks_of(text, language_of(language))]


def kept(text, language="en"):
    return [line for role, line in roles(text, language) if role != "junk"]


@pytest.mark.parametrize(
    "junk",
    [
        "Home | News | Sport | Video",
        "We use cookies to improve our service. Accept all",
        "Share this article",
        "RELATED: Storm closes the port of Tangier",
        "MOST READ: Ferry timetable | Transfer news",
        "(File photo: tanks on parade in Warsaw)",
        "Casablanca 24°C sunny",
        "BIST 100 10.870 +0.4% | USD/TRY 40.88",
        "[Accept all] [Manage choices]",
        "Sponsored: Flats in Old Town from 1,900 a month",
    ],
)
def test_lines_of_the_page_are_told_from_the_story(junk):
    assert kept(f"{junk}\n\n{PROSE}") == [PROSE]
    assert kept(f"{PROSE}\n\n{junk}\n\n{PROSE}") == [PROSE, PROSE]


def test_the_lines_under_a_heading_of_links_go_with_it():
    text = f"{PROSE}\n\nREAD NEXT\nStreet party returns to the old town\nAirline drops night flight"
    assert kept(text) == [PROSE]


def test_a_weather_widget_is_dropped_whole():
    widget = "Rabat\n18°C\nClear sky\nMon 19° 9°\nTue 20° 10°"
    assert kept(f"{PROSE}\n\n{widget}\n\n{PROSE}") == [PROSE, PROSE]


def test_a_section_inside_the_story_is_no_junk():
    text = f"Plant opens\n\n{PROSE}\n\nALSO IN BRIEF\n\n{PROSE}"
    assert [role for role, _ in roles(text)] == ["headline", "prose", "heading", "prose"]


def test_a_dateline_is_kept_apart_from_its_sentence():
    text = "RABAT, Morocco, Sept. 24 — A factory was opened on Tuesday by two ministers of the kingdom."
    (block,) = blocks_of(text, language_of("en"))
    assert text[block.body :].startswith("A factory")


@pytest.mark.parametrize("language", LANGUAGES)
def test_prose_is_never_dropped_for_its_language(language):
    assert kept(PROSE, language) == [PROSE]


def test_offsets_hold_with_any_line_ends():
    text = f"  Plant opens \r\n\r\n\t{PROSE}  \r\n"
    assert [line for _, line in roles(text)] == ["Plant opens", PROSE]
