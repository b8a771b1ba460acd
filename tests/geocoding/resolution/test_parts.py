from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.geocoding.resolution.parts import parts_of


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("South Los Angeles", [("Los Angeles", "direction")]),
        ("Jerome Township", [("Jerome", "designator")]),
        ("Tewksbury Twp.", [("Tewksbury", "designator")]),
        ("Town of Groton", [("Groton", "designator")]),
        ("the Bronx", [("Bronx", "designator")]),
        ("South West England", [("West England", "direction"), ("England", "direction")]),
        ("North Annville Township", [("North Annville", "designator"), ("Annville", "direction")]),
        ("Upper Swat Valley", [("Swat Valley", "direction"), ("Swat", "feature")]),
        ("gouvernorat de Gabès", [("Gabès", "designator")]),
        ("base aérienne d'El Aouina", [("aérienne d' El Aouina", "feature"), ("El Aouina", "feature")]),
        ("Clark Air Base", [("Clark Air", "feature"), ("Clark", "feature")]),
        ("محافظة صفاقس", [("صفاقس", "designator")]),
        ("Rabat", []),
        ("Township", []),
        ("", []),
    ],
)
def test_words_come_off_one_at_a_time(name: str, parts: list[tuple[str, str]]) -> None:
    assert [(part.name, part.kind) for part in parts_of(name)] == parts


@given(st.lists(st.sampled_from(["North", "Lake", "of", "City", "Rabat", "Twp.", "the"]), max_size=8))
def test_parts_grow_shorter_and_are_never_empty(words: list[str]) -> None:
    name = " ".join(words)
    lengths = [len(name), *(len(part.name) for part in parts_of(name))]
    assert all(after < before for before, after in pairwise(lengths))
    assert lengths[-1] > 0 or not words
