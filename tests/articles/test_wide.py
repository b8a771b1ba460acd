"""Wordings and page forms beyond the plain sentence: lists of dates, compounds, commas, facilities."""

import pytest


def kinds(found):
    return [event.kind for event in found.events]


def test_a_list_of_dates_is_read_entry_by_entry(propose):
    text = (
        "LINZ, 5 January 2026 -- The maker of turrets opened a second hall in Linz on Friday.\n\n"
        "Milestones\n"
        "• July 2022: takeover of a design office in Graz\n"
        "• 2023: first firing of the turret in Linz\n"
    )
    told = {(event.kind, event.date.text) for event in propose(text).events}
    assert {("corporate", "2022-07"), ("test", "2023")} <= told


def test_a_region_in_commas_parts_no_date_from_its_event(propose):
    found = propose("The firm broke ground in Linz, Austria, on 24 September 2025.")
    assert [(event.kind, event.date.text) for event in found.events] == [("opening", "2025-09-24")]


def test_a_date_of_what_was_bought_is_not_that_of_its_arrival(propose):
    found = propose("Austria has received four of the tanks bought in 2023. They came to Graz.")
    assert ("delivery", "2023") not in {(event.kind, event.date.text) for event in found.events}


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("en", "The air base in Linz is home to two squadrons.", "base"),
        ("en", "The engines are overhauled in Graz.", "maintenance"),
        ("en", "The shells are stored at Linz.", "depot"),
        ("en", "The firm fills shells at Linz, near Graz.", "factory"),
        ("en", "Graz is home to a rifle works.", "factory"),
        ("en", "He spoke in Linz, where the two firms run a repair shop.", "maintenance"),
        ("de", "Im Zünderwerk Kassel arbeiten 300 Menschen.", "factory"),
        ("de", "Auf dem Artillerieschießplatz bei Kassel wurde geübt.", "test_range"),
        ("fr", "Les blindés sont révisés à Lyon.", "maintenance"),
        ("es", "Los cohetes se almacenan en Sevilla.", "depot"),
    ],
)
def test_sites_are_told_by_many_words(propose, language, text, kind):
    assert kind in {site.kind for site in propose(text, language).sites}


def test_a_base_that_gets_something_is_not_planned_itself(propose):
    found = propose("The four ships will lie at the naval base in Linz from 2027.")
    assert [site.status for site in found.sites] == ["operating"]


def test_the_handing_over_of_a_building_is_its_opening(propose):
    assert kinds(propose("The first hall of the shell works in Linz was handed over on Friday.")) == [
        "opening"
    ]


def test_what_takes_place_is_what_was_named_before(propose):
    assert kinds(propose("The exercise with three armies will take place in Linz in May 2027.")) == [
        "exercise"
    ]


def test_may_the_month_is_no_plan(propose):
    found = propose("Troops from two armies spent ten days in May 2025 practising at Linz.")
    assert {event.status for event in found.events} == {"happened"}


def test_a_ban_on_a_sale_is_no_sale(propose):
    assert kinds(propose("The ban on the sale of rockets to Graz was lifted in May 2025.")) == ["policy"]


def test_words_said_at_a_dated_ceremony_share_its_date(propose):
    text = (
        "A shell plant was opened in Linz on Friday. "
        "In the course of the ceremony the two firms entered into a licence for fuzes."
    )
    assert ("agreement", "2026-01-02~") in {(event.kind, event.date.text) for event in propose(text).events}


def test_a_dated_incident_is_not_that_of_a_weekday_nobody_dates(propose):
    text = (
        "A fire broke out at the plant in Linz on Sunday. "
        "In September 2018 an explosion at the plant in Linz killed eight.\n\n"
        "Police are looking into Sunday's fire in Linz."
    )
    found = propose(text, "en", None)
    assert sorted(event.date.text for event in found.events) == ["", "2018-09"]


def test_the_day_before_yesterday_is_a_day(propose):
    found = propose("دشّن الوزير أمس الأول مصنعاً للذخيرة في الرباط.", "ar")
    assert [event.date.text for event in found.events] == ["2026-01-03"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The contract for 40 tanks was signed in Linz in May 2025."),
        ("es", "El contrato por 40 tanques fue suscrito en Sevilla en mayo de 2025."),
        ("fr", "Le contrat de 40 chars a été signé à Lyon en mai 2025."),
    ],
)
def test_a_contract_that_was_signed_is_one_fact(propose, language, text):
    found = propose(text, language)
    assert [(event.kind, event.date.text) for event in found.events] == [("contract", "2025-05")]


def test_an_explosion_and_whom_it_hurt_are_one_incident(propose):
    text = "Una explosión en el polvorín de Sevilla, junto al río, dejó tres soldados heridos el 2 de enero."
    assert kinds(propose(text, "es")) == ["incident"]


def test_a_plan_that_was_given_up_is_no_closure(propose):
    found = propose("Le projet d'un atelier de réparation à Lyon est abandonné.", "fr")
    assert [(event.kind, event.status) for event in found.events] == [("opening", "denied")]


def test_the_next_round_is_of_the_kind_of_the_last(propose):
    text = "The drill was held in Linz in May 2025. Next year's round is to be held in Graz in June."
    told = [(event.kind, event.status, event.place.surface) for event in propose(text).events]
    assert ("exercise", "planned", "Graz") in told
