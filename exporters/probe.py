"""Measures one target: one collection at a time, each in its time, and says how it went."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Protocol

from exporters import log
from exporters.catalog import scrape
from exporters.catalog.family import Family
from exporters.exposition import Exposition
from exporters.failure import REASONS, reason

# How long a target may take. Well below the shortest scrape timeout in use, so that
# a target that hangs is told as one, and not as a scrape that failed.
COLLECTION_SECONDS = 1.0
# The share of a scrape's time that its collection may take: it must fail, and be counted
# with its reason, before the scrape is answered without it.
SHARE = 0.9


class Collector(Protocol):
    """What a kind of target needs to be measured."""

    @property
    def name(self) -> str: ...
    @property
    def up(self) -> Family: ...
    @property
    def connections_opened(self) -> int: ...
    async def collect(self) -> None:
        """Add every sample to the page given at the start. Any exception is a failure."""

    def close(self) -> None: ...


class Probe:
    """A target and its collector. All scrapes that come during a collection share it."""

    def __init__(
        self,
        target: str,
        collector: Collector,
        page: Exposition,
        seconds: float = COLLECTION_SECONDS,
    ) -> None:
        self._target = target
        self._collector = collector
        self._page = page
        self._seconds = seconds
        self._running: asyncio.Task[str] | None = None
        self._errors = Counter(dict.fromkeys(REASONS, 0))
        self._failing = ""
        self._shared = 0
        self._duration = 0.0
        self._succeeded_at = 0.0

    async def answer(self, deadline: float) -> str:
        """Return the samples as text, within ``deadline`` seconds, whatever the target does."""
        if self._running is None:
            self._running = asyncio.create_task(self._collect(min(self._seconds, SHARE * deadline)))
            self._running.add_done_callback(self._ended)
        else:
            self._shared += 1
        try:
            return await asyncio.wait_for(asyncio.shield(self._running), deadline)
        except TimeoutError:
            return self._report(success=False)

    def close(self) -> None:
        """Stop what runs and drop the connection."""
        if self._running is not None:
            self._running.cancel()
        self._collector.close()

    def _ended(self, _: asyncio.Task[str]) -> None:
        self._running = None

    async def _collect(self, seconds: float) -> str:
        self._page.clear()
        began = time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                await self._collector.collect()
        except Exception as error:  # noqa: BLE001 - a scrape answers, whatever went wrong
            self._page.clear()
            self._failed(error, seconds)
        else:
            self._succeeded()
        self._duration = time.perf_counter() - began
        return self._page.text() + self._report(success=not self._failing)

    def _failed(self, error: Exception, seconds: float) -> None:
        why = reason(error)
        self._errors[why] += 1
        if why != self._failing:
            text = str(error) or f"no answer within {seconds:g} s"
            unforeseen = error if why == "other" else None
            facts = {"target": self._target, "reason": why, "detail": text}
            log.warning("collection failed", unforeseen, **facts)
        self._failing = why

    def _succeeded(self) -> None:
        if self._failing:
            log.info("collection works again", target=self._target)
        self._failing = ""
        self._succeeded_at = time.time()

    def _report(self, *, success: bool) -> str:
        """Return whether the target is up, and how the collector does."""
        page, name = Exposition(), self._collector.name
        page.writer(self._collector.up).add(success)
        page.writer(scrape.collector_success, "collector").add(success, name)
        page.writer(scrape.collector_duration_seconds, "collector").add(self._duration, name)
        if self._succeeded_at:
            stamp = page.writer(scrape.collector_last_success_timestamp_seconds, "collector")
            stamp.add(self._succeeded_at, name)
        errors = page.writer(scrape.collector_errors_total, "collector", "reason")
        for why, count in self._errors.items():
            errors.add(count, name, why)
        opened = page.writer(scrape.connections_opened_total, "collector")
        opened.add(self._collector.connections_opened, name)
        page.writer(scrape.scrapes_shared_total).add(self._shared)
        return page.text()
