"""The demo's workload: a shop that uses cache, sessions, queues and database, with faults.

``python -m compose.demo.workload`` runs it until it is stopped.
"""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import psycopg
import pymysql
import requests
import uvicorn
from redis import Redis as BlockingRedis
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from compose.demo import history, panel, sessions
from compose.demo.businesses import Businesses
from compose.demo.database import NAME, SHOP
from compose.demo.faults import MEANINGS, UNHEALTHY, Faults
from compose.demo.front import Front
from compose.demo.horizon import Horizon
from compose.demo.jobs import SECONDS_PER_STEP, Desk
from compose.demo.keeper import Keeper
from compose.demo.orders import Orders
from compose.demo.pressure import Pressure
from compose.demo.shop import READS_PER_STEP, Shop
from compose.demo.uptime import Uptime
from compose.demo.visitors import Visitors
from compose.demo.worker import Hand
from exporters import log
from exporters.application import Application
from exporters.errors import UserError
from exporters.serve import bind

READS_PER_SECOND = 100
# Longer than a busy machine keeps a server that is well from answering.
TIMEOUT_SECONDS = 3


@dataclass
class Workload:
    """Uses the cache and the queues on one server."""

    url: str
    password_file: Path | None
    seed: int
    faults: Faults

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        # What a seed asks for is one order, and the two take turns as it happens.
        reads, jobs, checks = (random.Random(self.seed) for _ in range(3))  # noqa: S311
        async with asyncio.TaskGroup() as together:
            together.create_task(self._read(reads, begun))
            together.create_task(self._order(jobs))
            together.create_task(self._check(checks))

    async def _order(self, chance: random.Random) -> None:
        """Put jobs into the queues, and keep the worker that does them."""
        with BlockingRedis.from_url(self.url, **self._options()) as connection:
            desk = Desk(connection, chance, self.faults)
            async with Hand(self.url, self.password_file, self.faults) as worker:
                while True:
                    await asyncio.to_thread(desk.step)
                    await worker.follow()
                    await asyncio.sleep(SECONDS_PER_STEP)

    async def _check(self, chance: random.Random) -> None:
        """Push Laravel's jobs, and do them as Horizon does."""
        async with self._connect(decode_responses=True) as redis:
            parts = Uptime(redis, self.faults, chance), Horizon(redis, self.faults, chance)
            while True:
                for part in parts:
                    await part.step()
                await asyncio.sleep(SECONDS_PER_STEP)

    async def _read(self, chance: random.Random, begun: Callable[[], None]) -> None:
        async with self._connect() as cache:
            shop = Shop(cache, self.faults, chance)
            await shop.warm()
            begun()
            due = time.monotonic()
            while True:
                await shop.step()
                # What was late is not made up for: a shop's visitors do not wait.
                due = max(due + READS_PER_STEP / READS_PER_SECOND, time.monotonic())
                await asyncio.sleep(due - time.monotonic())

    def _connect(self, **options: Any) -> Redis:
        retry = Retry(NoBackoff(), 0)
        return Redis.from_url(self.url, retry=retry, **self._options(), **options)

    def _options(self) -> dict[str, Any]:
        # Read anew each time: a password may have been changed.
        password = self.password_file.read_text().strip() if self.password_file else None
        return {
            "password": password,
            "client_name": "demo-workload",
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
        }


def application(keepers: Sequence[Keeper], switches: Faults, front: Any) -> Starlette:
    """Return the switches, whether the workload lives and works, and the shop's pages."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        said = "".join(f"{one.what}: {one.why_not}\n" for one in keepers if one.why_not)
        if UNHEALTHY in switches.on:
            said += f"shop: {MEANINGS[UNHEALTHY]}\n"
        return PlainTextResponse(said or "ok\n", 503 if said else 200)

    async def faults(_: Request) -> Response:
        return JSONResponse(dict(switches))

    async def switch(request: Request) -> Response:
        name = request.path_params["name"]
        try:
            switches.switch(name, on=request.method == "PUT")
        except KeyError:
            problem = f"fault {name!r}: unknown; choose from {', '.join(sorted(MEANINGS))}"
            return JSONResponse({"error": problem}, 404)
        log.info("fault switched", fault=name, on=request.method == "PUT")
        return JSONResponse(dict(switches))

    @asynccontextmanager
    async def working(_: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(one.run()) for one in keepers]
        yield
        for task in tasks:
            task.cancel()

    return Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/faults", faults),
            Route("/faults/{name}", switch, methods=["PUT", "DELETE"]),
            Mount("/", front),
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
@click.option("--database", help="URL of the database; that of $DEMO_DATABASE unless said.")
@click.option(
    "--database-password-file",
    type=click.Path(path_type=Path),
    help="File with its password; $LIGHTSHIP_SECRETS/demo-database-shop/password unless said.",
)
@click.option(
    "--files",
    type=click.Path(path_type=Path),
    help="Folder of the businesses' files; $DEMO_FILES unless said.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed asks for the same keys.")
def main(  # noqa: PLR0917 - click passes by name
    listen: str,
    url: str | None,
    password_file: Path | None,
    database: str | None,
    database_password_file: Path | None,
    files: Path | None,
    seed: int,
) -> None:
    """Use the demo's cache, about a hundred times a second, and its databases, until stopped."""
    log.set_up()
    secrets = Path(os.environ.get("LIGHTSHIP_SECRETS", "/run/lightship/secrets"))
    switches = Faults()
    workload = Workload(
        url or f"redis://{os.environ.get('DEMO_CACHE', 'demo-cache:6379')}",
        password_file or secrets / "demo-cache/password",
        seed,
        switches,
    )
    at = os.environ.get("DEMO_DATABASE", "demo-database:5432")
    orders = Orders(
        database or f"postgresql://{SHOP}@{at}/{NAME}",
        database_password_file or secrets / "demo-database-shop/password",
        seed,
        switches,
    )
    folder = files or Path(os.environ.get("DEMO_FILES", "/var/lib/lightship/demo"))
    businesses = Businesses(folder, seed, switches)
    pressure = Pressure(workload.url, workload.password_file, switches)
    signed_in = sessions.here(secrets, seed, switches)
    results = history.here(secrets, seed, switches)
    hosting = panel.here(seed, switches)
    try:
        listener = bind(listen)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    visitors = Visitors(f"http://127.0.0.1:{listener.getsockname()[1]}", seed)
    keepers = [
        Keeper("cache", workload.work, (RedisError, OSError)),
        Keeper("cache's limits", pressure.work, (RedisError, OSError)),
        Keeper("sessions", signed_in.work, (RedisError, OSError)),
        Keeper("database", orders.work, (psycopg.Error, OSError)),
        Keeper("history", results.work, (pymysql.Error, OSError)),
        Keeper("replica", results.follow, (pymysql.Error, OSError)),
        Keeper("businesses", businesses.work, (sqlite3.Error, OSError)),
        Keeper("pages", visitors.work, (requests.RequestException,)),
        Keeper("panel", hosting.visit, (requests.RequestException,)),
        Keeper("panel's connections", hosting.hold, (OSError,)),
        Keeper("panel's slow pages", hosting.wait, (OSError,)),
    ]
    front = Front(workload.url, workload.password_file, seed, switches, Application())
    config = uvicorn.Config(
        application(keepers, switches, front.application()),
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=3,
    )
    with listener:
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
