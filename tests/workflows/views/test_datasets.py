import json

import pytest

from dashboard.errors import PackageError
from dashboard.exports.package import write_package
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import Settings, starter_path
from dashboard.workflows.views.datasets import join_record, open_datasets, split_record


@pytest.fixture
def folder(tmp_path):
    package = read_package(starter_path("data"))
    descriptor = package.metadata | {"name": "Théirs & co", "title": "Their records"}
    target = tmp_path / "theirs"
    write_package(DataPackage.of(package.tables, json.dumps(descriptor)), target)
    return target


def test_a_dataset_is_a_layer_with_its_own_name_licence_and_records(folder):
    (dataset,) = open_datasets([folder])
    assert dataset.layer == "data:theirs-co"
    assert dataset.title == "Their records"
    assert dataset.licence == "Creative Commons Attribution 4.0 International"
    assert set(dataset.frames.records["record_id"]) <= set(dataset.library.evidence)
    assert dataset.frames.version == dataset.library.version


def test_two_datasets_of_one_name_are_told_apart(folder):
    first, second = open_datasets([folder, folder])
    assert (first.layer, second.layer) == ("data:theirs-co", "data:theirs-co-2")
    assert first.colour != second.colour


def test_a_dataset_that_does_not_hold_together_is_refused(folder):
    (folder / "events.csv").write_text("id\nbroken\n", encoding="utf-8")
    with pytest.raises(PackageError):
        open_datasets([folder])


@pytest.mark.parametrize(
    ("record_id", "layer", "own"),
    [
        ("ev-2026-jmc3", "", "ev-2026-jmc3"),
        ("data:theirs/ev-1", "data:theirs", "ev-1"),
        ("elsewhere/ev-1", "", "elsewhere/ev-1"),
        ("data:theirs", "", "data:theirs"),
    ],
)
def test_an_id_tells_whose_record_it_names(record_id, layer, own):
    assert split_record(record_id) == (layer, own)
    assert join_record(layer, own) == record_id


def test_the_setting_lists_folders(monkeypatch):
    monkeypatch.setenv("ARSENAL_ATLAS_DATASETS", "/one:/two")
    assert [str(path) for path in Settings().datasets] == ["/one", "/two"]
    monkeypatch.delenv("ARSENAL_ATLAS_DATASETS")
    assert Settings().datasets == ()
