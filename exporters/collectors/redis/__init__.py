"""Asks Redis or Valkey for INFO, latencies and the slow log, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hiredis

from exporters import acl
from exporters.catalog import cache
from exporters.collectors.redis.commands import Commands, Errors
from exporters.collectors.redis.events import Latency, SlowLog
from exporters.collectors.redis.info import Databases, Fields, Replicas, Server, parse
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.grants import Grants
from exporters.probe import Source
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import Target

INFO: Command = ("INFO", "all")
HISTOGRAM: Command = ("LATENCY", "HISTOGRAM")
LATEST: Command = ("LATENCY", "LATEST")
SLOWLOG_LEN: Command = ("SLOWLOG", "LEN")
SLOWLOG_GET: Command = ("SLOWLOG", "GET", "1")
CLUSTER: Command = ("CLUSTER", "INFO")

# What a server, or its access rules, may refuse: the scrape does without.
OPTIONAL = (HISTOGRAM, LATEST, SLOWLOG_LEN, SLOWLOG_GET)


def source(target: Target) -> Source:
    """Return how a Redis server is measured: all of it in every scrape."""
    collector = RedisCollector(target, Exposition())
    return Source(collector.name, cache.up, [collector], collector)


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    return await acl.grants(target, [INFO, *OPTIONAL, CLUSTER])


class RedisCollector:
    """Measures one server, over one connection that is kept."""

    name = "redis"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        self._client = RedisClient(target)
        self._refused: set[Command] = set()
        self._in_cluster = False
        self._server = Server(page)
        self._fields = Fields(page, "INFO")
        self._databases = Databases(page)
        self._commands = Commands(page)
        self._errors = Errors(page)
        self._replicas = Replicas(page)
        self._slow_log = SlowLog(page)
        self._latency = Latency(page)
        self._cluster = Fields(page, "CLUSTER")

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._client.opened

    async def collect(self) -> None:
        """Ask once and add every sample. Raises OSError or CollectionError."""
        if not self._client.connected:
            self._refused.clear()
            self._slow_log.forget()
        asked = [c for c in self._wanted() if c not in self._refused]
        info, *others = await self._client.ask([INFO, *asked])
        replies: dict[Command, Any] = dict(zip(asked, others, strict=True))
        self.write(require(info, "INFO", str), replies)
        # Not asked again over this connection: the server counts what it refuses as errors.
        self._refused.update(c for c in asked if isinstance(replies[c], hiredis.ReplyError))

    def _wanted(self) -> tuple[Command, ...]:
        return (*OPTIONAL, CLUSTER) if self._in_cluster else OPTIONAL

    def write(self, info: str, others: Mapping[Command, Any]) -> None:
        """Add the samples that the replies hold."""
        fields = parse(info)
        if fields.get("loading") == "1":
            raise CollectionError("loading", "the server is loading its data")
        self._in_cluster = fields.get("cluster_enabled") == "1"
        self._server.write(fields)
        self._fields.write(fields)
        self._databases.write(info)
        self._replicas.write(info)
        self._commands.write(info, others.get(HISTOGRAM))
        self._errors.write(info)
        self._slow_log.write(others.get(SLOWLOG_LEN), others.get(SLOWLOG_GET))
        self._latency.write(others.get(LATEST))
        if isinstance(cluster := others.get(CLUSTER), str):
            self._cluster.write(parse(cluster))

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()
