from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import PackageError
from dashboard.geocoding import HandDecidedPlaces, Tier

ROW: dict[str, Any] = {
    "id": "pl-parchin",
    "name": "Parchin",
    "names": "پارچین|",
    "country": "IR",
    "lat": "35.52",
    "lon": "51.77",
    "precision": "near",
    "precision_m": "8000",
    "reason": "the complex, not the village",
    "source_id": "so-x",
}


@pytest.mark.parametrize("name", ["Parchin", "PARCHIN", "Par-chin", "پارچین", "Al Parchin"])
def test_every_spelling_finds_it(name: str) -> None:
    (found,) = HandDecidedPlaces.from_rows([ROW]).lookup(name)
    assert found.entry.place_id == "pl-parchin"
    assert found.entry.precision == "near"
    assert "the complex, not the village" in found.reason
    assert (found.score == 1) == (found.tier < Tier.ARTICLE)


def test_other_names_find_nothing() -> None:
    places = HandDecidedPlaces.from_rows([ROW])
    assert [places.lookup(name) for name in ("Parch", "", "!", "x" * 9999)] == [[], [], [], []]
    assert len(HandDecidedPlaces()) == 0


def test_a_place_may_have_no_point() -> None:
    places = HandDecidedPlaces.from_rows([ROW | {"lat": "", "lon": float("nan"), "precision_m": None}])
    entry = places.get("pl-parchin")
    assert entry is not None
    assert entry.point is None
    assert "pl-parchin" in places


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": ""}, "id"),
        ({"name": " – "}, "name"),  # noqa: RUF001
        ({"country": "Iran"}, "country"),
        ({"lat": "91"}, "lat"),
        ({"lon": "east"}, "lon"),
        ({"lon": ""}, "lat"),
        ({"lat": "nan"}, "lat"),
        ({"precision": "sharp"}, "precision"),
        ({"precision_m": "-1"}, "precision_m"),
    ],
)
def test_a_bad_row_is_named(change: dict[str, str], field: str) -> None:
    with pytest.raises(PackageError) as caught:
        HandDecidedPlaces.from_rows([ROW | {"id": "pl-other"}, ROW | change])
    assert [(problem.file, problem.row, problem.field) for problem in caught.value.problems] == [
        ("places.csv", 3, field)
    ]


def test_an_id_is_used_once() -> None:
    with pytest.raises(PackageError, match="used twice"):
        HandDecidedPlaces.from_rows([ROW, ROW])


def test_reading_the_file(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text(
        "id,name,names,country,lat,lon,precision,precision_m,reason,source_id\n"
        'pl-parchin,Parchin,,IR,35.52,51.77,near,8000,"complex, not village",so-x\n',
        "utf-8",
    )
    assert [entry.reason for entry, _ in HandDecidedPlaces.from_csv(path)] == ["complex, not village"]
    with pytest.raises(PackageError, match="cannot be read"):
        HandDecidedPlaces.from_csv(tmp_path / "none.csv")
