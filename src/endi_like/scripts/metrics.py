"""Metrics for Prometheus, on a port of their own that the site knows nothing of.

Each web process tells its own requests and connections; what the database knows is told
by the first.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any

from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import MetricsHandler
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.services.metrics import Metrics, metrics

log = logging.getLogger(__name__)

ABOUT = {
    "jobs_due": ("endi_jobs_due", "Jobs that wait for a worker"),
    "jobs_failed": ("endi_jobs_failed", "Jobs that were given up"),
    "oldest_due_seconds": ("endi_oldest_job_seconds", "Since when the first one waits"),
    "workers": ("endi_workers", "Workers that have shown a sign of life lately"),
    "mails_waiting": ("endi_mails_waiting", "Mails that have not left yet"),
    "mails_failed": ("endi_mails_failed", "Mails that the mail server has refused"),
}


class DatabaseMetrics(Collector):
    """What the database knows, looked up whenever somebody asks."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock

    def describe(self) -> Iterator[Metric]:
        """Name nothing: to be made known is no reason to ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; that there are none is one as well."""
        found = self._look()
        up = float(found is not None)
        yield GaugeMetricFamily("endi_database_up", "Whether it answers", up)
        for name, (called, told) in ABOUT.items() if found else ():
            yield GaugeMetricFamily(called, told, getattr(found, name))

    def _look(self) -> Metrics | None:
        try:
            with Session(self.engine) as db:
                return metrics(db, self.clock())
        except SQLAlchemyError:
            return None


class PoolMetrics(Collector):
    """How many connections to the database a process uses, of how many."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        pool: Any = self.engine.pool
        yield GaugeMetricFamily(
            "endi_connections_used", "Connections in use", pool.checkedout()
        )
        yield GaugeMetricFamily("endi_connections", "The most there are", pool.size())


class Listener(ThreadingHTTPServer):
    """Tells the metrics to whoever asks at its address."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], told: CollectorRegistry) -> None:
        self.told = told
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        handler = MetricsHandler.factory(told)
        handler.timeout = 10  # type: ignore[attr-defined]
        super().__init__(address, handler)

    def handle_error(self, _request: Any, _address: Any) -> None:
        """Log what would be printed, such as that whoever asked has gone away."""
        log.warning("metrics were not told to the end", exc_info=True)

    def begin(self, application: Any, *, is_first: bool) -> None:
        """Answer from now on; call it in the process whose metrics these are."""
        engine = application.registry["db.engine"]
        ProcessCollector(registry=self.told)
        self.told.register(PoolMetrics(engine))
        if is_first:
            clock = application.registry["clock"]
            looking = application.registry["db.watching_engine"]
            self.told.register(DatabaseMetrics(looking, clock))
        Thread(target=self.serve_forever, daemon=True).start()
