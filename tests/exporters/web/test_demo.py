"""The demo's hosting panel, on the real servers that the demo has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from compose.demo.faults import HELD, Faults
from compose.demo.panel import Panel
from compose.demo.web import NGINX_STATUS, configuration
from compose.local import nginx
from compose.local.ports import reserve
from exporters.collectors.nginx import facts
from tests.exporters.web.conftest import PATIENCE, ROOT, Server


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Server]:
    """Start the panel's nginx."""
    port = reserve()
    file = tmp_path / "nginx.conf"
    file.write_text(configuration({"listen 8080;": f"listen 127.0.0.1:{port};"}))
    program = nginx.obtain(ROOT / nginx.FOLDER)
    server = Server(nginx.command(program, file, tmp_path), port, tmp_path)
    server.start()
    yield server
    server.kill()


def numbers(front: Server) -> dict[str, int]:
    """Return what nginx says of itself; nothing while it takes nobody."""
    with suppress(requests.ConnectionError):
        page = requests.get(f"http://{front.address}{NGINX_STATUS}", timeout=PATIENCE).content
        return {family.name.removeprefix("nginx_"): value for family, value in facts(page)}
    return {}


async def eventually(front: Server, holds: Callable[[dict[str, int]], bool]) -> None:
    """Wait until nginx's numbers are such."""
    async with asyncio.timeout(PATIENCE):
        found: dict[str, int] = {}
        while not (found and holds(found)):
            await asyncio.sleep(0.1)
            found = await asyncio.to_thread(numbers, front)


def test_connections_held(front: Server) -> None:
    """With the fault on, nginx is full and drops who comes; off, all connections are given back."""
    faults = Faults()
    panel = Panel(front.address, 1, faults)

    async def go() -> None:
        using = asyncio.gather(panel.visit(lambda: None), panel.hold(lambda: None))
        await eventually(front, lambda now: now["http_requests_total"] > 5)
        faults.switch(HELD, on=True)
        await eventually(
            front, lambda now: now["connections_accepted_total"] > now["connections_handled_total"]
        )
        await eventually(front, lambda now: now["connections_active"] > 40)
        faults.switch(HELD, on=False)
        await eventually(front, lambda now: now["connections_active"] < 20)
        using.cancel()
        with suppress(asyncio.CancelledError, ExceptionGroup):
            await using

    asyncio.run(go())
