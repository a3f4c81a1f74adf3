"""The shop's sessions: visitors who sign in and come back, on the master that Sentinels name."""

from __future__ import annotations

import asyncio
import os
import random
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.sentinel import Sentinel
from redis.exceptions import ResponseError

from compose.demo.faults import FAILED_OVER, PEER_GONE, UNLINKED, Faults
from compose.demo.sentinels import NAME, SENTINELS, SERVERS

PAUSE_SECONDS = 0.2
LOOK_SECONDS = 1.0
TIMEOUT_SECONDS = 1
TTL_SECONDS = 300
KNOWN = 500

# Where Sentinels hear of each other.
HELLO = "__sentinel__:hello"

# Who the Sentinels are to believe in: nobody answers there.
GONE_PEER = f"127.0.0.1,9,{'f' * 40}"


@dataclass
class Sessions:
    """Uses the sessions. ``at`` says where servers and Sentinels are, by their names."""

    at: Mapping[str, str]
    password_file: Path
    seed: int
    faults: Faults

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        sentinels = [_address(self.at[name]) for name in SENTINELS]
        options = self._options()
        group = Sentinel(sentinels, sentinel_kwargs=options, **options)  # type: ignore[no-untyped-call]
        master = group.master_for(NAME)
        await master.ping()
        begun()
        async with asyncio.TaskGroup() as together:
            together.create_task(self._visit(master))
            together.create_task(self._arrange(group))
            together.create_task(self._unlink())
            together.create_task(self._pretend(group, master))

    async def _visit(self, master: Redis) -> None:
        """Sign in, and now and then come back; the newest visitors are known."""
        chance = random.Random(self.seed)  # noqa: S311 - a seed is asked for
        known: deque[int] = deque(maxlen=KNOWN)
        while True:
            known.append(chance.getrandbits(64))
            await master.set(f"session:{known[-1]:x}", b"basket", ex=TTL_SECONDS)
            await master.get(f"session:{chance.choice(known):x}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _arrange(self, group: Sentinel) -> None:
        """Keep the first server the master, or, while the fault is on, the second."""
        while True:
            wanted = self.at[SERVERS[FAILED_OVER in self.faults.on]]
            host, port = await group.discover_master(NAME)
            if f"{host}:{port}" != wanted:
                # Refused while one is at work, and while there is no replica.
                with suppress(ResponseError):
                    await group.sentinels[0].sentinel_failover(NAME)
            await asyncio.sleep(LOOK_SECONDS)

    async def _unlink(self) -> None:
        """Let the servers know no password of each other's, while the fault is on."""
        known: bool | None = None  # whatever they were told before
        while True:
            wanted = UNLINKED in self.faults.on
            if wanted != known:
                await self._tell("" if wanted else self._password())
                known = wanted
            await asyncio.sleep(LOOK_SECONDS)

    async def _pretend(self, group: Sentinel, master: Redis) -> None:
        """Let the Sentinels believe in one more, as one does that joins, while the fault is on."""
        known = False
        while True:
            wanted = PEER_GONE in self.faults.on
            if wanted:
                host, port = await group.discover_master(NAME)
                await master.publish(HELLO, f"{GONE_PEER},0,{NAME},{host},{port},0")
            elif known:
                for sentinel in group.sentinels:
                    await sentinel.sentinel_reset(NAME)
            known = wanted
            await asyncio.sleep(LOOK_SECONDS)

    async def _tell(self, password: str) -> None:
        """Let both servers use a password for their master, and connect to it anew."""
        addresses = [_address(self.at[name]) for name in SERVERS]
        servers = [Redis(host=host, port=port, **self._options()) for host, port in addresses]
        for server in servers:
            await server.config_set("masterauth", password)
        for server in servers:
            await server.client_kill_filter(_type="replica")
            await server.aclose()

    def _password(self) -> str:
        # Read anew each time: it may have been changed.
        return self.password_file.read_text(encoding="utf-8").strip()

    def _options(self) -> dict[str, Any]:
        return {
            "password": self._password(),
            "client_name": "demo-workload",
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "socket_timeout": TIMEOUT_SECONDS,
        }


def here(secrets: Path, seed: int, faults: Faults) -> Sessions:
    """Return the sessions of this demo, whose servers the environment names."""
    at = {name: _at(name) for name in (*SERVERS, *SENTINELS)}
    return Sessions(at, secrets / "demo-sessions/password", seed, faults)


def _at(name: str) -> str:
    """Return where a server is: in containers under its own name."""
    usual = f"{name}:{26379 if name in SENTINELS else 6379}"
    return os.environ.get(name.upper().replace("-", "_"), usual)


def _address(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
