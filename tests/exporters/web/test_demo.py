"""The demo's hosting panel, on the real servers that the demo has."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from compose.demo.faults import HELD, SATURATED, Faults
from compose.demo.panel import Panel
from compose.demo.web import NGINX_STATUS, nginx_configuration, phpfpm_configuration
from compose.local import nginx, phpfpm
from compose.local.ports import reserve
from exporters.collectors.nginx import facts
from exporters.collectors.phpfpm import numbers, parse
from exporters.failure import CollectionError
from exporters.fastcgi_address import FastCgiAddress
from exporters.fastcgi_client import FastCgiClient
from exporters.http_client import HttpClient
from exporters.settings import Target
from tests.exporters.web.conftest import PATIENCE, ROOT, Server

Numbers = Mapping[str, int]


@dataclass(frozen=True)
class Hosting:
    """The panel's nginx, and the PHP-FPM behind it."""

    front: Server
    php: Server

    async def nginx(self) -> Numbers:
        """Return what nginx says of itself."""
        client = HttpClient(Target("t", "nginx", f"http://{self.front.address}{NGINX_STATUS}", "s"))
        try:
            return {family.name: value for family, value in facts(await client.get())}
        finally:
            client.close()

    async def phpfpm(self) -> Numbers:
        """Return what PHP-FPM says of itself."""
        client = FastCgiClient(FastCgiAddress("/status", "127.0.0.1", self.php.port))
        return {family.name: value for family, value in numbers(parse(await client.get("json")))}


@pytest.fixture
def hosting(tmp_path: Path) -> Iterator[Hosting]:
    """Start both, as the demo does."""
    front, php, status = (reserve() for _ in range(3))
    at = [f"127.0.0.1:{port}" for port in (front, php, status)]
    files = [tmp_path / "nginx.conf", tmp_path / "php-fpm.conf"]
    files[0].write_text(nginx_configuration(at[0], at[1]))
    files[1].write_text(phpfpm_configuration(at[1], at[2]))
    commands = (
        nginx.command(nginx.obtain(ROOT / nginx.FOLDER), files[0], tmp_path),
        phpfpm.command(phpfpm.obtain(ROOT / phpfpm.FOLDER), files[1]),
    )
    with ExitStack() as end:
        servers = [
            Server(command, port, tmp_path)
            for command, port in zip(commands, (front, status), strict=True)
        ]
        for server in servers:
            server.start()
            end.callback(server.kill)
        yield Hosting(*servers)


async def eventually(
    look: Callable[[], Awaitable[Numbers]], holds: Callable[[Numbers], bool]
) -> None:
    """Wait until a server's numbers are such; one that is full may not give any."""
    async with asyncio.timeout(PATIENCE):
        found: Numbers = {}
        while not (found and holds(found)):
            await asyncio.sleep(0.1)
            with suppress(OSError, CollectionError):
                found = await look()


def use(panel: Panel, story: Callable[[], Awaitable[None]]) -> None:
    """Let a story happen while the panel is used."""

    async def go() -> None:
        parts = (panel.visit, panel.hold, panel.wait)
        using = asyncio.gather(*(part(lambda: None) for part in parts))
        try:
            await story()
        finally:
            using.cancel()
            with suppress(asyncio.CancelledError, ExceptionGroup):
                await using

    asyncio.run(go())


def test_pages(hosting: Hosting) -> None:
    """Visitors are answered by both."""

    async def story() -> None:
        await eventually(hosting.nginx, lambda now: now["nginx_http_requests_total"] > 5)
        await eventually(hosting.phpfpm, lambda now: now["phpfpm_accepted_connections_total"] > 1)

    use(Panel(hosting.front.address, 1, Faults()), story)


def test_connections_held(hosting: Hosting) -> None:
    """With the fault on, nginx is full and drops who comes; off, all connections are given back."""
    faults = Faults({HELD})

    async def story() -> None:
        dropped, active = "nginx_connections_handled_total", "nginx_connections_active"
        await eventually(
            hosting.nginx, lambda now: now["nginx_connections_accepted_total"] > now[dropped]
        )
        await eventually(hosting.nginx, lambda now: now[active] > 40)
        faults.switch(HELD, on=False)
        await eventually(hosting.nginx, lambda now: now[active] < 20)

    use(Panel(hosting.front.address, 1, faults), story)


def test_saturated(hosting: Hosting) -> None:
    """With the fault on, requests wait for PHP-FPM and are slow; off, nobody waits any more."""
    faults = Faults({SATURATED})

    async def story() -> None:
        await eventually(hosting.phpfpm, lambda now: now["phpfpm_listen_queue"] > 0)
        await eventually(hosting.phpfpm, lambda now: now["phpfpm_slow_requests_total"] > 0)
        await eventually(hosting.phpfpm, lambda now: now["phpfpm_max_children_reached_total"] > 0)
        faults.switch(SATURATED, on=False)
        await eventually(hosting.phpfpm, lambda now: now["phpfpm_listen_queue"] == 0)

    use(Panel(hosting.front.address, 1, faults), story)
