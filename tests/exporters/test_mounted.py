"""Collectors of other people's: measured like any target, whatever they do."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)

from exporters.collectors import source
from exporters.errors import UserError
from exporters.format import OPENMETRICS
from exporters.probe import Probe
from exporters.settings import SettingsError, Target, load

PAGE = Path(__file__).parents[2] / "docs/exporters.md"


@pytest.fixture
def mount(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Target]:
    """Make an object a target, by the name of a module that is there for the test."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(found: Any) -> Target:
        module = type(sys)("mounted_here")
        module.found = found  # type: ignore[attr-defined] # that is what it is for
        monkeypatch.setitem(sys.modules, "mounted_here", module)
        return Target("t", "python", "python:mounted_here:found", "s", series_limit=50)

    return make


def probed(target: Target, ask: Callable[[Probe], Awaitable[Any]], seconds: float = 5) -> Any:
    """Return what ``ask`` does with a probe of a target that may take so long."""

    async def go() -> Any:
        probe = Probe("t", source(target), seconds)
        try:
            return await ask(probe)
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(go())


async def once(probe: Probe) -> str:
    return await probe.answer(10)


class Bookings:
    """A collector as people write them."""

    def __init__(self) -> None:
        self.asked = 0

    def collect(self) -> Iterator[Metric]:
        self.asked += 1
        family = GaugeMetricFamily("bookings", "Bookings.", labels=["state"])
        family.add_metric(['"open"\n'], self.asked)
        yield family


@pytest.mark.parametrize("made", [True, False])
def test_mounted(mount: Callable[[Any], Target], made: bool) -> None:
    """An object, or one of a class, is asked once for each scrape, and its samples are told."""

    async def twice(probe: Probe) -> tuple[str, str]:
        return await once(probe), await probe.answer(10, OPENMETRICS)

    text, openmetrics = probed(mount(Bookings() if made else Bookings), twice)
    assert 'bookings{state="\\"open\\"\\n"} 1.0' in text.splitlines()
    assert "python_up 1" in text.splitlines()
    assert 'exporter_collector_success{collector="python"} 1' in text.splitlines()
    families = {f.name: f for f in openmetrics_families(openmetrics)}  # type: ignore[no-untyped-call]
    assert families["bookings"].samples[0].value == 2


def test_registry(mount: Callable[[Any], Target]) -> None:
    """A registry is a collector too."""
    registry = CollectorRegistry()
    Counter("sales", "Sales.", registry=registry).inc(3)
    assert "sales_total 3.0" in probed(mount(registry), once).splitlines()


def test_raises(mount: Callable[[Any], Target], caplog: pytest.LogCaptureFixture) -> None:
    """One that raises is down, and the log says where."""

    class Broken:
        def collect(self) -> Iterator[Metric]:
            raise KeyError("what")
            yield

    text = probed(mount(Broken), once)
    assert "python_up 0" in text.splitlines()
    assert 'exporter_collector_errors_total{collector="python",reason="other"} 1' in text
    assert caplog.records[0].exc_info


def test_hangs(mount: Callable[[Any], Target]) -> None:
    """One that hangs is down in time, is not asked again meanwhile, and comes back."""
    go_on = threading.Event()

    class Slow(Bookings):
        def collect(self) -> Iterator[Metric]:
            if not self.asked:
                go_on.wait(60)
            yield from super().collect()

    slow = Slow()

    async def hang(probe: Probe) -> tuple[list[str], str]:
        answers = [await once(probe) for _ in range(3)]
        running = [t for t in threading.enumerate() if "_ask" in t.name]
        assert len(running) == 1
        go_on.set()
        running[0].join()
        return answers, await once(probe)

    answers, text = probed(mount(slow), hang, seconds=0.5)
    assert all("python_up 0" in answer.splitlines() for answer in answers)
    assert 'reason="timeout"} 3' in text


def test_too_many(mount: Callable[[Any], Target]) -> None:
    """A family with more series than may be is left out and counted; the others are told."""

    class Many(Bookings):
        def collect(self) -> Iterator[Metric]:
            yield from super().collect()
            family = GaugeMetricFamily("visits", "Visits.", labels=["page"])
            for number in range(51):
                family.add_metric([str(number)], number)
            yield family

    lines = probed(mount(Many), once).splitlines()
    assert any(line.startswith("bookings{") for line in lines)
    assert not any(line.startswith("visits") for line in lines)
    assert 'exporter_series_dropped{family="visits"} 51' in lines


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("python:nowhere.at.all:x", "cannot be imported (ModuleNotFoundError: No module named"),
        ("python:json:nothing", "cannot be imported (AttributeError: module 'json' has no"),
        ("python:json:dumps", "has no collect(); name a collector of prometheus-client"),
    ],
)
def test_no_such_object(url: str, problem: str) -> None:
    """An object that is not there, or is no collector, is told with what to do."""
    with pytest.raises(UserError, match=re.escape(f"{url}: {problem}")):
        source(Target("t", "python", url, "s"))


def test_no_name(tmp_path: Path) -> None:
    """What names no object is found before anything is imported."""
    file = tmp_path / "lightship.yaml"
    for url in ("python:shop", "shop.metrics:x", "python:shop:os.system", "python:shop/metrics:x"):
        file.write_text(
            f"targets: {{a: {{kind: python, url: '{url}', service: s}}}}\nservices: {{s: {{}}}}\n"
        )
        with pytest.raises(SettingsError, match="names no object; write python:package"):
            load(file)


def test_documented(
    run_exporters: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the documentation shows works as it stands there."""
    blocks = dict(
        re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL),
    )
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/metrics.py").write_text(blocks["shop/metrics.py"])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    exporters = run_exporters(blocks["lightship.yaml"])
    status, text = exporters.get("/probe?target=bookings")
    assert (status, 'bookings{state="open"} 12.0' in text.splitlines()) == (200, True)
