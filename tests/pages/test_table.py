"""A long table comes a page at a time, says so, and hides no row."""

import json

import pytest

from dashboard.geocoding.names import fold
from dashboard.ui import paging, tables

PAGE = 10


@pytest.fixture
def short_pages(monkeypatch):
    monkeypatch.setattr(paging, "PAGE", PAGE)


def table_words(opened):
    return next(c.value for c in opened.at.caption if c.value.startswith(("Rows ", "All ")))


def turn_to(opened, number):
    count = table_words(opened).split(" of ")[1].split(":")[0]
    opened.at.session_state[f"atlas_table_page_{count}"] = number
    opened.at.run()


def test_a_table_that_fits_has_no_pages(open_page):
    opened = open_page()
    assert 0 < len(opened.names) <= paging.PAGE
    assert not any(c.value.startswith("Rows ") for c in opened.at.caption)


def test_a_long_table_says_how_many_more_there_are(open_page, short_pages, monkeypatch):
    opened = open_page()
    monkeypatch.undo()
    whole = open_page()
    count = len(whole.names)
    assert opened.names == whole.names[:PAGE]
    assert f"Rows 1 to {PAGE} of {count}: {count - PAGE} more" in table_words(opened)
    assert opened.counts == whole.counts


def test_the_pages_together_are_all_rows(open_page, short_pages):
    opened = open_page()
    names = list(opened.names)
    count = int(table_words(opened).split(" of ")[1].split(":")[0])
    for number in range(2, -(-count // PAGE) + 1):
        turn_to(opened, number)
        names += opened.names
    opened.at.toggle(key="atlas_table_all").set_value(True).run()
    assert len(names) == count
    assert opened.names == names
    assert table_words(opened) == f"All {count} rows."


def test_other_rows_begin_at_their_first_page(open_page, short_pages):
    opened = open_page()
    turn_to(opened, 3)
    assert "Rows 21 to 30" in table_words(opened)
    opened.at.text_input(key="q").set_value("morocco").run()
    assert "Rows 1 to 10" in table_words(opened)


def test_choosing_a_row_means_a_row_of_its_page(open_page, short_pages, monkeypatch):
    offered = {}
    monkeypatch.setattr(
        tables, "row_chooser", lambda key, ids, _: offered.update({key: ids}) or (lambda: None)
    )
    turn_to(open_page(), 2)
    assert len(set(offered["atlas_table_1"] + offered["atlas_table_2"])) == 2 * PAGE


def chosen(opened, table):
    return opened.at.session_state[table]["selection"]["rows"] if table in opened.at.session_state else []


def test_the_row_of_the_card_is_marked_whoever_opened_it(open_page):
    opened = open_page("events", {"record": "ev-2026-jmc3"})
    (row,) = chosen(opened, "events_table_1")
    assert opened.names[row] == "Joint Military Committee of Morocco and Israel meets for the third time"
    opened.at.button(key="close_card").click().run()
    assert chosen(opened, "events_table_1") == []


@pytest.mark.parametrize(("page", "named"), [("sites", "name"), ("events", "-date"), ("atlas", "")])
def test_a_list_comes_in_the_order_that_is_named_above_it(open_page, page, named):
    opened = open_page(page)
    assert opened.at.selectbox(key="sort").value == named
    unasked = opened.names
    if named:
        opened.at.query_params["sort"] = named
        assert open_page(page, {"sort": named}).names == unasked
    assert "sort" not in open_page(page).at.query_params


def test_a_list_of_one_type_offers_no_order_twice(open_page):
    words = open_page("sites").at.selectbox(key="sort").options
    assert len(words) == len(set(words))
    assert "Newest events, then sites by name" not in words


def widths(opened):
    columns = json.loads(opened.at.dataframe[0].proto.columns)
    return [columns[name]["width"] for name in ("Name", "Kind", "Date", "Status")]


@pytest.mark.parametrize("query", [{}, {"record": "ev-2026-jmc3"}])
def test_name_kind_date_and_status_fit_an_ordinary_screen(open_page, query):
    beside_card, alone, checkbox = 710, 1090, 36  # pixels at 1,440
    assert sum(widths(open_page("events", query))) + checkbox <= (beside_card if query else alone)


def test_a_phone_shows_a_second_column(open_page, monkeypatch):
    wide = widths(open_page("events"))
    monkeypatch.setattr(tables, "is_phone", lambda: True)
    narrow = widths(open_page("events"))
    assert narrow[0] + narrow[1] + 36 <= 366 < wide[0] + wide[1]


def sources_shown(opened):
    table = opened.at.dataframe[0].value
    return list(zip(table["Publisher"], table["Title"], strict=True))


def test_sources_come_in_pages_and_each_is_read(open_page, short_pages):
    opened = open_page("sources")
    first = sources_shown(opened)
    count = int(table_words(opened).split(" of ")[1].split(":")[0])
    assert len(first) == PAGE < count
    opened.at.session_state[f"sources_table_page_{count}"] = 2
    opened.at.run()
    second = sources_shown(opened)
    assert f"Rows 11 to 20 of {count}" in table_words(opened)
    assert not set(first) & set(second)
    table = opened.at.dataframe[0].key
    opened.at.session_state[table] = {"selection": {"rows": [3], "columns": [], "cells": []}}
    opened.at.run()
    assert "Cited for" in opened.words
    assert second[3][1] in opened.words
    opened.at.toggle(key="sources_table_all").set_value(True).run()
    assert len(sources_shown(opened)) == count


def test_every_list_is_in_the_same_order_of_letters(open_page):
    """Case, accents and punctuation part no names, whether they are of actors, sites or publishers."""
    for page in ("actors", "sites"):
        names = open_page(page).names
        assert names == sorted(names, key=fold), page
    publishers = [fold(publisher) for publisher, _ in sources_shown(open_page("sources"))]
    assert publishers == sorted(publishers)
