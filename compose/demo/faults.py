"""Switches of the workload: what goes wrong with what the shop uses while one is on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

MISSES = "misses"
MEMORY = "memory"
STUCK = "stuck"
GONE = "gone"
FLOODED = "flooded"
HORIZON_PAUSED = "horizon-paused"
HORIZON_STOPPED = "horizon-stopped"
FAILED_OVER = "failed-over"
UNLINKED = "unlinked"
CONNECTIONS = "connections"
LOCKED = "locked"
CLOSING = "closing"
LATE = "late"
UNFOLLOWED = "unfollowed"
FORGOTTEN = "forgotten"
SLOW = "slow"
FAILING = "failing"
RELEASED = "released"
HELD = "held"
SATURATED = "saturated"
BACKUPS = "backups"
NOISY = "noisy"
BOOKINGS = "bookings"
REFUSED = "refused"
GUESSED = "guessed"
UNHEALTHY = "unhealthy"
BACKUPS_FAILING = "backups-failing"
UNTESTED = "untested"
RENAMED = "renamed"
UNSENT = "unsent"
EXPIRING = "expiring"
COLD = "cold"
CROWDED = "crowded"
FULL = "full"
JOBS_FAILING = "jobs-failing"
JOBS_OLD = "jobs-old"
QUERIES_SLOW = "queries-slow"
DEADLOCKS = "deadlocks"
GROWN = "grown"
PEER_GONE = "peer-gone"
MEANINGS = {
    MISSES: "half of the reads ask for keys that do not exist",
    MEMORY: "large values are written until the cache evicts keys",
    STUCK: "the queues' worker hangs: it is there, and does nothing",
    GONE: "the queues' worker is gone",
    FLOODED: "more jobs are pushed than Horizon can do",
    HORIZON_PAUSED: "Horizon is paused: it is there, and begins no job",
    HORIZON_STOPPED: "Horizon is gone: it gives no sign of life",
    FAILED_OVER: "the sessions' replica takes the master's place, as if that were to be replaced",
    UNLINKED: "the sessions' replica has another password than its master, and lost the link",
    CONNECTIONS: "connections to the database are opened and not given back",
    LOCKED: "a transaction locks the table of orders, and whoever needs it waits",
    CLOSING: "somebody holds the monitor's summaries most of the time, and who counts waits",
    LATE: "the history's replica stays five minutes behind its primary",
    UNFOLLOWED: "the history's replica was told to follow no more",
    FORGOTTEN: "nobody takes the log that the orders' database keeps for the archive",
    SLOW: "the shop's pages take more than a second",
    FAILING: "one in five orders ends in an error, and one in five confirmations fails",
    HELD: "somebody holds all connections of the hosting panel's nginx by half a request each",
    RELEASED: "a new release of the shop fails to take one in five orders",
    SATURATED: "more slow pages of the hosting panel are asked for than its PHP makes at once",
    BACKUPS: "the hosting panel makes no backups any more",
    NOISY: "one tenant of the hosting panel does more than all others together",
    BOOKINGS: "nobody can book an appointment, though the clinic's pages answer",
    REFUSED: "half of the clinic's mails and texts are refused",
    UNHEALTHY: "the shop's health endpoint answers 503, as after a release that lacks something",
    GUESSED: "somebody tries passwords of the task list",
    BACKUPS_FAILING: "every backup of the hosting panel fails, and is tried again",
    UNTESTED: "nobody has restored a backup of the hosting panel for forty days",
    RENAMED: "a column of the task list has another name than the one that is asked for",
    UNSENT: "the clinic's mails and texts are asked for, and none is sent",
    EXPIRING: "a certificate that the uptime monitor sees ends in three days",
    COLD: "nobody has warmed the cache for half a day",
    CROWDED: "the cache takes 64 clients, and connections are opened until it refuses one",
    FULL: "the cache has no room left, and may evict nothing",
    JOBS_FAILING: "half of the shop's mails cannot be sent",
    JOBS_OLD: "the queues' worker hangs, and what it is to do has waited for ten minutes",
    QUERIES_SLOW: "everybody asks the database for reports that take seconds",
    DEADLOCKS: "two transactions wait for each other, again and again",
    GROWN: "a million customers are imported, with orders that should have been deleted",
    PEER_GONE: "the Sentinels remember one that was taken away",
}


@dataclass
class Faults:
    """Which faults are on."""

    on: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[tuple[str, bool]]:
        return ((name, name in self.on) for name in MEANINGS)

    def switch(self, name: str, *, on: bool) -> None:
        """Turn a fault on or off. Raises KeyError for a fault that there is not."""
        if name not in MEANINGS:
            raise KeyError(name)
        if on:
            self.on.add(name)
        else:
            self.on.discard(name)
