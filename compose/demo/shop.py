"""A shop that reads its products through the cache: what it asks, and what it does on a miss."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from compose.demo.faults import COLD, MEMORY, MISSES, Faults
from exporters.collectors.redis.effect import PREFIX

PRODUCTS = 600
TTL_SECONDS = 60
READS_PER_STEP = 5
MISSING_SHARE = 0.5
VALUE_BYTES = (1_000, 6_000)
WARMING_SECONDS = 3600
COLD_SECONDS = 12 * 3600

# Those who shop there as organisations, and how often a step changes a product.
TENANTS = ("acme", "bolt", "cove")
CARTS = 200
CART_SECONDS = 120
CHANGED_SHARE = 0.05

# Enough to reach the demo's 64 MB within ten seconds, a little at a time.
REPORT_BYTES = 256 * 1024
REPORTS_PER_STEP = 2
MAX_REPORTS = 1_000


@dataclass
class Shop:
    """Reads, and fills what it misses: cache-aside.

    A product is read about nine times in its life of a minute, which makes a hit
    ratio of nine in ten. The same seed asks for the same keys in the same order.
    """

    cache: Redis
    faults: Faults
    chance: random.Random
    reports: int = field(default=0, init=False)
    warmed_at: float = field(default=0.0, init=False)

    async def warm(self) -> None:
        """Write all products, as a deployment does: a cold cache would look like a fault."""
        began = time.time()
        pipeline = self.cache.pipeline(transaction=False)
        for number in range(PRODUCTS):
            self._write(pipeline, f"shop:product:{number}")
        written = sum(map(bool, await pipeline.execute()))
        self.warmed_at = time.time()
        told: dict[Any, Any] = {
            "warmed_at": round(self.warmed_at),
            "warming_seconds": f"{self.warmed_at - began:.3f}",
            "warming_coverage": written / PRODUCTS,
        }
        await self.cache.hset(f"{PREFIX}product", mapping=told)
        for tenant in TENANTS:
            for number in range(CARTS):
                self._write_cart(pipeline, f"shop:{tenant}:cart:{number}")
        await pipeline.execute()

    async def step(self) -> None:
        """Do a few reads, write what they missed, and what the faults ask for."""
        await self._keep_warm()
        keys = [self._key() for _ in range(READS_PER_STEP)]
        tenant, cart = self._cart()
        *values, found = await self._read([*keys, cart])
        pipeline = self.cache.pipeline(transaction=False)
        for key, value in zip(keys, values, strict=True):
            # What does not exist is not written, so it is missed again.
            if value is None and ":unknown:" not in key:
                self._write(pipeline, key)
        self._count(pipeline, values)
        self._count_cart(pipeline, tenant, found)
        self._write_cart(pipeline, cart)
        self._change(pipeline)
        self._reports(pipeline)
        await pipeline.execute()

    async def _keep_warm(self) -> None:
        """Warm the cache when it is time to, or tell, while the fault is on, that nobody has."""
        if COLD in self.faults.on:
            self.warmed_at = time.time() - COLD_SECONDS
            await self.cache.hset(f"{PREFIX}product", "warmed_at", str(round(self.warmed_at)))
        elif time.time() - self.warmed_at > WARMING_SECONDS:
            await self.warm()

    def _count(self, pipeline: Redis, values: list[bytes | None]) -> None:
        """Tell whether the cache helps, where the exporters look: docs/redis.md."""
        missed = values.count(None)
        pipeline.hincrby(f"{PREFIX}product", "hits", len(values) - missed)
        pipeline.hincrby(f"{PREFIX}product", "misses", missed)

    def _cart(self) -> tuple[str, str]:
        """Return a tenant, and the key of one of its carts."""
        tenant = self.chance.choice(TENANTS)
        return tenant, f"shop:{tenant}:cart:{self.chance.randrange(CARTS)}"

    def _count_cart(self, pipeline: Redis, tenant: str, found: bytes | None) -> None:
        """Tell of the cart that was read, for its class and for its tenant."""
        result = "misses" if found is None else "hits"
        pipeline.hincrby(f"{PREFIX}cart", result, 1)
        pipeline.hincrby(f"{PREFIX}cart:{result}", tenant, 1)

    def _change(self, pipeline: Redis) -> None:
        """Change a product now and then."""
        if self.chance.random() < CHANGED_SHARE:
            pipeline.unlink(f"shop:product:{self.chance.randrange(PRODUCTS)}")
            pipeline.hincrby(f"{PREFIX}product", "invalidations", 1)

    async def _read(self, keys: list[str]) -> list[bytes | None]:
        pipeline = self.cache.pipeline(transaction=False)
        for key in keys:
            pipeline.get(key)
        return await pipeline.execute()

    def _key(self) -> str:
        if MISSES in self.faults.on and self.chance.random() < MISSING_SHARE:
            return f"shop:unknown:{self.chance.getrandbits(64):x}"
        return f"shop:product:{self.chance.randrange(PRODUCTS)}"

    def _write(self, pipeline: Redis, key: str) -> None:
        value = self.chance.randbytes(self.chance.randint(*VALUE_BYTES))
        pipeline.set(key, value, px=self._life(TTL_SECONDS))

    def _write_cart(self, pipeline: Redis, key: str) -> None:
        pipeline.set(key, b"cart", px=self._life(CART_SECONDS))

    def _life(self, seconds: float) -> int:
        """Return milliseconds: lives differ, or what is written at once would end at once."""
        return int(self.chance.uniform(0.5, 1.5) * seconds * 1000)

    def _reports(self, pipeline: Redis) -> None:
        """Write large values while the fault is on, over and over; remove them when it is off."""
        if MEMORY in self.faults.on:
            for _ in range(REPORTS_PER_STEP):
                self.reports += 1
                pipeline.set(f"shop:report:{self.reports % MAX_REPORTS}", bytes(REPORT_BYTES))
        elif self.reports:
            pipeline.unlink(*(f"shop:report:{number}" for number in range(MAX_REPORTS)))
            self.reports = 0
