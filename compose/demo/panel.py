"""The hosting panel's visitors: those who look at its pages, and those who take all of it."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests

from compose.demo.faults import HELD, SATURATED, Faults
from compose.demo.web import NGINX

VISITORS = 3
PAUSE_SECONDS = 0.3
TIMEOUT_SECONDS = 20

# So many pages are looked at over one connection, and so many of them does PHP make.
PAGES = 10
PHP_SHARE = 0.3

# More connections than the panel's nginx has room for, and how many of those that it took are
# given back, so that the others get in now and then.
TOO_MANY = 80
GIVEN_BACK = 8
LOOK_SECONDS = 2.0

# More requests at once than PHP-FPM has processes, each longer than its limit for slow ones.
WAITING = 8
SLOW_REQUEST = b"GET /sites?seconds=3 HTTP/1.0\r\n\r\n"
ANSWER_SECONDS = 0.1


@dataclass
class Panel:
    """Those who use the panel, whose nginx is at ``host:port``."""

    at: str
    seed: int
    faults: Faults
    _held: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    # Of their own: who waits for the panel must not keep the shop's visitors waiting.
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(VISITORS))

    async def visit(self, begun: Callable[[], None]) -> None:
        """Look at pages until something fails."""
        async with asyncio.TaskGroup() as together:
            for number in range(VISITORS):
                chance = random.Random(self.seed + number)  # noqa: S311 - a seed is asked for
                together.create_task(self._visitor(chance, begun))

    async def _visitor(self, chance: random.Random, begun: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            with requests.Session() as session:
                # The panel is next door, whatever proxies the environment names.
                session.trust_env = False
                for _ in range(PAGES):
                    page = "sites" if chance.random() < PHP_SHARE else ""
                    await loop.run_in_executor(self._threads, self._look, session, page)
                    begun()
                    await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE_SECONDS)

    def _look(self, session: requests.Session, page: str) -> None:
        session.get(f"http://{self.at}/{page}", timeout=TIMEOUT_SECONDS)

    async def wait(self, begun: Callable[[], None]) -> None:
        """While the fault is on, ask for more slow pages than are made at once."""
        begun()
        async with asyncio.TaskGroup() as together:
            for _ in range(WAITING):
                together.create_task(self._wait())

    async def _wait(self) -> None:
        while True:
            if SATURATED in self.faults.on:
                reader, writer = await self._connect()
                try:
                    writer.write(SLOW_REQUEST)
                    await reader.read()
                finally:
                    writer.transport.abort()
            await asyncio.sleep(PAUSE_SECONDS)

    async def hold(self, begun: Callable[[], None]) -> None:
        """While the fault is on, hold all connections, by half a request each."""
        begun()
        try:
            while True:
                if HELD in self.faults.on:
                    await self._take_all()
                else:
                    self._give_back(len(self._held))
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._give_back(len(self._held))

    async def _take_all(self) -> None:
        for _ in range(TOO_MANY - len(self._held)):
            reader, writer = await self._connect()
            self._held.append((reader, writer))
            # One that has said nothing yet is closed to make room for the next.
            writer.write(b"GET / HTTP/1.1\r\n")
        await asyncio.sleep(ANSWER_SECONDS)
        dropped = [one for one in self._held if one[0].at_eof()]
        self._held = [one for one in self._held if one not in dropped]
        for _, writer in dropped:
            writer.transport.abort()
        self._give_back(GIVEN_BACK)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, _, port = self.at.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    def _give_back(self, count: int) -> None:
        """Close the newest connections."""
        for _, writer in self._held[-count:] if count else ():
            writer.transport.abort()
        del self._held[len(self._held) - min(count, len(self._held)) :]


def here(seed: int, faults: Faults) -> Panel:
    """Return the panel of this demo, whose nginx the environment names."""
    return Panel(os.environ.get("DEMO_WEB", f"{NGINX}:8080"), seed, faults)
