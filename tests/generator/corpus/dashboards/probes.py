"""Black box, in the manner of published dashboards."""

from dashboards._words import page, panel, variable

instance = variable("instance", "probe_success")

dashboard = page(
    "Black box",
    [instance],
    {
        "Probes": [
            panel(
                "Probe succeeds",
                "short",
                'probe_success{instance=~"$instance"}',
                legend="{{instance}}",
            ),
            panel(
                "Probe duration",
                "s",
                'avg_over_time(probe_duration_seconds{instance=~"$instance"}[$__rate_interval])',
                legend="{{instance}}",
            ),
            panel(
                "Availability in a month",
                "percentunit",
                'avg_over_time(probe_success{instance=~"$instance"}[30d])',
                kind="stat",
            ),
            panel(
                "Certificate ends in",
                "s",
                'probe_ssl_earliest_cert_expiry_timestamp_seconds{instance=~"$instance"} - time()',
                legend="{{instance}}",
            ),
        ],
    },
)
