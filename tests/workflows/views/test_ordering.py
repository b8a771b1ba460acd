"""Rows in the order that was asked for: the same rows, stable, with nothing-to-sort-by last."""

from itertools import pairwise

import pandas as pd
import pytest

from dashboard.domain.window import Window
from dashboard.geocoding.names import fold
from dashboard.runtime import Runtime
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link_values import SORTS
from dashboard.workflows.views.ordering import in_order
from dashboard.workflows.views.ranks import ranks
from dashboard.workflows.views.rows import Rows
from dashboard.workflows.views.selection import Filters, select


@pytest.fixture
def rows(read_only: Runtime) -> Rows:
    frames = read_only.view(EXACT).frames()
    return select(frames, Filters(), Window.parse("2015", "2024")).shown


def test_sorting_keeps_every_row_with_what_belongs_to_it(rows: Rows) -> None:
    before = rows.frame().set_index("record_id").sort_index()
    for sort in (*SORTS, *(f"-{one}" for one in SORTS)):
        found = in_order(rows, sort)
        assert len(found) == len(rows)
        after = found.frame().set_index("record_id").sort_index()
        assert (before[["status", "fit"]] == after[["status", "fit"]]).all(axis=None), sort
        assert in_order(rows, sort) is found


def test_names_are_sorted_as_people_do(rows: Rows) -> None:
    for sort in ("name", "-name"):
        names = [fold(name) for name in in_order(rows, sort).frame()["name"]]
        assert names == sorted(names, reverse=sort.startswith("-"))


def test_what_has_no_date_comes_last_either_way(rows: Rows) -> None:
    for sort in ("date", "-date"):
        dated = in_order(rows, sort).frame()["dated"].tolist()
        assert False in dated
        assert dated == sorted(dated, reverse=True)


def test_sites_are_sorted_by_the_status_they_had_then(rows: Rows) -> None:
    statuses = in_order(rows, "status").frame()["status"].tolist()
    changes = sum(one != other for one, other in pairwise(statuses))
    assert changes == len(set(statuses)) - 1


def test_unasked_events_come_newest_first_and_sites_by_name(rows: Rows) -> None:
    shown = rows.frame()
    is_site = (shown["record_type"] == "site").tolist()
    assert is_site == sorted(is_site)
    first = shown.loc[shown["record_type"] == "event", "first"].tolist()
    assert first == sorted(first, reverse=True)
    sites = [fold(name) for name in shown.loc[shown["record_type"] == "site", "name"]]
    assert len(sites) > 1
    assert sites == sorted(sites)


def test_accents_and_punctuation_part_no_names_that_stand_together() -> None:
    names = pd.Series(["Zulu", "Ämari", '"Amber"', "", "Łucznik", "Aïn Smara", "Amal", "Al-Zed", "Al Yan"])
    listed = ["Aïn Smara", "Al Yan", "Al-Zed", "Amal", "Ämari", '"Amber"', "Łucznik", "Zulu", ""]
    assert [names[at] for at in ranks(names).argsort()] == listed
