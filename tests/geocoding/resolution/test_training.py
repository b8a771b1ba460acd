import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from dashboard.geocoding import Gazetteer
from dashboard.geocoding.resolution import resolve_all
from dashboard.geocoding.resolution.ranker import STAGES, LinearRanker
from dashboard.geocoding.resolution.reading import Reader

SCRIPT = Path(__file__).parents[3] / "scripts" / "train_ranker.py"
POINTS = {
    "Paris": (33.6609, -95.5555),
    "Dallas": (32.7831, -96.8067),
    "Texas": (31.25, -99.25),
    "Alexandria": (31.3113, -92.4451),
    "Pineville": (31.3224, -92.4343),
    "Baton Rouge": (30.4433, -91.1875),
}
DOCUMENTS = [
    ("Paris", "Dallas", "Texas"),
    ("Cairo", "Cairo"),  # an odd document, whose points nobody may look at
    ("Alexandria", "Pineville", "Baton Rouge"),
]


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("train_ranker", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "train_ranker", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "STEPS", 60)
    return module


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus.jsonl"
    lines = []
    for names in DOCUMENTS:
        mentions = [{"surface": name, "start": 40 * n} for n, name in enumerate(names)]
        for mention in mentions:
            if mention["surface"] in POINTS:
                mention["lat"], mention["lon"] = POINTS[mention["surface"]]
        lines.append(json.dumps({"doc": "-".join(names), "mentions": mentions}))
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_same_documents_teach_the_same_weights(
    namesakes: Gazetteer, training: ModuleType, corpus: Path
) -> None:
    first, again = (training.learn(training.read_lessons(corpus, Reader(namesakes))) for _ in range(2))
    assert first == again
    assert set(first) == set(STAGES)
    assert all(first[stage][name] == weight for stage in STAGES for name, weight in training.FIXED.items())
    assert first["all"]["near_best"] > 0
    found = resolve_all(["Paris", "Dallas", "Fort Worth"], gazetteer=namesakes, ranker=LinearRanker(first))
    assert found[0].candidates[0].entry.place_id == "geonames:16"
