"""The map of a figure: nothing is hidden, nothing is sharper than it is known."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Event, Location, Site, SiteStatus
from dashboard.domain.vocabulary import terms
from dashboard.domain.window import Window
from dashboard.exports.figure.fitting import fit_marks
from dashboard.exports.figure.labels import Label, place_labels
from dashboard.exports.figure.land import Ground
from dashboard.exports.figure.legend import draw_legend, legend_entries
from dashboard.exports.figure.map_panel import draw_map
from dashboard.exports.figure.marks import marks_of
from dashboard.exports.figure.panel import Panel
from dashboard.exports.figure.signs import kind_letter
from dashboard.exports.figure.spots import gather, spot_radius
from dashboard.exports.figure.world import world
from dashboard.workflows.sharing.link import Link

PLACES = {
    "exact": (33.61, -7.12, 100),
    "locality": (32.08, 34.78, 120_000),
    "province": (31.0, -6.0, 90_000),
    "country": (31.79, -7.09, 600_000),
}


def tables_of(*places, date="2021-11-24", status="happened"):
    events, locations = [], []
    for number, (precision, country, lat, lon, metres) in enumerate(places):
        events.append(
            Event(
                id=f"ev-{number}",
                kind="visit",
                title=f"Visit {number}",
                date=UncertainDate.parse(date),
                status=status,
            )
        )
        locations.append(
            Location(
                id=f"lo-{number}",
                record_id=f"ev-{number}",
                role="at",
                place_as_written=f"Town {number}",
                country=country,
                lat=lat,
                lon=lon,
                precision=precision,
                precision_m=metres,
                method="manual",
            )
        )
    return {"events": events, "locations": locations}


def drawn_map(view, box=(0.0, 0.0, 600.0, 300.0)):
    figure = Figure((10, 6))
    FigureCanvasAgg(figure)
    panel = Panel(figure, box, "map", clip=True)
    marks = marks_of(view)
    ground = Ground(panel, fit_marks(marks, panel.width / panel.height), world())
    return draw_map(panel, ground, marks), panel


def texts(panel):
    return [text.get_text() for text in panel.axes.texts]


@pytest.mark.parametrize("precision", PLACES)
def test_a_place_is_drawn_as_sharp_as_it_is_known(make_view, precision):
    lat, lon, metres = PLACES[precision]
    country = "IL" if precision == "locality" else "MA"
    drawn, panel = drawn_map(make_view(tables_of((precision, country, lat, lon, metres))))
    assert drawn.rings == (precision in ("locality", "province"))
    assert drawn.coarse == (precision == "province")
    assert drawn.regions == (precision == "country")
    hatched = [patch for patch in panel.axes.patches if patch.get_hatch()]
    assert bool(hatched) == (precision == "country")
    assert ("Morocco: 1" in texts(panel)) == (precision == "country")
    assert ("V" in texts(panel)) == (precision != "country")


def test_a_ring_is_as_large_as_the_place_is_uncertain(make_view):
    widths = []
    for metres in (120_000, 60_000):
        _, panel = drawn_map(make_view(tables_of(("locality", "IL", 32.08, 34.78, metres))))
        (ring,) = [patch for patch in panel.axes.patches if patch.get_alpha() == 0.75]
        widths.append(np.ptp(ring.get_path().vertices[:, 0]))
    assert widths[0] == pytest.approx(0.24 * 600, rel=0.02)  # the frame of one point is 1,000 km wide
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.02)


def test_a_date_that_only_touches_the_window_is_pale(make_view):
    tables = tables_of(("exact", "MA", 33.6, -7.1, 100), date="2021")
    sure, _ = drawn_map(make_view(tables, Link(window=Window.parse("2021", "2021"))))
    maybe, _ = drawn_map(make_view(tables, Link(window=Window.parse("2021-06", "2021-12"))))
    assert (sure.possible, maybe.possible) == (False, True)


def test_only_disputed_borders_are_dashed(make_view):
    _, panel = drawn_map(
        make_view(tables_of(("exact", "EH", 26.0, -12.0, 100), ("exact", "MA", 33.6, -7.1, 100)))
    )
    dashed = [
        one
        for one in panel.axes.collections
        if one.get_linestyle() != [(0, None)] and one.get_linestyle()[0][1] is not None
    ]
    (borders,) = dashed
    corners = np.vstack(borders.get_segments())
    frame = fit_marks(
        marks_of(make_view(tables_of(("exact", "EH", 26.0, -12.0, 100), ("exact", "MA", 33.6, -7.1, 100)))),
        2.0,
    )
    disputed = np.vstack([frame.project(*line.T) for line in world().dashed])
    placed = (disputed - [frame.extent[0], frame.extent[2]]) * panel.width / frame.width
    near = [
        np.hypot(*(placed - corner).T).min()
        for corner in corners
        if 0 < corner[0] < 600 and 0 < corner[1] < 300
    ]
    assert near
    assert max(near) < 1


def test_a_few_far_places_are_left_out_by_name_and_not_silently(make_view):
    near = [("exact", "MA", 33 + k / 10, -7.0, 100) for k in range(30)]
    view = make_view(tables_of(*near, ("exact", "US", 30.3, -88.5, 100)))
    _, panel = drawn_map(view)
    assert "Outside this map: Town 30 (1 mark)" in texts(panel)
    few = fit_marks(marks_of(make_view(tables_of(*near[:5], ("exact", "US", 30.3, -88.5, 100)))), 2.0)
    assert few.width > 5_000_000


def test_records_at_one_spot_are_counted_and_none_hides_another(make_view):
    _, panel = drawn_map(make_view(tables_of(*[("exact", "MA", 33.6, -7.1, 100)] * 7)))
    assert "7" in texts(panel)
    assert "V" not in texts(panel)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 400, width=32), st.floats(0, 200, width=32)), min_size=1, max_size=150)
)
def test_spots_hold_every_mark_once_and_stand_apart(points):
    spots = gather(np.array(points), 20)
    rows = np.concatenate([spot.rows for spot in spots])
    assert sorted(rows) == list(range(len(points)))
    for number, one in enumerate(spots):
        for other in spots[number + 1 :]:
            apart = np.hypot(one.x - other.x, one.y - other.y)
            assert apart > 0.9 * (spot_radius(len(one.rows)) + spot_radius(len(other.rows)))


def test_a_hundred_thousand_marks_become_few_spots():
    points = np.random.default_rng(1).uniform(0, 1, (100_000, 2)) * [600, 300]
    spots = gather(points, 70)
    assert len(spots) <= 70
    assert sum(len(spot.rows) for spot in spots) == 100_000


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 150)), max_size=25))
def test_labels_cover_neither_one_another_nor_a_sign_nor_the_edge(spots):
    signs = [(x - 5, y - 5, 10.0, 10.0) for x, y in spots]
    labels = [Label(x, y, 5, ("Ben Slimane", "second line")) for x, y in spots]
    placed = place_labels(labels, signs, (300, 150), 7, most=20)
    boxes = [shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3]) for b in (one.box for one in placed)]
    taken = [shapely.box(b[0], b[1], b[0] + b[2], b[1] + b[3]) for b in signs]
    for number, box in enumerate(boxes):
        assert shapely.box(0, 0, 300, 150).covers(box)
        assert not any(box.intersection(other).area > 1e-9 for other in [*boxes[number + 1 :], *taken])


def test_each_kind_has_a_letter_of_its_own():
    for group in ("site", "event"):
        letters = [kind_letter(group, code) for code in terms(f"{group}_kinds")]
        given_ = [letter for letter in letters if letter]
        assert len(given_) == len(set(given_)) == len(letters) - 2  # other and unknown have none


def test_the_legend_explains_what_occurs_and_nothing_else(make_view):
    tables = tables_of(("province", "MA", 31.0, -6.0, 90_000), ("country", "FR", 46.0, 2.0, 500_000))
    tables["sites"] = [Site(id="st-1", name="Yard", kind="shipyard")]
    tables["site_status"] = [
        SiteStatus(
            id="ss-1", site_id="st-1", status="planned", date=UncertainDate.parse("2020"), citation_id=""
        )
    ]
    view = make_view(tables)
    drawn, _ = drawn_map(view)
    words = [entry.words for entry in legend_entries(view.records, drawn)]
    assert words[:4] == ["Sites", "Shipyard  1", "Events", "Visit  2"]
    assert any(word.startswith("hatched") for word in words)
    assert any(word.startswith("double line") for word in words)
    assert not any(word.startswith("pale") for word in words)


@pytest.mark.parametrize(("wide", "high"), [(226.0, 380.0), (190.0, 400.0), (527.0, 200.0)])
def test_the_longest_legend_fits_its_panel(starter_view, wide, high):
    drawn, _ = drawn_map(starter_view)
    for name in ("regions", "rings", "coarse", "possible", "spots", "dashed"):
        setattr(drawn, name, True)
    entries = legend_entries(starter_view.records, drawn)
    figure = Figure((8, 6))
    panel = Panel(figure, (0, 0, wide, high), "legend")
    assert draw_legend(panel, entries, 1) <= high
    assert len(panel.axes.texts) >= len(entries)
