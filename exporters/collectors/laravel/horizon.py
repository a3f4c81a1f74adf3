"""Asks Redis what Horizon keeps there: masters, supervisors, throughput, and jobs that failed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exporters.catalog import horizon, queue
from exporters.collectors.laravel import names
from exporters.collectors.laravel.failures import Failures
from exporters.collectors.laravel.known import Known
from exporters.collectors.laravel.measured import Measured
from exporters.collectors.laravel.payload import number
from exporters.collectors.laravel.queues import SYSTEM
from exporters.collectors.laravel.supervisors import Supervisor, supervisor, workers
from exporters.collectors.laravel.throughput import Throughput
from exporters.exposition import Exposition
from exporters.queue_page import QueuePage
from exporters.redis_client import Command, RedisClient, require

# Every restart leaves a name behind until Horizon forgets it: the newest are asked about.
_MAX_NAMES = 100

_SECONDS_PER_MINUTE = 60


class HorizonCollector:
    """Measures one Horizon, in two round trips: what there is, and what is known of it.

    Whoever gives no sign of life is gone when the hash with its status has expired,
    whatever the clocks of the machines say.
    """

    name = "horizon"
    interval = 0.0

    def __init__(self, client: RedisClient, known: Known, prefix: str) -> None:
        self.page = page = Exposition()
        self._client = client
        self._known = known
        self._prefix = prefix
        self._page = QueuePage(page, SYSTEM)
        self._masters = page.writer(horizon.masters, "status")
        self._supervisors = page.writer(horizon.supervisors, "status")
        self._remembered = page.writer(horizon.remembered_jobs, "list")
        self._per_minute = page.writer(horizon.jobs_per_minute)
        self._snapshot = page.writer(horizon.last_snapshot_timestamp_seconds)
        self._class_processed = page.writer(queue.job_class_processed_total, "system", "job_class")
        self._class_failed = page.writer(queue.job_class_failed_total, "system", "job_class")
        self._class_seconds = page.writer(queue.job_class_seconds_total, "system", "job_class")
        self._queues = Measured(prefix, "queue")
        self._classes = Measured(prefix, "job")
        self._failures = Failures(prefix)

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        try:
            await self._collect()
        except BaseException:
            self._known.remembered = {}
            raise

    async def _collect(self) -> None:
        listed = await self._client.ask(self._lists())
        masters, supervisors, queues, classes, snapshot, failed, *lists = listed
        parts: list[list[Command]] = [
            self._hashes("master", masters, "status"),
            self._hashes("supervisor", supervisors, "status", "processes"),
            self._queues.questions(queues),
            self._classes.questions(classes),
            self._failures.details(failed),
        ]
        asked = [command for part in parts for command in part]
        replies = iter(await self._client.ask(asked) if asked else [])
        masters, supervisors, queues, classes, failed = (
            [next(replies) for _ in part] for part in parts
        )
        self._write_masters(masters)
        self._write_supervisors(supervisors)
        self._failures.add(failed)
        self._write_queues(self._queues.take(queues))
        self._write_classes(self._classes.take(classes))
        self._write_snapshot(number(snapshot))
        self._write_lists([require(count, "ZCARD", int) for count in lists])

    def questions(self) -> list[Command]:
        """Return one of every question that is ever asked."""
        since = Failures(self._prefix, newest="0").question()
        return [*self._lists(), *self._hashes("master", ["any"], "status"), since]

    def _lists(self) -> list[Command]:
        return [
            ("ZRANGE", f"{self._prefix}masters", str(-_MAX_NAMES), "-1"),
            ("ZRANGE", f"{self._prefix}supervisors", str(-_MAX_NAMES), "-1"),
            self._queues.list_question(),
            self._classes.list_question(),
            ("GET", f"{self._prefix}last_snapshot_at"),
            self._failures.question(),
            *(("ZCARD", f"{self._prefix}{one}_jobs") for one in horizon.LISTS),
        ]

    def _hashes(self, kind: str, listed: Any, *fields: str) -> list[Command]:
        found = require(listed, "ZRANGE", list)
        return [("HMGET", f"{self._prefix}{kind}:{name}", *fields) for name in found]

    def _write_masters(self, replies: Sequence[Any]) -> None:
        statuses = Counter(require(reply, "HMGET", list)[0] for reply in replies)
        for status in horizon.STATUSES:
            self._masters.add(statuses[status], status)

    def _write_supervisors(self, replies: Sequence[Any]) -> None:
        """Add the supervisors, who works for each queue, and which queues are told to rest."""
        found = [supervisor(*require(reply, "HMGET", list)) for reply in replies]
        alive = [one for one in found if one.status]
        statuses = Counter(one.status for one in alive)
        for status in horizon.STATUSES:
            self._supervisors.add(statuses[status], status)
        self._known.serve(name for one in alive for name in one.processes)
        self._write_workers(alive)

    def _write_workers(self, alive: Sequence[Supervisor]) -> None:
        for name, (count, paused) in workers(alive, self._known.measured).items():
            self._page.workers(name, count)
            if paused is not None:
                self._page.paused(name, paused=paused)

    def _write_queues(self, queues: Mapping[str, Throughput]) -> None:
        """Add what was done. Horizon's throughput is what went well: failures come on top."""
        failed = self._failures.by_queue
        for name, label in names.labels({*queues, *failed}).items():
            well, bad = queues.get(name, Throughput()), failed[name]
            self._page.totals(label, processed=well.jobs + bad, failed=bad, seconds=well.seconds)
        self.page.drop(queue.jobs_processed_total, self._queues.left_out)

    def _write_classes(self, classes: Mapping[str, Throughput]) -> None:
        failed = self._failures.by_class
        for name in sorted({*classes, *failed}):
            well, bad = classes.get(name, Throughput()), failed[name]
            self._class_processed.add(well.jobs + bad, SYSTEM, name)
            self._class_failed.add(bad, SYSTEM, name)
            self._class_seconds.add(well.seconds, SYSTEM, name)
        self.page.drop(queue.job_class_processed_total, self._classes.left_out)

    def _write_snapshot(self, snapshot_at: float | None) -> None:
        """Add the jobs per minute as Horizon's page has them: of one minute at least."""
        if snapshot_at is None:
            return
        self._snapshot.add(snapshot_at)
        minutes = max((time.time() - snapshot_at) / _SECONDS_PER_MINUTE, 1.0)
        self._per_minute.add(self._queues.jobs_since_snapshot / minutes)

    def _write_lists(self, counts: Sequence[int]) -> None:
        lists = dict(zip(horizon.LISTS, counts, strict=True))
        for name, count in lists.items():
            self._remembered.add(count, name)
        self._known.remembered = {"finished": lists["completed"], "failed": lists["failed"]}
