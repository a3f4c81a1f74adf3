"""What the inbox counts of itself, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, ProcessCollector


class Metrics:
    """Counters of one running inbox."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.received = Counter(
            "inbox_notifications_received",
            "Requests that came to the webhook, whatever became of them.",
            registry=self.registry,
        )
        self.stored = Counter(
            "inbox_notifications_stored",
            "Notifications that were on disk before they were acknowledged.",
            registry=self.registry,
        )
        self.refused = Counter(
            "inbox_notifications_refused",
            "Requests to the webhook that were not stored, by reason. "
            "Only those of reason 'storage' are sent again.",
            ["reason"],
            registry=self.registry,
        )
        self.open = Gauge(
            "inbox_alerts_open",
            "Alerts that fire, as far as this inbox was told; 0 is a quiet night.",
            registry=self.registry,
        )
        for reason in ("malformed", "too_large", "storage"):
            self.refused.labels(reason)
