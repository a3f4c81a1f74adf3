"""The demo's Laravel queue and Horizon, held against the real ones."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from redis.asyncio import Redis

from compose.demo import horizon
from compose.demo import laravel as demo_queue
from compose.demo.faults import HORIZON_PAUSED, Faults
from compose.demo.horizon import Horizon
from compose.demo.uptime import JOBS, Uptime

# What the demo's prefixes stand for in the recording.
PREFIXES = {horizon.PREFIX: "shop_horizon:", demo_queue.PREFIX: "shop_database_"}


def work(port: int, steps: int, *, paused: bool = False) -> None:
    """Let the demo push jobs and do them, step by step."""

    async def go() -> None:
        async with Redis(port=port, decode_responses=True) as redis:
            faults = Faults({HORIZON_PAUSED} if paused else set())
            parts = [one(redis, faults, random.Random(1)) for one in (Uptime, Horizon)]
            for _ in range(steps):
                for part in parts:
                    await part.step()

    asyncio.run(go())


def layout(client: Any) -> dict[str, Any]:
    """Return the keys without what is a job's or a host's, with their types and fields."""
    found: dict[str, Any] = {}
    for key in client.keys("*"):
        kind = client.type(key)
        fields = set(client.hgetall(key)) if kind == "hash" else set()
        if kind == "zset" and ":snapshot:" in key:
            fields = set(json.loads(client.zrange(key, 0, 0)[0]))
        found[_general(key)] = (kind, fields)
    return found


def _general(key: str) -> str:
    """Return a key with the recording's prefix, and without a name in it."""
    for ours, theirs in PREFIXES.items():
        key = key.replace(ours, theirs)
    prefix, _, rest = key.partition(":")
    if prefix == "shop_horizon" and rest.count("-") == 4:
        return f"{prefix}:JOB"
    for kind in ("snapshot:queue", "snapshot:job", "queue", "job", "master", "supervisor"):
        if rest.startswith(f"{kind}:"):
            return f"{prefix}:{kind}:NAME"
    return key.replace("monitoring-history", "mail")


def test_laravel_does_the_demos_jobs(laravel: Any, server: Any) -> None:
    """Laravel's own worker takes what the demo pushes, and finds nothing wrong with it."""
    work(server.port, 3, paused=True)
    queue = replace(laravel, prefix=demo_queue.PREFIX)
    waiting = [k for k in server.client.keys("uptime_database_queues:*") if "notify" not in k]
    counts = {key.rpartition(":")[2]: server.client.llen(key) for key in waiting}
    assert sum(counts.values()) >= 3
    jobs = [["work", name] for name, count in counts.items() for _ in range(count)]
    queue.do(*(["know", "SendMail", name] for name in JOBS), *jobs)

    assert server.client.keys("uptime_database_queues:*") == []


def test_horizon_keeps_what_the_demo_keeps(
    server: Any, load_horizon: Callable[[Any, str], None]
) -> None:
    """Every key of the demo's Horizon is one of the real one's, of its type, with its fields."""
    real: dict[str, Any] = {}
    for stage in ("worked", "snapshot", "paused"):
        load_horizon(server.client, stage)
        real |= layout(server.client)
    server.client.flushdb()
    work(server.port, 400)
    work(server.port, 1, paused=True)
    # When the real ones were recorded no job was held.
    demo = {key: value for key, value in layout(server.client).items() if "reserved" not in key}

    assert demo.keys() <= real.keys()
    assert len(demo) > 12
    for key, (kind, fields) in demo.items():
        # Of jobs the recording keeps what is read of them.
        assert kind == real[key][0]
        assert fields <= real[key][1] or key.endswith(":JOB"), key
