"""What the rules of cleaning let through and yet is no story; and what is never taken from one."""

import pytest

from dashboard.articles.language import language_of
from dashboard.articles.learned.linear import ALWAYS, LinearModel
from dashboard.articles.learned.lines import parts_of_page, story_blocks
from dashboard.articles.reading.clean import blocks_of

STORY = (
    "New ammunition hall in Graz\n\n"
    "The defence minister opened an ammunition hall in Graz on Monday. The hall cost 40 million euros.\n\n"
    "Some 200 people will fill shells there, said the director. The first shells are due in May.\n\n"
    "A second hall in Linz was dropped last year, after neighbours of the works had gone to court over it."
)
OFFER = "Spa weekends in Agadir: two nights from 199 euros. Cheap flights to Casablanca all summer!"
EVERYTHING = LinearModel(("wrong",), {ALWAYS: (9.0,)})
NOTHING = LinearModel(("wrong",), {ALWAYS: (-9.0,)})


def junk(text, language="en", model=None):
    blocks = story_blocks(text, language_of(language), model)
    return [text[block.start : block.end] for block in blocks if block.role == "junk"]


def test_an_offer_behind_the_story_is_none_of_it():
    assert "".join(junk(f"{STORY}\n\n{OFFER}")).startswith("Spa weekends in Agadir")


def test_a_story_is_all_story():
    assert junk(STORY) == []


def test_places_of_an_offer_are_not_among_those_of_the_article(propose):
    places = {place.surface for place in propose(f"{STORY}\n\n{OFFER}").places}
    assert {"Graz", "Linz"} <= places
    assert places.isdisjoint({"Agadir", "Casablanca"})


def test_a_headline_is_never_cut():
    assert "New ammunition hall in Graz" not in junk(STORY, model=EVERYTHING)


def test_a_line_or_two_are_left_as_they_are():
    assert junk(OFFER, model=EVERYTHING) == []


def test_what_is_no_story_is_cut_out_of_its_line_and_no_letter_is_lost():
    language = language_of("en")
    parts = parts_of_page(STORY, blocks_of(STORY, language), language)
    first = next(part for part in parts if STORY[part.start :].startswith("The hall cost"))
    own = set(first.features) - {name for part in parts if part is not first for name in part.features}
    model = LinearModel(("wrong",), {**dict.fromkeys(sorted(own), (9.0,)), ALWAYS: (-9.0,)})
    blocks = story_blocks(STORY, language, model)
    assert [STORY[block.start : block.end] for block in blocks if block.role == "junk"] == [
        "The hall cost 40 million euros."
    ]
    kept = "".join(STORY[block.start : block.end] for block in blocks)
    assert "".join(kept.split()) == "".join(STORY.split())


def test_a_dateline_stays_before_what_follows_it():
    text = STORY.replace("The defence minister opened", "GRAZ (Jan 5) — The defence minister opened")
    block = next(one for one in story_blocks(text, language_of("en"), NOTHING) if one.has_dateline)
    assert text[block.body :].startswith("The defence minister opened")


@pytest.mark.parametrize("language", ["en", "fr", "es", "de", "ar", "he"])
def test_any_page_is_read_in_any_language(language):
    page = "\n".join([STORY, "", "...", "—", "Ü" * 300, "1 | 2 | 3", "طقس: 20", "\u200f"])
    assert "".join(junk(page, language, EVERYTHING))
