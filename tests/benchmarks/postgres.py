"""How much a scrape of PostgreSQL costs, beside postgres_exporter: `postgres.py RIVAL [SCRAPES]`.

Starts a server with 64 tables, our exporters and the given postgres_exporter on free ports,
scrapes them in turns, block by block in one run, and prints what each took. CPU is what the
kernel counted: of the exporter's process, and of all the server's together.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from compose.local import postgres

BLOCK = 25
PASSWORD = "bench"
TICKS = os.sysconf("SC_CLK_TCK")
SETUP = (
    f"CREATE ROLE monitor LOGIN PASSWORD '{PASSWORD}' IN ROLE pg_monitor;",
    f"ALTER ROLE postgres PASSWORD '{PASSWORD}';",
    "CREATE EXTENSION pg_stat_statements;",
)


def cpu(pid: int, *, children: bool = False) -> float:
    """Return the CPU seconds of a process; with ``children``, of all that it started too."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = stat.parent.name == str(pid)
        if own or (children and int(fields[1]) == pid):
            # User and system; of those that ended as well, which their parent inherits.
            total += sum(map(int, fields[11 : 15 if own and children else 13]))
    return total / TICKS


@dataclass
class Rival:
    """One exporter: where it answers, and what its scrapes took."""

    name: str
    pid: int
    port: int
    path: str
    server: int
    seconds: list[float] = field(default_factory=list)
    own_cpu: float = 0.0
    server_cpu: float = 0.0
    text: str = ""

    def scrape(self, times: int) -> None:
        """Scrape a block over one kept connection, as Prometheus does."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        own, server = cpu(self.pid), cpu(self.server, children=True)
        for _ in range(times):
            began = time.perf_counter()
            connection.request("GET", self.path)
            self.text = connection.getresponse().read().decode()
            self.seconds.append(time.perf_counter() - began)
        self.own_cpu += cpu(self.pid) - own
        self.server_cpu += cpu(self.server, children=True) - server
        connection.close()

    def row(self) -> dict[str, float]:
        """Return what is compared: milliseconds, and the number of series."""
        times, ms = len(self.seconds), 1000
        status = Path(f"/proc/{self.pid}/status").read_text()
        resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return {
            "p50 ms": statistics.median(self.seconds) * ms,
            "p99 ms": statistics.quantiles(self.seconds, n=100)[-1] * ms,
            "CPU ms": self.own_cpu / times * ms,
            "server CPU ms": self.server_cpu / times * ms,
            "series": sum(line[:1] not in {"#", ""} for line in self.text.splitlines()),
            "RSS MB": int(resident.split()[1]) / 1024,
        }


def free_port() -> int:
    """Return a port that nobody holds now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(stack: ExitStack, command: list[str], port: int, **environment: str) -> int:
    """Start a program, wait until it listens, and return its pid."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stack.callback(process.wait)
    stack.callback(process.terminate)
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process.pid
        time.sleep(0.02)
    raise SystemExit(f"{command[0]}: does not listen")


def fill(port: int) -> None:
    """Make 64 tables: 60 small ones and four of some size, all with indexes."""
    url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/shop"
    with psycopg.connect(url, autocommit=True) as connection:
        for number in range(64):
            rows = 500 if number < 60 else 100_000
            connection.execute(
                f"CREATE TABLE t{number} AS "  # noqa: S608 - numbers of our own
                "SELECT n AS id, 'note ' || n AS note, n % 7 AS kind "
                f"FROM generate_series(1, {rows}) AS n".encode()
            )
            connection.execute(f"ALTER TABLE t{number} ADD PRIMARY KEY (id)".encode())
            connection.execute(f"CREATE INDEX ON t{number} (kind)".encode())
        connection.execute("VACUUM ANALYZE")


def rivals(stack: ExitStack, folder: Path, program: str) -> Iterator[Rival]:
    """Start the server and both exporters."""
    port, ours, theirs = free_port(), free_port(), free_port()
    postgres.create(folder / "data", "shop", SETUP)
    server = started(stack, list(postgres.command(folder / "data", port)), port)
    fill(port)
    (folder / "password").write_text(PASSWORD)
    (folder / "lightship.yaml").write_text(
        f"targets: {{shop: {{kind: postgres, url: 'postgresql://monitor@127.0.0.1:{port}/shop', "
        "password_file: password, service: s}}\nservices: {s: {}}\n"
    )
    lightship = [sys.executable, "-c", "from generator.cli import main; main()", "exporters", "run"]
    listen = ["--settings", str(folder / "lightship.yaml"), "--listen", f"127.0.0.1:{ours}"]
    pid = started(stack, [*lightship, *listen], ours)
    yield Rival("lightship", pid, ours, "/probe?target=shop", server)
    url = f"postgresql://monitor:{PASSWORD}@127.0.0.1:{port}/shop?sslmode=disable"
    address = f"--web.listen-address=127.0.0.1:{theirs}"
    pid = started(stack, [program, address], theirs, DATA_SOURCE_NAME=url)
    yield Rival("postgres_exporter", pid, theirs, "/metrics", server)


def table(rows: Mapping[str, Mapping[str, float]]) -> str:
    """Return the rows and their ratio, in columns."""
    ours, theirs = rows.values()
    columns = list(ours)
    lines = [["", *columns]]
    lines += [[name, *(f"{row[c]:.1f}" for c in columns)] for name, row in rows.items()]
    lines.append(["ratio", *(f"1/{theirs[c] / max(ours[c], 1e-9):.1f}" for c in columns)])
    return "\n".join("".join(cell.rjust(18) for cell in line) for line in lines)


def main() -> None:
    """Run it."""
    program, scrapes = sys.argv[1], int((sys.argv[2:] or ["200"])[0])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = list(rivals(stack, folder, program))
        for rival in found:
            rival.scrape(5)  # what is asked once, and caches
            rival.seconds, rival.own_cpu, rival.server_cpu = [], 0.0, 0.0
        for _ in range(scrapes // BLOCK):
            for rival in found:
                rival.scrape(BLOCK)
        print(table({rival.name: rival.row() for rival in found}))  # noqa: T201


if __name__ == "__main__":
    main()
