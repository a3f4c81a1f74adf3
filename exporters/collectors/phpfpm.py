"""Asks PHP-FPM for a pool's status page, and now and then for its processes, too."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from exporters import fastcgi_address, web_address
from exporters.catalog import phpfpm
from exporters.catalog.family import Family
from exporters.collection import Collector
from exporters.connections import Connections
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.fastcgi_client import FastCgiClient
from exporters.http_client import HttpClient
from exporters.probe import Source
from exporters.settings import Target

# How often the processes are looked at: the page then has a line for each.
PROCESSES_INTERVAL = 15.0

NUMBERS: Mapping[str, Family] = {
    "start since": phpfpm.uptime_seconds,
    "accepted conn": phpfpm.accepted_connections_total,
    "listen queue": phpfpm.listen_queue,
    "max listen queue": phpfpm.max_listen_queue,
    "listen queue len": phpfpm.listen_queue_length,
    "idle processes": phpfpm.idle_processes,
    "active processes": phpfpm.active_processes,
    "total processes": phpfpm.total_processes,
    "max active processes": phpfpm.max_active_processes,
    "max children reached": phpfpm.max_children_reached_total,
    "slow requests": phpfpm.slow_requests_total,
    "memory peak": phpfpm.memory_peak_bytes,
}

# A Unix socket has no queue that PHP-FPM could see: it says 0, and that 0 may wait there.
_QUEUE = frozenset({"listen queue", "max listen queue", "listen queue len"})

IDLE = "Idle"
STATES: Mapping[str, str] = {
    IDLE: "idle",
    "Running": "running",
    "Reading headers": "reading_headers",
    "Getting request informations": "getting_request_information",  # codespell:ignore informations
    "Finishing": "finishing",
    "Ending": "ending",
}
OTHER = "other"

# More than a pool's name ever has, and more than a counter can hold.
_MAX_NAME = 100
_MAX_NUMBER = 2**64

_MICROSECONDS = 1_000_000


class Client(Protocol):
    """Whoever can be asked for the page."""

    opened: int

    async def get(self, query: str = "") -> bytes: ...
    def close(self) -> None: ...


def source(target: Target) -> Source:
    """Return how a pool is measured."""
    client: Client
    if web_address.is_one(target.url):
        client = HttpClient(target)
    else:
        client = FastCgiClient(fastcgi_address.parse(target.url))
    collectors: list[Collector] = [PoolCollector(client), ProcessesCollector(client)]
    return Source("phpfpm", phpfpm.up, collectors, Connections([client]))


class PoolCollector:
    """Measures one pool as a whole."""

    name = "phpfpm"
    interval = 0.0

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._info = self.page.writer(phpfpm.pool_info, "pool", "process_manager")
        self._writers = {
            family.name: self.page.writer(family, "pool") for family in NUMBERS.values()
        }

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        status = parse(await self._client.get("json"))
        pool, manager = name(status, "pool"), name(status, "process manager")
        self._info.add(1, pool, manager)
        for family, value in numbers(status):
            self._writers[family.name].add(value, pool)


class ProcessesCollector:
    """Measures a pool's processes: what they do, for how long, how large they became."""

    name = "processes"
    interval = PROCESSES_INTERVAL

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._processes = self.page.writer(phpfpm.processes, "pool", "state")
        self._longest = self.page.writer(phpfpm.longest_request_seconds, "pool")
        self._memory = self.page.writer(phpfpm.last_request_memory_max_bytes, "pool")

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        status = parse(await self._client.get("json&full"))
        pool = name(status, "pool")
        found = list(processes(status))
        states = Counter(STATES.get(name(one, "state"), OTHER) for one in found)
        for state in (*dict.fromkeys(STATES.values()), OTHER):
            self._processes.add(states[state], pool, state)
        busy = (number(p, "request duration") or 0 for p in found if p.get("state") != IDLE)
        self._longest.add(max(busy, default=0) / _MICROSECONDS, pool)
        memory = (number(p, "last request memory") or 0 for p in found)
        self._memory.add(max(memory, default=0), pool)


def parse(page: bytes) -> Mapping[str, Any]:
    """Return what a status page holds. Raises CollectionError for any other page."""
    try:
        # What clients asked for stands in it, in whatever encoding.
        found = json.loads(page.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or "pool" not in found:
        text = "the page is not PHP-FPM's status; name pm.status_path of the pool in 'url'"
        raise CollectionError("protocol", text)
    return found


def name(status: Mapping[str, Any], key: str) -> str:
    """Return a name in a status page; nothing where it has none."""
    value = status.get(key)
    return value[:_MAX_NAME] if isinstance(value, str) else ""


def number(status: Mapping[str, Any], key: str) -> int | None:
    """Return a number in a status page; None where it has none."""
    value = status.get(key)
    # True is a number to Python.
    return value if type(value) is int and 0 <= value < _MAX_NUMBER else None


def numbers(status: Mapping[str, Any]) -> Iterator[tuple[Family, int]]:
    """Yield what a status page says of a pool. What it does not say is left out."""
    queue = bool(number(status, "listen queue len"))
    for key, family in NUMBERS.items():
        value = number(status, key)
        if value is not None and (queue or key not in _QUEUE):
            yield family, value


def processes(status: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what a status page says of each process."""
    found = status.get("processes")
    yield from (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))
