"""What writing one series takes, ours beside prometheus-client's."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from exporters.catalog import cache
from exporters.exposition import Exposition
from tests.benchmarks.results import Goal, Result

SERIES = 5_000
ROUNDS = 9
_MICROSECONDS = 1_000_000


def measure() -> Result:
    """Return microseconds of CPU per series: the best of several rounds, after a first one."""
    labels = [f"command{number}" for number in range(SERIES)]
    rows = {
        "lightship": {"µs per series": _best(_ours(labels))},
        "prometheus-client": {"µs per series": _best(_theirs(labels))},
    }
    mine, other = (row["µs per series"] for row in rows.values())
    rows["ratio"] = {"µs per series": mine / other}
    return Result(f"Writing {SERIES} series", rows, [Goal("µs per series", limit=1.5)])


def _best(write: Callable[[], object]) -> float:
    write()
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        write()
        taken.append(time.process_time() - began)
    return min(taken) / SERIES * _MICROSECONDS


def _ours(labels: list[str]) -> Callable[[], object]:
    page = Exposition()
    page.limit = SERIES
    writer = page.writer(cache.commands_total, "command")

    def write() -> str:
        page.clear()
        for number, label in enumerate(labels):
            writer.add(number * 0.1, label)
        return page.text()

    return write


def _theirs(labels: list[str]) -> Callable[[], object]:
    registry = CollectorRegistry()
    gauge = Gauge("commands", "Commands.", ["command"], registry=registry)

    def write() -> bytes:
        for number, label in enumerate(labels):
            gauge.labels(label).set(number * 0.1)
        return generate_latest(registry)

    return write
