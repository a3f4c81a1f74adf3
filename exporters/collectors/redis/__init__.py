"""Asks Redis or Valkey for INFO, latencies and the slow log, in one round trip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import hiredis

from exporters import acl
from exporters.catalog import cache
from exporters.collection import Collector
from exporters.collectors.redis.commands import Commands, Errors
from exporters.collectors.redis.effect import Effect
from exporters.collectors.redis.events import Latency, SlowLog
from exporters.collectors.redis.info import Databases, Fields, Replicas, Server, parse
from exporters.collectors.redis.keys import FIRST_STEP, KeysCollector, questions
from exporters.collectors.redis.tenants import TenantsCollector, of_tenants, step
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
    """Return how a Redis server is measured: all in every scrape, but for the keys themselves."""
    server = RedisCollector(target, Exposition())
    if target.key_classes is None:
        return Source(server.name, cache.up, [server], server)
    # A connection of its own: a scrape does not wait for a step of the look at the keys.
    client = RedisClient(target, in_database=True)
    seldom: list[Collector] = [KeysCollector(client, target.key_classes)]
    if of_tenants(target.key_classes):
        seldom.append(TenantsCollector(client, target.key_classes))
    return Source(server.name, cache.up, [server, *seldom], Connections(server, client))


class Connections:
    """The two connections to a server whose keys are looked at."""

    def __init__(self, server: RedisCollector, keys: RedisClient) -> None:
        self._server = server
        self._keys = keys

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._server.connections_opened + self._keys.opened

    def close(self) -> None:
        """Drop them."""
        self._server.close()
        self._keys.close()


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    asked = [INFO, *OPTIONAL, CLUSTER]
    if target.key_classes is None:
        return await acl.grants(target, asked)
    of_keys = [*Effect(Exposition(), ["any"]).questions, FIRST_STEP, *questions(["any"])]
    if of_tenants(target.key_classes):
        of_keys.append(step("any", "0"))
    return await acl.grants(target, [*asked, *of_keys], ["*"])


class RedisCollector:
    """Measures one server, over one connection that is kept."""

    name = "redis"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        classes = target.key_classes
        self._client = RedisClient(target, in_database=classes is not None)
        self._refused: set[Command] = set()
        self._in_cluster = False
        self._server = Server(page)
        self._fields = Fields(page, "INFO", "cache_", "redis_")
        self._databases = Databases(page)
        self._commands = Commands(page)
        self._errors = Errors(page)
        self._replicas = Replicas(page)
        self._slow_log = SlowLog(page)
        self._latency = Latency(page)
        self._cluster = Fields(page, "CLUSTER INFO", "redis_")
        self._effect = Effect(page, classes.patterns if classes else ())

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
        cluster = (CLUSTER,) if self._in_cluster else ()
        return (*OPTIONAL, *cluster, *self._effect.questions)

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
        self._effect.write(others)
        if isinstance(cluster := others.get(CLUSTER), str):
            self._cluster.write(parse(cluster))

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()
