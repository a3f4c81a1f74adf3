"""Counts lookups in a cache: whatever has `get`, as redis-py's clients and most caches do."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Sequence
from typing import Any

from prometheus_client import CollectorRegistry

from exporters.application import instruments
from exporters.catalog import application

HIT = "hit"
MISS = "miss"


class Caches:
    """The metrics of all caches of an application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lookups = instruments.counter(application.cache_lookups_total, registry)
        self._duration = instruments.histogram(application.cache_lookup_duration_seconds, registry)

    def looked_up(self, cache: str, values: Sequence[Any], began: float) -> None:
        """Count the values that a lookup gave; None is a miss."""
        seconds = time.perf_counter() - began
        misses = sum(value is None for value in values)
        self._lookups.labels(cache, HIT).inc(len(values) - misses)
        self._lookups.labels(cache, MISS).inc(misses)
        self._duration.labels(cache).observe(seconds)


class MeasuredCache:
    """A cache whose ``get`` and ``mget`` are counted; everything else is the cache's own."""

    def __init__(self, cache: Any, name: str, caches: Caches) -> None:
        self._cache = cache
        self._name = name
        self._caches = caches

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def get(self, key: Any, *arguments: Any) -> Any:
        """Return what the cache has under a key, or an awaitable of that as the cache does.

        What the cache is told to give instead of nothing is given, and is a miss.
        """
        began = time.perf_counter()
        found = self._cache.get(key)
        if inspect.isawaitable(found):
            return self._awaited(found, began)
        self._caches.looked_up(self._name, [found], began)
        return arguments[0] if found is None and arguments else found

    def mget(self, *arguments: Any) -> Any:
        """Return what the cache has under several keys, each of which is a lookup."""
        began = time.perf_counter()
        found = self._cache.mget(*arguments)
        if inspect.isawaitable(found):
            return self._awaited(found, began, several=True)
        self._caches.looked_up(self._name, found, began)
        return found

    async def _awaited(self, found: Awaitable[Any], began: float, *, several: bool = False) -> Any:
        value = await found
        self._caches.looked_up(self._name, value if several else [value], began)
        return value
