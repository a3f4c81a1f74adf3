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

# The column that says how busy the rest of the machine was.
OTHERS = "others, cores"

_TICKS = os.sysconf("SC_CLK_TCK")
_MS = 1000


@dataclass(frozen=True)
class Block:
    """Scrapes in a row: what each took, and the CPU of the exporter, of the server, of others."""

    seconds: Sequence[float]
    cpu: float
    server_cpu: float
    others: float


@dataclass
class Exporter:
    """Where one exporter answers, and what its scrapes took. ``server`` is who it asks."""

    name: str
    pid: int
    port: int
    path: str
    server: int
    blocks: list[Block] = field(default_factory=list)
    text: str = ""

    def scrape(self, times: int, *, at_once: int = 1) -> None:
        """Scrape so often, over connections that are kept, as many at once."""
        began, before = time.perf_counter(), self._used()
        with ThreadPoolExecutor(at_once) as threads:
            taken = [*threads.map(self._scrapes, [times // at_once] * at_once)]
        now = self._used()
        own, server, bench, all_ = (new - old for new, old in zip(now, before, strict=True))
        others = (all_ - own - server - bench) / (time.perf_counter() - began)
        seconds = [one for of_thread in taken for one in of_thread]
        self.blocks.append(Block(seconds, own, server, max(others, 0)))

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

    def _used(self) -> tuple[float, float, float, float]:
        """Return the CPU seconds of the exporter, of the server, of ourselves and of all."""
        server = cpu(self.server, children=True)
        return cpu(self.pid), server, time.process_time(), machine()

    def row(self) -> dict[str, float]:
        """Return what is compared: milliseconds per scrape, series, megabytes.

        The half of the blocks counts during which the rest of the machine did least.
        """
        quiet = sorted(self.blocks, key=lambda block: block.others)[: (len(self.blocks) + 1) // 2]
        seconds = [one for block in quiet for one in block.seconds]
        per_scrape = _MS / len(seconds)
        return {
            "p10 ms": statistics.quantiles(seconds, n=10)[0] * _MS,
            "p50 ms": statistics.median(seconds) * _MS,
            "p99 ms": statistics.quantiles(seconds, n=100)[-1] * _MS,
            "CPU ms": sum(block.cpu for block in quiet) * per_scrape,
            "server CPU ms": sum(block.server_cpu for block in quiet) * per_scrape,
            "series": sum(line[:1] not in {"#", ""} for line in self.text.splitlines()),
            "RSS MB": resident(self.pid),
            OTHERS: max(block.others for block in quiet),
        }


def compare(
    ours: Exporter, theirs: Exporter, scrapes: int, *, at_once: int = 1
) -> Mapping[str, Mapping[str, float]]:
    """Scrape both in turns, block by block, and return a row for each and one of ratios."""
    for one in (ours, theirs):
        one.scrape(WARM_UP)
        one.blocks.clear()
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


def machine() -> float:
    """Return the CPU seconds that the whole machine has spent since it was started."""
    first = Path("/proc/stat").read_text().partition("\n")[0]
    user, nice, system, _, _, *interrupts = map(int, first.split()[1:9])
    return (user + nice + system + sum(interrupts)) / _TICKS


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
