from dashboard.bench.article_scores import Tally, tally

HERE = {"country": "AT", "lat": 48.3, "lon": 14.3}
FAR = {"country": "AT", "lat": 47.1, "lon": 15.4}


def event(kind="opening", said="2024-05", where=HERE, **more):
    return {"type": kind, "date": said, "precision": "city", **where, **more}


def test_kind_date_and_place_must_agree():
    assert tally([event()], [event(said="2024-05-03")]) == Tally(1, 0, 0)
    for wrong in (event("closure"), event(said="2023"), event(where=FAR), event(said=None)):
        assert tally([event()], [wrong]) == Tally(0, 1, 1)


def test_a_fact_told_twice_is_right_once():
    assert tally([event()], [event(), event()]) == Tally(1, 1, 0)


def test_an_optional_fact_is_neither_demanded_nor_punished():
    optional = event(optional=True)
    assert tally([optional], []) == Tally()
    assert tally([optional], [event()]) == Tally()


def test_what_is_proposed_goes_to_the_fact_that_nothing_else_tells():
    loose = event(said=None)
    assert tally([loose, event(said="2024-05-03")], [event(said="2024-05-03"), event(said="2020")]) == Tally(
        2, 0, 0
    )


def test_any_place_of_the_country_will_do_where_no_better_is_known():
    assert tally([event(precision="country")], [event(where=FAR)]) == Tally(1, 0, 0)
    assert tally([event(alt_locations=[{**FAR, "precision": "city"}])], [event(where=FAR)]) == Tally(1, 0, 0)
