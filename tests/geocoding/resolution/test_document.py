from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.geocoding import Gazetteer, HandDecidedPlaces, resolve
from dashboard.geocoding.candidates import Resolution
from dashboard.geocoding.resolution import resolve_all
from dashboard.geocoding.resolution.ranker import LinearRanker

NAMES = (
    *("Paris", "Dallas", "Texas", "Alexandria", "Baton Rouge", "Cairo", "Springfield", "Columbus", "Georgia"),
    *("Atlanta", "Tbilisi", "Morocco", "Rabat", "Malta", "Xyzzyqwort", "", "Northern Ohio"),
)


def places(found: list[Resolution]) -> list[str]:
    return [one.chosen.entry.place_id if one.chosen else one.status for one in found]


def in_text(text: str, *names: str) -> tuple[list[str], list[int]]:
    """Find each name behind the one before."""
    starts, position = [], 0
    for name in names:
        position = text.index(name, position)
        starts.append(position)
        position += len(name)
    return list(names), starts


@pytest.fixture(params=["rule", "learned"])
def ranker(request: pytest.FixtureRequest) -> LinearRanker:
    return LinearRanker.named(request.param)


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (["Paris", "Dallas", "Fort Worth"], "geonames:16"),
        (["Paris", "Rabat", "Haifa"], "geonames:15"),
        (["Alexandria", "Cairo"], "geonames:32"),
        (["Alexandria", "Pineville", "Baton Rouge"], "geonames:33"),
        (["Pineville", "Alexandria", "Louisiana"], "geonames:35"),
        (["Springfield", "Columbus", "Ohio"], "geonames:41"),
        (["Georgia", "Tbilisi"], "geonames:108"),
        (["Georgia", "Atlanta", "Dallas"], "geonames:203"),
    ],
)
def test_the_other_places_decide(
    namesakes: Gazetteer, ranker: LinearRanker, names: list[str], first: str
) -> None:
    found = resolve_all(names, gazetteer=namesakes, ranker=ranker)
    assert places(found)[0] == first, found[0].reason
    assert [one.name for one in found] == names


def test_a_reason_names_what_decided(namesakes: Gazetteer) -> None:
    found = resolve_all(["Springfield", "Columbus", "Ohio"], gazetteer=namesakes)[0]
    assert "other place" in found.reason
    assert "ahead of Springfield" in found.reason
    assert found.margin == pytest.approx(found.candidates[0].score - found.candidates[1].score, abs=1e-3)
    assert 0 <= sum(candidate.score for candidate in found.candidates) <= 1.001


def test_what_stands_behind_a_comma_contains(namesakes: Gazetteer, ranker: LinearRanker) -> None:
    text = "From Springfield, Illinois to Springfield, Ohio and back to Springfield, Ohio."
    names, starts = in_text(text, *["Springfield", "Illinois", "Springfield", "Ohio", "Springfield", "Ohio"])
    found = resolve_all(names, gazetteer=namesakes, starts=starts, ranker=ranker)
    assert places(found)[::2] == ["geonames:7", "geonames:41", "geonames:41"]
    names, starts = in_text("They met in Paris, Texas.", "Paris", "Texas")
    paris = resolve_all(names, gazetteer=namesakes, starts=starts)[0]
    assert paris.chosen is not None
    assert paris.chosen.entry.place_id == "geonames:16"
    assert "'X, Y' containment: in Texas" in paris.reason
    names, starts = in_text("from Rabat (Malta)", "Rabat", "Malta")
    assert places(resolve_all(names, gazetteer=namesakes, starts=starts))[0] == "geonames:3"


def test_one_sense_for_all_mentions_of_a_name(namesakes: Gazetteer) -> None:
    found = resolve_all(
        ["Alexandria", "Baton Rouge", "ALEXANDRIA", "Pineville", "alexandria"], gazetteer=namesakes
    )
    assert len({places(found)[n] for n in (0, 2, 4)}) == 1
    assert [found[n].name for n in (0, 2, 4)] == ["Alexandria", "ALEXANDRIA", "alexandria"]


def test_a_name_alone_gets_what_resolve_says(namesakes: Gazetteer) -> None:
    for name in NAMES:
        assert resolve_all([name], gazetteer=namesakes) == [resolve(name, gazetteer=namesakes)]
        assert (
            places(resolve_all([name, name], gazetteer=namesakes))
            == [places([resolve(name, gazetteer=namesakes)])[0]] * 2
        )


def test_equals_stay_ambiguous_with_their_candidates(namesakes: Gazetteer) -> None:
    found = resolve_all(["Springfield", "United States"], gazetteer=namesakes)[0]
    assert (found.status, found.chosen) == ("ambiguous", None)
    assert len(found.candidates) >= 4
    assert "hardly ahead of" in found.reason
    assert 0 <= found.margin < 0.4


def test_nothing_is_placed_for_want_of_an_alternative(namesakes: Gazetteer) -> None:
    found = resolve_all(["Rabat", "Xyzzyqwort", "", "!!", "x" * 10_000], gazetteer=namesakes)
    assert [one.status for one in found] == ["resolved", *["unknown"] * 4]
    assert all(one.reason for one in found)
    assert resolve_all([], gazetteer=namesakes) == []


def test_a_part_of_something_large_stands_for_it(namesakes: Gazetteer) -> None:
    found = resolve_all(["Northern Ohio", "Columbus"], gazetteer=namesakes)[0]
    assert found.chosen is not None
    assert (found.chosen.entry.name, found.chosen.entry.precision) == ("Ohio", "province")
    assert "only 'Ohio' is known" in found.reason
    valley = resolve_all(["Pineville Valley", "Baton Rouge"], gazetteer=namesakes)[0]
    assert (valley.status, valley.candidates[0].entry.name) == ("ambiguous", "Pineville")


def test_a_guessed_spelling_needs_company(namesakes: Gazetteer) -> None:
    guess = "Benslimanne"
    assert resolve(guess, gazetteer=namesakes).chosen is None
    assert places(resolve_all([guess, "Dallas"], gazetteer=namesakes))[0] == "ambiguous"
    found = resolve_all([guess, "Rabat", "Morocco"], gazetteer=namesakes)[0]
    assert found.chosen is not None
    assert (found.chosen.entry.name, found.chosen.entry.country) == ("Benslimane", "MA")


def test_stated_countries_exclude(namesakes: Gazetteer) -> None:
    names = ["Paris", "Dallas", "Texas"]
    assert places(resolve_all(names, gazetteer=namesakes, country="FR"))[0] == "geonames:15"
    mixed = resolve_all(names, gazetteer=namesakes, country=["FR", None, "Atlantis"])
    assert places(mixed) == ["geonames:15", "geonames:31", "unknown"]


def test_hand_decided_places_win(namesakes: Gazetteer) -> None:
    row = {"id": "pl-paris", "name": "Paris", "country": "MA", "lat": 33.0, "lon": -7.0, "precision": "near"}
    by_hand = HandDecidedPlaces.from_rows([row | {"precision_m": 5000, "reason": "as the plant is called"}])
    names = ["Paris", "Dallas", "Texas"]
    assert places(resolve_all(names, gazetteer=namesakes, hand_decided=by_hand))[0] == "pl-paris"
    assert places(resolve_all(names, gazetteer=namesakes))[0] == "geonames:16"  # nothing is left of it


@pytest.mark.parametrize("kind", ["starts", "country"])
def test_lists_of_another_length_are_refused(namesakes: Gazetteer, kind: str) -> None:
    with pytest.raises(ValueError, match="were given for 2 names"):
        resolve_all(["Paris", "Dallas"], gazetteer=namesakes, **{kind: [None]})


def test_a_register_of_towns_is_cut_into_blocks(namesakes: Gazetteer) -> None:
    names = [
        "Dallas",
        "Texas",
        "Paris",
        *(f"Rabat {n}" for n in range(70)),
        *(f"{n} Township" for n in NAMES),
    ]
    found = resolve_all(names * 20, gazetteer=namesakes)
    assert len(found) == len(names) * 20
    assert places(found)[2] == "geonames:16"


def test_threads_share_a_gazetteer(namesakes_path: Path) -> None:
    documents = [[*NAMES[n:], *(f"{name} {n}" for name in NAMES)] for n in range(12)]
    with Gazetteer.open(namesakes_path) as gazetteer:
        alone = [resolve_all(names, gazetteer=gazetteer) for names in documents]
    with Gazetteer.open(namesakes_path) as gazetteer, ThreadPoolExecutor(4) as pool:
        together = list(pool.map(partial(resolve_all, gazetteer=gazetteer), documents * 3))
    assert together == alone * 3


@given(names=st.permutations(NAMES))
def test_without_a_text_the_order_does_not_matter(namesakes_path: Path, names: list[str]) -> None:
    with Gazetteer.open(namesakes_path) as gazetteer:
        found = resolve_all(names, gazetteer=gazetteer)
        usual = dict(zip(NAMES, resolve_all(NAMES, gazetteer=gazetteer), strict=True))
    assert {one.name: places([one]) for one in found} == {name: places([usual[name]]) for name in NAMES}


@given(
    names=st.lists(st.sampled_from(NAMES) | st.text(max_size=12), max_size=12),
    gaps=st.lists(st.integers(0, 90), min_size=12, max_size=12),
)
def test_every_mention_gets_one_sound_answer(namesakes_path: Path, names: list[str], gaps: list[int]) -> None:
    starts, position = [], 0
    for name, gap in zip(names, gaps, strict=False):
        starts.append(position + gap)
        position = starts[-1] + len(name)
    with Gazetteer.open(namesakes_path) as gazetteer:
        found = resolve_all(names, gazetteer=gazetteer, starts=starts)
        again = resolve_all(names, gazetteer=gazetteer, starts=starts)
    assert found == again
    assert [one.name for one in found] == names
    for one in found:
        assert (one.chosen is not None) == (one.status == "resolved")
        assert one.reason
        assert 0 <= one.margin <= 1
        assert one.chosen is None or one.chosen.entry.precision != "exact"
