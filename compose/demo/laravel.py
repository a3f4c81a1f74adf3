"""A queue as Laravel keeps it in Redis: what is pushed, what a worker takes and gives back.

The demo has no PHP; that Laravel's own worker does what is pushed here is a test's concern.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

PREFIX = "uptime_database_"

# How long a worker may be silent about a job before another gets it.
_RETRY_AFTER_SECONDS = 90


@dataclass(frozen=True)
class Job:
    """A job that a worker holds: what was pushed, and what it is held as."""

    payload: str
    reserved: str
    fields: dict[str, Any]

    @property
    def id(self) -> str:
        """By this Horizon remembers it."""
        return str(self.fields["uuid"])

    @property
    def name(self) -> str:
        """The class of the job."""
        return str(self.fields["displayName"])


def key(queue: str) -> str:
    """Return the key of a queue's list."""
    return f"{PREFIX}queues:{queue}"


def payload(name: str) -> dict[str, Any]:
    """Return what Laravel 12 writes for a job that has nothing but a class, under Horizon."""
    job_id, now = str(uuid.uuid4()), time.time()
    return {
        "uuid": job_id,
        "displayName": name,
        "job": name,
        "maxTries": 1,
        "maxExceptions": None,
        "failOnTimeout": False,
        "backoff": None,
        "timeout": None,
        "data": [],
        "createdAt": int(now),
        "id": job_id,
        "attempts": 0,
        "delay": None,
        "type": "job",
        "tags": [],
        "silenced": False,
        "pushedAt": f"{now:.4f}",
    }


def push(pipeline: Redis, queue: str, text: str) -> None:
    """Push a payload, and wake a worker that waits for one."""
    pipeline.rpush(key(queue), text)
    pipeline.rpush(f"{key(queue)}:notify", 1)


async def take(redis: Redis, queue: str) -> Job | None:
    """Take the next job, as a worker does; it is reserved until it is done."""
    text = await redis.lpop(key(queue))
    if not isinstance(text, str):
        return None
    fields = json.loads(text)
    reserved = json.dumps(fields | {"attempts": fields["attempts"] + 1})
    pipeline = redis.pipeline(transaction=False)
    pipeline.zadd(f"{key(queue)}:reserved", {reserved: int(time.time()) + _RETRY_AFTER_SECONDS})
    pipeline.lpop(f"{key(queue)}:notify")
    await pipeline.execute()
    return Job(text, reserved, fields)


def done(pipeline: Redis, queue: str, job: Job) -> None:
    """Say that a job is done, well or not."""
    pipeline.zrem(f"{key(queue)}:reserved", job.reserved)
