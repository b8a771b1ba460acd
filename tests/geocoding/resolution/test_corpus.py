import json

import pytest

from dashboard.errors import TableError
from dashboard.geocoding import Gazetteer
from dashboard.geocoding.resolution.corpus import read_documents, resolve_mentions

LINES = [
    json.dumps(
        {"doc": "1", "mentions": [{"surface": "Paris", "start": 4}, {"surface": "Texas", "start": 11}]}
    ),
    "",
    json.dumps({"doc": 2, "mentions": [{"surface": "Springfield"}, {"surface": "Xyzzyqwort"}]}),
    json.dumps({"doc": "empty", "mentions": []}),
]


def test_the_best_guess_is_given_even_when_ambiguous(namesakes: Gazetteer) -> None:
    first, second, third = resolve_mentions(read_documents(LINES), gazetteer=namesakes)
    assert first["doc"] == "1"
    assert first["places"][0]["place_id"] == "geonames:16"
    assert (first["places"][0]["lat"], first["places"][0]["lon"]) == (33.6609, -95.5555)
    assert second["places"][0]["status"] == "ambiguous"
    assert second["places"][1] is None
    assert third == {"doc": "empty", "places": []}
    json.dumps([first, second, third])


def test_true_points_are_not_looked_at(namesakes: Gazetteer) -> None:
    told = {"surface": "Paris", "start": 4, "lat": 33.66, "lon": -95.56, "geonameid": 4717560}
    untold = {"surface": "Paris", "start": 4}
    answers = [
        list(resolve_mentions([{"doc": "1", "mentions": [mention]}], gazetteer=namesakes))
        for mention in (told, untold)
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "bad",
    [
        '{"doc": "1", "men',
        "[]",
        '{"mentions": []}',
        '{"doc": "1"}',
        '{"doc": "1", "mentions": ["Paris"]}',
        '{"doc": "1", "mentions": [{"surface": 5}]}',
        "[" * 100_000,
    ],
)
def test_a_bad_line_is_named(bad: str) -> None:
    with pytest.raises(TableError, match="line 3"):
        list(read_documents([LINES[0], "", bad]))


def test_starts_out_of_order_are_passed_over(namesakes: Gazetteer) -> None:
    mentions = [{"surface": "Paris", "start": 11}, {"surface": "Texas", "start": 4}]
    plain = [{"surface": "Paris"}, {"surface": "Texas"}]
    answers = [
        list(resolve_mentions([{"doc": "1", "mentions": each}], gazetteer=namesakes))
        for each in (mentions, plain)
    ]
    assert answers[0] == answers[1]
