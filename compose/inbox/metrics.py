"""What the inbox counts of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector

from exporters.catalog import inbox

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
        for reason in REASONS:
            self.refused.labels(reason)
