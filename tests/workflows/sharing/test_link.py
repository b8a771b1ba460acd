"""An address is read without ever failing, and written so that it is read back as the same."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.area import parse_area
from dashboard.domain.countries import country_names
from dashboard.domain.vocabulary import codes
from dashboard.domain.window import Window
from dashboard.maps.basemaps import basemaps
from dashboard.runtime import Runtime
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link import (
    NAMES,
    Link,
    actor_names,
    describe_link,
    link_query,
    read_link,
    write_link,
)
from dashboard.workflows.sharing.link_values import MODES, SORTS, View, clean_text
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.picks import parse_pick
from dashboard.workflows.views.saved_views import saved_views
from dashboard.workflows.views.selection import Filters


def some(values: Any) -> Any:
    return st.lists(st.sampled_from(sorted(values)), max_size=4).map(tuple)


DAYS = st.none() | st.dates().map(str)
ACTORS = st.from_regex(r"ac-[a-z0-9]{1,8}(-[a-z0-9]{1,8})?", fullmatch=True)
AREAS = st.sampled_from(
    ["", "box:1,2,3,4", "circle:33.62,-7.12,50", "poly:1,1;2,2;1,3", "view:-10,170,10,-170"]
).map(parse_area)
PICKS = st.sampled_from(
    [
        "",
        "kind:meeting;during:2024-01-01/2024-12-31",
        "pair:ac-iai|ac-elbit",
        "place:a;country:MA",
        "place:50%3B",
    ]
).map(parse_pick)
FILTERS = st.builds(
    Filters,
    types=some(("site", "event")),
    countries=some(country_names()),
    involved=some(country_names()),
    kinds=some((*codes("site_kinds"), *codes("event_kinds"))),
    actors=st.lists(ACTORS, max_size=3).map(tuple),
    products=some(codes("product_categories")),
    precisions=some(codes("precisions")),
    statuses=some((*codes("site_statuses"), *codes("event_statuses"))),
    text=st.text(max_size=60).map(clean_text),
    contested=st.booleans(),
    area=AREAS,
    chart=PICKS.map(lambda pick: pick.filters if pick else None),
)
VIEWS = st.tuples(st.floats(-90, 90), st.floats(-180, 180), st.floats(0, 30)).map(
    lambda parts: str(View.parse(",".join(map(repr, parts))) or "")
)
LINKS = st.builds(
    Link,
    filters=FILTERS,
    window=st.builds(Window.parse, DAYS, DAYS),
    record=st.sampled_from(["", "ev-2026-jmc3", "data:theirs/17", "data:theirs/Case 12/3 & so, #4? 5%"]),
    view=VIEWS,
    layers=st.sampled_from(["", "none", "heat,records", "data:theirs,records"]),
    sort=st.sampled_from(["", *SORTS, *(f"-{one}" for one in SORTS)]),
    basemap=st.sampled_from(["", *basemaps()]),
    version=st.sampled_from(["", "2026-11-26.1", "0a1b2c3d"]),
    mode=st.sampled_from(["", *MODES]),
)


@given(LINKS)
def test_a_link_that_is_written_is_read_back_as_the_same(link: Link) -> None:
    assert read_link(write_link(link)) == (link, ())
    assert read_link(parse_qsl(link_query(link))) == (link, ())


@given(LINKS, st.randoms())
def test_the_order_of_parameters_says_nothing(link: Link, random: Any) -> None:
    pairs = list(write_link(link))
    random.shuffle(pairs)
    assert write_link(read_link(pairs)[0]) == write_link(link)


@given(st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=20), st.text(max_size=300)), max_size=12))
def test_whatever_is_written_something_can_be_shown(pairs: list[tuple[str, str]]) -> None:
    link, said = read_link(pairs)
    assert read_link(write_link(link)) == (link, ())
    assert all(sentence.isprintable() or "\u200c" in sentence or "\u200d" in sentence for sentence in said)
    assert all(len(sentence) < 200 for sentence in said)


HOSTILE = [
    ("country", "<script>alert(1)</script>"),
    ("kind", "factory' OR 1=1"),
    ("actor", "../../etc/passwd"),
    ("record", 'ev-x"onload=alert(1)'),
    ("view", "91,0,3"),
    ("view", "nan,nan,nan"),
    ("area", "circle:1e400,0,1"),
    ("chart", "kind:<b>"),
    ("layers", "a,,b"),
    ("sort", "name;drop"),
    ("basemap", "https://evil.example/{z}"),
    ("version", "../secret"),
    ("mode", "backwards"),
    ("from", "yesterday"),
    ("to", "2020-02-31"),
    ("contested", "perhaps"),
]


@pytest.mark.parametrize(("name", "value"), HOSTILE)
def test_what_cannot_be_understood_is_left_out_and_said(name: str, value: str) -> None:
    link, said = read_link([(name, value), ("type", "site")])
    assert link == Link(Filters(types=("site",)))
    (sentence,) = said
    assert sentence.startswith(f"{name}={value[:10]}")


def test_an_unknown_parameter_is_said_and_those_of_others_are_not() -> None:
    _, said = read_link([("utm_source", "mail"), ("limit", "10"), ("find", "x")])
    assert said == ("“utm_source” is no parameter of the atlas and was ignored.",)


def test_a_window_that_ends_before_it_begins_is_turned_round() -> None:
    link, said = read_link([("from", "2021"), ("to", "2019-03")])
    assert (link.window.start_text, link.window.end_text) == ("2019-03-01", "2021-12-31")
    assert said == ("The window's end lies before its start: the two were swapped.",)


def test_of_a_parameter_that_counts_once_the_last_one_counts() -> None:
    link, said = read_link([("record", "ev-a"), ("record", "ev-b")])
    assert link.record == "ev-b"
    assert said == ("“record” is given 2 times: the last one counts.",)


def test_a_view_beyond_the_zooms_of_the_map_is_clamped() -> None:
    assert read_link([("view", "33.123456,-7,25")])[0].view == "33.1235,-7,18"


def test_sizes_are_bounded() -> None:
    link, said = read_link([("country", code) for code in country_names()] * 20)
    assert len(link.filters.countries) == len(country_names())
    assert said == ("Only the first 600 parameters of the address were read.",)
    link, said = read_link([("q", "wörter " * 500)])
    assert len(link.filters.text) == 200
    assert said == ("The search was shortened to “wörter wörter wörter wörter wörter wörte…”.",)
    _, said = read_link([(f"x{number}", "") for number in range(50)])
    assert len(said) == 13
    assert said[-1] == "And 38 more like these."


def test_older_addresses_hold_words_and_are_understood() -> None:
    words = [("country", "Morocco"), ("kind", "Meeting"), ("precision", "Country"), ("type", "Events")]
    words += [("basemap", "OpenStreetMap (online)")]
    link, said = read_link(words)
    assert said == ()
    assert write_link(link) == (
        ("type", "event"),
        ("country", "MA"),
        ("kind", "meeting"),
        ("precision", "country"),
        ("basemap", "OpenStreetMap.Mapnik"),
    )


@pytest.fixture
def library(read_only: Runtime) -> Library:
    return read_only.view(EXACT).library()


def test_names_of_actors_are_understood_where_they_are_known(library: Library) -> None:
    names = actor_names(library)
    actor = next(iter(names))
    link, said = read_link([("actor", names[actor].upper()), ("actor", "ac-never-was")], names)
    assert link.filters.actors == (actor,)
    assert said == ("actor=ac-never-was is not understood and was ignored.",)
    assert read_link([("actor", "ac-never-was")])[0].filters.actors == ("ac-never-was",)


def test_of_a_version_somebody_who_is_gone_by_now_is_asked_for_all_the_same(library: Library) -> None:
    names, asked = actor_names(library), ("actor", "ac-gone-by-now")
    assert read_link([asked], names)[0].filters.actors == ()
    link, said = read_link([asked, ("version", "0a1b")], names)
    assert (link.filters.actors, said) == (("ac-gone-by-now",), ())


def test_equal_filters_in_another_order_are_one_link() -> None:
    one, other = (Link(Filters(countries=codes)) for codes in (("MA", "IL", "MA"), ("IL", "MA")))
    assert one == other
    assert link_query(one) == "country=IL&country=MA"


def test_a_link_is_described_for_people(library: Library) -> None:
    link, _ = read_link(
        parse_qsl(
            "country=MA&country=IL&involving=MA&involving=IL&q=SpyX&from=2020&to=2021&status=operating"
            "&record=st-bluebird-benslimane"
        )
    )
    assert describe_link(link, library) == (
        "Country: Israel or Morocco",
        "Involving: Israel and Morocco",
        "Status: operating",
        "Search: SpyX",
        "1 January 2020 to 31 December 2021",
        "Record: BlueBird SpyX plant, Ben Slimane",
    )
    assert describe_link(Link(), library) == ()


def test_every_saved_view_can_be_linked_to() -> None:
    for view in saved_views():
        link = Link(view.filters, view.window)
        assert read_link(write_link(link)) == (link, ())
