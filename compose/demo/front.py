"""The shop's web pages: products through a cache, orders with a confirmation by mail.

They are measured from inside, as any application can be: `exporters.application`.
"""

from __future__ import annotations

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from compose.demo.faults import FAILING, RELEASED, SLOW, Faults
from compose.demo.shop import PRODUCTS
from exporters.application import Application

# How long a page takes, without its cache: most are fast, some are not.
MEAN_SECONDS = 0.02
SLOW_SECONDS = 2.0

# Something always fails, and less than is promised (alerts/objectives.py): one in so many
# orders, and far more of them while the fault is on. An early one does in any case, so that
# there is an error to look at.
FAILING_SHARE = {False: 0.001, True: 0.2}
EARLY = 20

# The release that has run since yesterday, and the one that should not have been made.
RELEASE, BAD_RELEASE = "1.4.2", "1.5.0"

CACHE_SECONDS = 0.5
MAIL_SECONDS = 0.01


class MailRefusedError(Exception):
    """A confirmation that nobody takes."""


@dataclass
class Front:
    """The pages, and what they use."""

    cache_url: str
    password_file: Path | None
    seed: int
    faults: Faults
    metrics: Application
    _orders: int = field(default=0, init=False)
    _release: str = field(default="", init=False)
    _cache: Any = field(default=None, init=False)
    _job: Any = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - a seed is asked for
        self._job = self.metrics.job("mail")(self.confirm)
        self._yesterday = time.time() - 86_400
        self._deploy()

    def application(self) -> Any:
        """Return the pages as an ASGI application, with its metrics at /metrics."""
        pages = Starlette(
            routes=[
                Route("/products/{number:int}", self._product),
                Route("/orders", self._order, methods=["POST"]),
            ]
        )
        return self.metrics.asgi(pages)

    def _deploy(self) -> None:
        """Let the release be the one that the faults ask for."""
        bad = RELEASED in self.faults.on
        wanted = BAD_RELEASE if bad else RELEASE
        if wanted != self._release:
            self._release = wanted
            self.metrics.release(wanted, deployed=time.time() if bad else self._yesterday)

    async def _product(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number >= PRODUCTS:
            return PlainTextResponse("no such product\n", 404)
        if not await self._found(number):
            await self._work()
        await self._work()
        return PlainTextResponse(f"product {number}\n" + "x" * self.chance.randint(500, 5000))

    async def _order(self, request: Request) -> Response:
        self._deploy()
        await request.body()
        await self._work()
        self._orders += 1
        if self._fails() or self._orders == EARLY:
            return PlainTextResponse("the order could not be taken\n", 500)
        return PlainTextResponse("thank you\n", 201, background=BackgroundTask(self._quietly))

    async def _quietly(self) -> None:
        """Confirm an order; a failure is counted, and is nobody's error besides."""
        with suppress(MailRefusedError):
            await self._job()

    async def confirm(self) -> None:
        """Send a confirmation; some are refused."""
        await asyncio.sleep(MAIL_SECONDS * self.chance.random())
        if self._fails():
            raise MailRefusedError

    async def _found(self, number: int) -> bool:
        """Return whether the cache has a product; one that does not answer has none."""
        if self._cache is None:
            self._cache = self.metrics.cache(self._connect(), "products")
        try:
            return await self._cache.get(f"shop:product:{number}") is not None
        except (RedisError, OSError):
            self._cache = None  # the password may have been changed
            return False

    def _connect(self) -> Redis:
        password = self.password_file.read_text().strip() if self.password_file else None
        return Redis.from_url(
            self.cache_url,
            password=password,
            client_name="demo-front",
            socket_connect_timeout=CACHE_SECONDS,
            socket_timeout=CACHE_SECONDS,
        )

    def _fails(self) -> bool:
        return self.chance.random() < FAILING_SHARE[bool(self.faults.on & {FAILING, RELEASED})]

    async def _work(self) -> None:
        mean = SLOW_SECONDS if SLOW in self.faults.on else MEAN_SECONDS
        await asyncio.sleep(min(self.chance.expovariate(1 / mean), 5 * mean))
