from dashboard.domain.window import Window

FACTORY = "st-bluebird-benslimane"


def test_the_first_view_holds_every_record(open_page):
    opened = open_page()
    assert opened.map["state"]["mask"] is None
    assert opened.map["state"]["window"] == {"from": None, "to": None}
    assert "BlueBird SpyX plant, Ben Slimane" in opened.names


def test_the_table_follows_the_clock(open_page):
    opened = open_page("atlas", {"from": "2020", "to": "2020"})
    assert "BlueBird SpyX plant, Ben Slimane" not in opened.names
    assert opened.map["state"]["window"] == {"from": "2020-01-01", "to": "2020-12-31"}


def test_a_rerun_that_brings_an_older_address_changes_nothing(open_page):
    opened = open_page("atlas", {"to": "2020"})
    opened.at.query_params["to"] = "2015-12-31"
    opened.at.run()
    assert opened.map["state"]["window"]["to"] == "2020-12-31"


def test_a_site_takes_its_status_at_the_windows_end(open_page):
    row = open_page("atlas", {"to": "2025-06"}).at.dataframe[0].value.set_index("Name")
    assert row.loc["BlueBird SpyX plant, Ben Slimane", "Status"] == "planned"
    row = open_page("atlas", {"to": "2026-06"}).at.dataframe[0].value.set_index("Name")
    assert row.loc["BlueBird SpyX plant, Ben Slimane", "Status"] == "unknown"


def test_filters_narrow_table_and_map_alike(open_page):
    everything, morocco = open_page(), open_page("atlas", {"country": "Morocco"})
    assert set(morocco.names) < set(everything.names)
    assert morocco.map["state"]["mask"]
    assert set(morocco.at.dataframe[0].value["Country"].str.contains("Morocco")) == {True}


def test_clearing_the_filters_brings_everything_back(open_page):
    opened = open_page("atlas", {"country": "Morocco"})
    next(b for b in opened.at.button if b.label == "Clear filters").click().run()
    assert sorted(opened.names) == sorted(open_page().names)


def test_a_search_finds_a_place_in_any_spelling(open_page):
    for text in ("Ben Slimane", "ben  SLIMANE", "SpyX"):
        assert "BlueBird SpyX plant, Ben Slimane" in open_page("atlas", {"q": text}).names


def test_a_records_link_shows_its_evidence(open_page):
    words = open_page("atlas", {"record": FACTORY}).words
    assert "Sources that say otherwise" in words
    assert "Assahifa" in words
    assert "known to locality" in words


def test_a_records_link_moves_the_clock_and_drops_what_hides_it(open_page):
    opened = open_page("atlas", {"record": FACTORY, "to": "2015", "country": "Norway"})
    assert "BlueBird SpyX plant, Ben Slimane" in opened.names
    assert opened.map["state"]["moveTo"] == FACTORY
    assert Window.parse(None, opened.map["state"]["window"]["to"]).last > Window.parse(None, "2024").last


def test_choosing_a_linked_record_opens_it(open_page):
    opened = open_page("atlas", {"record": "ev-2021-gantz-visit"})
    next(b for b in opened.at.button if b.key == "link_ev-2021-defence-mou").click().run()
    assert opened.map["state"]["selected"] == "ev-2021-defence-mou"


def test_closing_the_card_deselects(open_page):
    opened = open_page("atlas", {"record": FACTORY})
    next(b for b in opened.at.button if b.key == "close_card").click().run()
    assert opened.map["state"]["selected"] is None


def test_undated_records_are_counted_and_one_click_away(open_page):
    opened = open_page()
    assert "1 undated" in opened.counts
    opened.at.button_group(key="list").set_value("Undated").run()
    assert opened.names == [next(n for n in opened.names if "Barak MX" in n)]


def test_the_address_keeps_the_layers_and_nothing_strange(open_page):
    assert open_page("atlas", {"layers": "heat,records"}).map["state"]["layers"] == "heat,records"
    assert open_page("atlas", {"layers": "<script>"}).map["state"]["layers"] == ""
    assert open_page("atlas", {"layers": "a," * 30 + "a"}).map["state"]["layers"] == ""


def test_a_saved_view_asks_its_question_and_nothing_else(open_page):
    opened = open_page(query={"q": "Rabat", "country": "Morocco"})
    before = opened.map["state"]["fit"]
    opened.at.button(key="view_morocco-israel").click().run()
    assert not opened.at.exception
    assert opened.at.session_state["involving"] == ["IL", "MA"]
    assert opened.at.session_state["country"] == []
    assert opened.at.text_input(key="q").value == ""
    assert opened.map["state"]["window"] == {"from": "2020-01-01", "to": None}
    assert opened.map["state"]["fit"] == before + 1
    assert "BlueBird SpyX plant, Ben Slimane" in opened.names
