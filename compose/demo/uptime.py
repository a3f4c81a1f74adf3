"""An uptime monitor, as a Laravel application: what it pushes onto its three queues."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from redis.asyncio import Redis

from compose.demo import horizon, laravel
from compose.demo.faults import FLOODED, Faults

# In each step of half a second: how many of each job, for which queue.
JOBS = {
    "App\\Jobs\\CheckSite": ("default", 0.8),
    "App\\Jobs\\CheckCertificate": ("default", 0.2),
    "App\\Jobs\\StoreHistory": ("monitoring-history", 0.8),
    "App\\Jobs\\AggregateHour": ("monitoring-aggregation", 0.2),
}
FLOOD_PER_STEP = 40
FLOOD = 400


@dataclass
class Uptime:
    """Asks for checks, and for what becomes of their results."""

    redis: Redis
    faults: Faults
    chance: random.Random

    async def step(self) -> None:
        """Push what is due; while the flood is on, more of it than anybody can do."""
        pipeline = self.redis.pipeline(transaction=False)
        for name, (queue, share) in JOBS.items():
            if self.chance.random() < share:
                _push(pipeline, queue, name)
        queue = "monitoring-history"
        # It ends somewhere: what waits must be done soon after the fault is off.
        if FLOODED in self.faults.on and await self.redis.llen(laravel.key(queue)) < FLOOD:
            for _ in range(FLOOD_PER_STEP):
                _push(pipeline, queue, "App\\Jobs\\StoreHistory")
        await pipeline.execute()


def _push(pipeline: Redis, queue: str, name: str) -> None:
    fields = laravel.payload(name)
    job = laravel.Job(json.dumps(fields), "", fields)
    laravel.push(pipeline, queue, job.payload)
    horizon.expect(pipeline, queue, job)
