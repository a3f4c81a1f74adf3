"""Collections: several parts of one target, some of them seldom, each with a fate of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from exporters.catalog import cache
from exporters.catalog.family import Family
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.probe import Probe, Source


class Part:
    """A collector that does what it is told, and counts its runs."""

    connections_opened = 1

    def __init__(self, name: str, family: Family, interval: float = 0.0) -> None:
        self.name = name
        self.interval = interval
        self.page = Exposition()
        self.runs = 0
        self.does: Callable[[], Awaitable[None]] = self._nothing
        self._writer = self.page.writer(family)

    async def _nothing(self) -> None:
        pass

    async def _fail(self) -> None:
        raise CollectionError("locked", "not now")

    async def _hang(self) -> None:
        await asyncio.Event().wait()

    def fails(self) -> None:
        self.does = self._fail

    def hangs(self) -> None:
        self.does = self._hang

    async def collect(self) -> None:
        self.runs += 1
        await self.does()
        self._writer.add(self.runs)

    def close(self) -> None:
        pass


def probed(ask: Callable[[Probe, Part, Part, Part], Awaitable[Any]]) -> Any:
    """Return what ``ask`` does with a probe of two parts for every scrape, and a seldom one."""

    async def go() -> Any:
        one = Part("one", cache.slow_commands)
        two = Part("two", cache.replicas)
        slow = Part("slow", cache.connections_limit, interval=3600)
        probe = Probe("t", Source("parts", cache.up, [one, two, slow], one), seconds=0.2)
        try:
            return await ask(probe, one, two, slow)
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(go())


def test_one_fails() -> None:
    """A collector that fails hides nothing but its own, and says why."""

    async def ask(probe: Probe, one: Part, _two: Part, _slow: Part) -> str:
        one.fails()
        return await probe.answer(5)

    lines = probed(ask).splitlines()
    assert "cache_up 1" in lines
    assert "cache_replicas 1" in lines
    assert not any(line.startswith("cache_slow_commands") for line in lines)
    assert 'exporter_collector_success{collector="one"} 0' in lines
    assert 'exporter_collector_success{collector="two"} 1' in lines
    assert 'exporter_collector_errors_total{collector="one",reason="locked"} 1' in lines


def test_one_hangs() -> None:
    """A collector that hangs is cut off, and what the others found is told."""

    async def ask(probe: Probe, one: Part, _two: Part, _slow: Part) -> str:
        one.hangs()
        return await probe.answer(5)

    lines = probed(ask).splitlines()
    assert "cache_replicas 1" in lines
    assert 'exporter_collector_errors_total{collector="one",reason="timeout"} 1' in lines


def test_all_fail() -> None:
    """Where every part that scrapes ask for fails, the target is down, and seldom ones rest."""

    async def ask(probe: Probe, one: Part, two: Part, slow: Part) -> tuple[str, int]:
        await probe.answer(5)
        one.fails()
        two.fails()
        return await probe.answer(5), slow.runs

    text, runs = probed(ask)
    assert "cache_up 0" in text.splitlines()
    assert "cache_connections_limit" not in text
    assert runs == 1


def test_seldom() -> None:
    """A seldom collector runs once in its interval, and scrapes show what it found then."""

    async def ask(probe: Probe, _one: Part, two: Part, slow: Part) -> tuple[str, int, int]:
        texts = [await probe.answer(5) for _ in range(3)]
        return texts[-1], two.runs, slow.runs

    text, often, seldom = probed(ask)
    assert (often, seldom) == (3, 1)
    assert "cache_replicas 3" in text.splitlines()
    assert "cache_connections_limit 1" in text.splitlines()
    (age,) = [line for line in text.splitlines() if line.startswith("exporter_collector_age")]
    assert age.startswith('exporter_collector_age_seconds{collector="slow"} 0')


def test_seldom_hangs() -> None:
    """A seldom collector that takes long holds up the first scrape for a moment, and no other.

    As long as its first run has not ended it has neither succeeded nor failed.
    """

    async def ask(probe: Probe, _one: Part, _two: Part, slow: Part) -> tuple[str, float, int]:
        slow.hangs()
        loop = asyncio.get_running_loop()
        began = loop.time()
        text = await probe.answer(5)
        first = loop.time() - began
        await probe.answer(5)
        return text, first, slow.runs

    text, first, runs = probed(ask)
    assert "cache_up 1" in text.splitlines()
    assert 'exporter_collector_success{collector="slow"}' not in text
    assert 0.1 < first < 1
    assert runs == 1


def test_seldom_fails_later() -> None:
    """What a seldom collector found outlives a run that fails, and its age grows."""

    async def ask(probe: Probe, _one: Part, _two: Part, slow: Part) -> str:
        slow.interval = 0.1
        await probe.answer(5)
        slow.fails()
        deadline = asyncio.get_running_loop().time() + 5
        failed = 'exporter_collector_errors_total{collector="slow",reason="locked"} 1'
        while failed not in (text := await probe.answer(5)).splitlines():
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.01)
        return text

    lines = probed(ask).splitlines()
    assert "cache_connections_limit 1" in lines
    assert 'exporter_collector_success{collector="slow"} 0' in lines


def test_stale() -> None:
    """What is older than three intervals is not shown any more."""

    async def ask(probe: Probe, _one: Part, _two: Part, slow: Part) -> str:
        slow.interval = 0.02
        await probe.answer(5)
        slow.hangs()
        deadline = asyncio.get_running_loop().time() + 5
        while "cache_connections_limit" in (text := await probe.answer(5)):
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.01)
        return text

    assert "cache_up 1" in probed(ask).splitlines()
