"""What was put off, refuted or called off, and the day it was put off to."""

import pytest


def told(found):
    return {(event.kind, event.status, event.date.text) for event in found.events}


@pytest.mark.parametrize(
    ("language", "text", "old", "new"),
    [
        ("en", "The opening of the Graz plant, due in June, has slipped to October.", "2026-06", "2026-10"),
        ("en", "Delivery of the guns, once set for 2024, was put back to 2027.", "2024", "2027"),
        (
            "fr",
            "L'inauguration de l'usine de Lyon, prévue en mars, est reportée à juin.",
            "2026-03",
            "2026-06",
        ),
        (
            "es",
            "La apertura de la fábrica de Sevilla, prevista en marzo, se aplazó hasta junio.",
            "2026-03",
            "2026-06",
        ),
        (
            "de",
            "Die Eröffnung der Fabrik in Kassel wurde von März auf Juni verschoben.",
            "2026-03",
            "2026-06",
        ),
        ("ar", "أُرجئ افتتاح المصنع في الرباط من مارس إلى يونيو.", "2026-03", "2026-06"),
    ],
)
def test_a_delay_is_told_with_its_old_and_its_new_date(propose, language, text, old, new):
    dates = {status: date for _, status, date in told(propose(text, language))}
    assert dates["postponed"] == old
    assert dates["planned"] == new


def test_what_was_to_happen_and_is_over_is_put_off(propose):
    found = propose("The shell plant in Linz was due to open in March 2024, but the roof is missing.")
    assert [event.status for event in found.events] == ["postponed"]


def test_a_day_after_not_before_is_a_plan(propose):
    found = propose("The helicopters will not be delivered to Graz before 2028.")
    assert told(found) == {("delivery", "planned", "2028")}


def test_the_new_date_may_stand_in_the_next_sentence(propose):
    text = "The opening of the shell plant in Linz was postponed on Friday. Now March 2027 is spoken of."
    assert ("opening", "planned", "2027-03") in told(propose(text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The ministry denied a report according to which the firm had bought a yard in Linz."),
        ("fr", "La direction dément une information selon laquelle elle aurait racheté l'usine de Lyon."),
        ("es", "El ministerio desmintió una información según la cual compró la fábrica de Sevilla."),
        (
            "de",
            "Das Ministerium dementierte einen Bericht, wonach der Konzern die Werft in Kassel übernimmt.",
        ),
    ],
)
def test_a_refutation_reaches_through_what_the_report_says(propose, language, text):
    found = propose(text, language)
    assert {event.status for event in found.events} == {"denied"}


@pytest.mark.parametrize(
    "text",
    [
        "A repair hub in Linz will not see the light of day, the owner conceded.",
        "A report of a new drone works in Linz has no basis, the mayor said.",
    ],
)
def test_what_will_never_be_built_is_a_dropped_opening_and_no_site(propose, text):
    found = propose(text)
    assert [(event.kind, event.status, event.place.surface) for event in found.events] == [
        ("opening", "denied", "Linz")
    ]
    assert found.sites == ()


def test_a_plain_no_without_a_date_is_no_event(propose):
    assert propose("No contract has been signed for the rifles in Linz.").events == ()


def test_what_was_agreed_to_be_built_is_not_built(propose):
    found = propose("The two firms agreed in 2019 to build a shell plant in Linz.")
    assert told(found) == {("agreement", "happened", "2019"), ("opening", "planned", "")}
