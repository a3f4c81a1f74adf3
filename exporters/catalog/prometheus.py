"""What Prometheus says: of every target that it scrapes, and of its own health."""

from exporters.catalog.family import counter, gauge

up = gauge(
    "up",
    "Whether the last scrape of a target succeeded (1) or not (0).",
    source="written by Prometheus beside every scrape",
)

alerts = gauge(
    "ALERTS",
    "1 for each alert that is pending or fires, with the alert's own labels.",
    labels=("alertname", "alertstate", "severity"),
    source="written by Prometheus with every evaluation of its rules",
)

_METRICS = "Prometheus /metrics"

config_last_reload_successful = gauge(
    "prometheus_config_last_reload_successful",
    "Whether Prometheus took the configuration that it read last (1), or works by an older one.",
    source=_METRICS,
)

config_last_reload_success_timestamp_seconds = gauge(
    "prometheus_config_last_reload_success_timestamp_seconds",
    "When Prometheus last took a configuration, in Unix time.",
    unit="seconds",
    source=_METRICS,
)

notifications_sent_total = counter(
    "prometheus_notifications_sent_total",
    "Alerts sent to an Alertmanager.",
    labels=("alertmanager",),
    source=_METRICS,
)

notifications_errors_total = counter(
    "prometheus_notifications_errors_total",
    "Alerts that an Alertmanager did not take.",
    labels=("alertmanager",),
    source=_METRICS,
)

rule_evaluation_failures_total = counter(
    "prometheus_rule_evaluation_failures_total",
    "Evaluations of a rule that ended in an error.",
    labels=("rule_group",),
    source=_METRICS,
)

rule_group_iterations_missed_total = counter(
    "prometheus_rule_group_iterations_missed_total",
    "Evaluations of a group that were left out because the one before took too long.",
    labels=("rule_group",),
    source=_METRICS,
)

rule_group_last_duration_seconds = gauge(
    "prometheus_rule_group_last_duration_seconds",
    "How long the last evaluation of a group took.",
    unit="seconds",
    labels=("rule_group",),
    source=_METRICS,
)

tsdb_head_series = gauge(
    "prometheus_tsdb_head_series",
    "Series that Prometheus holds in memory.",
    source=_METRICS,
)

tsdb_wal_writes_failed_total = counter(
    "prometheus_tsdb_wal_writes_failed_total",
    "Writes to the log of samples that failed: those samples are lost in a crash.",
    source=_METRICS,
)

tsdb_wal_corruptions_total = counter(
    "prometheus_tsdb_wal_corruptions_total",
    "Damage found in the log of samples.",
    source=_METRICS,
)

tsdb_compactions_failed_total = counter(
    "prometheus_tsdb_compactions_failed_total",
    "Attempts to write what is in memory to disk that failed.",
    source=_METRICS,
)
