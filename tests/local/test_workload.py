"""The demo's workload on a real server: what it does, what its faults do, how it waits."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner
from redis import Redis, RedisError

from compose import client
from compose.demo.faults import MEANINGS
from compose.demo.workload import main
from compose.local.demo import cache_server
from compose.local.ports import reserve
from exporters.settings import load

PASSWORD = "planted-secret"
NONE_ON = dict.fromkeys(MEANINGS, False)
DEMO_SETTINGS = Path(__file__).parents[2] / "compose/demo/lightship.yaml"


def eventually(holds: Callable[[], object], seconds: float = 30) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@dataclass
class Demo:
    """A cache and its workload."""

    folder: Path
    cache_port: int = field(default_factory=reserve)
    port: int = field(default_factory=reserve)
    server: subprocess.Popen[bytes] | None = None

    def start_cache(self) -> None:
        """Start the cache with a small limit, so that it is soon full."""
        options = {
            "port": str(self.cache_port),
            "bind": "127.0.0.1",
            "requirepass": PASSWORD,
            "maxmemory": "24mb",
            "maxmemory-policy": "allkeys-lru",
            "save": "",
        }
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        command = [cache_server(), *arguments]
        self.server = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)

    def stop_cache(self) -> None:
        """Stop the cache as hard as can be."""
        if self.server:
            self.server.kill()
            self.server.wait()

    def ask(self, method: str, path: str) -> Any:
        """Ask the workload."""
        return client.request(method, f"http://127.0.0.1:{self.port}{path}")

    def ready(self) -> bool:
        """Whether the workload uses the cache; the database is another matter."""
        try:
            said = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).text
        except requests.ConnectionError:
            return False
        return "cache: " not in said

    def facts(self) -> dict[str, int]:
        """Return the cache's counters; all are 0 while it is away."""
        try:
            with Redis(port=self.cache_port, password=PASSWORD) as redis:
                found: dict[str, int] = redis.info()
                return found
        except RedisError:
            return {"keyspace_hits": 0, "keyspace_misses": 0, "evicted_keys": 0}

    def ratio(self, reads: int = 200) -> float:
        """Return the share of hits among the reads from now on."""
        before = self.facts()

        def since(counter: str) -> int:
            return self.facts()[counter] - before[counter]

        assert eventually(lambda: since("keyspace_hits") + since("keyspace_misses") >= reads)
        hits, misses = since("keyspace_hits"), since("keyspace_misses")
        return hits / (hits + misses)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Start a cache and its workload, both at work."""
    demo = Demo(tmp_path)
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    command = [sys.executable, "-m", "compose.demo.workload"]
    arguments = [
        f"--listen=127.0.0.1:{demo.port}",
        f"--cache=redis://127.0.0.1:{demo.cache_port}",
        f"--password-file={tmp_path}/password",
        "--database=postgresql://nobody@127.0.0.1:1/none",
        f"--files={tmp_path}/files",
    ]
    demo.start_cache()
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command + arguments, stderr=log) as it,
    ):
        assert eventually(demo.ready)
        yield demo
        it.terminate()
        assert it.wait(10) == 0 or it.returncode == -15
    demo.stop_cache()


def test_cache_aside(demo: Demo) -> None:
    """Reads are mostly hits, and values are kilobytes with a life."""
    assert demo.ratio() > 0.85
    with Redis(port=demo.cache_port, password=PASSWORD) as redis:
        keys = redis.keys("shop:product:*")
        lives, sizes = map(redis.pttl, keys), map(redis.strlen, keys)
        found = list(zip(lives, sizes, strict=True))
    assert found
    for life, size in found:
        # The life of some has ended since they were found.
        assert life == -2 or 0 <= life <= 90_000
        assert size == 0 or 1_000 <= size <= 6_000


def test_misses(demo: Demo) -> None:
    """With the fault on, the hit ratio falls below three quarters; off, it comes back."""
    assert demo.ask("PUT", "/faults/misses") == NONE_ON | {"misses": True}
    assert demo.ratio() < 0.75
    assert demo.ask("DELETE", "/faults/misses") == NONE_ON
    assert demo.ratio() > 0.85


def test_memory(demo: Demo) -> None:
    """With the fault on, the cache fills and evicts keys; off, the memory is given back."""
    demo.ask("PUT", "/faults/memory")
    assert eventually(lambda: demo.facts()["evicted_keys"] > 0)
    demo.ask("DELETE", "/faults/memory")
    assert eventually(lambda: demo.facts()["used_memory"] < 0.5 * 24 * 1024**2)


@pytest.mark.parametrize(("fault", "workers"), [("stuck", 1), ("gone", 0)])
def test_worker(demo: Demo, fault: str, workers: int) -> None:
    """A hung worker is there and does nothing, one that is gone is not; both come back to work."""
    with Redis(port=demo.cache_port, password=PASSWORD) as redis:

        def idle() -> bool:
            return bool(redis.zcard("rq:finished:mail")) and not redis.llen("rq:queue:mail")

        assert eventually(idle)
        demo.ask("PUT", f"/faults/{fault}")
        assert eventually(lambda: redis.llen("rq:queue:mail") > 3)
        assert redis.scard("rq:workers") == workers
        demo.ask("DELETE", f"/faults/{fault}")
        assert eventually(idle)
        assert redis.scard("rq:workers") == 1


def test_unknown_fault(demo: Demo) -> None:
    """A fault that there is not is answered with those that there are."""
    with pytest.raises(
        client.NoAnswerError,
        match=r"404: .*unknown; choose from backups, backups-failing, bookings, ",
    ):
        demo.ask("PUT", "/faults/fire")
    assert demo.ask("GET", "/faults") == NONE_ON


def test_cache_away(demo: Demo) -> None:
    """The workload survives a cache that goes and comes, and logs each change once, as JSON."""
    demo.stop_cache()
    assert eventually(lambda: not demo.ready())
    demo.ask("GET", "/livez")
    demo.start_cache()
    assert eventually(demo.ready)
    text = (demo.folder / "log").read_text()
    events = [json.loads(line)["event"] for line in text.splitlines()]
    changes = [event for event in events if event.startswith("cache ")]
    # Before the cache's first answer there may have been a try too early.
    assert changes[-3:] == ["cache is used", "cache is away", "cache is used"]
    assert PASSWORD not in text


@pytest.mark.parametrize(
    ("listen", "says"),
    [("foo", "is no address; write host:port"), ("127.0.0.1:{taken}", "the port is in use")],
)
def test_listen(listen: str, says: str) -> None:
    """An address that is none, or is taken, is told without a traceback."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = listen.format(taken=listener.getsockname()[1])
        asked = CliRunner().invoke(main, ["--listen", given])
    assert asked.exit_code == 1
    assert f"Error: --listen {given}: {says}" in asked.output


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's settings name its servers, wherever they run, and are in a hurry."""
    settings = load(DEMO_SETTINGS)
    database = settings.targets["demo-database"]
    assert database.url == "postgresql://lightship@demo-database:5432/shop"
    assert database.password_file == Path("/run/lightship/secrets/demo-database-monitor/password")
    target = settings.targets["demo-cache"]
    assert (target.url, target.service) == ("redis://demo-cache:6379", "shop")
    assert target.password_file == Path("/run/lightship/secrets/demo-cache/password")
    assert (settings.scrape_interval, settings.evaluation_interval) == ("5s", "5s")
    monkeypatch.setenv("DEMO_CACHE", "127.0.0.1:16379")
    monkeypatch.setenv("DEMO_DATABASE", "127.0.0.1:15432")
    monkeypatch.setenv("LIGHTSHIP_SECRETS", "/elsewhere")
    targets = load(DEMO_SETTINGS).targets
    target = targets["demo-cache"]
    assert target.url == "redis://127.0.0.1:16379"
    assert targets["demo-database"].url == "postgresql://lightship@127.0.0.1:15432/shop"
    assert target.password_file == Path("/elsewhere/demo-cache/password")
