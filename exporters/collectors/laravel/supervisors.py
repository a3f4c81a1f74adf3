"""Horizon's supervisors: which queues they serve, with how many processes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exporters.collectors.laravel import names


@dataclass(frozen=True)
class Supervisor:
    """A supervisor, its processes by queue; without a status it is gone."""

    status: str
    processes: Mapping[str, int]


def supervisor(status: Any, processes: Any) -> Supervisor:
    """Return what a supervisor's hash says.

    A process that serves several queues counts for each of them.

    >>> supervisor("running", '{"redis:mail,web": 2, "redis:mail": 1}')
    Supervisor(status='running', processes={'mail': 3, 'web': 2})
    """
    found: defaultdict[str, int] = defaultdict(int)
    for served, count in _pools(processes).items():
        for name in names.of_supervisor(served):
            found[name] += count
    return Supervisor(status if isinstance(status, str) else "", dict(found))


def _pools(processes: Any) -> Mapping[str, int]:
    try:
        found = json.loads(processes)
    except (TypeError, ValueError, RecursionError):
        return {}
    # PHP writes what has no entries as a list.
    pools = found if isinstance(found, dict) else {}
    return {served: count for served, count in pools.items() if isinstance(count, int)}


def workers(
    supervisors: Sequence[Supervisor], queues: Iterable[str]
) -> Mapping[str, tuple[int, bool | None]]:
    """Return for each queue how many processes serve it, and whether all of them rest.

    Nobody knows the latter of a queue that no supervisor serves.
    """
    served = {name for one in supervisors for name in one.processes}
    found = {}
    for name, label in names.labels({*queues, *served}).items():
        serving = [one for one in supervisors if name in one.processes]
        count = sum(one.processes[name] for one in serving)
        resting = all(one.status == "paused" for one in serving) if serving else None
        found[label] = (count, resting)
    return found
