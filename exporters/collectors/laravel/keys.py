"""Looks now and then which queues have keys, how long they are, and which jobs are next."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from exporters.budget import OTHER
from exporters.catalog import queue
from exporters.collectors.laravel import names
from exporters.collectors.laravel.known import Known
from exporters.collectors.laravel.payload import parse
from exporters.collectors.laravel.queues import SYSTEM
from exporters.exposition import Exposition
from exporters.queue_page import MAX_QUEUES
from exporters.redis_client import Command, RedisClient, require

# How often it looks, and how long a look through the key space may take. What is not
# reached goes on with the next look.
INTERVAL = 60.0
BUDGET_SECONDS = 5.0

# Redis does nothing else during a step, and others first after it.
_KEYS_PER_STEP = 500
_PAUSE_SECONDS = 0.002

_QUEUES_PER_STEP = 500
_KINDS = ("list", "none")
_STATES = ("ready", "delayed", "reserved")

_SAMPLE = 50
_MAX_CLASSES = 10


class KeysCollector:
    """Finds the queues, unless the settings name them, and counts the next jobs by class."""

    name = "laravel_keys"
    interval = INTERVAL

    def __init__(self, client: RedisClient, known: Known, prefix: str) -> None:
        self.page = Exposition()
        self._client = client
        self._known = known
        self._prefix = prefix
        self._next = self.page.writer(queue.next_jobs, "system", "queue", "job_class")
        self._cursor = "0"
        self._finding: set[str] = set()

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        if not self._known.named:
            await self._look()
        measured = self._known.measured
        labels = names.labels(measured)
        for one in measured:
            # One at a time: payloads may be long.
            (found,) = await self._client.ask([self._sample(one)])
            self._write_next(labels[one], require(found, "LRANGE", list))

    def questions(self) -> list[Command]:
        """Return one of every question that is ever asked."""
        size = _size(names.key(self._prefix, "any"))
        search = [] if self._known.named else [self._step(), self._type("any"), *size]
        return [*search, self._sample("any")]

    def _step(self) -> Command:
        match = names.pattern(self._prefix)
        return ("SCAN", self._cursor, "MATCH", match, "COUNT", str(_KEYS_PER_STEP))

    def _type(self, one: str) -> Command:
        return ("TYPE", names.key(self._prefix, one))

    def _sample(self, one: str) -> Command:
        return ("LRANGE", names.key(self._prefix, one), "0", str(_SAMPLE - 1))

    async def _look(self) -> None:
        """Go through the key space, and rank the queues once all of it was seen."""
        until = time.monotonic() + BUDGET_SECONDS
        while time.monotonic() < until:
            (reply,) = await self._client.ask([self._step()])
            self._cursor, keys = require(reply, "SCAN", list)
            self._finding |= names.of_keys(self._prefix, keys)
            if self._cursor == "0":
                await self._rank(await self._lists(sorted(self._finding)))
                self._finding = set()
                return
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _rank(self, found: Sequence[str]) -> None:
        """Note the queues; where they are too many, the longest first, and what the rest holds."""
        self._known.find(found)
        self._known.rest = {}
        if len(self._known.queues) > MAX_QUEUES:
            sizes = await self._sizes(found)
            self._known.find(sorted(found, key=lambda one: (-sizes[one][0], one)))
            left = [sizes[one] for one in set(found) - set(self._known.measured)]
            self._known.rest = dict(zip(_STATES, map(sum, zip(*left, strict=True)), strict=False))

    async def _lists(self, found: Sequence[str]) -> list[str]:
        """Leave out what only looks like a queue: a key of the application's own, of that name."""
        lists: list[str] = []
        for part in _parts(found):
            replies = await self._client.ask([self._type(one) for one in part])
            kinds = [require(reply, "TYPE", str) for reply in replies]
            # All jobs of a queue may be delayed: then it has no list.
            lists += [one for one, kind in zip(part, kinds, strict=True) if kind in _KINDS]
        return lists

    async def _sizes(self, found: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """Return how many jobs each queue holds, in the order of the states."""
        sizes: dict[str, Sequence[int]] = {}
        for part in _parts(found):
            keys = [names.key(self._prefix, one) for one in part]
            replies = await self._client.ask([question for key in keys for question in _size(key)])
            counts = iter(require(reply, "LLEN or ZCARD", int) for reply in replies)
            sizes |= {one: [next(counts) for _ in _STATES] for one in part}
        return sizes

    def _write_next(self, label: str, payloads: Sequence[str]) -> None:
        """Add how many of the next jobs are of which class: the commonest, and the others."""
        classes = Counter(parse(payload).name for payload in payloads)
        ranked = sorted(classes.items(), key=lambda item: (-item[1], item[0]))
        for name, count in ranked[:_MAX_CLASSES]:
            self._next.add(count, SYSTEM, label, name)
        if rest := sum(count for _, count in ranked[_MAX_CLASSES:]):
            self._next.add(rest, SYSTEM, label, OTHER)


def _parts(found: Sequence[str]) -> Iterator[Sequence[str]]:
    return (found[at : at + _QUEUES_PER_STEP] for at in range(0, len(found), _QUEUES_PER_STEP))


def _size(key: str) -> list[Command]:
    """Return the questions about a queue's size, in the order of the states."""
    return [("LLEN", key), ("ZCARD", f"{key}:delayed"), ("ZCARD", f"{key}:reserved")]
