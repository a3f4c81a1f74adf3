"""Asks Redis for Celery's queues, all their priorities, and what workers have not acknowledged."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from typing import Any

from exporters import acl
from exporters.catalog import queue
from exporters.exposition import Exposition
from exporters.grants import Grants
from exporters.probe import Source
from exporters.queue_page import MAX_QUEUES, QueuePage
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import Target

# What Celery and its transport use unless they are told otherwise.
DEFAULT_QUEUE = "celery"
DEFAULT_SEPARATOR = "\x06\x16"
DEFAULT_STEPS = (0, 3, 6, 9)

# The message header in which an application says when it sent a task, in Unix time.
PUBLISHED_AT = "published_at"


def source(target: Target) -> Source:
    """Return how queues are measured: all of it in every scrape."""
    collector = CeleryCollector(target, Exposition())
    return Source(collector.name, queue.up, [collector], collector)


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    collector = CeleryCollector(target, Exposition())
    return await acl.grants(target, collector.questions(), collector.keys)


class CeleryCollector:
    """Measures the queues of one Redis database, in one round trip, of many queues in two.

    Celery keeps no list of its queues nor of its workers there: the settings name
    the queues, and workers are not measured.
    """

    name = "celery"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        self._client = RedisClient(target, in_database=True)
        self._queues = target.queues or (DEFAULT_QUEUE,)
        self._prefix = target.prefix or ""
        separator = target.priority_separator or DEFAULT_SEPARATOR
        steps = target.priority_steps or DEFAULT_STEPS
        # The lowest step has the queue's own name.
        self._suffixes = [f"{separator}{step}" if step else "" for step in steps]
        self._page = QueuePage(page, self.name)

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._client.opened

    async def collect(self) -> None:
        """Ask once and add every sample. Raises OSError or CollectionError."""
        now = time.time()
        names = await self._choose()
        commands = [command for name in names for command in self._facts(name)]
        held, oldest, *replies = await self._client.ask([*self._held(), *commands])
        size = 2 * len(self._suffixes)
        for position, name in enumerate(names):
            self._write_queue(name, replies[position * size : (position + 1) * size], now)
        self._write_held(require(held, "HLEN", int), require(oldest, "ZRANGE", list), now)

    async def _choose(self) -> list[str]:
        """Return the queues to measure: where there are too many, those with the most tasks."""
        names = sorted(set(self._queues))
        if len(names) <= MAX_QUEUES:
            return self._page.choose(names)
        asked = [("LLEN", key) for name in names for key in self._keys(name)]
        counts = [require(reply, "LLEN", int) for reply in await self._client.ask(asked)]
        steps = len(self._suffixes)
        totals = (sum(counts[at : at + steps]) for at in range(0, len(counts), steps))
        return self._page.largest(dict(zip(names, totals, strict=True)))

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    @property
    def keys(self) -> list[str]:
        """The patterns of all keys that are asked for."""
        queues = [f"{self._prefix}{name}*" for name in self._queues]
        return [*queues, f"{self._prefix}unacked*"]

    def questions(self) -> list[Command]:
        """Return one of every question that is ever asked."""
        return [*self._held(), *self._facts(self._queues[0])]

    def _held(self) -> list[Command]:
        return [
            ("HLEN", f"{self._prefix}unacked"),
            ("ZRANGE", f"{self._prefix}unacked_index", "0", "0", "WITHSCORES"),
        ]

    def _facts(self, name: str) -> list[Command]:
        """Return the questions about one queue: for each priority, how many and which is next."""
        return [
            command
            for key in self._keys(name)
            for command in (("LLEN", key), ("LINDEX", key, "-1"))
        ]

    def _keys(self, name: str) -> list[str]:
        """Return the keys of one queue, one for each priority."""
        return [f"{self._prefix}{name}{suffix}" for suffix in self._suffixes]

    def _write_queue(self, name: str, replies: Sequence[Any], now: float) -> None:
        counts = [require(count, "LLEN", int) for count in replies[::2]]
        self._page.jobs(name, {"ready": sum(counts)})
        # Of one priority the next task is the oldest, so the oldest of all is among these.
        dates = [published(head) for head in replies[1::2] if isinstance(head, str)]
        known = [date for date in dates if date is not None]
        # One that nobody dated may be the oldest.
        age = now - min(known) if known and len(known) == len(dates) else None
        self._page.oldest("ready", name, age)

    def _write_held(self, count: int, oldest: Sequence[Any], now: float) -> None:
        """Add what workers hold: of all queues together, since the key does not tell them apart."""
        self._page.jobs("", {"reserved": count})
        self._page.oldest("reserved", "", now - float(oldest[1]) if oldest else None)


def published(message: str) -> float | None:
    """Return when a message was sent, in Unix time; None where its sender did not say.

    >>> published('{"headers": {"published_at": 1767225600.5}}')
    1767225600.5
    >>> published('{"headers": {}}')
    """
    try:
        date = json.loads(message, parse_int=float)["headers"][PUBLISHED_AT]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return date if isinstance(date, float) and math.isfinite(date) else None
