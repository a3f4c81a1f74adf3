"""A Horizon for the demo: it does Laravel's jobs, and keeps in Redis what Horizon keeps there."""

from __future__ import annotations

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from compose.demo import laravel
from compose.demo.faults import HORIZON_PAUSED, HORIZON_STOPPED, Faults

PREFIX = "uptime_horizon:"

MASTER = "demo-k3Xq"
SUPERVISOR = f"{MASTER}:supervisor-1"
MASTER_SECONDS, SUPERVISOR_SECONDS = 15, 30

# For each queue: how many processes serve it, and so how many jobs are done in a step.
PROCESSES = {"default": 4, "monitoring-history": 6, "monitoring-aggregation": 2}

# How often horizon:snapshot is to run.
SNAPSHOT_SECONDS = 300

# Horizon's own are an hour and a week, which would fill the demo's small memory.
DONE_SECONDS = 120
FAILED_SECONDS = 300
KEPT_SNAPSHOTS = 24

# The client's own type of a hash takes any of its kinds of keys.
Facts = dict[Any, Any]

# The mean time that a job takes, in milliseconds.
RUNTIME_MS = {"default": 180.0, "monitoring-history": 40.0, "monitoring-aggregation": 320.0}
FAILED_SHARE = 0.005


@dataclass
class Horizon:
    """One master, one supervisor, and the processes of three queues."""

    redis: Redis
    faults: Faults
    chance: random.Random
    _held: list[tuple[str, laravel.Job]] = field(default_factory=list, init=False)
    _snapshot_at: float = field(default=0.0, init=False)

    async def step(self) -> None:
        """Give a sign of life, finish what was begun, begin something new, take stock."""
        if HORIZON_STOPPED in self.faults.on:
            return
        paused = HORIZON_PAUSED in self.faults.on
        await self._live("paused" if paused else "running")
        await self._finish()
        if not paused:
            for queue, count in PROCESSES.items():
                await self._begin(queue, count)
        if time.time() >= self._snapshot_at + SNAPSHOT_SECONDS:
            await self._take_stock()

    async def _live(self, status: str) -> None:
        now = int(time.time())
        pipeline = self.redis.pipeline(transaction=False)
        master: Facts = {"name": MASTER, "environment": "production", "pid": 1, "status": status}
        master["supervisors"] = json.dumps([SUPERVISOR])
        self._say(pipeline, "master", MASTER, master)
        processes = {f"redis:{queue}": count for queue, count in PROCESSES.items()}
        options = {"connection": "redis", "queue": ",".join(PROCESSES), "balance": "auto"}
        supervisor: Facts = {
            "name": SUPERVISOR,
            "master": MASTER,
            "pid": 2,
            "status": status,
            "processes": json.dumps(processes),
            "options": json.dumps(options),
        }
        self._say(pipeline, "supervisor", SUPERVISOR, supervisor)
        pipeline.zadd(f"{PREFIX}masters", {MASTER: now})
        pipeline.zadd(f"{PREFIX}supervisors", {SUPERVISOR: now})
        await pipeline.execute()

    def _say(self, pipeline: Redis, kind: str, name: str, facts: Facts) -> None:
        key = f"{PREFIX}{kind}:{name}"
        pipeline.hset(key, mapping=facts)
        pipeline.expire(key, MASTER_SECONDS if kind == "master" else SUPERVISOR_SECONDS)

    async def _begin(self, queue: str, count: int) -> None:
        for _ in range(count):
            job = await laravel.take(self.redis, queue)
            if job is None:
                return
            self._held.append((queue, job))

    async def _finish(self) -> None:
        """End what the processes hold, and count it as Horizon does: what went well, only."""
        pipeline = self.redis.pipeline(transaction=False)
        well = []
        for queue, job in self._held:
            laravel.done(pipeline, queue, job)
            failed = self.chance.random() < FAILED_SHARE
            remember(pipeline, queue, job, "failed" if failed else "completed")
            well += [] if failed else [(queue, job)]
        await pipeline.execute()
        self._held.clear()
        for queue, job in well:
            took = RUNTIME_MS[queue] * self.chance.uniform(0.5, 1.5)
            await self._count("queue", queue, took)
            await self._count("job", job.name, took)

    async def _count(self, kind: str, name: str, took: float) -> None:
        key = f"{PREFIX}{kind}:{name}"
        jobs, mean = await self.redis.hmget(key, "throughput", "runtime")
        count = int(jobs or 0)
        runtime = (count * float(mean or 0) + took) / (count + 1)
        await self.redis.sadd(f"{PREFIX}measured_{kind}s", key)
        await self.redis.hset(key, mapping={"throughput": count + 1, "runtime": runtime})

    async def _take_stock(self) -> None:
        """Write the snapshots, begin to count anew, and forget what is old."""
        now = int(time.time())
        for kind in ("queue", "job"):
            for key in await self.redis.smembers(f"{PREFIX}measured_{kind}s"):
                await self._snapshot(str(key), now)
        await self.redis.set(f"{PREFIX}last_snapshot_at", now)
        for name in ("recent_jobs", "pending_jobs", "completed_jobs"):
            await self.redis.zremrangebyscore(f"{PREFIX}{name}", DONE_SECONDS - now, "+inf")
        for name in ("failed_jobs", "recent_failed_jobs"):
            await self.redis.zremrangebyscore(f"{PREFIX}{name}", FAILED_SECONDS - now, "+inf")
        self._snapshot_at = now

    async def _snapshot(self, key: str, now: int) -> None:
        jobs, mean = await self.redis.hmget(key, "throughput", "runtime")
        await self.redis.delete(key)
        snapshot = {"throughput": jobs, "runtime": mean, "time": now}
        if ":queue:" in key:
            snapshot["wait"] = 0
        snapshots = f"{PREFIX}snapshot:{key.removeprefix(PREFIX)}"
        await self.redis.zadd(snapshots, {json.dumps(snapshot): now})
        await self.redis.zremrangebyrank(snapshots, 0, -1 - KEPT_SNAPSHOTS)


def expect(pipeline: Redis, queue: str, job: laravel.Job) -> None:
    """Note a job that was pushed, as the application does under Horizon."""
    now = time.time()
    for name in ("recent_jobs", "pending_jobs"):
        pipeline.zadd(f"{PREFIX}{name}", {job.id: -now})
    note(pipeline, queue, job, "pending", {"created_at": now, "updated_at": now})


def remember(pipeline: Redis, queue: str, job: laravel.Job, how: str) -> None:
    """Note a job that has ended; ``how`` is completed or failed."""
    now = time.time()
    pipeline.zrem(f"{PREFIX}pending_jobs", job.id)
    for name in (
        ("completed_jobs",) if how == "completed" else ("failed_jobs", "recent_failed_jobs")
    ):
        pipeline.zadd(f"{PREFIX}{name}", {job.id: -now})
    note(pipeline, queue, job, how, {f"{how}_at": now})


def note(pipeline: Redis, queue: str, job: laravel.Job, status: str, facts: Facts) -> None:
    """Write what Horizon knows of one job; it forgets that by itself."""
    key = f"{PREFIX}{job.id}"
    known: Facts = {"id": job.id, "connection": "redis", "queue": queue, "name": job.name}
    pipeline.hset(key, mapping={**known, "status": status, "payload": job.payload, **facts})
    pipeline.expire(key, FAILED_SECONDS if status == "failed" else DONE_SECONDS)
