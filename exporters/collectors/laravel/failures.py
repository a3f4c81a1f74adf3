"""Counts the jobs that failed since the last look, from Horizon's list of failed jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from exporters.budget import OTHER
from exporters.collectors.laravel.measured import MAX_MEASURED
from exporters.collectors.laravel.payload import NAMELESS
from exporters.redis_client import Command, require

# More are counted by the looks that follow.
_PER_LOOK = 500


class Failures:
    """Failed jobs by queue and by class, since the first look.

    Horizon lists them by the negative of the time at which they failed; ``newest`` is
    that of the last one that was seen.
    """

    def __init__(self, prefix: str, newest: str = "") -> None:
        self.by_queue: Counter[str] = Counter()
        self.by_class: Counter[str] = Counter()
        self._prefix = prefix
        self._newest = newest
        self._next = newest

    def question(self) -> Command:
        """Return what to ask first: who failed since then; at the first look, who was last."""
        key = f"{self._prefix}failed_jobs"
        if not self._newest:
            return ("ZRANGE", key, "0", "0", "WITHSCORES")
        limit = ("LIMIT", "0", str(_PER_LOOK))
        return ("ZREVRANGEBYSCORE", key, f"({self._newest}", "-inf", "WITHSCORES", *limit)

    def details(self, reply: Any) -> list[Command]:
        """Return what to ask about those who failed; nothing at the first look."""
        listed = require(reply, "ZRANGE or ZREVRANGEBYSCORE", list)
        self._next = (listed or [self._newest or "0"])[-1]
        ids = listed[::2] if self._newest else []
        return [("HMGET", f"{self._prefix}{one}", "queue", "name") for one in ids]

    def add(self, replies: Sequence[Any]) -> None:
        """Count those who failed, by what was told about them."""
        for reply in replies:
            queue, name = require(reply, "HMGET", list)
            # Somebody may have removed the job meanwhile.
            _count(self.by_queue, queue or NAMELESS)
            _count(self.by_class, name or NAMELESS)
        self._newest = self._next


def _count(counts: Counter[str], name: str) -> None:
    """Add one to a name that is known, or to all those that came too late to be."""
    counts[name if name in counts or len(counts) < MAX_MEASURED else OTHER] += 1
