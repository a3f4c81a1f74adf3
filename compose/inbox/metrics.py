"""What the inbox counts of itself, for Prometheus."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from compose.inbox.peers import Seen
from exporters.catalog import inbox
from exporters.catalog.family import Family

REASONS = ("foreign", "malformed", "too_large", "storage")


class Metrics:
    """Counters of one running inbox."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        received, stored = inbox.notifications_received_total, inbox.notifications_stored_total
        refused, alerts = inbox.notifications_refused_total, inbox.alerts_open
        self.received = Counter(received.name, received.help, registry=self.registry)
        self.stored = Counter(stored.name, stored.help, registry=self.registry)
        self.refused = Counter(refused.name, refused.help, refused.labels, registry=self.registry)
        self.open = Gauge(alerts.name, alerts.help, registry=self.registry)
        latency = inbox.notification_latency_seconds
        self.latency = Histogram(
            latency.name, latency.help, buckets=latency.buckets, registry=self.registry
        )
        self._watchdog: Gauge | None = None
        self._peer_up = self._gauge(inbox.peer_up)
        self._clock = self._gauge(inbox.peer_clock_offset_seconds)
        self._size = self._gauge(inbox.storage_size_bytes)
        self._free = self._gauge(inbox.storage_free_bytes)
        for reason in REASONS:
            self.refused.labels(reason)

    def look(self, database: Path, seen: Sequence[Seen], watchdog: float | None) -> None:
        """Bring what is not counted but looked at up to date."""
        disk = os.statvfs(database.parent)
        self._size.set(disk.f_blocks * disk.f_frsize)
        self._free.set(disk.f_bavail * disk.f_frsize)
        self._clock.clear()
        for one in seen:
            self._peer_up.labels(one.name).set(one.up)
            if one.clock_offset is not None:
                self._clock.labels(one.name).set(one.clock_offset)
        if watchdog is not None:
            if self._watchdog is None:
                self._watchdog = self._gauge(inbox.watchdog_last_seen_timestamp_seconds)
            self._watchdog.set(watchdog)

    def _gauge(self, family: Family) -> Gauge:
        return Gauge(family.name, family.help, family.labels, registry=self.registry)
