"""Does PHP-FPM keep up: is a process free, who waits, what is slow?"""

from __future__ import annotations

from exporters.catalog import phpfpm
from exporters.diagnosis import Diagnosis, Table
from exporters.doctor import Limits
from exporters.samples import Samples

_POOL = {
    "pool": "",
    "process_manager": "",
    "waiting": "",
    "idle": "",
    "active": "",
    "requests_per_second": "",
    "longest_request": "seconds",
    "slow_requests": "",
    "max_children_reached": "",
}


def examine(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    """Add its pool, and what is wrong with it."""
    if samples.total(phpfpm.up) != 1:
        return
    pool = next((labels for labels, _ in samples.of(phpfpm.pool_info)), {})
    waiting, idle = samples.total(phpfpm.listen_queue), samples.total(phpfpm.idle_processes)
    slow = samples.total(phpfpm.slow_requests_total)
    reached = samples.total(phpfpm.max_children_reached_total)
    row = [
        pool.get("pool", ""),
        pool.get("process_manager", ""),
        waiting,
        idle,
        samples.total(phpfpm.active_processes),
        samples.rate(phpfpm.accepted_connections_total),
        samples.total(phpfpm.longest_request_seconds),
        slow,
        reached,
    ]
    diagnosis.tables.append(Table("phpfpm", _POOL, [row]))
    if (waiting or 0) > (most := limits("phpfpm_listen_queue_max", 0)):
        todo = "see which requests are slow, and raise pm.max_children where memory allows"
        diagnosis.complain(f"{waiting:.0f} requests wait for a process; {most:g} may", todo)
    if reached:
        todo = "raise pm.max_children where memory allows"
        diagnosis.complain(f"pm.max_children was reached {reached:.0f} times since the start", todo)
