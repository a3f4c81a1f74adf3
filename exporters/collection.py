"""One collector at work: when it is due, what it last wrote, and how its runs went."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from exporters.failure import REASONS, reason
from exporters.format import Part

# Scrapes come a little early or late: this share of an interval counts as all of it.
_NEARLY = 0.9

# What is asked seldom and fails is asked again sooner.
_RETRY_SECONDS = 15.0

# However high the pace is, what is asked seldom is not asked more often.
_LEAST_SECONDS = 1.0

# What failing runs leave is shown for so many intervals, and then no more.
_STALE_INTERVALS = 3


class Page(Protocol):
    """Where a collector writes. ``limit`` is how many series a family may have."""

    limit: int
    dropped: dict[str, int]

    def clear(self) -> None: ...
    def parts(self) -> list[Part]: ...
    def text(self) -> str: ...


class Collector(Protocol):
    """A part of what is measured of a target. It succeeds or fails by itself.

    It runs in every scrape, or, with an ``interval`` in seconds, so often and in the
    background; scrapes show what its last run wrote.
    """

    @property
    def name(self) -> str: ...
    @property
    def page(self) -> Page: ...
    @property
    def interval(self) -> float: ...
    async def collect(self) -> None:
        """Add every sample to the page, which was cleared. Any exception is a failure."""


class Collection:
    """A collector and what is known of its runs. Nothing that it raises gets out.

    What runs in the background runs ``pace`` times as often as it is meant to.
    """

    def __init__(self, collector: Collector, pace: float = 1) -> None:
        self.collector = collector
        self._pace = pace
        self.errors = Counter(dict.fromkeys(REASONS, 0))
        self.ran = False
        self.failing = ""
        self.detail = ""
        self.error: Exception | None = None
        self.duration = 0.0
        self.succeeded_at = 0.0
        self.dropped: dict[str, int] = {}
        self.running: asyncio.Task[None] | None = None
        self._parts: Sequence[Part] = ()
        self._due_at = 0.0

    @property
    def interval(self) -> float:
        """How many seconds pass from one run in the background to the next; 0 for no such."""
        meant = self.collector.interval
        return min(meant, max(meant / self._pace, _LEAST_SECONDS))

    @property
    def due(self) -> bool:
        """Whether the next scrape should run it."""
        return self.running is None and time.monotonic() >= self._due_at

    @property
    def succeeded(self) -> bool:
        """Whether the last run succeeded; one that every scrape waits for is not still running."""
        waited = self.running is not None and not self.interval
        return bool(self.succeeded_at) and not self.failing and not waited

    @property
    def shown(self) -> bool:
        """Whether there is something to show: seldom-run collectors outlive a failure or two."""
        limit = self.interval * _STALE_INTERVALS
        fresh = self.age <= limit if self.interval else not self.failing
        return bool(self.succeeded_at) and fresh

    @property
    def parts(self) -> Sequence[Part]:
        """What the last run that succeeded wrote, as long as that is worth showing."""
        return self._parts if self.shown else ()

    @property
    def age(self) -> float:
        """Seconds since the last run that succeeded."""
        return max(time.time() - self.succeeded_at, 0.0)

    def start(self, seconds: float) -> asyncio.Task[None]:
        """Begin a run; the task ends when it has succeeded, failed or taken too long."""
        self._due_at = time.monotonic() + self.interval * _NEARLY
        self.running = asyncio.create_task(self._run(seconds))
        self.running.add_done_callback(self._ended)
        return self.running

    def _ended(self, _: asyncio.Task[None]) -> None:
        self.running = None

    async def _run(self, seconds: float) -> None:
        self.collector.page.clear()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                await self.collector.collect()
        except Exception as error:  # noqa: BLE001 - a scrape answers, whatever went wrong
            self.failing, self.error = reason(error), error
            self.detail = str(error) or f"no answer within {seconds:g} s"
            self.errors[self.failing] += 1
            self._due_at = min(self._due_at, time.monotonic() + _RETRY_SECONDS)
        else:
            self.failing, self.error = "", None
            self.succeeded_at = time.time()
            # Kept as text: the page is written anew while scrapes show the last run.
            self._parts = self.collector.page.parts()
            self.dropped = dict(self.collector.page.dropped)
        self.ran = True
        self.duration = time.perf_counter() - began
