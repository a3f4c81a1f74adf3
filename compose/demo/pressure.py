"""What presses on the shop's cache while a fault is on: no room left, or no place for a client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RefusedError

from compose.demo.faults import CROWDED, FULL, Faults

LOOK_SECONDS = 0.5
TIMEOUT_SECONDS = 1

# What the server is told while each fault is on. Of connections so few are filled soon.
PRESSED: Mapping[str, Mapping[str, str]] = {
    FULL: {"maxmemory-policy": "noeviction", "maxmemory": "1mb"},
    CROWDED: {"maxclients": "64"},
}


@dataclass
class Pressure:
    """Changes the limits of the server, and gives it back its own when the fault is over."""

    url: str
    password_file: Path | None
    faults: Faults
    _own: dict[str, str] = field(default_factory=dict, init=False)

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        # One connection, kept: the server may soon take no other.
        async with self._connect() as server, AsyncExitStack() as held:
            await self._learn(server)
            begun()
            while True:
                await self._press(server)
                if CROWDED in self.faults.on:
                    await self._crowd(held)
                else:
                    await held.aclose()
                await asyncio.sleep(LOOK_SECONDS)

    async def _learn(self, server: Redis) -> None:
        """Remember what the server's own limits are; after a failure they may be pressed ones."""
        for name in [name for pressed in PRESSED.values() for name in pressed]:
            self._own.setdefault(name, str((await server.config_get(name))[name]))

    async def _press(self, server: Redis) -> None:
        for fault, pressed in PRESSED.items():
            for name, value in pressed.items():
                on = fault in self.faults.on
                await server.config_set(name, value if on else self._own[name])

    async def _crowd(self, held: AsyncExitStack) -> None:
        """Open connections and give none back, until the server refuses one."""
        with suppress(RefusedError):
            while True:
                await held.enter_async_context(self._connect())

    def _connect(self) -> Redis:
        # Read anew each time: a password may have been changed.
        password = self.password_file.read_text().strip() if self.password_file else None
        options: dict[str, Any] = {
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
        }
        # It connects at once, and is one connection, whatever it is asked.
        return Redis.from_url(
            self.url,
            password=password,
            client_name="demo-workload",
            single_connection_client=True,
            **options,
        )
