"""Asks Redis for RQ's queues, registries and workers: who there is, how many, since when."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exporters import acl
from exporters.catalog import queue
from exporters.exposition import Exposition
from exporters.grants import Grants
from exporters.probe import Source
from exporters.queue_page import MAX_QUEUES, QueuePage
from exporters.redis_client import Command, RedisClient, require
from exporters.settings import Target
from exporters.totals import Totals

DEFAULT_PREFIX = "rq:"

_WORKER = ("queues", "death", "successful_job_count", "failed_job_count", "total_working_time")


@dataclass(frozen=True)
class Head:
    """The job that a queue's next worker gets, and when the first delayed one was due."""

    queue: str
    job: str | None
    due: float | None


def source(target: Target) -> Source:
    """Return how queues are measured: all of it in every scrape."""
    collector = RqCollector(target, Exposition())
    return Source(collector.name, queue.up, [collector], collector)


async def grants(target: Target) -> Grants:
    """Return what an account needs to be asked all of it."""
    collector = RqCollector(target, Exposition())
    return await acl.grants(target, collector.questions(), [f"{collector.prefix}*"])


class RqCollector:
    """Measures the queues of one Redis database, in three round trips: names, facts, dates."""

    name = "rq"
    interval = 0.0

    def __init__(self, target: Target, page: Exposition) -> None:
        self.page = page
        self._client = RedisClient(target, in_database=True)
        self._queues = target.queues
        self.prefix = DEFAULT_PREFIX if target.prefix is None else target.prefix
        self._page = QueuePage(page, self.name)
        self._done = Totals(3)

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self._client.opened

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        now = time.time()
        names, workers = await self._discover()
        # Who died since the last look is asked once more: RQ keeps what it did for a minute.
        workers = sorted({*workers, *self._done.owners})
        commands = [command for name in names for command in self._facts(name, now)]
        asked = [*commands, *(("HMGET", worker, *_WORKER) for worker in workers)]
        replies = await self._client.ask(asked) if asked else []
        heads = self._write_queues(names, replies[: len(commands)], now)
        self._write_workers(names, dict(zip(workers, replies[len(commands) :], strict=True)))
        await self._write_ages(heads, now)

    def close(self) -> None:
        """Drop the connection."""
        self._client.close()

    async def _discover(self) -> tuple[list[str], list[str]]:
        """Return the names of the queues, and the keys of the workers."""
        workers, suspended, found = await self._client.ask(self._names())
        self._page.paused("", paused=bool(require(suspended, "EXISTS", int)))
        prefix = f"{self.prefix}queue:"
        keys = require(found, "SMEMBERS", list)
        names = {*(self._queues or (key.removeprefix(prefix) for key in keys))}
        return await self._choose(names), require(workers, "SMEMBERS", list)

    async def _choose(self, names: set[str]) -> list[str]:
        """Return the queues to measure: where there are too many, those with the most jobs."""
        if len(names) <= MAX_QUEUES:
            return self._page.choose(names)
        ordered = sorted(names)
        replies = await self._client.ask([("LLEN", f"{self.prefix}queue:{n}") for n in ordered])
        lengths = (require(reply, "LLEN", int) for reply in replies)
        return self._page.largest(dict(zip(ordered, lengths, strict=True)))

    def questions(self) -> list[Command]:
        """Return one of every question that is ever asked."""
        worker = ("HMGET", f"{self.prefix}worker:any", *_WORKER)
        return [*self._names(), *self._facts("any", 0), worker, self._date("any")]

    def _names(self) -> list[Command]:
        return [
            ("SMEMBERS", f"{self.prefix}workers"),
            ("EXISTS", f"{self.prefix}suspended"),
            ("SMEMBERS", f"{self.prefix}queues"),
        ]

    def _date(self, job: str) -> Command:
        return ("HGET", f"{self.prefix}job:{job}", "enqueued_at")

    def _facts(self, name: str, now: float) -> list[Command]:
        """Return the questions about one queue; ``_write_queue`` takes the answers in this order.

        What is finished or failed stays listed past its time, until RQ looks there.
        """
        listed, prefix = f"{self.prefix}queue:{name}", self.prefix
        return [
            ("LLEN", listed),
            ("ZCARD", f"{prefix}scheduled:{name}"),
            ("ZCOUNT", f"{prefix}scheduled:{name}", "-inf", repr(now)),
            ("ZCARD", f"{prefix}deferred:{name}"),
            ("ZCARD", f"{prefix}wip:{name}"),
            ("ZCARD", f"{prefix}finished:{name}"),
            ("ZCOUNT", f"{prefix}finished:{name}", "0", repr(now)),
            ("ZCARD", f"{prefix}failed:{name}"),
            ("ZCOUNT", f"{prefix}failed:{name}", "0", repr(now)),
            ("LINDEX", listed, "0"),
            ("ZRANGE", f"{prefix}scheduled:{name}", "0", "0", "WITHSCORES"),
        ]

    def _write_queues(self, names: Sequence[str], replies: Sequence[Any], now: float) -> list[Head]:
        size = len(replies) // len(names) if names else 0
        return [
            self._write_queue(name, replies[position * size : (position + 1) * size], now)
            for position, name in enumerate(names)
        ]

    def _write_queue(self, name: str, replies: Sequence[Any], now: float) -> Head:
        *counts, head, first = replies
        listed, scheduled, due, deferred, running, finished, old, failed, forgotten = (
            require(count, "LLEN, ZCARD or ZCOUNT", int) for count in counts
        )
        states = {
            "ready": listed + due,
            "delayed": scheduled - due,
            "deferred": deferred,
            "reserved": running,
            "finished": finished - old,
            "failed": failed - forgotten,
        }
        self._page.jobs(name, states)
        score = require(first, "ZRANGE", list)[1:]
        due_at = float(score[0]) if score and float(score[0]) <= now else None
        return Head(name, None if head is None else require(head, "LINDEX", str), due_at)

    def _write_workers(self, names: Iterable[str], replies: Mapping[str, Any]) -> None:
        """Add who takes jobs from where, and what all of them have done so far."""
        serving = dict.fromkeys(names, 0)
        counts: dict[str, Sequence[float]] = {}
        for key, reply in replies.items():
            queues, death, *done = require(reply, "HMGET", list)
            # A worker that was killed stays listed after its own key has expired.
            if queues is None:
                continue
            counts[key] = [float(value or 0) for value in done]
            for name in () if death else queues.split(","):
                if name in serving:
                    serving[name] += 1
        for name, count in serving.items():
            self._page.workers(name, count)
        self._done.update(counts)
        well, badly, seconds = self._done.sums
        self._page.totals("", processed=well + badly, failed=badly, seconds=seconds)

    async def _write_ages(self, heads: Sequence[Head], now: float) -> None:
        """Add how long the next job of each queue has been able to run."""
        waiting = [head for head in heads if head.job]
        keys = [self._date(head.job or "") for head in waiting]
        replies = await self._client.ask(keys) if keys else []
        dates = dict(zip((head.queue for head in waiting), map(_timestamp, replies), strict=True))
        for head in heads:
            since = [at for at in (dates.get(head.queue), head.due) if at is not None]
            self._page.oldest("ready", head.queue, now - min(since) if since else None)


def _timestamp(reply: Any) -> float | None:
    """Return a date as Unix time; None for a job that has gone meanwhile, or has no date.

    >>> _timestamp("2026-01-01T00:00:00.500000Z")
    1767225600.5
    """
    if reply is None:
        return None
    try:
        return datetime.fromisoformat(require(reply, "HGET", str)).timestamp()
    except ValueError:
        return None
