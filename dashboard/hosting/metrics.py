"""The measures of this process for Prometheus, on a port of this machine alone.

They say how many people work and how fast they are served, never who or on what; still they are nobody
else's business, so the port is bound to 127.0.0.1 and has no part in the public site.
"""

import logging
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from dashboard import __version__
from dashboard.errors import AtlasError, ServerError
from dashboard.measures import BUCKETS, COUNTS, LEVELS, TIMES, measures
from dashboard.runtime import Runtime, runtime
from dashboard.store.drafts.drafts import DraftState

if TYPE_CHECKING:
    from prometheus_client.core import Metric
    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

__all__ = ["AtlasCollector", "count_store_errors", "serve_metrics"]

_log = logging.getLogger(__name__)
_PREFIX: Final = "arsenal_atlas"
_HOST: Final = "127.0.0.1"


class AtlasCollector:
    """Gives what `dashboard.measures` holds, and what the runtime knows, in Prometheus's own classes.

    Parameters
    ----------
    atlas
        Gives the runtime; called at each scrape.
    """

    def __init__(self, atlas: Callable[[], Runtime] = runtime) -> None:
        self._atlas = atlas
        self._version = ""
        self._changed = time.time()

    def collect(self) -> "Iterator[Metric]":
        """Give all measures.

        Yields
        ------
        Metric
            In no particular order.
        """
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        held = measures()
        for name, (text, labels) in COUNTS.items():
            family = CounterMetricFamily(f"{_PREFIX}_{name}", text, labels=labels)
            for (counted, values), amount in held.counts().items():
                if counted == name:
                    family.add_metric(values, amount)
            yield family
        for name, (text, labels) in TIMES.items():
            timings = HistogramMetricFamily(f"{_PREFIX}_{name}_seconds", text, labels=labels)
            for (timed, values), timing in held.times().items():
                if timed == name:
                    timings.add_metric(values, _cumulated(timing.counts), sum_value=timing.total)
            yield timings
        for name, value in held.levels().items():
            yield GaugeMetricFamily(f"{_PREFIX}_{name}", LEVELS[name], value=value)
        for name, text, number in self._known():
            yield GaugeMetricFamily(f"{_PREFIX}_{name}", text, value=number)
        built = GaugeMetricFamily(f"{_PREFIX}_build_info", "What runs here.", labels=("version", "data"))
        built.add_metric((__version__, self._version), 1)
        yield built

    def _known(self) -> Iterator[tuple[str, str, float]]:
        seconds, drafts = 0.0, None
        try:
            atlas = self._atlas()
            stale = atlas.stale
            if stale is not None:
                seconds = stale.seconds
            else:
                drafts = atlas.store.drafts.counts().get(DraftState.SUBMITTED, 0)
                if atlas.version != self._version:
                    self._version, self._changed = atlas.version, time.time()
        except AtlasError:
            _log.debug("the store did not answer a scrape", exc_info=True)
        yield "store_up", "Whether the store answers.", float(drafts is not None)
        yield "stale_seconds", "Seconds since the store last answered.", seconds
        age = time.time() - self._changed
        yield "data_version_age_seconds", "Seconds since this process saw the data change.", age
        if drafts is not None:
            yield "drafts_waiting", "Drafts that wait for a reviewer.", drafts


def _cumulated(counts: list[int]) -> list[tuple[str, float]]:
    buckets: list[tuple[str, float]] = []
    total = 0
    for end, number in zip((*BUCKETS, float("inf")), counts, strict=True):
        total += number
        buckets.append(("+Inf" if end == float("inf") else str(end), total))
    return buckets


def count_store_errors(engine: "Engine") -> None:
    """Count whatever the database does not answer.

    Parameters
    ----------
    engine
        The store's engine.
    """

    def _count(context: "ExceptionContext") -> None:
        if isinstance(context.sqlalchemy_exception, DBAPIError) or context.is_disconnect:
            measures().count("store_errors")

    event.listen(engine, "handle_error", _count)


def serve_metrics(port: int) -> None:
    """Serve the measures of this process to this machine, from a thread of its own.

    Parameters
    ----------
    port
        Port on 127.0.0.1.

    Raises
    ------
    ServerError
        If prometheus-client is not installed or the port cannot be used.
    """
    try:
        from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
    except ModuleNotFoundError as error:
        raise ServerError(
            "ARSENAL_ATLAS_METRICS_PORT needs prometheus-client: pip install 'arsenal-atlas[hosting]'"
        ) from error
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(AtlasCollector())
    try:
        start_http_server(port, addr=_HOST, registry=registry)
    except OSError as error:
        raise ServerError(
            f"Port {port} cannot be used for measures ({error.strerror}): set ARSENAL_ATLAS_METRICS_PORT to "
            "another, one for each process"
        ) from error
    _log.info("measures for Prometheus are at http://%s:%d/metrics", _HOST, port)
