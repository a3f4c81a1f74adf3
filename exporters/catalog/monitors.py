"""What an uptime monitor knows of the sites that it watches, monitor by monitor."""

from exporters.catalog.family import counter, gauge

monitor_up_ratio = gauge(
    "business_monitor_up_ratio",
    "Share of a monitor's checks within the last day that succeeded.",
    unit="ratio",
    labels=("monitor",),
    source="SQL",
)

monitor_response_seconds = gauge(
    "business_monitor_response_seconds",
    "Mean response time of a monitor's checks within the last day.",
    unit="seconds",
    labels=("monitor",),
    source="SQL",
)

monitor_checks_total = counter(
    "business_monitor_checks_total",
    "Checks of a monitor, by outcome: succeeded or failed.",
    labels=("monitor", "outcome"),
    source="SQL",
)

monitor_certificate_expiry_timestamp_seconds = gauge(
    "business_monitor_certificate_expiry_timestamp_seconds",
    "When the certificate that a monitor was shown expires, in Unix time.",
    unit="seconds",
    labels=("monitor",),
    source="SQL",
)

monitor_alerts_open = gauge(
    "business_monitor_alerts_open",
    "Alerts of a monitor that nobody has resolved.",
    labels=("monitor",),
    source="SQL",
)
