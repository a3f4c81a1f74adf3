"""Looks at all keys, a little at a time: how many of which class, what they take, how they end."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

from exporters.catalog import classes
from exporters.collectors.redis.patterns import Patterns
from exporters.collectors.redis.tally import Tally
from exporters.duration import seconds
from exporters.exposition import Exposition
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import KeyClasses

# Keys in one step, and how many of them are looked at more closely.
BATCH = 500
SAMPLED = 20

# After a step we rest so many times as long as it took: a fifth of one connection's time
# is the most that the server gives to this.
REST = 4.0

# A look at all keys goes on for so long, and then in the next turn.
TURN_SECONDS = 5.0
LONGEST_INTERVAL = 30.0

_MS = 1_000


class KeysCollector:
    """Shows what the last look at all keys found, and takes the next one further."""

    name = "keys"

    def __init__(self, client: RedisClient, wanted: KeyClasses) -> None:
        self.page = page = Exposition()
        # A turn comes more often than a look must end, or a long one would never do so in time.
        self.interval = min(seconds(wanted.interval), LONGEST_INTERVAL)
        self._client = client
        self._wanted = wanted
        self._patterns = Patterns(wanted.patterns)
        self._chance = random.Random(0)  # noqa: S311 - samples are no secrets
        self._cursor: str | None = None
        self._tally = Tally()
        self._began = float("-inf")
        self._done: Tally | None = None
        self._done_at = self._took = 0.0
        self._count = page.writer(classes.class_keys, "class")
        self._memory = page.writer(classes.class_memory_bytes, "class")
        self._ttl = page.writer(classes.class_ttl_seconds, "class")
        self._lasting = page.writer(classes.class_lasting_ratio, "class")
        self._tenant_keys = page.writer(classes.tenant_keys, "class", "tenant")
        self._tenant_memory = page.writer(classes.tenant_memory_bytes, "class", "tenant")
        self._at = page.writer(classes.scan_timestamp_seconds)
        self._seconds = page.writer(classes.scan_seconds)

    async def collect(self) -> None:
        """Go on looking for one turn, and add what the last whole look found."""
        until = time.monotonic() + TURN_SECONDS
        while self._due() and time.monotonic() < until:
            began = time.monotonic()
            await self._step()
            await asyncio.sleep((time.monotonic() - began) * REST)
        if self._done is not None:
            self._write(self._done)

    def _due(self) -> bool:
        """Return whether a look is under way, or the next one should begin."""
        if self._cursor is None and time.monotonic() - self._began >= seconds(
            self._wanted.interval
        ):
            self._cursor, self._tally, self._began = "0", Tally(), time.monotonic()
        return self._cursor is not None

    async def _step(self) -> None:
        (reply,) = await self._client.ask([step(self._cursor or "0")])
        cursor, keys = require(reply, "SCAN", list)
        for key in keys:
            self._tally.count(*self._patterns.of(key))
        if sampled := self._chance.sample(keys, min(SAMPLED, len(keys))):
            self._take(sampled, await self._client.ask(questions(sampled)))
        self._cursor = None if cursor == "0" else cursor
        if self._cursor is None:
            self._done, self._done_at = self._tally, time.time()
            self._took = time.monotonic() - self._began

    def _take(self, sampled: Sequence[str], replies: Sequence[Any]) -> None:
        """Take in samples; a key may have gone meanwhile, and a right may be missing."""
        for key, memory, left in zip(sampled, replies[::2], replies[1::2], strict=True):
            if isinstance(left, int) and left != -2:
                known = memory if isinstance(memory, int) else None
                self._tally.sample(*self._patterns.of(key), known, left)

    def _write(self, tally: Tally) -> None:
        self._at.add(self._done_at)
        self._seconds.add(self._took)
        for name, group in sorted(tally.classes.items()):
            self._count.add(group.keys, name)
            if (memory := tally.memory(name, group)) is not None:
                self._memory.add(memory, name)
            samples = group.samples
            if samples.timed:
                self._lasting.add(1 - samples.expiring / samples.timed, name)
            if samples.expiring:
                self._ttl.add(samples.left / samples.expiring / _MS, name)
            self._write_tenants(tally, name)

    def _write_tenants(self, tally: Tally, name: str) -> None:
        for tenant, keys, memory in tally.largest(name, self._wanted.tenants):
            self._tenant_keys.add(keys, name, tenant)
            if memory is not None:
                self._tenant_memory.add(memory, name, tenant)
        if dropped := tally.dropped(name, self._wanted.tenants):
            self.page.drop(classes.tenant_keys, dropped)


def step(cursor: str) -> Command:
    """Return the question for the keys that come next."""
    return ("SCAN", cursor, "COUNT", str(BATCH))


FIRST_STEP = step("0")


def questions(keys: Sequence[str]) -> list[Command]:
    """Return what is asked about each of some keys: its bytes, and its milliseconds."""
    return [command for key in keys for command in (("MEMORY", "USAGE", key), ("PTTL", key))]
