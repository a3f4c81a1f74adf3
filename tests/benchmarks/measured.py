"""One exporter that is measured: its scrapes, its CPU and the server's, its memory."""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = 25

# What is asked once, and what fills caches, is no part of a steady scrape.
WARM_UP = 5

_TICKS = os.sysconf("SC_CLK_TCK")
_MS = 1000


@dataclass
class Exporter:
    """Where one exporter answers, and what its scrapes took. ``server`` is who it asks."""

    name: str
    pid: int
    port: int
    path: str
    server: int
    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0
    server_cpu: float = 0.0
    text: str = ""

    def scrape(self, times: int, *, at_once: int = 1) -> None:
        """Scrape so often, over connections that are kept, as many at once."""
        own, server = cpu(self.pid), cpu(self.server, children=True)
        if at_once == 1:
            self.seconds += self._scrapes(times)
        else:
            with ThreadPoolExecutor(at_once) as threads:
                for taken in threads.map(self._scrapes, [times // at_once] * at_once):
                    self.seconds += taken
        self.cpu += cpu(self.pid) - own
        self.server_cpu += cpu(self.server, children=True) - server

    def _scrapes(self, times: int) -> list[float]:
        taken = []
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        for _ in range(times):
            began = time.perf_counter()
            connection.request("GET", self.path)
            self.text = connection.getresponse().read().decode()
            taken.append(time.perf_counter() - began)
        connection.close()
        return taken

    def row(self) -> dict[str, float]:
        """Return what is compared: milliseconds per scrape, series, megabytes."""
        times = len(self.seconds)
        return {
            "p50 ms": statistics.median(self.seconds) * _MS,
            "p99 ms": statistics.quantiles(self.seconds, n=100)[-1] * _MS,
            "CPU ms": self.cpu / times * _MS,
            "server CPU ms": self.server_cpu / times * _MS,
            "series": sum(line[:1] not in {"#", ""} for line in self.text.splitlines()),
            "RSS MB": resident(self.pid),
        }


def compare(
    ours: Exporter, theirs: Exporter, scrapes: int, *, at_once: int = 1
) -> Mapping[str, Mapping[str, float]]:
    """Scrape both in turns, block by block, and return a row for each and one of ratios."""
    for one in (ours, theirs):
        one.scrape(WARM_UP)
        one.seconds, one.cpu, one.server_cpu = [], 0.0, 0.0
    for _ in range(max(scrapes // BLOCK, 1)):
        for one in (ours, theirs):
            one.scrape(BLOCK, at_once=at_once)
    rows = {one.name: one.row() for one in (ours, theirs)}
    mine, other = rows.values()
    return rows | {"ratio": {key: mine[key] / max(other[key], 1e-9) for key in mine}}


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
    return total / _TICKS


def resident(pid: int) -> float:
    """Return the megabytes of memory that the system holds for a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def table(rows: Mapping[str, Mapping[str, float]]) -> Sequence[str]:
    """Return rows as the lines of a Markdown table."""
    columns = list(next(iter(rows.values())))
    lines = [f"| | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for name, row in rows.items():
        spelled = _ratio if name == "ratio" else _number
        lines.append(f"| {name} | {' | '.join(spelled(row[column]) for column in columns)} |")
    return lines


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def _ratio(value: float) -> str:
    return f"1/{1 / value:.1f}" if 0 < value < 0.95 else f"{value:.2f}"
