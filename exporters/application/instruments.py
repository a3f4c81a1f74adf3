"""prometheus-client's metrics for families of the catalog, with label values that stay few."""

from __future__ import annotations

import os
from collections.abc import Sequence
from threading import Lock
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from exporters.catalog.family import Family

# Values that a label may take before all others are counted together. Names in code and
# patterns of routes are few; more of them are a mistake, which must not cost a fortune.
MAX_VALUES = 200
OTHER = "other"


class Bounded:
    """A label's values: the first MAX_VALUES that come, and ``other`` for the rest."""

    def __init__(self, limit: int = MAX_VALUES) -> None:
        self._limit = limit
        self._seen: set[str] = set()
        self._lock = Lock()

    def __call__(self, value: str) -> str:
        """Return the value to count under."""
        if value in self._seen:
            return value
        with self._lock:
            if len(self._seen) >= self._limit and value not in self._seen:
                return OTHER
            self._seen.add(value)
            return value


def counter(family: Family, registry: CollectorRegistry) -> Counter:
    """Return a counter that is exposed as the family is declared."""
    return Counter(family.name, family.help, family.labels, registry=registry)


def gauge(
    family: Family, registry: CollectorRegistry, among: Literal["livesum", "livemax"] = "livesum"
) -> Gauge:
    """Return a gauge; of several processes' values the living ones' sum or largest is exposed."""
    return Gauge(
        family.name, family.help, family.labels, registry=registry, multiprocess_mode=among
    )


def histogram(family: Family, registry: CollectorRegistry) -> Histogram:
    """Return a histogram with the family's buckets."""
    buckets: Sequence[float] = family.buckets
    return Histogram(family.name, family.help, family.labels, registry=registry, buckets=buckets)


def exposed(registry: CollectorRegistry) -> CollectorRegistry:
    """Return what is to be exposed: this process' metrics, or those of all its siblings.

    Servers with several processes share them as prometheus-client has it, in the folder
    that PROMETHEUS_MULTIPROC_DIR names.
    """
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
