"""The measures of a process, as Prometheus reads them."""

import socket
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from dashboard.errors import ServerError, StoreError
from dashboard.hosting.metrics import AtlasCollector, count_store_errors, serve_metrics
from dashboard.measures import BUCKETS, Measures, count, measures, timed
from dashboard.store.drafts.drafts import DraftState


def read(atlas: Any) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    registry = CollectorRegistry()
    registry.register(AtlasCollector(lambda: atlas() if callable(atlas) else atlas))
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


class Drafts:
    def counts(self) -> dict[DraftState, int]:
        return {DraftState.SUBMITTED: 2, DraftState.WORKING: 5}


ATLAS = SimpleNamespace(version="v1", stale=None, store=SimpleNamespace(drafts=Drafts()))


def test_counts_and_times_arrive_with_their_labels():
    count("requests", route="/x", method="GET", status="200")
    with timed("reruns", page="atlas"):
        pass
    found = read(ATLAS)
    key = (("method", "GET"), ("route", "/x"), ("status", "200"))
    assert found["arsenal_atlas_requests_total"][key] >= 1
    assert found["arsenal_atlas_reruns_seconds_count"][(("page", "atlas"),)] >= 1
    buckets = [dict(labels) for labels in found["arsenal_atlas_reruns_seconds_bucket"]]
    ends = [labels["le"] for labels in buckets if labels["page"] == "atlas"]
    assert ends == [*(str(end) for end in BUCKETS), "+Inf"]


def test_a_run_that_fails_is_timed_too():
    def runs() -> int:
        return sum(sum(one.counts) for (name, _), one in measures().times().items() if name == "reruns")

    before = runs()
    with pytest.raises(ValueError, match="no"), timed("reruns", page="events"):
        raise ValueError("no")
    assert runs() == before + 1


def test_the_store_and_its_queue_are_seen():
    found = read(ATLAS)
    assert found["arsenal_atlas_store_up"][()] == 1
    assert found["arsenal_atlas_drafts_waiting"][()] == 2
    assert dict(*found["arsenal_atlas_build_info"])["data"] == "v1"


def test_a_store_that_does_not_answer_is_a_zero_and_no_failure():
    def away() -> Any:
        raise StoreError("it does not answer", "db")

    stale = SimpleNamespace(version="v1", stale=SimpleNamespace(seconds=75.0), store=None)
    for seconds, atlas in ((0, away), (75, stale)):
        found = read(atlas)
        assert found["arsenal_atlas_store_up"][()] == 0
        assert found["arsenal_atlas_stale_seconds"][()] == seconds
        assert "arsenal_atlas_drafts_waiting" not in found


def test_what_the_database_refuses_is_counted():
    engine = create_engine("sqlite://")
    count_store_errors(engine)
    before = measures().counts().get(("store_errors", ()), 0)
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT * FROM nothing"))
    engine.dispose()
    assert measures().counts()[("store_errors", ())] == before + 1


def test_a_label_that_was_not_foreseen_is_a_mistake():
    with pytest.raises(KeyError):
        Measures().count("requests", route="/x")
    with pytest.raises(KeyError):
        Measures().count("no such thing")


def test_without_the_library_a_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    with pytest.raises(ServerError, match=r"pip install 'arsenal-atlas\[hosting\]'"):
        serve_metrics(1)


def test_a_port_in_use_is_a_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ServerError, match=f"Port {port} .* ARSENAL_ATLAS_METRICS_PORT"):
            serve_metrics(port)
