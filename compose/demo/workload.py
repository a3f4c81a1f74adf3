"""The demo's workload: a shop that uses the demo's cache and queues, with switches for faults.

``python -m compose.demo.workload`` runs it until it is stopped.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import uvicorn
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from compose.demo.faults import MEANINGS, Faults
from compose.demo.jobs import SECONDS_PER_STEP, Desk
from compose.demo.shop import READS_PER_STEP, Shop
from compose.demo.worker import Hand
from exporters import log
from exporters.errors import UserError
from exporters.serve import bind

READS_PER_SECOND = 100
TIMEOUT_SECONDS = 1
MIN_BACKOFF_SECONDS = 0.1
MAX_BACKOFF_SECONDS = 5.0
NOT_YET = "not connected yet"


@dataclass
class Workload:
    """Uses the cache and the queues while they answer, and waits while they do not."""

    url: str
    password_file: Path | None
    seed: int
    faults: Faults = field(default_factory=Faults)
    why_not: str = field(default=NOT_YET, init=False)

    async def run(self) -> None:
        """Work until cancelled."""
        chance = random.Random(self.seed)  # noqa: S311  # a seed is asked for
        pause = MIN_BACKOFF_SECONDS
        while True:
            try:
                await self._work(chance)
            except* (RedisError, OSError) as errors:
                # It worked until now: begin with short pauses.
                pause = pause if self.why_not else MIN_BACKOFF_SECONDS
                self._say(type(errors.exceptions[0]).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_BACKOFF_SECONDS)

    async def _work(self, chance: random.Random) -> None:
        async with asyncio.TaskGroup() as together:
            together.create_task(self._read(chance))
            # What a seed asks for is one order, and the two take turns as it happens.
            together.create_task(self._order(random.Random(self.seed)))  # noqa: S311

    async def _order(self, chance: random.Random) -> None:
        """Put jobs into the queues, and keep the worker that does them."""
        with BlockingRedis.from_url(self.url, **self._options()) as connection:
            desk = Desk(connection, chance)
            async with Hand(self.url, self.password_file, self.faults) as worker:
                while True:
                    await asyncio.to_thread(desk.step)
                    await worker.follow()
                    await asyncio.sleep(SECONDS_PER_STEP)

    async def _read(self, chance: random.Random) -> None:
        async with self._connect() as cache:
            shop = Shop(cache, self.faults, chance)
            await shop.warm()
            self._say("")
            due = time.monotonic()
            while True:
                await shop.step()
                # What was late is not made up for: a shop's visitors do not wait.
                due = max(due + READS_PER_STEP / READS_PER_SECOND, time.monotonic())
                await asyncio.sleep(due - time.monotonic())

    def _connect(self) -> Redis:
        return Redis.from_url(self.url, retry=Retry(NoBackoff(), 0), **self._options())

    def _options(self) -> dict[str, Any]:
        # Read anew each time: a password may have been changed.
        password = self.password_file.read_text().strip() if self.password_file else None
        return {
            "password": password,
            "client_name": "demo-workload",
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
        }

    def _say(self, why_not: str) -> None:
        """Log a change: once when the cache goes, once when it comes back."""
        if bool(why_not) != bool(self.why_not) or self.why_not == NOT_YET:
            log.info("cache is away" if why_not else "cache is used", reason=why_not)
        self.why_not = why_not


def application(workload: Workload) -> Starlette:
    """Return the switches, and whether the workload lives and works."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        why_not = workload.why_not
        return PlainTextResponse(
            f"cache: {why_not}\n" if why_not else "ok\n", 503 if why_not else 200
        )

    async def faults(_: Request) -> Response:
        return JSONResponse(dict(workload.faults))

    async def switch(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            workload.faults.switch(name, on=request.method == "PUT")
        except KeyError:
            problem = f"fault {name!r}: unknown; choose from {', '.join(sorted(MEANINGS))}"
            return JSONResponse({"error": problem}, 404)
        log.info("fault switched", fault=name, on=request.method == "PUT")
        return JSONResponse(dict(workload.faults))

    @asynccontextmanager
    async def working(_: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(workload.run())
        yield
        task.cancel()

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/faults", faults),
            Route("/faults/{name}", switch, methods=["PUT", "DELETE"]),
        ],
        lifespan=working,
    )


@click.command()
@click.option("--listen", default="127.0.0.1:8085", show_default=True, help="HOST:PORT.")
@click.option("--cache", "url", help="Redis URL; redis://$DEMO_CACHE unless said.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path),
    help="File with the cache's password; $LIGHTSHIP_SECRETS/demo-cache/password unless said.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed asks for the same keys.")
def main(listen: str, url: str | None, password_file: Path | None, seed: int) -> None:
    """Read and write the demo's cache, about a hundred times a second, until stopped."""
    log.set_up()
    secrets = Path(os.environ.get("LIGHTSHIP_SECRETS", "/run/lightship/secrets"))
    workload = Workload(
        url or f"redis://{os.environ.get('DEMO_CACHE', 'demo-cache:6379')}",
        password_file or secrets / "demo-cache/password",
        seed,
    )
    try:
        listener = bind(listen)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    config = uvicorn.Config(
        application(workload), access_log=False, log_config=None, timeout_graceful_shutdown=3
    )
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
