"""What Alertmanager says of itself: what it holds, what it sent, what did not get through."""

from exporters.catalog.family import counter, gauge

_METRICS = "Alertmanager /metrics"

config_last_reload_successful = gauge(
    "alertmanager_config_last_reload_successful",
    "Whether Alertmanager took the configuration that it read last (1), or works by an older one.",
    source=_METRICS,
)

config_last_reload_success_timestamp_seconds = gauge(
    "alertmanager_config_last_reload_success_timestamp_seconds",
    "When Alertmanager last took a configuration, in Unix time.",
    unit="seconds",
    source=_METRICS,
)

alerts = gauge(
    "alertmanager_alerts",
    "Alerts that Alertmanager holds: active, suppressed (silenced or inhibited) or unprocessed.",
    labels=("state",),
    source=_METRICS,
)

notifications_total = counter(
    "alertmanager_notifications_total",
    "Attempts to tell a receiver, by its kind.",
    labels=("integration", "receiver_name"),
    source=_METRICS,
)

notifications_failed_total = counter(
    "alertmanager_notifications_failed_total",
    "Notifications that a receiver did not get, by its kind and why.",
    labels=("integration", "receiver_name", "reason"),
    source=_METRICS,
)
