"""Measures one target: one round of collections at a time, each in its time, all in one answer."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exporters import log
from exporters.catalog.family import Family
from exporters.collection import Collection, Collector
from exporters.failure import CollectionError
from exporters.format import TEXT, Format, Part
from exporters.report import Report

# How long a target may take. Well below the shortest scrape timeout in use, so that
# a target that hangs is told as one, and not as a scrape that failed.
COLLECTION_SECONDS = 1.0

# The share of a scrape's time that its collections may take: they must fail, and be counted
# with their reason, before the scrape is answered without them.
SHARE = 0.9

# What is asked seldom is not waited for, and may take this long.
BACKGROUND_SECONDS = 10.0


class Connections(Protocol):
    """What the collectors of a target ask it through."""

    @property
    def connections_opened(self) -> int: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Source:
    """How a target is measured. ``up`` says whether any part of it answered the last scrape."""

    name: str
    up: Family
    collectors: Sequence[Collector]
    connections: Connections


class Probe:
    """A target and its collections. All scrapes that come during a round share it."""

    def __init__(
        self, target: str, source: Source, seconds: float = COLLECTION_SECONDS, pace: float = 1
    ) -> None:
        self._target = target
        self._source = source
        self._seconds = seconds
        self._collections = [Collection(c, pace) for c in source.collectors]
        self._report = Report(source.up)
        self._round: asyncio.Task[list[Part]] | None = None
        self._told: dict[str, str] = {}
        self._shared = 0

    @property
    def up(self) -> bool:
        """Whether any collector that runs in every scrape succeeded in the last one."""
        return not all(c.failing for c in self._collections if not c.interval)

    async def answer(self, deadline: float, form: Format = TEXT) -> str:
        """Return the samples as text, within ``deadline`` seconds, whatever the target does."""
        return form.render(await self._answer(deadline))

    async def warm_up(self, deadline: float) -> None:
        """Ask what every scrape asks, once, so that connections are there when one comes."""
        await asyncio.wait([self._round or self._begin(deadline, seldom=False)], timeout=deadline)

    async def _answer(self, deadline: float) -> list[Part]:
        self._shared += self._round is not None
        running = self._round or self._begin(deadline)
        try:
            return await asyncio.wait_for(asyncio.shield(running), deadline)
        except TimeoutError:
            return self._say(up=False)

    def _begin(self, deadline: float, *, seldom: bool = True) -> asyncio.Task[list[Part]]:
        seconds = min(self._seconds, SHARE * deadline)
        self._round = asyncio.create_task(self._collect(seconds, seldom=seldom))
        self._round.add_done_callback(self._ended)
        return self._round

    @property
    def failures(self) -> dict[str, list[str]]:
        """Which collectors failed in their last run, by why they did."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self._collections:
            if one.failing:
                found[f"{one.failing}: {one.detail}"].append(one.collector.name)
        return dict(found)

    @property
    def domain(self) -> str:
        """What the target is measured as: the first word of its families."""
        return self._source.up.name.partition("_")[0]

    def retire(self) -> None:
        """Close as soon as nobody waits for an answer any more."""
        if self._round is None:
            self.close()
        else:
            self._round.add_done_callback(lambda _: self.close())

    def close(self) -> None:
        """Stop what runs and drop the connections."""
        running = [self._round, *(c.running for c in self._collections)]
        for task in running:
            if task is not None:
                task.cancel()
        self._source.connections.close()

    def _ended(self, _: asyncio.Task[list[Part]]) -> None:
        self._round = None

    async def _collect(self, seconds: float, *, seldom: bool) -> list[Part]:
        """Run what is due: what every scrape asks, then, if that is answered, what is seldom."""
        began = time.monotonic()
        often = [c for c in self._collections if not c.interval]
        await asyncio.wait([c.start(seconds) for c in often])
        if self.up and seldom:
            await self._begin_seldom(began + seconds)
        self._tell()
        shown = [part for c in self._collections for part in c.parts] if self.up else []
        return shown + self._say(up=self.up)

    async def _begin_seldom(self, until: float) -> None:
        """Start what is due; wait only for what has nothing to show yet."""
        seldom = [c for c in self._collections if c.interval and c.due]
        tasks = [c.start(BACKGROUND_SECONDS) for c in seldom]
        new = [task for c, task in zip(seldom, tasks, strict=True) if not c.succeeded_at]
        if new:
            await asyncio.wait(new, timeout=max(until - time.monotonic(), 0))

    def _tell(self) -> None:
        """Log what began to fail and what works again, once, all parts of a reason together."""
        changed: defaultdict[str, list[Collection]] = defaultdict(list)
        for one in self._collections:
            if one.failing != self._told.get(one.collector.name, ""):
                changed[one.failing].append(one)
                self._told[one.collector.name] = one.failing
        for why, parts in changed.items():
            facts = {"target": self._target, "collectors": [p.collector.name for p in parts]}
            if not why:
                log.info("collection works again", **facts)
                continue
            error = parts[0].error
            foreseen = why != "other" or isinstance(error, CollectionError)
            unforeseen = None if foreseen else error
            facts |= {"reason": why, "detail": parts[0].detail}
            log.warning("collection failed", unforeseen, **facts)

    def _say(self, *, up: bool) -> list[Part]:
        opened = (self._source.name, self._source.connections.connections_opened)
        return self._report.parts(self._collections, opened, self._shared, up=up)
