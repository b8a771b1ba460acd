import json
from importlib.resources import files

import pytest

from dashboard.articles.learned.linear import ALWAYS, LinearModel
from dashboard.articles.learned.reading import EventModels
from dashboard.domain.vocabulary import codes

MOST_BYTES = 2_000_000
TEXT = '{"labels":["opening","closure"],"step":0.5,"weights":{"always":[-2,2],"opened":[8,0],"shut":[0,4]}}'


def test_scores_are_sums_of_the_weights_of_the_features():
    scores = LinearModel.parse(TEXT).scores({"opened": 1.0, "shut": 0.5})
    assert scores == {"opening": 3.0, "closure": 2.0}


def test_a_feature_without_a_weight_counts_nothing():
    model = LinearModel.parse(TEXT)
    assert model.sums({"unheard": 9.0}) == model.sums({}) == [-1.0, 1.0]


def test_a_feature_with_too_few_weights_is_refused():
    broken = json.loads(TEXT)
    broken["weights"][ALWAYS] = [1]
    with pytest.raises(ValueError, match="'always' needs 2 weights"):
        LinearModel.parse(json.dumps(broken))


def test_the_shipped_models_know_every_kind_of_event():
    models = EventModels.shipped()
    assert set(models.kinds.labels) == set(codes("event_kinds")) - {"other", "unknown"}
    assert set(models.statuses.labels) < set(codes("event_statuses"))


def test_the_weights_stay_small():
    folder = files("dashboard.articles.learned").joinpath("weights")
    assert sum(len(file.read_bytes()) for file in folder.iterdir()) <= MOST_BYTES
