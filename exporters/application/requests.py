"""Counts requests: each once, when its response has ended, under its route and its status."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry

from exporters.application import instruments
from exporters.application.instruments import OTHER, Bounded
from exporters.catalog import http

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# What no route answered: paths that people and robots make up.
UNMATCHED = "unmatched"

# As nginx has it: whoever asked has gone before the answer came.
CLIENT_GONE = 499


class Requests:
    """The metrics of all requests of an application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._duration = instruments.histogram(http.request_duration_seconds, registry)
        self._received = instruments.histogram(http.request_size_bytes, registry)
        self._sent = instruments.histogram(http.response_size_bytes, registry)
        self._running = instruments.gauge(http.requests_in_progress, registry)
        self._endpoints = Bounded()

    def begin(self, method: str) -> Request:
        """Return a request that has just arrived; ``end`` must follow, once."""
        self._running.inc()
        return Request(self, method if method in METHODS else OTHER)

    def end(self, request: Request) -> None:
        """Count a request that was answered."""
        self._running.dec()
        where = self._endpoints(request.endpoint or UNMATCHED)
        status = str(request.status) if 100 <= request.status < 600 else OTHER
        seconds = time.perf_counter() - request.began
        self._duration.labels(request.method, where, status).observe(seconds)
        self._received.labels(where).observe(request.received)
        self._sent.labels(where).observe(request.sent)


class Request:
    """One request: what is known of it so far. It failed unless a status is said."""

    def __init__(self, requests: Requests, method: str) -> None:
        self.method = method
        self.began = time.perf_counter()
        self.endpoint = ""
        self.status = 500
        self.received = 0
        self.sent = 0
        self._requests = requests
        self._open = True

    def end(self) -> None:
        """Count it, the first time that this is called."""
        if self._open:
            self._open = False
            self._requests.end(self)
