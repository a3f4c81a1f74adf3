"""Asks Redis or Valkey for INFO, LATENCY HISTOGRAM and SLOWLOG LEN, in one round trip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import hiredis

from exporters import acl, catalog
from exporters.catalog import cache
from exporters.exposition import Exposition, Writer
from exporters.failure import CollectionError
from exporters.grants import Grants
from exporters.probe import Source
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import Target

INFO: Command = ("INFO", "all")
LATENCY: Command = ("LATENCY", "HISTOGRAM")
SLOWLOG: Command = ("SLOWLOG", "LEN")

# What a server, or its access rules, may refuse: the scrape does without.
OPTIONAL = (LATENCY, SLOWLOG)

_MICROSECONDS = 1_000_000
_BOUNDS_USEC = [round(bound * _MICROSECONDS) for bound in cache.command_duration_seconds.buckets]


def source(target: Target) -> Source:
    """Return how a Redis server is measured: all of it in every scrape."""
    collector = RedisCollector(target, Exposition())
    return Source(collector.name, cache.up, [collector], collector)


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    return await acl.grants(target, [INFO, *OPTIONAL])


class RedisCollector:
    """Measures one server, over one connection that is kept."""

    name = "redis"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        self._client = RedisClient(target)
        self._optional = list(OPTIONAL)
        self._server = page.writer(cache.server_info, "product", "version", "role")
        self._plain = _writers(page, "INFO")
        self._databases = _writers(page, "INFO keyspace", "database")
        self._commands = _writers(page, "INFO commandstats", "command")
        self._seconds = self._commands.pop("usec")
        self._durations = page.histogram(cache.command_duration_seconds, "command")
        self._slow_commands = page.writer(cache.slow_commands)

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._client.opened

    async def collect(self) -> None:
        """Ask once and add every sample. Raises OSError or CollectionError."""
        if not self._client.connected:
            self._optional = list(OPTIONAL)
        asked = list(self._optional)
        info, *others = await self._client.ask([INFO, *asked])
        replies: dict[Command, Any] = dict(zip(asked, others, strict=True))
        self.write(require(info, "INFO", str), replies)
        # Not asked again over this connection: the server counts what it refuses as errors.
        self._optional = [c for c in asked if not isinstance(replies[c], hiredis.ReplyError)]

    def write(self, info: str, others: Mapping[Command, Any]) -> None:
        """Add the samples that the replies hold."""
        fields = parse(info)
        if fields.get("loading") == "1":
            raise CollectionError("loading", "the server is loading its data")
        self._server.add(1, *identity(fields))
        _add(self._plain, fields)
        seconds: dict[str, float] = {}
        for key, value in fields.items():
            if key.startswith("cmdstat_"):
                command, stats = key.removeprefix("cmdstat_"), parse_pairs(value)
                _add(self._commands, stats, command)
                seconds[command] = (_number(stats.get("usec")) or 0) / _MICROSECONDS
                self._seconds.add(seconds[command], command)
            elif key.startswith("db") and value.startswith("keys="):
                _add(self._databases, parse_pairs(value), key.removeprefix("db"))
        self._write_others(others, seconds)

    def _write_others(self, others: Mapping[Command, Any], seconds: Mapping[str, float]) -> None:
        """Add what the optional replies hold; the sums of the distributions are in INFO only."""
        if isinstance(length := others.get(SLOWLOG), int):
            self._slow_commands.add(length)
        try:
            for command, counts in distributions(others.get(LATENCY)):
                self._durations.add(counts, seconds.get(command, 0.0), command)
        except (TypeError, ValueError, IndexError):
            return  # a server that answers in another shape is measured without them

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()


def parse(info: str) -> dict[str, str]:
    r"""Return the fields of an INFO answer. Lines that hold none are passed over.

    >>> parse("# Server\r\nredis_version:7.2.4\r\n")
    {'redis_version': '7.2.4'}
    """
    return dict(line.split(":", 1) for line in info.split("\r\n") if ":" in line)


def parse_pairs(value: str) -> dict[str, str]:
    """Return the parts of a field that has several.

    >>> parse_pairs("keys=2,expires=0")
    {'keys': '2', 'expires': '0'}
    """
    return dict(pair.split("=", 1) for pair in value.split(",") if "=" in pair)


def identity(fields: Mapping[str, str]) -> tuple[str, str, str]:
    """Return product, version and role.

    Valkey also claims a Redis version, for clients that compare it.
    """
    product = "valkey" if "valkey_version" in fields else "redis"
    role = fields.get("role", "")
    version = fields.get(f"{product}_version", "")
    return product, version, "replica" if role == "slave" else role


def distributions(reply: Any) -> Iterator[tuple[str, list[int]]]:
    """Yield commands, and how many of their runs were within each bound of the family.

    The server gives pairs of a bound and a cumulative count, and leaves empty ones out:
    ``["get", ["calls", 3, "histogram_usec", [1, 2, 8, 3]], ...]``.
    """
    if not isinstance(reply, list):
        return
    for command, (_, calls, _, pairs) in zip(reply[::2], reply[1::2], strict=False):
        counts, seen, position = [], 0, 0
        for bound in _BOUNDS_USEC:
            while position < len(pairs) and pairs[position] <= bound:
                seen = pairs[position + 1]
                position += 2
            counts.append(int(seen))
        yield str(command), [*counts, int(calls)]


def _writers(page: Exposition, source: str, *labels: str) -> dict[str, Writer]:
    """Declare the cache families whose source begins so, by the field that the source ends with."""
    return {
        family.source.split()[-1]: page.writer(family, *labels)
        for family in catalog.families().values()
        if family.name.startswith("cache_")
        and family.source.startswith(source)
        and family.labels == labels
    }


def _add(writers: Mapping[str, Writer], fields: Mapping[str, str], *labels: str) -> None:
    """Add a sample for each field that has a family and holds a number."""
    for field, writer in writers.items():
        if (value := _number(fields.get(field))) is not None:
            writer.add(value, *labels)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
