"""Writes what is known of queues, in the words that all queue systems share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.budget import OTHER
from exporters.catalog import queue
from exporters.exposition import Exposition

# A system that makes a queue for each of its users must not make a series for each of them.
MAX_QUEUES = 100


class QueuePage:
    """The families of one target. A system that lacks a fact leaves its family out."""

    def __init__(self, page: Exposition, system: str) -> None:
        self._system = system
        self._jobs = page.writer(queue.jobs, "system", "queue", "state")
        self._ages = {
            "ready": page.writer(queue.oldest_ready_job_age_seconds, "system", "queue"),
            "reserved": page.writer(queue.oldest_reserved_job_age_seconds, "system", "queue"),
        }
        self._processed = page.writer(queue.jobs_processed_total, "system", "queue")
        self._failed = page.writer(queue.jobs_failed_total, "system", "queue")
        self._seconds = page.writer(queue.jobs_seconds_total, "system", "queue")
        self._notifications = page.writer(queue.notifications, "system", "queue")
        self._workers = page.writer(queue.workers, "system", "queue")
        self._paused = page.writer(queue.paused, "system", "queue")
        self._unwatched = page.writer(queue.unwatched_queues, "system")

    def choose(self, names: Iterable[str]) -> list[str]:
        """Return the queues to measure: the first by name, and say how many that leaves out."""
        found = sorted(set(names))
        self.unwatched(max(len(found) - MAX_QUEUES, 0))
        return found[:MAX_QUEUES]

    def unwatched(self, count: int) -> None:
        """Add how many queues are left out."""
        self._unwatched.add(count, self._system)

    def largest(self, ready: Mapping[str, int]) -> list[str]:
        """Return the queues to measure of more than may be: those with the most ready jobs.

        All others are told as one, so that a sum over queues has all that wait.
        """
        # A queue of that name is one of the others.
        names = sorted(ready.keys() - {OTHER}, key=lambda name: (-ready[name], name))
        chosen = names[:MAX_QUEUES]
        self.unwatched(len(ready) - len(chosen))
        self.jobs(OTHER, {"ready": sum(ready.values()) - sum(ready[name] for name in chosen)})
        return sorted(chosen)

    def jobs(self, name: str, counts: Mapping[str, int]) -> None:
        """Add how many jobs there are, by state."""
        for state, count in counts.items():
            self._jobs.add(count, self._system, name, state)

    def oldest(self, state: str, name: str, age: float | None) -> None:
        """Add the age of the oldest job that is ready or reserved, unless nobody knows it."""
        if age is not None:
            # Two machines' clocks may differ by more than a job has waited.
            self._ages[state].add(max(age, 0.0), self._system, name)

    def totals(self, name: str, *, processed: float, failed: float, seconds: float) -> None:
        """Add what was done so far; none of the three may ever shrink."""
        self._processed.add(processed, self._system, name)
        self._failed.add(failed, self._system, name)
        self._seconds.add(seconds, self._system, name)

    def notifications(self, name: str, count: int) -> None:
        """Add how long the list is that wakes workers."""
        self._notifications.add(count, self._system, name)

    def workers(self, name: str, count: int) -> None:
        """Add how many workers take jobs from a queue."""
        self._workers.add(count, self._system, name)

    def paused(self, name: str, *, paused: bool) -> None:
        """Add whether workers were told to rest."""
        self._paused.add(paused, self._system, name)
