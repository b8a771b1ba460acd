"""A story tells its news in the lead without a day, and again with it: one proposal with both quotes."""

from datetime import date

LEAD = "The defence minister has inaugurated a new ammunition plant in Graz, part of a plan for more shells."
DAY = "On 19 January 2026 the minister opened the ammunition plant in Graz with the governor at his side."
STORY = (
    f"{LEAD}\n\nThe group has spent 40 million euros and hired 200 people.\n\n{DAY}\n\n"
    "Neighbours had asked for a wall against the noise. It is not built yet."
)


def openings(found):
    return [event for event in found.events if event.kind == "opening" and event.status == "happened"]


def test_what_is_told_with_the_news_and_with_its_day_is_one_event(propose):
    (event,) = openings(propose(STORY, published=date(2026, 1, 20)))
    assert event.date.text == "2026-01-19"
    assert {quote.text for quote in (event.quote, *event.more)} >= {LEAD, DAY}


def test_what_is_told_with_its_day_long_after_is_another(propose):
    before = STORY.replace("19 January 2026", "19 January 2024")
    assert len(openings(propose(before, published=date(2026, 1, 20)))) == 2


def test_what_is_told_of_another_place_is_another(propose):
    there = STORY.replace(DAY, DAY.replace("Graz", "Linz"))
    assert len(openings(propose(there, published=date(2026, 1, 20)))) == 2
