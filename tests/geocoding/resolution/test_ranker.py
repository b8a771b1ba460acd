import numpy as np
import pytest

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.resolution.evidence import FEATURES, Document
from dashboard.geocoding.resolution.ranker import STAGES, LinearRanker
from dashboard.geocoding.resolution.reading import Reader
from dashboard.geocoding.resolution.views import MOST_CANDIDATES, Remembered, view_of


@pytest.mark.parametrize("name", ["rule", "learned"])
def test_the_weights_in_the_package_weigh_known_features(name: str) -> None:
    ranker = LinearRanker.named(name)
    assert LinearRanker.named(name) is ranker
    scores = ranker.score(STAGES[-1], np.eye(len(FEATURES)))
    assert np.isfinite(scores).all()
    assert scores[FEATURES.index("hand")] == scores.max() > 10


def test_contributions_add_up_to_the_difference() -> None:
    ranker = LinearRanker({stage: {"population": 2.0, "near_best": 0.5} for stage in STAGES})
    row, other = np.arange(len(FEATURES), dtype=float), np.ones(len(FEATURES))
    parts = ranker.contributions(row, other)
    scores = ranker.score("all", np.array([row, other]))
    assert sum(part for _, part in parts) == pytest.approx(scores[0] - scores[1])
    assert [part for _, part in parts] == sorted((part for _, part in parts), reverse=True)


def test_beliefs_are_probabilities_within_each_unit(namesakes: Gazetteer) -> None:
    reader = Reader(namesakes)
    document = Document([view_of(reader.read(name)) for name in ("Springfield", "Rabat", "Alexandria")])
    belief = document.believe(np.linspace(-900.0, 900.0, len(document.unit)))
    assert np.add.reduceat(belief, document.starts) == pytest.approx([1.0, 1.0, 1.0])
    smaller, left = document.keeping(belief, 2)
    assert np.bincount(smaller.unit).tolist() == [2, 2, 2]
    assert np.add.reduceat(left, smaller.starts) == pytest.approx([1.0, 1.0, 1.0])
    assert smaller.features(left).shape == (6, len(FEATURES))
    kept = {smaller.candidate(row).entry.place_id for row in np.flatnonzero(smaller.unit == 0)}
    order = np.argsort(-belief[document.unit == 0])[:2]
    assert kept == {document.candidate(int(row)).entry.place_id for row in order}


def test_what_is_remembered_is_bounded_and_goes_with_its_gazetteer(namesakes: Gazetteer) -> None:
    view = view_of(Reader(namesakes).read("Rabat"))
    memory = Remembered(most=16)
    for number in range(100):
        memory.put(str(number), "", view)
    assert sum(memory.get(str(number), "") is view for number in range(100)) <= 16
    assert memory.get("99", "") is view
    memory.put("x" * 10_000, "", view)
    assert memory.get("x" * 10_000, "") is None
    assert Remembered.of(namesakes, None) is Remembered.of(namesakes, None)
    assert len(view.candidates) <= MOST_CANDIDATES
