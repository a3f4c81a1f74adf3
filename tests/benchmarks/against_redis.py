"""Redis, beside redis_exporter: with and without histograms, with many commands, from afar."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from compose.local.demo import cache_server
from compose.local.ports import reserve
from tests.benchmarks.measured import Exporter, compare
from tests.benchmarks.processes import lightship, start
from tests.benchmarks.results import Goal, Result

KEYS_PER_DATABASE = 25_000
DATABASES = (0, 1, 2, 3)
ROUND_TRIP_MS = 4
SCRAPERS = 8
PASSWORD = "bench"

# Commands, one a line: what an application of ordinary habits uses, and what a large one may
# use besides.
COMMANDS = Path(__file__).parent / "commands"


def measure(folder: Path, program: str, scrapes: int) -> Iterator[Result]:
    """Yield the comparisons with the redis_exporter at ``program``."""
    with ExitStack() as stack:
        port = reserve()
        options = ("--port", str(port), "--dir", str(folder), "--save", "", "--loglevel", "warning")
        extra = ("--enable-debug-command", "yes")
        server = start(stack, [cache_server(), *options, *extra], port)
        client = stack.enter_context(Redis(port=port))
        fill(client)
        bench = Bench(stack, folder, program, server, scrapes)
        yield from few_commands(bench, port)
        use(client, "many")
        yield from many_commands(bench, port)


class Bench:
    """Starts pairs of exporters for a server, and compares them."""

    def __init__(
        self, stack: ExitStack, folder: Path, program: str, server: int, scrapes: int
    ) -> None:
        self._stack = stack
        self._folder = folder
        self._program = program
        self._server = server
        self._scrapes = scrapes

    def run(
        self, title: str, port: int, *goals: Goal, histograms: bool = True, at_once: int = 1
    ) -> Result:
        """Compare both on the server at ``port``, at once by so many scrapers."""
        ours, theirs = self._ours(port, histograms=histograms), self._theirs(port, histograms)
        scrapes = self._scrapes if at_once == 1 else self._scrapes * 2
        rows = compare(ours, theirs, scrapes, at_once=at_once)
        return Result(title, rows, goals)

    def _ours(self, port: int, *, histograms: bool) -> Exporter:
        # Who may not ask for histograms is measured without them.
        (self._folder / "password").write_text(PASSWORD)
        login = "" if histograms else ", username: plain, password_file: password"
        pid, listens = lightship(
            self._stack,
            self._folder,
            f"targets: {{t: {{kind: redis, url: 'redis://127.0.0.1:{port}', service: s{login}}}}}\n"
            "services: {s: {}}\n",
        )
        return Exporter("lightship", pid, listens, "/probe?target=t", self._server)

    def _theirs(self, port: int, histograms: bool) -> Exporter:
        listens = reserve()
        options = [
            f"--redis.addr=redis://127.0.0.1:{port}",
            f"--web.listen-address=127.0.0.1:{listens}",
        ]
        options += [] if histograms else ["--exclude-latency-histogram-metrics"]
        pid = start(self._stack, [self._program, *options], listens)
        return Exporter("redis_exporter", pid, listens, "/metrics", self._server)


def few_commands(bench: Bench, port: int) -> Iterator[Result]:
    """Yield what an ordinary server gives."""
    yield bench.run(
        "Redis, about 30 commands in use",
        port,
        Goal("p50 ms", 1 / 4),
        Goal("CPU ms", 1 / 6),
        Goal("RSS MB", limit=45),
    )
    yield bench.run(
        "The same, both without histograms", port, Goal("p50 ms", 1.0), histograms=False
    )


def many_commands(bench: Bench, port: int) -> Iterator[Result]:
    """Yield what a server gives that has seen most of its commands, near, far and crowded."""
    yield bench.run("Redis, about 140 commands in use", port, Goal("p50 ms", 1 / 15))
    yield bench.run(f"The same, {SCRAPERS} scrapers at once", port, at_once=SCRAPERS)
    with ExitStack() as stack:
        far = reserve()
        delay = [
            sys.executable,
            "-m",
            "tests.benchmarks.delay",
            str(far),
            str(port),
            str(ROUND_TRIP_MS),
        ]
        start(stack, delay, far)
        yield bench.run(f"The same, {ROUND_TRIP_MS} ms away", far, Goal("p50 ms", 1 / 4))


def fill(client: Redis) -> None:
    """Write keys into four databases, use the usual commands, make a user without histograms."""
    for database in DATABASES:
        run(client, f"SELECT {database}")
        run(client, f"DEBUG POPULATE {KEYS_PER_DATABASE} db{database}")
    run(client, "SELECT 0")
    use(client, "usual")
    client.acl_setuser(
        "plain", enabled=True, passwords=[f"+{PASSWORD}"], keys=["*"],
        commands=["+@all", "-latency|histogram"],
    )  # fmt: skip


def use(client: Redis, name: str) -> None:
    """Run the commands of a list."""
    for command in (COMMANDS / f"{name}.txt").read_text().splitlines():
        with suppress(RedisError):  # some are not known to older servers
            run(client, command)


def run(client: Redis, command: str) -> None:
    """Run a command, whatever it answers."""
    client.execute_command(*command.split())  # type: ignore[no-untyped-call] # theirs has no types
