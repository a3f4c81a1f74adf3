"""Asks Redis for Laravel's queues: how many jobs wait, for how long, and what workers hold."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporters.budget import OTHER
from exporters.collectors.laravel import names
from exporters.collectors.laravel.known import Known
from exporters.collectors.laravel.payload import Job, number, parse
from exporters.exposition import Exposition
from exporters.queue_page import QueuePage
from exporters.redis_client import Command, RedisClient, require

SYSTEM = "laravel"


@dataclass(frozen=True)
class Head:
    """The job that a queue's next worker gets, and since when others wait to be put there."""

    payload: str | None
    due: Sequence[float]


class QueuesCollector:
    """Measures the queues of one Redis database, in one round trip, and two beside Horizon."""

    name = SYSTEM
    interval = 0.0

    def __init__(
        self, client: RedisClient, known: Known, prefix: str, horizon: str | None = None
    ) -> None:
        self.page = Exposition()
        self._client = client
        self._known = known
        self._prefix = prefix
        self._horizon = horizon
        self._page = QueuePage(self.page, SYSTEM)
        # Since when an undated job has been the next one, by queue.
        self._seen: dict[str, tuple[str, float]] = {}

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        now = time.time()
        queues = self._known.measured
        commands = [command for queue in queues for command in self._facts(queue, now)]
        replies = await self._client.ask(commands)
        labels = names.labels(queues)
        size = len(commands) // len(queues)
        heads = {
            labels[queue]: self._write_queue(
                labels[queue], replies[position * size : (position + 1) * size], now
            )
            for position, queue in enumerate(queues)
        }
        self._write_elsewhere()
        await self._write_ages(heads, now)

    def questions(self) -> list[Command]:
        """Return one of every question that is ever asked."""
        dates = [] if self._horizon is None else [self._date("any")]
        return [*self._facts("any", 0), *dates]

    def _date(self, job: str) -> Command:
        return ("HGET", f"{self._horizon}{job}", "updated_at")

    def _facts(self, queue: str, now: float) -> list[Command]:
        """Return the questions about one queue; ``_write_queue`` takes the answers in this order.

        What is delayed or reserved moves to the list only when a worker looks there.
        """
        key = names.key(self._prefix, queue)
        delayed, reserved = f"{key}:delayed", f"{key}:reserved"
        return [
            ("LLEN", key),
            ("ZCARD", delayed),
            ("ZCOUNT", delayed, "-inf", repr(now)),
            ("ZCARD", reserved),
            ("ZCOUNT", reserved, "-inf", repr(now)),
            ("LLEN", f"{key}:notify"),
            ("LINDEX", key, "0"),
            ("ZRANGE", delayed, "0", "0", "WITHSCORES"),
            ("ZRANGE", reserved, "0", "0", "WITHSCORES"),
        ]

    def _write_queue(self, queue: str, replies: Sequence[Any], now: float) -> Head:
        *counts, head, first_delayed, first_reserved = replies
        listed, delayed, due, reserved, expired, notifications = (
            require(count, "LLEN, ZCARD or ZCOUNT", int) for count in counts
        )
        self._page.jobs(
            queue,
            {
                "ready": listed + due + expired,
                "delayed": delayed - due,
                "reserved": reserved - expired,
            },
        )
        self._page.notifications(queue, notifications)
        scores = [require(first, "ZRANGE", list)[1:] for first in (first_delayed, first_reserved)]
        waiting = [float(score[0]) for score in scores if score and float(score[0]) <= now]
        return Head(None if head is None else require(head, "LINDEX", str), waiting)

    def _write_elsewhere(self) -> None:
        """Add what others counted: failed jobs, and the queues that are too many."""
        self._page.unwatched(len(self._known.queues) - len(self._known.measured))
        if self._known.rest:
            self._page.jobs(OTHER, self._known.rest)
        remembered = dict(self._known.remembered)
        if (failed := self._known.failed) is not None:
            remembered.pop("failed", None)
            for queue, count in failed.items():
                self._page.jobs(queue, {"failed": count})
        self._page.jobs("", remembered)

    async def _write_ages(self, heads: Mapping[str, Head], now: float) -> None:
        """Add how long the oldest of the jobs that could run has been able to."""
        jobs = {queue: parse(head.payload) for queue, head in heads.items() if head.payload}
        dates = await self._ask_horizon(jobs)
        for queue, head in heads.items():
            since = list(head.due)
            if job := jobs.get(queue):
                date = dates.get(queue) or job.ready_at or self._watch(queue, job, now)
                since += [date] if date is not None else []
            else:
                self._seen.pop(queue, None)
            self._page.oldest("ready", queue, now - min(since) if since else None)

    async def _ask_horizon(self, jobs: Mapping[str, Job]) -> Mapping[str, float | None]:
        """Return when each job became ready, where Horizon noted it: pushed, released, migrated."""
        if self._horizon is None or not jobs:
            return {}
        replies = await self._client.ask([self._date(job.id) for job in jobs.values()])
        return dict(zip(jobs, map(number, replies), strict=True))

    def _watch(self, queue: str, job: Job, now: float) -> float | None:
        """Return since when an undated job has been seen to wait; None at the first sight."""
        seen, since = self._seen.get(queue, ("", now))
        if job.id and seen == job.id:
            return since
        self._seen[queue] = (job.id, now)
        return None
