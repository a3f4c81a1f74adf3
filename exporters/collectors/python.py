"""Asks a collector that others wrote for prometheus-client: any object with ``collect()``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future

import prometheus_client
from prometheus_client import Metric
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from exporters import mounted
from exporters.budget import DEFAULT_LIMIT
from exporters.catalog import python
from exporters.errors import UserError
from exporters.failure import CollectionError
from exporters.format import OPENMETRICS, TEXT, Head, Part
from exporters.probe import Source
from exporters.settings import Target


def source(target: Target) -> Source:
    """Return how it is measured. Raises UserError when there is no such object."""
    found = mounted.load(target.url)
    if not callable(getattr(found, "collect", None)):
        raise UserError(f"{target.url}: has no collect(); name a collector of prometheus-client")
    collector = MountedCollector(found)
    return Source(collector.name, python.up, [collector], collector)


class MountedPage:
    """What it gave last, as prometheus-client writes it; families above the limit are left out."""

    def __init__(self) -> None:
        self.limit = DEFAULT_LIMIT
        self.dropped: dict[str, int] = {}
        self._metrics: Sequence[Metric] = ()

    def clear(self) -> None:
        """Forget it."""
        self._metrics = ()
        self.dropped.clear()

    def put(self, metrics: Sequence[Metric]) -> None:
        """Keep what may be shown: the names of what is larger say nothing of what matters in it."""
        self._metrics = [metric for metric in metrics if len(metric.samples) <= self.limit]
        large = (metric for metric in metrics if len(metric.samples) > self.limit)
        self.dropped.update({metric.name: len(metric.samples) for metric in large})

    def collect(self) -> Sequence[Metric]:
        """Return it, for prometheus-client's own writers."""
        return self._metrics

    def parts(self) -> list[Part]:
        """Return it as text, in both formats."""
        text = openmetrics.generate_latest(self)  # type: ignore[no-untyped-call] # theirs has none
        head = Head(
            prometheus_client.generate_latest(self).decode(),
            text.decode().removesuffix(OPENMETRICS.end),
        )
        return [(head, "")] if self._metrics else []

    def text(self) -> str:
        """Return it in Prometheus' own format."""
        return TEXT.render(self.parts())


class MountedCollector:
    """Asks in a thread of its own, one at a time: it may wait for as long as it likes."""

    name = "python"
    interval = 0.0
    connections_opened = 0

    def __init__(self, collector: Collector) -> None:
        self.page = MountedPage()
        self._collector = collector
        self._thread: threading.Thread | None = None

    async def collect(self) -> None:
        """Take what it gives. Raises what it raises; CollectionError while it is still at work."""
        if self._thread is not None and self._thread.is_alive():
            raise CollectionError("timeout", "collect() has not returned since it was last called")
        answer: Future[Sequence[Metric]] = Future()
        answer.set_running_or_notify_cancel()
        # Not one of a pool: those are waited for at the end, and one that hangs has none.
        self._thread = threading.Thread(target=self._ask, args=(answer,), daemon=True)
        self._thread.start()
        self.page.put(await asyncio.wrap_future(answer))

    def close(self) -> None:
        """Do nothing: what runs ends by itself."""

    def _ask(self, answer: Future[Sequence[Metric]]) -> None:
        try:
            answer.set_result(list(self._collector.collect()))
        except Exception as error:  # noqa: BLE001 - it is told where it is waited for
            answer.set_exception(error)
