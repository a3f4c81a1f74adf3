"""Makes counters of what Horizon counts anew after each of its snapshots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from exporters.collectors.laravel.payload import number


@dataclass(frozen=True)
class Count:
    """Jobs that went well, and the time that they took, in seconds."""

    jobs: float = 0.0
    seconds: float = 0.0


class Throughput:
    """The jobs of one queue or class, since the first look at it.

    Horizon counts from snapshot to snapshot; each snapshot keeps what was counted until
    then. So nothing is lost that was counted between the last look and the snapshot.
    """

    def __init__(self, counted: Count | None = None, snapshot_at: float = 0.0) -> None:
        self.jobs = 0.0
        self.seconds = 0.0
        self._counted = counted or Count()
        self._snapshot_at = snapshot_at

    def look(self, counted: Count, snapshots: Sequence[tuple[float, Count]]) -> None:
        """Take in what is counted now, and the snapshots that there are, the oldest first."""
        new = [(at, count) for at, count in snapshots if at > self._snapshot_at]
        if not new and counted.jobs < self._counted.jobs:
            return  # begun anew, and the snapshot is about to be written
        for _, count in (*new, (0.0, counted)):
            self.jobs += max(count.jobs - self._counted.jobs, 0.0)
            self.seconds += max(count.seconds - self._counted.seconds, 0.0)
            self._counted = Count()
        self._counted = counted
        self._snapshot_at = max([self._snapshot_at, *(at for at, _ in new)])


def count(throughput: Any, runtime: Any) -> Count:
    """Return what Horizon counted: jobs, and their mean runtime in milliseconds.

    >>> count("12", "37.5")
    Count(jobs=12.0, seconds=0.45)
    >>> count(None, None)
    Count(jobs=0.0, seconds=0.0)
    """
    jobs = number(throughput) or 0.0
    return Count(jobs, jobs * (number(runtime) or 0.0) / 1000)


def snapshots(reply: Sequence[str]) -> list[tuple[float, Count]]:
    """Return snapshots with their times, from a sorted set that was read with its scores.

    >>> snapshots(['{"throughput":"5","runtime":"100","time":1767225600}', "1767225600"])
    [(1767225600.0, Count(jobs=5.0, seconds=0.5))]
    """
    return [
        (number(score) or 0.0, _snapshot(text))
        for text, score in zip(reply[::2], reply[1::2], strict=False)
    ]


def _snapshot(text: str) -> Count:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return Count()
    if not isinstance(found, dict):
        return Count()
    # A queue that did nothing has false, or nothing, in both places.
    return count(found.get("throughput"), found.get("runtime"))
